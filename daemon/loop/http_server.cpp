#include "daemon/loop/http_server.hpp"

#include "daemon/log/log.hpp"
#include "daemon/loop/http_session.hpp"
#include "daemon/loop/loop_impl.hpp"
#include "daemon/settings/endpoint.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <algorithm>

namespace tidewaiter::loop {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// Out of descriptors, accepting fails at once, again and again.
constexpr std::chrono::milliseconds kAcceptPause{100};

} // namespace

struct HttpServer::Impl final : SessionHost, std::enable_shared_from_this<HttpServer::Impl> {
    Impl(asio::io_context& context, const Router& router_used, HttpServerOptions options_used,
         Poster poster_used)
        : acceptor(context), pause(context) {
        options = std::move(options_used);
        router = &router_used;
        poster = std::move(poster_used);
    }

    Status open() {
        error_code failure;
        const auto address = asio::ip::make_address(options.host, failure);
        if (failure) {
            return fail("http.address",
                        "\"" + options.host + "\" is no numeric address; expected one such as 127.0.0.1");
        }
        const tcp::endpoint endpoint(address, options.port);
        acceptor.open(endpoint.protocol(), failure);
        if (!failure) acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
        if (!failure) acceptor.bind(endpoint, failure);
        if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
        if (!failure) return {};
        const std::string place = settings::to_text({options.host, options.port});
        if (failure == asio::error::address_in_use) {
            return fail("http.listen",
                        place + " is in use by another program; stop that one or choose another port");
        }
        return fail("http.listen", "cannot listen on " + place + ": " + failure.message());
    }

    void accept() {
        acceptor.async_accept([self = shared_from_this()](error_code failure, tcp::socket socket) {
            if (!self->acceptor.is_open()) return;
            if (failure) {
                log::warning("http.accept-failed", {{"reason", failure.message()}});
                self->pause.expires_after(kAcceptPause);
                self->pause.async_wait([self](error_code stopped) {
                    if (!stopped && self->acceptor.is_open()) self->accept();
                });
                return;
            }
            self->admit(std::move(socket));
            self->accept();
        });
    }

    void admit(tcp::socket socket) {
        if (sessions.size() >= options.max_connections) {
            const auto idle =
                std::ranges::find_if(sessions, [](const auto& session) { return session->is_idle(); });
            if (idle == sessions.end()) {
                log::warning("http.too-many-connections", {{"limit", options.max_connections}});
                return; // closes it
            }
            const std::shared_ptr<Session> oldest = *idle;
            oldest->close();
        }
        sessions.push_back(std::make_shared<Session>(*this, std::move(socket)));
        sessions.back()->start();
    }

    void forget(const std::shared_ptr<Session>& session) override { std::erase(sessions, session); }

    void shut() {
        error_code failure;
        acceptor.close(failure);
        pause.cancel();
        while (!sessions.empty()) {
            const std::shared_ptr<Session> last = sessions.back();
            last->close();
        }
    }

    tcp::acceptor acceptor;
    asio::steady_timer pause;
    std::vector<std::shared_ptr<Session>> sessions; ///< oldest first
};

Result<std::unique_ptr<HttpServer>> HttpServer::listen(Loop& loop, const Router& router,
                                                       HttpServerOptions options) {
    auto impl = std::make_shared<Impl>(loop.impl().context, router, std::move(options), loop.poster());
    TW_CHECK(impl->open());
    impl->accept();
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() {
    impl_->shut();
}

std::uint16_t HttpServer::port() const {
    error_code failure;
    return impl_->acceptor.local_endpoint(failure).port();
}

std::size_t HttpServer::connections() const {
    return impl_->sessions.size();
}

} // namespace tidewaiter::loop
