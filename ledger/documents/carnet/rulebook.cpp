#include "ledger/documents/carnet/rulebook.hpp"

#include "ledger/documents/carnet/context.hpp"

#include <algorithm>
#include <array>

namespace tidewaiter::carnet {
namespace {

using documents::Severity;
constexpr auto N = Severity::Note;
constexpr auto D = Severity::Decide;
constexpr auto T = Severity::CannotTell;
constexpr auto R = Severity::Refuse;

/// A rule of the officer's, of the merge or of the calendar has no function here.
constexpr std::array kRules = std::to_array<Rule>({
    // Document
    {{"CAR-01", R, "project", "rule.car-01",
      "The carnet record or its issuer's signature does not verify; cannot tell when the signer is not in "
      "the copy"},
     rule::record_unproven},
    {{"CAR-02", R, "19 CFR 114.21; ATA 6", "rule.car-02",
      "The issuing association is not approved at home, or abroad no guaranteeing association of its chain "
      "is approved here today"},
     rule::association_not_approved},
    {{"CAR-03", T, "project", "rule.car-03", "The carnet is not in this copy of the ledger"},
     nullptr,
     RuleKind::Unknown},
    {{"CAR-04", D, "project", "rule.car-04", "The copy is older than the soft limit"},
     rule::copy_beyond_soft_limit},
    {{"CAR-05", R, "project", "rule.car-05",
      "The carnet was withdrawn, reported lost, or returned to its issuer; at exits the officer decides"},
     rule::withdrawn_lost_or_returned},
    {{"CAR-06", R, "ATA 11; IST-A 13", "rule.car-06",
      "Another carnet has taken this one's place; at exits the officer decides"},
     rule::superseded},
    {{"CAR-07", D, "HMRC ATACPD05200", "rule.car-07",
      "At home: customs have not validated the cover before now"},
     rule::home_not_validated},
    {{"CAR-08", R, "HMRC ATACPD06100", "rule.car-08",
      "Abroad: customs of departure have not validated the cover; the officer decides when the issuer "
      "confirms the guarantee"},
     rule::abroad_not_validated},
    {{"CAR-09", D, "HMRC ATACPD05200", "rule.car-09", "The officer sees that the holder has not signed"},
     nullptr},
    {{"CAR-10", D, "UK Border Force guidance", "rule.car-10",
      "The officer sees that the presenter is neither holder nor named nor authorised"},
     nullptr},
    {{"CAR-11", D, "ATA 4; model carnet, General List", "rule.car-11",
      "The list is incomplete or its totals are not those of the cover"},
     rule::totals_differ},
    {{"CAR-12", R, "IST-A 5(2)", "rule.car-12", "The General List differs from what was issued"},
     rule::list_altered},
    {{"CAR-13", R, "ATA 4(2); IST-A 5(3); 19 CFR 114.24", "rule.car-13",
      "An item is not on the General List, or a line has more pieces than the list"},
     rule::not_on_list},
    {{"CAR-14", D, "HMRC ATACPD06100", "rule.car-14",
      "The officer sees that serial, value or description differ from the list"},
     nullptr},
    {{"CAR-15", D, "19 CFR 114.3", "rule.car-15", "The officer misses a translation that is required here"},
     nullptr},
    // Time
    {{"CAR-16", R, "ATA 4(1); IST-A 5(1); 19 CFR 114.23", "rule.car-16",
      "The carnet is valid for more than a year from its issue"},
     rule::validity_too_long},
    {{"CAR-17", R, "project", "rule.car-17", "Presented before the day of issue has begun anywhere"},
     rule::before_issue},
    {{"CAR-18", R, "ATA 4(1); IST-A 5(1)", "rule.car-18", "The carnet has expired on the port's local date"},
     rule::expired},
    {{"CAR-19", D, "ATA 8; IST-A 10", "rule.car-19", "The carnet has expired; the goods still have to leave"},
     rule::expired_at_exit},
    {{"CAR-20", N, "CBP carnet guidance", "rule.car-20",
      "The carnet has expired; re-importation is usually allowed"},
     rule::expired_at_reimport},
    {{"CAR-21", D, "ATA 5; IST-A 7", "rule.car-21",
      "The final date has passed while the carnet is still valid, and the pieces are not seized"},
     rule::after_final_date},
    {{"CAR-22", D, "national law of the home territory", "rule.car-22",
      "The date for duty-free re-importation has passed; severity by territory"},
     rule::after_reimport_date},
    {{"CAR-23", R, "ATA 5; IST-A 7(1)", "rule.car-23", "The date entered lies beyond the carnet's expiry"},
     rule::date_beyond_expiry},
    {{"CAR-24", N, "ATA 5; IST-A 7", "rule.car-24",
      "The final date is earlier than the carnet's expiry: show and print it"},
     rule::final_date_is_early},
    {{"CAR-25", N, "Istanbul Convention, annexes B", "rule.car-25",
      "The final date leaves less than the annex grants where the territory applies it"},
     rule::below_annex_minimum},
    {{"CAR-26", N, "project", "rule.car-26", "At most 30 days of validity are left"}, rule::expires_soon},
    {{"CAR-27", D, "project", "rule.car-27",
      "The time lies before the latest stamp in the copy, compared in UTC"},
     rule::earlier_than_latest},
    // Scope
    {{"CAR-28", R, "model carnet, box P", "rule.car-28", "The territory is not one that the carnet covers"},
     rule::not_in_box_p},
    {{"CAR-29", R, "19 CFR 114.1", "rule.car-29", "The port lies outside the customs territory"},
     rule::outside_customs_territory},
    {{"CAR-30", D, "19 CFR 114.22(a)", "rule.car-30", "The intended use is not accepted in this territory"},
     rule::use_not_accepted},
    {{"CAR-31", R, "ATA 3(4); 19 CFR 114.31(b)", "rule.car-31",
      "The officer finds goods that a carnet excludes"},
     nullptr},
    {{"CAR-32", R, "19 CFR 114.31(a)", "rule.car-32", "Carried by post where postal traffic is excluded"},
     rule::post_excluded},
    {{"CAR-33", D, "CSMS 17-000274", "rule.car-33",
      "The officer misses a licence or permit that is required"},
     nullptr},
    {{"CAR-34", R, "TECRO/AIT agreement; 19 CFR 114.22", "rule.car-34",
      "The scheme does not serve this pair of territories"},
     rule::wrong_scheme},
    {{"CAR-35", R, "model carnet, sheets", "rule.car-35",
      "The sheet fits neither the direction nor the operation, or the transit names no destination"},
     rule::wrong_sheet},
    {{"CAR-36", D, "practice of the territory", "rule.car-36",
      "Fewer pieces than exported and open, where split consignments are not accepted"},
     rule::split_not_accepted},
    // Sequence and quantity
    {{"CAR-37", R, "model carnet, counterfoils", "rule.car-37",
      "This half of the sheet is stamped already; the officer decides when the booklet shows its "
      "cancellation"},
     rule::half_already_stamped},
    {{"CAR-38", R, "model carnet, sheets", "rule.car-38", "The sheet lies outside the issued sets"},
     rule::outside_sets},
    {{"CAR-39", N, "project", "rule.car-39", "A lower sheet of this colour has no stamp yet"},
     rule::lower_sheet_unused},
    {{"CAR-40", D, "HMRC ATACPD05300", "rule.car-40",
      "No exportation is on record, or only a pre-exportation covers the pieces"},
     rule::no_exportation},
    {{"CAR-41", R, "ATA 4(2)", "rule.car-41",
      "More pieces than are exported and open; the officer decides for pieces that were exported before"},
     rule::exceeds_exported},
    {{"CAR-42", D, "ATA 8(2)(a); IST-A 10(2)(a)", "rule.car-42",
      "The same pieces are still admitted in another territory; a note once their exit is proven"},
     rule::admitted_elsewhere},
    {{"CAR-43", R, "ATA 8(1); IST-A 10(1)", "rule.car-43",
      "The same pieces are still admitted here; the officer decides when a later stamp elsewhere proves the "
      "exit"},
     rule::admitted_here},
    {{"CAR-44", R, "ATA 8(1); IST-A 10(1)", "rule.car-44", "Nothing is admitted and open here"},
     rule::nothing_admitted},
    {{"CAR-45", R, "ATA 8(1); IST-A 10(1)", "rule.car-45",
      "More pieces than the referenced importations have open"},
     rule::exceeds_admitted},
    {{"CAR-46", D, "model carnet, counterfoil box 1", "rule.car-46",
      "No, wrong or discharged sheets are referenced, or one of two branches without naming the stamp"},
     rule::wrong_references},
    {{"CAR-47", N, "Istanbul Convention 10", "rule.car-47", "Pieces remain open on the referenced sheets"},
     rule::leaves_remainder},
    {{"CAR-48", D, "model carnet, re-exportation boxes 2 and 3", "rule.car-48",
      "Pieces are declared as not re-exported or not produced"},
     rule::not_reexported_or_produced},
    {{"CAR-49", D, "model carnet, re-importation", "rule.car-49", "No exportation is open at all"},
     rule::no_exportation_open},
    {{"CAR-50", D, "model carnet, re-importation", "rule.car-50",
      "More pieces than the referenced exportations have open"},
     rule::exceeds_exportation},
    {{"CAR-51", N, "ATA 8(2)(a); IST-A 10(2)(a)", "rule.car-51",
      "The same pieces are still admitted abroad: their exit is proven by this return"},
     rule::still_admitted_abroad},
    {{"CAR-52", R, "IST-A 12", "rule.car-52",
      "Pieces whose duty was settled are presented again; at re-importation the officer decides"},
     rule::regularised_again},
    {{"CAR-53", D, "ATA 3(4); model carnet, re-importation F(b)", "rule.car-53",
      "Processing abroad is declared"},
     rule::processed_abroad},
    {{"CAR-54", N, "Istanbul Convention 11", "rule.car-54",
      "The goods leave through another place than they came"},
     rule::another_place},
    // Transit
    {{"CAR-55", R, "model carnet, transit", "rule.car-55", "No transit of this sheet was opened here"},
     rule::closing_without_opening},
    {{"CAR-56", D, "model carnet, transit", "rule.car-56", "The transit's limit has passed"},
     rule::limit_passed},
    {{"CAR-57", D, "model carnet, transit", "rule.car-57",
      "The officer finds seals broken, missing or different"},
     nullptr},
    {{"CAR-58", D, "model carnet, transit", "rule.car-58", "This is not the office that the transit names"},
     rule::another_destination},
    {{"CAR-59", D, "model carnet, transit", "rule.car-59", "The pieces differ from those that were opened"},
     rule::differs_from_opening},
    {{"CAR-60", D, "HMRC ATACPD21200", "rule.car-60", "A transit of the same pieces is still open here"},
     rule::transit_open_here},
    {{"CAR-61", N, "project", "rule.car-61",
      "A transit of the same pieces is still open in another territory: its exit is implied"},
     rule::transit_open_elsewhere},
    // Physical check
    {{"CAR-62", D, "HMRC ATACPD05200", "rule.car-62",
      "The officer finds that a serial, mark or customs identification does not match"},
     nullptr},
    {{"CAR-63", D, "HMRC ATACPD05200", "rule.car-63", "The officer counts fewer pieces than declared"},
     nullptr},
    {{"CAR-64", R, "HMRC ATACPD05200", "rule.car-64", "The officer counts more pieces than declared"},
     nullptr},
    // Offline and ledger
    {{"CAR-65", D, "project", "rule.car-65",
      "The carnet is suspended: a conflict between stamps, or a dispute about the guarantee, is open"},
     rule::suspended},
    {{"CAR-66", D, "project", "rule.car-66",
      "At merge: the same pieces were admitted twice by ports that did not know each other"},
     nullptr,
     RuleKind::Merge},
    {{"CAR-67", R, "project", "rule.car-67",
      "The code was used before, or the declaration changed after it was read"},
     rule::code_replayed},
    {{"CAR-69", N, "project", "rule.car-69", "A receipt newer than the copy was shown and extends it"},
     rule::receipt_extends},
    {{"CAR-70", D, "project", "rule.car-70",
      "A receipt was shown that does not link to the copy, or contradicts it"},
     rule::receipt_contradicts},
    {{"CAR-71", T, "project", "rule.car-71",
      "The ceiling for work offline is reached: age of the copy, number or value of stamps not yet anchored"},
     rule::ceiling_reached},
    {{"CAR-72", T, "project", "rule.car-72", "The device's clock is outside its tolerance"},
     rule::clock_outside_tolerance},
    // Follow-up
    {{"CAR-74", N, "ATA 5; IST-A 7", "rule.car-74",
      "The final date has passed and the admission is still open"},
     nullptr,
     RuleKind::Calendar},
    {{"CAR-75", N, "ATA 6(4); IST-A 8(4)", "rule.car-75",
      "The carnet has expired with an open admission or transit, and a claim may still be made"},
     nullptr,
     RuleKind::Calendar},
    {{"CAR-84", N, "model carnet, notes on use", "rule.car-84",
      "The carnet has expired and its issuer does not have it back"},
     nullptr,
     RuleKind::Calendar},
    // Numbered later than their groups
    {{"CAR-85", D, "project", "rule.car-85", "The same pieces are still out under an earlier exportation"},
     rule::earlier_exportation_open},
    {{"CAR-86", N, "project", "rule.car-86", "Offline, the latest receipt was asked for and not shown"},
     rule::receipt_absent},
    {{"CAR-87", R, "ATA 12; Istanbul Convention 7(3)", "rule.car-87",
      "Seized pieces are presented before their release"},
     rule::seized},
});

constexpr auto kRuleInfos = [] {
    std::array<documents::RuleInfo, kRules.size()> infos{};
    for (std::size_t i = 0; i < infos.size(); ++i)
        infos[i] = kRules[i].info;
    return infos;
}();

/// CAR-41 is 41.
constexpr int number_of(std::string_view rule) {
    if (rule.size() != 6 || !rule.starts_with("CAR-")) return 0;
    return (rule[4] - '0') * 10 + (rule[5] - '0');
}

/// Numbers of rules, 0 … 127.
struct RuleSet {
    std::array<std::uint64_t, 2> bits{};
    [[nodiscard]] constexpr bool has(int number) const {
        return (bits[static_cast<std::size_t>(number) / 64] >> (static_cast<unsigned>(number) % 64) & 1U) !=
               0;
    }
};
template <std::size_t Size>
constexpr RuleSet with(RuleSet set, const std::array<int, Size>& numbers) {
    for (const int number : numbers)
        set.bits[static_cast<std::size_t>(number) / 64] |= std::uint64_t{1}
                                                           << (static_cast<unsigned>(number) % 64);
    return set;
}

// ---- the binding table: a rule runs at these operations and at no other -----------------------------------

constexpr std::array kEveryStamp{1,  2,  3,  4,  5,  6,  9,  10, 11, 12, 13, 14, 16, 17,
                                 27, 29, 33, 62, 63, 64, 65, 67, 69, 70, 71, 72, 86};
constexpr std::array kValidate{15, 18, 35};
constexpr std::array kExport{7, 18, 35, 36, 37, 38, 39, 52, 85};
constexpr std::array kExit{7, 18, 35, 37, 38, 41};
constexpr std::array kImport{8,  15, 18, 23, 24, 25, 26, 28, 30, 31, 32, 34,
                             35, 36, 37, 38, 39, 40, 41, 42, 43, 52, 60, 61};
constexpr std::array kTransitOpen{8, 15, 18, 23, 28, 32, 34, 35, 37, 38, 39, 40, 41, 42, 52, 60, 61};
constexpr std::array kReexport{8, 19, 21, 35, 37, 38, 44, 45, 46, 47, 48, 52, 54, 60, 87};
constexpr std::array kTransitClose{8, 19, 35, 37, 38, 55, 56, 57, 58, 59};
constexpr std::array kReimport{7, 20, 22, 35, 37, 38, 46, 47, 49, 50, 51, 52, 53, 61};

constexpr std::array kRegularise{44, 45, 46};
constexpr std::array kExtendFinal{21, 23, 46};

constexpr RuleSet bound_to(Operation operation) {
    const RuleSet every = with(RuleSet{}, kEveryStamp);
    switch (operation) {
    case Operation::Validate: return with(every, kValidate);
    case Operation::Export:
    case Operation::PreExport: return with(every, kExport);
    case Operation::Exit: return with(every, kExit);
    case Operation::Import: return with(every, kImport);
    case Operation::TransitOpen: return with(every, kTransitOpen);
    case Operation::Reexport: return with(every, kReexport);
    case Operation::TransitClose: return with(every, kTransitClose);
    case Operation::Reimport: return with(every, kReimport);
    case Operation::Regularise: return with(RuleSet{}, kRegularise);
    case Operation::ExtendFinal: return with(RuleSet{}, kExtendFinal);
    default: return {};
    }
}

constexpr auto kBindings = [] {
    std::array<RuleSet, 12> sets{};
    for (std::size_t op = 1; op < sets.size(); ++op)
        sets[op] = bound_to(static_cast<Operation>(op));
    return sets;
}();

// ---- what weakens a severity ------------------------------------------------------------------------------

/// Whose stamps a rule misses when it fires wrongly.
enum class Misses : std::uint8_t { Nobody, Home, Here };

/// Clauses of carnet.md 3.6: (a) adopted carnet, (b) not recording, (c) ink or a receipt that does not link,
/// (d) offline or an old copy, (e) stamp missing, no abuse. Where one holds, R becomes D.
struct Weakening {
    int rule;
    bool when_adopted;
    Misses misses;
    bool when_ink;
    bool when_offline;
    bool when_no_abuse;
};
constexpr std::array kWeakenings = std::to_array<Weakening>({
    {8, true, Misses::Home, true, true, false},
    {38, true, Misses::Home, true, true, false},
    {41, true, Misses::Home, true, true, true},
    {43, true, Misses::Here, true, true, true},
    {44, true, Misses::Here, true, true, true},
    {45, true, Misses::Here, true, true, true},
    {52, false, Misses::Nobody, false, false, true},
    {55, true, Misses::Here, true, true, true},
    {87, true, Misses::Here, true, true, false},
});
/// R becomes D at exits: the goods have to leave.
constexpr std::array kDecidedAtExits{2, 5, 6, 8, 12, 16, 29};
/// R becomes T where the gateway cannot tell in which territory the port lies.
constexpr std::array kUntoldWhereUnknown{2, 8, 28, 34, 35, 43, 44, 45, 55};

template <std::size_t Size>
constexpr bool has(const std::array<int, Size>& numbers, int number) {
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

/// Whether stamps of `territory`, or of a place in it, may be missing at any time between issue and now.
bool is_not_recording(const Context& c, std::string_view territory) {
    const auto& territories = c.reference.territories;
    return std::any_of(c.reference.not_recording.list.begin(), c.reference.not_recording.list.end(),
                       [&](const reference::NotRecording& row) {
                           const bool overlaps =
                               row.from <= c.today && (!row.to || *row.to >= c.cover().issued);
                           const std::string where =
                               row.place.empty() ? territories.union_of(row.territory)
                                                 : locate(c.reference, row.place, {}, {}, nullptr).territory;
                           return overlaps && where == territory;
                       });
}

bool weakens(const Weakening& row, const Context& c) {
    if (row.when_adopted && c.carnet.head.is_paper) return true;
    const bool is_gap = c.facts.receipt == ReceiptCheck::Gap;
    if (row.when_ink && (c.proposal.booklet_shows_ink || is_gap)) return true;
    if (row.when_offline && (c.facts.is_offline || c.is_copy_old)) return true;
    if (row.when_no_abuse && c.proposal.stamp_missing_no_abuse) return true;
    if (row.misses == Misses::Home)
        return is_not_recording(c, c.reference.territories.union_of(c.carnet.parts.territory));
    return row.misses == Misses::Here && is_not_recording(c, c.where.territory);
}

} // namespace

std::span<const documents::RuleInfo> rules() {
    return kRuleInfos;
}
std::span<const Rule> rule_rows() {
    return kRules;
}

const documents::RuleInfo* find_rule(std::string_view id) {
    const auto* const row = std::find_if(kRuleInfos.begin(), kRuleInfos.end(),
                                         [&](const documents::RuleInfo& info) { return info.id == id; });
    return row == kRuleInfos.end() ? nullptr : row;
}

bool runs_at(std::string_view rule, Operation operation) {
    const auto index = static_cast<std::size_t>(operation);
    return index < kBindings.size() && kBindings[index].has(number_of(rule));
}

bool asks_officer(std::string_view rule) {
    const auto row =
        std::find_if(kRules.begin(), kRules.end(), [&](const Rule& r) { return r.info.id == rule; });
    return row != kRules.end() && row->judge == nullptr && row->kind == RuleKind::Stamp;
}

Operation binding_operation(const Context& context) {
    if (!context.is(Operation::Exit)) return context.proposal.operation;
    const bool was_pre_exported =
        std::any_of(context.carnet.stamps.begin(), context.carnet.stamps.end(), [&](const Stamp& stamp) {
            return stamp.counts() && stamp.operation() == Operation::PreExport && stamp.core.sheet &&
                   stamp.core.sheet->number == context.proposal.sheet;
        });
    return was_pre_exported ? Operation::Exit : Operation::Export;
}

Severity final_severity(std::string_view rule, Severity severity, const Context& context) {
    if (context.territory != nullptr) {
        const auto own = context.territory->severity.find(std::string(rule));
        if (own != context.territory->severity.end()) severity = own->second;
    }
    if (severity != Severity::Refuse) return severity;
    const int number = number_of(rule);
    for (const Weakening& row : kWeakenings) {
        if (row.rule == number && weakens(row, context)) return Severity::Decide;
    }
    if (is_exit(context.proposal.operation) && has(kDecidedAtExits, number)) return Severity::Decide;
    if (!context.where.is_known && has(kUntoldWhereUnknown, number)) return Severity::CannotTell;
    return severity;
}

} // namespace tidewaiter::carnet
