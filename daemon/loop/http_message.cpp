#include "daemon/loop/http_message.hpp"

#include "ledger/base/bytes.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <limits>

namespace tidewaiter::loop {

namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

std::string to_string(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

/// A header value of ours must not be able to start a new line.
std::string one_line(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(
        line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    return line;
}

/// The last chunk is "0\r\n\r\n" or longer. Shown less of it, Beast 1.81 takes its size and then asserts on
/// the next call that five bytes are there, which a peer that sends byte by byte would turn into our end.
template <class Parser>
bool is_too_little(const Parser& parser, std::string_view bytes) {
    static constexpr std::size_t kLastChunkBytes = 5;
    return parser.is_header_done() && parser.chunked() && bytes.size() < kLastChunkBytes;
}

template <class Fields>
std::vector<Header> headers_of(const Fields& fields) {
    std::vector<Header> headers;
    for (const auto& field : fields)
        headers.push_back({to_string(field.name_string()), to_string(field.value())});
    return headers;
}

} // namespace

struct RequestParser::Impl {
    http::request_parser<http::string_body> parser;
    std::size_t max_body = std::numeric_limits<std::size_t>::max();
};

RequestParser::RequestParser(std::size_t max_header_bytes) : impl_(std::make_unique<Impl>()) {
    impl_->parser.header_limit(static_cast<std::uint32_t>(max_header_bytes));
    impl_->parser.body_limit(boost::none);
}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

std::expected<std::size_t, RequestParser::Problem> RequestParser::feed(std::string_view bytes) {
    if (is_done() || is_too_little(impl_->parser, bytes)) return std::size_t{0};
    error_code failure;
    const std::size_t used = impl_->parser.put(boost::asio::buffer(bytes.data(), bytes.size()), failure);
    if (!failure || failure == http::error::need_more) {
        if (impl_->parser.get().body().size() > impl_->max_body) {
            return std::unexpected(
                Problem{413, "http.too-large",
                        "the body may have at most " + std::to_string(impl_->max_body) + " bytes"});
        }
        return used;
    }
    if (failure == http::error::header_limit) {
        return std::unexpected(
            Problem{431, "http.header-too-large", "the header of the request is too large"});
    }
    if (failure == http::error::body_limit) {
        return std::unexpected(
            Problem{413, "http.too-large",
                    "the body may have at most " + std::to_string(impl_->max_body) + " bytes"});
    }
    return std::unexpected(Problem{400, "http.broken", "this is not HTTP/1.1: " + failure.message()});
}

bool RequestParser::has_header() const {
    return impl_->parser.is_header_done();
}
bool RequestParser::is_done() const {
    return impl_->parser.is_done();
}
bool RequestParser::keep_alive() const {
    return impl_->parser.get().keep_alive();
}

bool RequestParser::wants_continue() const {
    const auto value = impl_->parser.get()[http::field::expect];
    return boost::beast::iequals(value, "100-continue");
}

std::string_view RequestParser::method() const {
    const auto method = impl_->parser.get().method_string();
    return {method.data(), method.size()};
}

std::expected<Request, RequestParser::Problem> RequestParser::header() const {
    const auto& message = impl_->parser.get();
    Request request;
    request.method = to_string(message.method_string());
    request.target = to_string(message.target());
    auto target = parse_target(request.target);
    if (!target) {
        return std::unexpected(Problem{400, "http.target",
                                       "the address \"" + printable(request.target) +
                                           "\" cannot be understood; expected /path?name=value"});
    }
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    request.headers = headers_of(message);
    return request;
}

std::expected<void, RequestParser::Problem> RequestParser::set_max_body(std::size_t max_bytes) {
    impl_->max_body = max_bytes;
    impl_->parser.body_limit(max_bytes);
    const auto announced = impl_->parser.content_length();
    if (announced && *announced > max_bytes) {
        return std::unexpected(Problem{413, "http.too-large",
                                       "the body has " + std::to_string(*announced) + " bytes; at most " +
                                           std::to_string(max_bytes) + " are allowed here"});
    }
    return {};
}

std::string RequestParser::take_body() {
    return std::move(impl_->parser.get().body());
}

struct ResponseParser::Impl {
    http::response_parser<http::string_body> parser;
};

ResponseParser::ResponseParser(std::size_t max_body_bytes) : impl_(std::make_unique<Impl>()) {
    impl_->parser.header_limit(64 * 1024);
    if (max_body_bytes == 0) {
        impl_->parser.body_limit(boost::none);
    } else {
        impl_->parser.body_limit(max_body_bytes);
    }
}
ResponseParser::~ResponseParser() = default;

namespace {

Status judge(error_code failure) {
    if (!failure || failure == http::error::need_more) return {};
    if (failure == http::error::body_limit)
        return fail("http.too-large", "the answer is larger than allowed");
    if (failure == http::error::partial_message || failure == http::error::end_of_stream) {
        return fail("http.broken", "the connection ended in the middle of the answer");
    }
    return fail("http.broken", "the answer is not HTTP/1.1: " + failure.message());
}

} // namespace

Result<std::size_t> ResponseParser::feed(std::string_view bytes) {
    if (is_done() || is_too_little(impl_->parser, bytes)) return std::size_t{0};
    error_code failure;
    const std::size_t used = impl_->parser.put(boost::asio::buffer(bytes.data(), bytes.size()), failure);
    TW_CHECK(judge(failure));
    return used;
}

Status ResponseParser::end_of_file() {
    if (!impl_->parser.is_header_done()) return judge(http::error::partial_message);
    error_code failure;
    impl_->parser.put_eof(failure);
    return judge(failure);
}

bool ResponseParser::has_header() const {
    return impl_->parser.is_header_done();
}
bool ResponseParser::is_done() const {
    return impl_->parser.is_done();
}

Response ResponseParser::take() {
    auto& message = impl_->parser.get();
    Response response;
    response.status = static_cast<int>(message.result_int());
    response.content_type = to_string(message[http::field::content_type]);
    response.headers = headers_of(message);
    response.body = std::move(message.body());
    message.body().clear();
    return response;
}

std::string head_of(const Response& response, bool keep_alive, bool is_stream) {
    const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " + to_string(reason) + "\r\n";
    head += "Content-Type: " + one_line(response.content_type) + "\r\n";
    if (!is_stream) head += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    // What we call text stays text, whatever a browser makes of its bytes.
    head += "X-Content-Type-Options: nosniff\r\n";
    if (!keep_alive) head += "Connection: close\r\n";
    for (const Header& header : response.headers)
        head += one_line(header.name) + ": " + one_line(header.value) + "\r\n";
    return head + "\r\n";
}

} // namespace tidewaiter::loop
