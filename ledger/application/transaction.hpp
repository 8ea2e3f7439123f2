#pragma once

#include "ledger/application/application.hpp"
#include "ledger/claims/envelope.hpp"
#include "ledger/documents/carnet/record.hpp"

#include <variant>

/// A transaction taken apart; nothing about its signature or rights is known yet.
namespace tidewaiter::application {

/// {1: kind, 2: body, 3: at}
struct OrganisationPart {
    std::uint32_t kind = 0;
    Bytes body;
    UnixTime at = 0;
};
/// {1: core, 2: attachments, 3: cosigned}
struct DevicePart {
    Bytes core_bytes;
    Bytes attachments_bytes;
    carnet::Core core;
    carnet::Attachments attachments;
    std::vector<claims::Envelope> cosigned; ///< detached, over core_bytes
    Hash core_hash{};
};
struct Transaction {
    claims::Envelope envelope;
    std::variant<OrganisationPart, DevicePart> part;
    [[nodiscard]] const OrganisationPart* organisation() const {
        return std::get_if<OrganisationPart>(&part);
    }
    [[nodiscard]] const DevicePart* device() const { return std::get_if<DevicePart>(&part); }
};

/// Form and size, and what a device's record says about itself (attachments hash, signer). Errors: cbor.*,
/// envelope.*, field.*, carnet.*, application.too-large, .type, .attachments, .signer, .cosigned.
[[nodiscard]] Result<Transaction> parse_transaction(ByteView bytes);

/// The chain, among the current one and its predecessors, for which `key` signed. Errors: application.chain,
/// application.signature, application.low-s.
[[nodiscard]] Result<std::string> verify_signature(const claims::Envelope& envelope,
                                                   const BlockContext& block, const crypto::PublicKey& key);

} // namespace tidewaiter::application
