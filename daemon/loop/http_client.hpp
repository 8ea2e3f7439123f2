#pragma once

#include "daemon/loop/http.hpp"
#include "ledger/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter::loop {

struct HttpClientOptions {
    std::chrono::milliseconds deadline = std::chrono::seconds(10); ///< for one whole exchange
    std::size_t max_body_bytes = std::size_t{16} * 1024 * 1024;
    /// Who should answer there; ends up in "…: connection refused; is tidewaiterd running?".
    std::string program = {};
    std::vector<Header> headers = {}; ///< sent with every request
};

struct Event {
    std::string event; ///< "message" when the server names none
    std::string data;
};

/// Blocking HTTP/1.1, one connection per call; for the command line and for programs that wait for each
/// other. Errors: http.unreachable, http.timeout, http.broken (ended early or not HTTP), http.too-large. A
/// status of 400 or more is not an error here.
class HttpClient {
  public:
    /// `host` is a name or numeric address; a name other than localhost is looked up with the system's own
    /// time-out.
    HttpClient(std::string host, std::uint16_t port, HttpClientOptions options = {});

    [[nodiscard]] Result<Response> get(std::string_view target) const;
    [[nodiscard]] Result<Response> post(std::string_view target, std::string_view content_type,
                                        std::string_view body) const;
    /// Reads a stream of server-sent events until the function returns false (success), the server ends it
    /// (http.broken) or nothing, not even a keep-alive comment, comes for `silence` (http.timeout).
    [[nodiscard]] Status events(std::string_view target, const std::function<bool(const Event&)>& on_event,
                                std::chrono::milliseconds silence = std::chrono::seconds(60)) const;

    /// "http://127.0.0.1:8080".
    [[nodiscard]] std::string base() const;

  private:
    std::string host_;
    std::uint16_t port_;
    HttpClientOptions options_;
};

} // namespace tidewaiter::loop
