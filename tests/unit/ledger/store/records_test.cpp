#include "ledger/store/blobs.hpp"
#include "ledger/store/light_blocks.hpp"
#include "ledger/store/records.hpp"
#include "ledger/store/settings.hpp"
#include "tests/support/store_model.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::store {
namespace {

using support::Content;
using support::TemporaryFolder;

RecordOptions node_options() {
    RecordOptions options;
    options.holds_all = true;
    options.database.cache_kib = 1'024;
    return options;
}

Records open_node(const std::string& path) {
    auto opened = Records::open(path, node_options());
    if (!opened) throw std::runtime_error(opened.error().detail);
    return *std::move(opened);
}

std::string failure_of(const auto& result) {
    return result ? "" : std::string(result.error().code);
}

void commit_changes(Records& records, const state::Overlay::Changes& changes, std::uint64_t height) {
    auto update = records.begin();
    ASSERT_TRUE(update);
    ASSERT_TRUE(update->apply(changes));
    const Status done = update->commit(height);
    ASSERT_TRUE(done) << done.error().detail;
}

void put_one(Records& records, const std::string& name, const std::string& key, Bytes value,
             std::uint64_t height) {
    state::Overlay::Changes changes;
    changes[name][key] = std::move(value);
    commit_changes(records, changes, height);
}

TEST(Records, ANewFileIsTheEmptyState) {
    const TemporaryFolder folder;
    const Records records = open_node((folder / "state.db").string());
    EXPECT_EQ(records.height(), 0U);
    EXPECT_TRUE(records.roots().empty());
    EXPECT_EQ(*records.get("identity", "key/1"), std::nullopt);
    EXPECT_EQ(failure_of(records.prove("identity", "key/1")), "proof.state");
}

TEST(Records, FollowAModelThroughRandomChangesReopeningsAndRollbacks) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const TemporaryFolder folder;
    Content content;
    auto records = std::make_unique<Records>(open_node((folder / "state.db").string()));
    for (std::uint64_t height = 1; height <= 60; ++height) {
        if (random() % 5 == 0) {
            // A change that is given up leaves no trace.
            Content ignored = content;
            auto update = *records->begin();
            ASSERT_TRUE(update.apply(support::random_changes(random, ignored, 4, 30)));
            ASSERT_TRUE(update.roots());
        }
        commit_changes(*records, support::random_changes(random, content, 4, 1 + random() % 60), height);
        if (random() % 4 == 0) {
            records.reset();
            records = std::make_unique<Records>(open_node((folder / "state.db").string()));
        }
        ASSERT_EQ(records->height(), height);
        ASSERT_EQ(records->roots(), support::model_roots(content)) << "height " << height;
        ASSERT_EQ(records->app_hash(), state::app_hash(support::model_roots(content)));
    }
    EXPECT_TRUE(records->audit());
    for (const NamespaceInfo& info : records->namespaces()) {
        const auto& own = content.at(info.name);
        EXPECT_EQ(info.records, own.size());
    }
    for (const auto& [name, own] : content) {
        for (int i = 0; i < 400; ++i) {
            const std::string key = "ATA:" + std::to_string(i);
            const auto found = own.find(key);
            const auto proven = records->prove(name, key);
            ASSERT_TRUE(proven);
            ASSERT_EQ(proven->value, found == own.end() ? std::nullopt : std::optional(found->second));
            const Status verified =
                state::verify_record(records->app_hash(), name, key, proven->value, proven->proof);
            ASSERT_TRUE(verified) << key << ": " << verified.error().detail;
        }
    }
    const auto proven = *records->prove("carnet/nowhere", "k");
    EXPECT_TRUE(state::verify_record(records->app_hash(), "carnet/nowhere", "k", std::nullopt, proven.proof));
}

TEST(Records, ADeclaredNamespaceStaysListedWhenEmpty) {
    const TemporaryFolder folder;
    Records records = open_node((folder / "state.db").string());
    {
        auto update = *records.begin();
        ASSERT_TRUE(update.declare("carnet/us"));
        ASSERT_TRUE(update.commit(1));
    }
    EXPECT_EQ(records.roots(), (state::Roots{{"carnet/us", state::kEmptyRoot}}));
    put_one(records, "carnet/us", "k", {1}, 2);
    EXPECT_NE(records.roots().at("carnet/us"), state::kEmptyRoot);
    state::Overlay::Changes changes;
    changes["carnet/us"]["k"] = std::nullopt;
    commit_changes(records, changes, 3);
    EXPECT_EQ(records.roots(), (state::Roots{{"carnet/us", state::kEmptyRoot}}));
    const auto proven = *records.prove("carnet/us", "k");
    EXPECT_TRUE(proven.proof.record.empty());
    EXPECT_TRUE(state::verify_record(records.app_hash(), "carnet/us", "k", std::nullopt, proven.proof));
}

TEST(Records, WhatCannotBeProvenIsRefused) {
    const TemporaryFolder folder;
    Records records = open_node((folder / "state.db").string());
    auto update = *records.begin();
    EXPECT_EQ(failure_of(update.put("carnet/us", "", Bytes{1})), "state.empty");
    EXPECT_EQ(failure_of(update.put("carnet/us", "k", Bytes{})), "state.empty");
    EXPECT_EQ(failure_of(update.put("Carnet", "k", Bytes{1})), "view.namespace");
}

TEST(Records, TheSameValueAgainChangesNothing) {
    const TemporaryFolder folder;
    Records records = open_node((folder / "state.db").string());
    put_one(records, "carnet/us", "k", {1}, 1);
    const Hash before = records.app_hash();
    put_one(records, "carnet/us", "k", {1}, 2);
    EXPECT_EQ(records.app_hash(), before);
    EXPECT_EQ(records.height(), 2U);
}

TEST(Records, AnUpdateThatWasGivenUpTakesItsNamespaceWithIt) {
    const TemporaryFolder folder;
    Records records = open_node((folder / "state.db").string());
    {
        auto update = *records.begin();
        ASSERT_TRUE(update.put("carnet/us", "k", Bytes{1}));
    }
    EXPECT_TRUE(records.namespaces().empty());
    put_one(records, "carnet/us", "k", {2}, 1);
    EXPECT_EQ(*records.get("carnet/us", "k"), Bytes{2});
}

TEST(Records, TablesOfTheCallerChangeWithTheRecordsOrNotAtAll) {
    const TemporaryFolder folder;
    Records records = open_node((folder / "state.db").string());
    const auto count_settings = [&] {
        Statement row = *records.database().statement("SELECT count(*) FROM settings WHERE name = 'mine'");
        EXPECT_TRUE(*row.step());
        return row.integer(0);
    };
    for (const bool is_committed : {false, true}) {
        auto update = *records.begin();
        ASSERT_TRUE(update.put("carnet/us", "k", Bytes{1}));
        ASSERT_TRUE(records.database().run("INSERT INTO settings VALUES ('mine', x'01')"));
        if (is_committed)
            ASSERT_TRUE(update.commit(1));
        else {
            const Update dropped = std::move(update);
        }
        EXPECT_EQ(count_settings(), is_committed ? 1 : 0);
    }
}

TEST(Records, ARecordThatWasReadIsReadAnewAfterEachChange) {
    const TemporaryFolder folder;
    Records records = open_node((folder / "state.db").string());
    put_one(records, "identity", "a", {1}, 1);
    EXPECT_EQ(*records.get("identity", "a"), Bytes{1});
    EXPECT_EQ(*records.get("identity", "b"), std::nullopt);
    {
        auto update = records.begin();
        ASSERT_TRUE(update);
        ASSERT_TRUE(update->put("identity", "a", Bytes{2}));
        ASSERT_TRUE(update->put("identity", "b", Bytes{3}));
        EXPECT_EQ(*records.get("identity", "a"), Bytes{2});
        EXPECT_EQ(*records.get("identity", "b"), Bytes{3});
    } // given up
    EXPECT_EQ(*records.get("identity", "a"), Bytes{1});
    EXPECT_EQ(*records.get("identity", "b"), std::nullopt);
    put_one(records, "identity", "a", {4}, 2);
    put_one(records, "identity", "b", {5}, 3);
    EXPECT_EQ(*records.get("identity", "a"), Bytes{4});
    EXPECT_EQ(*records.get("identity", "b"), Bytes{5});
    auto update = records.begin();
    ASSERT_TRUE(update && update->erase("identity", "a") && update->commit(4));
    EXPECT_EQ(*records.get("identity", "a"), std::nullopt);
}

TEST(Records, MoreReadingThanIsKeptInMemoryStillReadsRight) {
    const TemporaryFolder folder;
    Records records = open_node((folder / "state.db").string());
    constexpr std::uint8_t kCount = 40;
    state::Overlay::Changes changes;
    for (std::uint8_t i = 0; i < kCount; ++i)
        changes["reference"]["list/" + std::to_string(i)] = Bytes(60'000, i);
    changes["reference"]["list/long"] = Bytes(400'000, 1);
    commit_changes(records, changes, 1);
    for (int round = 0; round < 3; ++round) {
        for (std::uint8_t i = 0; i < kCount; ++i) {
            ASSERT_EQ(*records.get("reference", "list/" + std::to_string(i)), Bytes(60'000, i));
            ASSERT_EQ(*records.get("reference", "list/0"), Bytes(60'000, 0));
        }
        ASSERT_EQ(*records.get("reference", "list/long"), Bytes(400'000, 1));
    }
}

TEST(Records, ARowAlteredOnDiskIsNotHandedOut) {
    const TemporaryFolder folder;
    Records records = open_node((folder / "state.db").string());
    put_one(records, "carnet/us", "k", {1, 2, 3}, 1);
    ASSERT_TRUE(records.database().run("UPDATE records SET value = x'010204'"));
    EXPECT_EQ(failure_of(records.get("carnet/us", "k")), "store.corrupt");
    EXPECT_EQ(failure_of(records.audit()), "store.corrupt");
}

class DamageTest : public ::testing::Test {
  protected:
    void SetUp() override {
        Records records = open_node((folder / "state.db").string());
        std::mt19937_64 random(4);
        for (std::uint64_t height = 1; height <= 3; ++height) {
            commit_changes(records, support::random_changes(random, content, 1, 400), height);
        }
    }
    void damage(const std::string& sql) {
        Records records = open_node((folder / "state.db").string());
        ASSERT_TRUE(records.database().execute(sql));
    }
    TemporaryFolder folder;
    Content content;
};

TEST_F(DamageTest, DamagedNodesAreMadeAgainFromTheRows) {
    for (const std::string sql :
         {"DELETE FROM tree_nodes; DELETE FROM tree_changes",
          "UPDATE tree_nodes SET nodes = zeroblob(length(nodes))",
          "UPDATE tree_nodes SET nodes = x'00'; DELETE FROM tree_changes",
          "UPDATE tree_nodes SET part = part + 1000",
          "INSERT INTO tree_changes (ns, buckets) SELECT id, x'ffffffff' FROM namespaces"}) {
        SCOPED_TRACE(sql);
        damage(sql);
        const Records records = open_node((folder / "state.db").string());
        EXPECT_EQ(records.roots(), support::model_roots(content));
        EXPECT_EQ(records.namespaces()[0].root, support::model_roots(content).begin()->second);
    }
}

TEST_F(DamageTest, RowsThatDoNotGiveTheRootAreRefused) {
    damage("DELETE FROM tree_nodes; DELETE FROM records WHERE path = (SELECT min(path) FROM records)");
    const auto opened = Records::open((folder / "state.db").string(), node_options());
    EXPECT_EQ(failure_of(opened), "store.corrupt");
    EXPECT_NE(opened.error().detail.find("carnet/n0"), std::string::npos);
}

TEST_F(DamageTest, RootsThatCannotBeReadAreRefused) {
    damage("UPDATE settings SET value = x'ff' WHERE name = 'state'");
    EXPECT_EQ(failure_of(Records::open((folder / "state.db").string(), node_options())), "store.corrupt");
}

TEST(Records, AFullDiskKeepsTheStateBefore) {
    const TemporaryFolder folder;
    RecordOptions options = node_options();
    options.database.max_bytes = 100 * 4'096;
    Records records = *Records::open((folder / "state.db").string(), options);
    Content content;
    std::mt19937_64 random(5);
    std::string error;
    std::uint64_t height = 0;
    while (error.empty() && height < 200) {
        state::Overlay::Changes changes;
        for (int i = 0; i < 20; ++i)
            changes["carnet/us"]["k" + std::to_string(height * 20) + std::to_string(i)] =
                support::random_bytes(random, 500);
        auto update = *records.begin();
        const Status applied = update.apply(changes);
        const Status done = applied ? update.commit(height + 1) : applied;
        error = failure_of(done);
        if (!done) break;
        ++height;
        for (const auto& [key, value] : changes["carnet/us"])
            content["carnet/us"][key] = *value;
    }
    EXPECT_EQ(error, "store.full");
    ASSERT_GT(height, 3U);
    EXPECT_EQ(records.height(), height);
    EXPECT_EQ(records.roots(), support::model_roots(content));
    EXPECT_TRUE(records.audit());
    // More room, and work goes on.
    ASSERT_TRUE(records.database().set_max_bytes(0));
    put_one(records, "carnet/us", "more", {1}, height + 1);
    content["carnet/us"]["more"] = {1};
    EXPECT_EQ(records.roots(), support::model_roots(content));
}

TEST(Records, ATreeGrowsWithItsRecords) {
    const TemporaryFolder folder;
    Content content;
    std::mt19937_64 random(6);
    {
        Records records = open_node((folder / "state.db").string());
        for (std::uint64_t height = 1; height <= 12; ++height) {
            state::Overlay::Changes changes;
            for (int i = 0; i < 500; ++i) {
                const std::string key = "k" + std::to_string(random());
                changes["carnet/us"][key] = content["carnet/us"][key] = {static_cast<std::uint8_t>(i), 1};
            }
            commit_changes(records, changes, height);
            ASSERT_EQ(records.roots(), support::model_roots(content));
        }
        Statement row = *records.database().statement("SELECT bits FROM namespaces");
        ASSERT_TRUE(*row.step());
        EXPECT_GE(row.integer(0), 8);
    }
    EXPECT_EQ(open_node((folder / "state.db").string()).roots(), support::model_roots(content));
}

TEST(Records, AFileOfEveryReleaseOpens) {
    const std::filesystem::path data = std::filesystem::path(TW_SOURCE_DIR) / "tests/data/store";
    const TemporaryFolder folder;
    std::filesystem::copy_file(data / "copy-v1.db", folder / "copy.db");
    Records records = open_node((folder / "copy.db").string());
    EXPECT_EQ(records.height(), 7U);
    EXPECT_EQ(*records.get("carnet/us", "ATA:US/26/104417"), to_bytes(as_bytes("a carnet")));
    EXPECT_EQ(records.roots().at("origin/usmca"), state::kEmptyRoot);
    EXPECT_EQ(to_hex(records.app_hash()), "b589da4c9d214ece10d8b07884bdeed0c9ad7c95e9e0d0d73ce3b801754637f2");
    EXPECT_EQ((*LightBlocks(records.database()).newest())->height, 8U);
    EXPECT_EQ(*Settings(records.database()).get_text("note"), "kept");
    EXPECT_TRUE(*Blobs(records.database()).has(crypto::sha256(as_bytes("a blob"))));
    EXPECT_TRUE(records.audit());
    put_one(records, "carnet/us", "new", {1}, 8);
    EXPECT_EQ(records.namespaces()[0].records, 3U);
}

} // namespace
} // namespace tidewaiter::store
