#pragma once

#include "drivers/symbols/picture.hpp"

#include <string>
#include <vector>

namespace tidewaiter::bench {

/// A camera's frame with a QR code in it, the same at every run.
struct Frame {
    std::string text;
    symbols::GreyImage image;
};

/// 1280 x 960, tilted by up to 12 degrees, a little blurred and noisy; versions 8 to 24, `pixels` a module.
[[nodiscard]] std::vector<Frame> make_frames(double pixels);

} // namespace tidewaiter::bench
