#include "tests/bench/store/plain_table.hpp"

#include "ledger/crypto/hash.hpp"

#include <array>

namespace tidewaiter::bench {
namespace {

constexpr std::int64_t kNamespace = 1;
constexpr std::array<std::string_view, 1> kTables = {
    "CREATE TABLE records (ns INTEGER NOT NULL, path BLOB NOT NULL, key TEXT NOT NULL, leaf BLOB NOT NULL,"
    " value BLOB NOT NULL, PRIMARY KEY (ns, path)) STRICT, WITHOUT ROWID;"};
constexpr store::Schema kSchema{.name = "plain", .application_id = 0x5457706c, .migrations = kTables};

} // namespace

PlainRow plain_row(const state::Record& record) {
    const state::Path path = state::path_of(record.key);
    return {.path = path,
            .leaf = state::leaf_hash(path, crypto::sha256(record.value)),
            .key = record.key,
            .value = record.value};
}

Result<PlainTable> PlainTable::open(const std::string& path) {
    TW_TRY(store::Database database, store::Database::open(path, kSchema, store::RecordOptions{}.database));
    return PlainTable(std::move(database));
}

Status PlainTable::fill_from(const std::string& copy) {
    TW_CHECK(database_.run("ATTACH ?1 AS copy", std::string_view(copy)));
    // Row by row: SELECT * would move whole pages, leave them full, and make each later insert split one.
    TW_CHECK(database_.execute("INSERT INTO main.records (ns, path, key, leaf, value) "
                               "SELECT ns, path, key, leaf, value FROM copy.records ORDER BY ns, path"));
    TW_CHECK(database_.execute("DETACH copy"));
    return database_.checkpoint();
}

Status PlainTable::insert(const std::vector<PlainRow>& rows) {
    return write("INSERT INTO records (ns, path, key, leaf, value) VALUES (?1, ?2, ?3, ?4, ?5)", rows);
}

Status PlainTable::replace(const std::vector<PlainRow>& rows) {
    return write("INSERT OR REPLACE INTO records (ns, path, key, leaf, value) VALUES (?1, ?2, ?3, ?4, ?5)",
                 rows);
}

Status PlainTable::write(std::string_view sql, const std::vector<PlainRow>& rows) {
    TW_TRY(store::Transaction transaction, database_.begin());
    TW_TRY(store::Statement statement, database_.statement(sql));
    statement.bind(1, kNamespace);
    for (const PlainRow& row : rows) {
        statement.bind(2, row.path).bind(3, std::string_view(row.key)).bind(4, row.leaf).bind(5, row.value);
        TW_CHECK(statement.run());
    }
    return transaction.commit();
}

} // namespace tidewaiter::bench
