#include "ledger/store/records.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/codec/cbor.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/store/blobs.hpp"
#include "ledger/store/records_impl.hpp"
#include "ledger/store/settings.hpp"

#include <algorithm>

namespace tidewaiter::store {

namespace {

constexpr std::string_view kStateSetting = "state";
constexpr std::size_t kMaxRoots = 200; ///< as head messages carry them

Result<StatePoint> decode_state(ByteView bytes) {
    StatePoint point;
    cbor::Reader reader(bytes);
    reader.map({1}, [&](std::int64_t key) {
        if (key == 1) {
            point.height = reader.unsigned_integer();
        } else if (key == 2) {
            reader.array(1, kMaxRoots, [&](std::size_t) {
                reader.enter_array(2);
                const std::string name(reader.text());
                point.roots[name] = reader.hash();
                reader.leave();
            });
        } else {
            return false;
        }
        return true;
    });
    TW_CHECK(reader.finish());
    return point;
}

Bytes encode_state(std::uint64_t height, const state::Roots& roots) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(1).unsigned_integer(height);
        if (roots.empty()) return;
        map.key(2).array([&](cbor::Writer& list) {
            for (const auto& [name, root] : roots) {
                list.array([&](cbor::Writer& pair) { pair.text(name).bytes(root); });
            }
        });
    });
    return writer.take();
}

} // namespace

Status TableLeaves::leaves(const state::PathRange& range,
                           const std::function<void(const state::Leaf&)>& leaf) const {
    TW_TRY(Statement rows, database_.statement("SELECT path, leaf FROM records "
                                               "WHERE ns = ?1 AND path BETWEEN ?2 AND ?3 ORDER BY path"));
    rows.bind(1, id_).bind(2, range.first).bind(3, range.last);
    while (true) {
        TW_TRY(const bool is_row, rows.step());
        if (!is_row) return {};
        leaf({rows.hash(0), rows.hash(1)});
    }
}

Records::Records(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Records::Records(Records&&) noexcept = default;
Records& Records::operator=(Records&&) noexcept = default;
Records::~Records() = default;

Result<Records> Records::open(const std::string& path, const RecordOptions& options) {
    TW_TRY(Database database, Database::open(path, records_schema(), options.database));
    auto impl = std::make_unique<Impl>(std::move(database), options);
    TW_CHECK(impl->load_all());
    return Records(std::move(impl));
}

Status Records::Impl::load_all() {
    TW_CHECK(load_state());
    TW_TRY(Statement rows,
           database.statement("SELECT id, name, root, records, bits, loaded FROM namespaces"));
    while (true) {
        TW_TRY(const bool is_row, rows.step());
        if (!is_row) return {};
        TW_CHECK(load_branch(rows));
    }
}

Status Records::Impl::load_state() {
    TW_TRY(const std::optional<Bytes> stored, Settings(database).get(kStateSetting));
    if (!stored) return {};
    Result<StatePoint> point = decode_state(*stored);
    if (!point)
        return fail("store.corrupt",
                    database.path() + ": the state's roots are damaged; " + point.error().detail);
    state = *std::move(point);
    return {};
}

Status Records::Impl::load_branch(const Statement& row) {
    const std::string name(row.text(1));
    Branch& branch = branches[name];
    branch.id = row.integer(0);
    branch.name = name;
    branch.records = row.natural(3);
    branch.is_loaded = row.integer(5) != 0;
    const std::uint64_t bits = row.natural(4);
    if (bits > state::kMaxTreeBits)
        return fail("store.corrupt", database.path() + ": " + name +
                                         " has an impossible tree; remove the file and load it again");
    TW_CHECK(load_tree(branch, static_cast<unsigned>(bits), row.hash(2)));
    return load_target(branch);
}

Result<Branch*> Records::Impl::held(std::string_view name_space) {
    const auto found = branches.find(name_space);
    if (found != branches.end()) return &found->second;
    return fail("view.namespace",
                printable(name_space) + " is not held here; add it to the subscribed namespaces");
}

Result<Branch*> Records::Impl::readable(std::string_view name_space) {
    TW_TRY(Branch* const branch, held(name_space));
    if (branch->is_loaded) return branch;
    return fail("view.loading", printable(name_space) + " is still being loaded");
}

Result<Branch*> Records::Impl::create(std::string_view name_space, bool is_loaded) {
    if (!state::is_namespace(name_space)) {
        return fail("view.namespace",
                    printable(name_space) + " is not a namespace: a-z, 0-9, / and -, at most 40 characters");
    }
    TW_CHECK(
        database.run("INSERT INTO namespaces (name, root, records, bits, loaded) VALUES (?1, ?2, 0, 0, ?3)",
                     name_space, state::kEmptyRoot, std::int64_t{is_loaded ? 1 : 0}));
    Branch& branch = branches[std::string(name_space)];
    branch.id = database.last_row_id();
    branch.name = std::string(name_space);
    branch.is_loaded = is_loaded;
    return &branch;
}

Result<std::optional<Bytes>> Records::get(std::string_view name_space, std::string_view key) const {
    if (impl_->options.holds_all && impl_->branches.find(name_space) == impl_->branches.end())
        return std::nullopt;
    TW_TRY(const Branch* const branch, impl_->readable(name_space));
    const bool is_settled = !impl_->transaction;
    if (is_settled) {
        if (const RecentReads::Value* const known = impl_->recent.find(branch->id, key)) return *known;
    }
    TW_TRY(std::optional<Bytes> value, impl_->read(*branch, key));
    if (is_settled) impl_->recent.put(branch->id, key, value);
    return value;
}

Result<std::optional<Bytes>> Records::Impl::read(const Branch& branch, std::string_view key) const {
    TW_TRY(Statement row,
           database.statement("SELECT key, leaf, value FROM records WHERE ns = ?1 AND path = ?2"));
    const state::Path path = state::path_of(key);
    row.bind(1, branch.id).bind(2, path);
    TW_TRY(const bool is_row, row.step());
    if (!is_row) return std::nullopt;
    const ByteView value = row.blob(2);
    // SQLite does not see a flipped bit in a value; the leaf beside it does.
    if (row.text(0) != key || state::leaf_hash(path, crypto::sha256(value)) != row.hash(1)) {
        return fail("store.corrupt", database.path() + ": the record " + printable(key) + " of " +
                                         branch.name +
                                         " was altered on disk; remove the file and load it again");
    }
    return to_bytes(value);
}

Result<std::vector<std::string>> Records::keys(std::string_view name_space, std::string_view prefix,
                                               std::size_t limit) const {
    TW_TRY(const Branch* const branch, impl_->readable(name_space));
    TW_TRY(Statement rows, impl_->database.statement("SELECT key FROM records WHERE ns = ?1 AND "
                                                     "substr(key, 1, length(?2)) = ?2 LIMIT ?3"));
    rows.bind(1, branch->id)
        .bind(2, prefix)
        .bind(3, static_cast<std::int64_t>(std::min<std::size_t>(limit, INT32_MAX)));
    std::vector<std::string> keys;
    while (true) {
        TW_TRY(const bool is_row, rows.step());
        if (!is_row) return keys;
        keys.emplace_back(rows.text(0));
    }
}

std::uint64_t Records::height() const {
    return impl_->state.height;
}
const state::Roots& Records::roots() const {
    return impl_->state.roots;
}
Hash Records::app_hash() const {
    return state::app_hash(impl_->state.roots);
}
Database& Records::database() const {
    return impl_->database;
}

std::vector<NamespaceInfo> Records::namespaces() const {
    std::vector<NamespaceInfo> all;
    for (const auto& [name, branch] : impl_->branches) {
        all.push_back({name, branch.tree.root().hash, branch.records, branch.is_loaded});
    }
    return all;
}

bool Records::is_loaded() const {
    return impl_->state.height > 0 && std::all_of(impl_->branches.begin(), impl_->branches.end(),
                                                  [](const auto& item) { return item.second.is_loaded; });
}

Status Records::hold(const std::vector<std::string>& names) {
    TW_ASSERT(!impl_->options.holds_all && !impl_->transaction);
    impl_->recent.clear();
    TW_TRY(Transaction transaction, impl_->database.begin());
    std::vector<std::string> dropped;
    std::vector<std::string> added;
    for (const auto& [name, branch] : impl_->branches) {
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        for (const std::string_view table : {"records", "tree_nodes", "tree_changes", "load_targets"}) {
            TW_CHECK(impl_->database.run("DELETE FROM " + std::string(table) + " WHERE ns = ?1", branch.id));
        }
        TW_CHECK(impl_->database.run("DELETE FROM namespaces WHERE id = ?1", branch.id));
        dropped.push_back(name);
    }
    const auto write = [&]() -> Status {
        for (const std::string& name : names) {
            if (impl_->branches.contains(name)) continue;
            TW_CHECK(impl_->create(name, /*is_loaded=*/false));
            added.push_back(name);
        }
        return transaction.commit();
    };
    const Status done = write();
    for (const std::string& name : done ? dropped : added)
        impl_->branches.erase(name);
    return done;
}

Result<Records::Proven> Records::prove(std::string_view name_space, std::string_view key) const {
    if (impl_->state.roots.empty()) {
        return fail("proof.state", "there is no committed state to prove anything against yet");
    }
    TW_TRY(const std::optional<Bytes> value, get(name_space, key));
    Proven proven{value, {}};
    proven.proof.application = state::ics23::encode(state::prove_namespace(impl_->state.roots, name_space));
    const auto found = impl_->branches.find(name_space);
    if (found == impl_->branches.end() || found->second.tree.root().kind == state::NodeKind::Empty)
        return proven;
    Branch& branch = found->second;
    const TableLeaves source(impl_->database, branch.id);
    const auto prove_key = [&](std::string_view present,
                               ByteView its_value) -> Result<state::ics23::ExistenceProof> {
        std::vector<state::Leaf> leaves;
        const std::uint32_t bucket = state::bucket_of(state::path_of(present), branch.tree.bits());
        TW_CHECK(source.leaves(state::range_of(branch.tree.bits(), bucket),
                               [&](const state::Leaf& leaf) { leaves.push_back(leaf); }));
        return state::prove_record(branch.tree, leaves, present, its_value);
    };
    if (value) {
        TW_TRY(auto existence, prove_key(key, *value));
        proven.proof.record = state::ics23::encode(std::move(existence));
        return proven;
    }
    state::ics23::NonExistenceProof absence{.key = to_bytes(as_bytes(key)), .left = {}, .right = {}};
    const state::Path path = state::path_of(key);
    const auto neighbour = [&](std::string_view sql,
                               std::optional<state::ics23::ExistenceProof>& side) -> Status {
        TW_TRY(Statement row, impl_->database.statement(sql));
        row.bind(1, branch.id).bind(2, path);
        TW_TRY(const bool is_row, row.step());
        if (!is_row) return {};
        TW_TRY(side, prove_key(row.text(0), row.blob(1)));
        return {};
    };
    TW_CHECK(
        neighbour("SELECT key, value FROM records WHERE ns = ?1 AND path < ?2 ORDER BY path DESC LIMIT 1",
                  absence.left));
    TW_CHECK(neighbour("SELECT key, value FROM records WHERE ns = ?1 AND path > ?2 ORDER BY path LIMIT 1",
                       absence.right));
    proven.proof.record = state::ics23::encode(std::move(absence));
    return proven;
}

Status Records::audit() {
    for (auto& [name, branch] : impl_->branches) {
        TW_TRY(Statement rows, impl_->database.statement(
                                   "SELECT path, key, leaf, value FROM records WHERE ns = ?1 ORDER BY path"));
        rows.bind(1, branch.id);
        while (true) {
            TW_TRY(const bool is_row, rows.step());
            if (!is_row) break;
            const state::Path path = rows.hash(0);
            if (state::path_of(rows.text(1)) != path ||
                state::leaf_hash(path, crypto::sha256(rows.blob(3))) != rows.hash(2)) {
                return fail("store.corrupt", impl_->database.path() + ": the record " +
                                                 printable(rows.text(1)) + " of " + name +
                                                 " was altered on disk; remove the file and load it again");
            }
        }
        TW_TRY(const state::Tree tree,
               state::Tree::build(branch.tree.bits(), TableLeaves(impl_->database, branch.id)));
        if (tree.root() != branch.tree.root()) {
            return fail("store.corrupt", impl_->database.path() + ": the records of " + name +
                                             " do not give their root; remove the file and load it again");
        }
    }
    return {};
}

Status Records::Impl::save_state(std::uint64_t height, const state::Roots& roots) {
    return Settings(database).put(kStateSetting, encode_state(height, roots));
}

} // namespace tidewaiter::store
