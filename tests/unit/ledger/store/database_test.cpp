#include "ledger/store/database.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <array>
#include <fstream>

namespace tidewaiter::store {
namespace {

using support::TemporaryFolder;

constexpr std::array<std::string_view, 1> kFirst = {
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"};
constexpr std::array<std::string_view, 3> kThird = {
    kFirst[0],
    "ALTER TABLE notes ADD COLUMN language TEXT NOT NULL DEFAULT 'en';",
    "CREATE TABLE tags (note INTEGER NOT NULL, tag TEXT NOT NULL) STRICT; INSERT INTO tags SELECT id, 'old' "
    "FROM notes;",
};
constexpr Schema kSchemaOne{.name = "notes", .application_id = 0x1234, .migrations = kFirst};
constexpr Schema kSchemaThree{.name = "notes", .application_id = 0x1234, .migrations = kThird};

Database must_open(const std::string& path, const Schema& schema = kSchemaOne, const Options& options = {}) {
    auto opened = Database::open(path, schema, options);
    if (!opened) throw std::runtime_error(opened.error().detail);
    return *std::move(opened);
}

std::int64_t count(Database& database, std::string_view sql) {
    auto statement = *database.statement(sql);
    EXPECT_TRUE(*statement.step());
    return statement.integer(0);
}

std::string code_of(const auto& result) {
    return result ? "" : std::string(result.error().code);
}

TEST(Database, KeepsValuesOfEveryKindOverAReopening) {
    const TemporaryFolder folder;
    constexpr std::array<std::string_view, 1> migrations = {
        "CREATE TABLE t (a INTEGER, b TEXT, c BLOB, d BLOB) STRICT;"};
    const Schema schema{.name = "t", .application_id = 7, .migrations = migrations};
    const Hash hash{1, 2, 3};
    {
        Database database = must_open((folder / "t.db").string(), schema);
        ASSERT_TRUE(database.run("INSERT INTO t VALUES (?1, ?2, ?3, ?4)", std::int64_t{-5},
                                 std::string_view("ü"), hash, std::optional<Bytes>()));
        ASSERT_TRUE(database.run("INSERT INTO t VALUES (?1, ?2, ?3, ?4)", std::uint64_t{INT64_MAX},
                                 std::string_view(""), ByteView(), Bytes{9}));
    }
    Database database = must_open((folder / "t.db").string(), schema);
    Statement rows = *database.statement("SELECT a, b, c, d FROM t ORDER BY a");
    ASSERT_TRUE(*rows.step());
    EXPECT_EQ(rows.integer(0), -5);
    EXPECT_EQ(rows.natural(0), 0U);
    EXPECT_EQ(rows.text(1), "ü");
    EXPECT_EQ(rows.hash(2), hash);
    EXPECT_TRUE(rows.is_null(3));
    ASSERT_TRUE(*rows.step());
    EXPECT_EQ(rows.natural(0), std::uint64_t{INT64_MAX});
    EXPECT_EQ(rows.text(1), "");
    EXPECT_FALSE(rows.is_null(2));
    EXPECT_EQ(rows.hash(2), Hash{});
    EXPECT_FALSE(*rows.step());
}

TEST(Database, IsTheOwnersAlone) {
    const TemporaryFolder folder;
    Database database = must_open((folder / "n.db").string());
    ASSERT_TRUE(database.run("INSERT INTO notes VALUES (1, 'a')"));
    for (const std::string name : {"n.db", "n.db-wal", "n.db-shm"}) {
        struct stat status{};
        ASSERT_EQ(::stat((folder / name).c_str(), &status), 0) << name;
        EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
    }
}

TEST(Database, ReusesAStatementAndAllowsTheSameTextTwiceAtOnce) {
    const TemporaryFolder folder;
    Database database = must_open((folder / "n.db").string());
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(database.run("INSERT INTO notes (text) VALUES (?1)", std::string_view("n")));
    Statement outer = *database.statement("SELECT id FROM notes ORDER BY id");
    Statement inner = *database.statement("SELECT id FROM notes ORDER BY id");
    ASSERT_TRUE(*outer.step());
    ASSERT_TRUE(*inner.step());
    ASSERT_TRUE(*inner.step());
    EXPECT_EQ(outer.integer(0), 1);
    EXPECT_EQ(inner.integer(0), 2);
}

TEST(Transaction, IsUndoneUnlessCommitted) {
    const TemporaryFolder folder;
    Database database = must_open((folder / "n.db").string());
    {
        Transaction transaction = *database.begin();
        ASSERT_TRUE(database.run("INSERT INTO notes (text) VALUES ('a')"));
        EXPECT_TRUE(transaction.is_open());
    }
    EXPECT_FALSE(database.in_transaction());
    EXPECT_EQ(count(database, "SELECT count(*) FROM notes"), 0);
    Transaction transaction = *database.begin();
    ASSERT_TRUE(database.run("INSERT INTO notes (text) VALUES ('a')"));
    ASSERT_TRUE(transaction.commit());
    EXPECT_EQ(count(database, "SELECT count(*) FROM notes"), 1);
}

TEST(Database, ConstraintAndSyntaxErrorsHaveTheirCodes) {
    const TemporaryFolder folder;
    Database database = must_open((folder / "n.db").string());
    ASSERT_TRUE(database.run("INSERT INTO notes VALUES (1, 'a')"));
    EXPECT_EQ(code_of(database.run("INSERT INTO notes VALUES (1, 'b')")), "store.constraint");
    EXPECT_EQ(code_of(database.run("INSERT INTO nothing VALUES (1)")), "store.internal");
    EXPECT_EQ(code_of(Database::open((folder / "no/such/folder.db").string(), kSchemaOne, {})),
              "store.cannot-open");
}

TEST(Database, ASecondWriterIsBusy) {
    const TemporaryFolder folder;
    Database first = must_open((folder / "n.db").string());
    Database second = must_open((folder / "n.db").string(), kSchemaOne, {.busy_timeout_ms = 10});
    const Transaction transaction = *first.begin();
    EXPECT_EQ(code_of(second.begin()), "store.busy");
}

TEST(Database, AReaderKeepsItsStateWhileAWriterCommits) {
    const TemporaryFolder folder;
    Database writer = must_open((folder / "n.db").string());
    ASSERT_TRUE(writer.run("INSERT INTO notes VALUES (1, 'a')"));
    Database reader = must_open((folder / "n.db").string(), kSchemaOne, {.read_only = true});
    {
        const Transaction pin = *reader.begin_read();
        ASSERT_TRUE(writer.run("INSERT INTO notes VALUES (2, 'b')"));
        EXPECT_EQ(count(reader, "SELECT count(*) FROM notes"), 1);
        EXPECT_EQ(code_of(reader.run("INSERT INTO notes VALUES (3, 'c')")), "store.readonly");
    }
    EXPECT_EQ(count(reader, "SELECT count(*) FROM notes"), 2);
}

// A capped file: the change fails whole, what was there stays readable, and delete then insert still works.
TEST(Database, AFullFileRefusesTheChangeAndKeepsTheRest) {
    const TemporaryFolder folder;
    Database database = must_open((folder / "n.db").string(), kSchemaOne, {.max_bytes = 64 * 4'096});
    const std::string text(1'000, 'x');
    std::string error;
    std::int64_t kept = 0;
    for (int batch = 0; batch < 100 && error.empty(); ++batch) {
        Transaction transaction = *database.begin();
        for (int i = 0; i < 10 && error.empty(); ++i)
            error = code_of(database.run("INSERT INTO notes (text) VALUES (?1)", std::string_view(text)));
        if (error.empty()) {
            error = code_of(transaction.commit());
        } else if (!transaction.is_open()) {
            EXPECT_EQ(code_of(transaction.commit()), "store.full");
        }
        if (error.empty()) kept += 10;
    }
    EXPECT_EQ(error, "store.full");
    EXPECT_GT(kept, 50);
    EXPECT_EQ(count(database, "SELECT count(*) FROM notes"), kept);
    const auto usage = *database.usage();
    EXPECT_EQ(usage.max_pages, 64U);
    EXPECT_GT(usage.share(), 0.8);
    EXPECT_TRUE(database.run("DELETE FROM notes WHERE id IN (1, 2, 3, 4, 5)"));
    EXPECT_TRUE(database.run("INSERT INTO notes (text) VALUES (?1)", std::string_view(text)));
    EXPECT_TRUE(database.set_max_bytes(128 * 4'096));
    for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(database.run("INSERT INTO notes (text) VALUES (?1)", std::string_view(text)));
}

TEST(Migration, BringsAnOldFileForwardAndKeepsItsRows) {
    const TemporaryFolder folder;
    {
        Database old = must_open((folder / "n.db").string());
        ASSERT_TRUE(old.run("INSERT INTO notes VALUES (1, 'kept')"));
    }
    Database database = must_open((folder / "n.db").string(), kSchemaThree);
    EXPECT_EQ(count(database, "SELECT count(*) FROM notes WHERE text = 'kept' AND language = 'en'"), 1);
    EXPECT_EQ(count(database, "SELECT count(*) FROM tags WHERE tag = 'old'"), 1);
    EXPECT_EQ(count(database, "PRAGMA user_version"), 3);
}

TEST(Migration, ThatFailsLeavesTheFileAsItWas) {
    const TemporaryFolder folder;
    {
        const Database old = must_open((folder / "n.db").string());
    }
    constexpr std::array<std::string_view, 3> broken = {kThird[0], kThird[1],
                                                        "CREATE TABLE notes (id INTEGER) STRICT;"};
    EXPECT_EQ(code_of(Database::open((folder / "n.db").string(),
                                     {.name = "notes", .application_id = 0x1234, .migrations = broken}, {})),
              "store.internal");
    Database database = must_open((folder / "n.db").string());
    EXPECT_EQ(count(database, "PRAGMA user_version"), 1);
    EXPECT_EQ(count(database, "SELECT count(*) FROM pragma_table_info('notes')"), 2);
}

TEST(Migration, ALaterReleasesFileIsRefused) {
    const TemporaryFolder folder;
    {
        const Database later = must_open((folder / "n.db").string(), kSchemaThree);
    }
    const auto opened = Database::open((folder / "n.db").string(), kSchemaOne, {});
    EXPECT_EQ(code_of(opened), "store.newer-schema");
    EXPECT_NE(opened.error().detail.find("schema 3"), std::string::npos);
    // Not even looked into.
    Database database = must_open((folder / "n.db").string(), kSchemaThree);
    EXPECT_EQ(count(database, "PRAGMA user_version"), 3);
}

TEST(Migration, AnotherProgramsFileIsRefused) {
    const TemporaryFolder folder;
    {
        const Database mine = must_open((folder / "n.db").string());
    }
    EXPECT_EQ(code_of(Database::open((folder / "n.db").string(),
                                     {.name = "box", .application_id = 0x99, .migrations = kFirst}, {})),
              "store.foreign");
    std::ofstream((folder / "text.db").string()) << std::string(5'000, 'x');
    EXPECT_EQ(code_of(Database::open((folder / "text.db").string(), kSchemaOne, {})), "store.corrupt");
}

TEST(Database, ADamagedPageIsReportedAsCorrupt) {
    const TemporaryFolder folder;
    {
        Database database = must_open((folder / "n.db").string());
        for (int i = 0; i < 200; ++i)
            ASSERT_TRUE(database.run("INSERT INTO notes (text) VALUES (?1)",
                                     std::string_view("some text that takes room")));
    }
    {
        std::fstream file((folder / "n.db").string(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(2 * 4'096);
        file << std::string(4'096, '\xee');
        ASSERT_TRUE(file.good());
    }
    Database database = must_open((folder / "n.db").string());
    EXPECT_EQ(code_of(database.check(/*deep=*/true)), "store.corrupt");
}

TEST(Database, CopyToGivesAFileOfItsOwn) {
    const TemporaryFolder folder;
    Database database = must_open((folder / "n.db").string());
    ASSERT_TRUE(database.run("INSERT INTO notes VALUES (1, 'a')"));
    ASSERT_TRUE(database.copy_to((folder / "copy.db").string()));
    Database copy = must_open((folder / "copy.db").string());
    EXPECT_EQ(count(copy, "SELECT count(*) FROM notes"), 1);
    EXPECT_TRUE(copy.check(/*deep=*/false));
}

TEST(Reserve, TakesRoomAndGivesItBack) {
    const TemporaryFolder folder;
    ASSERT_TRUE(keep_reserve((folder / "reserve").string(), 100'000));
    struct stat status{};
    ASSERT_EQ(::stat((folder / "reserve").c_str(), &status), 0);
    EXPECT_GE(status.st_blocks * 512, 100'000);
    EXPECT_TRUE(release_reserve((folder / "reserve").string()));
    EXPECT_TRUE(release_reserve((folder / "reserve").string()));
    EXPECT_FALSE(std::filesystem::exists((folder / "reserve").string()));
    EXPECT_EQ(code_of(keep_reserve((folder / "no/such/folder").string(), 1)), "store.io");
}

} // namespace
} // namespace tidewaiter::store
