#include "ledger/documents/carnet/context.hpp"

#include <algorithm>

namespace tidewaiter::carnet::rule {
namespace {

using documents::Severity;
constexpr std::int64_t kSecondsPerHour = 3'600;

std::string hours(std::int64_t seconds) {
    return std::to_string(seconds / kSecondsPerHour);
}

bool is_in_force(const reference::Association& row, Date day) {
    return (!row.from || *row.from <= day) && (!row.to || day <= *row.to);
}

bool has_role(const reference::Association& row, reference::AssociationRole role) {
    return std::find(row.roles.begin(), row.roles.end(), role) != row.roles.end();
}

bool has_chain(const reference::Association& row, std::uint8_t chain) {
    return std::find(row.chains.begin(), row.chains.end(), chain) != row.chains.end();
}

bool is_issuer_approved(const Context& c) {
    const reference::Territories& territories = c.reference.territories;
    const std::string home = territories.union_of(c.carnet.parts.territory);
    return std::any_of(c.reference.associations.list.begin(), c.reference.associations.list.end(),
                       [&](const reference::Association& row) {
                           return row.id == c.cover().issuing_association &&
                                  has_role(row, reference::AssociationRole::Issuing) &&
                                  is_in_force(row, c.today) && territories.union_of(row.territory) == home;
                       });
}

bool is_guaranteed_here(const Context& c) {
    const reference::Territories& territories = c.reference.territories;
    return std::any_of(c.reference.associations.list.begin(), c.reference.associations.list.end(),
                       [&](const reference::Association& row) {
                           return has_role(row, reference::AssociationRole::Guaranteeing) &&
                                  is_in_force(row, c.today) && has_chain(row, c.cover().chain) &&
                                  territories.union_of(row.territory) == c.where.territory;
                       });
}

} // namespace

Firing record_unproven(const Context& c) {
    switch (c.facts.record) {
    case RecordCheck::Good: return {};
    case RecordCheck::Bad: return Fired{Severity::Refuse, {}};
    case RecordCheck::UnknownSigner: return Fired{Severity::CannotTell, {}};
    }
    return {};
}

Firing association_not_approved(const Context& c) {
    if (!is_issuer_approved(c))
        return Fired{Severity::Refuse, {{"association", c.cover().issuing_association}}};
    if (!c.is_home && !is_guaranteed_here(c))
        return Fired{Severity::Refuse, {{"territory", c.where.territory}}};
    return {};
}

Firing copy_beyond_soft_limit(const Context& c) {
    const bool is_beyond_hard =
        c.facts.copy_age_seconds > std::int64_t{c.reference.limits.hard_hours} * kSecondsPerHour;
    if (!c.is_copy_old || is_beyond_hard) return {};
    return Fired{Severity::Decide, {{"hours", hours(c.facts.copy_age_seconds)}}};
}

Firing withdrawn_lost_or_returned(const Context& c) {
    const Head& head = c.carnet.head;
    if (head.status == CarnetStatus::Withdrawn) return Fired{Severity::Refuse, {{"state", "WITHDRAWN"}}};
    if (head.has(Flag::Lost)) return Fired{Severity::Refuse, {{"state", "LOST"}}};
    if (is_returned(head)) return Fired{Severity::Refuse, {{"state", "RETURNED"}}};
    return {};
}

Firing superseded(const Context& c) {
    const Head& head = c.carnet.head;
    if (head.status != CarnetStatus::Superseded && !head.has(Flag::Superseded)) return {};
    return Fired{Severity::Refuse, {}};
}

Firing home_not_validated(const Context& c) {
    if (!c.is_home || c.is_validated()) return {};
    return Fired{Severity::Decide, {}};
}

Firing abroad_not_validated(const Context& c) {
    if (c.is_home || c.is_validated()) return {};
    return Fired{c.proposal.issuer_confirms ? Severity::Decide : Severity::Refuse, {}};
}

Firing totals_differ(const Context& c) {
    std::int64_t pieces = 0;
    std::uint64_t value = 0;
    for (const Item& item : c.carnet.items) {
        pieces += item.pieces;
        value += item.value;
    }
    bool is_double = false;
    for (std::size_t i = 1; i < c.carnet.items.size(); ++i)
        is_double = is_double || c.carnet.items[i].number == c.carnet.items[i - 1].number;
    const Cover& cover = c.cover();
    if (c.carnet.list_is_complete && !is_double && pieces == cover.total_pieces && value == cover.total_value)
        return {};
    return Fired{Severity::Decide,
                 {{"pieces", std::to_string(pieces)}, {"cover", std::to_string(cover.total_pieces)}}};
}

Firing list_altered(const Context& c) {
    if (c.carnet.list_matches && !c.facts.list_is_altered) return {};
    return Fired{Severity::Refuse, {}};
}

Firing not_on_list(const Context& c) {
    if (c.unlisted_items.empty() && c.above_list.empty()) return {};
    const auto join = [](const std::vector<std::string>& items) {
        std::string text;
        for (const std::string& item : items)
            text += (text.empty() ? "" : ",") + item;
        return text;
    };
    Fired fired{Severity::Refuse, {}};
    if (!c.unlisted_items.empty()) fired.facts.emplace_back("unlisted", join(c.unlisted_items));
    if (!c.above_list.empty()) fired.facts.emplace_back("above list", join(c.above_list));
    return fired;
}

// ---- offline and ledger -----------------------------------------------------------------------------------

Firing suspended(const Context& c) {
    if (!is_suspended(c.carnet.head, c.balances)) return {};
    return Fired{Severity::Decide, {}};
}

Firing code_replayed(const Context& c) {
    switch (c.facts.code) {
    case CodeCheck::Good: return {};
    case CodeCheck::Replayed: return Fired{Severity::Refuse, {{"code", "replayed"}}};
    case CodeCheck::Changed: return Fired{Severity::Refuse, {{"code", "changed"}}};
    }
    return {};
}

Firing receipt_extends(const Context& c) {
    if (c.facts.receipt != ReceiptCheck::Extends) return {};
    return Fired{Severity::Note, {}};
}

Firing receipt_contradicts(const Context& c) {
    if (c.facts.receipt == ReceiptCheck::Gap) return Fired{Severity::Decide, {{"receipt", "gap"}}};
    if (c.facts.receipt == ReceiptCheck::Fork) return Fired{Severity::Decide, {{"receipt", "fork"}}};
    return {};
}

Firing ceiling_reached(const Context& c) {
    const reference::Limits& limits = c.reference.limits;
    if (c.facts.copy_age_seconds > std::int64_t{limits.hard_hours} * kSecondsPerHour)
        return Fired{Severity::CannotTell, {{"hours", hours(c.facts.copy_age_seconds)}}};
    if (c.facts.unanchored_stamps >= limits.unanchored_stamps)
        return Fired{Severity::CannotTell, {{"stamps", std::to_string(c.facts.unanchored_stamps)}}};
    if (limits.unanchored_value && c.facts.unanchored_value >= limits.unanchored_value->minor_units)
        return Fired{Severity::CannotTell, {{"value", std::to_string(c.facts.unanchored_value)}}};
    return {};
}

Firing clock_outside_tolerance(const Context& c) {
    if (c.facts.clock_error_seconds <= std::int64_t{c.reference.limits.clock_tolerance_seconds}) return {};
    if (c.facts.clock_error_seconds == INT64_MAX) return Fired{Severity::CannotTell, {{"time", "not confirmed"}}};
    return Fired{Severity::CannotTell, {{"seconds", std::to_string(c.facts.clock_error_seconds)}}};
}

Firing receipt_absent(const Context& c) {
    if (!c.facts.is_offline || c.facts.receipt != ReceiptCheck::NotShown || c.is(Operation::Validate))
        return {};
    const bool is_export = c.is(Operation::Export) || c.is(Operation::PreExport);
    if (is_export && !c.balances.has_exportation) return {};
    return Fired{Severity::Note, {}};
}

} // namespace tidewaiter::carnet::rule
