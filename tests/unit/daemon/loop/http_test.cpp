#include "daemon/loop/http_client.hpp"
#include "daemon/loop/http_server.hpp"
#include "daemon/loop/worker.hpp"

#include "tests/support/raw_connection.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

namespace tidewaiter::loop {
namespace {

using namespace std::chrono_literals;
using support::RawConnection;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMiB = std::size_t{1024} * 1024;

/// A server whose loop runs on a thread of its own.
class Running {
  public:
    explicit Running(HttpServerOptions options = {}) {
        make_routes();
        auto server = HttpServer::listen(loop, router, std::move(options));
        if (!server) throw std::runtime_error(server.error().detail);
        server_ = std::move(*server);
        port = server_->port();
        thread_ = std::thread([this] { loop.run(); });
    }
    template <class Function>
    auto on_loop(Function function) {
        std::promise<decltype(function())> promise;
        auto future = promise.get_future();
        loop.post([&] {
            if constexpr (std::is_void_v<decltype(function())>) {
                function();
                promise.set_value();
            } else {
                promise.set_value(function());
            }
        });
        return future.get();
    }
    ~Running() {
        on_loop([this] {
            waiting.clear();
            server_.reset();
        });
        loop.stop();
        thread_.join();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    [[nodiscard]] std::size_t connections() {
        return on_loop([this] { return server_->connections(); });
    }
    template <class Condition>
    [[nodiscard]] bool eventually(Condition condition) {
        const auto end = Clock::now() + 10s;
        while (!condition()) {
            if (Clock::now() >= end) return false;
            std::this_thread::yield();
        }
        return true;
    }
    [[nodiscard]] HttpClient client() const { return HttpClient("127.0.0.1", port, {.deadline = 5s}); }
    [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port); }

    Loop loop;
    Router router;
    EventHub hub{2};
    std::vector<Responder> waiting; ///< of the loop
    std::vector<std::shared_ptr<EventStream>> streams;
    std::uint16_t port = 0;
    Worker worker{"answers", 4};

  private:
    void make_routes() {
        router.on("GET", "/hello", [](const Request& request) {
            return text_response(200, "hello " + request.query_value("name").value_or("nobody"));
        });
        router.on(
            "POST", "/echo", [](const Request& request) { return text_response(200, request.body); },
            4 * kMiB);
        router.on(
            "POST", "/small", [](const Request& request) { return text_response(200, request.body); }, 10);
        router.on("GET", "/throw", [](const Request&) -> Response { throw std::runtime_error("a bug"); });
        router.on("GET", "/large",
                  [](const Request&) { return text_response(200, std::string(8 * kMiB, 'x')); });
        router.on_later("GET", "/later", [this](const Request&, Responder responder) {
            waiting.push_back(std::move(responder));
        });
        router.on_later("GET", "/thread", [this](const Request&, Responder responder) {
            EXPECT_TRUE(worker.submit(
                [held = std::move(responder)]() mutable { held.send(text_response(200, "from a thread")); }));
        });
        router.on_later("GET", "/events", [this](const Request&, Responder responder) {
            ignore(hub.add(std::move(responder)), "the hub keeps it");
        });
        router.on_later("GET", "/stream", [this](const Request&, Responder responder) {
            streams.push_back(responder.stream());
        });
    }

    std::unique_ptr<HttpServer> server_;
    std::thread thread_;
};

TEST(Http, AsksAndAnswers) {
    const Running server;
    const HttpClient client = server.client();
    const auto hello = client.get("/hello?name=" + percent_encode("Zoë & co"));
    ASSERT_TRUE(hello) << hello.error().detail;
    EXPECT_EQ(hello->status, 200);
    EXPECT_EQ(hello->body, "hello Zoë & co");
    EXPECT_EQ(hello->content_type, "text/plain; charset=utf-8");
    EXPECT_EQ(hello->header("x-content-type-options"), "nosniff");
    std::string bytes;
    for (int i = 0; i < 100'000; ++i)
        bytes += static_cast<char>(i * 7);
    const auto echo = client.post("/echo", "application/octet-stream", bytes);
    ASSERT_TRUE(echo) << echo.error().detail;
    EXPECT_EQ(echo->body, bytes);
    EXPECT_EQ(client.get("/none")->status, 404);
    EXPECT_EQ(client.get("/echo")->status, 405);
    EXPECT_EQ(client.get("/large")->body.size(), 8 * kMiB);
}

TEST(Http, KeepsAConnectionForSeveralRequests) {
    const Running server;
    RawConnection connection(server.port);
    const std::string request = "GET /hello HTTP/1.1\r\nHost: " + server.host() + "\r\n\r\n";
    for (int round = 0; round < 3; ++round) {
        ASSERT_TRUE(connection.send(request));
        EXPECT_NE(connection.receive_until("hello nobody").find("HTTP/1.1 200 OK"), std::string::npos);
    }
    // Two at once: answered one after the other.
    ASSERT_TRUE(connection.send(request + "HEAD /hello HTTP/1.1\r\nHost: " + server.host() +
                                "\r\nConnection: close\r\n\r\n"));
    const std::string both = connection.receive_all();
    EXPECT_TRUE(connection.has_ended());
    EXPECT_NE(both.find("hello nobody"), std::string::npos);
    EXPECT_TRUE(both.ends_with("Connection: close\r\n\r\n")) << "the answer to HEAD has no body: " << both;
    EXPECT_NE(both.rfind("Content-Length: 12"), std::string::npos);
}

TEST(Http, AChunkedBodyIsRead) {
    const Running server;
    RawConnection connection(server.port);
    ASSERT_TRUE(connection.send(
        "POST /echo HTTP/1.1\r\nHost: " + server.host() +
        "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"));
    EXPECT_TRUE(connection.receive_all().ends_with("\r\n\r\nabcdefg"));
}

TEST(Http, AChunkedBodyMayComeByteByByte) {
    const Running server;
    RawConnection connection(server.port);
    const std::string request =
        "POST /echo HTTP/1.1\r\nHost: " + server.host() +
        "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nab\r\n0\r\n\r\n";
    for (const char byte : request)
        ASSERT_TRUE(connection.send(std::string(1, byte)));
    EXPECT_TRUE(connection.receive_all().ends_with("\r\n\r\nab"));
}

TEST(Http, AHandlerThatThrowsAnswers500) {
    const Running server;
    const auto answer = server.client().get("/throw");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 500);
    EXPECT_EQ(server.client().get("/hello")->status, 200) << "the server goes on";
}

TEST(Http, AnswersMayComeLaterAndFromOtherThreads) {
    Running server;
    EXPECT_EQ(server.client().get("/thread")->body, "from a thread");
    auto later = std::async(std::launch::async, [&] { return server.client().get("/later"); });
    ASSERT_TRUE(
        server.eventually([&] { return server.on_loop([&] { return server.waiting.size(); }) == 1; }));
    server.on_loop([&] {
        server.waiting.front().send(text_response(202, "now"));
        server.waiting.clear();
    });
    EXPECT_EQ(later.get()->status, 202);
}

TEST(Http, AnAnswerToADeadConnectionDoesNoHarm) {
    Running server;
    {
        RawConnection connection(server.port);
        ASSERT_TRUE(connection.send("GET /later HTTP/1.1\r\nHost: " + server.host() + "\r\n\r\n"));
        ASSERT_TRUE(
            server.eventually([&] { return server.on_loop([&] { return server.waiting.size(); }) == 1; }));
    }
    server.on_loop([&] {
        server.waiting.front().send(text_response(200, std::string(kMiB, 'x')));
        server.waiting.clear();
    });
    EXPECT_TRUE(server.eventually([&] { return server.connections() == 0; }));
    EXPECT_EQ(server.client().get("/hello")->status, 200);
}

TEST(Http, AHalfSentRequestIsClosedAtItsDeadline) {
    HttpServerOptions options;
    options.read_deadline = 200ms;
    Running server(options);
    for (const std::string half :
         {"", "GET /hel", "POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nabc"}) {
        RawConnection connection(server.port);
        ASSERT_TRUE(connection.send(half));
        const auto begin = Clock::now();
        const std::string answer = connection.receive_all(5s);
        EXPECT_TRUE(connection.has_ended()) << half;
        EXPECT_LT(Clock::now() - begin, 3s);
        EXPECT_EQ(answer.find("408") != std::string::npos, !half.empty()) << answer;
    }
    EXPECT_TRUE(server.eventually([&] { return server.connections() == 0; }));
}

TEST(Http, DrippingBytesDoesNotExtendTheDeadline) {
    HttpServerOptions options;
    options.read_deadline = 300ms;
    const Running server(options);
    RawConnection connection(server.port);
    const auto begin = Clock::now();
    bool ended = false;
    for (int i = 0; i < 200 && !ended; ++i) {
        ended = !connection.send(i == 0 ? "GET /hello HTTP/1.1\r\nX: " : "y");
        connection.receive_until("never", 20ms);
        ended = ended || connection.has_ended();
    }
    EXPECT_TRUE(ended);
    EXPECT_LT(Clock::now() - begin, 3s);
}

TEST(Http, BodiesHaveALimitPerRoute) {
    const Running server;
    const HttpClient client = server.client();
    EXPECT_EQ(client.post("/small", "text/plain", "0123456789")->status, 200);
    const auto large = client.post("/small", "text/plain", "0123456789a");
    ASSERT_TRUE(large) << large.error().detail;
    EXPECT_EQ(large->status, 413);
    EXPECT_NE(large->body.find("at most 10 are allowed here"), std::string::npos) << large->body;
    // Far more than fits into socket buffers: the answer must still arrive.
    const auto huge = client.post("/echo", "application/octet-stream", std::string(12 * kMiB, 'x'));
    ASSERT_TRUE(huge) << huge.error().detail;
    EXPECT_EQ(huge->status, 413);
    // An announced length that no machine has.
    RawConnection connection(server.port);
    ASSERT_TRUE(connection.send("POST /echo HTTP/1.1\r\nHost: " + server.host() +
                                "\r\nContent-Length: 9999999999999\r\n\r\n"));
    EXPECT_NE(connection.receive_until("allowed here").find("413"), std::string::npos);
    // No length announced at all.
    RawConnection chunked(server.port);
    ASSERT_TRUE(chunked.send("POST /small HTTP/1.1\r\nHost: " + server.host() +
                             "\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n8\r\n01234567\r\n"));
    EXPECT_NE(chunked.receive_until("http.too-large").find("413"), std::string::npos);
}

TEST(Http, HeadersHaveALimit) {
    const Running server;
    RawConnection connection(server.port);
    connection.send("GET /hello HTTP/1.1\r\nHost: " + server.host() + "\r\nX: " + std::string(9000, 'x') +
                    "\r\n\r\n");
    EXPECT_NE(connection.receive_until("}}").find("HTTP/1.1 431"), std::string::npos);
    RawConnection fits(server.port);
    ASSERT_TRUE(fits.send("GET /hello HTTP/1.1\r\nHost: " + server.host() +
                          "\r\nX: " + std::string(7000, 'x') + "\r\n\r\n"));
    EXPECT_NE(fits.receive_until("nobody").find("HTTP/1.1 200"), std::string::npos);
}

TEST(Http, NonsenseIsAnswered400) {
    const Running server;
    for (const std::string nonsense :
         {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
          "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "GET http://evil/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"}) {
        RawConnection connection(server.port);
        ASSERT_TRUE(connection.send(nonsense));
        EXPECT_NE(connection.receive_until("}}").find("HTTP/1.1 400"), std::string::npos) << nonsense;
    }
}

TEST(Http, OtherHostNamesAndForeignPagesAreRefused) {
    HttpServerOptions options;
    options.more_hosts = {"tidewaiter.port"};
    const Running server(options);
    const auto status = [&](const std::string& headers) {
        RawConnection connection(server.port);
        EXPECT_TRUE(connection.send("GET /hello HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n"));
        return connection.receive_all().substr(9, 3);
    };
    EXPECT_EQ(status("Host: " + server.host() + "\r\n"), "200");
    EXPECT_EQ(status("Host: localhost:1\r\n"), "200");
    EXPECT_EQ(status("Host: [::1]:80\r\n"), "200");
    EXPECT_EQ(status("Host: tidewaiter.port\r\n"), "200");
    EXPECT_EQ(status("Host: evil.example\r\n"), "421") << "a name that its owner pointed to 127.0.0.1";
    EXPECT_EQ(status("Host: 127.0.0.1.evil.example\r\n"), "421");
    EXPECT_EQ(status(""), "421");
    EXPECT_EQ(status("Host: " + server.host() + "\r\nOrigin: http://" + server.host() + "\r\n"), "200");
    EXPECT_EQ(status("Host: " + server.host() + "\r\nOrigin: http://evil.example\r\n"), "403");
    EXPECT_EQ(status("Host: " + server.host() + "\r\nOrigin: null\r\n"), "403");
}

TEST(Http, ConnectionsAreCappedAndIdleOnesGiveWay) {
    HttpServerOptions options;
    options.max_connections = 2;
    Running server(options);
    RawConnection busy(server.port);
    ASSERT_TRUE(busy.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_TRUE(
        server.eventually([&] { return server.on_loop([&] { return server.waiting.size(); }) == 1; }));
    RawConnection idle(server.port);
    ASSERT_TRUE(idle.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_NE(idle.receive_until("nobody").find("200"), std::string::npos);
    RawConnection third(server.port);
    ASSERT_TRUE(third.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_TRUE(
        server.eventually([&] { return server.on_loop([&] { return server.waiting.size(); }) == 2; }));
    EXPECT_EQ(idle.receive_all(), "") << "the idle one was closed for it";
    EXPECT_TRUE(idle.has_ended());
    RawConnection fourth(server.port);
    fourth.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(fourth.receive_all(), "");
    EXPECT_TRUE(fourth.has_ended()) << "no idle one is left to give way";
    EXPECT_EQ(server.connections(), 2U);
}

TEST(Http, EventsArriveInOrder) {
    Running server;
    std::vector<Event> events;
    auto reader = std::async(std::launch::async, [&] {
        return server.client().events("/events", [&](const Event& event) {
            events.push_back(event);
            return event.event != "end";
        });
    });
    ASSERT_TRUE(
        server.eventually([&] { return server.on_loop([&] { return server.hub.listeners(); }) == 1; }));
    for (int i = 0; i < 100; ++i) {
        server.on_loop([&] { server.hub.send("verdict", "{\"n\":" + std::to_string(i) + "}"); });
    }
    server.on_loop([&] {
        server.hub.send("", "two\nlines");
        server.hub.send("end", "");
    });
    const Status status = reader.get();
    ASSERT_TRUE(status) << status.error().detail;
    ASSERT_EQ(events.size(), 102U);
    for (std::size_t i = 0; i < 100; ++i) {
        EXPECT_EQ(events[i].event, "verdict");
        EXPECT_EQ(events[i].data, "{\"n\":" + std::to_string(i) + "}");
    }
    EXPECT_EQ(events[100].event, "message");
    EXPECT_EQ(events[100].data, "two\nlines");
    EXPECT_TRUE(server.eventually([&] {
        server.on_loop([&] { server.hub.send("x", "y"); });
        return server.on_loop([&] { return server.hub.listeners(); }) == 0;
    })) << "a listener that left is forgotten";
}

TEST(Http, AStreamThatFallsSilentIsKeptAliveByComments) {
    HttpServerOptions options;
    options.event_keep_alive = 20ms;
    Running server(options);
    RawConnection connection(server.port);
    ASSERT_TRUE(connection.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    const std::string text = connection.receive_until(": still here\n\n: still here\n\n");
    EXPECT_NE(text.find("Content-Type: text/event-stream"), std::string::npos);
    EXPECT_NE(text.find(": still here\n\n: still here\n\n"), std::string::npos);
    server.on_loop([&] { server.streams.clear(); });
    connection.receive_all();
    EXPECT_TRUE(connection.has_ended()) << "a stream that nobody holds any more ends";
}

TEST(Http, AListenerThatDoesNotReadIsDropped) {
    HttpServerOptions options;
    options.max_event_queue_bytes = 100'000;
    Running server(options);
    RawConnection slow(server.port, /*receive_buffer=*/4096);
    ASSERT_TRUE(slow.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_NE(slow.receive_until("\r\n\r\n").find("200"), std::string::npos);
    const std::string data(10'000, 'x');
    int sent = 0;
    const bool dropped = server.eventually([&] {
        return server.on_loop([&] {
            ++sent;
            return !server.streams.front()->send("big", data);
        });
    });
    EXPECT_TRUE(dropped);
    EXPECT_GE(sent, 10) << "it was dropped before its queue was full";
    EXPECT_TRUE(server.eventually([&] { return server.connections() == 0; }));
    EXPECT_FALSE(server.on_loop([&] { return server.streams.front()->is_open(); }));
    EXPECT_EQ(server.client().get("/hello")->status, 200);
}

TEST(Http, ASlowReaderOfAnAnswerIsDropped) {
    HttpServerOptions options;
    options.write_deadline = 200ms;
    Running server(options);
    RawConnection slow(server.port, /*receive_buffer=*/4096);
    ASSERT_TRUE(slow.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_NE(slow.receive_until("\r\n\r\n").find("200"), std::string::npos);
    EXPECT_TRUE(server.eventually([&] { return server.connections() == 0; }));
}

TEST(Http, TheServerCanGoWhileRequestsAndStreamsAreOpen) {
    auto server = std::make_unique<Running>();
    RawConnection waiting(server->port);
    ASSERT_TRUE(waiting.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    RawConnection listening(server->port);
    ASSERT_TRUE(listening.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_TRUE(server->eventually([&] {
        return server->on_loop([&] { return server->waiting.size() + server->hub.listeners(); }) == 2;
    }));
    server.reset();
    waiting.receive_all();
    listening.receive_all();
    EXPECT_TRUE(waiting.has_ended());
    EXPECT_TRUE(listening.has_ended());
}

TEST(Http, AnAddressInUseIsNamed) {
    const Running server;
    Loop loop;
    const Router router;
    HttpServerOptions options;
    options.port = server.port;
    const auto second = HttpServer::listen(loop, router, options);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "http.listen");
    EXPECT_EQ(second.error().detail,
              server.host() + " is in use by another program; stop that one or choose another port");
    options.host = "here";
    EXPECT_EQ(HttpServer::listen(loop, router, options).error().code, "http.address");
}

TEST(HttpClient, SaysWhatToDoWhenNobodyIsThere) {
    std::uint16_t port = 0;
    {
        const Running server;
        port = server.port;
    }
    const HttpClient client("127.0.0.1", port, {.program = "tidewaiterd"});
    const auto answer = client.get("/");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "http.unreachable");
    EXPECT_EQ(answer.error().detail, "cannot reach http://127.0.0.1:" + std::to_string(port) +
                                         ": connection refused; is tidewaiterd running?");
    const auto nowhere = HttpClient("no-such-host.invalid", 80).get("/");
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().code, "http.unreachable");
}

TEST(HttpClient, GivesUpAtItsDeadline) {
    Running server;
    const HttpClient client("127.0.0.1", server.port, {.deadline = 100ms, .program = "tidewaiterd"});
    const auto begin = Clock::now();
    const auto answer = client.get("/later");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "http.timeout");
    EXPECT_LT(Clock::now() - begin, 2s);
    const Status silent = client.events("/stream", [](const Event&) { return true; }, 100ms);
    ASSERT_FALSE(silent);
    EXPECT_EQ(silent.error().code, "http.timeout");
}

TEST(HttpClient, RefusesWhatIsTooLargeOrNoHttp) {
    Running server;
    const auto large = HttpClient("127.0.0.1", server.port, {.max_body_bytes = 1000}).get("/large");
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().code, "http.too-large");
    const Status refused = server.client().events("/hello", [](const Event&) { return true; });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "http.status");
}

} // namespace
} // namespace tidewaiter::loop
