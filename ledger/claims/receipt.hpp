#pragma once

#include "ledger/claims/envelope.hpp"

/// The receipt that a holder takes away: the stamp core alone, signed by the device.
namespace tidewaiter::claims {

struct Receipt {
    Envelope envelope;
    Bytes core;
    Hash stamp{}; ///< SHA-256 of the core
};

inline constexpr std::size_t kMaxReceiptCodeBytes = 664; ///< above that a receipt is a file

/// COSE bytes with type receipt over `core`.
[[nodiscard]] Bytes seal_receipt(ByteView core, std::string_view chain_id, const crypto::PrivateKey& key);
/// "TW1:…" of seal_receipt. Error: receipt.too-large (give the file instead).
[[nodiscard]] Result<std::string> receipt_text(ByteView core, std::string_view chain_id,
                                               const crypto::PrivateKey& key);

/// From the text; the signature is checked by verify_envelope with the key that the state knows. Errors:
/// text.*, cbor.*, envelope.*, receipt.type (another kind of code).
[[nodiscard]] Result<Receipt> parse_receipt(std::string_view text);

} // namespace tidewaiter::claims
