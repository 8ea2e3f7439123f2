#include "ledger/chain/validate.hpp"

#include "ledger/chain/hashes.hpp"
#include "tests/support/chain_maker.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::chain {
namespace {

constexpr std::string_view kChain = "harbour-1";

Reason reason_of(const Check& check) {
    return check ? check->reason : Reason::None;
}

template <class Change>
Reason header_after(Change&& change) {
    test::ChainMaker maker;
    Header header = maker.add().header();
    change(header);
    return reason_of(validate_header(header));
}

template <class Change>
Reason commit_after(Change&& change) {
    test::ChainMaker maker;
    Commit commit = maker.add({.votes = {.absent = {3}, .nil = {2}}}).commit();
    change(commit);
    return reason_of(validate_commit(commit));
}

template <class Change>
Reason block_after(Change&& change) {
    test::ChainMaker maker;
    LightBlock block = maker.add();
    change(block);
    return reason_of(validate_light_block(block, kChain));
}

TEST(ValidateHeader, TakesAGoodOneAndNamesEachRule) {
    EXPECT_EQ(header_after([](Header&) {}), Reason::None);
    EXPECT_EQ(header_after([](Header& h) { h.version.block = 10; }), Reason::BlockProtocol);
    EXPECT_EQ(header_after([](Header& h) { h.version.block = 0; }), Reason::BlockProtocol);
    EXPECT_EQ(header_after([](Header& h) { h.chain_id.assign(50, 'x'); }), Reason::None);
    EXPECT_EQ(header_after([](Header& h) { h.chain_id.assign(51, 'x'); }), Reason::ChainIdLength);
    EXPECT_EQ(header_after([](Header& h) { h.height = 0; }), Reason::HeaderHeight);
    EXPECT_EQ(header_after([](Header& h) { h.height = INT64_MIN; }), Reason::HeaderHeight);
    EXPECT_EQ(header_after([](Header& h) { h.time = kZeroTime; }), Reason::None);
    EXPECT_EQ(header_after([](Header& h) { h.time = {kZeroTime.seconds - 1, 0}; }), Reason::HeaderTime);
    EXPECT_EQ(header_after([](Header& h) { h.time = kMaxTime; }), Reason::None);
    EXPECT_EQ(header_after([](Header& h) { h.time = {kMaxTime.seconds + 1, 0}; }), Reason::HeaderTime);
    EXPECT_EQ(header_after([](Header& h) { h.time.nanos = 1'000'000'000; }), Reason::HeaderTime);
}

TEST(ValidateCommit, TakesAGoodOneAndNamesEachRule) {
    EXPECT_EQ(commit_after([](Commit&) {}), Reason::None);
    EXPECT_EQ(commit_after([](Commit& c) { c.height = 0; }), Reason::CommitHeight);
    EXPECT_EQ(commit_after([](Commit& c) { c.height = -3; }), Reason::CommitHeight);
    EXPECT_EQ(commit_after([](Commit& c) { c.round = -1; }), Reason::CommitRound);
    EXPECT_EQ(commit_after([](Commit& c) { c.block_id = {}; }), Reason::CommitBlockId);
    EXPECT_EQ(commit_after([](Commit& c) { c.block_id.hash.reset(); }), Reason::CommitBlockId);
    EXPECT_EQ(commit_after([](Commit& c) { c.block_id.parts.total = 0; }), Reason::CommitBlockId);
    EXPECT_EQ(commit_after([](Commit& c) { c.block_id.parts.hash.reset(); }), Reason::CommitBlockId);
    EXPECT_EQ(commit_after([](Commit& c) { c.signatures.clear(); }), Reason::CommitEmpty);
    EXPECT_EQ(commit_after([](Commit& c) { c.signatures.resize(10'000); }), Reason::None);
    EXPECT_EQ(commit_after([](Commit& c) { c.signatures.resize(10'001); }), Reason::CommitSize);
}

TEST(ValidateCommit, NamesEachRuleOfAnEntry) {
    // Entries stand in the order of power: signer 0 and 1 commit, 2 is nil, 3 absent.
    EXPECT_EQ(commit_after([](Commit& c) { c.signatures[0].flag = BlockIdFlag::Unknown; }),
              Reason::EntryFlag);
    EXPECT_EQ(commit_after([](Commit& c) { c.signatures[0].flag = static_cast<BlockIdFlag>(4); }),
              Reason::EntryFlag);
    EXPECT_EQ(commit_after([](Commit& c) { c.signatures[0].signature.clear(); }), Reason::EntrySignature);
    EXPECT_EQ(commit_after([](Commit& c) { c.signatures[2].signature.clear(); }), Reason::EntrySignature);
    EXPECT_EQ(commit_after([](Commit& c) { c.signatures[0].signature.resize(1); }), Reason::None);
    EXPECT_EQ(commit_after([](Commit& c) { c.signatures[0].signature.resize(65); }), Reason::EntrySignature);
    EXPECT_EQ(commit_after([](Commit& c) { c.signatures[1].time = {kZeroTime.seconds - 1, 0}; }),
              Reason::EntryTime);
    EXPECT_EQ(commit_after([](Commit& c) { c.signatures[3].address[0] = 1; }), Reason::EntryAbsent);
    EXPECT_EQ(commit_after([](Commit& c) { c.signatures[3].time = {}; }), Reason::EntryAbsent);
    EXPECT_EQ(commit_after([](Commit& c) { c.signatures[3].signature = {1}; }), Reason::EntryAbsent);
}

TEST(ValidateLightBlock, ComparesItsPartsWithEachOther) {
    EXPECT_EQ(block_after([](LightBlock&) {}), Reason::None);
    EXPECT_EQ(block_after([](LightBlock& b) { b.signed_header.header.chain_id = "harbour-2"; }),
              Reason::ChainId);
    EXPECT_EQ(block_after([](LightBlock& b) { b.signed_header.commit.height = 2; }),
              Reason::CommitForOtherHeight);
    EXPECT_EQ(block_after([](LightBlock& b) { b.signed_header.header.app_hash = {1}; }),
              Reason::CommitForOtherHeader);
    EXPECT_EQ(block_after([](LightBlock& b) { (*b.signed_header.commit.block_id.hash)[0] ^= 1; }),
              Reason::CommitForOtherHeader);
    EXPECT_EQ(block_after([](LightBlock& b) { b.validators = {}; }), Reason::SetEmpty);
    EXPECT_EQ(block_after([](LightBlock& b) {
                  test::ChainMaker maker;
                  b.validators = maker.set_of(test::shares({50, 40, 30, 21}));
              }),
              Reason::ValidatorsHash);
}

TEST(Reasons, HaveEachTheirOwnNameAndText) {
    std::set<std::string_view> names;
    std::set<std::string_view> texts;
    constexpr int kCount = static_cast<int>(Reason::LastBlockId) + 1;
    for (int i = 0; i < kCount; ++i) {
        names.insert(name_of(static_cast<Reason>(i)));
        texts.insert(text_of(static_cast<Reason>(i)));
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(kCount));
    EXPECT_EQ(texts.size(), static_cast<std::size_t>(kCount));
    EXPECT_FALSE(names.contains("unknown"));
}

} // namespace
} // namespace tidewaiter::chain
