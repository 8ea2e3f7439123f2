#include "drivers/symbols/write.hpp"

#include <memory>
#include <qrencode.h>

namespace tidewaiter::symbols {
namespace {

constexpr std::string_view kAlphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
constexpr std::size_t kMaxQrChars = 7'089;

struct FreeInput {
    void operator()(QRinput* input) const { QRinput_free(input); }
};
struct FreeCode {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

QRecLevel level_of(Correction correction) {
    switch (correction) {
    case Correction::Low: return QR_ECLEVEL_L;
    case Correction::Medium: return QR_ECLEVEL_M;
    case Correction::Quartile: return QR_ECLEVEL_Q;
    case Correction::High: return QR_ECLEVEL_H;
    }
    return QR_ECLEVEL_M;
}

} // namespace

Result<Modules> qr_modules(std::string_view text, Correction correction) {
    if (text.empty()) return fail("symbols.empty", "a QR code of no text");
    const auto too_long = [&] {
        return fail("symbols.too-long", std::to_string(text.size()) + " characters do not fit a QR code at this correction");
    };
    if (text.size() > kMaxQrChars) return too_long();
    const std::unique_ptr<QRinput, FreeInput> input(QRinput_new2(/*version=*/0, level_of(correction)));
    if (!input) return fail("symbols.too-long", "no memory for a QR code");
    const bool alphanumeric = text.find_first_not_of(kAlphanumeric) == std::string_view::npos;
    const ByteView bytes = as_bytes(text);
    if (QRinput_append(input.get(), alphanumeric ? QR_MODE_AN : QR_MODE_8, static_cast<int>(bytes.size()),
                       bytes.data()) != 0)
        return too_long();
    const std::unique_ptr<QRcode, FreeCode> code(QRcode_encodeInput(input.get()));
    if (!code) return too_long();
    const auto side = static_cast<std::uint32_t>(code->width);
    Modules modules{side, side, Bytes(std::size_t{side} * side)};
    for (std::size_t i = 0; i < modules.dark.size(); ++i) modules.dark[i] = code->data[i] & 1U;
    return modules;
}

Result<Bytes> write_qr_png(std::string_view text, const QrStyle& style) {
    TW_TRY(const Modules modules, qr_modules(text, style.correction));
    return write_png(modules, style.pixels_per_module, style.quiet_modules);
}

} // namespace tidewaiter::symbols
