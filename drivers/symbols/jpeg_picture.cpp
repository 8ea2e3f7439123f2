#include "drivers/symbols/decoders.hpp"

#include <memory>
#include <turbojpeg.h>

namespace tidewaiter::symbols {
namespace {

struct Close {
    void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, Close>;

std::unexpected<Error> error_of(const Handle& handle) {
    const std::string_view message = tjGetErrorStr2(handle.get());
    if (message.find("Maximum supported image dimension") != std::string_view::npos)
        return fail("picture.too-large", "JPEG: " + printable(message));
    const bool early = message.find("Premature end") != std::string_view::npos ||
                       message.find("premature end") != std::string_view::npos;
    return fail(early ? "picture.truncated" : "picture.corrupt", "JPEG: " + printable(message));
}

/// True when the picture can be used after a decompression that returned `code`. Cameras write small faults
/// (stray bytes before a marker) that harm nothing; the rest is an error.
bool usable(const Handle& handle, int code) {
    if (code == 0) return true;
    const std::string_view message = tjGetErrorStr2(handle.get());
    return tjGetErrorCode(handle.get()) == TJERR_WARNING && message.find("extraneous bytes") != std::string_view::npos;
}

/// The four inks as Adobe's programs store them, inverted: 255 is no ink.
GreyImage grey_of_inks(const Bytes& inks, std::uint32_t width, std::uint32_t height) {
    GreyImage image{width, height, Bytes(std::size_t{width} * height)};
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
        const unsigned light = 306U * inks[4 * i] + 601U * inks[4 * i + 1] + 117U * inks[4 * i + 2];
        image.pixels[i] = static_cast<std::uint8_t>((light >> 10U) * inks[4 * i + 3] / 255U);
    }
    return image;
}

} // namespace

Result<GreyImage> load_jpeg(ByteView file, const PictureLimits& limits) {
    const Handle handle(tjInitDecompress());
    if (!handle) return fail("picture.corrupt", "JPEG: no memory for the decoder");
    int width = 0;
    int height = 0;
    int sampling = 0;
    int space = 0;
    const int header = tjDecompressHeader3(handle.get(), file.data(), file.size(), &width, &height, &sampling, &space);
    if (!usable(handle, header)) return error_of(handle);
    if (width < 0 || height < 0) return fail("picture.corrupt", "JPEG: negative sides");
    const auto wide = static_cast<std::uint32_t>(width);
    const auto high = static_cast<std::uint32_t>(height);
    TW_CHECK(check_sides(wide, high, limits));

    const bool inks = space == TJCS_CMYK || space == TJCS_YCCK;
    const int channels = inks ? 4 : 1;
    GreyImage image{wide, high, Bytes(std::size_t{wide} * high * static_cast<std::size_t>(channels))};
    // The limit on scans stops progressive files that are mostly scans of nothing.
    const int code = tjDecompress2(handle.get(), file.data(), file.size(), image.pixels.data(), width,
                                   width * channels, height, inks ? TJPF_CMYK : TJPF_GRAY, TJFLAG_LIMITSCANS);
    if (!usable(handle, code)) return error_of(handle);
    return inks ? grey_of_inks(image.pixels, wide, high) : image;
}

} // namespace tidewaiter::symbols
