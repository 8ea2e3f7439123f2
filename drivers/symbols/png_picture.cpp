#include "drivers/symbols/decoders.hpp"

#include <array>
#include <csetjmp>
#include <cstring>
#include <numeric>
#include <png.h>

namespace tidewaiter::symbols {
namespace {

constexpr png_alloc_size_t kMaxChunkBytes = 1U << 20U;
constexpr png_uint_32 kMaxChunks = 256;

/// What libpng's callbacks see.
struct Source {
    ByteView file;
    std::size_t position = 0;
    bool ran_out = false;
    char message[128] = {};
};

void read_bytes(png_structp png, png_bytep to, std::size_t count) {
    auto* source = static_cast<Source*>(png_get_io_ptr(png));
    if (count > source->file.size() - source->position) {
        source->ran_out = true;
        png_error(png, "the file ends early");
    }
    std::memcpy(to, source->file.data() + source->position, count);
    source->position += count;
}

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
    auto* source = static_cast<Source*>(png_get_error_ptr(png));
    std::strncpy(source->message, message, sizeof source->message - 1);
    png_longjmp(png, 1);
}

void on_warning(png_structp /*png*/, png_const_charp /*message*/) {}

std::uint32_t big_endian(ByteView at) {
    return std::uint32_t{at[0]} << 24U | std::uint32_t{at[1]} << 16U | std::uint32_t{at[2]} << 8U | at[3];
}

/// The sides stand at a fixed place; they are judged before libpng sees the file.
Result<std::pair<std::uint32_t, std::uint32_t>> sides(ByteView file) {
    if (file.size() < 33) return fail("picture.truncated", "PNG: the file ends within its header");
    if (big_endian(file.subspan(8)) != 13 || as_text(file.subspan(12, 4)) != "IHDR")
        return fail("picture.corrupt", "PNG: does not begin with its header chunk");
    return std::pair{big_endian(file.subspan(16)), big_endian(file.subspan(20))};
}

/// The weights of ITU-R BT.601, as the readers' own conversions have them.
std::uint8_t grey_of(unsigned red, unsigned green, unsigned blue) {
    return static_cast<std::uint8_t>((306U * red + 601U * green + 117U * blue + 512U) >> 10U);
}

std::uint8_t on_white(unsigned value, unsigned alpha) {
    return static_cast<std::uint8_t>((value * alpha + 255U * (255U - alpha) + 127U) / 255U);
}

using Table = std::array<std::uint8_t, 256>;

/// One row of eight-bit samples to grey. One channel: a value looked up in `table`; two and four end in alpha.
void convert(const std::uint8_t* from, std::uint8_t* to, std::uint32_t width, unsigned channels, const Table& table) {
    for (std::uint32_t x = 0; x < width; ++x, from += channels) {
        switch (channels) {
        case 1: to[x] = table[from[0]]; break;
        case 2: to[x] = on_white(from[0], from[1]); break;
        case 3: to[x] = grey_of(from[0], from[1], from[2]); break;
        default: to[x] = on_white(grey_of(from[0], from[1], from[2]), from[3]); break;
        }
    }
}

class PngReader {
  public:
    explicit PngReader(ByteView file) {
        source_.file = file;
        png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source_, on_error, on_warning);
        if (png_ != nullptr) info_ = png_create_info_struct(png_);
    }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;
    ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

    /// Reads up to the first row; afterwards rows come as whole bytes, one to four of them a pixel.
    bool begin(const PictureLimits& limits) {
        if (png_ == nullptr || info_ == nullptr) return false;
        if (setjmp(png_jmpbuf(png_)) != 0) return false;
        png_set_user_limits(png_, limits.max_side, limits.max_side);
        png_set_chunk_malloc_max(png_, kMaxChunkBytes);
        png_set_chunk_cache_max(png_, kMaxChunks);
        png_set_read_fn(png_, &source_, read_bytes);
        png_read_info(png_, info_);
        if (png_get_color_type(png_, info_) == PNG_COLOR_TYPE_PALETTE) {
            fill_palette_table();
            png_set_packing(png_);
        } else {
            png_set_expand(png_);
            png_set_scale_16(png_);
        }
        passes_ = png_set_interlace_handling(png_);
        png_read_update_info(png_, info_);
        return true;
    }

    /// Rows for reading into: one, or all of them when they come in several passes.
    void make_room(std::uint32_t height) { rows_.resize(row_bytes() * (passes_ > 1 ? height : 1U)); }

    bool read(GreyImage& image) {
        if (setjmp(png_jmpbuf(png_)) != 0) return false;
        for (int pass = 0; pass < passes_; ++pass)
            for (std::uint32_t y = 0; y < image.height; ++y) {
                std::uint8_t* row = rows_.data() + (passes_ > 1 ? y * row_bytes() : 0U);
                png_read_row(png_, row, nullptr);
                if (pass + 1 == passes_)
                    convert(row, image.pixels.data() + std::size_t{y} * image.width, image.width, channels(), table_);
            }
        return true;
    }

    [[nodiscard]] std::size_t row_bytes() const { return png_get_rowbytes(png_, info_); }
    [[nodiscard]] unsigned channels() const { return png_get_channels(png_, info_); }
    [[nodiscard]] unsigned depth() const { return png_get_bit_depth(png_, info_); }

    [[nodiscard]] std::unexpected<Error> error() const {
        const std::string text = std::string("PNG: ") + printable(source_.message);
        if (source_.ran_out || std::strcmp(source_.message, "Not enough image data") == 0)
            return fail("picture.truncated", text);
        return fail("picture.corrupt", text);
    }

  private:
    void fill_palette_table() {
        png_colorp colors = nullptr;
        int count = 0;
        png_bytep alphas = nullptr;
        int alpha_count = 0;
        png_get_PLTE(png_, info_, &colors, &count);
        png_get_tRNS(png_, info_, &alphas, &alpha_count, nullptr);
        for (int i = 0; i < count && i < 256; ++i) {
            const unsigned alpha = alphas != nullptr && i < alpha_count ? alphas[i] : 255U;
            table_[static_cast<std::size_t>(i)] = on_white(grey_of(colors[i].red, colors[i].green, colors[i].blue), alpha);
        }
    }

    static Table identity() {
        Table table{};
        std::iota(table.begin(), table.end(), std::uint8_t{0});
        return table;
    }

    Source source_;
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
    int passes_ = 1;
    Bytes rows_;
    Table table_ = identity();
};

} // namespace

Result<GreyImage> load_png(ByteView file, const PictureLimits& limits) {
    TW_TRY(const auto size, sides(file));
    TW_CHECK(check_sides(size.first, size.second, limits));
    PngReader reader(file);
    if (!reader.begin(limits)) return reader.error();
    if (reader.depth() > 8 || reader.channels() < 1 || reader.channels() > 4 ||
        reader.row_bytes() != std::size_t{size.first} * reader.channels())
        return fail("picture.corrupt", "PNG: an unknown kind of pixel");
    GreyImage image{size.first, size.second, Bytes(std::size_t{size.first} * size.second)};
    reader.make_room(size.second);
    if (!reader.read(image)) return reader.error();
    return image;
}

} // namespace tidewaiter::symbols
