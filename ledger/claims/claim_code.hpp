#pragma once

#include "ledger/claims/envelope.hpp"
#include "ledger/documents/origin/issue.hpp"
#include "ledger/documents/origin/rules.hpp"

/// The code that travels with goods claimed as originating: opened fields of a certificate, and the shipment.
namespace tidewaiter::claims {

struct ClaimCode {
    documents::RecordKey record; ///< the certificate
    std::uint16_t version = 1;
    std::optional<origin::OpenedHeader> header;
    std::optional<origin::OpenedLines> lines;
    origin::Shipment shipment; ///< at least one field
    bool operator==(const ClaimCode&) const = default;
};

/// Strict: what decodes re-encodes to the same bytes. Errors: cbor.*, field.*, claim.shipment (nothing in
/// it).
[[nodiscard]] Result<ClaimCode> decode_claim(ByteView payload);
[[nodiscard]] Bytes encode(const ClaimCode& code);

/// The holder's code: opens its lines, then slots 5, 3, 1, 2, 0 while the text stays within 1,450 characters.
/// Errors: origin.lines, claim.too-large (not even the lines fit: give the file instead).
struct SealedClaim {
    Bytes cose;
    std::string text;
    std::vector<int> opened;   ///< header slots
    std::vector<int> left_out; ///< for want of room
};
[[nodiscard]] Result<SealedClaim> make_claim(const origin::Certificate& certificate, const origin::Seed& seed,
                                             std::span<const std::uint16_t> lines,
                                             const origin::Shipment& shipment, std::string_view chain_id,
                                             const crypto::PrivateKey& key);

} // namespace tidewaiter::claims
