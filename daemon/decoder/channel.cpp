#include "daemon/decoder/channel.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>

namespace tidewaiter::decoder {
namespace {

int milliseconds_until(SteadyTime until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

std::unexpected<Error> gone(const char* what) {
    return fail("decoder.died", std::string("the decoder ended while ") + what);
}

} // namespace

Status Channel::wait_for(short events, SteadyTime until) {
    for (;;) {
        pollfd waited{socket_.get(), events, 0};
        const int ready = ::poll(&waited, 1, milliseconds_until(until));
        if (ready > 0) return {};
        if (ready == 0) return fail("decoder.timeout", "the decoder did not finish in time");
        if (errno != EINTR) return fail("decoder.died", std::string("poll: ") + std::strerror(errno));
        if (std::chrono::steady_clock::now() >= until) return fail("decoder.timeout", "the decoder did not finish in time");
    }
}

Status Channel::send(ByteView bytes, SteadyTime until) {
    while (!bytes.empty()) {
        TW_CHECK(wait_for(POLLOUT, until));
        const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0)
            bytes = bytes.subspan(static_cast<std::size_t>(sent));
        else if (errno != EINTR && errno != EAGAIN)
            return gone("the picture was sent");
    }
    return {};
}

Status Channel::fill(std::span<std::uint8_t> buffer, SteadyTime until) {
    while (!buffer.empty()) {
        TW_CHECK(wait_for(POLLIN, until));
        const ssize_t received = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (received > 0)
            buffer = buffer.subspan(static_cast<std::size_t>(received));
        else if (received == 0 || (errno != EINTR && errno != EAGAIN))
            return gone("it read the picture");
    }
    return {};
}

Result<Answer> Channel::receive(SteadyTime until) {
    std::array<std::uint8_t, kAnswerHeadBytes> head{};
    TW_CHECK(fill(head, until));
    TW_TRY(const std::size_t size, parse_answer_head(head));
    Bytes body(size);
    TW_CHECK(fill(body, until));
    return decode_answer(body);
}

bool Channel::is_quiet() {
    pollfd waited{socket_.get(), POLLIN, 0};
    return ::poll(&waited, 1, 0) == 0;
}

} // namespace tidewaiter::decoder
