#include "daemon/loop/http.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::loop {
namespace {

/// Keeps the answer, as a console's tests do.
struct Recorder final : Exchange {
    void send(Response response) override { answers.push_back(std::move(response)); }
    [[nodiscard]] std::shared_ptr<EventStream> stream() override { return nullptr; }
    std::vector<Response> answers;
};

Response ask(const Router& router, const std::string& method, const std::string& target) {
    auto recorder = std::make_shared<Recorder>();
    Request request;
    request.method = method;
    request.target = target;
    request.path = parse_target(target).value_or(Target{}).path;
    router.handle(request, Responder(recorder));
    EXPECT_EQ(recorder->answers.size(), 1U) << "exactly one answer";
    return recorder->answers.empty() ? Response{} : recorder->answers.front();
}

TEST(Target, IsSplitAndDecoded) {
    const auto target =
        parse_target("/api/show%20me?key=LO%2F26%2F00981&empty&plus=a+b&twice=1&twice=2#part");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/api/show me");
    const std::vector<std::pair<std::string, std::string>> expected{
        {"key", "LO/26/00981"}, {"empty", ""}, {"plus", "a b"}, {"twice", "1"}, {"twice", "2"}};
    EXPECT_EQ(target->query, expected);
    Request request;
    request.query = target->query;
    EXPECT_EQ(request.query_value("twice"), "1");
    EXPECT_EQ(request.query_value("none"), std::nullopt);
}

TEST(Target, NonsenseIsRefused) {
    for (const char* bad :
         {"", "api", "http://evil/", "/%", "/%4", "/%zz", "/a%00b", "/a%0ab", "/?x=%g1", "*"}) {
        EXPECT_FALSE(parse_target(bad)) << bad;
    }
}

TEST(Target, EncodingRoundTrips) {
    std::string all;
    for (int c = 1; c < 256; ++c)
        all += static_cast<char>(c);
    const auto target = parse_target("/x?v=" + percent_encode(all));
    ASSERT_TRUE(target);
    EXPECT_EQ(target->query.at(0).second, all);
}

TEST(Request, HeadersDoNotHeedCase) {
    Request request;
    request.headers = {{"Content-Type", "Text/Plain; charset=utf-8"}};
    EXPECT_EQ(request.header("content-TYPE"), "Text/Plain; charset=utf-8");
    EXPECT_EQ(request.content_type(), "text/plain");
    EXPECT_EQ(Request{}.content_type(), "");
}

TEST(Router, FindsTheBestPattern) {
    Router router;
    router.on("GET", "/api/stamps", [](const Request&) { return text_response(200, "list"); });
    router.on("POST", "/api/stamps", [](const Request&) { return text_response(201, "made"); }, 1'000'000);
    router.on("GET", "/api/stamps/{id}",
              [](const Request& request) { return text_response(200, request.parameter("id")); });
    router.on("GET", "/api/stamps/newest", [](const Request&) { return text_response(200, "newest"); });
    router.on("GET", "/files/{name...}",
              [](const Request& request) { return text_response(200, request.parameter("name")); });
    router.on("GET", "/", [](const Request&) { return text_response(200, "page"); });
    EXPECT_EQ(ask(router, "GET", "/api/stamps").body, "list");
    EXPECT_EQ(ask(router, "POST", "/api/stamps").status, 201);
    EXPECT_EQ(ask(router, "GET", "/api/stamps/a%20b").body, "a b");
    EXPECT_EQ(ask(router, "GET", "/api/stamps/newest").body, "newest");
    EXPECT_EQ(ask(router, "GET", "/files/a/b.js").body, "a/b.js");
    EXPECT_EQ(ask(router, "GET", "/").body, "page");
    EXPECT_EQ(ask(router, "HEAD", "/").status, 200);
    EXPECT_EQ(ask(router, "GET", "/api/stamps/").status, 404);
    EXPECT_EQ(ask(router, "GET", "/api/stamps/a/b").status, 404);
    EXPECT_EQ(ask(router, "GET", "/files/").status, 404);
    EXPECT_NE(ask(router, "GET", "/none").body.find("http.not-found"), std::string::npos);
    const Response wrong = ask(router, "DELETE", "/api/stamps");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.header("allow"), "GET, POST");
    EXPECT_EQ(router.max_body("POST", "/api/stamps"), 1'000'000U);
    EXPECT_EQ(router.max_body("GET", "/none"), Router::kDefaultMaxBody);
}

TEST(Responder, DroppedItAnswers500) {
    auto recorder = std::make_shared<Recorder>();
    {
        const Responder responder(recorder);
    }
    ASSERT_EQ(recorder->answers.size(), 1U);
    EXPECT_EQ(recorder->answers.at(0).status, 500);
    Responder once(recorder);
    Responder moved(std::move(once));
    moved.send(text_response(200, "x"));
    EXPECT_EQ(recorder->answers.size(), 2U);
}

TEST(EventHub, RefusesTooManyListenersAndForgetsThoseWhoLeft) {
    struct Listener final : EventStream {
        bool send(std::string_view, std::string_view) override {
            ++sent;
            return is_here;
        }
        [[nodiscard]] bool is_open() const override { return is_here; }
        void close() override { is_here = false; }
        bool is_here = true;
        int sent = 0;
    };
    struct Door final : Exchange {
        void send(Response response) override { status = response.status; }
        [[nodiscard]] std::shared_ptr<EventStream> stream() override { return listener; }
        std::shared_ptr<Listener> listener = std::make_shared<Listener>();
        int status = 0;
    };
    EventHub hub(2);
    std::vector<std::shared_ptr<Door>> doors;
    for (int i = 0; i < 3; ++i)
        doors.push_back(std::make_shared<Door>());
    EXPECT_NE(hub.add(Responder(doors[0])), nullptr);
    EXPECT_NE(hub.add(Responder(doors[1])), nullptr);
    EXPECT_EQ(hub.add(Responder(doors[2])), nullptr);
    EXPECT_EQ(doors[2]->status, 503);
    doors[0]->listener->is_here = false;
    hub.send("verdict", "{}");
    EXPECT_EQ(hub.listeners(), 1U);
    EXPECT_NE(hub.add(Responder(doors[2])), nullptr);
    hub.close_all();
    EXPECT_FALSE(doors[1]->listener->is_open());
    EXPECT_EQ(hub.listeners(), 0U);
}

} // namespace
} // namespace tidewaiter::loop
