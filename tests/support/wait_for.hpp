#pragma once

#include "daemon/loop/loop.hpp"

#include <chrono>

namespace tidewaiter::support {

/// Runs the loop until the condition holds; false when it does not within the deadline. The loop must not be
/// running.
template <class Condition>
[[nodiscard]] bool wait_for(loop::Loop& loop, Condition condition,
                            std::chrono::milliseconds deadline = std::chrono::seconds(10)) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= end) return false;
        loop.run_for(std::chrono::milliseconds(20));
    }
    return true;
}

} // namespace tidewaiter::support
