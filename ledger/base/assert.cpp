#include "ledger/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace tidewaiter {

void assertion_failed(const char* expression, const char* file, int line) {
    // Unbuffered and without allocation: the program's state is unknown here.
    std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, expression);
    std::abort();
}

} // namespace tidewaiter
