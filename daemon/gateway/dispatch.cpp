#include "daemon/gateway/dispatch.hpp"

#include <algorithm>
#include <span>

namespace tidewaiter::gateway {

namespace {

constexpr std::size_t kMaxInOneMessage = 64;
constexpr std::size_t kMaxMessageBytes = 190'000;
/// A row that was handed over and is still not in verified state is handed over again.
constexpr std::int64_t kRepeatMs = 15'000;
/// A refused row is offered again: what was missing may be there, or another member's relay is.
constexpr std::int64_t kParkedMs = 60'000;
/// Before a later row goes out, earlier ones that a broker took this long ago go out once more: a node that
/// was killed has forgotten them, and would get the later one first.
constexpr std::int64_t kOvertakenMs = 2'000;

} // namespace

Dispatch::Dispatch(Box& box, sync::Copy& copy, sync::Driver& driver, Events events)
    : box_(box), copy_(copy), driver_(driver), events_(std::move(events)) {}

void Dispatch::check(const Status& done) {
    if (!done && events_.broken) events_.broken(done.error());
}

void Dispatch::tell(const Hash& stamp) {
    const auto row = box_.row(stamp);
    if (row && *row && events_.changed) events_.changed(**row);
}

void Dispatch::connected(sync::Now now) {
    handed_over_ms_.clear();
    check(box_.unpark());
    send(now);
}

void Dispatch::disconnected() {
    handed_over_ms_.clear();
}

void Dispatch::send(sync::Now now) {
    if (!driver_.is_connected()) return;
    const auto rows = box_.open_rows();
    if (!rows) return check(std::unexpected(rows.error()));
    std::vector<Bytes> transactions;
    std::vector<Hash> stamps;
    std::size_t bytes = 0;
    const auto flush = [&] {
        if (transactions.empty()) return;
        driver_.submit(std::exchange(transactions, {}),
                       alive_.guard([this, handed = std::exchange(stamps, {})](const Status& done) {
                           sent(handed, done);
                       }));
        bytes = 0;
    };
    const auto waits_since = [&](const OutboxRow& row, std::int64_t milliseconds) {
        const auto handed_over = handed_over_ms_.find(row.stamp);
        return handed_over == handed_over_ms_.end() || now.monotonic_ms - handed_over->second >= milliseconds;
    };
    const auto is_parked = [&](const OutboxRow& row) {
        return row.status == OutboxStatus::Parked && !waits_since(row, kParkedMs);
    };
    const auto last = std::find_if(rows->rbegin(), rows->rend(), [&](const OutboxRow& row) {
        return !is_parked(row) && waits_since(row, kRepeatMs);
    });
    for (const OutboxRow& row : std::span(rows->begin(), last.base())) {
        if (is_parked(row)) continue;
        if (!waits_since(row, row.status == OutboxStatus::Sent ? kOvertakenMs : kRepeatMs)) continue;
        if (transactions.size() == kMaxInOneMessage || bytes + row.transaction.size() > kMaxMessageBytes)
            flush();
        handed_over_ms_[row.stamp] = now.monotonic_ms;
        bytes += row.transaction.size();
        transactions.push_back(row.transaction);
        stamps.push_back(row.stamp);
    }
    flush();
}

void Dispatch::sent(const std::vector<Hash>& stamps, const Status& done) {
    if (!done) {
        for (const Hash& stamp : stamps)
            handed_over_ms_.erase(stamp);
        return;
    }
    check(box_.set_sent(stamps));
    for (const Hash& stamp : stamps)
        tell(stamp);
}

void Dispatch::advanced(sync::Now now) {
    const auto rows = box_.open_rows();
    if (!rows) return check(std::unexpected(rows.error()));
    bool has_progressed = false;
    for (const OutboxRow& row : *rows) {
        const auto recorded = application::find_recorded(copy_.view(), row.transaction);
        if (!recorded || !*recorded) continue;
        check(box_.anchor(row.stamp, **recorded, now.wall.seconds));
        handed_over_ms_.erase(row.stamp);
        has_progressed = true;
        tell(row.stamp);
    }
    // What was refused may have lacked just the one that is there now.
    if (!has_progressed) return;
    check(box_.unpark());
    for (const OutboxRow& row : *rows) {
        if (row.status == OutboxStatus::Parked) handed_over_ms_.erase(row.stamp);
    }
}

void Dispatch::receipts(const wire::ReceiptHint& hint) {
    for (const wire::ReceiptHint::Entry& entry : hint.entries) {
        const bool is_refused =
            entry.state == wire::ReceiptState::Refused || entry.state == wire::ReceiptState::Malformed;
        if (!is_refused) continue;
        const auto row = box_.row(entry.id);
        if (!row || !*row || (*row)->status == OutboxStatus::Anchored) continue;
        check(box_.park(entry.id, "refused by relay " + driver_.relay_id() + "; offered again in a minute"));
        tell(entry.id);
    }
}

} // namespace tidewaiter::gateway
