#include "ledger/store/blobs.hpp"
#include "ledger/store/records_impl.hpp"
#include "ledger/store/settings.hpp"

#include <array>

namespace tidewaiter::store {

namespace {

// The leaf stands before the value, so that a bucket is recomputed without reading long values; rows lie in
// the order of the tree's leaves.
constexpr std::string_view kRecordTables =
    "CREATE TABLE namespaces (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, root BLOB NOT NULL,"
    " records INTEGER NOT NULL, bits INTEGER NOT NULL, loaded INTEGER NOT NULL) STRICT;"
    "CREATE TABLE records (ns INTEGER NOT NULL, path BLOB NOT NULL, key TEXT NOT NULL, leaf BLOB NOT NULL,"
    " value BLOB NOT NULL, PRIMARY KEY (ns, path)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE tree_nodes (ns INTEGER NOT NULL, part INTEGER NOT NULL, nodes BLOB NOT NULL,"
    " PRIMARY KEY (ns, part)) STRICT;"
    "CREATE TABLE tree_changes (id INTEGER PRIMARY KEY, ns INTEGER NOT NULL, buckets BLOB NOT NULL) STRICT;"
    "CREATE TABLE load_targets (ns INTEGER PRIMARY KEY, height INTEGER NOT NULL, root BLOB NOT NULL,"
    " bits INTEGER NOT NULL, nodes BLOB NOT NULL) STRICT;"
    "CREATE TABLE light_blocks (height INTEGER PRIMARY KEY, hash BLOB NOT NULL, seconds INTEGER NOT NULL,"
    " nanos INTEGER NOT NULL, verified_by INTEGER NOT NULL, trusted INTEGER NOT NULL,"
    " cross_checked INTEGER NOT NULL, block BLOB NOT NULL) STRICT;";

} // namespace

const Schema& records_schema() {
    static const std::string first =
        std::string(kRecordTables) + std::string(kSettingsTable) + std::string(kBlobsTable);
    static const std::array<std::string_view, 1> migrations = {first};
    static const Schema schema{
        .name = "copy", .application_id = kRecordsApplicationId, .migrations = migrations};
    return schema;
}

} // namespace tidewaiter::store
