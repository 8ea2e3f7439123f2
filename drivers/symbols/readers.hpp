#pragma once

#include "drivers/symbols/picture.hpp"
#include "drivers/symbols/symbol.hpp"

#include <vector>

/// The two readers and the scaling between their attempts. Private to this folder.
namespace tidewaiter::symbols {

enum class Threshold {
    Local,  ///< from the neighbourhood of each pixel
    Global, ///< from the histogram
};

enum class Family {
    All,
    Sure,   ///< those whose own check makes a chance reading very unlikely: QR, Aztec, Data Matrix, PDF417, Code 128
    Matrix, ///< the first four of them
    Qr,     ///< QR alone
};

/// How the first reader looks at a picture.
struct Look {
    Family family = Family::All;
    Threshold threshold = Threshold::Local;
    bool thorough = true; ///< every line, and turned by 90 degrees
    std::size_t max_symbols = kMaxSymbols;
};

/// What ZXing finds; what it throws counts as nothing found. Sides must fit its int arithmetic (max_side).
[[nodiscard]] std::vector<Symbol> read_by_zxing(const GreyImage& image, const Look& look);
/// QR codes that zbar finds.
[[nodiscard]] std::vector<Symbol> read_by_zbar(const GreyImage& image, std::size_t max_symbols);
/// `bytes` of a QR code as text: UTF-8 where they are, else by the best guess of their character set.
[[nodiscard]] std::string text_of_qr_bytes(ByteView bytes);
/// True for UTF-8 without control characters but CR, LF and TAB.
[[nodiscard]] bool reads_as_text(ByteView bytes);

/// Each pixel the mean of factor x factor pixels; what does not fill a block at the right and lower edge is left out.
[[nodiscard]] GreyImage reduced(const GreyImage& image, std::uint32_t factor);
/// Twice as wide and high, interpolated bilinearly.
[[nodiscard]] GreyImage enlarged(const GreyImage& image);
[[nodiscard]] GreyImage inverted(const GreyImage& image);

} // namespace tidewaiter::symbols
