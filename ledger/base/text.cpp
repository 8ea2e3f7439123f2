#include "ledger/base/bytes.hpp"

namespace tidewaiter {

namespace {

std::string escaped(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        out += "\\x" + to_hex({&byte, 1});
    }
    return out;
}

} // namespace

CodePoint code_point_at(std::string_view text, std::size_t offset) {
    const auto byte = [&](std::size_t i) -> std::uint32_t { return static_cast<std::uint8_t>(text[offset + i]); };
    const std::uint32_t first = byte(0);
    if (first < 0x80) return {.length = 1, .value = first};
    std::size_t length = 0;
    std::uint32_t value = 0;
    std::uint32_t smallest = 0;
    if ((first & 0xE0U) == 0xC0U) {
        length = 2, value = first & 0x1FU, smallest = 0x80;
    } else if ((first & 0xF0U) == 0xE0U) {
        length = 3, value = first & 0x0FU, smallest = 0x800;
    } else if ((first & 0xF8U) == 0xF0U) {
        length = 4, value = first & 0x07U, smallest = 0x10000;
    } else {
        return {};
    }
    if (length > text.size() - offset) return {};
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return {};
        value = value << 6U | (byte(i) & 0x3FU);
    }
    const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < smallest || value > 0x10FFFF || is_surrogate) return {};
    return {.length = length, .value = value};
}

bool is_deceptive(char32_t character) {
    const std::uint32_t c = character;
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint character = code_point_at(text, at);
        if (character.length == 0) return false;
        at += character.length;
    }
    return true;
}

std::string printable(std::string_view text, std::size_t limit) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint character = code_point_at(text, at);
        const std::string_view part = text.substr(at, std::max<std::size_t>(1, character.length));
        const bool is_plain = character.length > 0 && !is_deceptive(character.value);
        const std::string shown = is_plain ? std::string(part) : escaped(part);
        if (out.size() + shown.size() > limit) return out + "…";
        out += shown;
        at += part.size();
    }
    return out;
}

} // namespace tidewaiter
