#include "ledger/claims/gs1.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tidewaiter::claims::gs1 {

namespace {

constexpr char kSeparator = '\x1d';
constexpr std::size_t kMaxElements = 32;

enum class Form : std::uint8_t {
    Digits,
    Date, ///< YYMMDD, DD may be 00
    Text,
    Check, ///< digits, the last of the first `checked` a check digit; text may follow
};

struct Identifier {
    std::string_view code; ///< digits it begins with
    std::size_t length;    ///< digits of the whole identifier: 4 for 310n
    Form form;
    std::size_t min;
    std::size_t max;
    std::string_view title;
    std::size_t checked = 0;
    bool is_primary = false; ///< may begin a Digital Link
};

// Those a border meets (GS1 General Specifications, section 3).
constexpr auto kIdentifiers = std::to_array<Identifier>({
    {"00", 2, Form::Check, 18, 18, "SSCC", 18, true},
    {"01", 2, Form::Check, 14, 14, "GTIN", 14, true},
    {"02", 2, Form::Check, 14, 14, "contained GTIN", 14},
    {"10", 2, Form::Text, 1, 20, "lot"},
    {"11", 2, Form::Date, 6, 6, "production date"},
    {"12", 2, Form::Date, 6, 6, "due date"},
    {"13", 2, Form::Date, 6, 6, "packaging date"},
    {"15", 2, Form::Date, 6, 6, "best before"},
    {"16", 2, Form::Date, 6, 6, "sell by"},
    {"17", 2, Form::Date, 6, 6, "expiry"},
    {"20", 2, Form::Digits, 2, 2, "variant"},
    {"21", 2, Form::Text, 1, 20, "serial"},
    {"22", 2, Form::Text, 1, 20, "consumer product variant"},
    {"240", 3, Form::Text, 1, 30, "additional product id"},
    {"241", 3, Form::Text, 1, 30, "customer part number"},
    {"250", 3, Form::Text, 1, 30, "secondary serial"},
    {"251", 3, Form::Text, 1, 30, "reference to source"},
    {"253", 3, Form::Check, 13, 30, "GDTI (document)", 13, true},
    {"254", 3, Form::Text, 1, 20, "location extension"},
    {"30", 2, Form::Digits, 1, 8, "variable count"},
    {"310", 4, Form::Digits, 6, 6, "net weight kg"},
    {"311", 4, Form::Digits, 6, 6, "length m"},
    {"312", 4, Form::Digits, 6, 6, "width m"},
    {"313", 4, Form::Digits, 6, 6, "height m"},
    {"314", 4, Form::Digits, 6, 6, "area m2"},
    {"315", 4, Form::Digits, 6, 6, "net volume l"},
    {"316", 4, Form::Digits, 6, 6, "net volume m3"},
    {"320", 4, Form::Digits, 6, 6, "net weight lb"},
    {"330", 4, Form::Digits, 6, 6, "gross weight kg"},
    {"331", 4, Form::Digits, 6, 6, "logistic length m"},
    {"332", 4, Form::Digits, 6, 6, "logistic width m"},
    {"333", 4, Form::Digits, 6, 6, "logistic height m"},
    {"336", 4, Form::Digits, 6, 6, "logistic volume m3"},
    {"340", 4, Form::Digits, 6, 6, "gross weight lb"},
    {"37", 2, Form::Digits, 1, 8, "count"},
    {"392", 4, Form::Digits, 1, 15, "price"},
    {"393", 4, Form::Digits, 4, 18, "price with currency"},
    {"400", 3, Form::Text, 1, 30, "order number"},
    {"401", 3, Form::Text, 1, 30, "GINC (consignment)", 0, true},
    {"402", 3, Form::Check, 17, 17, "GSIN (shipment)", 17, true},
    {"403", 3, Form::Text, 1, 30, "routing code"},
    {"410", 3, Form::Check, 13, 13, "ship to", 13},
    {"411", 3, Form::Check, 13, 13, "bill to", 13},
    {"412", 3, Form::Check, 13, 13, "purchased from", 13},
    {"413", 3, Form::Check, 13, 13, "ship for", 13},
    {"414", 3, Form::Check, 13, 13, "location", 13, true},
    {"415", 3, Form::Check, 13, 13, "pay to", 13},
    {"416", 3, Form::Check, 13, 13, "production location", 13},
    {"417", 3, Form::Check, 13, 13, "party", 13, true},
    {"420", 3, Form::Text, 1, 20, "ship-to post code"},
    {"421", 3, Form::Text, 4, 12, "ship-to country and post code"},
    {"422", 3, Form::Digits, 3, 3, "country of origin"},
    {"423", 3, Form::Digits, 3, 15, "countries of initial processing"},
    {"424", 3, Form::Digits, 3, 3, "country of processing"},
    {"425", 3, Form::Digits, 3, 15, "countries of disassembly"},
    {"426", 3, Form::Digits, 3, 3, "country of full process"},
    {"427", 3, Form::Text, 1, 3, "subdivision of origin"},
    {"4300", 4, Form::Text, 1, 35, "ship-to company"},
    {"4301", 4, Form::Text, 1, 35, "ship-to contact"},
    {"4302", 4, Form::Text, 1, 70, "ship-to address 1"},
    {"4303", 4, Form::Text, 1, 70, "ship-to address 2"},
    {"4304", 4, Form::Text, 1, 70, "ship-to suburb"},
    {"4305", 4, Form::Text, 1, 70, "ship-to locality"},
    {"4306", 4, Form::Text, 1, 70, "ship-to region"},
    {"4307", 4, Form::Text, 2, 2, "ship-to country"},
    {"4308", 4, Form::Text, 1, 30, "ship-to telephone"},
    {"4321", 4, Form::Digits, 1, 1, "dangerous goods"},
    {"4324", 4, Form::Digits, 10, 10, "not before"},
    {"4325", 4, Form::Digits, 10, 10, "not after"},
    {"4331", 4, Form::Text, 6, 7, "maximum temperature C"},
    {"4333", 4, Form::Text, 6, 7, "minimum temperature C"},
    {"7003", 4, Form::Digits, 10, 10, "expiry with time"},
    {"8003", 4, Form::Check, 14, 30, "GRAI (returnable asset)", 14, true},
    {"8004", 4, Form::Text, 1, 30, "GIAI (asset)", 0, true},
    {"8006", 4, Form::Check, 18, 18, "piece of a trade item", 14, true},
    {"8020", 4, Form::Text, 1, 25, "payment reference"},
    {"8030", 4, Form::Text, 1, 90, "digital signature"},
    {"90", 2, Form::Text, 1, 30, "mutually agreed"},
    {"91", 2, Form::Text, 1, 90, "internal 91"},
    {"92", 2, Form::Text, 1, 90, "internal 92"},
    {"93", 2, Form::Text, 1, 90, "internal 93"},
    {"94", 2, Form::Text, 1, 90, "internal 94"},
    {"95", 2, Form::Text, 1, 90, "internal 95"},
    {"96", 2, Form::Text, 1, 90, "internal 96"},
    {"97", 2, Form::Text, 1, 90, "internal 97"},
    {"98", 2, Form::Text, 1, 90, "internal 98"},
    {"99", 2, Form::Text, 1, 90, "internal 99"},
});

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool are_digits(std::string_view text) {
    return std::ranges::all_of(text, is_digit);
}

const Identifier* find(std::string_view text) {
    const auto* found = std::ranges::find_if(kIdentifiers, [&](const Identifier& identifier) {
        return text.size() >= identifier.length && text.starts_with(identifier.code) &&
               are_digits(text.substr(0, identifier.length));
    });
    return found == kIdentifiers.end() ? nullptr : found;
}

/// Modulo 10, weights 3 and 1 from the right.
bool check_digit_holds(std::string_view digits) {
    unsigned sum = 0;
    unsigned weight = 1;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
        sum += weight * static_cast<unsigned>(*digit - '0');
        weight = 4 - weight;
    }
    return sum % 10 == 0;
}

/// YYMMDD; the century does not matter here, and day 00 means the month's end.
bool is_date(std::string_view text) {
    if (!are_digits(text)) return false;
    const int month = (text[2] - '0') * 10 + (text[3] - '0');
    const int day = (text[4] - '0') * 10 + (text[5] - '0');
    return month >= 1 && month <= 12 && day <= 31;
}

/// GS1's character set 82: what is printable in ASCII without space, # $ @ [ \ ] ^ ` { | } ~.
bool is_encodable(char c) {
    constexpr std::string_view kLeftOut = " #$@[\\]^`{|}~";
    return c > ' ' && c < '\x7f' && kLeftOut.find(c) == std::string_view::npos;
}

bool fits(const Identifier& identifier, std::string_view value) {
    if (value.size() < identifier.min || value.size() > identifier.max) return false;
    switch (identifier.form) {
    case Form::Digits: return are_digits(value);
    case Form::Date: return is_date(value);
    case Form::Text: return std::ranges::all_of(value, is_encodable);
    case Form::Check: break;
    }
    const std::string_view checked = value.substr(0, identifier.checked);
    return are_digits(checked) && check_digit_holds(checked) && std::ranges::all_of(value, is_encodable);
}

/// Identifiers whose values need no separator after them (General Specifications, figure 7.8.5-2).
bool is_predefined(std::string_view identifier) {
    constexpr auto kHeads =
        std::to_array<std::string_view>({"00", "01", "02", "03", "04", "11", "12", "13", "14", "15", "16",
                                         "17", "18", "19", "20", "31", "32", "33", "34", "35", "36", "41"});
    return std::ranges::find(kHeads, identifier.substr(0, 2)) != kHeads.end();
}

struct Collected {
    Elements elements;
    bool has_check_digit = false;

    bool add(const Identifier& identifier, std::string_view code, std::string_view value) {
        if (elements.size() == kMaxElements || !fits(identifier, value)) return false;
        elements.emplace_back(std::string(code) + " " + std::string(identifier.title), value);
        has_check_digit = has_check_digit || identifier.form == Form::Check;
        return true;
    }
};

/// Element strings as scanned.
bool collect(std::string_view text, Collected& collected) {
    if (text.starts_with(kSeparator)) text.remove_prefix(1);
    while (!text.empty()) {
        const Identifier* identifier = find(text);
        if (identifier == nullptr) return false;
        const std::string_view code = text.substr(0, identifier->length);
        text.remove_prefix(code.size());
        std::string_view value = text.substr(0, text.find(kSeparator));
        if (is_predefined(code)) value = value.substr(0, identifier->max);
        if (!collected.add(*identifier, code, value)) return false;
        text.remove_prefix(value.size());
        if (text.starts_with(kSeparator)) text.remove_prefix(1);
    }
    return !collected.elements.empty();
}

/// "(01)09501101530003(17)261130": identifiers in brackets.
bool collect_bracketed(std::string_view text, Collected& collected) {
    while (!text.empty()) {
        if (text.front() != '(') return false;
        const std::size_t close = text.find(')');
        if (close == std::string_view::npos || close < 3 || close > 5) return false;
        const std::string_view code = text.substr(1, close - 1);
        const Identifier* identifier = find(code);
        if (identifier == nullptr || identifier->length != code.size()) return false;
        text.remove_prefix(close + 1);
        const std::string_view value = text.substr(0, text.find('('));
        if (!collected.add(*identifier, code, value)) return false;
        text.remove_prefix(value.size());
    }
    return !collected.elements.empty();
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) return std::nullopt;
        result += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return result;
}

bool add_decoded(Collected& collected, std::string_view code, std::string_view encoded) {
    const Identifier* identifier = find(code);
    std::optional<std::string> value = percent_decoded(encoded);
    if (identifier == nullptr || identifier->length != code.size() || !value) return false;
    // GTINs of 8, 12 and 13 digits are written to 14.
    if (code == "01" && value->size() >= 8 && value->size() < 14) value->insert(0, 14 - value->size(), '0');
    return collected.add(*identifier, code, *value);
}

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(at);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// /AI/value pairs from the first segment that is a primary key to the path's end.
bool collect_path(std::string_view path, Collected& collected) {
    while (path.ends_with('/'))
        path.remove_suffix(1);
    const std::vector<std::string_view> segments = split(path, '/');
    for (std::size_t begin = 0; begin + 1 < segments.size(); ++begin) {
        const Identifier* identifier = find(segments[begin]);
        if (identifier == nullptr || !identifier->is_primary || identifier->length != segments[begin].size())
            continue;
        if ((segments.size() - begin) % 2 != 0) continue;
        Collected attempt;
        bool is_good = true;
        for (std::size_t i = begin; is_good && i < segments.size(); i += 2)
            is_good = add_decoded(attempt, segments[i], segments[i + 1]);
        if (!is_good) continue;
        collected = std::move(attempt);
        return true;
    }
    return false;
}

} // namespace

std::optional<Elements> read_elements(std::string_view text) {
    constexpr auto kSymbologies = std::to_array<std::string_view>({"]C1", "]d2", "]Q3", "]e0", "]J1"});
    const bool is_marked =
        std::ranges::any_of(kSymbologies, [&](std::string_view id) { return text.starts_with(id); });
    if (is_marked) text.remove_prefix(3);
    Collected collected;
    const bool is_read =
        text.starts_with('(') ? collect_bracketed(text, collected) : collect(text, collected);
    if (!is_read || (!is_marked && !collected.has_check_digit)) return std::nullopt;
    return std::move(collected.elements);
}

std::optional<Elements> read_link(std::string_view text) {
    const std::size_t scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) return std::nullopt;
    std::string_view rest = text.substr(scheme_end + 3);
    rest = rest.substr(0, rest.find('#'));
    const std::size_t query_begin = rest.find('?');
    const std::string_view query = query_begin == std::string_view::npos ? "" : rest.substr(query_begin + 1);
    rest = rest.substr(0, query_begin);
    const std::size_t path_begin = rest.find('/');
    if (path_begin == std::string_view::npos || path_begin == 0) return std::nullopt;
    Collected collected;
    if (!collect_path(rest.substr(path_begin + 1), collected)) return std::nullopt;
    for (const std::string_view parameter : split(query, '&')) {
        const std::size_t equals = parameter.find('=');
        if (equals == std::string_view::npos || !are_digits(parameter.substr(0, equals)) || equals < 2)
            continue;
        if (!add_decoded(collected, parameter.substr(0, equals), parameter.substr(equals + 1)))
            return std::nullopt;
    }
    return std::move(collected.elements);
}

} // namespace tidewaiter::claims::gs1
