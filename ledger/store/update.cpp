#include "ledger/base/assert.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/store/records_impl.hpp"

#include <algorithm>

namespace tidewaiter::store {

void Records::Impl::open_change(Branch& branch) {
    if (branch.is_changing) return;
    branch.is_changing = true;
    branch.has_saved_nodes = false;
    branch.records_before = branch.records;
    branch.tree.begin();
    changing.push_back(&branch);
}

Status Records::Impl::recompute(Branch& branch) {
    std::sort(branch.touched.begin(), branch.touched.end());
    branch.touched.erase(std::unique(branch.touched.begin(), branch.touched.end()), branch.touched.end());
    TW_CHECK(branch.tree.update(branch.touched, TableLeaves(database, branch.id)));
    branch.changed.insert(branch.changed.end(), branch.touched.begin(), branch.touched.end());
    branch.touched.clear();
    return {};
}

void Records::Impl::close_changes(bool is_committed) {
    std::vector<std::string> undone;
    for (Branch* const branch : changing) {
        if (is_committed) {
            branch->tree.commit();
            if (branch->has_saved_nodes)
                branch->unsaved.clear();
            else
                branch->unsaved.insert(branch->changed.begin(), branch->changed.end());
        } else {
            branch->tree.rollback();
            branch->records = branch->records_before;
            if (branch->is_new) undone.push_back(branch->name);
        }
        branch->touched.clear();
        branch->changed.clear();
        branch->is_changing = false;
        branch->is_new = false;
    }
    changing.clear();
    recent.clear();
    for (const std::string& name : undone)
        branches.erase(name);
}

Result<Update> Records::begin() {
    TW_ASSERT(!impl_->transaction);
    TW_TRY(Transaction transaction, impl_->database.begin());
    impl_->transaction.emplace(std::move(transaction));
    return Update(*impl_);
}

Update::Update(Records::Impl& records) : records_(&records) {}
Update::Update(Update&& other) noexcept : records_(std::exchange(other.records_, nullptr)) {}

Update::~Update() {
    if (records_ == nullptr) return;
    records_->transaction.reset();
    records_->close_changes(/*is_committed=*/false);
}

Status Update::declare(std::string_view name_space) {
    if (records_->branches.contains(name_space)) return {};
    if (!records_->options.holds_all) {
        TW_CHECK(records_->held(name_space));
        return {};
    }
    TW_TRY(Branch* const branch, records_->create(name_space, /*is_loaded=*/true));
    branch->is_new = true;
    records_->open_change(*branch);
    return {};
}

Status Update::put(std::string_view name_space, std::string_view key, ByteView value) {
    if (key.empty() || value.empty()) {
        return fail("state.empty", "a record of " + printable(name_space) +
                                       " has an empty key or value, which cannot be proven");
    }
    if (records_->options.holds_all) TW_CHECK(declare(name_space));
    TW_TRY(Branch* const branch, records_->readable(name_space));
    Database& database = records_->database;
    const state::Path path = state::path_of(key);
    const Hash leaf = state::leaf_hash(path, crypto::sha256(value));
    records_->open_change(*branch);
    // Not "replace": only this way the counts tell a new record from a changed one without another look-up.
    TW_CHECK(
        database.run("INSERT OR IGNORE INTO records (ns, path, key, leaf, value) VALUES (?1, ?2, ?3, ?4, ?5)",
                     branch->id, path, key, leaf, value));
    if (database.changes() == 1) {
        ++branch->records;
    } else {
        TW_CHECK(database.run(
            "UPDATE records SET leaf = ?3, value = ?4 WHERE ns = ?1 AND path = ?2 AND leaf <> ?3", branch->id,
            path, leaf, value));
        if (database.changes() == 0) return {};
    }
    branch->touched.push_back(state::bucket_of(path, branch->tree.bits()));
    return {};
}

Status Update::erase(std::string_view name_space, std::string_view key) {
    if (records_->options.holds_all && !records_->branches.contains(name_space)) return {};
    TW_TRY(Branch* const branch, records_->readable(name_space));
    const state::Path path = state::path_of(key);
    records_->open_change(*branch);
    TW_CHECK(records_->database.run("DELETE FROM records WHERE ns = ?1 AND path = ?2", branch->id, path));
    if (records_->database.changes() == 0) return {};
    --branch->records;
    branch->touched.push_back(state::bucket_of(path, branch->tree.bits()));
    return {};
}

Status Update::apply(const state::Overlay::Changes& changes) {
    for (const auto& [name_space, records] : changes) {
        // In the order of the rows: neighbours share pages.
        std::vector<std::pair<state::Path, const std::pair<const std::string, std::optional<Bytes>>*>>
            ordered;
        ordered.reserve(records.size());
        for (const auto& record : records)
            ordered.emplace_back(state::path_of(record.first), &record);
        std::sort(ordered.begin(), ordered.end());
        for (const auto& [path, record] : ordered) {
            if (record->second)
                TW_CHECK(put(name_space, record->first, *record->second));
            else
                TW_CHECK(erase(name_space, record->first));
        }
    }
    return {};
}

Result<Hash> Update::root(std::string_view name_space) {
    TW_TRY(Branch* const branch, records_->held(name_space));
    TW_CHECK(records_->recompute(*branch));
    return branch->tree.root().hash;
}

Result<state::Roots> Update::roots() {
    state::Roots roots;
    for (auto& [name, branch] : records_->branches) {
        TW_CHECK(records_->recompute(branch));
        roots[name] = branch.tree.root().hash;
    }
    return roots;
}

Status Update::commit(std::uint64_t height) {
    TW_ASSERT(records_->options.holds_all);
    TW_TRY(const state::Roots roots, this->roots());
    return finish(height, roots);
}

Status Update::commit(const StatePoint& point) {
    TW_TRY(const state::Roots own, roots());
    for (const auto& [name, root] : own) {
        if (!records_->branches.find(name)->second.is_loaded) continue;
        const auto listed = point.roots.find(name);
        const Hash& wanted = listed == point.roots.end() ? state::kEmptyRoot : listed->second;
        if (root == wanted) continue;
        return fail("state.root", "state " + std::to_string(point.height) + ": the records of " + name +
                                      " give the root " + to_hex(root) + ", the verified header names " +
                                      to_hex(wanted) + "; ask another relay");
    }
    return finish(point.height, point.roots);
}

Status Update::finish(std::uint64_t height, const state::Roots& roots) {
    Records::Impl& records = *records_;
    for (Branch* const branch : records.changing)
        TW_CHECK(records.save_branch(*branch));
    TW_CHECK(records.save_state(height, roots));
    TW_CHECK(records.transaction->commit());
    records.transaction.reset();
    records.close_changes(/*is_committed=*/true);
    records.state = {height, roots};
    records_ = nullptr;
    records.grow();
    return {};
}

} // namespace tidewaiter::store
