#include "daemon/node/relay_driver.hpp"

#include "daemon/log/log.hpp"

#include <algorithm>

namespace tidewaiter::node {

namespace {

constexpr std::size_t kMaxRequests = 4;
constexpr std::size_t kMaxDevices = 10'000;
constexpr std::size_t kMaxSubmitters = 100'000;
constexpr double kBytesPerMs = 32.0 * 1024 * 1024 / 1000;
constexpr double kBurstBytes = 64.0 * 1024 * 1024;
constexpr std::size_t kMaxOpenPublishes = 256;
constexpr std::chrono::milliseconds kTick{1'000};
constexpr std::chrono::milliseconds kServeAgain{20};

bool is_device_id(std::string_view id) {
    return !id.empty() && id.size() <= 32 && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

} // namespace

RelayDriver::RelayDriver(loop::Loop& loop, SoloEngine& engine, Relay& relay, RelayOptions options,
                         std::function<Moment()> now, std::function<void()> submitted)
    : loop_(loop), engine_(engine), relay_(relay), options_(std::move(options)), now_(std::move(now)),
      submitted_(std::move(submitted)), topics_(engine.chain_id()), backoff_(options_.seed) {
    client_ = mqtt::make_client(
        loop_, {.connected =
                    [this](bool) {
                        backoff_.reset();
                        log::info("broker.connected", {{"host", options_.host}, {"port", options_.port}});
                        client_->subscribe(topics_.all_requests(options_.id));
                        client_->subscribe(topics_.all_submits(options_.id));
                        publish({.height = engine_.height(), .transactions = {}});
                    },
                .lost =
                    [this](const Error& reason) {
                        log::warning("broker.lost", {{"why", reason}});
                        retry_ = loop_.after(backoff_.next(), alive_.guard([this] { connect(); }));
                    },
                .message = [this](mqtt::Message message) { on_message(std::move(message)); }});
}

RelayDriver::~RelayDriver() = default;

void RelayDriver::start() {
    tick_ = loop_.every(kTick, alive_.guard([this] { relay_.tick(now_()); }));
    connect();
}

void RelayDriver::connect() {
    client_->connect({.host = options_.host,
                      .port = options_.port,
                      .client_id = options_.id,
                      .user = options_.user,
                      .password = options_.password,
                      .tls = options_.tls});
}

void RelayDriver::send(std::string topic, Bytes payload) {
    client_->publish(std::move(topic), std::move(payload), [](const Status& done) {
        if (!done && done.error().code != "mqtt.lost")
            log::warning("broker.publish", {{"why", done.error()}});
    });
}

void RelayDriver::publish(const NewBlock& block) {
    if (!client_->is_connected() || block.height == 0) return;
    const auto deltas = relay_.deltas_at(block.height - 1);
    if (!deltas) return log::error("relay.deltas", {{"why", deltas.error()}});
    for (const wire::Delta& delta : *deltas)
        send(topics_.delta(options_.id, delta.name_space), wire::encode(delta));
    const auto head = relay_.head(block.height);
    if (!head) return log::error("relay.head", {{"why", head.error()}});
    if (*head) send(topics_.head(options_.id), wire::encode(**head));

    for (const ArchivedTransaction& done : block.transactions) {
        const Hash id = done.core_hash.value_or(done.id);
        const auto submitter = submitters_.find(id);
        if (submitter == submitters_.end()) continue;
        const auto state = done.code == 0 ? wire::ReceiptState::Included : wire::ReceiptState::Refused;
        send_hint(submitter->second, {.entries = {{.id = id, .state = state, .height = done.height}}});
        submitters_.erase(submitter);
    }
}

void RelayDriver::send_hint(const std::string& device, const wire::ReceiptHint& hint) {
    if (!hint.entries.empty()) send(topics_.receipt(device), wire::encode(hint));
}

void RelayDriver::on_message(mqtt::Message message) {
    // The broker's access rules tie the topic's last level to the device's certificate; nothing else names
    // it.
    const std::string device(wire::Topics::last_level(message.topic));
    if (!is_device_id(device)) return;
    if (message.topic == topics_.submit(options_.id, device)) {
        on_submit(device, message.payload);
    } else if (message.topic == topics_.request(options_.id, device)) {
        on_request(device, std::move(message.payload));
    }
}

void RelayDriver::on_submit(const std::string& device, ByteView payload) {
    const auto hint = relay_.submit(payload, now_());
    if (!hint) return log::warning("relay.submit", {{"device", device}, {"why", hint.error()}});
    for (const wire::ReceiptHint::Entry& entry : hint->entries) {
        if (entry.state == wire::ReceiptState::Waiting && submitters_.size() < kMaxSubmitters) {
            submitters_[entry.id] = device;
        }
    }
    send_hint(device, *hint);
    submitted_();
}

void RelayDriver::on_request(const std::string& device, Bytes payload) {
    if (devices_.size() >= kMaxDevices && !devices_.contains(device)) {
        std::erase_if(devices_, [](const auto& entry) { return entry.second.requests.empty(); });
    }
    Device& asking = devices_[device];
    if (asking.requests.size() >= kMaxRequests) {
        if (const auto request = wire::decode_request(payload)) {
            send(topics_.reply(device),
                 wire::encode(wire::Reply{.id = request->id, .body = wire::Refusal::TooMany}));
        }
        return;
    }
    asking.requests.push_back(std::move(payload));
    serve_soon();
}

void RelayDriver::serve_soon() {
    if (std::exchange(is_serving_, true)) return;
    loop_.post(alive_.guard([this] { serve(); }));
}

void RelayDriver::serve() {
    is_serving_ = false;
    if (!client_->is_connected()) return devices_.clear();
    const std::int64_t now_ms = now_().monotonic_ms;
    bool has_served = false;
    if (client_->open_publishes() < kMaxOpenPublishes) {
        // Round robin: the first device after the one served last that has a request and an allowance.
        const auto start = devices_.upper_bound(last_served_);
        auto turn = start;
        for (std::size_t seen = 0; seen < devices_.size(); ++seen) {
            if (turn == devices_.end()) turn = devices_.begin();
            Device& device = turn->second;
            device.allowance =
                std::min(kBurstBytes, device.filled_ms == 0
                                          ? kBurstBytes
                                          : device.allowance +
                                                static_cast<double>(now_ms - device.filled_ms) * kBytesPerMs);
            device.filled_ms = now_ms;
            if (!device.requests.empty() && device.allowance > 0) {
                for (Bytes& reply : relay_.answer(device.requests.front(), now_())) {
                    device.allowance -= static_cast<double>(reply.size());
                    send(topics_.reply(turn->first), std::move(reply));
                }
                device.requests.pop_front();
                last_served_ = turn->first;
                has_served = true;
                break;
            }
            ++turn;
        }
    }
    const bool is_more =
        std::ranges::any_of(devices_, [](const auto& entry) { return !entry.second.requests.empty(); });
    if (!is_more) return;
    if (has_served) return serve_soon();
    is_serving_ = true;
    serve_timer_ = loop_.after(kServeAgain, alive_.guard([this] { serve(); }));
}

} // namespace tidewaiter::node
