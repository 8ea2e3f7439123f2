#pragma once

#include "daemon/gateway/sync/machine.hpp"
#include "daemon/loop/loop.hpp"
#include "daemon/mqtt/backoff.hpp"
#include "daemon/mqtt/client.hpp"

namespace tidewaiter::sync {

/// Wall clock and monotonic clock, so that tests can turn them.
struct Clock {
    std::function<Now()> now;
};

struct DriverOptions {
    std::string device;
    std::vector<Relay> relays; ///< at least one; tried in this order, round and round
    std::string user;
    std::string password;
    std::optional<mqtt::Tls> tls;
    std::uint64_t seed = 0; ///< of the back-off's jitter
};

/// Calls on the loop thread.
struct DriverEvents {
    std::function<void(std::uint64_t state_height)> advanced;
    std::function<void(bool is_connected)> connection;
    std::function<void(const wire::ReceiptHint&)> receipts;
    std::function<void(const std::string& reason)> frozen;
    std::function<void(const Error&)> broken; ///< the copy's storage failed
};

/// Ties the machine to MQTT: one relay at a time, reconnecting for ever with back-off.
class Driver {
  public:
    /// Loop and copy outlive the driver.
    Driver(loop::Loop& loop, Copy& copy, DriverOptions options, Clock clock, DriverEvents events);
    ~Driver();

    void start();
    [[nodiscard]] bool is_connected() const { return machine_.is_connected(); }
    [[nodiscard]] std::string relay_id() const;
    [[nodiscard]] double progress() const { return machine_.progress(); }
    [[nodiscard]] std::uint64_t target_height() const { return machine_.target_height(); }
    void want_blobs(const std::string& name_space, const std::vector<Hash>& hashes);

    /// Hands transactions to the relay; `done` says whether the broker took them. At most 64, 192 KiB in all.
    void submit(std::vector<Bytes> transactions, mqtt::Done done);
    /// Tells whoever listens how this device is. Dropped while not connected.
    void announce(const wire::DeviceState& state);

  private:
    void connect();
    void retry_later();
    void perform();
    void on_lost(const Error& reason);

    loop::Loop& loop_;
    DriverOptions options_;
    Clock clock_;
    DriverEvents events_;
    wire::Topics topics_;
    Machine machine_;
    mqtt::Backoff backoff_;
    std::size_t relay_index_ = 0;
    std::uint32_t submit_id_ = 1;
    bool is_performing_ = false;
    std::unique_ptr<mqtt::Client> client_;
    loop::Timer tick_;
    loop::Timer retry_;
    loop::Alive alive_;
};

} // namespace tidewaiter::sync
