#include "ledger/base/assert.hpp"
#include "ledger/store/records_impl.hpp"

#include <algorithm>

/// How trees are kept beside their rows. Writing 2^bits nodes with every change would wear the disk, so a
/// change only lists its buckets (tree_changes); when the list grows long, the parts of the tree it touches
/// are written and the list is emptied. A start reads the nodes and recomputes the listed buckets.
namespace tidewaiter::store {

namespace {

constexpr unsigned kMaxBits = 18;
constexpr std::uint64_t kLeavesPerBucket = 4;
constexpr std::uint32_t kNodesPerPart = 256;

std::size_t max_unsaved(unsigned bits) {
    return std::clamp<std::size_t>((std::size_t{1} << bits) / 16, 64, 16'384);
}

Bytes encode_buckets(const std::vector<std::uint32_t>& buckets) {
    Bytes out;
    out.reserve(buckets.size() * 4);
    for (const std::uint32_t bucket : buckets) {
        for (unsigned shift = 0; shift < 32; shift += 8)
            out.push_back(static_cast<std::uint8_t>(bucket >> shift));
    }
    return out;
}

void decode_buckets(ByteView bytes, std::set<std::uint32_t>& to) {
    for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
        std::uint32_t bucket = 0;
        for (std::size_t byte = 0; byte < 4; ++byte)
            bucket |= static_cast<std::uint32_t>(bytes[i + byte]) << (8 * byte);
        to.insert(bucket);
    }
}

unsigned bits_for(std::uint64_t count, unsigned most) {
    unsigned bits = 0;
    while (bits < most && count > std::uint64_t{1} << bits)
        ++bits;
    return bits;
}

// Sets the buckets from the stored parts; a part that was never written is empty. False when one is damaged.
Result<bool> read_nodes(Database& database, Branch& branch) {
    TW_TRY(Statement rows, database.statement("SELECT part, nodes FROM tree_nodes WHERE ns = ?1"));
    rows.bind(1, branch.id);
    const std::uint32_t buckets = 1U << branch.tree.bits();
    const std::uint32_t per_part = std::min(buckets, kNodesPerPart);
    while (true) {
        TW_TRY(const bool is_row, rows.step());
        if (!is_row) break;
        const std::uint64_t part = rows.natural(0);
        const auto nodes = state::decode_nodes(rows.blob(1));
        if (!nodes || nodes->size() != per_part || part >= buckets / per_part) return false;
        auto bucket = static_cast<std::uint32_t>(part) * per_part;
        for (const state::Node& node : *nodes)
            branch.tree.set_bucket(bucket++, node);
    }
    branch.tree.fold();
    return true;
}

} // namespace

unsigned tree_bits(std::uint64_t records) {
    return bits_for(records / kLeavesPerBucket, kMaxBits);
}

Result<unsigned> manifest_bits(Database& database, const Branch& branch) {
    constexpr std::uint64_t kRecordsPerBucket = 64;
    constexpr std::uint64_t kBytesPerBucket = 65'536;
    // Rows lie in the order of hashes: the first ones are as good a sample as any.
    TW_TRY(Statement row, database.statement("SELECT coalesce(avg(length(value)), 0) FROM "
                                             "(SELECT value FROM records WHERE ns = ?1 LIMIT 256)"));
    row.bind(1, branch.id);
    TW_CHECK(row.step());
    const std::uint64_t bytes = branch.records * row.natural(0);
    const std::uint64_t buckets = std::max(branch.records / kRecordsPerBucket, bytes / kBytesPerBucket);
    return std::min(bits_for(buckets, state::kMaxManifestBits), branch.tree.bits());
}

Status Records::Impl::load_tree(Branch& branch, unsigned bits, const Hash& root) {
    branch.tree = state::Tree(bits);
    TW_TRY(const bool is_complete, read_nodes(database, branch));
    if (is_complete) {
        TW_TRY(Statement rows, database.statement("SELECT buckets FROM tree_changes WHERE ns = ?1"));
        rows.bind(1, branch.id);
        while (true) {
            TW_TRY(const bool is_row, rows.step());
            if (!is_row) break;
            decode_buckets(rows.blob(0), branch.unsaved);
        }
        if (branch.unsaved.empty() || *branch.unsaved.rbegin() < 1U << bits) {
            const std::vector<std::uint32_t> listed(branch.unsaved.begin(), branch.unsaved.end());
            TW_CHECK(branch.tree.update(listed, TableLeaves(database, branch.id)));
            if (branch.tree.root().hash == root) return {};
        }
    }
    // The nodes are derived data: damaged ones are made again from the rows, which alone must give the root.
    TW_CHECK(rebuild(branch, bits));
    if (branch.tree.root().hash == root) return {};
    return fail("store.corrupt",
                database.path() + ": the records of " + branch.name +
                    " do not give their root; remove the file, and it is loaded or replayed again");
}

Status Records::Impl::rebuild(Branch& branch, unsigned bits) {
    TW_TRY(state::Tree tree, state::Tree::build(bits, TableLeaves(database, branch.id)));
    if (transaction) {
        branch.tree = std::move(tree);
        return save_all_nodes(branch);
    }
    TW_TRY(Transaction own, database.begin());
    std::swap(branch.tree, tree);
    const auto write = [&]() -> Status {
        TW_CHECK(save_all_nodes(branch));
        return own.commit();
    };
    const Status done = write();
    if (!done) std::swap(branch.tree, tree);
    return done;
}

Status Records::Impl::save_node_parts(Branch& branch, const std::set<std::uint32_t>& parts) {
    const std::uint32_t per_part = std::min(1U << branch.tree.bits(), kNodesPerPart);
    std::vector<state::Node> nodes(per_part);
    for (const std::uint32_t part : parts) {
        for (std::uint32_t i = 0; i < per_part; ++i)
            nodes[i] = branch.tree.bucket(part * per_part + i);
        TW_CHECK(database.run("INSERT OR REPLACE INTO tree_nodes (ns, part, nodes) VALUES (?1, ?2, ?3)",
                              branch.id, std::int64_t{part}, state::encode_nodes(nodes)));
    }
    return database.run("DELETE FROM tree_changes WHERE ns = ?1", branch.id);
}

Status Records::Impl::save_all_nodes(Branch& branch) {
    TW_CHECK(database.run("DELETE FROM tree_nodes WHERE ns = ?1", branch.id));
    std::set<std::uint32_t> parts;
    const std::uint32_t count = std::max(1U, (1U << branch.tree.bits()) / kNodesPerPart);
    for (std::uint32_t part = 0; part < count; ++part)
        parts.insert(part);
    TW_CHECK(save_node_parts(branch, parts));
    TW_CHECK(database.run("UPDATE namespaces SET bits = ?2 WHERE id = ?1", branch.id,
                          std::int64_t{branch.tree.bits()}));
    branch.unsaved.clear();
    return {};
}

Status Records::Impl::save_branch(Branch& branch) {
    TW_CHECK(database.run("UPDATE namespaces SET root = ?2, records = ?3, loaded = ?4 WHERE id = ?1",
                          branch.id, branch.tree.root().hash, branch.records,
                          std::int64_t{branch.is_loaded ? 1 : 0}));
    if (branch.changed.empty()) return {};
    branch.has_saved_nodes = branch.unsaved.size() + branch.changed.size() > max_unsaved(branch.tree.bits());
    if (!branch.has_saved_nodes) {
        return database.run("INSERT INTO tree_changes (ns, buckets) VALUES (?1, ?2)", branch.id,
                            encode_buckets(branch.changed));
    }
    const std::uint32_t per_part = std::min(1U << branch.tree.bits(), kNodesPerPart);
    std::set<std::uint32_t> parts;
    for (const std::uint32_t bucket : branch.unsaved)
        parts.insert(bucket / per_part);
    for (const std::uint32_t bucket : branch.changed)
        parts.insert(bucket / per_part);
    return save_node_parts(branch, parts);
}

void Records::Impl::grow() {
    TW_ASSERT(!transaction);
    for (auto& [name, branch] : branches) {
        const unsigned bits = branch.tree.bits();
        // Two more bits at a time, so that all rescans together cost less than one at the end.
        const unsigned wanted = tree_bits(branch.records);
        if (wanted < bits + 2 && !(wanted == kMaxBits && bits < kMaxBits)) continue;
        ignore(rebuild(branch, wanted), "a smaller tree is slower, not wrong; the next commit tries again");
    }
}

} // namespace tidewaiter::store
