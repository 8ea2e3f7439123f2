#include "drivers/symbols/readers.hpp"

#include "ledger/base/assert.hpp"

#include <algorithm>

namespace tidewaiter::symbols {

GreyImage reduced(const GreyImage& image, std::uint32_t factor) {
    TW_ASSERT(factor > 0);
    const std::uint32_t width = image.width / factor;
    const std::uint32_t height = image.height / factor;
    GreyImage small{width, height, Bytes(std::size_t{width} * height)};
    std::vector<std::uint32_t> sums(width);
    for (std::uint32_t y = 0; y < height; ++y) {
        std::fill(sums.begin(), sums.end(), 0U);
        for (std::uint32_t inner = 0; inner < factor; ++inner) {
            const std::uint8_t* row = image.pixels.data() + std::size_t{y * factor + inner} * image.width;
            for (std::uint32_t x = 0; x < width; ++x)
                for (std::uint32_t i = 0; i < factor; ++i) sums[x] += *row++;
        }
        std::uint8_t* to = small.pixels.data() + std::size_t{y} * width;
        for (std::uint32_t x = 0; x < width; ++x) to[x] = static_cast<std::uint8_t>(sums[x] / (factor * factor));
    }
    return small;
}

GreyImage enlarged(const GreyImage& image) {
    const std::size_t width = std::size_t{image.width} * 2;
    GreyImage big{image.width * 2, image.height * 2, Bytes(width * image.height * 2)};
    const auto mean = [](unsigned a, unsigned b) { return static_cast<std::uint8_t>((a + b + 1U) / 2U); };
    // Each row is first stretched sideways; the row between two is their mean.
    for (std::uint32_t y = 0; y < image.height; ++y) {
        const std::uint8_t* from = image.pixels.data() + std::size_t{y} * image.width;
        std::uint8_t* to = big.pixels.data() + std::size_t{y} * 2 * width;
        for (std::uint32_t x = 0; x < image.width; ++x) {
            to[2 * x] = from[x];
            to[2 * x + 1] = x + 1 < image.width ? mean(from[x], from[x + 1]) : from[x];
        }
    }
    for (std::uint32_t y = 0; y < image.height; ++y) {
        const std::uint8_t* above = big.pixels.data() + std::size_t{y} * 2 * width;
        const std::uint8_t* below = y + 1 < image.height ? above + 2 * width : above;
        std::uint8_t* to = big.pixels.data() + (std::size_t{y} * 2 + 1) * width;
        for (std::size_t x = 0; x < width; ++x) to[x] = mean(above[x], below[x]);
    }
    return big;
}

GreyImage inverted(const GreyImage& image) {
    GreyImage other{image.width, image.height, Bytes(image.pixels.size())};
    std::transform(image.pixels.begin(), image.pixels.end(), other.pixels.begin(),
                   [](std::uint8_t value) { return static_cast<std::uint8_t>(255 - value); });
    return other;
}

} // namespace tidewaiter::symbols
