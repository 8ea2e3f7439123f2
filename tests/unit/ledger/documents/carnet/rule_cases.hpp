#pragma once

#include "tests/support/carnet_world.hpp"

/// One situation and what a rule makes of it.
namespace tidewaiter::test {

/// Where a rule speaks: a verdict, a verdict without record, the ledger, the calendar of the day `facts.now`.
enum class Speaks { AtStamp, WithoutRecord, AtMerge, ByTheDay };

struct RuleCase {
    std::string rule;
    std::string name;                            ///< the situation in words
    std::optional<documents::Severity> expected; ///< nothing: it does not fire
    void (*set_up)(CarnetWorld&);
    Speaks where = Speaks::AtStamp;
};

[[nodiscard]] std::vector<RuleCase> document_cases();
[[nodiscard]] std::vector<RuleCase> time_cases();
[[nodiscard]] std::vector<RuleCase> scope_cases();
[[nodiscard]] std::vector<RuleCase> sequence_cases();
[[nodiscard]] std::vector<RuleCase> discharge_cases();
[[nodiscard]] std::vector<RuleCase> transit_cases();
[[nodiscard]] std::vector<RuleCase> offline_cases();
[[nodiscard]] std::vector<RuleCase> follow_up_cases();

inline constexpr auto kNote = documents::Severity::Note;
inline constexpr auto kDecide = documents::Severity::Decide;
inline constexpr auto kCannotTell = documents::Severity::CannotTell;
inline constexpr auto kRefuse = documents::Severity::Refuse;
inline constexpr auto kSilent = std::optional<documents::Severity>{};

/// The plain case: all goods exported, presented for importation in London.
inline void at_london(CarnetWorld& w) {
    w.exported().propose(carnet::Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4");
}
/// Admitted in London on 3 March, presented there for re-exportation.
inline void leaving_london(CarnetWorld& w) {
    w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00");
    w.propose(carnet::Operation::Reexport, 1, "GBLHR", "2026-03-12T06:20+00:00", "1-4", {1});
}
/// Back at the home airport.
inline void back_home(CarnetWorld& w) {
    w.exported().propose(carnet::Operation::Reimport, 1, "USJFK", "2026-03-21T14:30-04:00", "1-4", {1});
}
/// A transit from Basel to Geneva, to be closed at Geneva.
inline void closing_in_geneva(CarnetWorld& w) {
    w.exported().stamp(carnet::Operation::TransitOpen, 1, "CHBSL", "2026-03-10T14:00+01:00", "1-4",
                       {.final_date = "2026-03-13", .destination = "CHGVA"});
    w.propose(carnet::Operation::TransitClose, 1, "CHGVA", "2026-03-11T10:00+01:00", "1-4");
}

} // namespace tidewaiter::test
