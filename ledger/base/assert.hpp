#pragma once

namespace tidewaiter {

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

} // namespace tidewaiter

/// A broken invariant of ours; always on, aborts. Never used on input.
#define TW_ASSERT(expression)                                                                                \
    ((expression) ? static_cast<void>(0) : ::tidewaiter::assertion_failed(#expression, __FILE__, __LINE__))
