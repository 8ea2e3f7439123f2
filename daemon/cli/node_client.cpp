#include "daemon/cli/node_client.hpp"

#include "daemon/settings/endpoint.hpp"

#include <chrono>
#include <thread>

namespace tidewaiter::cli {

namespace {

constexpr std::chrono::milliseconds kPoll{25};
constexpr std::chrono::seconds kPatience{45};

} // namespace

Result<loop::HttpClient> client_for(std::string_view url, std::string program) {
    constexpr std::string_view kScheme = "http://";
    if (url.starts_with(kScheme)) url.remove_prefix(kScheme.size());
    while (url.ends_with('/'))
        url.remove_suffix(1);
    if (url.find("://") != std::string_view::npos)
        return fail("cli.url", "'" + printable(url) + "': expected http://host:port");
    TW_TRY(const settings::Endpoint endpoint, settings::parse_endpoint(url));
    return loop::HttpClient(endpoint.host, endpoint.port,
                            {.deadline = std::chrono::seconds(20),
                             .program = std::move(program),
                             .headers = {{"X-Tidewaiter-Source", "command"}}});
}

std::string url_encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                              c == '-' || c == '.';
        if (is_plain)
            out += c;
        else
            out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
    return out;
}

Result<json::Value> answer_json(const Result<loop::Response>& response) {
    if (!response) return std::unexpected(response.error());
    Result<json::Value> body = json::parse(response->body);
    if (response->status < 400) return body;
    std::string why = "status " + std::to_string(response->status);
    if (body) {
        if (const json::Value* error = body->find("error")) {
            const json::Value* code = error->find("code");
            const json::Value* detail = error->find("detail");
            if (code != nullptr) why = std::string(code->text_or("?"));
            if (detail != nullptr) why += ": " + std::string(detail->text_or(""));
        }
    }
    return fail("api.refused", printable(why, 2'000));
}

Result<NodeClient> NodeClient::at(std::string_view url) {
    TW_TRY(loop::HttpClient http, client_for(url, "tidewaiter-node"));
    return NodeClient(std::move(http));
}

Result<json::Value> NodeClient::status() const {
    return answer_json(http_.get("/api/status"));
}

Result<std::string> NodeClient::submit(ByteView transaction) const {
    TW_TRY(const json::Value body,
           answer_json(http_.post("/api/transactions", "application/octet-stream", as_text(transaction))));
    return body.at("id").text();
}

Status NodeClient::wait_included(const std::vector<std::string>& ids) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (const std::string& id : ids) {
        while (true) {
            TW_TRY(const json::Value body, answer_json(http_.get("/api/transactions/" + id)));
            TW_TRY(const std::string status, body.at("status").text());
            if (status == "included") {
                const json::Value* code = body.find("code");
                if (code == nullptr || code->integer_or(0) == 0) break;
                const json::Value* error = body.find("error");
                return fail("node.refused", "transaction " + id + " had no effect: " +
                                                std::string(error == nullptr ? "" : error->text_or("")));
            }
            if (std::chrono::steady_clock::now() > deadline)
                return fail("node.slow",
                            "transaction " + id + " is still '" + status + "'; look at the node's log");
            std::this_thread::sleep_for(kPoll);
        }
    }
    return {};
}

Status NodeClient::put_blob(std::string_view name_space, ByteView blob) const {
    TW_CHECK(answer_json(http_.post("/api/blobs?namespace=" + std::string(name_space),
                                    "application/octet-stream", as_text(blob))));
    return {};
}

Result<std::optional<Bytes>> NodeClient::record(std::string_view name_space, std::string_view key) const {
    TW_TRY(const json::Value body, answer_json(http_.get("/api/record?namespace=" + url_encoded(name_space) +
                                                         "&key=" + url_encoded(key))));
    TW_TRY(const std::optional<std::string> hex, body.at("value").optional_text());
    if (!hex) return std::optional<Bytes>{};
    TW_TRY(Bytes value, from_hex(*hex));
    return std::optional(std::move(value));
}

Result<Bytes> NodeClient::light_block(std::uint64_t height) const {
    TW_TRY(const loop::Response response, http_.get("/api/light-block/" + std::to_string(height)));
    if (response.status >= 400) {
        TW_CHECK(answer_json(response));
    }
    return to_bytes(as_bytes(response.body));
}

} // namespace tidewaiter::cli
