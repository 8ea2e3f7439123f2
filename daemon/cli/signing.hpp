#pragma once

#include "ledger/claims/envelope.hpp"
#include "ledger/documents/carnet/record.hpp"

/// Transactions as the protocol has them, signed.
namespace tidewaiter::cli {

/// {1: kind, 2: body, 3: at} of an organisation or a holder.
[[nodiscard]] Bytes organisation_transaction(std::uint32_t kind, ByteView body, UnixTime at,
                                             std::string_view chain, const crypto::PrivateKey& key);

/// A device's record. The core's attachment digest and signer are filled in.
struct DeviceRecord {
    Hash id{}; ///< of the core
    Bytes transaction;
};
/// Errors: those of carnet::decode_core and decode_attachments, for what everybody else would refuse.
[[nodiscard]] Result<DeviceRecord> device_transaction(carnet::Core core,
                                                      const carnet::Attachments& attachments,
                                                      std::string_view chain, const crypto::PrivateKey& key);

} // namespace tidewaiter::cli
