#pragma once

#include "ledger/state/proof.hpp"
#include "ledger/state/view.hpp"
#include "ledger/store/database.hpp"

#include <vector>

/// The records of all namespaces in one table: a node's state and a gateway's verified copy alike.
///
/// All held namespaces stand at one state height s. A change is one transaction: rows, tree nodes, roots and
/// whatever else the caller writes through database() meanwhile. One thread.
namespace tidewaiter::store {

struct RecordOptions {
    Options database{.durability = Durability::Normal, .cache_kib = 16'384};
    /// True (a node): namespaces come into being with their first record. False (a gateway): only those that
    /// hold() named exist; others answer view.namespace.
    bool holds_all = false;
};

/// A state and what proves it: all namespaces' roots, of which header s + 1 carries the application hash.
struct StatePoint {
    std::uint64_t height = 0;
    state::Roots roots;
};

/// What of a namespace a caller may know.
struct NamespaceInfo {
    std::string name;
    Hash root{};
    std::uint64_t records = 0;
    bool is_loaded = false; ///< false: held, but its records are not complete yet
};

struct LoadProgress {
    std::string name_space;
    std::uint64_t height = 0; ///< of the manifest
    std::uint32_t buckets = 0;
    std::uint32_t missing = 0;
};

/// Whole buckets of a namespace as they travel.
struct Chunk {
    std::uint32_t first = 0;
    std::uint32_t last = 0;             ///< inclusive
    std::vector<state::Record> records; ///< by path
};

class Update;
class Snapshot;

class Records final : public state::View {
  public:
    /// Opens or creates; a start does not rescan. Errors: store.*; store.corrupt when the rows do not give
    /// the stored root even after a rescan (the copy must be removed and loaded again; a node's state is
    /// rebuilt from its blocks).
    [[nodiscard]] static Result<Records> open(const std::string& path, const RecordOptions& options);
    Records(Records&&) noexcept;
    Records& operator=(Records&&) noexcept;
    ~Records() override;

    /// Errors: view.namespace (not held), view.loading (held but not complete), store.corrupt (the row was
    /// altered on disk), store.*.
    [[nodiscard]] Result<std::optional<Bytes>> get(std::string_view name_space,
                                                   std::string_view key) const override;
    /// Keys of a namespace that begin with `prefix`, at most `limit`, in no particular order; for display
    /// only.
    [[nodiscard]] Result<std::vector<std::string>> keys(std::string_view name_space, std::string_view prefix,
                                                        std::size_t limit) const;

    /// s; 0 before the first commit.
    [[nodiscard]] std::uint64_t height() const;
    /// All namespaces' roots at s, held or not.
    [[nodiscard]] const state::Roots& roots() const;
    [[nodiscard]] Hash app_hash() const;
    [[nodiscard]] std::vector<NamespaceInfo> namespaces() const;
    /// Every held namespace is complete, and s is set.
    [[nodiscard]] bool is_loaded() const;

    /// Gateway: which namespaces to hold. Added ones start without records, dropped ones lose theirs.
    [[nodiscard]] Status hold(const std::vector<std::string>& names);

    /// Begins a change; at most one at a time (asserted). The Records outlives it.
    [[nodiscard]] Result<Update> begin();

    /// Existence or absence at s, with both proofs. Errors: as get(); proof.state (no state yet).
    struct Proven {
        std::optional<Bytes> value;
        state::RecordProof proof;
    };
    [[nodiscard]] Result<Proven> prove(std::string_view name_space, std::string_view key) const;

    /// Node: a pinned view of the state as of now, on a connection of its own, for serving manifests and
    /// chunks.
    [[nodiscard]] Result<Snapshot> snapshot() const;

    /// Gateway: the target of a load, checked (manifest.*, view.namespace). Replaces an earlier target;
    /// buckets that already agree are not asked for again, nor after a restart.
    [[nodiscard]] Status begin_load(const state::Manifest& manifest);
    [[nodiscard]] std::vector<LoadProgress> loads() const;
    /// Buckets of the target that differ from what is held, ascending, at most `limit`. Error: load.none.
    [[nodiscard]] Result<std::vector<std::uint32_t>> missing(std::string_view name_space,
                                                             std::size_t limit = 4'096) const;
    /// Checks and writes whole buckets in a transaction of its own. From the first one on, the namespace
    /// answers view.loading. Errors: load.none, chunk.range, chunk.empty, chunk.order, chunk.bucket (a record
    /// belongs elsewhere), chunk.hash, store.*; nothing is kept then.
    [[nodiscard]] Status load(std::string_view name_space, const Chunk& chunk);
    /// When nothing is missing: every held namespace must have the root that `point` gives it (the caller
    /// verified point.roots against a header). Errors: load.incomplete, state.root.
    [[nodiscard]] Status finish_load(const StatePoint& point);

    /// Recomputes every tree from the rows and every row's hash. Error: store.corrupt with the namespace and
    /// key.
    [[nodiscard]] Status audit();

    /// For tables that must change in the same transaction (light blocks, settings, blobs).
    [[nodiscard]] Database& database() const;

  private:
    friend class Update;
    friend class Snapshot;
    struct Impl;
    explicit Records(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// One change of state. Rolled back, rows and trees, when destroyed without a successful commit.
class Update {
  public:
    Update(Update&&) noexcept;
    Update& operator=(Update&&) = delete;
    ~Update();

    /// Errors: view.namespace, view.loading, state.empty (an empty key or value), store.*.
    [[nodiscard]] Status put(std::string_view name_space, std::string_view key, ByteView value);
    [[nodiscard]] Status erase(std::string_view name_space, std::string_view key);
    [[nodiscard]] Status apply(const state::Overlay::Changes& changes);
    /// Node: lists a namespace before it has a record.
    [[nodiscard]] Status declare(std::string_view name_space);

    /// Root of one namespace with the changes so far.
    [[nodiscard]] Result<Hash> root(std::string_view name_space);
    /// Of all held and declared namespaces, with the changes so far.
    [[nodiscard]] Result<state::Roots> roots();

    /// Node: the state after block `height` is what the roots say.
    [[nodiscard]] Status commit(std::uint64_t height);
    /// Gateway: every loaded namespace must have the root that `point` gives it (32 zero bytes where it is
    /// not listed). Error: state.root, and nothing is kept.
    [[nodiscard]] Status commit(const StatePoint& point);

  private:
    friend class Records;
    explicit Update(Records::Impl& records);
    [[nodiscard]] Status finish(std::uint64_t height, const state::Roots& roots);
    Records::Impl* records_;
};

/// The records at one state height, whatever is committed after. Holds back the log's shrinking: close it
/// within minutes. May be used on another thread than the Records it came from.
class Snapshot {
  public:
    Snapshot(Snapshot&&) noexcept;
    Snapshot& operator=(Snapshot&&) noexcept;
    ~Snapshot();

    [[nodiscard]] std::uint64_t height() const;
    [[nodiscard]] const state::Roots& roots() const;
    /// Error: view.namespace.
    [[nodiscard]] Result<state::Manifest> manifest(std::string_view name_space) const;
    /// Whole buckets from `first` to at most `last` (of the manifest), as many as stay below `max_bytes`, but
    /// one at least. Errors: view.namespace, chunk.range.
    [[nodiscard]] Result<Chunk> chunk(std::string_view name_space, std::uint32_t first, std::uint32_t last,
                                      std::size_t max_bytes) const;

  private:
    friend class Records;
    struct Impl;
    explicit Snapshot(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace tidewaiter::store
