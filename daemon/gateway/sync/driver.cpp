#include "daemon/gateway/sync/driver.hpp"

#include "daemon/log/log.hpp"

#include <utility>

namespace tidewaiter::sync {

namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr std::string_view kSoftware = "tidewaiter";

} // namespace

Driver::Driver(loop::Loop& loop, Copy& copy, DriverOptions options, Clock clock, DriverEvents events)
    : loop_(loop), options_(std::move(options)), clock_(std::move(clock)), events_(std::move(events)),
      topics_(copy.options().chain_id), machine_(copy, options_.device), backoff_(options_.seed) {
    client_ =
        mqtt::make_client(loop_, {.connected =
                                      [this](bool) {
                                          backoff_.reset();
                                          const Relay& relay = options_.relays[relay_index_];
                                          log::info("relay.connected", {{"relay", relay.id}});
                                          machine_.connected(relay, clock_.now());
                                          perform();
                                          if (events_.connection) events_.connection(true);
                                      },
                                  .lost = [this](const Error& reason) { on_lost(reason); },
                                  .message =
                                      [this](mqtt::Message message) {
                                          machine_.message(message.topic, message.payload, clock_.now());
                                          perform();
                                      }});
}

Driver::~Driver() = default;

std::string Driver::relay_id() const {
    return machine_.relay() ? machine_.relay()->id : std::string();
}

void Driver::start() {
    tick_ = loop_.every(kTick, alive_.guard([this] {
        machine_.tick(clock_.now());
        perform();
    }));
    connect();
}

void Driver::connect() {
    const Relay& relay = options_.relays[relay_index_];
    wire::DeviceState will{.kind = wire::DeviceState::Kind::LastWill, .time = clock_.now().wall.seconds};
    will.software = std::string(kSoftware);
    client_->connect({.host = relay.host,
                      .port = relay.port,
                      .client_id = options_.device,
                      .user = options_.user,
                      .password = options_.password,
                      .tls = options_.tls,
                      .will = mqtt::Will{topics_.device_state(options_.device), wire::encode(will)}});
}

void Driver::on_lost(const Error& reason) {
    const bool was_connected = machine_.is_connected();
    machine_.disconnected();
    if (was_connected)
        log::warning("relay.lost", {{"relay", options_.relays[relay_index_].id}, {"why", reason.detail}});
    if (was_connected && events_.connection) events_.connection(false);
    relay_index_ = (relay_index_ + 1) % options_.relays.size();
    retry_later();
}

void Driver::retry_later() {
    retry_ = loop_.after(backoff_.next(), alive_.guard([this] { connect(); }));
}

void Driver::perform() {
    // An event handler below may call back into the driver; one round of actions at a time.
    if (std::exchange(is_performing_, true)) return;
    for (std::vector<Action> actions = machine_.take(); !actions.empty(); actions = machine_.take()) {
        for (Action& action : actions) {
            if (auto* publish = std::get_if<Publish>(&action)) {
                client_->publish(std::move(publish->topic), std::move(publish->payload));
            } else if (auto* subscribe = std::get_if<Subscribe>(&action)) {
                client_->subscribe(
                    subscribe->topic, alive_.guard([topic = subscribe->topic](const Status& done) {
                        if (!done)
                            log::warning("relay.subscribe", {{"topic", topic}, {"why", done.error().detail}});
                    }));
            } else if (auto* leave = std::get_if<LeaveRelay>(&action)) {
                log::warning("relay.left",
                             {{"relay", options_.relays[relay_index_].id}, {"why", leave->reason}});
                client_->disconnect();
                if (events_.connection) events_.connection(false);
                relay_index_ = (relay_index_ + 1) % options_.relays.size();
                retry_later();
            } else if (auto* advanced = std::get_if<Advanced>(&action)) {
                if (events_.advanced) events_.advanced(advanced->state_height);
            } else if (auto* frozen = std::get_if<Frozen>(&action)) {
                log::error("copy.frozen", {{"why", frozen->reason}});
                if (events_.frozen) events_.frozen(frozen->reason);
            } else if (auto* hint = std::get_if<Hint>(&action)) {
                if (events_.receipts) events_.receipts(hint->receipts);
            } else if (auto* problem = std::get_if<Problem>(&action)) {
                log::warning("sync.problem", {{"why", problem->error}});
            } else if (auto* broken = std::get_if<Broken>(&action)) {
                log::error("sync.broken", {{"why", broken->error}});
                if (events_.broken) events_.broken(broken->error);
            }
        }
    }
    is_performing_ = false;
}

void Driver::want_blobs(const std::string& name_space, const std::vector<Hash>& hashes) {
    machine_.want_blobs(name_space, hashes, clock_.now());
    perform();
}

void Driver::submit(std::vector<Bytes> transactions, mqtt::Done done) {
    if (!machine_.is_connected()) return done(fail("mqtt.not-connected", "no relay is connected"));
    const wire::Submit message{.id = submit_id_++, .transactions = std::move(transactions), .evidence = {}};
    client_->publish(topics_.submit(machine_.relay()->id, options_.device), wire::encode(message),
                     std::move(done));
}

void Driver::announce(const wire::DeviceState& state) {
    if (machine_.is_connected()) client_->publish(topics_.device_state(options_.device), wire::encode(state));
}

} // namespace tidewaiter::sync
