#include "daemon/loop/http_client.hpp"

#include "daemon/files/descriptor.hpp"
#include "daemon/loop/http_message.hpp"
#include "ledger/base/bytes.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>

namespace tidewaiter::loop {

namespace {

using Clock = std::chrono::steady_clock;

enum class Wait { Ready, TimedOut };

Wait wait_for(int descriptor, short events, Clock::time_point deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return Wait::TimedOut;
        pollfd watched{.fd = descriptor, .events = events, .revents = 0};
        const int ready = ::poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 3'600'000)));
        if (ready > 0) return Wait::Ready;
        if (ready < 0 && errno != EINTR) return Wait::Ready; // the next call on it reports what is wrong
    }
}

/// One connection and its deadline; errors say whom we talk to.
class Connection {
  public:
    Connection(std::string base, const HttpClientOptions& options)
        : base_(std::move(base)), program_(options.program), deadline_(Clock::now() + options.deadline) {}

    Status open(const std::string& host, std::uint16_t port) {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        hints.ai_flags = AI_NUMERICSERV;
        addrinfo* found = nullptr;
        const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
        if (failure != 0) return unreachable(::gai_strerror(failure));
        const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
        int last = ECONNREFUSED;
        for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
            last = connect_to(*at);
            if (last == 0) return {};
        }
        if (last == ETIMEDOUT) return timed_out("connecting");
        return unreachable(last == ECONNREFUSED ? "connection refused" : std::strerror(last));
    }

    Status send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent >= 0) {
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            } else if (errno == EAGAIN) {
                if (wait_for(socket_.get(), POLLOUT, deadline_) == Wait::TimedOut)
                    return timed_out("sending");
            } else if (errno == EPIPE || errno == ECONNRESET) {
                return {}; // it may have answered before it hung up; reading tells
            } else if (errno != EINTR) {
                return broken(std::strerror(errno));
            }
        }
        return {};
    }

    /// Empty at the end of the connection. The view holds until the next call.
    Result<std::string_view> receive() {
        for (;;) {
            const ssize_t got = ::recv(socket_.get(), chunk_.data(), chunk_.size(), 0);
            if (got >= 0) return std::string_view(chunk_.data(), static_cast<std::size_t>(got));
            if (errno == EAGAIN) {
                if (wait_for(socket_.get(), POLLIN, deadline_) == Wait::TimedOut) {
                    return std::unexpected(timed_out("waiting for its answer").error());
                }
            } else if (errno != EINTR) {
                return std::unexpected(broken(std::strerror(errno)).error());
            }
        }
    }

    void extend(std::chrono::milliseconds more) { deadline_ = Clock::now() + more; }

    [[nodiscard]] Status broken(std::string_view why) const {
        return fail("http.broken", base_ + " broke off: " + std::string(why));
    }

  private:
    [[nodiscard]] Status unreachable(std::string_view why) const {
        std::string detail = "cannot reach " + base_ + ": " + std::string(why);
        if (!program_.empty()) detail += "; is " + program_ + " running?";
        return fail("http.unreachable", detail);
    }
    [[nodiscard]] Status timed_out(std::string_view doing) const {
        const std::string who = program_.empty() ? "" : " (" + program_ + ")";
        return fail("http.timeout",
                    base_ + who + " took too long: the time allowed ended while " + std::string(doing));
    }

    int connect_to(const addrinfo& address) {
        socket_ = files::Descriptor(::socket(
            address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
        if (!socket_.is_open()) return errno;
        const int on = 1;
        ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(socket_.get(), address.ai_addr, address.ai_addrlen) == 0) return 0;
        if (errno != EINPROGRESS) return errno;
        if (wait_for(socket_.get(), POLLOUT, deadline_) == Wait::TimedOut) return ETIMEDOUT;
        int failure = 0;
        socklen_t size = sizeof failure;
        ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &failure, &size);
        return failure;
    }

    std::string base_;
    std::string program_;
    Clock::time_point deadline_;
    files::Descriptor socket_;
    std::array<char, 16384> chunk_{};
};

std::string host_text(const std::string& host, std::uint16_t port) {
    return (host.contains(':') ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

struct Call {
    std::string_view method;
    std::string_view target;
    std::string_view content_type;
    std::string_view body;
    std::string_view accept;
};

std::string request_text(const Call& call, const std::string& host, const std::vector<Header>& headers) {
    std::string text = std::string(call.method) + " " + std::string(call.target) +
                       " HTTP/1.1\r\nHost: " + host +
                       "\r\nConnection: close\r\nAccept: " + std::string(call.accept) + "\r\n";
    if (call.method == "POST") {
        text += "Content-Type: " + std::string(call.content_type) +
                "\r\nContent-Length: " + std::to_string(call.body.size()) + "\r\n";
    }
    for (const Header& header : headers) text += header.name + ": " + header.value + "\r\n";
    text += "\r\n";
    return text += call.body;
}

/// Bytes go in as they come; `rest` keeps what the parser cannot use yet.
Status feed_parser(ResponseParser& parser, std::string& rest, std::string_view bytes) {
    rest += bytes;
    while (!rest.empty() && !parser.is_done()) {
        TW_TRY(const std::size_t used, parser.feed(rest));
        rest.erase(0, used);
        if (used == 0) break;
    }
    return {};
}

Result<Response> exchange(Connection& connection, const std::string& request, std::size_t max_body) {
    TW_CHECK(connection.send(request));
    ResponseParser parser(max_body);
    std::string rest;
    for (;;) {
        TW_TRY(const std::string_view bytes, connection.receive());
        if (bytes.empty()) {
            TW_CHECK(parser.end_of_file());
            return parser.take();
        }
        TW_CHECK(feed_parser(parser, rest, bytes));
        if (parser.is_done()) return parser.take();
    }
}

/// The lines of an event stream, as the HTML standard has them.
class EventReader {
  public:
    static constexpr std::size_t kMaxEventBytes = std::size_t{4} * 1024 * 1024;

    /// False when the function wants no more.
    Result<bool> feed(std::string_view bytes, const std::function<bool(const Event&)>& on_event) {
        for (const char c : bytes) {
            const bool is_second_of_pair = c == '\n' && after_return_;
            after_return_ = c == '\r';
            if (is_second_of_pair) continue;
            if (c != '\r' && c != '\n') {
                line_ += c;
                if (line_.size() + event_.data.size() > kMaxEventBytes)
                    return fail("http.too-large", "one event is larger than 4 MiB");
                continue;
            }
            if (!line(std::exchange(line_, {}), on_event)) return false;
        }
        return true;
    }

  private:
    bool line(const std::string& text, const std::function<bool(const Event&)>& on_event) {
        if (text.empty()) {
            if (!has_data_) {
                event_ = {};
                return true;
            }
            if (event_.event.empty()) event_.event = "message";
            has_data_ = false;
            return on_event(std::exchange(event_, {}));
        }
        const std::size_t colon = text.find(':');
        const std::string_view name = std::string_view(text).substr(0, colon);
        std::string_view value =
            colon == std::string::npos ? std::string_view() : std::string_view(text).substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        if (name == "event") event_.event = value;
        if (name == "data") {
            if (has_data_) event_.data += '\n';
            event_.data += value;
            has_data_ = true;
        }
        return true;
    }

    std::string line_;
    Event event_;
    bool has_data_ = false;
    bool after_return_ = false;
};

Status status_error(const std::string& base, const Response& response) {
    return fail("http.status",
                base + " answered " + std::to_string(response.status) + ": " + printable(response.body));
}

} // namespace

HttpClient::HttpClient(std::string host, std::uint16_t port, HttpClientOptions options)
    : host_(std::move(host)), port_(port), options_(std::move(options)) {}

std::string HttpClient::base() const {
    return "http://" + host_text(host_, port_);
}

Result<Response> HttpClient::get(std::string_view target) const {
    Connection connection(base(), options_);
    TW_CHECK(connection.open(host_, port_));
    const Call call{.method = "GET", .target = target, .content_type = {}, .body = {}, .accept = "*/*"};
    return exchange(connection, request_text(call, host_text(host_, port_), options_.headers), options_.max_body_bytes);
}

Result<Response> HttpClient::post(std::string_view target, std::string_view content_type,
                                  std::string_view body) const {
    Connection connection(base(), options_);
    TW_CHECK(connection.open(host_, port_));
    const Call call{
        .method = "POST", .target = target, .content_type = content_type, .body = body, .accept = "*/*"};
    return exchange(connection, request_text(call, host_text(host_, port_), options_.headers), options_.max_body_bytes);
}

Status HttpClient::events(std::string_view target, const std::function<bool(const Event&)>& on_event,
                          std::chrono::milliseconds silence) const {
    Connection connection(base(), options_);
    TW_CHECK(connection.open(host_, port_));
    const Call call{
        .method = "GET", .target = target, .content_type = {}, .body = {}, .accept = "text/event-stream"};
    TW_CHECK(connection.send(request_text(call, host_text(host_, port_), options_.headers)));
    ResponseParser parser(0);
    EventReader reader;
    std::string rest;
    bool is_stream = false;
    for (;;) {
        TW_TRY(const std::string_view bytes, connection.receive());
        if (bytes.empty()) return connection.broken("the stream of events ended");
        TW_CHECK(feed_parser(parser, rest, bytes));
        if (!parser.has_header()) continue;
        connection.extend(silence);
        const Response part = parser.take();
        is_stream = is_stream || (part.status == 200 && part.content_type.starts_with("text/event-stream"));
        if (!is_stream) return status_error(base(), part);
        TW_TRY(const bool wants_more, reader.feed(part.body, on_event));
        if (!wants_more) return {};
    }
}

} // namespace tidewaiter::loop
