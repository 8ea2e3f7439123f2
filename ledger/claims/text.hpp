#pragma once

#include "ledger/base/bytes.hpp"

/// Codes as text: "TW1:" Base45(COSE) or "TWZ1:" Base45(zlib(COSE)), and the unsigned locator "TW1L:".
namespace tidewaiter::claims {

/// The shorter of the two forms, TW1 when equal.
[[nodiscard]] std::string to_text(ByteView cose);
/// COSE bytes of a TW1/TWZ1 text. Errors: text.prefix, text.length, base45.*, inflate.*.
[[nodiscard]] Result<Bytes> from_text(std::string_view text);

/// What a locator names. scheme as in keys ("TECRO_AIT"), number as printed and normalised.
struct Locator {
    std::string territory; ///< two letters, upper case
    std::string scheme;    ///< ATA, TECRO_AIT, CPD_CN_TW, CA_TW, CPD
    std::string number;
    int colour = 1; ///< 1 yellow, 2 white, 3 blue
    int sheet = 1;  ///< 1 … 99
    int half = 1;   ///< 1 or 2
    bool operator==(const Locator&) const = default;
};

/// "TW1L:US*ATA*US26/104417*Y11*C"; may be typed in small letters and with spaces. Errors: locator.prefix,
/// locator.length, locator.parts, locator.territory, locator.scheme, locator.number, locator.sheet,
/// locator.check, each naming the part and what it should be.
[[nodiscard]] Result<Locator> parse_locator(std::string_view text);
[[nodiscard]] std::string format_locator(const Locator& locator);

/// A carnet's number as records are named by it: upper case, without spaces.
[[nodiscard]] std::string normalise_number(std::string_view number);

} // namespace tidewaiter::claims
