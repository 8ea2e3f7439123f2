#include "ledger/documents/rulebook.hpp"

#include "ledger/base/assert.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace tidewaiter::documents {
namespace {

constexpr std::array<RuleInfo, 10> kGeneral{{
    {"GEN-01", Severity::CannotTell, "project", "rule.gen-01", "The record is not in the copy"},
    {"GEN-02", Severity::CannotTell, "project", "rule.gen-02", "The copy is older than the hard limit"},
    {"GEN-03", Severity::CannotTell, "project", "rule.gen-03", "The time of this box is not confirmed"},
    {"GEN-04", Severity::CannotTell, "project", "rule.gen-04", "The head is frozen after conflicting proofs"},
    {"GEN-05", Severity::CannotTell, "project", "rule.gen-05", "The signer is unknown to the copy"},
    {"GEN-06", Severity::Note, "project", "rule.gen-06",
     "The head was not cross-checked by a witness, within policy"},
    {"GEN-07", Severity::Note, "project", "rule.gen-07",
     "Personal data that the record names are not at hand"},
    {"GEN-08", Severity::Decide, "project", "rule.gen-08",
     "Two records bear one number of one device: it may be cloned"},
    {"GEN-09", Severity::Decide, "project", "rule.gen-09",
     "A stamp was made after its key was compromised, and included before the revocation"},
    {"GEN-10", Severity::CannotTell, "project", "rule.gen-10",
     "The record has a newer version than this gateway knows"},
}};

} // namespace

std::span<const RuleInfo> general_rules() {
    return kGeneral;
}

const RuleInfo* find_general_rule(std::string_view id) {
    const auto* const found =
        std::find_if(kGeneral.begin(), kGeneral.end(), [&](const RuleInfo& row) { return row.id == id; });
    return found == kGeneral.end() ? nullptr : found;
}

Finding general_finding(std::string_view id) {
    const RuleInfo* const row = find_general_rule(id);
    TW_ASSERT(row != nullptr);
    return {std::string(row->id), row->severity, {}, std::nullopt};
}

void sort_findings(std::vector<Finding>& findings) {
    // Of one rule the worst first. Not stable_sort: clang refuses libstdc++'s as deprecated.
    std::sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.rule, b.severity, a.facts) < std::tie(b.rule, a.severity, b.facts);
    });
}

} // namespace tidewaiter::documents
