#pragma once

#include "daemon/json/json.hpp"
#include "ledger/documents/identity/fields.hpp"
#include "ledger/state/view.hpp"

namespace tidewaiter::gateway {

/// A carnet with its list, history and balances. Errors: store.*, view.*, carnet.*; show.absent.
[[nodiscard]] Result<json::Value> show_carnet(const state::View& view, const documents::RecordKey& key,
                                              Date today);

/// An origin certificate with its versions and events. Errors: as above.
[[nodiscard]] Result<json::Value> show_certificate(const state::View& view, const documents::RecordKey& key);

} // namespace tidewaiter::gateway
