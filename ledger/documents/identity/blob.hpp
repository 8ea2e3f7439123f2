#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/time.hpp"

#include <optional>
#include <vector>

/// People's data outside the ledger: CBOR {salt, fields}, referred to by SHA-256 and erasable (protocol,
/// section 5).
namespace tidewaiter::documents {

struct Blob {
    std::array<std::uint8_t, 16> salt{}; ///< random: without it a name could be guessed from its digest
    std::optional<std::string> name;
    std::optional<std::string> address;
    std::optional<std::string> legal_id;
    std::vector<std::string> persons;
    std::optional<std::string> place;
    std::optional<std::string> capacity;
    std::optional<Date> date;
    std::optional<std::string> text;
    Bytes bytes; ///< scan, photo, paper
    bool operator==(const Blob&) const = default;
};

/// At least one field (asserted).
[[nodiscard]] Bytes encode(const Blob& blob);
/// Errors: cbor.*, blob.empty.
[[nodiscard]] Result<Blob> decode_blob(ByteView bytes);

} // namespace tidewaiter::documents
