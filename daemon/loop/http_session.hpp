#pragma once

#include "daemon/loop/http_message.hpp"
#include "daemon/loop/http_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// For http_server.cpp only.
namespace tidewaiter::loop {

class Session;

/// What sessions need of their server; outlives every session that is not closed.
struct SessionHost {
    virtual ~SessionHost() = default;
    virtual void forget(const std::shared_ptr<Session>& session) = 0;

    HttpServerOptions options;
    const Router* router = nullptr;
    Poster poster;
};

/// The side of an event stream that other threads see.
struct StreamState {
    std::atomic<bool> is_open{true};
    std::atomic<std::size_t> queued{0}; ///< bytes handed over and not yet written
};

/// One connection: requests one after another, or an event stream until it ends. Loop thread only.
class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(SessionHost& host, boost::asio::ip::tcp::socket socket);

    void start();
    /// At once; safe to repeat.
    void close();
    /// Waits for a request that has not begun: the first to go when connections run out.
    [[nodiscard]] bool is_idle() const {
        return phase_ == Phase::Reading && in_.empty() && !parser_.has_header();
    }

    void answer(const Response& response);
    void begin_stream(std::shared_ptr<StreamState> stream);
    void push(std::string frame);
    void end_stream();

  private:
    enum class Phase { Reading, Handling, Writing, Streaming, Lingering, Closed };

    void read();
    void advance();
    [[nodiscard]] bool begin_request();
    [[nodiscard]] std::optional<RequestParser::Problem> foreign(const Request& request) const;
    void dispatch();
    void refuse(const RequestParser::Problem& problem);
    void next_request();
    void linger();
    void flush();
    void keep_stream_alive();
    void arm(std::chrono::milliseconds limit);
    void disarm();
    void on_deadline();

    SessionHost* host_; ///< null once closed
    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer deadline_;
    boost::asio::steady_timer keep_alive_timer_;
    std::uint64_t deadline_turn_ = 0;
    Phase phase_ = Phase::Reading;
    std::string remote_;

    RequestParser parser_;
    Request request_;
    bool is_first_byte_due_ = true;
    std::vector<char> chunk_;
    std::string in_;

    bool keep_alive_ = false;
    std::string head_; ///< being written
    std::string body_; ///< being written

    std::shared_ptr<StreamState> stream_;
    std::string pending_; ///< of the stream
    bool is_writing_ = false;
    bool is_ending_ = false;
};

} // namespace tidewaiter::loop
