#include "ledger/chain/hashes.hpp"
#include "ledger/chain/verify.hpp"
#include "tests/support/chain_maker.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::chain {
namespace {

class Backwards : public testing::Test {
  protected:
    test::ChainMaker maker;
    Backwards() { maker.grow(4); }
};

TEST_F(Backwards, WalksDownTheChain) {
    for (std::int64_t height = 4; height > 1; --height) {
        EXPECT_TRUE(verify_backwards(trust(maker.at(height)), maker.at(height - 1).header()).is_success());
        EXPECT_TRUE(verify_backwards(trust(maker.at(height)), maker.at(height - 1)).is_success());
    }
}

TEST_F(Backwards, NamesEachRule) {
    const TrustedBlock trusted = trust(maker.at(4));
    const auto reason_after = [&](auto&& change) {
        Header header = maker.at(3).header();
        change(header);
        return verify_backwards(trusted, header).reason();
    };
    EXPECT_EQ(reason_after([](Header&) {}), Reason::None);
    EXPECT_EQ(reason_after([](Header& h) { h.version.block = 1; }), Reason::BlockProtocol);
    EXPECT_EQ(reason_after([](Header& h) { h.chain_id = "harbour-2"; }), Reason::ChainId);
    EXPECT_EQ(reason_after([](Header& h) { h.height = 2; }), Reason::HeightNotBelow);
    EXPECT_EQ(reason_after([](Header& h) { h.height = 4; }), Reason::HeightNotBelow);
    EXPECT_EQ(reason_after([&](Header& h) { h.time = trusted.time; }), Reason::TimeNotBefore);
    EXPECT_EQ(reason_after([](Header& h) { h.time.nanos += 1; }), Reason::LastBlockId);
    EXPECT_EQ(reason_after([](Header& h) { h.app_hash.push_back(1); }), Reason::LastBlockId);
    EXPECT_EQ(verify_backwards(trust(maker.at(1)),
                               [&] {
                                   Header header = maker.at(1).header();
                                   header.height = 1;
                                   return header;
                               }())
                  .reason(),
              Reason::HeightNotBelow);
}

TEST_F(Backwards, AFirstBlockHasNothingBelow) {
    TrustedBlock trusted = trust(maker.at(2));
    trusted.last_block_hash.reset();
    EXPECT_EQ(verify_backwards(trusted, maker.at(1).header()).reason(), Reason::LastBlockId);
}

TEST_F(Backwards, AWholeLightBlockMustFitTogether) {
    const TrustedBlock trusted = trust(maker.at(4));
    LightBlock block = maker.at(3);
    block.validators = maker.set_of(test::equal_shares(2));
    EXPECT_EQ(verify_backwards(trusted, block).reason(), Reason::ValidatorsHash);
    block = maker.at(3);
    block.signed_header.commit = maker.at(2).commit();
    EXPECT_EQ(verify_backwards(trusted, block).reason(), Reason::CommitForOtherHeight);
}

class AnchorTest : public Backwards {};

TEST_F(AnchorTest, TakesTheNamedBlockAlone) {
    const Hash hash = header_hash(maker.at(2).header());
    EXPECT_TRUE(verify_anchor(maker.at(2), "harbour-1", 2, hash).is_success());
    EXPECT_EQ(verify_anchor(maker.at(2), "harbour-2", 2, hash).reason(), Reason::ChainId);
    EXPECT_EQ(verify_anchor(maker.at(3), "harbour-1", 2, hash).reason(), Reason::HeaderHash);
    EXPECT_EQ(verify_anchor(maker.at(2), "harbour-1", 3, hash).reason(), Reason::HeaderHash);
    EXPECT_EQ(verify_anchor(maker.at(2), "harbour-1", 2, header_hash(maker.at(3).header())).reason(),
              Reason::HeaderHash);
}

TEST_F(AnchorTest, NeedsItsOwnSetAndSignatures) {
    const Hash hash = header_hash(maker.at(2).header());
    LightBlock block = maker.at(2);
    block.validators = maker.set_of(test::equal_shares(2));
    EXPECT_EQ(verify_anchor(block, "harbour-1", 2, hash).reason(), Reason::ValidatorsHash);
    block = maker.seal(maker.at(2).header(), test::shares({50, 40, 30, 20}), {.absent = {0}});
    EXPECT_EQ(verify_anchor(block, "harbour-1", 2, hash).reason(), Reason::NotEnoughSigned);
    block = maker.at(2);
    block.signed_header.commit.signatures[1].signature[0] ^= 1;
    EXPECT_EQ(verify_anchor(block, "harbour-1", 2, hash).reason(), Reason::Signature);
}

} // namespace
} // namespace tidewaiter::chain
