#include "tests/support/store_model.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::store {
namespace {

using support::Content;
using support::TemporaryFolder;

/// A node with a namespace to load and one to leave alone, and a gateway that wants the first.
class LoadTest : public ::testing::Test {
  protected:
    static constexpr const char* kName = "carnet/us";

    void SetUp() override {
        advance(3'000);
        ASSERT_TRUE(copy().hold({kName}));
    }
    Records& copy() {
        if (!copy_) copy_.emplace(*Records::open((folder / "copy.db").string(), {}));
        return *copy_;
    }
    void reopen_copy() { copy_.reset(); }

    void advance(int changes) {
        state::Overlay::Changes own;
        for (int i = 0; i < changes; ++i) {
            own[kName]["ATA:" + std::to_string(random() % 100'000)] = support::random_bytes(random, 60);
        }
        own["identity"]["key/" + std::to_string(random())] = {1};
        auto update = *node.begin();
        ASSERT_TRUE(update.apply(own));
        ASSERT_TRUE(update.commit(node.height() + 1));
    }
    StatePoint point() { return {node.height(), node.roots()}; }

    /// Loads up to `limit` missing buckets; returns how many it loaded.
    std::size_t load_missing(const Snapshot& snapshot, std::size_t limit = SIZE_MAX) {
        std::size_t loaded = 0;
        const auto missing = *copy().missing(kName);
        for (const std::uint32_t bucket : missing) {
            if (loaded == limit) break;
            const Status status = copy().load(kName, *snapshot.chunk(kName, bucket, bucket, 100'000));
            EXPECT_TRUE(status) << status.error().detail;
            ++loaded;
        }
        return loaded;
    }
    static std::string failure(const auto& result) { return result ? "" : std::string(result.error().code); }

    TemporaryFolder folder;
    std::mt19937_64 random{11};
    RecordOptions node_options{.database = {.durability = Durability::Normal}, .holds_all = true};
    Records node = *Records::open((folder / "state.db").string(), node_options);
    std::optional<Records> copy_;
};

TEST_F(LoadTest, ACopyBecomesTheNodesState) {
    const Snapshot snapshot = *node.snapshot();
    EXPECT_EQ(failure(copy().get(kName, "k")), "view.loading");
    EXPECT_EQ(failure(copy().get("identity", "k")), "view.namespace");
    ASSERT_TRUE(copy().begin_load(*snapshot.manifest(kName)));
    EXPECT_EQ(failure(copy().finish_load(point())), "load.incomplete");
    EXPECT_GT(load_missing(snapshot), 30U);
    EXPECT_FALSE(copy().is_loaded());
    const Status finished = copy().finish_load(point());
    ASSERT_TRUE(finished) << finished.error().detail;
    EXPECT_TRUE(copy().is_loaded());
    EXPECT_EQ(copy().app_hash(), node.app_hash());
    EXPECT_EQ(copy().height(), node.height());
    EXPECT_EQ(copy().namespaces()[0].records, node.namespaces()[0].records);
    EXPECT_TRUE(copy().loads().empty());
    EXPECT_TRUE(copy().audit());
    const std::vector<std::string> some = *node.keys(kName, "ATA:1", 100);
    EXPECT_EQ(some.size(), 100U);
    for (const std::string& key : some) {
        EXPECT_EQ(*copy().get(kName, key), *node.get(kName, key));
        const auto proven = *copy().prove(kName, key);
        EXPECT_TRUE(state::verify_record(node.app_hash(), kName, key, proven.value, proven.proof));
    }
    reopen_copy();
    EXPECT_TRUE(copy().is_loaded());
    EXPECT_EQ(copy().app_hash(), node.app_hash());
}

TEST_F(LoadTest, AnInterruptedLoadResumesAfterARestart) {
    const Snapshot snapshot = *node.snapshot();
    ASSERT_TRUE(copy().begin_load(*snapshot.manifest(kName)));
    const std::size_t all = copy().missing(kName)->size();
    EXPECT_EQ(load_missing(snapshot, 10), 10U);
    reopen_copy();
    ASSERT_EQ(copy().loads().size(), 1U);
    EXPECT_EQ(copy().loads()[0].missing, all - 10);
    EXPECT_EQ(copy().loads()[0].height, node.height());
    EXPECT_EQ(load_missing(snapshot), all - 10);
    EXPECT_TRUE(copy().finish_load(point()));
}

TEST_F(LoadTest, WhenTheChainMovedOnOnlyDifferingBucketsAreLoadedAgain) {
    {
        const Snapshot snapshot = *node.snapshot();
        ASSERT_TRUE(copy().begin_load(*snapshot.manifest(kName)));
        load_missing(snapshot);
        ASSERT_TRUE(copy().finish_load(point()));
    }
    advance(3);
    const Snapshot snapshot = *node.snapshot();
    ASSERT_TRUE(copy().begin_load(*snapshot.manifest(kName)));
    const auto missing = *copy().missing(kName);
    EXPECT_GE(missing.size(), 1U);
    EXPECT_LE(missing.size(), 3U);
    // Until the first bucket is replaced, the old state answers; from then on nothing does.
    EXPECT_TRUE(copy().get(kName, "k"));
    EXPECT_EQ(load_missing(snapshot, 1), 1U);
    EXPECT_EQ(failure(copy().get(kName, "k")), "view.loading");
    load_missing(snapshot);
    ASSERT_TRUE(copy().finish_load(point()));
    EXPECT_EQ(copy().app_hash(), node.app_hash());
    EXPECT_EQ(copy().namespaces()[0].records, node.namespaces()[0].records);
    EXPECT_TRUE(copy().audit());
}

TEST_F(LoadTest, ASnapshotStaysWhereItWasWhileTheNodeMovesOn) {
    const Snapshot snapshot = *node.snapshot();
    const StatePoint before = point();
    advance(500);
    EXPECT_EQ(snapshot.height(), before.height);
    ASSERT_TRUE(copy().begin_load(*snapshot.manifest(kName)));
    load_missing(snapshot);
    ASSERT_TRUE(copy().finish_load(before));
    EXPECT_EQ(copy().height(), before.height);
    EXPECT_EQ(failure(snapshot.manifest("carnet/xx")), "view.namespace");
    EXPECT_EQ(failure(snapshot.chunk(kName, 0, 1U << 12, 1'000)), "chunk.range");
    EXPECT_EQ(failure(snapshot.chunk(kName, 1, 0, 1'000)), "chunk.range");
}

TEST_F(LoadTest, AChunkHoldsAsManyBucketsAsFitButOneAtLeast) {
    const Snapshot snapshot = *node.snapshot();
    const auto last = static_cast<std::uint32_t>(snapshot.manifest(kName)->buckets.size() - 1);
    const Chunk tiny = *snapshot.chunk(kName, 3, last, 1);
    EXPECT_EQ(tiny.last, 3U);
    EXPECT_FALSE(tiny.records.empty());
    const Chunk some = *snapshot.chunk(kName, 0, last, 20'000);
    EXPECT_GT(some.last, 1U);
    EXPECT_LT(some.last, last);
    const Chunk all = *snapshot.chunk(kName, 0, last, 1U << 30);
    EXPECT_EQ(all.last, last);
    ASSERT_TRUE(copy().begin_load(*snapshot.manifest(kName)));
    ASSERT_TRUE(copy().load(kName, all));
    EXPECT_TRUE(copy().finish_load(point()));
}

TEST_F(LoadTest, AManifestThatDoesNotFoldIsRefused) {
    state::Manifest manifest = *node.snapshot()->manifest(kName);
    manifest.buckets[2].hash[5] ^= 1;
    EXPECT_EQ(failure(copy().begin_load(manifest)), "manifest.root");
    manifest = *node.snapshot()->manifest("identity");
    EXPECT_EQ(failure(copy().begin_load(manifest)), "view.namespace");
    EXPECT_EQ(failure(copy().missing(kName)), "load.none");
    EXPECT_EQ(failure(copy().load(kName, {})), "load.none");
}

TEST_F(LoadTest, ADamagedChunkIsRefusedAndNothingOfItIsKept) {
    const Snapshot snapshot = *node.snapshot();
    ASSERT_TRUE(copy().begin_load(*snapshot.manifest(kName)));
    const std::size_t missing = copy().missing(kName)->size();
    const Chunk good = *snapshot.chunk(kName, 4, 5, 100'000);
    ASSERT_EQ(good.last, 5U);
    ASSERT_GE(good.records.size(), 6U);
    const auto refused = [&](auto&& alter) {
        Chunk bad = good;
        alter(bad);
        return failure(copy().load(kName, bad));
    };
    EXPECT_EQ(refused([](Chunk& c) { c.records[2].value[7] ^= 0x10; }), "chunk.hash");
    EXPECT_EQ(refused([](Chunk& c) { c.records[2].key += "x"; }), "chunk.order");
    EXPECT_EQ(refused([](Chunk& c) { c.records.erase(c.records.begin() + 1); }), "chunk.hash");
    EXPECT_EQ(refused([](Chunk& c) { std::swap(c.records[0], c.records[1]); }), "chunk.order");
    EXPECT_EQ(refused([](Chunk& c) { c.records[0].value.clear(); }), "chunk.empty");
    EXPECT_EQ(refused([](Chunk& c) { c.first = 5; }), "chunk.hash");
    EXPECT_EQ(refused([](Chunk& c) { c.last = 4; }), "chunk.bucket");
    EXPECT_EQ(refused([](Chunk& c) { c.last = 4'096; }), "chunk.range");
    EXPECT_EQ(copy().missing(kName)->size(), missing);
    EXPECT_EQ(copy().namespaces()[0].records, 0U);
    EXPECT_EQ(refused([](Chunk&) {}), "");
    EXPECT_EQ(copy().missing(kName)->size(), missing - 2);
}

TEST_F(LoadTest, ALoadEndsOnlyAtTheVerifiedRoots) {
    const Snapshot snapshot = *node.snapshot();
    ASSERT_TRUE(copy().begin_load(*snapshot.manifest(kName)));
    load_missing(snapshot);
    StatePoint other = point();
    other.roots[kName][0] ^= 1;
    EXPECT_EQ(failure(copy().finish_load(other)), "state.root");
    other.roots.erase(kName);
    EXPECT_EQ(failure(copy().finish_load(other)), "state.root");
    EXPECT_EQ(copy().height(), 0U);
    EXPECT_TRUE(copy().finish_load(point()));
}

TEST_F(LoadTest, ADeltaCommitsOnlyWhenItGivesTheVerifiedRoot) {
    {
        const Snapshot snapshot = *node.snapshot();
        ASSERT_TRUE(copy().begin_load(*snapshot.manifest(kName)));
        load_missing(snapshot);
        ASSERT_TRUE(copy().finish_load(point()));
    }
    const Hash before = copy().app_hash();
    state::Overlay::Changes changes;
    changes[kName]["ATA:new"] = {1, 2};
    auto at_node = *node.begin();
    ASSERT_TRUE(at_node.apply(changes));
    ASSERT_TRUE(at_node.commit(node.height() + 1));
    {
        auto update = *copy().begin();
        ASSERT_TRUE(update.put(kName, "ATA:new", Bytes{1, 3}));
        EXPECT_EQ(failure(update.put("identity", "k", Bytes{1})), "view.namespace");
        EXPECT_EQ(failure(update.commit(point())), "state.root");
    }
    EXPECT_EQ(*copy().get(kName, "ATA:new"), std::nullopt);
    EXPECT_EQ(copy().app_hash(), before);
    auto update = *copy().begin();
    ASSERT_TRUE(update.apply(changes));
    ASSERT_TRUE(update.commit(point()));
    EXPECT_EQ(copy().app_hash(), node.app_hash());
    EXPECT_EQ(*copy().get(kName, "ATA:new"), (Bytes{1, 2}));
}

TEST_F(LoadTest, ANamespaceAddedLaterLoadsWhileTheOthersGoOn) {
    {
        const Snapshot snapshot = *node.snapshot();
        ASSERT_TRUE(copy().begin_load(*snapshot.manifest(kName)));
        load_missing(snapshot);
        ASSERT_TRUE(copy().finish_load(point()));
    }
    ASSERT_TRUE(copy().hold({kName, "identity", "carnet/de"}));
    EXPECT_FALSE(copy().is_loaded());
    EXPECT_TRUE(copy().get(kName, "k"));
    EXPECT_EQ(failure(copy().get("identity", "k")), "view.loading");
    const Snapshot snapshot = *node.snapshot();
    ASSERT_TRUE(copy().begin_load(*snapshot.manifest("identity")));
    ASSERT_TRUE(copy().load("identity", *snapshot.chunk("identity", 0, 0, 1U << 20)));
    // The third namespace does not exist on the chain yet: empty is right.
    const Status finished = copy().finish_load(point());
    ASSERT_TRUE(finished) << finished.error().detail;
    EXPECT_TRUE(copy().is_loaded());
    EXPECT_EQ(*copy().get("carnet/de", "k"), std::nullopt);
    ASSERT_TRUE(copy().hold({"identity"}));
    EXPECT_EQ(failure(copy().get(kName, "k")), "view.namespace");
    Statement row = *copy().database().statement("SELECT count(*) FROM records");
    ASSERT_TRUE(*row.step());
    EXPECT_EQ(row.integer(0), 1);
}

} // namespace
} // namespace tidewaiter::store
