#include "tests/unit/drivers/symbols/made_pictures.hpp"

#include <gtest/gtest.h>
#include <png.h>
#include <turbojpeg.h>

namespace tidewaiter::test {
namespace {

void collect(png_structp png, png_bytep from, std::size_t count) {
    append(*static_cast<Bytes*>(png_get_io_ptr(png)), ByteView(from, count));
}

void put_number(Bytes& to, std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<std::uint8_t>(number >> shift));
}

/// One pixel as the file holds it; depths below eight are only made for grey and palettes of 1 bit.
void put_pixel(Bytes& row, std::uint8_t grey, const PngKind& kind) {
    const int samples = kind.color_type == PNG_COLOR_TYPE_RGB          ? 3
                        : kind.color_type == PNG_COLOR_TYPE_RGB_ALPHA  ? 4
                        : kind.color_type == PNG_COLOR_TYPE_GRAY_ALPHA ? 2
                                                                       : 1;
    const bool has_alpha = (kind.color_type & PNG_COLOR_MASK_ALPHA) != 0;
    for (int i = 0; i < samples; ++i) {
        const std::uint8_t value = has_alpha && i + 1 == samples ? 255 : grey;
        row.push_back(value);
        if (kind.depth == 16) row.push_back(value);
    }
}

} // namespace

Bytes make_png(const symbols::GreyImage& image, const PngKind& kind) {
    Bytes file;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, &file, collect, nullptr);
    png_set_IHDR(png, info, image.width, image.height, kind.depth, kind.color_type,
                 kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(png, 1);
    png_set_filter(png, 0, PNG_FILTER_NONE);
    if (kind.color_type == PNG_COLOR_TYPE_PALETTE) {
        // The palette runs backwards, so that an index taken for a grey value shows.
        std::array<png_color, 256> palette{};
        for (std::size_t i = 0; i < palette.size(); ++i) {
            const auto value = static_cast<png_byte>(255 - i);
            palette[i] = {value, value, value};
        }
        png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
    }
    png_write_info(png, info);
    Bytes pixels;
    for (const std::uint8_t grey : image.pixels)
        put_pixel(pixels, kind.color_type == PNG_COLOR_TYPE_PALETTE ? static_cast<std::uint8_t>(255 - grey) : grey, kind);
    std::vector<png_bytep> rows;
    for (std::uint32_t y = 0; y < image.height; ++y) rows.push_back(pixels.data() + y * (pixels.size() / image.height));
    png_write_image(png, rows.data());
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return file;
}

Bytes make_jpeg(const symbols::GreyImage& image, JpegKind kind) {
    const int channels = kind == JpegKind::Grey ? 1 : kind == JpegKind::Inks ? 4 : 3;
    Bytes pixels;
    for (const std::uint8_t grey : image.pixels)
        // Inverted inks: all of the light is taken by black, cyan, magenta and yellow take none.
        for (int i = 0; i < channels; ++i) pixels.push_back(kind == JpegKind::Inks && i < 3 ? 255 : grey);
    const tjhandle handle = tjInitCompress();
    unsigned char* out = nullptr;
    unsigned long size = 0;
    const int format = kind == JpegKind::Grey ? TJPF_GRAY : kind == JpegKind::Inks ? TJPF_CMYK : TJPF_RGB;
    const int code = tjCompress2(handle, pixels.data(), static_cast<int>(image.width), 0, static_cast<int>(image.height),
                                 format, &out, &size, kind == JpegKind::Grey ? TJSAMP_GRAY : TJSAMP_444,
                                 /*jpegQual=*/95, kind == JpegKind::Progressive ? TJFLAG_PROGRESSIVE : 0);
    EXPECT_EQ(code, 0) << tjGetErrorStr2(handle);
    Bytes file(out, out + size);
    tjFree(out);
    tjDestroy(handle);
    return file;
}

Bytes png_chunk(std::string_view type, ByteView data) {
    Bytes chunk;
    put_number(chunk, static_cast<std::uint32_t>(data.size()));
    append(chunk, as_bytes(type));
    append(chunk, data);
    std::uint32_t remainder = 0xFFFFFFFFU;
    for (std::size_t i = 4; i < chunk.size(); ++i) {
        remainder ^= chunk[i];
        for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    put_number(chunk, ~remainder);
    return chunk;
}

Bytes png_claiming(std::uint32_t width, std::uint32_t height) {
    Bytes header;
    put_number(header, width);
    put_number(header, height);
    append(header, Bytes{8, 0, 0, 0, 0});
    Bytes file{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    append(file, png_chunk("IHDR", header));
    return file;
}

symbols::GreyImage slope(std::uint32_t width, std::uint32_t height) {
    symbols::GreyImage image{width, height, {}};
    for (std::uint32_t y = 0; y < height; ++y)
        for (std::uint32_t x = 0; x < width; ++x)
            image.pixels.push_back(static_cast<std::uint8_t>((x * 200 / width) + (y * 50 / height)));
    return image;
}

int difference(const symbols::GreyImage& a, const symbols::GreyImage& b) {
    if (a.width != b.width || a.height != b.height || a.pixels.size() != b.pixels.size()) return 256;
    int greatest = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        greatest = std::max(greatest, std::abs(int{a.pixels[i]} - int{b.pixels[i]}));
    return greatest;
}

} // namespace tidewaiter::test
