#pragma once

#include "daemon/gateway/desk.hpp"
#include "daemon/json/json.hpp"

namespace tidewaiter::console {

/// The row of any rulebook, or null for an id that none has.
[[nodiscard]] const documents::RuleInfo* find_rule(std::string_view id);
/// All rulebooks in the order of their ids.
[[nodiscard]] std::vector<const documents::RuleInfo*> all_rules();

[[nodiscard]] json::Value to_json(const documents::RuleInfo& rule);
[[nodiscard]] json::Value to_json(const documents::Verdict& verdict);
/// The verdict with its id, time, source and people's data for the screen.
[[nodiscard]] json::Value to_json(const gateway::Judged& judged);
[[nodiscard]] json::Value to_json(const gateway::OutboxRow& row);

} // namespace tidewaiter::console
