#pragma once

#include "daemon/json/json.hpp"

/// How the commands answer: text for people or JSON, and a number for scripts (docs/cli.md).
namespace tidewaiter::cli {

enum Exit : int {
    kOk = 0,    ///< clear, or done
    kError = 1, ///< use, input, or what the daemon would not do
    kRefuse = 2,
    kDecide = 3, ///< the officer decides
    kCannotTell = 4,
    kUnreachable = 5, ///< no daemon answers there
    kInvalid = 6,     ///< light, inspect: something does not verify
};

/// Prints "tidewaiter: what, where, what to do" to standard error; kUnreachable or kError.
[[nodiscard]] int report(const Error& error);
[[nodiscard]] int exit_for(std::string_view outcome);
/// One line to standard output.
void say(std::string_view line);
/// A compact JSON line to standard output.
void say_json(const json::Value& value);

} // namespace tidewaiter::cli
