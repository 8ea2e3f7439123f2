#include "daemon/console/api.hpp"

#include "daemon/console/order.hpp"
#include "daemon/console/page.hpp"

#include <charconv>

namespace tidewaiter::console {

namespace {

using loop::Request;
using loop::Responder;
using loop::Response;

constexpr std::size_t kMaxTextBytes = 16'384;

Response to_response(const Answer& answer) {
    return loop::json_response(answer.status, answer.body.dump());
}

Response failure(const Error& error) {
    return loop::error_response(400, error.code, error.detail);
}

/// Who asks, for the journal: "console", or what a header of ours says.
std::string source_of(const Request& request) {
    const auto source = request.header("X-Tidewaiter-Source");
    return source && (*source == "command" || *source == "folder") ? *source : "console";
}

/// A page of somebody else's in the officer's browser may send requests, but not without naming its origin.
bool is_of_another_origin(const Request& request) {
    const auto origin = request.header("Origin");
    return origin && *origin != "http://" + request.header("Host").value_or("");
}

Response other_origin() {
    return loop::error_response(403, "api.origin",
                                "this gateway answers its own page and programs on this machine only");
}

std::string without_line_end(std::string text) {
    // A code may end in a space, which is a digit of Base45; only line ends go.
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    return text;
}

void scan(Service& service, const Request& request, Responder responder) {
    if (is_of_another_origin(request)) return responder.send(other_origin());
    const std::string type = request.content_type();
    if (type == "text/plain") {
        application::Scan scan{.text = without_line_end(request.body)};
        for (const auto& [name, value] : request.query) {
            if (name == "receipt") scan.receipts.push_back(value);
        }
        return responder.send(to_response(service.scan_text(std::move(scan), source_of(request))));
    }
    if (type == "application/octet-stream" || type.starts_with("image/")) {
        auto shared = std::make_shared<Responder>(std::move(responder));
        return service.scan_picture(to_bytes(as_bytes(request.body)), source_of(request),
                                    [shared](const Answer& answer) { shared->send(to_response(answer)); });
    }
    responder.send(loop::error_response(
        415, "api.content-type", "send a code as text/plain, or a PNG or JPEG as application/octet-stream"));
}

Response stamp(Service& service, const Request& request) {
    if (is_of_another_origin(request)) return other_origin();
    if (request.content_type() != "application/json") {
        return loop::error_response(415, "api.content-type", "send the stamp's fields as application/json");
    }
    const auto body = json::parse(request.body, {.max_depth = 8, .max_bytes = kMaxTextBytes});
    if (!body) return failure(body.error());
    auto order = order_from_json(*body);
    if (!order) return failure(order.error());
    if (order->verdict) {
        auto text = service.text_of(*order->verdict);
        if (!text) return failure(text.error());
        order->order.text = *std::move(text);
    }
    order->order.source = source_of(request);
    return to_response(service.stamp(std::move(order->order)));
}

Response stamp_state(Service& service, const Request& request) {
    const auto id = from_hex_fixed<32>(request.parameter("id"));
    if (!id)
        return loop::error_response(400, id.error().code,
                                    "a stamp is named by 64 hex digits: " + id.error().detail);
    return to_response(service.stamp_state(*id));
}

Response explain(Service& service, const Request& request) {
    const std::string text = request.parameter("height");
    std::uint64_t height = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), height);
    if (error != std::errc() || end != text.data() + text.size() || height == 0 ||
        height > documents::kMaxHeight) {
        return loop::error_response(400, "api.height", "a height is a whole number from 1");
    }
    return to_response(service.explain(height));
}

Response show(Service& service, const Request& request) {
    const auto code = request.query_value("code");
    if (!code)
        return loop::error_response(400, "api.code",
                                    "name the record: /api/show?code=ATA%20US%20US26%2F104417");
    return to_response(service.show(*code));
}

Response page() {
    return {
        .status = 200,
        .content_type = "text/html; charset=utf-8",
        .body = std::string(page_html()),
        .headers = {
            {"Content-Security-Policy",
             "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
             "form-action 'none'; frame-ancestors 'none'"},
            {"X-Content-Type-Options", "nosniff"},
            {"Referrer-Policy", "no-referrer"}}};
}

Response asset(std::string_view type, std::string_view body) {
    return {.status = 200,
            .content_type = std::string(type),
            .body = std::string(body),
            .headers = {{"X-Content-Type-Options", "nosniff"}}};
}

} // namespace

void add_routes(loop::Router& router, Service& service, loop::EventHub& events) {
    router.on("GET", "/", [](const Request&) { return page(); });
    router.on("GET", "/page.js",
              [](const Request&) { return asset("text/javascript; charset=utf-8", page_script()); });
    router.on("GET", "/page.css",
              [](const Request&) { return asset("text/css; charset=utf-8", page_style()); });
    router.on("GET", "/api/status",
              [&service](const Request&) { return loop::json_response(200, service.status().dump()); });
    router.on("GET", "/api/health", [&service](const Request&) { return to_response(service.health()); });
    router.on_later(
        "POST", "/api/scan",
        [&service](const Request& request, Responder responder) {
            scan(service, request, std::move(responder));
        },
        limits::kMaxPictureBytes);
    router.on(
        "POST", "/api/stamp", [&service](const Request& request) { return stamp(service, request); },
        kMaxTextBytes);
    router.on("GET", "/api/stamps", [&service](const Request&) { return to_response(service.stamps()); });
    router.on("GET", "/api/stamps/{id}",
              [&service](const Request& request) { return stamp_state(service, request); });
    router.on("GET", "/api/verdicts", [&service](const Request&) { return to_response(service.verdicts()); });
    router.on("GET", "/api/show", [&service](const Request& request) { return show(service, request); });
    router.on("GET", "/api/explain/{height}",
              [&service](const Request& request) { return explain(service, request); });
    router.on_later("GET", "/api/events", [&service, &events](const Request&, Responder responder) {
        if (const auto stream = events.add(std::move(responder)))
            stream->send("status", service.status().dump());
    });
}

} // namespace tidewaiter::console
