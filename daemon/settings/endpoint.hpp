#pragma once

#include "ledger/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidewaiter::settings {

struct Endpoint {
    std::string host; ///< a name or a numeric address; IPv6 without brackets
    std::uint16_t port = 0;
    bool operator==(const Endpoint&) const = default;
};

/// "relay.port.example:8883", "127.0.0.1:8080", "[::1]:8080". Error: settings.endpoint.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text);
[[nodiscard]] std::string to_text(const Endpoint& endpoint);
/// A loopback address or the name localhost.
[[nodiscard]] bool is_loopback(std::string_view host);

/// "250 ms", "30 s", "5 min", "12 h", "7 d"; the space may be left out. Error: settings.duration.
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);
[[nodiscard]] std::string to_text(std::chrono::milliseconds duration);

/// "512 B", "64 KiB", "16 MiB", "2 GiB"; the space may be left out. Error: settings.size.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);
[[nodiscard]] std::string size_to_text(std::uint64_t bytes);

} // namespace tidewaiter::settings
