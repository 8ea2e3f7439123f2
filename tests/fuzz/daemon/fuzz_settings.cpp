// Any text gives either settings within their rules or an error that begins with the file's name.
#include "daemon/settings/settings.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidewaiter::settings;
    struct Relay {
        std::string id;
        Endpoint at;
    };
    std::string device;
    std::uint16_t count = 1;
    std::chrono::milliseconds every{1000};
    std::uint64_t cap = 1;
    Endpoint listen;
    std::vector<std::string> namespaces;
    std::vector<Relay> relays;
    Schema schema;
    schema.text("device", device, {.max_bytes = 20});
    schema.integer("count", count, {.min = 1, .max = 9});
    schema.duration("every", every, {.max = std::chrono::hours(1)});
    schema.size("cap", cap, {.max = 4096});
    schema.endpoint("listen", listen, {.loopback_only = true});
    schema.texts("namespaces", namespaces, {.max_count = 3});
    schema.table("port", [&](Schema& port) { port.text("office", device); });
    schema.tables("relay", relays, [](Schema& table, Relay& relay) {
        table.text("id", relay.id, {.required = true});
        table.endpoint("at", relay.at);
    });
    const auto status = read_text({reinterpret_cast<const char*>(data), size}, "f.toml", schema);
    if (!status && !status.error().detail.starts_with("f.toml:")) std::abort();
    if (status && (count < 1 || count > 9 || cap > 4096 || namespaces.size() > 3)) std::abort();
    return 0;
}
