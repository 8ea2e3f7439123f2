#pragma once

#include "daemon/mqtt/client.hpp"
#include "daemon/mqtt/resolver.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

// For paho_client.cpp only.
namespace tidewaiter::mqtt {

/// What the library told, on whatever thread it did.
struct Happening {
    enum class Kind { Connected, Lost, Message, Oversized, Published, Subscribed, Disconnected };
    Kind kind = Kind::Lost;
    std::uint64_t epoch = 0; ///< which connection it belongs to
    std::uint64_t id = 0;    ///< which publish or subscribe
    Status status = {};
    bool session_present = false;
    std::size_t window = 0;
    Message message = {};
};

/// The library's side. Every call may block for a moment, on the library's global lock if nothing else: it
/// runs on the client's worker thread. `report` is called from that and from the library's threads, and only
/// hands over.
class Engine {
  public:
    using Report = std::function<void(Happening)>;
    explicit Engine(Report report);
    ~Engine();

    void connect(std::uint64_t epoch, const Options& options);
    void subscribe(std::uint64_t epoch, std::uint64_t id, const std::string& filter);
    void publish(std::uint64_t epoch, std::uint64_t id, const std::string& topic, const Bytes& payload);
    /// Says good-bye, then reports Disconnected.
    void disconnect(std::uint64_t epoch);
    /// Gives the connection up.
    void drop();
    /// Any thread: nothing waits any longer. For the end.
    void interrupt() { resolver_.interrupt(); }
    /// Any thread: the loop has taken a message of so many bytes.
    void taken(std::size_t bytes) { *waiting_bytes_ -= bytes; }

  private:
    struct Connection;
    [[nodiscard]] Status start(std::uint64_t epoch, const Options& options);

    Report report_;
    Resolver resolver_;
    std::shared_ptr<std::atomic<std::size_t>> waiting_bytes_;
    /// Never connected: while any client exists, the library keeps its threads and tables. It tears them down
    /// with the last one, and a connection made meanwhile would race with that.
    std::unique_ptr<Connection> anchor_;
    std::unique_ptr<Connection> current_;
};

} // namespace tidewaiter::mqtt
