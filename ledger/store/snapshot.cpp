#include "ledger/base/assert.hpp"
#include "ledger/store/records_impl.hpp"

#include <algorithm>

namespace tidewaiter::store {

namespace {

struct PinnedBranch {
    std::int64_t id = 0;
    state::Manifest manifest;
};

// Adds the records of one bucket; true when they did not fit any more and were left out.
Result<bool> add_bucket(Database& database, std::int64_t id, const state::PathRange& range,
                        std::size_t max_bytes, std::size_t& bytes, Chunk& chunk, bool is_first) {
    TW_TRY(Statement rows,
           database.statement("SELECT key, value FROM records WHERE ns = ?1 AND path BETWEEN ?2 AND ?3 "
                              "ORDER BY path"));
    rows.bind(1, id).bind(2, range.first).bind(3, range.last);
    const std::size_t before = chunk.records.size();
    while (true) {
        TW_TRY(const bool is_row, rows.step());
        if (!is_row) return false;
        // Beside the two contents, a change has at most 9 bytes of heads.
        bytes += rows.text(0).size() + rows.blob(1).size() + 9;
        if (!is_first && bytes > max_bytes) {
            chunk.records.resize(before);
            return true;
        }
        chunk.records.push_back({std::string(rows.text(0)), to_bytes(rows.blob(1))});
    }
}

} // namespace

struct Snapshot::Impl {
    // Ends before its database closes.
    std::unique_ptr<Database> database;
    std::optional<Transaction> pin;
    StatePoint state;
    std::map<std::string, PinnedBranch, std::less<>> branches;

    [[nodiscard]] Result<const PinnedBranch*> find(std::string_view name_space) const {
        const auto found = branches.find(name_space);
        if (found != branches.end()) return &found->second;
        return fail("view.namespace",
                    printable(name_space) + " does not exist in state " + std::to_string(state.height));
    }
};

Snapshot::Snapshot(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot& Snapshot::operator=(Snapshot&&) noexcept = default;
Snapshot::~Snapshot() = default;

Result<Snapshot> Records::snapshot() const {
    TW_ASSERT(!impl_->transaction);
    auto impl = std::make_unique<Snapshot::Impl>();
    Options options = impl_->options.database;
    options.read_only = true;
    options.cache_kib = 2'048;
    TW_TRY(Database database, Database::open(impl_->database.path(), records_schema(), options));
    impl->database = std::make_unique<Database>(std::move(database));
    TW_TRY(Transaction pin, impl->database->begin_read());
    impl->pin.emplace(std::move(pin));
    impl->state = impl_->state;
    for (const auto& [name, branch] : impl_->branches) {
        TW_TRY(const unsigned bits, manifest_bits(impl_->database, branch));
        impl->branches[name] = {branch.id,
                                {.name_space = name,
                                 .height = impl_->state.height,
                                 .root = branch.tree.root().hash,
                                 .bits = bits,
                                 .buckets = branch.tree.level(bits)}};
    }
    return Snapshot(std::move(impl));
}

std::uint64_t Snapshot::height() const {
    return impl_->state.height;
}
const state::Roots& Snapshot::roots() const {
    return impl_->state.roots;
}

Result<state::Manifest> Snapshot::manifest(std::string_view name_space) const {
    TW_TRY(const PinnedBranch* const branch, impl_->find(name_space));
    return branch->manifest;
}

Result<Chunk> Snapshot::chunk(std::string_view name_space, std::uint32_t first, std::uint32_t last,
                              std::size_t max_bytes) const {
    TW_TRY(const PinnedBranch* const branch, impl_->find(name_space));
    if (first > last || last >= branch->manifest.buckets.size()) {
        return fail("chunk.range", "buckets " + std::to_string(first) + " to " + std::to_string(last) +
                                       " of " + std::string(name_space) + " do not exist: its manifest has " +
                                       std::to_string(branch->manifest.buckets.size()));
    }
    Chunk chunk{.first = first, .last = first, .records = {}};
    std::size_t bytes = 0;
    for (std::uint32_t bucket = first; bucket <= last; ++bucket) {
        TW_TRY(const bool is_full,
               add_bucket(*impl_->database, branch->id, state::range_of(branch->manifest.bits, bucket),
                          max_bytes, bytes, chunk, /*is_first=*/bucket == first));
        if (is_full) break;
        chunk.last = bucket;
    }
    return chunk;
}

} // namespace tidewaiter::store
