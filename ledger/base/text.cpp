#include "ledger/base/bytes.hpp"

namespace tidewaiter {

namespace {

struct Sequence {
    std::size_t length = 0; ///< 0: not UTF-8
    std::uint32_t code_point = 0;
};

/// The UTF-8 sequence that starts at `at` (RFC 3629: shortest form, no surrogates, at most U+10FFFF).
Sequence utf8_sequence(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
    const std::uint32_t first = byte(at);
    if (first < 0x80) return {1, first};
    std::size_t length = 0;
    std::uint32_t code_point = 0;
    std::uint32_t smallest = 0;
    if ((first & 0xE0U) == 0xC0U) {
        length = 2, code_point = first & 0x1FU, smallest = 0x80;
    } else if ((first & 0xF0U) == 0xE0U) {
        length = 3, code_point = first & 0x0FU, smallest = 0x800;
    } else if ((first & 0xF8U) == 0xF0U) {
        length = 4, code_point = first & 0x07U, smallest = 0x10000;
    } else {
        return {};
    }
    if (length > text.size() - at) return {};
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80U) return {};
        code_point = code_point << 6U | (byte(at + i) & 0x3FU);
    }
    const bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    if (code_point < smallest || code_point > 0x10FFFF || is_surrogate) return {};
    return {length, code_point};
}

/// Controls, and the marks that reorder or break lines: they could make one text look like another.
bool is_deceptive(std::uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

std::string escaped(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        out += "\\x" + to_hex({&byte, 1});
    }
    return out;
}

} // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const Sequence sequence = utf8_sequence(text, at);
        if (sequence.length == 0) return false;
        at += sequence.length;
    }
    return true;
}

std::string printable(std::string_view text, std::size_t limit) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const Sequence sequence = utf8_sequence(text, at);
        const std::string_view part = text.substr(at, std::max<std::size_t>(1, sequence.length));
        const bool is_plain = sequence.length > 0 && !is_deceptive(sequence.code_point);
        const std::string shown = is_plain ? std::string(part) : escaped(part);
        if (out.size() + shown.size() > limit) return out + "…";
        out += shown;
        at += part.size();
    }
    return out;
}

} // namespace tidewaiter
