#pragma once

#include "daemon/loop/http.hpp"
#include "daemon/loop/loop.hpp"
#include "ledger/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tidewaiter::loop {

struct HttpServerOptions {
    std::string host = "127.0.0.1"; ///< a numeric address
    std::uint16_t port = 0;         ///< 0: the kernel chooses
    std::size_t max_connections = 64;
    std::size_t max_header_bytes = 8192;
    /// No route may ask for more.
    std::size_t max_body_bytes = std::size_t{16} * 1024 * 1024;
    /// For a whole request to arrive, and for a whole answer to leave.
    std::chrono::milliseconds read_deadline = std::chrono::seconds(10);
    std::chrono::milliseconds write_deadline = std::chrono::seconds(30);
    std::chrono::milliseconds idle_deadline =
        std::chrono::seconds(60); ///< between requests of one connection
    std::chrono::milliseconds event_keep_alive = std::chrono::seconds(15);
    std::size_t max_event_queue_bytes = std::size_t{256} * 1024; ///< per listener; who exceeds it is dropped
    /// Besides localhost and loopback addresses, which alone are accepted as Host when listening on loopback:
    /// else a web page elsewhere could reach us through a name that it points to 127.0.0.1.
    std::vector<std::string> more_hosts = {};
};

/// HTTP/1.1 on one address. Lives on the loop's thread: create, use and destroy it there or while the loop
/// does not run. The router must outlive it. The loop must outlive it.
class HttpServer {
  public:
    /// Errors: http.address, http.listen ("127.0.0.1:8080 is in use …").
    [[nodiscard]] static Result<std::unique_ptr<HttpServer>> listen(Loop& loop, const Router& router,
                                                                    HttpServerOptions options = {});
    /// Stops listening and closes every connection; handlers that still hold a Responder take no harm.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::size_t connections() const;

  private:
    struct Impl;
    explicit HttpServer(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;
};

} // namespace tidewaiter::loop
