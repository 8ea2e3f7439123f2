#include "daemon/node/api.hpp"

#include "daemon/json/json.hpp"

#include <charconv>

namespace tidewaiter::node {

namespace {

using loop::Request;
using loop::Response;

constexpr std::size_t kMaxBlobBytes = 135'168;

Response failure(const Error& error) {
    const bool is_ours = error.code.starts_with("store.");
    const int status = error.code == "node.full" ? 503 : is_ours ? 500 : 400;
    return loop::error_response(status, error.code, error.detail);
}

Response status(SoloEngine& engine) {
    return loop::json_response(200, json::Value{{"chain", engine.chain_id()},
                                                {"engine", "solo"},
                                                {"height", engine.height()},
                                                {"time", format_time_ns(engine.tip_time())},
                                                {"state_height", engine.records().height()},
                                                {"app_hash", to_hex(engine.records().app_hash())},
                                                {"waiting", static_cast<std::int64_t>(engine.waiting())}}
                                        .dump());
}

Response submit(SoloEngine& engine, const Request& request, Moment now) {
    const auto admitted = engine.submit(as_bytes(request.body), now);
    if (!admitted) return failure(admitted.error());
    json::Value body{{"id", to_hex(admitted->id)}, {"status", "waiting"}};
    if (admitted->core_hash) body.set("core_hash", to_hex(*admitted->core_hash));
    return loop::json_response(200, body.dump());
}

Response transaction(SoloEngine& engine, const Request& request) {
    const auto id = from_hex_fixed<32>(request.parameter("id"));
    if (!id) return failure(id.error());
    const auto done = engine.archive().transaction(*id);
    if (!done) return failure(done.error());
    if (*done) {
        json::Value body{
            {"status", "included"}, {"height", (*done)->height}, {"code", std::int64_t{(*done)->code}}};
        if (!(*done)->error.empty()) body.set("error", (*done)->error);
        return loop::json_response(200, body.dump());
    }
    return loop::json_response(
        200, json::Value{{"status", engine.is_waiting(*id) ? "waiting" : "unknown"}}.dump());
}

Response blob(SoloEngine& engine, const Request& request) {
    const std::string name_space = request.query_value("namespace").value_or("");
    if (!state::is_namespace(name_space)) {
        return loop::error_response(400, "node.namespace",
                                    "name the blob's namespace: /api/blobs?namespace=carnet/us");
    }
    const auto hash = engine.blobs().put(name_space, as_bytes(request.body));
    if (!hash) return failure(hash.error());
    return loop::json_response(200, json::Value{{"hash", to_hex(*hash)}}.dump());
}

Response light_block(SoloEngine& engine, const Request& request) {
    const std::string text = request.parameter("height");
    std::uint64_t height = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), height);
    if (error != std::errc() || end != text.data() + text.size() || height > documents::kMaxHeight) {
        return loop::error_response(400, "node.height", "a height is a whole number; 0 is the newest");
    }
    const auto block = engine.archive().block(height == 0 ? engine.height() : height);
    if (!block) return failure(block.error());
    if (!*block) return loop::error_response(404, "node.height", "no block of height " + text + " yet");
    return {.status = 200,
            .content_type = "application/octet-stream",
            .body = std::string(as_text((*block)->light_block))};
}

Response record(SoloEngine& engine, const Request& request) {
    const std::string name_space = request.query_value("namespace").value_or("");
    const std::string key = request.query_value("key").value_or("");
    if (!state::is_namespace(name_space) || key.empty()) {
        return loop::error_response(400, "node.record",
                                    "name both: /api/record?namespace=carnet/us&key=ATA:US26/104417");
    }
    const auto proven = engine.records().prove(name_space, key);
    if (!proven) return failure(proven.error());
    json::Value body{{"namespace", name_space}, {"key", key}, {"state_height", engine.records().height()}};
    if (proven->value) body.set("value", to_hex(*proven->value));
    body.set("proof",
             {{"record", to_hex(proven->proof.record)}, {"application", to_hex(proven->proof.application)}});
    return loop::json_response(200, body.dump());
}

} // namespace

void add_routes(loop::Router& router, SoloEngine& engine, std::function<Moment()> now,
                std::function<void()> submitted) {
    router.on("GET", "/api/status", [&engine](const Request&) { return status(engine); });
    router.on(
        "POST", "/api/transactions",
        [&engine, now, submitted](const Request& request) {
            Response response = submit(engine, request, now());
            submitted();
            return response;
        },
        limits::kMaxTransactionBytes);
    router.on("GET", "/api/transactions/{id}",
              [&engine](const Request& request) { return transaction(engine, request); });
    router.on(
        "POST", "/api/blobs", [&engine](const Request& request) { return blob(engine, request); },
        kMaxBlobBytes);
    router.on("GET", "/api/light-block/{height}",
              [&engine](const Request& request) { return light_block(engine, request); });
    router.on("GET", "/api/record", [&engine](const Request& request) { return record(engine, request); });
}

} // namespace tidewaiter::node
