#include "drivers/symbols/read.hpp"
#include "ledger/base/assert.hpp"

namespace {

using namespace tidewaiter;

void read(const symbols::GreyImage& image) {
    const auto found = symbols::read_symbols(image);
    TW_ASSERT(found && found->size() <= symbols::kMaxSymbols);
    for (const symbols::Symbol& symbol : *found) {
        TW_ASSERT(!symbol.bytes.empty() && symbol.bytes.size() <= symbols::kMaxSymbolBytes);
        TW_ASSERT(is_utf8(symbol.text));
    }
}

/// Bytes that are no picture file are pixels: a checksum then does not stand between a mutation and the readers.
void read_as_pixels(ByteView input) {
    if (input.size() < 2) return;
    const std::uint32_t width = input[0] + 1U;
    const auto height = static_cast<std::uint32_t>((input.size() - 1) / width);
    if (height > 0) read({width, height, to_bytes(input.subspan(1, std::size_t{width} * height))});
}

} // namespace

/// A picture file: loaded within its limits or refused with a reason, and read without a crash. Small, so that
/// thousands go by in a second.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    const symbols::PictureLimits limits{.max_file_bytes = 1U << 16U, .max_pixels = 40'000, .max_side = 2'000};
    const auto image = symbols::load_picture(input, limits);
    if (!image) {
        TW_ASSERT(image.error().code.starts_with("picture.") && !image.error().detail.empty());
        if (image.error().code == "picture.format") read_as_pixels(input);
        return 0;
    }
    TW_ASSERT(image->pixels.size() == std::size_t{image->width} * image->height);
    TW_ASSERT(image->pixels.size() <= limits.max_pixels);
    read(*image);
    return 0;
}
