#pragma once

#include "daemon/loop/loop.hpp"
#include "ledger/base/bytes.hpp"
#include "ledger/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// MQTT in the portable subset: QoS 1, topics [a-z0-9_/-] of at most 8 levels and 200 bytes, payloads up to
/// 256 KiB.
namespace tidewaiter::mqtt {

enum class Version { V311, V5 };

/// Server certificate and its host name are always checked.
struct Tls {
    std::filesystem::path trust_file;       ///< PEM; whom to trust
    std::filesystem::path certificate_file; ///< PEM; our own, or empty
    std::filesystem::path key_file;         ///< PEM; or empty
};

struct Will {
    std::string topic;
    Bytes payload;
};

struct Options {
    std::string host;
    std::uint16_t port = 1883;
    std::string client_id;
    Version version = Version::V311;
    std::string user = {};
    std::string password = {};
    std::optional<Tls> tls = {};
    /// False keeps the broker's session: subscriptions stay and messages wait for us.
    bool clean = true;
    std::chrono::seconds session_expiry = std::chrono::hours(24 * 7); ///< version 5 with clean = false
    std::chrono::seconds keep_alive = std::chrono::seconds(30);
    std::chrono::milliseconds connect_deadline = std::chrono::seconds(10);
    /// A publish or subscribe that the broker leaves unanswered for so long ends the connection.
    std::chrono::milliseconds answer_deadline = std::chrono::seconds(30);
    std::optional<Will> will = {};
};

struct Message {
    std::string topic;
    Bytes payload;
    bool retained = false;
    bool duplicate = false;
};

/// All called on the loop thread, never from inside a call of Client; none may destroy the Client.
struct Events {
    std::function<void(bool session_present)> connected;
    /// The connection could not be made or has ended; connect() may be called again. Not after disconnect().
    std::function<void(const Error& reason)> lost;
    std::function<void(Message message)> message;
};

using Done = std::function<void(Status)>;

/// One connection to one broker at a time. Loop thread only; no call blocks. Reconnecting is the caller's
/// (Backoff). Errors: mqtt.unresolved, mqtt.unreachable, mqtt.refused (user, password, client id), mqtt.tls,
/// mqtt.timeout, mqtt.lost, mqtt.not-connected, mqtt.topic, mqtt.too-large, mqtt.denied, mqtt.full.
class Client {
  public:
    /// Gives up whatever is open; no event and no Done comes afterwards. Returns within a few seconds at
    /// worst.
    virtual ~Client() = default;

    /// Ends with `connected` or `lost`. While connected or connecting, the old connection is given up first,
    /// silently.
    virtual void connect(Options options) = 0;
    /// One filter ("+" and "#" allowed). `done` has mqtt.denied when the broker refuses it.
    virtual void subscribe(std::string filter, Done done = {}) = 0;
    /// `done` when the broker has acknowledged. Calls go out in order; at most 16 are under way, at most 1024
    /// wait (mqtt.full). When the connection is lost, every open `done` gets mqtt.lost: repeating is the
    /// caller's.
    virtual void publish(std::string topic, Bytes payload, Done done = {}) = 0;
    /// Says good-bye to the broker (no will). Open `done`s get mqtt.lost; `done` follows them. No `lost`
    /// event.
    virtual void disconnect(Done done = {}) = 0;

    [[nodiscard]] virtual bool is_connected() const = 0;
    /// Publishes that are not yet acknowledged or failed.
    [[nodiscard]] virtual std::size_t open_publishes() const = 0;
};

/// The Paho client. The loop must outlive it.
[[nodiscard]] std::unique_ptr<Client> make_client(loop::Loop& loop, Events events);

/// Error mqtt.topic when it leaves the portable subset. Filters may have "+" and, at the end, "#".
[[nodiscard]] Status check_topic(std::string_view topic);
[[nodiscard]] Status check_filter(std::string_view filter);

} // namespace tidewaiter::mqtt
