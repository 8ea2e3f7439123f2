#include "daemon/loop/http_session.hpp"

#include "daemon/log/log.hpp"
#include "daemon/settings/endpoint.hpp"
#include "ledger/base/bytes.hpp"

#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>

namespace tidewaiter::loop {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kChunkBytes = std::size_t{16} * 1024;
constexpr std::chrono::milliseconds kLinger{2000};

std::string_view host_without_port(std::string_view host) {
    if (host.starts_with('[')) {
        const std::size_t end = host.find(']');
        return end == std::string_view::npos ? std::string_view() : host.substr(1, end - 1);
    }
    return host.substr(0, host.find(':'));
}

std::string frame_of(std::string_view event, std::string_view data) {
    std::string frame;
    if (!event.empty()) {
        frame += "event: ";
        for (const char c : event)
            frame += c == '\n' || c == '\r' ? ' ' : c;
        frame += '\n';
    }
    for (;;) {
        const std::size_t end = data.find_first_of("\r\n");
        frame += "data: ";
        frame += data.substr(0, end);
        frame += '\n';
        if (end == std::string_view::npos) break;
        const bool is_pair = data[end] == '\r' && end + 1 < data.size() && data[end + 1] == '\n';
        data.remove_prefix(end + (is_pair ? 2 : 1));
    }
    frame += '\n';
    return frame;
}

/// Runs on the loop with the session, if both still live.
void with_session(const Poster& poster, const std::weak_ptr<Session>& session,
                  std::move_only_function<void(Session&)> task) {
    ignore(poster.post([session, task = std::move(task)]() mutable {
        if (const auto locked = session.lock()) task(*locked);
    }),
           "a loop that has ended has no listeners either");
}

class ServerStream final : public EventStream {
  public:
    ServerStream(Poster poster, std::weak_ptr<Session> session, std::shared_ptr<StreamState> state,
                 std::size_t max_bytes)
        : poster_(std::move(poster)), session_(std::move(session)), state_(std::move(state)),
          max_bytes_(max_bytes) {}
    ~ServerStream() override { close(); }

    bool send(std::string_view event, std::string_view data) override {
        if (!state_->is_open) return false;
        std::string frame = frame_of(event, data);
        if (state_->queued.fetch_add(frame.size()) + frame.size() > max_bytes_) {
            // It does not read what we send. Events are hints; the page asks again when it comes back.
            state_->is_open = false;
            with_session(poster_, session_, [](Session& session) { session.close(); });
            return false;
        }
        with_session(poster_, session_, [frame = std::move(frame)](Session& session) mutable {
            session.push(std::move(frame));
        });
        return true;
    }

    [[nodiscard]] bool is_open() const override { return state_->is_open; }

    void close() override {
        if (!state_->is_open.exchange(false)) return;
        with_session(poster_, session_, [](Session& session) { session.end_stream(); });
    }

  private:
    Poster poster_;
    std::weak_ptr<Session> session_;
    std::shared_ptr<StreamState> state_;
    std::size_t max_bytes_;
};

class ServerExchange final : public Exchange {
  public:
    ServerExchange(const SessionHost& host, std::weak_ptr<Session> session)
        : poster_(host.poster), session_(std::move(session)), max_bytes_(host.options.max_event_queue_bytes) {
    }

    void send(Response response) override {
        with_session(poster_, session_,
                     [response = std::move(response)](Session& session) { session.answer(response); });
    }

    std::shared_ptr<EventStream> stream() override {
        auto state = std::make_shared<StreamState>();
        // The connection may have died while the handler thought.
        if (session_.expired()) state->is_open = false;
        with_session(poster_, session_, [state](Session& session) { session.begin_stream(state); });
        return std::make_shared<ServerStream>(poster_, session_, std::move(state), max_bytes_);
    }

  private:
    Poster poster_;
    std::weak_ptr<Session> session_;
    std::size_t max_bytes_;
};

} // namespace

Session::Session(SessionHost& host, asio::ip::tcp::socket socket)
    : host_(&host), socket_(std::move(socket)), deadline_(socket_.get_executor()),
      keep_alive_timer_(socket_.get_executor()), parser_(host.options.max_header_bytes), chunk_(kChunkBytes) {
    error_code failure;
    const auto remote = socket_.remote_endpoint(failure);
    remote_ = failure ? "unknown" : settings::to_text({remote.address().to_string(), remote.port()});
    socket_.set_option(asio::ip::tcp::no_delay(true), failure);
    socket_.non_blocking(true, failure);
}

void Session::start() {
    arm(host_->options.read_deadline);
    is_first_byte_due_ = false;
    read();
}

void Session::close() {
    if (phase_ == Phase::Closed) return;
    const auto self = shared_from_this();
    phase_ = Phase::Closed;
    disarm();
    keep_alive_timer_.cancel();
    error_code failure;
    socket_.close(failure);
    if (stream_) stream_->is_open = false;
    std::exchange(host_, nullptr)->forget(self);
}

void Session::read() {
    socket_.async_read_some(asio::buffer(chunk_),
                            [self = shared_from_this()](error_code failure, std::size_t got) {
                                if (self->phase_ == Phase::Closed) return;
                                if (failure) {
                                    self->close();
                                    return;
                                }
                                if (self->phase_ == Phase::Reading) {
                                    if (std::exchange(self->is_first_byte_due_, false))
                                        self->arm(self->host_->options.read_deadline);
                                    self->in_.append(self->chunk_.data(), got);
                                    self->advance();
                                } else {
                                    // A stream's listener has nothing to say, and a refused request is only
                                    // read to its end.
                                    self->read();
                                }
                            });
}

void Session::advance() {
    bool had_header = parser_.has_header();
    while (!in_.empty()) {
        const auto used = parser_.feed(in_);
        if (!used) {
            refuse(used.error());
            return;
        }
        in_.erase(0, *used);
        if (!had_header && parser_.has_header()) {
            had_header = true;
            if (!begin_request()) return;
        } else if (*used == 0) {
            break;
        }
        if (parser_.is_done()) {
            dispatch();
            return;
        }
    }
    read();
}

bool Session::begin_request() {
    auto request = parser_.header();
    if (!request) {
        refuse(request.error());
        return false;
    }
    request_ = std::move(*request);
    request_.remote = remote_;
    if (const auto problem = foreign(request_)) {
        log::warning("http.refused", {{"code", problem->code}, {"detail", problem->detail}});
        refuse(*problem);
        return false;
    }
    const std::size_t max_body =
        std::min(host_->router->max_body(request_.method, request_.path), host_->options.max_body_bytes);
    if (const auto fits = parser_.set_max_body(max_body); !fits) {
        refuse(fits.error());
        return false;
    }
    if (parser_.wants_continue() && !parser_.is_done()) {
        static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
        error_code failure;
        // The send buffer is empty now; a client that cannot take 25 bytes waits and then sends all the same.
        ignore(socket_.write_some(asio::buffer(kContinue.data(), kContinue.size()), failure), "see above");
    }
    return true;
}

std::optional<RequestParser::Problem> Session::foreign(const Request& request) const {
    if (!settings::is_loopback(host_->options.host)) return std::nullopt;
    const std::string host = request.header("host").value_or("");
    const std::string name(host_without_port(host));
    if (!settings::is_loopback(name) &&
        std::ranges::find(host_->options.more_hosts, name) == host_->options.more_hosts.end()) {
        return RequestParser::Problem{421, "http.host",
                                      "\"" + printable(host) + "\" is not this machine; use the address " +
                                          host_->options.host};
    }
    const auto origin = request.header("origin");
    if (origin && *origin != "http://" + host) {
        return RequestParser::Problem{403, "http.origin",
                                      "a page of " + printable(*origin) + " may not use this service"};
    }
    return std::nullopt;
}

void Session::dispatch() {
    phase_ = Phase::Handling;
    disarm();
    keep_alive_ = parser_.keep_alive();
    request_.body = parser_.take_body();
    const Request request = std::move(request_);
    request_ = {};
    request_.method = request.method;
    try {
        host_->router->handle(request, Responder(std::make_shared<ServerExchange>(*host_, weak_from_this())));
    } catch (const std::exception& exception) {
        // The Responder answered 500 when it was destroyed.
        log::error("http.handler-failed",
                   {{"method", request.method}, {"path", request.path}, {"what", exception.what()}});
    }
}

void Session::refuse(const RequestParser::Problem& problem) {
    phase_ = Phase::Handling;
    keep_alive_ = false;
    answer(error_response(problem.status, problem.code, problem.detail));
}

void Session::answer(const Response& response) {
    if (phase_ != Phase::Handling) return;
    phase_ = Phase::Writing;
    arm(host_->options.write_deadline);
    head_ = head_of(response, keep_alive_, /*is_stream=*/false);
    body_ = request_.method == "HEAD" ? std::string() : response.body;
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(head_), asio::buffer(body_)};
    asio::async_write(socket_, buffers, [self = shared_from_this()](error_code failure, std::size_t) {
        if (self->phase_ == Phase::Closed) return;
        if (failure) {
            self->close();
        } else if (self->keep_alive_) {
            self->next_request();
        } else {
            self->linger();
        }
    });
}

void Session::next_request() {
    phase_ = Phase::Reading;
    parser_ = RequestParser(host_->options.max_header_bytes);
    request_ = {};
    body_.clear();
    is_first_byte_due_ = in_.empty();
    arm(in_.empty() ? host_->options.idle_deadline : host_->options.read_deadline);
    advance();
}

/// Closing while the client still sends would make its system throw our answer away unread.
void Session::linger() {
    phase_ = Phase::Lingering;
    error_code failure;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, failure);
    arm(kLinger);
    read();
}

void Session::begin_stream(std::shared_ptr<StreamState> stream) {
    if (phase_ != Phase::Handling) {
        stream->is_open = false;
        return;
    }
    phase_ = Phase::Streaming;
    stream_ = std::move(stream);
    keep_alive_ = false;
    Response response{
        .content_type = "text/event-stream", .body = {}, .headers = {{"Cache-Control", "no-store"}}};
    std::string head = head_of(response, /*keep_alive=*/false, /*is_stream=*/true);
    stream_->queued += head.size();
    push(std::move(head));
    read();
    keep_stream_alive();
}

void Session::push(std::string frame) {
    if (phase_ != Phase::Streaming) return;
    pending_ += frame;
    if (!is_writing_) flush();
}

void Session::flush() {
    is_writing_ = true;
    body_ = std::exchange(pending_, {});
    arm(host_->options.write_deadline);
    asio::async_write(socket_, asio::buffer(body_),
                      [self = shared_from_this()](error_code failure, std::size_t) {
                          if (self->phase_ == Phase::Closed) return;
                          self->is_writing_ = false;
                          self->disarm();
                          self->stream_->queued -= self->body_.size();
                          if (failure) {
                              self->close();
                          } else if (!self->pending_.empty()) {
                              self->flush();
                          } else if (self->is_ending_) {
                              self->close();
                          }
                      });
}

void Session::end_stream() {
    if (phase_ != Phase::Streaming) return;
    is_ending_ = true;
    if (!is_writing_) close();
}

void Session::keep_stream_alive() {
    keep_alive_timer_.expires_after(host_->options.event_keep_alive);
    keep_alive_timer_.async_wait([self = shared_from_this()](error_code failure) {
        if (failure || self->phase_ != Phase::Streaming) return;
        if (!self->is_writing_) {
            static constexpr std::string_view kComment = ": still here\n\n";
            self->stream_->queued += kComment.size();
            self->push(std::string(kComment));
        }
        self->keep_stream_alive();
    });
}

void Session::arm(std::chrono::milliseconds limit) {
    const std::uint64_t turn = ++deadline_turn_;
    deadline_.expires_after(limit);
    deadline_.async_wait([self = shared_from_this(), turn](error_code failure) {
        if (!failure && turn == self->deadline_turn_ && self->phase_ != Phase::Closed) self->on_deadline();
    });
}

void Session::disarm() {
    ++deadline_turn_;
    deadline_.cancel();
}

void Session::on_deadline() {
    if (phase_ == Phase::Reading && !is_idle()) {
        const Response response = error_response(408, "http.slow", "the request did not arrive in time");
        const std::string whole =
            head_of(response, /*keep_alive=*/false, /*is_stream=*/false) + response.body;
        error_code failure;
        ignore(socket_.write_some(asio::buffer(whole), failure), "it is closed either way");
    }
    close();
}

} // namespace tidewaiter::loop
