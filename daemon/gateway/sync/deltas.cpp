#include "daemon/gateway/sync/deltas.hpp"

#include "ledger/crypto/hash.hpp"

#include <algorithm>

namespace tidewaiter::sync {

std::size_t DeltaBuffer::size_of(const wire::Delta& part) {
    std::size_t bytes = 200;
    for (const wire::Change& change : part.changes) {
        bytes += 100 + change.key.size() + (change.value ? change.value->size() : 0);
    }
    for (const Bytes& blob : part.blobs)
        bytes += 100 + blob.size();
    return bytes;
}

void DeltaBuffer::forget(Whole& whole) {
    for (const auto& [number, part] : whole.parts)
        bytes_ -= size_of(part);
    whole.parts.clear();
}

void DeltaBuffer::add(wire::Delta part) {
    const std::size_t size = size_of(part);
    if (bytes_ + size > kMaxBytes) return;
    Whole& whole = waiting_[part.name_space][part.state];
    // Parts of two different wholes never mix: the later one (another relay's, say) starts afresh.
    if (!whole.parts.empty()) {
        const wire::Delta& first = whole.parts.begin()->second;
        if (first.parts != part.parts || first.root_before != part.root_before ||
            first.root_after != part.root_after) {
            forget(whole);
        }
    }
    const std::uint32_t number = part.part;
    if (whole.parts.emplace(number, std::move(part)).second) bytes_ += size;
}

DeltaBuffer::Way DeltaBuffer::way(const std::string& name_space, Hash from, std::uint64_t after,
                                  const Hash& to, std::uint64_t until) const {
    Way way;
    way.is_complete = from == to;
    const auto waiting = waiting_.find(name_space);
    if (way.is_complete || waiting == waiting_.end()) return way;
    for (auto whole = waiting->second.upper_bound(after);
         whole != waiting->second.end() && whole->first <= until; ++whole) {
        if (!whole->second.is_complete() || whole->second.parts.begin()->second.root_before != from) continue;
        for (const auto& [number, part] : whole->second.parts)
            way.parts.push_back(&part);
        from = whole->second.parts.begin()->second.root_after;
        if (from == to) {
            way.is_complete = true;
            break;
        }
    }
    return way;
}

void DeltaBuffer::drop_through(std::uint64_t state) {
    for (auto& [name, states] : waiting_) {
        while (!states.empty() && states.begin()->first <= state) {
            forget(states.begin()->second);
            states.erase(states.begin());
        }
    }
}

void DeltaBuffer::clear() {
    waiting_.clear();
    bytes_ = 0;
}

bool is_referred_to(ByteView blob, const std::vector<wire::Change>& records) {
    const Hash hash = crypto::sha256(blob);
    return std::ranges::any_of(records, [&](const wire::Change& record) {
        return record.value && !std::ranges::search(*record.value, hash).empty();
    });
}

void collect(const DeltaBuffer::Way& way, state::Overlay::Changes& changes,
             std::vector<std::pair<std::string, Bytes>>& blobs) {
    for (const wire::Delta* part : way.parts) {
        auto& records = changes[part->name_space];
        for (const wire::Change& change : part->changes)
            records[change.key] = change.value;
        for (const Bytes& blob : part->blobs) {
            // The record that names a blob may lie in another part of the same delta.
            const bool is_wanted = std::ranges::any_of(way.parts, [&](const wire::Delta* other) {
                return other->state == part->state && is_referred_to(blob, other->changes);
            });
            if (is_wanted) blobs.emplace_back(part->name_space, blob);
        }
    }
}

} // namespace tidewaiter::sync
