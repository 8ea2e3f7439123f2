#pragma once

#include "ledger/base/bytes.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter::symbols {

/// The symbologies that are read. DataBar is not: the reader aborts on known pictures of it.
enum class Format : std::uint8_t {
    QrCode = 1,
    MicroQrCode,
    Aztec,
    DataMatrix,
    Pdf417,
    Code128,
    Code39,
    Itf,
    Ean8,
    Ean13,
    UpcA,
    UpcE,
};
inline constexpr std::array kFormats{Format::QrCode,     Format::MicroQrCode, Format::Aztec,   Format::DataMatrix,
                                     Format::Pdf417,     Format::Code128,     Format::Code39,  Format::Itf,
                                     Format::Ean8,       Format::Ean13,       Format::UpcA,    Format::UpcE};

/// "QR", "PDF417", …: for people and logs.
[[nodiscard]] std::string_view format_name(Format format);

/// One symbol found in a picture. Untrusted, like the picture.
struct Symbol {
    Format format = Format::QrCode;
    std::string text;                 ///< UTF-8, as the symbol's character set (or a guess of it) gives it
    Bytes bytes;                      ///< exactly what the symbol holds; what is verified
    bool is_text = false;             ///< the bytes themselves are UTF-8 without control characters but CR, LF, TAB
    std::string symbology_identifier; ///< AIM: "]Q1"; may be empty
    bool operator==(const Symbol&) const = default;
};

/// No picture yields more; further ones are left out.
inline constexpr std::size_t kMaxSymbols = 16;
/// The largest content of one symbol (QR 40-L in byte mode has 2,953; 7,089 digits in numeric mode).
inline constexpr std::size_t kMaxSymbolBytes = 8'192;

} // namespace tidewaiter::symbols
