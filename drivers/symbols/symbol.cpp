#include "drivers/symbols/symbol.hpp"

namespace tidewaiter::symbols {

std::string_view format_name(Format format) {
    switch (format) {
    case Format::QrCode: return "QR";
    case Format::MicroQrCode: return "Micro QR";
    case Format::Aztec: return "Aztec";
    case Format::DataMatrix: return "Data Matrix";
    case Format::Pdf417: return "PDF417";
    case Format::Code128: return "Code 128";
    case Format::Code39: return "Code 39";
    case Format::Itf: return "ITF";
    case Format::Ean8: return "EAN-8";
    case Format::Ean13: return "EAN-13";
    case Format::UpcA: return "UPC-A";
    case Format::UpcE: return "UPC-E";
    }
    return "unknown";
}

} // namespace tidewaiter::symbols
