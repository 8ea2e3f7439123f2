#include "ledger/chain/maker.hpp"

#include "ledger/chain/protobuf.hpp"
#include "ledger/chain/validate.hpp"
#include "tests/support/chain_maker.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::chain {
namespace {

constexpr std::string_view kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Maker, FirstBlockStandsOnNothing) {
    test::ChainMaker maker;
    const Header header = maker.add({.app_hash = Bytes(32, 7)}).header();
    EXPECT_TRUE(header.last_block_id.is_zero());
    for (const auto& hash :
         {header.last_commit_hash, header.data_hash, header.last_results_hash, header.evidence_hash}) {
        ASSERT_TRUE(hash.has_value());
        EXPECT_EQ(to_hex(*hash), kEmptyHash);
    }
    EXPECT_EQ(header.app_hash, Bytes(32, 7));
    const std::string block = to_hex(maker.made(1).block);
    EXPECT_TRUE(block.ends_with("12001a0022041a021200"))
        << "no transactions, no evidence, an empty last commit";
}

TEST(Maker, ChainsBlocks) {
    test::ChainMaker maker;
    maker.add();
    maker.add({.transactions = {Bytes{1, 2}, Bytes{3}}, .votes = {.absent = {3}, .round = 2}});
    const Header third = maker.add().header();
    EXPECT_EQ(third.last_block_id, maker.made(2).block_id);
    EXPECT_EQ(third.last_block_id, maker.at(2).commit().block_id);
    EXPECT_EQ(third.last_commit_hash, commit_hash(maker.at(2).commit()));
    EXPECT_EQ(maker.at(2).header().data_hash, data_hash(std::vector<Bytes>{{1, 2}, {3}}));
    for (std::int64_t height = 1; height <= 3; ++height)
        EXPECT_FALSE(validate_light_block(maker.at(height), maker.chain_id()).has_value()) << height;
}

TEST(Maker, BlockBytesDecodeToWhatWentInAndHashToTheBlockId) {
    test::ChainMaker maker;
    maker.add();
    const Bytes large(kPartBytes + 5, 9);
    maker.add({.transactions = {large, Bytes{3}}});
    const MadeBlock& made = maker.made(2);
    EXPECT_EQ(made.block_id.parts.total, 2U);
    EXPECT_EQ(made.block_id.parts, part_set_header(made.block));
    const auto block = decode_block(made.block, 1'000'000);
    ASSERT_TRUE(block.has_value()) << block.error().detail;
    EXPECT_EQ(block->header, made.header);
    EXPECT_EQ(block->transactions, (std::vector<Bytes>{large, {3}}));
    EXPECT_EQ(block->last_commit, maker.at(1).commit());
    EXPECT_EQ(to_hex(header_hash(block->header)), to_hex(*made.block_id.hash));
    EXPECT_EQ(encode(*block), made.block);
    EXPECT_EQ(decode_block(made.block, made.block.size() - 1).error().code, "chain.size");
}

TEST(Maker, CommitHasOneEntryPerValidatorAndRefusesStrangers) {
    test::ChainMaker maker;
    const ValidatorSet set = maker.set_of(test::shares({10, 10, 10}));
    const BlockId id{.hash = Hash{1}, .parts = {.total = 1, .hash = Hash{2}}};
    const SignedVote vote{.address = set[1].address(), .time = {9, 8}, .signature = Bytes(64, 1)};
    const auto commit = make_commit(5, 1, id, set, std::vector<SignedVote>{vote});
    ASSERT_TRUE(commit.has_value());
    ASSERT_EQ(commit->signatures.size(), 3U);
    EXPECT_EQ(commit->signatures[0], CommitSig{});
    EXPECT_EQ(commit->signatures[1].flag, BlockIdFlag::Commit);
    EXPECT_EQ(commit->signatures[1].time, (TimeNs{9, 8}));
    EXPECT_EQ(make_commit(5, 1, id, set, std::vector<SignedVote>{vote, vote}).error().code,
              "chain.commit.twice");
    SignedVote stranger = vote;
    stranger.address[0] ^= 1;
    EXPECT_EQ(make_commit(5, 1, id, set, std::vector<SignedVote>{stranger}).error().code,
              "chain.commit.stranger");
}

TEST(MedianTime, IsWeightedByPowerAndSkipsTheAbsent) {
    test::ChainMaker maker;
    const auto median = [&](const std::vector<std::pair<std::int64_t, std::int64_t>>& power_and_second) {
        std::vector<test::Share> set;
        for (std::size_t i = 0; i < power_and_second.size(); ++i)
            set.push_back({.signer = i, .power = power_and_second[i].first});
        const ValidatorSet validators = maker.set_of(set);
        Commit commit;
        commit.signatures.resize(validators.size());
        for (std::size_t i = 0; i < set.size(); ++i) {
            CommitSig& entry = commit.signatures[*validators.find(maker.address(i))];
            if (power_and_second[i].second < 0) continue;
            entry.flag = BlockIdFlag::Commit;
            entry.time = {power_and_second[i].second, 0};
        }
        return median_time(commit, validators).seconds;
    };
    EXPECT_EQ(median({{10, 5}}), 5);
    EXPECT_EQ(median({{10, 5}, {10, 9}, {10, 7}}), 7);
    EXPECT_EQ(median({{10, 5}, {10, 9}, {10, 7}, {10, 8}}), 7) << "half the power, not more, is enough";
    EXPECT_EQ(median({{10, 5}, {100, 9}, {10, 7}}), 9);
    EXPECT_EQ(median({{10, 5}, {100, -1}, {10, 7}, {10, 6}}), 6);
    EXPECT_EQ(median({{1, 3}, {1, 1}}), 1);
}

TEST(Precommit, IsWhatTheCommitsEntryIsCheckedAgainst) {
    test::ChainMaker maker(test::shares({10}));
    maker.add({.votes = {.round = 4}});
    const CommitSig& entry = maker.at(1).commit().signatures[0];
    const Bytes expected = vote_sign_bytes(precommit(maker.made(1), 4, entry.time), maker.chain_id());
    CommitSignBytes sign_bytes(maker.at(1).commit(), maker.chain_id());
    EXPECT_EQ(to_hex(sign_bytes.of(0)), to_hex(expected));
}

} // namespace
} // namespace tidewaiter::chain
