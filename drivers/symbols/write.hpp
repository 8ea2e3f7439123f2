#pragma once

#include "ledger/base/bytes.hpp"

#include <cstdint>
#include <string_view>

namespace tidewaiter::symbols {

/// Restores about 7, 15, 25, 30 % of a QR code.
enum class Correction : std::uint8_t { Low, Medium, Quartile, High };

struct QrStyle {
    Correction correction = Correction::Medium;
    std::uint32_t pixels_per_module = 8; ///< 1 … 64
    std::uint32_t quiet_modules = 4;     ///< 0 … 32
};

/// A symbol's modules, rows from the top; 1 is dark. No quiet zone.
struct Modules {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    Bytes dark;
};

/// The modules of a QR code. Text of the 45 alphanumeric characters is written in alphanumeric mode, else bytes.
/// Errors: symbols.empty, symbols.too-long (no version holds it at this correction).
[[nodiscard]] Result<Modules> qr_modules(std::string_view text, Correction correction = Correction::Medium);
/// A one-bit grey PNG of the modules. Error: symbols.style (scale or quiet zone out of range).
[[nodiscard]] Result<Bytes> write_png(const Modules& modules, std::uint32_t pixels_per_module,
                                      std::uint32_t quiet_modules);
/// A PNG file with a QR code of the text. Errors: as the two above.
[[nodiscard]] Result<Bytes> write_qr_png(std::string_view text, const QrStyle& style = {});

/// PNG files for demonstration pictures and tests, by the reader's own writer (library `symbols`).
/// Errors: symbols.empty, symbols.too-long, symbols.unwritable (characters the symbology does not have).
[[nodiscard]] Result<Bytes> write_pdf417_png(std::string_view text, std::uint32_t pixels_per_module = 3);
[[nodiscard]] Result<Bytes> write_code128_png(std::string_view text, std::uint32_t pixels_per_module = 3);

} // namespace tidewaiter::symbols
