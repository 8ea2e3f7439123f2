#include "ledger/claims/text.hpp"

#include <algorithm>
#include <optional>

namespace tidewaiter::claims {

namespace {

constexpr std::string_view kPrefix = "TW1L:";
constexpr std::size_t kMaxLocatorChars = 64;
constexpr std::size_t kMaxNumberChars = 20;
constexpr std::string_view kNumberSigns = "/-.+$%:";
constexpr std::array<std::string_view, 5> kSchemes = {"ATA", "TECRO_AIT", "CPD_CN_TW", "CA_TW", "CPD"};
constexpr std::string_view kColours = "YWB";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

/// A space is not in the number and the scheme's "_" is not in QR's alphanumeric set.
std::string printed_scheme(std::string_view scheme) {
    std::string text(scheme);
    std::ranges::replace(text, '_', '-');
    return text;
}

/// ISO 7064 mod 37,36, letters and digits alone.
char check_character(std::string_view text) {
    constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    constexpr unsigned kModulus = 36;
    unsigned product = kModulus;
    for (const char c : text) {
        const std::size_t value = kAlphabet.find(c);
        if (value == std::string_view::npos) continue;
        unsigned sum = (product + static_cast<unsigned>(value)) % kModulus;
        if (sum == 0) sum = kModulus;
        product = sum * 2 % (kModulus + 1);
    }
    return kAlphabet[(kModulus + 1 - product) % kModulus];
}

/// What stands between prefix and check character, its "*" included.
std::string checked_part(const Locator& locator) {
    return locator.territory + "*" + printed_scheme(locator.scheme) + "*" + locator.number + "*" +
           kColours.at(static_cast<std::size_t>(locator.colour - 1)) + std::to_string(locator.sheet) +
           std::to_string(locator.half) + "*";
}

Result<std::array<std::string_view, 5>> split(std::string_view text) {
    std::array<std::string_view, 5> parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t star = text.find('*');
        const bool is_last = i + 1 == parts.size();
        if ((star == std::string_view::npos) != is_last)
            return fail("locator.parts", "a locator has five parts with * between them: "
                                         "TW1L:territory*scheme*number*sheet*check");
        parts[i] = text.substr(0, star);
        text.remove_prefix(std::min(text.size(), parts[i].size() + 1));
    }
    return parts;
}

Status read_sheet(std::string_view text, Locator& locator) {
    const std::string message =
        "sheet '" + printable(text, 10) +
        "': Y, W or B, then the sheet's number 1 to 99, then the half 1 or 2, as in W12";
    if (text.size() < 3 || text.size() > 4) return fail("locator.sheet", message);
    const std::size_t colour = kColours.find(text.front());
    const std::string_view number = text.substr(1, text.size() - 2);
    const char half = text.back();
    if (colour == std::string_view::npos || !std::ranges::all_of(number, is_digit) || number.front() == '0' ||
        (half != '1' && half != '2'))
        return fail("locator.sheet", message);
    locator.colour = static_cast<int>(colour) + 1;
    locator.sheet = 0;
    for (const char c : number)
        locator.sheet = locator.sheet * 10 + (c - '0');
    locator.half = half - '0';
    return {};
}

Status check_number(std::string_view number) {
    if (number.empty() || number.size() > kMaxNumberChars)
        return fail("locator.number",
                    "a carnet's number has 1 to 20 characters, not " + std::to_string(number.size()));
    for (const char c : number) {
        if (!is_digit(c) && !is_upper(c) && kNumberSigns.find(c) == std::string_view::npos)
            return fail("locator.number",
                        "'" + printable(std::string_view(&c, 1)) +
                            "' in the number: letters, digits and / - . + $ % : may stand there");
    }
    return {};
}

} // namespace

std::string normalise_number(std::string_view number) {
    std::string result;
    for (const char c : number) {
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
        result += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return result;
}

Result<Locator> parse_locator(std::string_view text) {
    if (text.size() > kMaxLocatorChars)
        return fail("locator.length", std::to_string(text.size()) + " characters: a locator has at most 64");
    const std::string upper = normalise_number(text);
    std::string_view rest = upper;
    if (!rest.starts_with(kPrefix)) return fail("locator.prefix", "a locator begins with TW1L:");
    rest.remove_prefix(kPrefix.size());
    TW_TRY(const auto parts, split(rest));
    Locator locator;
    locator.territory = parts[0];
    if (locator.territory.size() != 2 || !std::ranges::all_of(locator.territory, is_upper))
        return fail("locator.territory",
                    "territory '" + printable(parts[0], 10) + "': two letters are expected");
    const auto* scheme =
        std::ranges::find_if(kSchemes, [&](std::string_view s) { return printed_scheme(s) == parts[1]; });
    if (scheme == kSchemes.end())
        return fail("locator.scheme", "scheme '" + printable(parts[1], 20) +
                                          "': ATA, TECRO-AIT, CPD-CN-TW, CA-TW or CPD is expected");
    locator.scheme = *scheme;
    locator.number = parts[2];
    TW_CHECK(check_number(locator.number));
    TW_CHECK(read_sheet(parts[3], locator));
    const char expected = check_character(checked_part(locator));
    if (parts[4].size() != 1 || parts[4].front() != expected)
        return fail("locator.check",
                    "the check character is '" + printable(parts[4], 10) +
                        "' and does not fit the rest: one character was misread or mistyped");
    return locator;
}

std::string format_locator(const Locator& locator) {
    const std::string checked = checked_part(locator);
    return std::string(kPrefix) + checked + check_character(checked);
}

} // namespace tidewaiter::claims
