#pragma once

#include "drivers/symbols/picture.hpp"

/// What lies between picture.cpp and the two picture libraries. Private to this folder.
namespace tidewaiter::symbols {

[[nodiscard]] Result<GreyImage> load_png(ByteView file, const PictureLimits& limits);
[[nodiscard]] Result<GreyImage> load_jpeg(ByteView file, const PictureLimits& limits);

/// picture.corrupt for a side of zero, picture.too-large beyond the limits.
[[nodiscard]] Status check_sides(std::uint64_t width, std::uint64_t height, const PictureLimits& limits);

} // namespace tidewaiter::symbols
