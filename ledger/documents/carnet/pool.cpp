#include "ledger/documents/carnet/pool.hpp"

#include <algorithm>
#include <functional>
#include <queue>

namespace tidewaiter::carnet {
namespace {

bool is_of(const Position& position, ObligationKind kind, std::string_view territory) {
    return position.kind == kind && (kind == ObligationKind::Home || kind == ObligationKind::PreExport ||
                                     position.territory == territory);
}

/// Earlier by time on the spot, then by id.
bool precedes(const Stamp& a, const Stamp& b) {
    if (a.at().utc != b.at().utc) return a.at().utc < b.at().utc;
    return a.id < b.id;
}

using Index = std::vector<std::pair<Hash, std::size_t>>;

Index index_by_id(const Carnet& carnet) {
    Index index;
    index.reserve(carnet.stamps.size());
    for (std::size_t i = 0; i < carnet.stamps.size(); ++i)
        index.emplace_back(carnet.stamps[i].id, i);
    std::sort(index.begin(), index.end());
    return index;
}

std::optional<std::size_t> find_stamp(const Index& index, const std::optional<Hash>& id) {
    if (!id) return std::nullopt;
    const auto found = std::lower_bound(index.begin(), index.end(), *id,
                                        [](const auto& row, const Hash& hash) { return row.first < hash; });
    if (found == index.end() || found->first != *id) return std::nullopt;
    return found->second;
}

/// Ink that was recorded later stands at its own time; where it was recorded says nothing about order.
bool is_ink(const Stamp& stamp) {
    return stamp.core.operation == Operation::RecordPaper;
}

/// The stamps that must come before each one.
std::vector<std::vector<std::size_t>> predecessors(const Carnet& carnet) {
    const std::size_t count = carnet.stamps.size();
    const Index by_id = index_by_id(carnet);
    std::vector<std::vector<std::size_t>> before(count);
    std::vector<std::size_t> by_device;
    for (std::size_t i = 0; i < count; ++i) {
        const Stamp& stamp = carnet.stamps[i];
        if (is_ink(stamp)) continue;
        by_device.push_back(i);
        const auto found = find_stamp(by_id, stamp.core.previous);
        if (found && !is_ink(carnet.stamps[*found])) before[i].push_back(*found);
    }
    const auto device_order = [&](std::size_t a, std::size_t b) {
        const Core& left = carnet.stamps[a].core;
        const Core& right = carnet.stamps[b].core;
        if (left.signer != right.signer) return left.signer < right.signer;
        if (left.sequence != right.sequence) return left.sequence < right.sequence;
        return carnet.stamps[a].id < carnet.stamps[b].id;
    };
    std::sort(by_device.begin(), by_device.end(), device_order);
    for (std::size_t i = 1; i < by_device.size(); ++i) {
        const Core& earlier = carnet.stamps[by_device[i - 1]].core;
        const Core& later = carnet.stamps[by_device[i]].core;
        if (earlier.signer == later.signer && earlier.sequence < later.sequence)
            before[by_device[i]].push_back(by_device[i - 1]);
    }
    return before;
}

/// True when an order already has every predecessor in front.
bool respects(const std::vector<std::size_t>& order, const std::vector<std::vector<std::size_t>>& before) {
    std::vector<bool> seen(order.size(), false);
    for (const std::size_t index : order) {
        if (std::any_of(before[index].begin(), before[index].end(), [&](std::size_t p) { return !seen[p]; }))
            return false;
        seen[index] = true;
    }
    return true;
}

} // namespace

std::vector<std::size_t> stamp_order(const Carnet& carnet) {
    const std::size_t count = carnet.stamps.size();
    const auto earlier = [&](std::size_t a, std::size_t b) {
        return precedes(carnet.stamps[a], carnet.stamps[b]);
    };
    std::vector<std::size_t> by_time(count);
    for (std::size_t i = 0; i < count; ++i)
        by_time[i] = i;
    std::sort(by_time.begin(), by_time.end(), earlier);
    const auto before = predecessors(carnet);
    if (respects(by_time, before)) return by_time;

    std::vector<std::vector<std::size_t>> after(count);
    std::vector<std::size_t> missing(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
        missing[i] = before[i].size();
        for (const std::size_t p : before[i])
            after[p].push_back(i);
    }
    const auto later = [&](std::size_t a, std::size_t b) { return earlier(b, a); };
    std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> ready(later);
    std::vector<bool> done(count, false);
    std::vector<std::size_t> order;
    order.reserve(count);
    std::size_t next_by_time = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (missing[i] == 0) ready.push(i);
    }
    while (order.size() < count) {
        // A device that numbers its stamps against their chain makes a circle: break it at the earliest.
        while (ready.empty()) {
            const std::size_t index = by_time[next_by_time++];
            if (!done[index]) ready.push(index);
        }
        const std::size_t index = ready.top();
        ready.pop();
        if (done[index]) continue;
        done[index] = true;
        order.push_back(index);
        for (const std::size_t follower : after[index]) {
            if (missing[follower] > 0 && --missing[follower] == 0 && !done[follower]) ready.push(follower);
        }
    }
    return order;
}

Knowledge::Knowledge(const Carnet& carnet)
    : carnet_(carnet), words_((carnet.stamps.size() + 63) / 64), chain_(carnet.stamps.size() * words_, 0) {
    const std::size_t count = carnet.stamps.size();
    const Index by_id = index_by_id(carnet);
    std::vector<std::optional<std::size_t>> previous(count);
    for (std::size_t i = 0; i < count; ++i)
        previous[i] = find_stamp(by_id, carnet.stamps[i].core.previous);
    std::vector<bool> is_done(count, false);
    std::vector<std::size_t> pending;
    for (std::size_t i = 0; i < count; ++i) {
        // A chain of hashes has no circle; the bound is for damaged data.
        pending.clear();
        std::optional<std::size_t> at = i;
        while (at && !is_done[*at] && pending.size() <= count) {
            pending.push_back(*at);
            at = previous[*at];
        }
        while (!pending.empty()) {
            const std::size_t stamp = pending.back();
            pending.pop_back();
            if (const auto before = previous[stamp]) {
                for (std::size_t word = 0; word < words_; ++word)
                    chain_[stamp * words_ + word] |= chain_[*before * words_ + word];
                chain_[stamp * words_ + *before / 64] |= std::uint64_t{1} << (*before % 64);
            }
            is_done[stamp] = true;
        }
    }
}

bool Knowledge::knew(std::size_t index, std::size_t other) const {
    if (index == other) return true;
    const Stamp& stamp = carnet_.stamps[index];
    const Stamp& target = carnet_.stamps[other];
    if (stamp.core.signer == target.core.signer) return target.core.sequence < stamp.core.sequence;
    if ((chain_[index * words_ + other / 64] >> (other % 64) & 1U) != 0) return true;
    if (target.entry.inclusion.height > stamp.core.height_seen) return false;
    // Both cannot have known the other: where the heights claim it, only the later did.
    const bool claims_both = stamp.entry.inclusion.height <= target.core.height_seen;
    return !claims_both || precedes(target, stamp);
}

Pool select_pool(const Balances& balances, const Carnet& carnet, ObligationKind kind,
                 std::string_view territory, const std::vector<int>& references,
                 const std::optional<Hash>& branch) {
    Pool pool;
    pool.is_wrong = references.empty();
    const std::vector<std::size_t> open = open_positions(balances, kind, territory);
    for (const int reference : references) {
        std::vector<std::size_t> candidates;
        for (const std::size_t index : open) {
            if (balances.positions[index].sheet == reference) candidates.push_back(index);
        }
        if (candidates.size() > 1) {
            const auto meant = std::find_if(candidates.begin(), candidates.end(), [&](std::size_t index) {
                return branch && carnet.stamps[balances.positions[index].stamp].id == *branch;
            });
            if (meant == candidates.end())
                pool.is_wrong = true;
            else
                candidates = {*meant};
        }
        if (candidates.empty()) pool.is_wrong = true;
        pool.named.insert(pool.named.end(), candidates.begin(), candidates.end());
    }
    std::sort(pool.named.begin(), pool.named.end());
    pool.named.erase(std::unique(pool.named.begin(), pool.named.end()), pool.named.end());
    pool.positions = pool.is_wrong ? open : pool.named;
    return pool;
}

std::vector<std::size_t> open_positions(const Balances& balances, ObligationKind kind,
                                        std::string_view territory) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < balances.positions.size(); ++i) {
        if (is_of(balances.positions[i], kind, territory) && !none(balances.positions[i].open))
            found.push_back(i);
    }
    return found;
}

Pieces open_pieces(const Balances& balances, const std::vector<std::size_t>& positions) {
    Pieces sum(balances.listed.size(), 0);
    for (const std::size_t index : positions) {
        const Pieces& open = balances.positions[index].open;
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += open[i];
    }
    return sum;
}

Pieces stamp_pieces(const Carnet& carnet, std::string_view lines) {
    if (lines.empty()) return Pieces(carnet.items.size(), 0);
    const auto parsed = parse_lines(lines);
    if (!parsed) return Pieces(carnet.items.size(), 0); // cores were checked when they were decoded
    Pieces pieces = resolve(*parsed, carnet.items).pieces;
    for (std::size_t i = 0; i < pieces.size(); ++i)
        pieces[i] = std::min(pieces[i], carnet.items[i].pieces);
    return pieces;
}

} // namespace tidewaiter::carnet
