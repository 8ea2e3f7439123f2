#include "ledger/chain/sign_bytes.hpp"

#include "ledger/crypto/hash.hpp"
#include "ledger/crypto/keys.hpp"
#include "ledger/crypto/zip215.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::chain {
namespace {

std::string hex_of(const Vote& vote, std::string_view chain_id) {
    return to_hex(vote_sign_bytes(vote, chain_id));
}

Vote at_one_one(VoteType type) {
    return {.type = type, .height = 1, .round = 1, .block_id = {}, .time = kZeroTime};
}

TEST(SignBytes, AreThoseOfCometBftsOwnTests) {
    EXPECT_EQ(hex_of({.type = VoteType::Unknown}, ""), "0d2a0b088092b8c398feffffff01");
    EXPECT_EQ(hex_of(at_one_one(VoteType::Precommit), ""),
              "2108021101000000000000001901000000000000002a0b088092b8c398feffffff01");
    EXPECT_EQ(hex_of(at_one_one(VoteType::Prevote), ""),
              "2108011101000000000000001901000000000000002a0b088092b8c398feffffff01");
    EXPECT_EQ(hex_of(at_one_one(VoteType::Unknown), ""),
              "1f1101000000000000001901000000000000002a0b088092b8c398feffffff01");
    EXPECT_EQ(
        hex_of(at_one_one(VoteType::Unknown), "test_chain_id"),
        "2e1101000000000000001901000000000000002a0b088092b8c398feffffff01320d746573745f636861696e5f6964");
}

TEST(SignBytes, OfARealNodeVerifyWithItsKey) {
    const Bytes expected = from_hex("700802110a0000000000000022480a2000ecdac463c201ecd4bdbbaae4a53a4c80291d40"
                                    "51fd69ed97f6420ce1388bfe1224"
                                    "08011220ff0a320e696fd233dd4d3cc7cd82ff90f54b8fdbc9c700d9375c95a02782b062"
                                    "2a0c08e5c193a30610bc90d5a002"
                                    "320b646f636b6572636861696e")
                               .value();
    ASSERT_EQ(expected.size(), 113U);
    const Vote vote{
        .height = 10,
        .block_id = {.hash = from_hex_fixed<32>(
                                 "00ecdac463c201ecd4bdbbaae4a53a4c80291d4051fd69ed97f6420ce1388bfe")
                                 .value(),
                     .parts = {.total = 1,
                               .hash = from_hex_fixed<32>(
                                           "ff0a320e696fd233dd4d3cc7cd82ff90f54b8fdbc9c700d9375c95a02782b062")
                                           .value()}},
        .time = {1'684'332'773, 605'374'524}};
    const Bytes bytes = vote_sign_bytes(vote, "dockerchain");
    EXPECT_EQ(to_hex(bytes), to_hex(expected));
    const Bytes key = from_base64("bNNlGls5R25wC3Sd8720F/3+7IZBhXcD22MNFtPk/v0=").value();
    const Bytes signature =
        from_base64(
            "5y0Kas3bSrgVYG/QKwWovMpTBfavZfy/A8DXkQHzFHVMjOcVk2TK6xhYQasfiodordg1bjDf7NDwNi/YdilaAw==")
            .value();
    EXPECT_TRUE(crypto::verify_zip215(key, bytes, signature));
    EXPECT_FALSE(crypto::verify_zip215(key, vote_sign_bytes(vote, "dockerchaim"), signature));
}

Vote customs_vote() {
    return {.height = 12'345,
            .block_id = {.hash = crypto::sha256(as_bytes("blockID_hash")),
                         .parts = {.total = 1, .hash = crypto::sha256(as_bytes("parts"))}},
            .time = parse_time_ns("2024-01-02T03:04:05.000000006Z").value()};
}

TEST(SignBytes, AndSignatureOfTheWorkedVote) {
    const Bytes bytes = vote_sign_bytes(customs_vote(), "customs-1");
    EXPECT_EQ(to_hex(bytes), "6a080211393000000000000022480a208b01023386c371778ecb6368573e539afc3cc860ec3a2f6"
                             "14e54fe5652f4fc80122408011220"
                             "d887db09649dab0d83951d8d5d69b2e7d8bb70e79daa2a3a279b4fd6b8346cea2a0808a5facdac0"
                             "610063209637573746f6d732d31");
    const auto key =
        crypto::PrivateKey::from_bytes(crypto::Algorithm::EdDsa, Bytes(32, 1)).value().sign(bytes);
    EXPECT_EQ(to_hex(key), "091fe5f44ff6bd868888a46d81ec4bb91b3f2caee57fcf4c9cdcbb8ed1a04d84"
                           "5fdd652db9796a32db902c40ddd9bd67dd07067245ddf77f7a6bd226ec8f2308");
}

TEST(SignBytes, OfANilVoteLackTheBlock) {
    Vote vote = customs_vote();
    vote.block_id = {};
    EXPECT_EQ(hex_of(vote, "customs-1"),
              "2008021139300000000000002a0808a5facdac0610063209637573746f6d732d31");
}

TEST(SignBytes, LongerThan127BytesHaveATwoByteLength) {
    const std::string chain_id(50, 'c');
    const Bytes bytes = vote_sign_bytes(customs_vote(), chain_id);
    ASSERT_GT(bytes.size(), 129U);
    EXPECT_EQ(bytes[0] & 0x7FU, (bytes.size() - 2) & 0x7FU);
    EXPECT_EQ(bytes[0] & 0x80U, 0x80U);
    EXPECT_EQ(bytes[1], (bytes.size() - 2) >> 7);
    EXPECT_EQ(bytes[2], 0x08);
    EXPECT_EQ(bytes[3], 0x02);
}

TEST(CommitSignBytes, FollowEachEntrysFlagAndTime) {
    const Vote vote = customs_vote();
    Commit commit{.height = vote.height, .round = 3, .block_id = vote.block_id, .signatures = {}};
    commit.signatures.push_back(
        {.flag = BlockIdFlag::Commit, .address = {}, .time = {5, 6}, .signature = {}});
    commit.signatures.push_back({.flag = BlockIdFlag::Nil, .address = {}, .time = {7, 8}, .signature = {}});
    CommitSignBytes sign_bytes(commit, "customs-1");
    Vote expected = vote;
    expected.round = 3;
    expected.time = {5, 6};
    EXPECT_EQ(to_hex(sign_bytes.of(0)), hex_of(expected, "customs-1"));
    expected.time = {7, 8};
    expected.block_id = {};
    EXPECT_EQ(to_hex(sign_bytes.of(1)), hex_of(expected, "customs-1"));
    expected.time = {5, 6};
    expected.block_id = vote.block_id;
    EXPECT_EQ(to_hex(sign_bytes.of(0)), hex_of(expected, "customs-1")) << "the buffer is used again";
}

} // namespace
} // namespace tidewaiter::chain
