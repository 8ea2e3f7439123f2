#pragma once

#include "ledger/documents/verdict.hpp"

#include <span>

/// Findings that belong to no family of documents.
namespace tidewaiter::documents {

/// Rows GEN-01 … GEN-10, in the order of their ids.
[[nodiscard]] std::span<const RuleInfo> general_rules();
[[nodiscard]] const RuleInfo* find_general_rule(std::string_view id);

/// A finding with the severity of its row. The id must be one of general_rules().
[[nodiscard]] Finding general_finding(std::string_view id);

/// Orders findings by rule id, as a verdict has them.
void sort_findings(std::vector<Finding>& findings);

} // namespace tidewaiter::documents
