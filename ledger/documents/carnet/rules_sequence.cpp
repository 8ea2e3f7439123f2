#include "ledger/documents/carnet/context.hpp"

#include <algorithm>

namespace tidewaiter::carnet::rule {
namespace {

using documents::Severity;

Fired with_lines(const Context& c, Severity severity, std::string name, const Pieces& pieces) {
    return {severity, {{std::move(name), c.lines(pieces)}}};
}

/// Pieces per item by which `left` exceeds `right`, counted where `applies`.
template <class Excess>
Pieces excess_of(const Context& c, Excess excess) {
    Pieces pieces(c.counts.declared.size(), 0);
    for (std::size_t i = 0; i < pieces.size(); ++i)
        pieces[i] = std::max<std::int64_t>(0, excess(i));
    return pieces;
}

/// Pieces that only a pre-exportation covers (its exit is then implied).
bool needs_pre_exportation(const Context& c) {
    const Counts& n = c.counts;
    const bool is_transit = c.is(Operation::TransitOpen);
    for (std::size_t i = 0; i < n.declared.size(); ++i) {
        const std::int64_t abroad =
            n.declared[i] + n.elsewhere_unproven[i] + (is_transit ? 0 : n.here_unproven[i]);
        if (n.declared[i] > 0 && n.pre_exported[i] > 0 && abroad > n.home[i]) return true;
    }
    return false;
}

/// At an exit: the pre-exportation of this sheet.
Firing exceeds_pre_exportation(const Context& c) {
    Pieces reserved(c.counts.declared.size(), 0);
    bool was_implied = false;
    for (const Position& position : c.balances.positions) {
        const bool is_pre = c.carnet.stamps[position.stamp].operation() == Operation::PreExport;
        if (!is_pre || position.sheet != c.proposal.sheet) continue;
        was_implied = was_implied || position.kind == ObligationKind::Home;
        for (std::size_t i = 0; i < reserved.size(); ++i)
            reserved[i] += position.opened[i];
    }
    const Pieces excess = excess_of(c, [&](std::size_t i) { return c.counts.declared[i] - reserved[i]; });
    if (!none(excess)) return with_lines(c, Severity::Refuse, "excess", excess);
    if (was_implied) return Fired{Severity::Decide, {{"exit", "implied"}}};
    return {};
}

} // namespace

Firing half_already_stamped(const Context& c) {
    const auto wanted = sheet_for(c.proposal.operation, c.proposal.sheet);
    if (!wanted) return {};
    for (const Stamp& stamp : c.carnet.stamps) {
        if (!stamp.counts() || stamp.core.sheet != wanted) continue;
        // An exit completes the half that a pre-exportation began.
        if (c.is(Operation::Exit) && stamp.operation() == Operation::PreExport) continue;
        return Fired{c.proposal.booklet_shows_ink ? Severity::Decide : Severity::Refuse,
                     {{"stamped at", std::string(stamp.office())}, {"on", format_local_time(stamp.at())}}};
    }
    return {};
}

Firing outside_sets(const Context& c) {
    const auto sheet = sheet_for(c.proposal.operation, c.proposal.sheet);
    if (!sheet) return {};
    const int issued = c.cover().sets.of(sheet->colour);
    if (sheet->number >= 1 && sheet->number <= issued) return {};
    return Fired{Severity::Refuse, {{"issued", std::to_string(issued)}}};
}

Firing lower_sheet_unused(const Context& c) {
    const auto sheet = sheet_for(c.proposal.operation, c.proposal.sheet);
    if (!sheet) return {};
    for (int number = 1; number < sheet->number; ++number) {
        const bool is_used =
            std::any_of(c.carnet.stamps.begin(), c.carnet.stamps.end(), [&](const Stamp& stamp) {
                return stamp.counts() && stamp.core.sheet && stamp.core.sheet->colour == sheet->colour &&
                       stamp.core.sheet->number == number;
            });
        if (!is_used) return Fired{Severity::Note, {{"unused", std::to_string(number)}}};
    }
    return {};
}

Firing no_exportation(const Context& c) {
    if (!c.balances.has_exportation) return Fired{Severity::Decide, {}};
    if (needs_pre_exportation(c)) return Fired{Severity::Decide, {{"exit", "implied"}}};
    return {};
}

Firing exceeds_exported(const Context& c) {
    if (c.is(Operation::Exit)) return exceeds_pre_exportation(c);
    const Counts& n = c.counts;
    const Pieces excess = excess_of(c, [&](std::size_t i) { return n.declared[i] - n.covered[i]; });
    if (none(excess)) return {};
    const Pieces never = excess_of(c, [&](std::size_t i) { return n.declared[i] - n.ever_exported[i]; });
    return with_lines(c, none(never) ? Severity::Decide : Severity::Refuse, "excess", excess);
}

Firing admitted_elsewhere(const Context& c) {
    const Counts& n = c.counts;
    const bool is_transit = c.is(Operation::TransitOpen);
    bool is_unproven = false;
    Pieces same(n.declared.size(), 0);
    for (std::size_t i = 0; i < same.size(); ++i) {
        const std::int64_t here = is_transit ? 0 : n.here[i];
        const std::int64_t here_unproven = is_transit ? 0 : n.here_unproven[i];
        if (n.declared[i] == 0 || n.elsewhere[i] == 0 ||
            n.declared[i] + here + n.elsewhere[i] <= n.covered[i])
            continue;
        same[i] = std::min(n.elsewhere[i], n.declared[i] + here + n.elsewhere[i] - n.covered[i]);
        is_unproven = is_unproven || (n.elsewhere_unproven[i] > 0 &&
                                      n.declared[i] + here_unproven + n.elsewhere_unproven[i] > n.covered[i]);
    }
    if (none(same)) return {};
    return with_lines(c, is_unproven ? Severity::Decide : Severity::Note, "elsewhere", same);
}

Firing admitted_here(const Context& c) {
    const Counts& n = c.counts;
    bool is_unproven = false;
    Pieces same(n.declared.size(), 0);
    for (std::size_t i = 0; i < same.size(); ++i) {
        if (n.declared[i] == 0 || n.here[i] == 0 || n.declared[i] + n.here[i] <= n.covered[i]) continue;
        same[i] = std::min(n.here[i], n.declared[i] + n.here[i] - n.covered[i]);
        is_unproven =
            is_unproven || (n.here_unproven[i] > 0 && n.declared[i] + n.here_unproven[i] > n.covered[i]);
    }
    if (none(same)) return {};
    return with_lines(c, is_unproven ? Severity::Refuse : Severity::Decide, "here", same);
}

Firing nothing_admitted(const Context& c) {
    if (!none(c.counts.here)) return {};
    return Fired{Severity::Refuse, {}};
}

Firing exceeds_admitted(const Context& c) {
    if (none(c.counts.here)) return {};
    const Pieces open = open_pieces(c.balances, c.pool.positions);
    const Pieces excess = excess_of(c, [&](std::size_t i) { return c.counts.all_declared[i] - open[i]; });
    if (none(excess)) return {};
    return with_lines(c, Severity::Refuse, "excess", excess);
}

Firing wrong_references(const Context& c) {
    const bool is_nothing_open = none(c.is(Operation::Reimport) ? c.counts.open_home : c.counts.here);
    if (is_nothing_open || !c.pool.is_wrong) return {};
    return Fired{Severity::Decide, {}};
}

Firing leaves_remainder(const Context& c) {
    if (!c.leaves_remainder) return {};
    Pieces left(c.counts.declared.size(), 0);
    const bool settles_all = !c.is(Operation::Reexport) || c.proposal.regularised.has_value();
    const Pieces open = open_pieces(c.balances, c.pool.named);
    for (std::size_t i = 0; i < left.size(); ++i)
        left[i] =
            std::max<std::int64_t>(0, open[i] - (settles_all ? c.counts.all_declared : c.counts.declared)[i]);
    return with_lines(c, Severity::Note, "remains", left);
}

Firing not_reexported_or_produced(const Context& c) {
    if (c.proposal.not_reexported.empty() && c.proposal.not_produced.empty()) return {};
    Fired fired{Severity::Decide, {}};
    if (!c.proposal.not_reexported.empty())
        fired.facts.emplace_back("not re-exported", to_text(c.proposal.not_reexported));
    if (!c.proposal.not_produced.empty())
        fired.facts.emplace_back("not produced", to_text(c.proposal.not_produced));
    return fired;
}

Firing no_exportation_open(const Context& c) {
    if (!none(c.counts.open_home)) return {};
    return Fired{Severity::Decide, {}};
}

Firing exceeds_exportation(const Context& c) {
    if (none(c.counts.open_home)) return {};
    const Pieces open = open_pieces(c.balances, c.pool.positions);
    const Pieces excess = excess_of(c, [&](std::size_t i) { return c.counts.all_declared[i] - open[i]; });
    if (none(excess)) return {};
    return with_lines(c, Severity::Decide, "excess", excess);
}

Firing still_admitted_abroad(const Context& c) {
    const Counts& n = c.counts;
    const Pieces abroad = excess_of(c, [&](std::size_t i) {
        const std::int64_t admitted = n.here[i] + n.elsewhere[i];
        const std::int64_t left = std::max<std::int64_t>(0, n.home[i] - n.declared[i]);
        return n.declared[i] > 0 && admitted > 0 ? admitted - left : 0;
    });
    if (none(abroad)) return {};
    return with_lines(c, Severity::Note, "admitted", abroad);
}

Firing regularised_again(const Context& c) {
    const Pieces again = excess_of(c, [&](std::size_t i) {
        const std::int64_t regularised = c.balances.regularised[i];
        return regularised > 0 && c.counts.declared[i] > 0
                   ? c.counts.declared[i] + regularised - c.balances.listed[i]
                   : 0;
    });
    if (none(again)) return {};
    return with_lines(c, c.is(Operation::Reimport) ? Severity::Decide : Severity::Refuse, "regularised",
                      again);
}

Firing processed_abroad(const Context& c) {
    if (c.proposal.processed_abroad.empty()) return {};
    return Fired{Severity::Decide, {{"processed", to_text(c.proposal.processed_abroad)}}};
}

Firing another_place(const Context& c) {
    if (none(c.counts.here)) return {};
    const std::string by_place = "UN:" + c.port.place;
    for (const std::size_t index : c.touched) {
        const Position& position = c.balances.positions[index];
        if (position.office != c.port.office && position.office != by_place)
            return Fired{Severity::Note, {{"came through", position.office}}};
    }
    return {};
}

Firing earlier_exportation_open(const Context& c) {
    const Counts& n = c.counts;
    const Pieces still = excess_of(c, [&](std::size_t i) {
        const std::int64_t out = n.open_home[i] + n.pre_exported[i];
        return out > 0 && n.declared[i] > 0 ? n.declared[i] + out - c.balances.listed[i] : 0;
    });
    if (none(still)) return {};
    return with_lines(c, Severity::Decide, "still out", still);
}

Firing seized(const Context& c) {
    const std::size_t size = c.counts.declared.size();
    Pieces held(size, 0);
    for (const std::size_t index : c.pool.positions)
        for (std::size_t i = 0; i < size; ++i)
            held[i] += c.balances.positions[index].held[i];
    const Pieces open = open_pieces(c.balances, c.pool.positions);
    const Pieces taken = excess_of(
        c, [&](std::size_t i) { return held[i] > 0 ? c.counts.declared[i] - (open[i] - held[i]) : 0; });
    if (none(taken)) return {};
    return with_lines(c, Severity::Refuse, "seized", taken);
}

// ---- transit ----------------------------------------------------------------------------------------------

Firing closing_without_opening(const Context& c) {
    if (!c.transits.empty()) return {};
    return Fired{Severity::Refuse, {{"territory", c.where.territory}}};
}

Firing limit_passed(const Context& c) {
    if (c.transits.empty()) return {};
    const Date limit = c.balances.positions[c.transits.front()].final_date;
    if (c.today <= limit) return {};
    return Fired{Severity::Decide, {{"limit", format_date(limit)}}};
}

Firing another_destination(const Context& c) {
    if (c.transits.empty()) return {};
    const std::string& named = c.balances.positions[c.transits.front()].destination;
    if (named.empty() || named == c.port.office || named == "UN:" + c.port.place) return {};
    return Fired{Severity::Decide, {{"destination", named}}};
}

Firing differs_from_opening(const Context& c) {
    if (c.transits.empty()) return {};
    const Position& position = c.balances.positions[c.transits.front()];
    const Pieces& expected = none(position.open) ? position.opened : position.open;
    if (expected == c.counts.declared) return {};
    return with_lines(c, Severity::Decide, "opened", expected);
}

Firing transit_open_here(const Context& c) {
    const Counts& n = c.counts;
    const Pieces same = excess_of(c, [&](std::size_t i) {
        return n.transit_here[i] > 0 && n.declared[i] > 0 ? n.declared[i] + n.transit_here[i] - n.covered[i]
                                                          : 0;
    });
    if (none(same)) return {};
    return with_lines(c, Severity::Decide, "in transit", same);
}

Firing transit_open_elsewhere(const Context& c) {
    const Counts& n = c.counts;
    const Pieces same = excess_of(c, [&](std::size_t i) {
        return n.transit_elsewhere[i] > 0 && n.declared[i] > 0
                   ? n.declared[i] + n.transit_elsewhere[i] - n.covered[i]
                   : 0;
    });
    if (none(same)) return {};
    return with_lines(c, Severity::Note, "in transit", same);
}

} // namespace tidewaiter::carnet::rule
