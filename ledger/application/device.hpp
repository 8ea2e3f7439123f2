#pragma once

#include "ledger/application/transaction.hpp"
#include "ledger/documents/identity/identity.hpp"

/// What devices sign: stamps, and records about carnets (protocol, sections 3 and 4).
namespace tidewaiter::application {

struct DeviceOutcome {
    StampOutcome outcome = StampOutcome::Effective;
    std::optional<WhyNot> why;
};

/// From the signer's key, the block's time and whether the carnet is on the ledger. `first` is the earliest
/// day on which this device could sign.
[[nodiscard]] DeviceOutcome outcome_of(const carnet::Core& core, const identity::Key& key, UnixTime first,
                                       bool has_record, const BlockContext& block);

/// As apply_organisation; a well-formed record of a device that was ever registered always succeeds, with an
/// outcome. Errors as application::check.
[[nodiscard]] Result<DeviceOutcome> apply_device(state::Overlay& state, const Transaction& transaction,
                                                 const BlockContext& block, TransactionInfo& info);

} // namespace tidewaiter::application
