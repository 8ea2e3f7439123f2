#include "drivers/symbols/picture.hpp"

#include "drivers/symbols/decoders.hpp"

#include <algorithm>
#include <array>

namespace tidewaiter::symbols {
namespace {

constexpr std::array<std::uint8_t, 8> kPngMagic{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
constexpr std::array<std::uint8_t, 3> kJpegMagic{0xFF, 0xD8, 0xFF};

bool begins_with(ByteView file, ByteView magic) {
    return file.size() >= magic.size() && std::equal(magic.begin(), magic.end(), file.begin());
}

/// True when the file ends within the magic it began with.
bool cut_within(ByteView file, ByteView magic) {
    return file.size() < magic.size() && std::equal(file.begin(), file.end(), magic.begin());
}

} // namespace

Status check_sides(std::uint64_t width, std::uint64_t height, const PictureLimits& limits) {
    const std::string sides = std::to_string(width) + " x " + std::to_string(height) + " pixels";
    if (width == 0 || height == 0) return fail("picture.corrupt", sides + ": a side of nothing");
    if (width > limits.max_side || height > limits.max_side)
        return fail("picture.too-large", sides + "; a side may have " + std::to_string(limits.max_side));
    if (width * height > limits.max_pixels)
        return fail("picture.too-large",
                    sides + "; at most " + std::to_string(limits.max_pixels) + " are read: scan at a lower resolution");
    return {};
}

Result<GreyImage> load_picture(ByteView file, const PictureLimits& limits) {
    if (file.empty()) return fail("picture.empty", "the file has no bytes");
    if (file.size() > limits.max_file_bytes)
        return fail("picture.too-large", std::to_string(file.size()) + " bytes; a file may have " +
                                             std::to_string(limits.max_file_bytes));
    if (begins_with(file, kPngMagic)) return load_png(file, limits);
    if (begins_with(file, kJpegMagic)) return load_jpeg(file, limits);
    if (cut_within(file, kPngMagic) || cut_within(file, kJpegMagic))
        return fail("picture.truncated", "the file ends after " + std::to_string(file.size()) + " bytes");
    return fail("picture.format", "neither PNG nor JPEG: begins with " +
                                      to_hex(file.first(std::min<std::size_t>(file.size(), 8))));
}

} // namespace tidewaiter::symbols
