#pragma once

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace tidewaiter::support {

/// A blocking TCP connection to the loopback address that sends exactly what it is told, right or wrong.
class RawConnection {
  public:
    /// A small receive buffer makes a slow reader of it.
    explicit RawConnection(std::uint16_t port, int receive_buffer = 0)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (receive_buffer > 0)
            ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("cannot connect");
    }
    RawConnection(const RawConnection&) = delete;
    RawConnection& operator=(const RawConnection&) = delete;
    ~RawConnection() { ::close(socket_); }

    /// False when the other side is gone.
    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// Reads until `mark` has come, the connection ends or the time is over.
    std::string receive_until(std::string_view mark,
                              std::chrono::milliseconds deadline = std::chrono::seconds(10)) {
        const auto end = std::chrono::steady_clock::now() + deadline;
        std::string text;
        while (mark.empty() || text.find(mark) == std::string::npos) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
            pollfd watched{.fd = socket_, .events = POLLIN, .revents = 0};
            if (left <= 0 || ::poll(&watched, 1, static_cast<int>(left)) <= 0) return text;
            std::array<char, 4096> chunk{};
            const ssize_t got = ::recv(socket_, chunk.data(), chunk.size(), 0);
            if (got <= 0) {
                ended_ = true;
                return text;
            }
            text.append(chunk.data(), static_cast<std::size_t>(got));
        }
        return text;
    }
    /// All there is until the other side closes.
    std::string receive_all(std::chrono::milliseconds deadline = std::chrono::seconds(10)) {
        return receive_until({}, deadline);
    }
    [[nodiscard]] bool has_ended() const { return ended_; }

  private:
    int socket_;
    bool ended_ = false;
};

} // namespace tidewaiter::support
