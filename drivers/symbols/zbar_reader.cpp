#include "drivers/symbols/readers.hpp"

#include <memory>
#include <zbar.h>

namespace tidewaiter::symbols {
namespace {

struct FreeScanner {
    void operator()(zbar::zbar_image_scanner_t* scanner) const { zbar::zbar_image_scanner_destroy(scanner); }
};
struct FreeImage {
    void operator()(zbar::zbar_image_t* image) const { zbar::zbar_image_destroy(image); }
};

constexpr int kLineStep = 2;
constexpr unsigned long kGrey = 0x30303859; // "Y800"

bool is_gs1(const zbar::zbar_symbol_t* symbol) {
    return (zbar::zbar_symbol_get_modifiers(symbol) & (1U << zbar::ZBAR_MOD_GS1)) != 0;
}

} // namespace

std::vector<Symbol> read_by_zbar(const GreyImage& image, std::size_t max_symbols) {
    std::vector<Symbol> symbols;
    const std::unique_ptr<zbar::zbar_image_scanner_t, FreeScanner> scanner(zbar::zbar_image_scanner_create());
    const std::unique_ptr<zbar::zbar_image_t, FreeImage> picture(zbar::zbar_image_create());
    if (!scanner || !picture) return symbols;
    zbar::zbar_image_scanner_set_config(scanner.get(), zbar::ZBAR_NONE, zbar::ZBAR_CFG_ENABLE, 0);
    zbar::zbar_image_scanner_set_config(scanner.get(), zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
    // Else it converts the content to a character set of its guess, and the bytes are lost.
    zbar::zbar_image_scanner_set_config(scanner.get(), zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_BINARY, 1);
    // Every second line: half the time, and a finder pattern is crossed often enough.
    zbar::zbar_image_scanner_set_config(scanner.get(), zbar::ZBAR_NONE, zbar::ZBAR_CFG_X_DENSITY, kLineStep);
    zbar::zbar_image_scanner_set_config(scanner.get(), zbar::ZBAR_NONE, zbar::ZBAR_CFG_Y_DENSITY, kLineStep);
    zbar::zbar_image_set_format(picture.get(), kGrey);
    zbar::zbar_image_set_size(picture.get(), image.width, image.height);
    zbar::zbar_image_set_data(picture.get(), image.pixels.data(), image.pixels.size(), nullptr);
    if (zbar::zbar_scan_image(scanner.get(), picture.get()) <= 0) return symbols;
    for (const zbar::zbar_symbol_t* found = zbar::zbar_image_first_symbol(picture.get());
         found != nullptr && symbols.size() < max_symbols; found = zbar::zbar_symbol_next(found)) {
        const std::size_t size = zbar::zbar_symbol_get_data_length(found);
        if (zbar::zbar_symbol_get_type(found) != zbar::ZBAR_QRCODE || size == 0 || size > kMaxSymbolBytes) continue;
        const std::string_view data(zbar::zbar_symbol_get_data(found), size);
        Symbol symbol;
        symbol.format = Format::QrCode;
        symbol.bytes = to_bytes(as_bytes(data));
        symbol.text = text_of_qr_bytes(symbol.bytes);
        symbol.is_text = reads_as_text(symbol.bytes);
        symbol.symbology_identifier = is_gs1(found) ? "]Q3" : "]Q1";
        symbols.push_back(std::move(symbol));
    }
    return symbols;
}

} // namespace tidewaiter::symbols
