#pragma once

#include "ledger/application/transaction.hpp"

/// Transactions of organisations and holders.
namespace tidewaiter::application {

/// Admission and effect in one: on success `state` has the effect, on failure nothing changed in it. `info`
/// is filled as far as things were found out. Errors as application::check.
[[nodiscard]] Status apply_organisation(state::Overlay& state, const Transaction& transaction,
                                        const BlockContext& block, TransactionInfo& info);

} // namespace tidewaiter::application
