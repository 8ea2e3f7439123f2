#include "drivers/symbols/write.hpp"

#include <csetjmp>
#include <png.h>

namespace tidewaiter::symbols {
namespace {

constexpr std::uint32_t kMaxScale = 64;
constexpr std::uint32_t kMaxQuiet = 32;

void write_bytes(png_structp png, png_bytep from, std::size_t count) {
    append(*static_cast<Bytes*>(png_get_io_ptr(png)), ByteView(from, count));
}

void flush(png_structp /*png*/) {}

/// Rows of one bit a pixel, 1 is white: what PNG calls one-bit grey.
Bytes packed_rows(const Modules& modules, std::uint32_t scale, std::uint32_t quiet, std::uint32_t width,
                  std::uint32_t height) {
    const std::size_t stride = (std::size_t{width} + 7) / 8;
    Bytes rows(stride * height, 0xFF);
    for (std::uint32_t y = quiet * scale; y < height - quiet * scale; ++y)
        for (std::uint32_t x = quiet * scale; x < width - quiet * scale; ++x) {
            const std::size_t module = std::size_t{y / scale - quiet} * modules.width + (x / scale - quiet);
            if (modules.dark[module] != 0)
                rows[y * stride + x / 8] = static_cast<std::uint8_t>(rows[y * stride + x / 8] & ~(0x80U >> x % 8));
        }
    return rows;
}

/// Between setjmp and the calls that may jump lies nothing that needs a destructor.
bool compress(png_structp png, png_infop info, Bytes& to, Bytes& rows, std::uint32_t width, std::uint32_t height) {
    if (setjmp(png_jmpbuf(png)) != 0) return false;
    png_set_write_fn(png, &to, write_bytes, flush);
    png_set_IHDR(png, info, width, height, /*bit_depth=*/1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    const std::size_t stride = (std::size_t{width} + 7) / 8;
    for (std::uint32_t y = 0; y < height; ++y) png_write_row(png, rows.data() + y * stride);
    png_write_end(png, info);
    return true;
}

} // namespace

Result<Bytes> write_png(const Modules& modules, std::uint32_t pixels_per_module, std::uint32_t quiet_modules) {
    if (pixels_per_module < 1 || pixels_per_module > kMaxScale)
        return fail("symbols.style", "pixels per module: 1 to " + std::to_string(kMaxScale));
    if (quiet_modules > kMaxQuiet) return fail("symbols.style", "quiet zone: 0 to " + std::to_string(kMaxQuiet) + " modules");
    if (modules.dark.empty() || modules.dark.size() != std::size_t{modules.width} * modules.height ||
        modules.width > 4'096 || modules.height > 4'096)
        return fail("symbols.style", "the modules do not fill their rows");
    const std::uint32_t width = (modules.width + 2 * quiet_modules) * pixels_per_module;
    const std::uint32_t height = (modules.height + 2 * quiet_modules) * pixels_per_module;
    Bytes rows = packed_rows(modules, pixels_per_module, quiet_modules, width, height);
    Bytes file;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
    const bool done = info != nullptr && compress(png, info, file, rows, width, height);
    png_destroy_write_struct(&png, &info);
    if (!done) return fail("symbols.style", "the picture cannot be compressed");
    return file;
}

} // namespace tidewaiter::symbols
