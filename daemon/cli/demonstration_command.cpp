#include "daemon/cli/demonstration_command.hpp"

#include "daemon/cli/demonstration/prepare.hpp"
#include "daemon/cli/demonstration/seed.hpp"
#include "daemon/cli/report.hpp"

#include <chrono>

namespace tidewaiter::cli {

namespace {

TimeNs now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
    constexpr std::int64_t kNanos = 1'000'000'000;
    return {nanos / kNanos, static_cast<std::uint32_t>(nanos % kNanos)};
}

} // namespace

int run_prepare(const DemonstrationOptions& options) {
    if (const Status done = prepare_demonstration(options.data, options.from, now()); !done)
        return report(done.error());
    if (options.is_json)
        say_json(json::Value{{"prepared", options.data}});
    else
        say("Keys and genesis.cbor are in " + options.data + ".");
    return kOk;
}

int run_seed(const DemonstrationOptions& options) {
    const SeedOptions seed{.data = options.data,
                           .from = options.from,
                           .node = options.node,
                           .now = now().seconds,
                           .say = [&](const std::string& what) {
                               if (!options.is_json) say("entered " + what);
                           }};
    if (const Status done = seed_demonstration(seed); !done) {
        const int code = report(done.error());
        if (code == kError)
            ignore(report({"demonstration.again", "a demonstration is seeded once, on a new ledger; "
                                                  "begin again with ./run --reset"}),
                   "the first error counts");
        return code;
    }
    if (options.is_json) say_json(json::Value{{"seeded", options.data}});
    return kOk;
}

} // namespace tidewaiter::cli
