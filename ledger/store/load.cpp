#include "ledger/base/assert.hpp"
#include "ledger/store/records_impl.hpp"

#include <algorithm>

/// How a gateway's copy is filled: bucket by bucket into the table itself, each checked on arrival. What
/// agrees with the target already is never asked for, so an interrupted load resumes and a newer target costs
/// little.
namespace tidewaiter::store {

namespace {

std::uint32_t count_missing(const Branch& branch, std::vector<std::uint32_t>* list, std::size_t limit) {
    const state::Manifest& target = *branch.target;
    std::uint32_t missing = 0;
    for (std::uint32_t bucket = 0; bucket < target.buckets.size(); ++bucket) {
        if (branch.tree.node(target.bits, bucket) == target.buckets[bucket]) continue;
        ++missing;
        if (list != nullptr && list->size() < limit) list->push_back(bucket);
    }
    return missing;
}

Status check_chunk(const Branch& branch, const Chunk& chunk, std::span<const state::Leaf> leaves) {
    const state::Manifest& target = *branch.target;
    std::size_t from = 0;
    for (std::uint32_t bucket = chunk.first; bucket <= chunk.last; ++bucket) {
        std::size_t to = from;
        while (to < leaves.size() && state::bucket_of(leaves[to].path, target.bits) == bucket)
            ++to;
        TW_CHECK(state::check_bucket(target, bucket, leaves.subspan(from, to - from)));
        from = to;
    }
    if (from == leaves.size()) return {};
    return fail("chunk.bucket", "the record " + printable(chunk.records[from].key) + " of " + branch.name +
                                    " does not belong to buckets " + std::to_string(chunk.first) + " to " +
                                    std::to_string(chunk.last));
}

state::PathRange chunk_range(unsigned bits, const Chunk& chunk) {
    return {state::range_of(bits, chunk.first).first, state::range_of(bits, chunk.last).last};
}

// Removes what the buckets hold now and takes it off the count.
Status clear_range(Database& database, Branch& branch, const state::PathRange& range) {
    TW_TRY(Statement row, database.statement("SELECT count(*) FROM records "
                                             "WHERE ns = ?1 AND path BETWEEN ?2 AND ?3"));
    row.bind(1, branch.id).bind(2, range.first).bind(3, range.last);
    TW_CHECK(row.step());
    branch.records -= row.natural(0);
    row.reset();
    return database.run("DELETE FROM records WHERE ns = ?1 AND path BETWEEN ?2 AND ?3", branch.id,
                        range.first, range.last);
}

Status insert_records(Database& database, Branch& branch, const Chunk& chunk,
                      std::span<const state::Leaf> leaves) {
    TW_TRY(
        Statement insert,
        database.statement("INSERT INTO records (ns, path, key, leaf, value) VALUES (?1, ?2, ?3, ?4, ?5)"));
    insert.bind(1, branch.id);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        const state::Record& record = chunk.records[i];
        insert.bind(2, leaves[i].path)
            .bind(3, std::string_view(record.key))
            .bind(4, leaves[i].hash)
            .bind(5, record.value);
        TW_CHECK(insert.run());
    }
    branch.records += leaves.size();
    return {};
}

} // namespace

Status Records::Impl::load_target(Branch& branch) {
    TW_TRY(Statement row,
           database.statement("SELECT height, root, bits, nodes FROM load_targets WHERE ns = ?1"));
    row.bind(1, branch.id);
    TW_TRY(const bool is_row, row.step());
    if (!is_row) return {};
    state::Manifest target{.name_space = branch.name,
                           .height = row.natural(0),
                           .root = row.hash(1),
                           .bits = static_cast<unsigned>(row.natural(2)),
                           .buckets = {}};
    auto nodes = state::decode_nodes(row.blob(3));
    if (nodes) target.buckets = *std::move(nodes);
    // A damaged target is forgotten: the next manifest replaces it.
    if (state::check(target) && target.bits <= branch.tree.bits()) branch.target = std::move(target);
    return {};
}

Status Records::begin_load(const state::Manifest& manifest) {
    TW_ASSERT(!impl_->transaction);
    TW_CHECK(state::check(manifest));
    TW_TRY(Branch* const branch, impl_->held(manifest.name_space));
    TW_TRY(Transaction transaction, impl_->database.begin());
    TW_CHECK(impl_->database.run(
        "INSERT OR REPLACE INTO load_targets (ns, height, root, bits, nodes) VALUES (?1, ?2, ?3, ?4, ?5)",
        branch->id, manifest.height, manifest.root, std::int64_t{manifest.bits},
        state::encode_nodes(manifest.buckets)));
    TW_CHECK(transaction.commit());
    branch->target.reset();
    // Each bucket of the target must be a node of ours.
    if (branch->tree.bits() < manifest.bits) TW_CHECK(impl_->rebuild(*branch, manifest.bits));
    branch->target = manifest;
    return {};
}

std::vector<LoadProgress> Records::loads() const {
    std::vector<LoadProgress> all;
    for (const auto& [name, branch] : impl_->branches) {
        if (!branch.target) continue;
        all.push_back({name, branch.target->height, static_cast<std::uint32_t>(branch.target->buckets.size()),
                       count_missing(branch, nullptr, 0)});
    }
    return all;
}

Result<std::vector<std::uint32_t>> Records::missing(std::string_view name_space, std::size_t limit) const {
    TW_TRY(const Branch* const branch, impl_->held(name_space));
    if (!branch->target) return fail("load.none", "no snapshot of " + branch->name + " is being loaded");
    std::vector<std::uint32_t> list;
    count_missing(*branch, &list, limit);
    return list;
}

Status Records::load(std::string_view name_space, const Chunk& chunk) {
    TW_ASSERT(!impl_->transaction);
    TW_TRY(Branch* const branch, impl_->held(name_space));
    if (!branch->target) return fail("load.none", "no snapshot of " + branch->name + " is being loaded");
    if (chunk.first > chunk.last || chunk.last >= branch->target->buckets.size()) {
        return fail("chunk.range", "buckets " + std::to_string(chunk.first) + " to " +
                                       std::to_string(chunk.last) + " of " + branch->name +
                                       " do not exist: its manifest has " +
                                       std::to_string(branch->target->buckets.size()));
    }
    TW_TRY(const std::vector<state::Leaf> leaves, state::leaves_of(chunk.records));
    TW_CHECK(check_chunk(*branch, chunk, leaves));
    return impl_->write_chunk(*branch, chunk, leaves);
}

Status Records::Impl::write_chunk(Branch& branch, const Chunk& chunk, std::span<const state::Leaf> leaves) {
    const unsigned bits = branch.target->bits;
    if (branch.records == 0) {
        // The first buckets tell how many records there will be: a tree of the right size now spares a rescan
        // later.
        const std::uint64_t buckets = chunk.last - chunk.first + 1;
        const unsigned wanted = std::max(bits, tree_bits((leaves.size() << bits) / buckets));
        if (wanted > branch.tree.bits()) TW_CHECK(rebuild(branch, wanted));
    }
    TW_TRY(Transaction own, database.begin());
    transaction.emplace(std::move(own));
    open_change(branch);
    const bool was_loaded = std::exchange(branch.is_loaded, false);
    const auto write = [&]() -> Status {
        if (branch.records > 0) TW_CHECK(clear_range(database, branch, chunk_range(bits, chunk)));
        TW_CHECK(insert_records(database, branch, chunk, leaves));
        const unsigned finer = branch.tree.bits() - bits;
        const std::uint32_t first = chunk.first << finer;
        const std::uint32_t count = (chunk.last - chunk.first + 1) << finer;
        branch.tree.replace(first, count, leaves);
        branch.tree.fold();
        for (std::uint32_t i = 0; i < count; ++i)
            branch.changed.push_back(first + i);
        TW_CHECK(save_branch(branch));
        return transaction->commit();
    };
    const Status done = write();
    transaction.reset();
    if (!done) branch.is_loaded = was_loaded;
    close_changes(done.has_value());
    return done;
}

Status Records::finish_load(const StatePoint& point) {
    TW_ASSERT(!impl_->transaction);
    for (const auto& [name, branch] : impl_->branches) {
        if (branch.target && branch.tree.root().hash != branch.target->root) {
            return fail("load.incomplete", name + " still lacks " +
                                               std::to_string(count_missing(branch, nullptr, 0)) + " of " +
                                               std::to_string(branch.target->buckets.size()) + " buckets");
        }
        const auto listed = point.roots.find(name);
        const Hash& wanted = listed == point.roots.end() ? state::kEmptyRoot : listed->second;
        if (branch.tree.root().hash == wanted) continue;
        return fail("state.root", "state " + std::to_string(point.height) + ": the records of " + name +
                                      " give the root " + to_hex(branch.tree.root().hash) +
                                      ", the verified header names " + to_hex(wanted) +
                                      "; load that namespace again");
    }
    TW_TRY(Transaction transaction, impl_->database.begin());
    TW_CHECK(impl_->database.run("UPDATE namespaces SET loaded = 1"));
    TW_CHECK(impl_->database.run("DELETE FROM load_targets"));
    TW_CHECK(impl_->save_state(point.height, point.roots));
    TW_CHECK(transaction.commit());
    for (auto& [name, branch] : impl_->branches) {
        branch.is_loaded = true;
        branch.target.reset();
    }
    impl_->state = point;
    impl_->grow();
    return {};
}

} // namespace tidewaiter::store
