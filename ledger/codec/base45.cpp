#include "ledger/codec/base45.hpp"

namespace tidewaiter::base45 {

namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The value of each character, 45 for those outside the alphabet.
constexpr std::array<std::uint8_t, 256> kValues = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(45);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i)
        values[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
    return values;
}();

std::string place(std::size_t offset) {
    return "at character " + std::to_string(offset) + ": ";
}

} // namespace

std::string encode(ByteView bytes) {
    std::string text;
    text.reserve((bytes.size() + 1) / 2 * 3);
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        const bool is_pair = i + 1 < bytes.size();
        std::uint32_t number = is_pair ? bytes[i] * 256U + bytes[i + 1] : bytes[i];
        for (int digits = is_pair ? 3 : 2; digits > 0; --digits, number /= 45) text += kAlphabet[number % 45];
    }
    return text;
}

Result<Bytes> decode(std::string_view text) {
    if (text.size() % 3 == 1)
        return fail("base45.length", place(text.size() - 1) + "one character left over of " +
                                         std::to_string(text.size()) + "; the code was cut or is not Base45");
    Bytes bytes;
    bytes.reserve(text.size() / 3 * 2 + 1);
    for (std::size_t i = 0; i < text.size(); i += 3) {
        const std::size_t digits = std::min<std::size_t>(3, text.size() - i);
        std::uint32_t number = 0;
        std::uint32_t weight = 1;
        for (std::size_t j = 0; j < digits; ++j, weight *= 45) {
            const std::uint32_t value = kValues[static_cast<std::uint8_t>(text[i + j])];
            if (value == 45)
                return fail("base45.character", place(i + j) + "\"" + printable(text.substr(i + j, 1)) +
                                                    "\" is not in the alphabet 0-9 A-Z space $%*+-./:");
            number += value * weight;
        }
        if (number > (digits == 3 ? 0xFFFFU : 0xFFU))
            return fail("base45.overflow", place(i) + "\"" + std::string(text.substr(i, digits)) +
                                               "\" stands for more than its bytes can hold");
        if (digits == 3) bytes.push_back(static_cast<std::uint8_t>(number >> 8U));
        bytes.push_back(static_cast<std::uint8_t>(number & 0xFFU));
    }
    return bytes;
}

} // namespace tidewaiter::base45
