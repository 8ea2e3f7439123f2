#pragma once

#include "daemon/loop/loop.hpp"
#include "daemon/mqtt/backoff.hpp"
#include "daemon/mqtt/client.hpp"
#include "daemon/node/relay.hpp"
#include "daemon/wire/topics.hpp"

#include <deque>

namespace tidewaiter::node {

struct RelayOptions {
    std::string id;
    std::string host;
    std::uint16_t port = 0;
    std::string user;
    std::string password;
    std::optional<mqtt::Tls> tls;
    std::uint64_t seed = 0;
};

/// The relay on its broker: publishes what is new, answers requests in turn, keeps one device from starving
/// others.
class RelayDriver {
  public:
    /// Loop, engine and relay outlive the driver. `now` is the node's clock; `submitted` is called when a
    /// device's transaction waits for a block.
    RelayDriver(loop::Loop& loop, SoloEngine& engine, Relay& relay, RelayOptions options,
                std::function<Moment()> now, std::function<void()> submitted);
    ~RelayDriver();

    void start();
    /// Deltas of the state that the new head proves, then the head; and hints to the devices concerned.
    void publish(const NewBlock& block);
    [[nodiscard]] bool is_connected() const { return client_->is_connected(); }

  private:
    struct Device {
        std::deque<Bytes> requests;
        double allowance = 0;
        std::int64_t filled_ms = 0;
    };

    void connect();
    void on_message(mqtt::Message message);
    void on_submit(const std::string& device, ByteView payload);
    void on_request(const std::string& device, Bytes payload);
    /// Answers one request of the device whose turn it is.
    void serve();
    void serve_soon();
    void send_hint(const std::string& device, const wire::ReceiptHint& hint);
    void send(std::string topic, Bytes payload);

    loop::Loop& loop_;
    SoloEngine& engine_;
    Relay& relay_;
    RelayOptions options_;
    std::function<Moment()> now_;
    std::function<void()> submitted_;
    wire::Topics topics_;
    mqtt::Backoff backoff_;
    std::map<std::string, Device> devices_;
    std::string last_served_;
    bool is_serving_ = false;
    std::map<Hash, std::string> submitters_; ///< core hash or id -> device, until included
    std::unique_ptr<mqtt::Client> client_;
    loop::Timer retry_;
    loop::Timer tick_;
    loop::Timer serve_timer_;
    loop::Alive alive_;
};

} // namespace tidewaiter::node
