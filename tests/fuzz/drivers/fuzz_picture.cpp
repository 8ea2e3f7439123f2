#include "drivers/symbols/read.hpp"
#include "ledger/base/assert.hpp"

/// A picture file: loaded within its limits or refused with a reason, and read without a crash. Small, so that
/// thousands go by in a second.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidewaiter;
    const symbols::PictureLimits limits{.max_file_bytes = 1U << 16U, .max_pixels = 40'000, .max_side = 2'000};
    const auto image = symbols::load_picture(ByteView(data, size), limits);
    if (!image) {
        TW_ASSERT(image.error().code.starts_with("picture.") && !image.error().detail.empty());
        return 0;
    }
    TW_ASSERT(image->pixels.size() == std::size_t{image->width} * image->height);
    TW_ASSERT(image->pixels.size() <= limits.max_pixels);
    const auto found = symbols::read_symbols(*image);
    TW_ASSERT(found && found->size() <= symbols::kMaxSymbols);
    for (const symbols::Symbol& symbol : *found) {
        TW_ASSERT(!symbol.bytes.empty() && symbol.bytes.size() <= symbols::kMaxSymbolBytes);
        TW_ASSERT(is_utf8(symbol.text));
    }
    return 0;
}
