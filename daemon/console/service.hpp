#pragma once

#include "daemon/gateway/desk.hpp"
#include "daemon/json/json.hpp"

namespace tidewaiter::console {

/// An HTTP answer in JSON.
struct Answer {
    int status = 200;
    json::Value body;
};
using Answered = std::function<void(Answer)>;

/// What the console asks of the gateway. Loop thread only.
class Service {
  public:
    virtual ~Service() = default;

    [[nodiscard]] virtual json::Value status() = 0;
    [[nodiscard]] virtual Answer health() = 0;
    [[nodiscard]] virtual Answer scan_text(application::Scan scan, const std::string& source) = 0;
    /// Answers when the decoder has looked; 503 when too many pictures wait.
    virtual void scan_picture(Bytes picture, std::string source, Answered done) = 0;
    [[nodiscard]] virtual Answer stamp(gateway::StampOrder order) = 0;
    /// The text behind an earlier verdict, to stamp by it.
    [[nodiscard]] virtual Result<std::string> text_of(const gateway::VerdictId& verdict) = 0;
    [[nodiscard]] virtual Answer stamps() = 0;
    [[nodiscard]] virtual Answer stamp_state(const Hash& stamp) = 0;
    [[nodiscard]] virtual Answer verdicts() = 0;
    /// A record with history and balances, by what names it.
    [[nodiscard]] virtual Answer show(const std::string& text) = 0;
    [[nodiscard]] virtual Answer explain(std::uint64_t height) = 0;
};

} // namespace tidewaiter::console
