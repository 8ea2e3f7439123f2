#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// HTTP without sockets: what requests and answers are. Shared by server, client and those who answer.
namespace tidewaiter::loop {

struct Header {
    std::string name;
    std::string value;
};

struct Request {
    std::string method;                                          ///< "GET"
    std::string target;                                          ///< as sent: "/api/show?key=a%2Fb"
    std::string path;                                            ///< decoded, without the query: "/api/show"
    std::vector<std::pair<std::string, std::string>> query;      ///< decoded, in order
    std::vector<std::pair<std::string, std::string>> parameters; ///< of the Router's pattern
    std::vector<Header> headers;
    std::string body;
    std::string remote; ///< "127.0.0.1:51234"

    /// The first of that name. Header names do not heed case.
    [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
    /// Content-Type without its parameters, in lower case; empty when absent.
    [[nodiscard]] std::string content_type() const;
    /// The part of the path that matched {name} in the pattern.
    [[nodiscard]] std::string parameter(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    std::vector<Header> headers;

    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

[[nodiscard]] Response text_response(int status, std::string body);
[[nodiscard]] Response json_response(int status, std::string json);
/// {"error":{"code":…,"detail":…}}
[[nodiscard]] Response error_response(int status, std::string_view code, std::string_view detail);

/// Splits and decodes a request target; nothing when an escape or a control character in it is wrong.
struct Target {
    std::string path;
    std::vector<std::pair<std::string, std::string>> query;
};
[[nodiscard]] std::optional<Target> parse_target(std::string_view target);
/// For a query value or a path segment.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// One browser that listens to server-sent events. Any thread; a closed stream takes no harm from further
/// calls.
class EventStream {
  public:
    virtual ~EventStream() = default;
    /// False when the listener is gone, or was dropped now because it does not keep up.
    virtual bool send(std::string_view event, std::string_view data) = 0;
    [[nodiscard]] virtual bool is_open() const = 0;
    virtual void close() = 0;
};

/// Where an answer goes. The server has one per request; tests bring their own.
class Exchange {
  public:
    virtual ~Exchange() = default;
    virtual void send(Response response) = 0;
    [[nodiscard]] virtual std::shared_ptr<EventStream> stream() = 0;
};

/// The right to answer one request once, now or later, from any thread. Harmless when the connection died
/// meanwhile. Dropped without an answer, it answers 500.
class Responder {
  public:
    explicit Responder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
    Responder(Responder&&) noexcept = default;
    Responder& operator=(Responder&&) = delete;
    Responder(const Responder&) = delete;
    ~Responder();

    void send(Response response);
    /// Answers 200 text/event-stream and keeps the connection for events.
    [[nodiscard]] std::shared_ptr<EventStream> stream();

  private:
    std::shared_ptr<Exchange> exchange_;
};

/// Runs on the loop thread. An exception becomes 500.
using Handler = std::function<void(const Request&, Responder)>;
using DirectHandler = std::function<Response(const Request&)>;

/// Method and path -> handler. Patterns: "/api/stamps/{id}"; a segment in braces matches one non-empty
/// segment, and
/// "{name...}" at the end matches the rest. Exact segments win over braces. 404 and 405 (with Allow) are its
/// own. HEAD is answered as GET.
class Router {
  public:
    static constexpr std::size_t kDefaultMaxBody = std::size_t{64} * 1024;

    void on(std::string method, std::string pattern, DirectHandler handler,
            std::size_t max_body = kDefaultMaxBody);
    void on_later(std::string method, std::string pattern, Handler handler,
                  std::size_t max_body = kDefaultMaxBody);

    void handle(const Request& request, Responder responder) const;
    /// How large a body of such a request may be; before the body is read.
    [[nodiscard]] std::size_t max_body(std::string_view method, std::string_view path) const;

  private:
    struct Route {
        std::string method;
        std::vector<std::string> segments;
        Handler handler;
        std::size_t max_body;
    };
    [[nodiscard]] const Route* find(std::string_view method, std::string_view path,
                                    std::vector<std::pair<std::string, std::string>>& parameters,
                                    std::vector<std::string>& allowed) const;

    std::vector<Route> routes_;
};

/// Sends each event to every listener and forgets those that left. Loop thread only. Full policy: refuse the
/// newcomer.
class EventHub {
  public:
    explicit EventHub(std::size_t max_listeners = 32) : max_listeners_(max_listeners) {}
    /// The new listener, to greet it; null, and 503 answered, when there are too many.
    std::shared_ptr<EventStream> add(Responder responder);
    void send(std::string_view event, std::string_view data);
    void close_all();
    [[nodiscard]] std::size_t listeners();

  private:
    std::size_t max_listeners_;
    std::vector<std::shared_ptr<EventStream>> streams_;
};

} // namespace tidewaiter::loop
