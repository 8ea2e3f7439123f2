#include "daemon/gateway/options.hpp"

#include "daemon/files/files.hpp"

#include <algorithm>

namespace tidewaiter::gateway {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxKeyListBytes = 65'536;

Status is_id(std::string_view text) {
    const bool is_good = !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    return is_good ? Status{} : fail("settings.value", "1 to 32 characters of a-z, 0-9 and -");
}

Status is_namespace(std::string_view text) {
    return state::is_namespace(text) ? Status{} : fail("settings.value", "a namespace such as carnet/us");
}

Status is_office(std::string_view text) {
    const std::size_t colon = text.find(':');
    const bool is_good =
        colon != std::string_view::npos && colon >= 2 && colon + 1 < text.size() && text.size() <= 15;
    return is_good ? Status{} : fail("settings.value", "scheme:code, for example US-D:2720");
}

void declare_gateway(settings::Schema& schema, Options& options) {
    schema.text("device", options.device, {.required = true, .max_bytes = 32, .check = is_id});
    schema.path("key", options.key, {.required = true});
    schema.path("data", options.data, {.required = true});
    schema.endpoint("http", options.http, {.loopback_only = true, .may_be_zero = true});
    schema.path("decoder", options.decoder);
    schema.size("box_limit", options.box_limit, {.min = 65'536});
}

void declare_chain(settings::Schema& schema, Options& options) {
    schema.text("id", options.chain, {.required = true, .max_bytes = 50});
    schema.path("anchor", options.anchor, {.required = true});
    schema.path("administrators", options.administrators, {.required = true});
    schema.integer("threshold", options.threshold, {.required = true, .min = 1, .max = 16});
    schema.texts("namespaces", options.namespaces,
                 {.required = true, .min_count = 1, .max_count = 32, .check = is_namespace});
    schema.duration("clock_drift", options.clock_drift,
                    {.min = milliseconds(1'000), .max = milliseconds(60'000)});
    schema.boolean("solo", options.is_solo);
}

std::optional<crypto::Algorithm> algorithm_from(std::string_view word) {
    if (word == "ES256") return crypto::Algorithm::Es256;
    if (word == "EdDSA") return crypto::Algorithm::EdDsa;
    return std::nullopt;
}

/// "tidewaiter-public-key-1 ES256 <hex>"
Result<crypto::PublicKey> parse_public_key(std::string_view line) {
    constexpr std::string_view kPrefix = "tidewaiter-public-key-1 ";
    const auto wrong = [] {
        return fail("key-list.format", "expected \"tidewaiter-public-key-1 ES256 <128 hex digits>\" or "
                                       "\"tidewaiter-public-key-1 EdDSA <64 hex digits>\"");
    };
    if (!line.starts_with(kPrefix)) return wrong();
    line.remove_prefix(kPrefix.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return wrong();
    const auto algorithm = algorithm_from(line.substr(0, space));
    if (!algorithm) return wrong();
    TW_TRY(const Bytes raw, from_hex(line.substr(space + 1)));
    if (*algorithm == crypto::Algorithm::EdDsa) return crypto::PublicKey::ed25519(raw);
    if (raw.size() != 64) return wrong();
    return crypto::PublicKey::p256(ByteView(raw).first(32), ByteView(raw).last(32));
}

} // namespace

Result<Options> read_options(const std::filesystem::path& path) {
    Options options;
    settings::Schema schema;
    schema.table("gateway", [&](settings::Schema& s) { declare_gateway(s, options); }, {.required = true});
    schema.table("port",
                 [&](settings::Schema& port) {
                     port.text("territory", options.territory, {.required = true, .max_bytes = 2});
                     port.text("place", options.place, {.required = true, .max_bytes = 5});
                     port.text("office", options.office, {.required = true, .check = is_office});
                     port.text("timezone", options.timezone);
                 },
                 {.required = true});
    schema.table("chain", [&](settings::Schema& s) { declare_chain(s, options); }, {.required = true});
    schema.table("broker", [&](settings::Schema& broker) {
        broker.text("user", options.broker_user);
        broker.text("password", options.broker_password);
    });
    schema.tables("relay", options.relays,
                  [](settings::Schema& s, Options::Relay& relay) {
                      s.text("id", relay.id, {.required = true, .max_bytes = 32, .check = is_id});
                      s.text("member", relay.member, {.required = true, .max_bytes = 32, .check = is_id});
                      s.path("key", relay.key, {.required = true});
                      s.endpoint("broker", relay.broker, {.required = true});
                  },
                  {.min_count = 1, .max_count = 8});
    schema.table("scan", [&](settings::Schema& scan) { scan.path("folder", options.scan_folder); });
    TW_CHECK(settings::read_file(path, schema));
    return options;
}

application::Port port_of(const Options& options) {
    return {.territory = options.territory,
            .place = options.place,
            .office = options.office,
            .namespaces = options.namespaces,
            .policy = {}};
}

Result<std::vector<crypto::PublicKey>> read_public_keys(const std::filesystem::path& path) {
    TW_TRY(const std::string text, files::read_text(path, kMaxKeyListBytes));
    std::vector<crypto::PublicKey> keys;
    std::string_view rest = text;
    for (int number = 1; !rest.empty(); ++number) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        if (line.empty() || line.starts_with('#')) continue;
        auto key = parse_public_key(line);
        if (!key) return within(path.string() + ":" + std::to_string(number), key.error());
        keys.push_back(*std::move(key));
    }
    if (keys.empty()) return fail("key-list.format", path.string() + ": no public key in this file");
    return keys;
}

} // namespace tidewaiter::gateway
