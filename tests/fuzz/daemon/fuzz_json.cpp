// What is read must be written so that it is read as the same value.
#include "daemon/json/json.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidewaiter::json;
    const auto value =
        parse({reinterpret_cast<const char*>(data), size}, {.max_depth = 32, .max_bytes = 100'000});
    if (!value) return value.error().detail.empty() ? std::abort(), 0 : 0;
    const auto again = parse(value->dump());
    if (!again || *again != *value) std::abort();
    const auto pretty = parse(value->dump_pretty());
    if (!pretty || *pretty != *value) std::abort();
    return 0;
}
