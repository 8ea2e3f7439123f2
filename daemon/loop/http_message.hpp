#pragma once

#include "daemon/loop/http.hpp"
#include "ledger/base/result.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

// HTTP/1.1 on the wire, without sockets; keeps Beast in one source file. For the adapters of this folder
// only.
namespace tidewaiter::loop {

/// Reads one request. The caller keeps what has not been consumed at the front of its buffer.
class RequestParser {
  public:
    explicit RequestParser(std::size_t max_header_bytes);
    ~RequestParser();
    RequestParser(RequestParser&&) noexcept;
    RequestParser& operator=(RequestParser&&) noexcept;

    struct Problem {
        int status; ///< of the answer that ends the connection
        std::string code;
        std::string detail;
    };
    /// How many bytes were consumed. Stops behind the header: then set_max_body() is due.
    [[nodiscard]] std::expected<std::size_t, Problem> feed(std::string_view bytes);
    [[nodiscard]] bool has_header() const;
    [[nodiscard]] bool is_done() const;
    [[nodiscard]] bool wants_continue() const;
    [[nodiscard]] bool keep_alive() const;
    [[nodiscard]] std::string_view method() const;
    /// Without body and remote. Problem 400 when the target cannot be understood.
    [[nodiscard]] std::expected<Request, Problem> header() const;
    /// Problem 413 when the announced length is beyond it.
    [[nodiscard]] std::expected<void, Problem> set_max_body(std::size_t max_bytes);
    [[nodiscard]] std::string take_body();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Reads one response, or a stream that has no end.
class ResponseParser {
  public:
    explicit ResponseParser(std::size_t max_body_bytes); ///< 0: no limit
    ~ResponseParser();

    /// As above; errors http.broken, http.too-large.
    [[nodiscard]] Result<std::size_t> feed(std::string_view bytes);
    [[nodiscard]] Status end_of_file();
    [[nodiscard]] bool has_header() const;
    [[nodiscard]] bool is_done() const;
    /// Header and what has come of the body since the last call.
    [[nodiscard]] Response take();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The head of an answer with Content-Length, or without when it is a stream.
[[nodiscard]] std::string head_of(const Response& response, bool keep_alive, bool is_stream);

} // namespace tidewaiter::loop
