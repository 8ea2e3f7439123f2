#include "ledger/crypto/hash.hpp"
#include "ledger/store/blobs.hpp"
#include "ledger/store/light_blocks.hpp"
#include "ledger/store/records.hpp"
#include "ledger/store/settings.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::store {
namespace {

class TablesTest : public ::testing::Test {
  protected:
    support::TemporaryFolder folder;
    Records records = *Records::open((folder / "copy.db").string(), {});
    LightBlocks blocks{records.database()};
    Settings settings{records.database()};
    Blobs blobs{records.database()};

    void put_block(std::uint64_t height, VerifiedBy by, std::uint64_t trusted) {
        ASSERT_TRUE(blocks.put({.height = height,
                                .header_hash = crypto::sha256(Bytes{static_cast<std::uint8_t>(height)}),
                                .time = {static_cast<std::int64_t>(1'000 + height), 5},
                                .by = by,
                                .trusted_height = trusted,
                                .light_block = Bytes(10, 1)}));
    }
    std::vector<std::uint64_t> heights() {
        std::vector<std::uint64_t> all;
        for (std::uint64_t height = 0; height < 100; ++height) {
            if (*blocks.get(height)) all.push_back(height);
        }
        return all;
    }
};

TEST_F(TablesTest, SettingsKeepTextAndNumbers) {
    EXPECT_EQ(*settings.get("a"), std::nullopt);
    ASSERT_TRUE(settings.put_text("a", "one"));
    ASSERT_TRUE(settings.put_text("a", "two"));
    EXPECT_EQ(*settings.get_text("a"), "two");
    ASSERT_TRUE(settings.put_number("n", UINT64_MAX));
    EXPECT_EQ(*settings.get_number("n"), UINT64_MAX);
    EXPECT_EQ(settings.get_number("a").error().code, "store.corrupt");
    ASSERT_TRUE(settings.erase("a"));
    EXPECT_EQ(*settings.get_text("a"), std::nullopt);
}

TEST_F(TablesTest, LightBlocksGiveTheChainToTheAnchor) {
    EXPECT_EQ(*blocks.newest(), std::nullopt);
    put_block(3, VerifiedBy::Anchor, 3);
    put_block(4, VerifiedBy::Adjacent, 3);
    put_block(20, VerifiedBy::Skipping, 4);
    put_block(15, VerifiedBy::Backwards, 20);
    const auto chain = *blocks.chain_of(15);
    ASSERT_EQ(chain.size(), 4U);
    EXPECT_EQ(chain[0].by, VerifiedBy::Backwards);
    EXPECT_EQ(chain[3].height, 3U);
    EXPECT_EQ((*blocks.newest())->height, 20U);
    EXPECT_EQ((*blocks.at_or_below(19))->height, 15U);
    EXPECT_EQ((*blocks.at_or_above(5))->height, 15U);
    EXPECT_EQ((*blocks.get(4))->time, (TimeNs{1'004, 5}));
    ASSERT_TRUE(blocks.set_cross_checked(4));
    EXPECT_TRUE((*blocks.get(4))->is_cross_checked);
    EXPECT_EQ(blocks.chain_of(7).error().code, "light.unknown");
    put_block(40, VerifiedBy::Skipping, 33);
    EXPECT_EQ(blocks.chain_of(40).error().code, "light.unknown");
    put_block(33, VerifiedBy::Skipping, 40);
    EXPECT_EQ(blocks.chain_of(40).error().code, "light.unknown");
}

TEST_F(TablesTest, PruningKeepsTheNewestAndEveryLink) {
    put_block(3, VerifiedBy::Anchor, 3);
    put_block(5, VerifiedBy::Skipping, 3);
    put_block(6, VerifiedBy::Skipping, 3);
    put_block(20, VerifiedBy::Skipping, 6);
    put_block(21, VerifiedBy::Adjacent, 20);
    ASSERT_TRUE(blocks.prune({1'021, 5}));
    EXPECT_EQ(heights(), (std::vector<std::uint64_t>{3, 6, 20, 21}));
    EXPECT_TRUE((*blocks.get(6))->light_block.empty());
    EXPECT_FALSE((*blocks.get(21))->light_block.empty());
    EXPECT_EQ(blocks.chain_of(21)->size(), 4U);
    ASSERT_TRUE(blocks.prune({9'000, 0}));
    EXPECT_EQ(heights(), (std::vector<std::uint64_t>{3, 6, 20, 21}));
    EXPECT_FALSE((*blocks.newest())->light_block.empty());
    ASSERT_TRUE(blocks.clear());
    EXPECT_EQ(*blocks.count(), 0U);
    EXPECT_TRUE(blocks.prune({9'000, 0}));
}

TEST_F(TablesTest, BlobsAreFoundByHashWithinTheirNamespace) {
    const Bytes bytes(100, 4);
    const Hash hash = *blobs.put("carnet/us", bytes);
    EXPECT_EQ(hash, crypto::sha256(bytes));
    EXPECT_EQ(*blobs.get(hash), bytes);
    EXPECT_EQ(*blobs.get("carnet/us", hash), bytes);
    EXPECT_EQ(*blobs.get("carnet/de", hash), std::nullopt);
    EXPECT_EQ(*blobs.missing({hash, Hash{1}}), std::vector<Hash>{Hash{1}});
    ASSERT_TRUE(blobs.erase(hash));
    EXPECT_FALSE(*blobs.has(hash));
    EXPECT_EQ(blobs.put("carnet/us", Bytes()).error().code, "blob.size");
    EXPECT_EQ(blobs.put("carnet/us", Bytes(kMaxBlobBytes + 1)).error().code, "blob.size");
    EXPECT_TRUE(blobs.put("carnet/us", Bytes(kMaxBlobBytes)));
}

TEST_F(TablesTest, BlobsAreErasedAfterTheirDate) {
    const Hash short_kept = *blobs.put("a", Bytes{1}, Date{100});
    const Hash longer = *blobs.put("a", Bytes{2}, Date{100});
    ignore(blobs.put("a", Bytes{2}, Date{200}), "the later date wins");
    const Hash for_ever = *blobs.put("a", Bytes{3});
    ignore(blobs.put("a", Bytes{3}, Date{1}), "no date is later than any");
    EXPECT_EQ(*blobs.erase_due(Date{100}), 0U);
    EXPECT_EQ(*blobs.erase_due(Date{101}), 1U);
    EXPECT_FALSE(*blobs.has(short_kept));
    EXPECT_TRUE(*blobs.has(longer));
    EXPECT_EQ(*blobs.erase_due(Date{1'000}), 1U);
    EXPECT_TRUE(*blobs.has(for_ever));
}

TEST_F(TablesTest, ABlobAlteredOnDiskIsNotHandedOut) {
    const Hash hash = *blobs.put("a", Bytes{1, 2, 3});
    ASSERT_TRUE(records.database().run("UPDATE blobs SET bytes = x'010204'"));
    EXPECT_EQ(blobs.get(hash).error().code, "store.corrupt");
}

} // namespace
} // namespace tidewaiter::store
