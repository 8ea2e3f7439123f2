#include "daemon/node/archive.hpp"

#include "ledger/codec/cbor.hpp"

namespace tidewaiter::node {

namespace {

constexpr std::string_view kVersion1 =
    "CREATE TABLE genesis (hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE blocks (height INTEGER PRIMARY KEY, block BLOB NOT NULL, light_block BLOB NOT NULL,"
    " roots BLOB NOT NULL) STRICT;"
    "CREATE TABLE proposals (height INTEGER PRIMARY KEY, block BLOB NOT NULL, sign_bytes BLOB NOT NULL,"
    " seconds INTEGER NOT NULL, nanos INTEGER NOT NULL) STRICT;"
    "CREATE TABLE executions (height INTEGER PRIMARY KEY, results_hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE deltas (namespace TEXT NOT NULL, state INTEGER NOT NULL, root_before BLOB NOT NULL,"
    " root_after BLOB NOT NULL, changes BLOB NOT NULL, PRIMARY KEY (namespace, state)) STRICT;"
    "CREATE INDEX deltas_state ON deltas (state);"
    "CREATE TABLE transactions (id BLOB PRIMARY KEY, core_hash BLOB, height INTEGER NOT NULL, code INTEGER "
    "NOT NULL,"
    " error TEXT NOT NULL, namespace TEXT NOT NULL, key TEXT NOT NULL) STRICT;"
    "CREATE INDEX transactions_core ON transactions (core_hash) WHERE core_hash IS NOT NULL;";
constexpr std::string_view kMigrations[] = {kVersion1};
constexpr std::uint32_t kApplicationId = 0x5457'4e42; // "TWNB"

constexpr std::size_t kMaxRoots = 200;
constexpr std::size_t kMaxChanges = 1'000'000;

Bytes encode_changes(const std::vector<wire::Change>& changes) {
    cbor::Writer writer;
    writer.array([&](cbor::Writer& list) {
        for (const wire::Change& change : changes) {
            list.array([&](cbor::Writer& pair) {
                pair.text(change.key);
                if (change.value) pair.bytes(*change.value);
            });
        }
    });
    return writer.take();
}

Result<std::vector<wire::Change>> decode_changes(ByteView bytes) {
    std::vector<wire::Change> changes;
    cbor::Reader reader(bytes);
    reader.array(1, kMaxChanges, [&](std::size_t) {
        wire::Change change;
        reader.array(1, 2, [&](std::size_t index) {
            if (index == 0) {
                change.key = reader.text();
            } else {
                change.value = to_bytes(reader.bytes());
            }
        });
        changes.push_back(std::move(change));
    });
    TW_CHECK(reader.finish());
    return changes;
}

/// Columns namespace, state, root_before, root_after, changes.
Result<wire::Delta> read_delta(const store::Statement& row) {
    wire::Delta delta;
    delta.name_space = row.text(0);
    delta.state = row.natural(1);
    delta.root_before = row.hash(2);
    delta.root_after = row.hash(3);
    TW_TRY(delta.changes, decode_changes(row.blob(4)));
    return delta;
}

} // namespace

Bytes encode_roots(const state::Roots& roots) {
    cbor::Writer writer;
    writer.array([&](cbor::Writer& list) {
        for (const auto& [name, root] : roots) {
            list.array([&](cbor::Writer& pair) { pair.text(name).bytes(root); });
        }
    });
    return writer.take();
}

Result<state::Roots> decode_roots(ByteView bytes) {
    state::Roots roots;
    cbor::Reader reader(bytes);
    reader.array(1, kMaxRoots, [&](std::size_t) {
        reader.enter_array(2);
        std::string name(reader.text());
        roots[std::move(name)] = reader.hash();
        reader.leave();
    });
    TW_CHECK(reader.finish());
    return roots;
}

Result<Archive> Archive::open(const std::string& path) {
    TW_TRY(store::Database database,
           store::Database::open(
               path, {.name = "blocks", .application_id = kApplicationId, .migrations = kMigrations},
               {.durability = store::Durability::Full, .secure_delete = false}));
    return Archive(std::move(database));
}

Result<std::optional<Hash>> Archive::genesis() {
    TW_TRY(store::Statement row, database_.statement("SELECT hash FROM genesis"));
    TW_TRY(const bool found, row.step());
    if (!found) return std::nullopt;
    return row.hash(0);
}

Status Archive::set_genesis(const Hash& hash) {
    return database_.run("INSERT INTO genesis (hash) VALUES (?1)", hash);
}

Result<std::uint64_t> Archive::tip() {
    TW_TRY(store::Statement row, database_.statement("SELECT COALESCE(MAX(height), 0) FROM blocks"));
    TW_CHECK(row.step());
    return row.natural(0);
}

Result<std::optional<ArchivedBlock>> Archive::block(std::uint64_t height) {
    TW_TRY(store::Statement row,
           database_.statement("SELECT block, light_block, roots FROM blocks WHERE height = ?1"));
    TW_TRY(const bool found, row.bind(1, height).step());
    if (!found) return std::nullopt;
    ArchivedBlock block{
        .height = height, .block = to_bytes(row.blob(0)), .light_block = to_bytes(row.blob(1))};
    TW_TRY(block.roots, decode_roots(row.blob(2)));
    return block;
}

Result<std::optional<Proposal>> Archive::proposal() {
    TW_TRY(store::Statement row,
           database_.statement("SELECT height, block, sign_bytes, seconds, nanos FROM proposals"));
    TW_TRY(const bool found, row.step());
    if (!found) return std::nullopt;
    return Proposal{.height = row.natural(0),
                    .block = to_bytes(row.blob(1)),
                    .sign_bytes = to_bytes(row.blob(2)),
                    .vote_time = {row.integer(3), static_cast<std::uint32_t>(row.integer(4))}};
}

Status Archive::propose(const Proposal& proposal) {
    return database_.run(
        "INSERT INTO proposals (height, block, sign_bytes, seconds, nanos) VALUES (?1, ?2, ?3, ?4, ?5)",
        proposal.height, proposal.block, proposal.sign_bytes, proposal.vote_time.seconds,
        std::int64_t{proposal.vote_time.nanos});
}

Status Archive::add(const ArchivedBlock& block) {
    TW_TRY(store::Transaction transaction, database_.begin());
    TW_CHECK(database_.run("INSERT INTO blocks (height, block, light_block, roots) VALUES (?1, ?2, ?3, ?4)",
                           block.height, block.block, block.light_block, encode_roots(block.roots)));
    TW_CHECK(database_.run("DELETE FROM proposals"));
    return transaction.commit();
}

Status Archive::executed(const Execution& execution) {
    TW_TRY(store::Transaction transaction, database_.begin());
    TW_CHECK(database_.run("INSERT OR REPLACE INTO executions (height, results_hash) VALUES (?1, ?2)",
                           execution.height, execution.results_hash));
    for (const wire::Delta& delta : execution.deltas) {
        TW_CHECK(
            database_.run("INSERT OR REPLACE INTO deltas (namespace, state, root_before, root_after, changes)"
                          " VALUES (?1, ?2, ?3, ?4, ?5)",
                          delta.name_space, delta.state, delta.root_before, delta.root_after,
                          encode_changes(delta.changes)));
    }
    for (const ArchivedTransaction& done : execution.transactions) {
        // A transaction that a later block carries again keeps its first row.
        TW_CHECK(database_.run(
            "INSERT OR IGNORE INTO transactions (id, core_hash, height, code, error, namespace, key)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            done.id, done.core_hash, done.height, std::int64_t{done.code}, done.error, done.name_space,
            done.key));
    }
    return transaction.commit();
}

Result<std::optional<Hash>> Archive::results_hash(std::uint64_t height) {
    TW_TRY(store::Statement row,
           database_.statement("SELECT results_hash FROM executions WHERE height = ?1"));
    TW_TRY(const bool found, row.bind(1, height).step());
    if (!found) return std::nullopt;
    return row.hash(0);
}

Result<std::vector<wire::Delta>> Archive::deltas(std::string_view name_space, std::uint64_t from,
                                                 std::uint64_t to, std::size_t limit) {
    TW_TRY(store::Statement row,
           database_.statement("SELECT namespace, state, root_before, root_after, changes FROM deltas"
                               " WHERE namespace = ?1 AND state BETWEEN ?2 AND ?3 ORDER BY state LIMIT ?4"));
    row.bind(1, name_space).bind(2, from).bind(3, to).bind(4, static_cast<std::uint64_t>(limit));
    std::vector<wire::Delta> deltas;
    while (true) {
        TW_TRY(const bool found, row.step());
        if (!found) return deltas;
        TW_TRY(wire::Delta delta, read_delta(row));
        deltas.push_back(std::move(delta));
    }
}

Result<std::vector<wire::Delta>> Archive::deltas_at(std::uint64_t state) {
    TW_TRY(store::Statement row,
           database_.statement("SELECT namespace, state, root_before, root_after, changes FROM deltas"
                               " WHERE state = ?1 ORDER BY namespace"));
    row.bind(1, state);
    std::vector<wire::Delta> deltas;
    while (true) {
        TW_TRY(const bool found, row.step());
        if (!found) return deltas;
        TW_TRY(wire::Delta delta, read_delta(row));
        deltas.push_back(std::move(delta));
    }
}

Result<std::optional<ArchivedTransaction>> Archive::transaction(const Hash& id) {
    TW_TRY(store::Statement row,
           database_.statement("SELECT id, core_hash, height, code, error, namespace, key FROM transactions"
                               " WHERE id = ?1 OR core_hash = ?1 ORDER BY height LIMIT 1"));
    TW_TRY(const bool found, row.bind(1, id).step());
    if (!found) return std::nullopt;
    ArchivedTransaction done{.id = row.hash(0)};
    if (!row.is_null(1)) done.core_hash = row.hash(1);
    done.height = row.natural(2);
    done.code = static_cast<std::uint32_t>(row.integer(3));
    done.error = row.text(4);
    done.name_space = row.text(5);
    done.key = row.text(6);
    return done;
}

} // namespace tidewaiter::node
