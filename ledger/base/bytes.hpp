#pragma once

#include "ledger/base/result.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

using Bytes = std::vector<std::uint8_t>;
/// Borrowed bytes: valid for the call only.
using ByteView = std::span<const std::uint8_t>;
/// A SHA-256 value.
using Hash = std::array<std::uint8_t, 32>;

[[nodiscard]] ByteView as_bytes(std::string_view text);
[[nodiscard]] std::string_view as_text(ByteView bytes);
[[nodiscard]] Bytes to_bytes(ByteView bytes);
void append(Bytes& to, ByteView bytes);
[[nodiscard]] bool equal(ByteView a, ByteView b);

/// Lower-case hex.
[[nodiscard]] std::string to_hex(ByteView bytes);
/// Upper or lower case, even length. Errors: hex.length, hex.digit (with the offset).
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);
/// As from_hex, of exactly N bytes (else hex.length).
template <std::size_t N>
[[nodiscard]] Result<std::array<std::uint8_t, N>> from_hex_fixed(std::string_view text) {
    TW_TRY(const Bytes bytes, from_hex(text));
    if (bytes.size() != N) return fail("hex.length", "expected " + std::to_string(N) + " bytes");
    std::array<std::uint8_t, N> fixed{};
    std::copy(bytes.begin(), bytes.end(), fixed.begin());
    return fixed;
}

/// Standard base64 with padding. Error: base64.invalid (with the offset).
[[nodiscard]] std::string to_base64(ByteView bytes);
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);

/// Untrusted text for people: control and invalid UTF-8 bytes escaped as \xNN, cut at `limit` bytes with "…".
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 200);
[[nodiscard]] bool is_utf8(std::string_view text);

struct CodePoint {
    std::size_t length = 0; ///< in bytes; 0: these are not UTF-8
    char32_t value = 0;
};
/// The character at an offset below text.size() (RFC 3629: shortest form, no surrogates, at most U+10FFFF).
[[nodiscard]] CodePoint code_point_at(std::string_view text, std::size_t offset);
/// Controls, and the marks that reorder or break lines: they could make one text look like another.
[[nodiscard]] bool is_deceptive(char32_t character);

} // namespace tidewaiter
