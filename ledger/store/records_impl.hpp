#pragma once

#include "ledger/store/records.hpp"

#include <map>
#include <set>
#include <unordered_map>

/// What records.cpp, update.cpp, load.cpp and snapshot.cpp share. Not for others.
namespace tidewaiter::store {

/// "TWcp": a node's state and a gateway's copy.
inline constexpr std::uint32_t kRecordsApplicationId = 0x54576370;
[[nodiscard]] const Schema& records_schema();

/// A namespace in the table, with its tree in memory.
struct Branch {
    std::int64_t id = 0;
    std::string name;
    state::Tree tree;
    std::uint64_t records = 0;
    bool is_loaded = false;
    std::optional<state::Manifest> target;

    /// Buckets whose nodes in the table are older than the rows; they are listed in tree_changes instead.
    std::set<std::uint32_t> unsaved;

    /// Within an update: buckets to recompute, those recomputed, and the count before.
    std::vector<std::uint32_t> touched;
    std::vector<std::uint32_t> changed;
    std::uint64_t records_before = 0;
    bool is_changing = false;
    bool has_saved_nodes = false; ///< this update wrote nodes, not a list
    bool is_new = false;
};

/// The leaves of one namespace, from the table.
class TableLeaves final : public state::LeafSource {
  public:
    TableLeaves(Database& database, std::int64_t id) : database_(database), id_(id) {}
    [[nodiscard]] Status leaves(const state::PathRange& range,
                                const std::function<void(const state::Leaf&)>& leaf) const override;

  private:
    Database& database_;
    std::int64_t id_;
};

/// Records read lately, as they stand outside of an update: each scan reads the same lists and keys. Two generations:
/// what is not asked for while the younger one fills is forgotten.
class RecentReads {
  public:
    using Value = std::optional<Bytes>; ///< nothing: known to be absent

    /// Null when it is not known. Valid until the next call.
    [[nodiscard]] const Value* find(std::int64_t name_space, std::string_view key);
    void put(std::int64_t name_space, std::string_view key, const Value& value);
    void clear();

  private:
    static constexpr std::size_t kGenerationBytes = 512 * 1024;
    using Generation = std::unordered_map<std::string, Value>;
    const Value* keep(std::string name, Value value);
    Generation young_;
    Generation old_;
    std::size_t young_bytes_ = 0;
};

struct Records::Impl {
    Impl(Database opened, RecordOptions chosen) : database(std::move(opened)), options(std::move(chosen)) {}

    mutable Database database;
    RecordOptions options;
    std::map<std::string, Branch, std::less<>> branches;
    StatePoint state;
    std::optional<Transaction> transaction; ///< of the update under way
    std::vector<Branch*> changing;
    RecentReads recent; ///< empty while an update is under way

    [[nodiscard]] Status load_all();
    [[nodiscard]] Status load_branch(const Statement& row);
    [[nodiscard]] Status load_tree(Branch& branch, unsigned bits, const Hash& root);
    [[nodiscard]] Status load_target(Branch& branch);
    [[nodiscard]] Status load_state();

    /// Errors: view.namespace, view.loading.
    [[nodiscard]] Result<Branch*> readable(std::string_view name_space);
    [[nodiscard]] Result<Branch*> held(std::string_view name_space);
    /// A record from the table, checked against its leaf.
    [[nodiscard]] Result<std::optional<Bytes>> read(const Branch& branch, std::string_view key) const;
    [[nodiscard]] Result<Branch*> create(std::string_view name_space, bool is_loaded);

    /// load.cpp
    [[nodiscard]] Status write_chunk(Branch& branch, const Chunk& chunk, std::span<const state::Leaf> leaves);

    /// update.cpp
    void open_change(Branch& branch);
    [[nodiscard]] Status recompute(Branch& branch);
    /// Writes a changed namespace's row, and its nodes or the list of changed buckets.
    [[nodiscard]] Status save_branch(Branch& branch);
    [[nodiscard]] Status save_state(std::uint64_t height, const state::Roots& roots);
    void close_changes(bool is_committed);
    /// More buckets when a namespace has outgrown its tree; derived data, so a failure only costs speed.
    void grow();
    [[nodiscard]] Status rebuild(Branch& branch, unsigned bits);
    [[nodiscard]] Status save_all_nodes(Branch& branch);
    [[nodiscard]] Status save_node_parts(Branch& branch, const std::set<std::uint32_t>& parts);
};

/// How many bits a tree over that many records should have, and a manifest.
[[nodiscard]] unsigned tree_bits(std::uint64_t records);
[[nodiscard]] Result<unsigned> manifest_bits(Database& database, const Branch& branch);

} // namespace tidewaiter::store
