#pragma once

#include "tests/support/temporary_folder.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

/// Read by the leak checker of sanitizer builds: what the MQTT library forgets when a connection breaks is
/// known (daemon/mqtt/README.md), and nothing of ours can free it.
extern "C" [[gnu::used]] inline const char* __lsan_default_suppressions() {
    return "leak:libpaho-mqtt3as\n";
}

namespace tidewaiter::support {

/// A port of the loopback address that nobody listens on at this moment.
inline std::uint16_t free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(probe, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error("no free port");
    }
    ::close(probe);
    return ntohs(address.sin_port);
}

inline bool accepts_connections(std::uint16_t port) {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool connected = ::connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(probe);
    return connected;
}

/// A real mosquitto on a free port of the loopback address, in a temporary folder; ends with this object.
class Mosquitto {
  public:
    /// `more` is added to the configuration. Throws when the broker does not come up.
    explicit Mosquitto(const std::string& more = {}) : port_(free_port()) {
        std::ofstream(configuration())
            << "listener " << port_
            << " 127.0.0.1\n"
            // Started as root it would leave for a user who cannot read this folder.
            << (::geteuid() == 0 ? "user root\n" : "")
            << "allow_anonymous true\npersistence false\nlog_dest stderr\n"
            << more << "\n";
        start();
    }
    Mosquitto(const Mosquitto&) = delete;
    Mosquitto& operator=(const Mosquitto&) = delete;
    ~Mosquitto() { end(SIGTERM); }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] bool is_running() const { return pid_ > 0; }
    [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

    /// As power loss would.
    void kill() { end(SIGKILL); }
    void stop() { end(SIGTERM); }
    /// Freezes it: connections stay, nothing is answered.
    void freeze() const { ::kill(pid_, SIGSTOP); }
    void thaw() const { ::kill(pid_, SIGCONT); }

    /// On the same port as before; returns when it accepts connections.
    void start() {
        if (pid_ > 0) return;
        const std::string log = (folder_ / "log").string();
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(),
                                           O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
        const std::string path = program();
        std::string configured = configuration();
        std::array<char*, 4> arguments{const_cast<char*>(path.c_str()), const_cast<char*>("-c"),
                                       configured.data(), nullptr};
        const int failure = ::posix_spawn(&pid_, path.c_str(), &actions, nullptr, arguments.data(), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        if (failure != 0) throw std::runtime_error("cannot start " + path);
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!accepts_connections(port_)) {
            int state = 0;
            const bool died = ::waitpid(pid_, &state, WNOHANG) == pid_;
            if (died || std::chrono::steady_clock::now() >= deadline) {
                if (died) pid_ = -1;
                throw std::runtime_error("mosquitto did not come up:\n" + log_text());
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }

    [[nodiscard]] std::string log_text() const {
        std::stringstream text;
        text << std::ifstream(folder_ / "log").rdbuf();
        return text.str();
    }

  private:
    [[nodiscard]] static std::string program() {
        for (const char* path : {"/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"}) {
            if (::access(path, X_OK) == 0) return path;
        }
        throw std::runtime_error("mosquitto is not installed (package mosquitto)");
    }
    [[nodiscard]] std::string configuration() const { return (folder_ / "mosquitto.conf").string(); }

    void end(int signal) {
        if (pid_ <= 0) return;
        ::kill(pid_, signal);
        ::kill(pid_, SIGCONT);
        int state = 0;
        ::waitpid(pid_, &state, 0);
        pid_ = -1;
    }

    TemporaryFolder folder_;
    std::uint16_t port_;
    pid_t pid_ = -1;
};

} // namespace tidewaiter::support
