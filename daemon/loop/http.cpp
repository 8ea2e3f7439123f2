#include "daemon/loop/http.hpp"

#include "daemon/json/json.hpp"
#include "ledger/base/assert.hpp"

#include <algorithm>

namespace tidewaiter::loop {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_names(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string> find_header(const std::vector<Header>& headers, std::string_view name) {
    for (const Header& header : headers) {
        if (equal_names(header.name, name)) return header.value;
    }
    return std::nullopt;
}

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        char character = text[at];
        if (character == '%') {
            if (at + 2 >= text.size()) return std::nullopt;
            const auto high = hex_digit(text[at + 1]);
            const auto low = hex_digit(text[at + 2]);
            if (!high || !low) return std::nullopt;
            character = static_cast<char>(*high * 16 + *low);
            at += 2;
        } else if (character == '+' && plus_is_space) {
            character = ' ';
        }
        decoded += character;
    }
    return decoded;
}

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> segments;
    if (path.starts_with('/')) path.remove_prefix(1);
    for (;;) {
        const std::size_t slash = path.find('/');
        segments.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

bool is_variable(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with('}');
}
bool is_rest(std::string_view segment) {
    return is_variable(segment) && segment.ends_with("...}");
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// How well the pattern fits: the number of exact segments, or nothing.
std::optional<std::size_t> match(const std::vector<std::string>& pattern,
                                 const std::vector<std::string>& path, Parameters& parameters) {
    std::size_t exact = 0;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const std::string& segment = pattern[at];
        if (is_rest(segment)) {
            std::string rest;
            for (std::size_t next = at; next < path.size(); ++next)
                rest += (next > at ? "/" : "") + path[next];
            if (rest.empty()) return std::nullopt;
            parameters.emplace_back(segment.substr(1, segment.size() - 5), std::move(rest));
            return exact;
        }
        if (at >= path.size()) return std::nullopt;
        if (is_variable(segment)) {
            if (path[at].empty()) return std::nullopt;
            parameters.emplace_back(segment.substr(1, segment.size() - 2), path[at]);
        } else if (segment == path[at]) {
            ++exact;
        } else {
            return std::nullopt;
        }
    }
    if (pattern.size() != path.size()) return std::nullopt;
    return exact;
}

} // namespace

std::optional<std::string> Request::query_value(std::string_view name) const {
    const auto found =
        std::ranges::find(query, name, [](const auto& pair) { return std::string_view(pair.first); });
    if (found == query.end()) return std::nullopt;
    return found->second;
}

std::optional<std::string> Request::header(std::string_view name) const {
    return find_header(headers, name);
}

std::string Request::content_type() const {
    std::string value = header("content-type").value_or("");
    value.resize(std::min(value.size(), value.find_first_of("; \t")));
    std::ranges::transform(value, value.begin(), lower);
    return value;
}

std::string Request::parameter(std::string_view name) const {
    const auto found =
        std::ranges::find(parameters, name, [](const auto& pair) { return std::string_view(pair.first); });
    return found == parameters.end() ? std::string() : found->second;
}

std::optional<std::string> Response::header(std::string_view name) const {
    if (equal_names(name, "content-type")) return content_type;
    return find_header(headers, name);
}

Response text_response(int status, std::string body) {
    return {.status = status,
            .content_type = "text/plain; charset=utf-8",
            .body = std::move(body),
            .headers = {}};
}

Response json_response(int status, std::string json) {
    return {.status = status, .content_type = "application/json", .body = std::move(json), .headers = {}};
}

Response error_response(int status, std::string_view code, std::string_view detail) {
    return json_response(status, json::Value{{"error", {{"code", code}, {"detail", detail}}}}.dump());
}

std::optional<Target> parse_target(std::string_view target) {
    if (!target.starts_with('/')) return std::nullopt;
    target = target.substr(0, target.find('#'));
    const std::size_t question = target.find('?');
    auto path = percent_decode(target.substr(0, question), /*plus_is_space=*/false);
    // A zero byte or line break has no place in a path; it could only mislead whoever uses it.
    if (!path || std::ranges::any_of(
                     *path, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) {
        return std::nullopt;
    }
    Target parsed{.path = std::move(*path), .query = {}};
    std::string_view query =
        question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        auto name = percent_decode(pair.substr(0, equals), /*plus_is_space=*/true);
        auto value =
            percent_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1),
                           /*plus_is_space=*/true);
        if (!name || !value) return std::nullopt;
        parsed.query.emplace_back(std::move(*name), std::move(*value));
    }
    return parsed;
}

std::string percent_encode(std::string_view text) {
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    static constexpr std::string_view kUnreserved = "-._~";
    std::string encoded;
    for (const char c : text) {
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              kUnreserved.find(c) != std::string_view::npos;
        if (is_plain) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kDigits[byte >> 4U];
        encoded += kDigits[byte & 15U];
    }
    return encoded;
}

Responder::~Responder() {
    if (exchange_)
        exchange_->send(error_response(500, "http.unanswered", "the request was dropped without an answer"));
}

void Responder::send(Response response) {
    TW_ASSERT(exchange_ != nullptr);
    std::exchange(exchange_, nullptr)->send(std::move(response));
}

std::shared_ptr<EventStream> Responder::stream() {
    TW_ASSERT(exchange_ != nullptr);
    return std::exchange(exchange_, nullptr)->stream();
}

void Router::on(std::string method, std::string pattern, DirectHandler handler, std::size_t max_body) {
    on_later(
        std::move(method), std::move(pattern),
        [handler = std::move(handler)](const Request& request, Responder responder) {
            responder.send(handler(request));
        },
        max_body);
}

void Router::on_later(std::string method, std::string pattern, Handler handler, std::size_t max_body) {
    TW_ASSERT(pattern.starts_with('/'));
    routes_.push_back(Route{std::move(method), split_path(pattern), std::move(handler), max_body});
}

const Router::Route* Router::find(std::string_view method, std::string_view path, Parameters& parameters,
                                  std::vector<std::string>& allowed) const {
    if (method == "HEAD") method = "GET";
    const std::vector<std::string> segments = split_path(path);
    const Route* best = nullptr;
    std::size_t most = 0;
    for (const Route& route : routes_) {
        Parameters found;
        const auto exact = match(route.segments, segments, found);
        if (!exact) continue;
        if (route.method != method) {
            if (std::ranges::find(allowed, route.method) == allowed.end()) allowed.push_back(route.method);
        } else if (best == nullptr || *exact > most) {
            best = &route;
            most = *exact;
            parameters = std::move(found);
        }
    }
    return best;
}

void Router::handle(const Request& request, Responder responder) const {
    Parameters parameters;
    std::vector<std::string> allowed;
    const Route* route = find(request.method, request.path, parameters, allowed);
    if (route != nullptr) {
        Request with_parameters = request;
        with_parameters.parameters = std::move(parameters);
        route->handler(with_parameters, std::move(responder));
        return;
    }
    if (allowed.empty()) {
        responder.send(error_response(404, "http.not-found", "there is nothing at " + request.path));
        return;
    }
    std::string methods;
    for (const std::string& method : allowed)
        methods += (methods.empty() ? "" : ", ") + method;
    Response response = error_response(405, "http.method", request.path + " takes " + methods + " only");
    response.headers.push_back({"Allow", methods});
    responder.send(std::move(response));
}

std::size_t Router::max_body(std::string_view method, std::string_view path) const {
    Parameters parameters;
    std::vector<std::string> allowed;
    const Route* route = find(method, path, parameters, allowed);
    return route == nullptr ? kDefaultMaxBody : route->max_body;
}

std::shared_ptr<EventStream> EventHub::add(Responder responder) {
    if (listeners() >= max_listeners_) {
        responder.send(error_response(503, "http.too-many-listeners",
                                      "there are " + std::to_string(max_listeners_) +
                                          " listeners already; close another page and try again"));
        return nullptr;
    }
    return streams_.emplace_back(responder.stream());
}

void EventHub::send(std::string_view event, std::string_view data) {
    std::erase_if(streams_,
                  [&](const std::shared_ptr<EventStream>& stream) { return !stream->send(event, data); });
}

void EventHub::close_all() {
    for (const std::shared_ptr<EventStream>& stream : streams_)
        stream->close();
    streams_.clear();
}

std::size_t EventHub::listeners() {
    std::erase_if(streams_, [](const std::shared_ptr<EventStream>& stream) { return !stream->is_open(); });
    return streams_.size();
}

} // namespace tidewaiter::loop
