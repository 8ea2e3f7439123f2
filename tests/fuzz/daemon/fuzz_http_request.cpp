// A request in pieces of any size is the same request, and never larger than its limits.
#include "daemon/loop/http_message.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace {

constexpr std::size_t kMaxBody = 1000;

struct Outcome {
    int status = 0; ///< 0: complete, -1: more is needed
    std::string path;
    std::string body;
    bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t piece) {
    tidewaiter::loop::RequestParser parser(2000);
    std::string buffer;
    std::string path;
    bool had_header = false;
    while (true) {
        const auto used = parser.feed(buffer);
        if (!used) return {.status = used.error().status, .path = {}, .body = {}};
        buffer.erase(0, *used);
        if (!had_header && parser.has_header()) {
            had_header = true;
            const auto header = parser.header();
            if (!header) return {.status = header.error().status, .path = {}, .body = {}};
            path = header->path;
            if (const auto fits = parser.set_max_body(kMaxBody); !fits)
                return {.status = fits.error().status, .path = {}, .body = {}};
            continue;
        }
        if (parser.is_done()) break;
        if (*used > 0) continue;
        if (bytes.empty()) return {.status = -1, .path = {}, .body = {}};
        const std::size_t next = std::min(piece, bytes.size());
        buffer += bytes.substr(0, next);
        bytes.remove_prefix(next);
    }
    Outcome outcome{.status = 0, .path = std::move(path), .body = parser.take_body()};
    if (outcome.body.size() > kMaxBody) std::abort();
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 10'000) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Outcome whole = read(bytes, bytes.size() + 1);
    const Outcome pieces = read(bytes, std::size_t{data[0]} + 1);
    // Which of two faults is seen first may depend on the pieces; what is accepted may not.
    if ((whole.status == 0 || pieces.status == 0) && whole != pieces) std::abort();
    return 0;
}
