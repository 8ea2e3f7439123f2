#pragma once

#include "ledger/documents/carnet/operation.hpp"
#include "ledger/documents/verdict.hpp"

#include <span>

/// The rulebook of carnets and at which operation each rule runs, as tables.
namespace tidewaiter::carnet {

/// Rules in the order of their ids. Every row has a test in which it fires and one in which it does not.
[[nodiscard]] std::span<const documents::RuleInfo> rules();
[[nodiscard]] const documents::RuleInfo* find_rule(std::string_view id);

/// Whether a rule runs at an operation (the binding table). Merge and calendar rules run at none.
[[nodiscard]] bool runs_at(std::string_view rule, Operation operation);
/// Whether a rule fires on the officer's answer alone.
[[nodiscard]] bool asks_officer(std::string_view rule);

} // namespace tidewaiter::carnet
