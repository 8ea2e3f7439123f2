#include "ledger/documents/carnet/history.hpp"

#include <algorithm>

namespace tidewaiter::carnet {
namespace {

/// A claim may be made within a year of expiry (ATA 6(4)).
constexpr int kClaimMonths = 12;

bool is_open(const Balances& balances, ObligationKind kind) {
    return std::any_of(balances.positions.begin(), balances.positions.end(),
                       [&](const Position& p) { return p.kind == kind && !none(p.open); });
}

} // namespace

bool is_returned(const Head& head) {
    return head.has(Flag::Returned) || head.status == CarnetStatus::Returned ||
           head.status == CarnetStatus::Discharged;
}

bool is_suspended(const Head& head, const Balances& balances) {
    return head.has(Flag::GuaranteeDispute) || !balances.conflicts.empty();
}

CarnetStatus status_on(const Head& head, const Balances& balances, Date date) {
    if (head.status == CarnetStatus::Withdrawn) return CarnetStatus::Withdrawn;
    if (head.status == CarnetStatus::Superseded || head.has(Flag::Superseded))
        return CarnetStatus::Superseded;
    if (is_suspended(head, balances)) return CarnetStatus::Suspended;
    if (head.status == CarnetStatus::UnderClaim) return CarnetStatus::UnderClaim;
    const bool is_expired = date > head.cover.valid_until;
    const bool is_window_closed = date > add_months(head.cover.valid_until, kClaimMonths);
    if (head.status == CarnetStatus::Discharged || is_window_closed ||
        (is_returned(head) && balances.nothing_open()))
        return CarnetStatus::Discharged;
    if (is_returned(head)) return CarnetStatus::Returned;
    if (is_expired) return balances.nothing_open() ? CarnetStatus::Expired : CarnetStatus::ExpiredOpen;
    return head.status;
}

std::vector<std::pair<std::string, Date>> calendar(const Carnet& carnet, const Balances& balances,
                                                   Date date) {
    std::vector<std::pair<std::string, Date>> due;
    const Cover& cover = carnet.head.cover;
    const bool is_window_open =
        date <= add_months(cover.valid_until, kClaimMonths) || carnet.head.status == CarnetStatus::UnderClaim;
    std::optional<Date> overdue;
    for (const Position& position : balances.positions) {
        const bool sleeps = !none(position.held);
        if (position.kind != ObligationKind::Admission || none(position.open) || sleeps) continue;
        if (date > position.final_date)
            overdue = std::min(overdue.value_or(position.final_date), position.final_date);
    }
    if (overdue && is_window_open) due.emplace_back("CAR-74", Date{overdue->days + 1});
    if (date <= cover.valid_until) return due;
    const Date expired{cover.valid_until.days + 1};
    if (is_window_open &&
        (is_open(balances, ObligationKind::Admission) || is_open(balances, ObligationKind::Transit)))
        due.emplace_back("CAR-75", expired);
    if (!is_returned(carnet.head) && !carnet.head.has(Flag::Lost)) due.emplace_back("CAR-84", expired);
    return due;
}

std::optional<Hash> last_stamp(const Carnet& carnet, const Balances& balances) {
    for (auto index = balances.order.rbegin(); index != balances.order.rend(); ++index) {
        const Stamp& stamp = carnet.stamps[*index];
        if (is_stamp(stamp.core.operation) && stamp.counts()) return stamp.id;
    }
    return std::nullopt;
}

} // namespace tidewaiter::carnet
