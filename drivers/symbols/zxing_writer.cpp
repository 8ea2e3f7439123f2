#include "drivers/symbols/write.hpp"

#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>
#include <algorithm>
#include <exception>

namespace tidewaiter::symbols {
namespace {

constexpr std::size_t kMaxPdf417Chars = 1'850;
constexpr std::size_t kMaxCode128Chars = 80;
constexpr int kBarHeight = 40;

Result<Bytes> write(ZXing::BarcodeFormat format, std::string_view text, int height, std::uint32_t scale) {
    try {
        const ZXing::BitMatrix matrix =
            ZXing::MultiFormatWriter(format).setMargin(0).encode(std::string(text), /*width=*/1, height);
        Modules modules{static_cast<std::uint32_t>(matrix.width()), static_cast<std::uint32_t>(matrix.height()), {}};
        for (int y = 0; y < matrix.height(); ++y)
            for (int x = 0; x < matrix.width(); ++x) modules.dark.push_back(matrix.get(x, y) ? 1 : 0);
        return write_png(modules, scale, /*quiet_modules=*/10);
    } catch (const std::exception& problem) {
        return fail("symbols.unwritable", printable(problem.what()));
    }
}

} // namespace

Result<Bytes> write_pdf417_png(std::string_view text, std::uint32_t pixels_per_module) {
    if (text.empty()) return fail("symbols.empty", "a PDF417 symbol of no text");
    if (text.size() > kMaxPdf417Chars)
        return fail("symbols.too-long", "PDF417 holds at most " + std::to_string(kMaxPdf417Chars) + " characters");
    return write(ZXing::BarcodeFormat::PDF417, text, /*height=*/1, pixels_per_module);
}

Result<Bytes> write_code128_png(std::string_view text, std::uint32_t pixels_per_module) {
    if (text.empty()) return fail("symbols.empty", "a Code 128 symbol of no text");
    if (text.size() > kMaxCode128Chars)
        return fail("symbols.too-long", "Code 128 is written with at most " + std::to_string(kMaxCode128Chars) + " characters");
    const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (!ascii) return fail("symbols.unwritable", "Code 128 is written with printable ASCII characters only");
    return write(ZXing::BarcodeFormat::Code128, text, kBarHeight, pixels_per_module);
}

} // namespace tidewaiter::symbols
