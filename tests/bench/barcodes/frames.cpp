#include "tests/bench/barcodes/frames.hpp"

#include "drivers/symbols/write.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace tidewaiter::bench {
namespace {

constexpr std::uint32_t kWidth = 1'280;
constexpr std::uint32_t kHeight = 960;
constexpr double kDark = 40;
constexpr double kLight = 215;
constexpr int kSamples = 3; ///< a side, of each pixel

struct Pose {
    double pixels_per_module;
    double angle;
    double shift;
};

/// The mean brightness of one pixel's area.
double brightness(const symbols::Modules& modules, const Pose& pose, double x, double y) {
    const double cosine = std::cos(pose.angle);
    const double sine = std::sin(pose.angle);
    double sum = 0;
    for (int i = 0; i < kSamples * kSamples; ++i) {
        const double dx = x + (i % kSamples + 0.5) / kSamples - kWidth / 2.0 + pose.shift;
        const double dy = y + (i / kSamples + 0.5) / kSamples - kHeight / 2.0 - pose.shift;
        const double u = (dx * cosine + dy * sine) / pose.pixels_per_module + modules.width / 2.0;
        const double v = (dy * cosine - dx * sine) / pose.pixels_per_module + modules.height / 2.0;
        const bool inside = u >= 0 && v >= 0 && u < modules.width && v < modules.height;
        const bool dark = inside && modules.dark[static_cast<std::size_t>(v) * modules.width + static_cast<std::size_t>(u)] != 0;
        sum += dark ? kDark : kLight;
    }
    return sum / (kSamples * kSamples);
}

symbols::GreyImage photograph(const symbols::Modules& modules, const Pose& pose, std::mt19937& random) {
    std::vector<double> sharp(std::size_t{kWidth} * kHeight);
    for (std::uint32_t y = 0; y < kHeight; ++y)
        for (std::uint32_t x = 0; x < kWidth; ++x) sharp[std::size_t{y} * kWidth + x] = brightness(modules, pose, x, y);
    symbols::GreyImage image{kWidth, kHeight, Bytes(sharp.size())};
    for (std::size_t i = 0; i < sharp.size(); ++i) {
        double value = sharp[i];
        const std::size_t y = i / kWidth;
        if (i % kWidth > 0 && i % kWidth + 1 < kWidth && y > 0 && y + 1 < kHeight)
            value = (4 * value + sharp[i - 1] + sharp[i + 1] + sharp[i - kWidth] + sharp[i + kWidth]) / 8;
        // Twelve uniform numbers make a good enough bell, and the same one with every library.
        double noise = 0;
        for (int n = 0; n < 12; ++n) noise += static_cast<double>(random() % 1'000) / 1'000.0 - 0.5;
        image.pixels[i] = static_cast<std::uint8_t>(std::clamp(value + 4 * noise, 0.0, 255.0));
    }
    return image;
}

} // namespace

std::vector<Frame> make_frames(double pixels) {
    constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    std::mt19937 random(20'261'124);
    std::vector<Frame> frames;
    for (const std::size_t length : {180U, 300U, 480U, 700U, 1'000U, 1'300U})
        for (int i = 0; i < 4; ++i) {
            Frame frame;
            while (frame.text.size() < length) frame.text += alphabet[random() % alphabet.size()];
            const double degrees = static_cast<double>(random() % 240) / 10 - 12;
            const Pose pose{pixels, degrees * std::numbers::pi / 180, static_cast<double>(random() % 100) / 100};
            frame.image = photograph(symbols::qr_modules(frame.text).value(), pose, random);
            frames.push_back(std::move(frame));
        }
    return frames;
}

} // namespace tidewaiter::bench
