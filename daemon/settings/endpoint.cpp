#include "daemon/settings/endpoint.hpp"

#include "ledger/base/bytes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace tidewaiter::settings {

namespace {

std::unexpected<Error> bad_endpoint(std::string_view text, std::string_view why) {
    return fail("settings.endpoint", "\"" + printable(text) + "\" " + std::string(why) +
                                         "; expected host:port, such as 127.0.0.1:8080");
}

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

bool is_ipv6_character(char c) {
    return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};
constexpr std::array<Unit, 5> kTimes{
    {{"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 4> kSizes{{{"B", 1},
                                      {"KiB", std::uint64_t{1} << 10U},
                                      {"MiB", std::uint64_t{1} << 20U},
                                      {"GiB", std::uint64_t{1} << 30U}}};

/// "12 unit" times the unit's factor, if it stays below `max`.
template <std::size_t N>
std::optional<std::uint64_t> parse_quantity(std::string_view text, const std::array<Unit, N>& units,
                                            std::uint64_t max) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc()) return std::nullopt;
    std::string_view name(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
    if (name.starts_with(' ')) name.remove_prefix(1);
    const auto unit = std::ranges::find(units, name, &Unit::name);
    if (unit == units.end() || number > max / unit->factor) return std::nullopt;
    return number * unit->factor;
}

template <std::size_t N>
std::string quantity_text(std::uint64_t number, const std::array<Unit, N>& units) {
    const Unit* best = &units.front();
    for (const Unit& unit : units) {
        if (number != 0 && number % unit.factor == 0) best = &unit;
    }
    return std::to_string(number / best->factor) + " " + std::string(best->name);
}

} // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return bad_endpoint(text, "has no port");
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    if (host.starts_with('[')) {
        if (!host.ends_with(']')) return bad_endpoint(text, "has no closing bracket");
        host = host.substr(1, host.size() - 2);
        if (host.empty() || !std::ranges::all_of(host, is_ipv6_character))
            return bad_endpoint(text, "is no IPv6 address");
    } else if (host.empty() || host.size() > 253 || !std::ranges::all_of(host, is_name_character)) {
        return bad_endpoint(text, host.empty() ? "has no host" : "has a wrong host");
    }
    std::uint16_t port = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) {
        return bad_endpoint(text, "has no port from 0 to 65535");
    }
    return Endpoint{std::string(host), port};
}

std::string to_text(const Endpoint& endpoint) {
    const bool is_ipv6 = endpoint.host.contains(':');
    return (is_ipv6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

bool is_loopback(std::string_view host) {
    if (host == "localhost" || host == "::1") return true;
    const bool is_numeric =
        std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
    return is_numeric && host.starts_with("127.") && std::ranges::count(host, '.') == 3;
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
    // A thousand years is beyond every use and keeps all later arithmetic safe.
    const auto value = parse_quantity(text, kTimes, std::uint64_t{1000} * 366 * 86'400'000);
    if (!value) {
        return fail("settings.duration", "\"" + printable(text) +
                                             "\" is no duration; expected a whole number and "
                                             "ms, s, min, h or d, such as \"30 s\"");
    }
    return std::chrono::milliseconds(static_cast<std::int64_t>(*value));
}

std::string to_text(std::chrono::milliseconds duration) {
    return quantity_text(static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0)), kTimes);
}

Result<std::uint64_t> parse_size(std::string_view text) {
    const auto value = parse_quantity(text, kSizes, std::uint64_t{1} << 60U);
    if (!value) {
        return fail("settings.size", "\"" + printable(text) +
                                         "\" is no size; expected a whole number and B, KiB, MiB "
                                         "or GiB, such as \"64 KiB\"");
    }
    return *value;
}

std::string size_to_text(std::uint64_t bytes) {
    return quantity_text(bytes, kSizes);
}

} // namespace tidewaiter::settings
