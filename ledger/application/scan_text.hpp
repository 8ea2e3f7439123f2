#pragma once

#include "ledger/claims/envelope.hpp"
#include "ledger/claims/foreign.hpp"
#include "ledger/documents/carnet/operation.hpp"
#include "ledger/documents/identity/fields.hpp"

#include <variant>

/// What a scanned or typed text is, before any state is read.
namespace tidewaiter::application {

/// A carnet named by a locator or by hand: nothing is signed.
struct NamedCarnet {
    documents::RecordKey record;
    std::optional<carnet::Sheet> sheet;
    bool is_typed = false;
};
/// A code of ours, signature not yet looked at.
struct SignedCode {
    claims::Envelope envelope;
};
/// Ours by its prefix, but it does not decode.
struct BrokenCode {
    Error error;
};
struct Unreadable {};

using ScannedText = std::variant<NamedCarnet, SignedCode, BrokenCode, claims::ForeignCode, Unreadable>;

[[nodiscard]] ScannedText read_text(std::string_view text);

/// "ATA GB LO/26/00981", "GB ATA LO/26/00981", or a record's own key "carnet/gb ATA:LO/26/00981".
[[nodiscard]] std::optional<documents::RecordKey> read_typed_number(std::string_view text);

} // namespace tidewaiter::application
