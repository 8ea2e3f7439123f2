#include "daemon/node/options.hpp"

namespace tidewaiter::node {

Result<Options> read_options(const std::filesystem::path& path) {
    using std::chrono::milliseconds;
    Options options;
    enum class Engine { Solo } engine = Engine::Solo;
    settings::Schema schema;
    schema.table("node",
                 [&](settings::Schema& node) {
                     node.path("data", options.data, {.required = true});
                     node.path("genesis", options.genesis, {.required = true});
                     node.choice("engine", engine, {{"solo", Engine::Solo}});
                     node.endpoint("http", options.http, {.loopback_only = true, .may_be_zero = true});
                 },
                 {.required = true});
    schema.table("solo",
                 [&](settings::Schema& solo) {
                     solo.path("key", options.solo_key, {.required = true});
                     solo.duration("heartbeat", options.heartbeat,
                                   {.min = milliseconds(1'000), .max = milliseconds(60'000)});
                     solo.duration("block_delay", options.block_delay, {.max = milliseconds(10'000)});
                 },
                 {.required = true});
    schema.table("relay",
                 [&](settings::Schema& relay) {
                     relay.text("id", options.relay, {.required = true, .max_bytes = 32});
                     relay.text("member", options.member, {.required = true, .max_bytes = 32});
                     relay.path("key", options.relay_key, {.required = true});
                     relay.endpoint("broker", options.broker, {.required = true});
                 },
                 {.required = true});
    TW_CHECK(settings::read_file(path, schema));
    return options;
}

} // namespace tidewaiter::node
