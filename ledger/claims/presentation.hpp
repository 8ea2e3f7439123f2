#pragma once

#include "ledger/claims/envelope.hpp"
#include "ledger/documents/identity/fields.hpp"

#include <map>

/// What a holder's phone shows: which record, for what, to whom and when, signed by the key bound in the
/// record.
namespace tidewaiter::claims {

struct Presentation {
    documents::RecordKey record;
    std::uint8_t operation = 1; ///< as in a core, 1 … 24
    std::string lines;          ///< empty: not named
    std::string audience;       ///< office
    UnixTime issued_at = 0;
    std::optional<std::array<std::uint8_t, 16>> challenge;
    std::map<std::uint8_t, Bytes> opened; ///< blob kind -> the blob's bytes
    Bytes record_transaction;             ///< COSE bytes of the ISSUE, in a self-contained code
    bool operator==(const Presentation&) const = default;
};

/// Strict: what decodes re-encodes to the same bytes. Errors: cbor.*, field.*.
[[nodiscard]] Result<Presentation> decode_presentation(ByteView payload);
[[nodiscard]] Bytes encode(const Presentation& presentation);

} // namespace tidewaiter::claims
