#pragma once

#include "drivers/symbols/picture.hpp"

#include <functional>

/// Picture files of every kind, made on the spot.
namespace tidewaiter::test {

struct PngKind {
    int color_type = 0; ///< as PNG numbers them: 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha
    int depth = 8;
    bool interlaced = false;
};

/// A PNG whose pixels have the grey values of `image`, in colour types with alpha fully opaque.
[[nodiscard]] Bytes make_png(const symbols::GreyImage& image, const PngKind& kind);

enum class JpegKind { Grey, Colour, Progressive, Inks };
[[nodiscard]] Bytes make_jpeg(const symbols::GreyImage& image, JpegKind kind);

/// A PNG chunk with its right checksum.
[[nodiscard]] Bytes png_chunk(std::string_view type, ByteView data);
/// Signature and header of an eight-bit grey PNG that claims these sides, and nothing else.
[[nodiscard]] Bytes png_claiming(std::uint32_t width, std::uint32_t height);

/// A smooth pattern, so that scaling and JPEG keep it recognisable.
[[nodiscard]] symbols::GreyImage slope(std::uint32_t width, std::uint32_t height);
/// The greatest difference of two pictures' pixels; 256 when their sides differ.
[[nodiscard]] int difference(const symbols::GreyImage& a, const symbols::GreyImage& b);

} // namespace tidewaiter::test
