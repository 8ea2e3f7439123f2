#pragma once

#include "ledger/base/result.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tidewaiter::mqtt {

/// Names to numeric addresses with a deadline, which the system's own call lacks. One thread at a time.
class Resolver {
  public:
    Resolver();
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    /// A numeric address comes back at once as it is. Errors: mqtt.unresolved, mqtt.timeout.
    [[nodiscard]] Result<std::string> resolve(const std::string& host, std::chrono::milliseconds deadline);
    /// Any thread: ends a running and every later resolve() early.
    void interrupt() { is_interrupted_ = true; }

  private:
    struct Request;
    void sweep();

    std::atomic<bool> is_interrupted_{false};
    /// Gave up on; the system still writes into them.
    std::vector<std::unique_ptr<Request>> abandoned_;
};

} // namespace tidewaiter::mqtt
