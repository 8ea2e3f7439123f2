#pragma once

#include "daemon/json/json.hpp"
#include "daemon/loop/http_client.hpp"
#include "ledger/base/bytes.hpp"

/// What organisations ask of their ledger node, over its HTTP.
namespace tidewaiter::cli {

/// "http://127.0.0.1:18831" or "127.0.0.1:18831". Errors: cli.url, settings.endpoint.
[[nodiscard]] Result<loop::HttpClient> client_for(std::string_view url, std::string program);
/// The parsed answer; one of status 400 or more is the error that it carries. Errors: api.refused, http.*,
/// json.*.
[[nodiscard]] Result<json::Value> answer_json(const Result<loop::Response>& response);

/// Percent-encodes what a URL's query cannot carry as it is.
[[nodiscard]] std::string url_encoded(std::string_view text);

class NodeClient {
  public:
    [[nodiscard]] static Result<NodeClient> at(std::string_view url);

    [[nodiscard]] Result<json::Value> status() const;
    /// The transaction's id. Errors: api.refused with the node's reason, http.*.
    [[nodiscard]] Result<std::string> submit(ByteView transaction) const;
    /// Until each is in a block, which may take some seconds. Errors: node.refused (included without effect),
    /// node.slow, http.*.
    [[nodiscard]] Status wait_included(const std::vector<std::string>& ids) const;
    [[nodiscard]] Status put_blob(std::string_view name_space, ByteView blob) const;
    /// The value of a record; nothing when there is none.
    [[nodiscard]] Result<std::optional<Bytes>> record(std::string_view name_space,
                                                      std::string_view key) const;
    [[nodiscard]] Result<Bytes> light_block(std::uint64_t height) const;

  private:
    explicit NodeClient(loop::HttpClient http) : http_(std::move(http)) {}
    loop::HttpClient http_;
};

} // namespace tidewaiter::cli
