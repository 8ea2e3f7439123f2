#include "ledger/documents/carnet/context.hpp"

#include <algorithm>

namespace tidewaiter::carnet {
namespace {

constexpr std::int64_t kSecondsPerHour = 3'600;

void note_list_errors(Context& c, const ResolvedLines& lines) {
    for (const std::uint32_t item : lines.unlisted)
        c.unlisted_items.push_back(std::to_string(item));
    for (const std::uint32_t item : lines.above_list)
        c.above_list.push_back(std::to_string(item));
}

void add(Pieces& to, const Pieces& what) {
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] += what[i];
}

void count_lines(Context& c) {
    const Proposal& p = c.proposal;
    const ResolvedLines lines = resolve(p.lines, c.carnet.items);
    note_list_errors(c, lines);
    c.counts.declared = lines.pieces;
    c.counts.all_declared = lines.pieces;
    for (const Lines* more : {&p.not_reexported, &p.not_produced, &p.not_reimported, &p.processed_abroad}) {
        if (more->empty()) continue;
        const ResolvedLines resolved = resolve(*more, c.carnet.items);
        note_list_errors(c, resolved);
        const bool discharges = more == &p.not_reimported ? p.operation == Operation::Reimport
                                                          : p.operation == Operation::Reexport;
        if (discharges && more != &p.processed_abroad) add(c.counts.all_declared, resolved.pieces);
    }
}

void count_positions(Context& c) {
    Counts& n = c.counts;
    const std::size_t size = c.carnet.items.size();
    for (Pieces* pieces : {&n.open_home, &n.here, &n.elsewhere, &n.here_unproven, &n.elsewhere_unproven,
                           &n.transit_here, &n.transit_elsewhere})
        pieces->assign(size, 0);
    for (const Position& position : c.balances.positions) {
        const bool is_here = position.territory == c.where.territory;
        for (std::size_t i = 0; i < size; ++i) {
            const std::int64_t open = position.open[i];
            if (open == 0) continue;
            switch (position.kind) {
            case ObligationKind::Home: n.open_home[i] += open; break;
            case ObligationKind::PreExport: break;
            case ObligationKind::Admission:
                (is_here ? n.here : n.elsewhere)[i] += open;
                (is_here ? n.here_unproven : n.elsewhere_unproven)[i] += open - position.proven[i];
                break;
            case ObligationKind::Transit: (is_here ? n.transit_here : n.transit_elsewhere)[i] += open; break;
            }
        }
    }
    n.home = c.balances.home();
    n.pre_exported = c.balances.pre_exported();
    n.covered = n.home;
    for (std::size_t i = 0; i < size; ++i)
        n.covered[i] = std::min(c.balances.listed[i], n.home[i] + n.pre_exported[i]);
    n.ever_exported = n.covered;
    for (std::size_t i = 0; i < size; ++i)
        n.ever_exported[i] = std::min(c.balances.listed[i], n.covered[i] + c.balances.reimported[i]);
}

/// Which obligations a discharge takes pieces from, and what it leaves on the sheets named.
void plan_discharge(Context& c) {
    const bool is_reexport = c.is(Operation::Reexport);
    const bool is_reimport = c.is(Operation::Reimport);
    if (!is_reexport && !is_reimport && !c.is(Operation::Regularise) && !c.is(Operation::ExtendFinal)) return;
    c.pool = select_pool(c.balances, c.carnet, is_reimport ? ObligationKind::Home : ObligationKind::Admission,
                         c.where.territory, c.proposal.references, c.proposal.branch);
    // Without lines a record means all that is open on the sheets it names.
    const bool means_all = !is_reexport && !is_reimport && c.proposal.lines.empty();
    if (means_all) c.counts.declared = c.counts.all_declared = open_pieces(c.balances, c.pool.positions);
    // What is declared missing stays open unless it is regularised with this stamp.
    const bool settles_all = !is_reexport || c.proposal.regularised.has_value();
    Pieces wanted = c.counts.all_declared;
    Pieces settled = settles_all ? c.counts.all_declared : c.counts.declared;
    for (const std::size_t index : c.pool.positions) {
        const Position& position = c.balances.positions[index];
        const bool is_named = std::binary_search(c.pool.named.begin(), c.pool.named.end(), index);
        bool is_touched = false;
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const std::int64_t part = std::min(wanted[i], position.open[i]);
            const std::int64_t closed = std::min(settled[i], position.open[i]);
            is_touched = is_touched || part > 0;
            c.leaves_remainder = c.leaves_remainder || (is_named && position.open[i] > closed);
            wanted[i] -= part;
            settled[i] -= closed;
        }
        if (is_touched) c.touched.push_back(index);
    }
}

void find_transits(Context& c) {
    if (!c.is(Operation::TransitClose)) return;
    for (std::size_t i = 0; i < c.balances.positions.size(); ++i) {
        const Position& position = c.balances.positions[i];
        if (position.kind == ObligationKind::Transit && position.territory == c.where.territory &&
            position.sheet == c.proposal.sheet)
            c.transits.push_back(i);
    }
    if (c.transits.size() < 2) return;
    const auto is_open = [&](std::size_t i) {
        const Position& position = c.balances.positions[i];
        const bool is_branch = !c.proposal.branch || c.carnet.stamps[position.stamp].id == *c.proposal.branch;
        return is_branch && !none(position.open);
    };
    // The one that is meant comes first, oldest first among equals.
    const auto meant = std::find_if(c.transits.begin(), c.transits.end(), is_open);
    if (meant != c.transits.end()) std::rotate(c.transits.begin(), meant, meant + 1);
}

} // namespace

bool Context::is_validated() const {
    return balances.validated && balances.validated->utc <= facts.now.utc;
}

bool Context::is_stamped(Operation operation, int sheet) const {
    const auto wanted = sheet_for(operation, sheet);
    return wanted && std::any_of(carnet.stamps.begin(), carnet.stamps.end(), [&](const Stamp& stamp) {
               return stamp.counts() && stamp.core.sheet == wanted;
           });
}

Context make_context(const Proposal& proposal, const Carnet& carnet, const Balances& balances,
                     const ReferenceData& reference, const Port& port, const Facts& facts) {
    Context c{.proposal = proposal,
              .carnet = carnet,
              .balances = balances,
              .reference = reference,
              .port = port,
              .facts = facts,
              .where =
                  locate(reference, port.place, port.territory, carnet.parts.territory, &carnet.head.cover),
              .today = local_date(facts.now),
              .unlisted_items = {},
              .above_list = {},
              .counts = {},
              .pool = {},
              .touched = {},
              .transits = {}};
    c.territory = reference.territories.find(c.where.territory);
    c.is_home = c.where.territory == reference.territories.union_of(carnet.parts.territory);
    c.is_copy_old = facts.copy_age_seconds > std::int64_t{reference.limits.soft_hours} * kSecondsPerHour;
    count_lines(c);
    count_positions(c);
    plan_discharge(c);
    find_transits(c);
    return c;
}

} // namespace tidewaiter::carnet
