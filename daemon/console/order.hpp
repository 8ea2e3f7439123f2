#pragma once

#include "daemon/gateway/desk.hpp"
#include "daemon/json/json.hpp"

namespace tidewaiter::console {

/// A stamp order from a request's body; the text is filled in from "code", or from "verdict" by the caller.
/// Errors: json.*, order.verdict (neither or both of code and verdict), order.date, order.hash.
struct OrderBody {
    gateway::StampOrder order;
    std::optional<gateway::VerdictId> verdict;
};
[[nodiscard]] Result<OrderBody> order_from_json(const json::Value& body);

} // namespace tidewaiter::console
