#pragma once

#include "drivers/symbols/symbol.hpp"
#include "ledger/base/limits.hpp"

#include <array>
#include <chrono>
#include <variant>

/// What goes between a program and its decoder, each way in frames of a big-endian length and that many bytes.
/// To the decoder: length (4), time allowed in milliseconds (4), the picture file. Back: length (4), CBOR
/// {1: kind, 2: [[format, bytes, text, is text, symbology identifier]], 3: error code, 4: error detail}.
namespace tidewaiter::decoder {

inline constexpr std::size_t kPictureHeadBytes = 8;
inline constexpr std::size_t kAnswerHeadBytes = 4;
inline constexpr std::size_t kMaxAnswerBytes = 1U << 20U;

struct Ready {}; ///< said once, after the decoder has shut itself in
using Symbols = std::vector<symbols::Symbol>;
using Answer = std::variant<Ready, Symbols, Error>;

[[nodiscard]] std::array<std::uint8_t, kPictureHeadBytes> picture_head(std::size_t size, std::chrono::milliseconds allowed);
struct PictureHead {
    std::uint32_t size;
    std::chrono::milliseconds allowed;
};
/// Error: decoder.protocol (no size, or above kMaxPictureBytes).
[[nodiscard]] Result<PictureHead> parse_picture_head(const std::array<std::uint8_t, kPictureHeadBytes>& head);

/// Head and body in one.
[[nodiscard]] Bytes encode_answer(const Answer& answer);
/// Error: decoder.protocol (nothing, or above kMaxAnswerBytes).
[[nodiscard]] Result<std::size_t> parse_answer_head(const std::array<std::uint8_t, kAnswerHeadBytes>& head);
/// The body, from a process that may have been taken over: sizes, counts and error codes are all checked.
/// Error: decoder.protocol.
[[nodiscard]] Result<Answer> decode_answer(ByteView body);

} // namespace tidewaiter::decoder
