#include "ledger/documents/carnet/context.hpp"

#include <algorithm>

namespace tidewaiter::carnet::rule {
namespace {

using documents::Severity;
constexpr int kValidityMonths = 12;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kEastmostOffsetSeconds = 14 * 3'600; ///< UTC+14: there a day begins first
constexpr int kExpiresSoonDays = 30;
constexpr int kPostMode = 5; ///< UN/ECE Recommendation 19

bool is_expired(const Context& c) {
    return c.today > c.cover().valid_until;
}

bool contains(const std::vector<std::string>& values, std::string_view value) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

} // namespace

Firing validity_too_long(const Context& c) {
    if (c.cover().valid_until <= add_months(c.cover().issued, kValidityMonths)) return {};
    return Fired{Severity::Refuse, {{"valid until", format_date(c.cover().valid_until)}}};
}

Firing before_issue(const Context& c) {
    const UnixTime begins = c.cover().issued.days * kSecondsPerDay - kEastmostOffsetSeconds;
    if (c.facts.now.utc >= begins) return {};
    return Fired{Severity::Refuse, {{"issued", format_date(c.cover().issued)}}};
}

Firing expired(const Context& c) {
    if (!is_expired(c)) return {};
    return Fired{Severity::Refuse, {{"valid until", format_date(c.cover().valid_until)}}};
}

Firing expired_at_exit(const Context& c) {
    if (!is_expired(c)) return {};
    return Fired{Severity::Decide, {{"valid until", format_date(c.cover().valid_until)}}};
}

Firing expired_at_reimport(const Context& c) {
    if (!is_expired(c)) return {};
    return Fired{Severity::Note, {{"valid until", format_date(c.cover().valid_until)}}};
}

Firing after_final_date(const Context& c) {
    if (is_expired(c)) return {};
    for (const std::size_t index : c.touched) {
        const Position& position = c.balances.positions[index];
        if (c.today <= position.final_date) continue;
        for (std::size_t i = 0; i < position.open.size(); ++i) {
            if (c.counts.all_declared[i] > 0 && position.open[i] > position.held[i])
                return Fired{Severity::Decide, {{"final date", format_date(position.final_date)}}};
        }
    }
    return {};
}

Firing after_reimport_date(const Context& c) {
    for (const std::size_t index : c.touched) {
        const Position& position = c.balances.positions[index];
        if (c.today > position.final_date)
            return Fired{Severity::Decide, {{"re-import by", format_date(position.final_date)}}};
    }
    return {};
}

Firing date_beyond_expiry(const Context& c) {
    if (!c.proposal.date || *c.proposal.date <= c.cover().valid_until) return {};
    return Fired{
        Severity::Refuse,
        {{"date", format_date(*c.proposal.date)}, {"valid until", format_date(c.cover().valid_until)}}};
}

Firing final_date_is_early(const Context& c) {
    if (!c.proposal.date || *c.proposal.date >= c.cover().valid_until) return {};
    return Fired{Severity::Note, {{"final date", format_date(*c.proposal.date)}}};
}

Firing below_annex_minimum(const Context& c) {
    if (!c.proposal.date || *c.proposal.date >= c.cover().valid_until || c.territory == nullptr) return {};
    const auto months = c.territory->annex_minimum_months.find(c.cover().use);
    if (months == c.territory->annex_minimum_months.end()) return {};
    const Date least{add_months(c.today, months->second).days - 1};
    if (*c.proposal.date >= least) return {};
    return Fired{Severity::Note, {{"at least", format_date(least)}}};
}

Firing expires_soon(const Context& c) {
    const std::int32_t days = c.cover().valid_until.days - c.today.days;
    if (days < 0 || days > kExpiresSoonDays) return {};
    return Fired{Severity::Note, {{"days", std::to_string(days)}}};
}

Firing earlier_than_latest(const Context& c) {
    if (!c.balances.latest || c.facts.now.utc >= *c.balances.latest) return {};
    return Fired{Severity::Decide, {{"latest", format_utc(*c.balances.latest)}}};
}

// ---- scope ------------------------------------------------------------------------------------------------

Firing not_in_box_p(const Context& c) {
    if (c.is_home) return {};
    const reference::Territories& territories = c.reference.territories;
    for (const std::string& country : c.cover().countries) {
        if (territories.union_of(country) == c.where.territory) return {};
    }
    return Fired{Severity::Refuse, {{"territory", c.where.territory}}};
}

Firing outside_customs_territory(const Context& c) {
    if (c.where.is_inside) return {};
    return Fired{Severity::Refuse, {{"place", c.port.place}}};
}

Firing use_not_accepted(const Context& c) {
    if (c.territory == nullptr || c.territory->uses.empty() || contains(c.territory->uses, c.cover().use))
        return {};
    return Fired{Severity::Decide, {{"use", c.cover().use}}};
}

Firing post_excluded(const Context& c) {
    const bool is_post = c.proposal.transport_mode && *c.proposal.transport_mode == kPostMode;
    if (!is_post || c.territory == nullptr || c.territory->accepts_post) return {};
    return Fired{Severity::Refuse, {}};
}

Firing wrong_scheme(const Context& c) {
    const std::string& scheme = c.carnet.parts.scheme;
    const std::string& home = c.carnet.parts.territory;
    for (const reference::Scheme& row : c.reference.schemes.list) {
        const bool is_its_pair =
            contains(row.territories, home) && contains(row.territories, c.where.territory);
        const bool serves_here = row.name == scheme ? is_its_pair : true;
        // Where a bilateral scheme serves a pair with Taiwan, the multilateral one does not.
        const bool is_taken = scheme == name(Scheme::Ata) && row.name != scheme && is_its_pair &&
                              !c.is_home && contains(row.territories, "TW");
        if (!serves_here || is_taken)
            return Fired{Severity::Refuse, {{"scheme", scheme}, {"territory", c.where.territory}}};
    }
    return {};
}

Firing wrong_sheet(const Context& c) {
    const auto sheet = sheet_for(c.proposal.operation, std::max(1, c.proposal.sheet));
    const bool needs_home = c.is(Operation::Validate) || (sheet && sheet->colour == Colour::Yellow);
    const bool needs_abroad = sheet && sheet->colour == Colour::White;
    if (needs_home != c.is_home && (needs_home || needs_abroad))
        return Fired{Severity::Refuse, {{"direction", c.is_home ? "home" : "abroad"}}};
    if (sheet && c.proposal.presented_colour && *c.proposal.presented_colour != sheet->colour)
        return Fired{Severity::Refuse, {{"sheet", std::string(word(*c.proposal.presented_colour))}}};
    if (!c.transits.empty() && c.balances.positions[c.transits.front()].destination.empty())
        return Fired{Severity::Refuse, {{"destination", "none"}}};
    return {};
}

Firing split_not_accepted(const Context& c) {
    if (c.territory == nullptr || !c.balances.has_exportation) return {};
    const auto& refused = c.territory->split_refused;
    if (std::find(refused.begin(), refused.end(), static_cast<std::uint8_t>(c.proposal.operation)) ==
        refused.end())
        return {};
    Pieces absent(c.counts.declared.size(), 0);
    for (std::size_t i = 0; i < absent.size(); ++i)
        absent[i] = std::max<std::int64_t>(0, c.counts.home[i] - c.counts.declared[i]);
    if (none(absent)) return {};
    return Fired{Severity::Decide, {{"absent", c.lines(absent)}}};
}

} // namespace tidewaiter::carnet::rule
