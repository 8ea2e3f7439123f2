#pragma once

#include "ledger/documents/origin/disclosure.hpp"
#include "ledger/documents/reference/packs.hpp"
#include "ledger/documents/verdict.hpp"

#include <span>

/// The rulebook of origin claims: ORI-01 … 05, 13, 15, 28. A rule whose input is missing is not evaluated,
/// never passed: one that could refuse then leaves the decision to the officer. A verdict speaks of the
/// document as shown; preference itself is not ours to deny.
namespace tidewaiter::origin {

enum class Check : std::uint8_t { Good = 1, Bad, Unknown };

struct Shipment {
    std::string entry; ///< number
    std::string bill;
    std::string invoice;
    std::optional<Date> import_date;
    std::string conveyance;
    std::string port; ///< office
    bool operator==(const Shipment&) const = default;
};

/// All that a judgement rests upon; what is empty is not known.
struct Case {
    Check decoded = Check::Good; ///< ORI-01
    std::string decode_error;
    Check signature = Check::Unknown; ///< ORI-02: over the code, by the certifier's key
    Check role = Check::Unknown;      ///< ORI-03
    Check openings = Check::Unknown;  ///< ORI-04
    const Issue* issue = nullptr;     ///< the version that the code names, as anchored
    std::optional<TimeNs> anchored;
    std::optional<UnixTime> key_from, key_to, key_since; ///< of the certifier's key; to and since may lack
    const Head* head = nullptr;
    std::span<const EventRecord> events;
    const OpenedHeader* header = nullptr;
    const OpenedLines* lines = nullptr;
    Shipment shipment;
    std::optional<Date> entry_date; ///< else the import date stands in for it
    std::optional<UnixTime> claim_made_at;
    std::vector<std::string> entry_origins; ///< countries of origin on the entry; the opened lines' stand in
    std::optional<reference::Agreements> agreements; ///< nothing: no pack in force
};

struct Judgement {
    std::vector<documents::Finding> findings; ///< ordered by rule id
    /// Rules that are due but lack an input, ascending, with what is missing. Those that could refuse count
    /// as "officer decides", those that can only be unsure as "cannot tell".
    std::vector<std::pair<std::string, std::string>> not_evaluated;
    documents::Outcome outcome = documents::Outcome::CannotTell;
};
[[nodiscard]] Judgement judge(const Case& facts);

/// Fired rules, and one finding per rule that was not evaluated, with the fact "not evaluated".
[[nodiscard]] std::vector<documents::Finding> all_findings(const Judgement& judgement);

[[nodiscard]] std::span<const documents::RuleInfo> rulebook();

} // namespace tidewaiter::origin
