#include "daemon/console/api.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::console {
namespace {

struct Kept final : loop::Exchange {
    void send(loop::Response response) override { answers.push_back(std::move(response)); }
    [[nodiscard]] std::shared_ptr<loop::EventStream> stream() override { return nullptr; }
    std::vector<loop::Response> answers;
};

/// Remembers what it was asked.
struct Asked final : Service {
    json::Value status() override { return {{"device", "lane1"}}; }
    Answer health() override { return {.status = 503, .body = json::object()}; }
    Answer scan_text(application::Scan scan, const std::string& source) override {
        texts.push_back(scan.text);
        receipts = scan.receipts;
        sources.push_back(source);
        return {.body = {{"outcome", "clear"}}};
    }
    void scan_picture(Bytes picture, std::string source, Answered done) override {
        pictures.push_back(std::move(picture));
        sources.push_back(std::move(source));
        waiting.push_back(std::move(done));
    }
    Answer stamp(gateway::StampOrder order) override {
        orders.push_back(std::move(order));
        return {.status = 201, .body = json::object()};
    }
    Result<std::string> text_of(const gateway::VerdictId& verdict) override {
        if (verdict[0] == 0) return fail("order.verdict", "scan again");
        return "text of " + to_hex(ByteView(verdict).first(1));
    }
    Answer stamps() override { return {.body = json::object()}; }
    Answer stamp_state(const Hash& stamp) override { return {.body = {{"stamp", to_hex(stamp)}}}; }
    Answer verdicts() override { return {.body = json::object()}; }
    Answer show(const std::string& text) override { return {.body = {{"shown", text}}}; }
    Answer explain(std::uint64_t height) override { return {.body = {{"height", height}}}; }

    std::vector<std::string> texts;
    std::vector<std::string> receipts;
    std::vector<std::string> sources;
    std::vector<Bytes> pictures;
    std::vector<Answered> waiting;
    std::vector<gateway::StampOrder> orders;
};

class Api : public ::testing::Test {
  protected:
    Api() { add_routes(router_, service_, events_); }

    std::shared_ptr<Kept> send(const std::string& method, const std::string& target, std::string body = {},
                               const std::string& type = {}) {
        auto kept = std::make_shared<Kept>();
        loop::Request request;
        request.method = method;
        request.target = target;
        const auto parsed = loop::parse_target(target).value_or(loop::Target{});
        request.path = parsed.path;
        request.query = parsed.query;
        request.body = std::move(body);
        if (!type.empty()) request.headers.push_back({"Content-Type", type});
        for (const loop::Header& header : headers_) request.headers.push_back(header);
        router_.handle(request, loop::Responder(kept));
        return kept;
    }
    loop::Response ask(const std::string& method, const std::string& target, std::string body = {},
                       const std::string& type = {}) {
        const auto kept = send(method, target, std::move(body), type);
        EXPECT_EQ(kept->answers.size(), 1U);
        return kept->answers.empty() ? loop::Response{} : kept->answers.front();
    }

    Asked service_;
    loop::EventHub events_;
    loop::Router router_;
    std::vector<loop::Header> headers_;
};

TEST_F(Api, ACodeLosesItsLineEndAndNothingElse) {
    EXPECT_EQ(ask("POST", "/api/scan?receipt=R1&receipt=R2", "TW1:AB \r\n", "text/plain; charset=utf-8").status, 200);
    EXPECT_EQ(service_.texts, std::vector<std::string>{"TW1:AB "}) << "a space is a digit of Base45";
    EXPECT_EQ(service_.receipts, (std::vector<std::string>{"R1", "R2"}));
}

TEST_F(Api, WhoAsksIsOneOfOurWords) {
    ask("POST", "/api/scan", "x", "text/plain");
    headers_ = {{"X-Tidewaiter-Source", "command"}};
    ask("POST", "/api/scan", "x", "text/plain");
    headers_ = {{"X-Tidewaiter-Source", "<b>the minister</b>"}};
    ask("POST", "/api/scan", "x", "text/plain");
    EXPECT_EQ(service_.sources, (std::vector<std::string>{"console", "command", "console"}));
}

TEST_F(Api, APictureIsAnsweredWhenItWasLookedAt) {
    const auto kept = send("POST", "/api/scan", "\x89PNG", "image/png");
    EXPECT_TRUE(kept->answers.empty());
    ASSERT_EQ(service_.waiting.size(), 1U);
    service_.waiting.front()({.body = {{"outcome", "cannot_tell"}}});
    ASSERT_EQ(kept->answers.size(), 1U);
    EXPECT_NE(kept->answers.front().body.find("cannot_tell"), std::string::npos);
}

TEST_F(Api, AStampByItsVerdictGetsTheTextBehindIt) {
    const std::string order = R"({"officer":"o","verdict":")" + std::string(32, 'a') + R"(","operation":"EXPORT"})";
    EXPECT_EQ(ask("POST", "/api/stamp", order, "application/json").status, 201);
    ASSERT_EQ(service_.orders.size(), 1U);
    EXPECT_EQ(service_.orders.front().text, "text of aa");
    const std::string unknown = R"({"officer":"o","verdict":")" + std::string(32, '0') + R"(","operation":"EXPORT"})";
    const loop::Response refused = ask("POST", "/api/stamp", unknown, "application/json");
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(refused.body.find("scan again"), std::string::npos);
    EXPECT_EQ(service_.orders.size(), 1U);
}

TEST_F(Api, WrongRequestsReachNoService) {
    struct Case {
        const char* method;
        const char* target;
        const char* body;
        const char* type;
        int status;
        const char* code;
    };
    for (const Case& wrong : {
             Case{"POST", "/api/scan", "x", "text/html", 415, "api.content-type"},
             Case{"POST", "/api/scan", "x", "", 415, "api.content-type"},
             Case{"POST", "/api/stamp", "{}", "text/plain", 415, "api.content-type"},
             Case{"POST", "/api/stamp", "{", "application/json", 400, "json."},
             Case{"POST", "/api/stamp", "[]", "application/json", 400, "json."},
             Case{"GET", "/api/explain/0", "", "", 400, "api.height"},
             Case{"GET", "/api/explain/-1", "", "", 400, "api.height"},
             Case{"GET", "/api/explain/1x", "", "", 400, "api.height"},
             Case{"GET", "/api/explain/99999999999999999999", "", "", 400, "api.height"},
             Case{"GET", "/api/show", "", "", 400, "api.code"},
         }) {
        SCOPED_TRACE(std::string(wrong.method) + " " + wrong.target + " " + wrong.body);
        const loop::Response answer = ask(wrong.method, wrong.target, wrong.body, wrong.type);
        EXPECT_EQ(answer.status, wrong.status);
        EXPECT_NE(answer.body.find(wrong.code), std::string::npos) << answer.body;
    }
    EXPECT_EQ(ask("GET", "/api/stamps/" + std::string(63, '0')).status, 400);
    EXPECT_TRUE(service_.texts.empty());
    EXPECT_TRUE(service_.orders.empty());
    EXPECT_TRUE(service_.pictures.empty());
}

TEST_F(Api, NamesAreDecodedOnce) {
    const loop::Response shown = ask("GET", "/api/show?code=ATA%20GB%20LO%2F26%2F00981%2525");
    EXPECT_NE(shown.body.find("ATA GB LO/26/00981%25\""), std::string::npos) << shown.body;
}

TEST_F(Api, ThePageMayOnlyLoadWhatIsOurs) {
    const loop::Response page = ask("GET", "/");
    EXPECT_EQ(page.status, 200);
    EXPECT_NE(page.header("Content-Security-Policy").value_or("").find("default-src 'none'"), std::string::npos);
    EXPECT_EQ(page.body.find("<script>"), std::string::npos) << "a script in the page itself would be blocked";
    EXPECT_EQ(page.body.find("http://"), std::string::npos);
    EXPECT_EQ(page.body.find("https://"), std::string::npos);
    EXPECT_EQ(ask("GET", "/page.js").body.find("innerHTML"), std::string::npos) << "what is outside would become markup";
}

TEST_F(Api, HealthTellsByItsStatus) { EXPECT_EQ(ask("GET", "/api/health").status, 503); }

} // namespace
} // namespace tidewaiter::console
