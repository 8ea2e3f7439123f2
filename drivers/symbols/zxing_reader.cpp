#include "drivers/symbols/readers.hpp"

#include <ZXing/ReadBarcode.h>
#include <algorithm>
#include <exception>
#include <optional>

namespace tidewaiter::symbols {
namespace {

using ZXing::BarcodeFormat;

std::optional<Format> format_of(BarcodeFormat format) {
    switch (format) {
    case BarcodeFormat::QRCode: return Format::QrCode;
    case BarcodeFormat::MicroQRCode: return Format::MicroQrCode;
    case BarcodeFormat::Aztec: return Format::Aztec;
    case BarcodeFormat::DataMatrix: return Format::DataMatrix;
    case BarcodeFormat::PDF417: return Format::Pdf417;
    case BarcodeFormat::Code128: return Format::Code128;
    case BarcodeFormat::Code39: return Format::Code39;
    case BarcodeFormat::ITF: return Format::Itf;
    case BarcodeFormat::EAN8: return Format::Ean8;
    case BarcodeFormat::EAN13: return Format::Ean13;
    case BarcodeFormat::UPCA: return Format::UpcA;
    case BarcodeFormat::UPCE: return Format::UpcE;
    default: return std::nullopt;
    }
}

ZXing::BarcodeFormats formats_of(Family family) {
    const ZXing::BarcodeFormats matrix =
        BarcodeFormat::QRCode | BarcodeFormat::Aztec | BarcodeFormat::DataMatrix | BarcodeFormat::PDF417;
    const ZXing::BarcodeFormats sure = matrix | BarcodeFormat::Code128;
    switch (family) {
    case Family::Qr: return BarcodeFormat::QRCode;
    case Family::Matrix: return matrix;
    case Family::Sure: return sure;
    case Family::All: break;
    }
    return sure | BarcodeFormat::MicroQRCode | BarcodeFormat::Code39 | BarcodeFormat::ITF | BarcodeFormat::EAN8 |
           BarcodeFormat::EAN13 | BarcodeFormat::UPCA | BarcodeFormat::UPCE;
}

/// Half of a surrogate pair in a symbol makes its text invalid UTF-8; text is always valid here.
std::string clean_text(std::string text) { return is_utf8(text) ? text : printable(text, 4 * kMaxSymbolBytes); }

std::optional<Symbol> symbol_of(const ZXing::Result& result) {
    const std::optional<Format> format = format_of(result.format());
    if (!result.isValid() || !format || result.bytes().empty() || result.bytes().size() > kMaxSymbolBytes)
        return std::nullopt;
    Symbol symbol;
    symbol.format = *format;
    symbol.bytes.assign(result.bytes().begin(), result.bytes().end());
    symbol.text = clean_text(result.text());
    symbol.is_text = reads_as_text(symbol.bytes);
    symbol.symbology_identifier = result.symbologyIdentifier();
    return symbol;
}

} // namespace

std::vector<Symbol> read_by_zxing(const GreyImage& image, const Look& look) {
    std::vector<Symbol> symbols;
    if (image.width == 0 || image.height == 0) return symbols;
    ZXing::DecodeHints hints;
    hints.setFormats(formats_of(look.family));
    hints.setTryHarder(look.thorough);
    hints.setTryRotate(look.thorough);
    // Its own scaler compares linear symbols of several layers, and there an assertion of 1.4.0 aborts.
    hints.setTryDownscale(false);
    hints.setBinarizer(look.threshold == Threshold::Local ? ZXing::Binarizer::LocalAverage
                                                          : ZXing::Binarizer::GlobalHistogram);
    hints.setMaxNumberOfSymbols(static_cast<std::uint8_t>(std::clamp<std::size_t>(look.max_symbols, 1, kMaxSymbols)));
    try {
        const ZXing::ImageView view(image.pixels.data(), static_cast<int>(image.width),
                                    static_cast<int>(image.height), ZXing::ImageFormat::Lum);
        for (const ZXing::Result& result : ZXing::ReadBarcodes(view, hints))
            if (std::optional<Symbol> symbol = symbol_of(result)) symbols.push_back(std::move(*symbol));
    } catch (const std::exception&) {
        // Hostile pictures make it throw from deep inside; what was found before that stands.
    }
    return symbols;
}

bool reads_as_text(ByteView bytes) {
    const auto is_control = [](std::uint8_t byte) {
        return (byte < 0x20 && byte != '\r' && byte != '\n' && byte != '\t') || byte == 0x7F;
    };
    return is_utf8(as_text(bytes)) && std::none_of(bytes.begin(), bytes.end(), is_control);
}

std::string text_of_qr_bytes(ByteView bytes) {
    if (is_utf8(as_text(bytes))) return std::string(as_text(bytes));
    ZXing::ByteArray copy(static_cast<int>(bytes.size()));
    std::copy(bytes.begin(), bytes.end(), copy.begin());
    const ZXing::Content content(std::move(copy), ZXing::SymbologyIdentifier{'Q', '1'});
    return clean_text(content.utf8());
}

} // namespace tidewaiter::symbols
