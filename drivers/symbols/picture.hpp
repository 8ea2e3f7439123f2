#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/limits.hpp"

#include <cstdint>

namespace tidewaiter::symbols {

/// Eight-bit luminance, rows from the top, no padding: pixels.size() == width * height.
struct GreyImage {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    Bytes pixels;
};

struct PictureLimits {
    std::size_t max_file_bytes = limits::kMaxPictureBytes;
    std::size_t max_pixels = limits::kMaxPicturePixels;
    std::uint32_t max_side = 20'000;
};

/// Decodes a PNG or JPEG file, told apart by its first bytes. Sizes are checked before anything is allocated.
/// Transparent pixels lie on white. A picture cut short is refused, not shown in part.
/// Errors: picture.empty, picture.format (neither PNG nor JPEG), picture.too-large (bytes, pixels or a side),
/// picture.truncated, picture.corrupt.
[[nodiscard]] Result<GreyImage> load_picture(ByteView file, const PictureLimits& limits = {});

} // namespace tidewaiter::symbols
