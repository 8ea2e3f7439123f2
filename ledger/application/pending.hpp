#pragma once

#include "ledger/application/application.hpp"

#include <span>

/// The box's own stamps before the chain has them.
namespace tidewaiter::application {

/// Applies transactions (COSE bytes, in the order of their sequence) to an overlay over the copy, by apply()
/// with the next height and `now`. What the state already holds changes nothing. Returns one result for each.
[[nodiscard]] std::vector<TransactionResult>
overlay_pending(state::Overlay& overlay, std::span<const Bytes> transactions, const BlockContext& next);

} // namespace tidewaiter::application
