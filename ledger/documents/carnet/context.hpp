#pragma once

#include "ledger/documents/carnet/judge.hpp"
#include "ledger/documents/carnet/pool.hpp"
#include "ledger/documents/carnet/rulebook.hpp"

/// What the rules look at, worked out once per judgement. For this folder's own sources.
namespace tidewaiter::carnet {

/// A rule that fires: how hard, and the figures behind it.
struct Fired {
    documents::Severity severity;
    std::vector<std::pair<std::string, std::string>> facts;
};
using Firing = std::optional<Fired>;

/// The counts of carnet.md 3.6, per item.
struct Counts {
    Pieces declared; ///< q
    Pieces
        all_declared; ///< with what is not re-exported or not produced (REEXPORT), not re-imported (REIMPORT)
    Pieces home;      ///< H
    Pieces open_home; ///< open HOME as it is, not cut to the list
    Pieces pre_exported;
    Pieces covered;            ///< h
    Pieces ever_exported;      ///< e
    Pieces here;               ///< a
    Pieces elsewhere;          ///< b
    Pieces here_unproven;      ///< a′
    Pieces elsewhere_unproven; ///< b′
    Pieces transit_here;
    Pieces transit_elsewhere;
};

struct Context {
    const Proposal& proposal;
    const Carnet& carnet;
    const Balances& balances;
    const ReferenceData& reference;
    const Port& port;
    const Facts& facts;

    Location where;
    const reference::Territory* territory = nullptr; ///< its row, if any
    bool is_home = false;
    Date today;
    std::vector<std::string> unlisted_items; ///< as CAR-13 names them
    std::vector<std::string> above_list;
    Counts counts;
    Pool pool;                         ///< what a REEXPORT or REIMPORT discharges
    std::vector<std::size_t> touched;  ///< positions of the pool from which pieces are taken
    bool leaves_remainder = false;     ///< on the sheets named
    std::vector<std::size_t> transits; ///< positions of TRN(here, this sheet)
    bool is_copy_old = false;          ///< beyond the soft limit

    [[nodiscard]] const Cover& cover() const { return carnet.head.cover; }
    [[nodiscard]] bool is(Operation operation) const { return proposal.operation == operation; }
    /// Items at which `excess` > 0, as lines.
    [[nodiscard]] std::string lines(const Pieces& excess) const { return to_text(excess, carnet.items); }
    [[nodiscard]] bool is_validated() const;
    /// A stamp that counts on a half of a sheet of the operation's colour.
    [[nodiscard]] bool is_stamped(Operation operation, int sheet) const;
};

[[nodiscard]] Context make_context(const Proposal& proposal, const Carnet& carnet, const Balances& balances,
                                   const ReferenceData& reference, const Port& port, const Facts& facts);

/// When a rule speaks: at a stamp, when the carnet is not in the copy, when stamps meet on the ledger (the
/// fold's conflicts), or by the day (calendar()).
enum class RuleKind : std::uint8_t { Stamp, Unknown, Merge, Calendar };

/// One row of the rulebook with its function; at a stamp a rule without one fires on the officer's answer
/// alone.
struct Rule {
    documents::RuleInfo info;
    Firing (*judge)(const Context&);
    RuleKind kind = RuleKind::Stamp;
};
[[nodiscard]] std::span<const Rule> rule_rows();

/// The operation whose rules run: an EXIT without a pre-exportation is judged as EXPORT.
[[nodiscard]] Operation binding_operation(const Context& context);
/// The severity after everything that weakens it: territory, clauses (a) to (e), exits, unknown territory.
[[nodiscard]] documents::Severity final_severity(std::string_view rule, documents::Severity severity,
                                                 const Context& context);

namespace rule {
// Document
[[nodiscard]] Firing record_unproven(const Context& c);
[[nodiscard]] Firing association_not_approved(const Context& c);
[[nodiscard]] Firing copy_beyond_soft_limit(const Context& c);
[[nodiscard]] Firing withdrawn_lost_or_returned(const Context& c);
[[nodiscard]] Firing superseded(const Context& c);
[[nodiscard]] Firing home_not_validated(const Context& c);
[[nodiscard]] Firing abroad_not_validated(const Context& c);
[[nodiscard]] Firing totals_differ(const Context& c);
[[nodiscard]] Firing list_altered(const Context& c);
[[nodiscard]] Firing not_on_list(const Context& c);
// Time
[[nodiscard]] Firing validity_too_long(const Context& c);
[[nodiscard]] Firing before_issue(const Context& c);
[[nodiscard]] Firing expired(const Context& c);
[[nodiscard]] Firing expired_at_exit(const Context& c);
[[nodiscard]] Firing expired_at_reimport(const Context& c);
[[nodiscard]] Firing after_final_date(const Context& c);
[[nodiscard]] Firing after_reimport_date(const Context& c);
[[nodiscard]] Firing date_beyond_expiry(const Context& c);
[[nodiscard]] Firing final_date_is_early(const Context& c);
[[nodiscard]] Firing below_annex_minimum(const Context& c);
[[nodiscard]] Firing expires_soon(const Context& c);
[[nodiscard]] Firing earlier_than_latest(const Context& c);
// Scope
[[nodiscard]] Firing not_in_box_p(const Context& c);
[[nodiscard]] Firing outside_customs_territory(const Context& c);
[[nodiscard]] Firing use_not_accepted(const Context& c);
[[nodiscard]] Firing post_excluded(const Context& c);
[[nodiscard]] Firing wrong_scheme(const Context& c);
[[nodiscard]] Firing wrong_sheet(const Context& c);
[[nodiscard]] Firing split_not_accepted(const Context& c);
// Sequence and quantity
[[nodiscard]] Firing half_already_stamped(const Context& c);
[[nodiscard]] Firing outside_sets(const Context& c);
[[nodiscard]] Firing lower_sheet_unused(const Context& c);
[[nodiscard]] Firing no_exportation(const Context& c);
[[nodiscard]] Firing exceeds_exported(const Context& c);
[[nodiscard]] Firing admitted_elsewhere(const Context& c);
[[nodiscard]] Firing admitted_here(const Context& c);
[[nodiscard]] Firing nothing_admitted(const Context& c);
[[nodiscard]] Firing exceeds_admitted(const Context& c);
[[nodiscard]] Firing wrong_references(const Context& c);
[[nodiscard]] Firing leaves_remainder(const Context& c);
[[nodiscard]] Firing not_reexported_or_produced(const Context& c);
[[nodiscard]] Firing no_exportation_open(const Context& c);
[[nodiscard]] Firing exceeds_exportation(const Context& c);
[[nodiscard]] Firing still_admitted_abroad(const Context& c);
[[nodiscard]] Firing regularised_again(const Context& c);
[[nodiscard]] Firing processed_abroad(const Context& c);
[[nodiscard]] Firing another_place(const Context& c);
[[nodiscard]] Firing earlier_exportation_open(const Context& c);
[[nodiscard]] Firing seized(const Context& c);
// Transit
[[nodiscard]] Firing closing_without_opening(const Context& c);
[[nodiscard]] Firing limit_passed(const Context& c);
[[nodiscard]] Firing another_destination(const Context& c);
[[nodiscard]] Firing differs_from_opening(const Context& c);
[[nodiscard]] Firing transit_open_here(const Context& c);
[[nodiscard]] Firing transit_open_elsewhere(const Context& c);
// Offline and ledger
[[nodiscard]] Firing suspended(const Context& c);
[[nodiscard]] Firing code_replayed(const Context& c);
[[nodiscard]] Firing receipt_extends(const Context& c);
[[nodiscard]] Firing receipt_contradicts(const Context& c);
[[nodiscard]] Firing ceiling_reached(const Context& c);
[[nodiscard]] Firing clock_outside_tolerance(const Context& c);
[[nodiscard]] Firing receipt_absent(const Context& c);
} // namespace rule

} // namespace tidewaiter::carnet
