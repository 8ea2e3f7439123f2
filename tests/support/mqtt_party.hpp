#pragma once

#include "daemon/mqtt/client.hpp"

#include "tests/support/wait_for.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tidewaiter::support {

/// A client and what it told.
struct Party {
    explicit Party(loop::Loop& loop_used)
        : loop(loop_used),
          client(mqtt::make_client(
              loop, {.connected =
                         [this](bool session_present) {
                             ++connected;
                             had_session = session_present;
                         },
                     .lost = [this](const Error& reason) { losses.push_back(reason); },
                     .message = [this](mqtt::Message message) { messages.push_back(std::move(message)); }})) {
    }

    [[nodiscard]] bool connect(const mqtt::Options& options) {
        const int before = connected;
        client->connect(options);
        return wait_for(loop, [&] { return connected > before || !losses.empty(); }) && connected > before;
    }
    [[nodiscard]] Status subscribe(const std::string& filter) {
        std::optional<Status> result;
        client->subscribe(filter, [&](Status status) { result = std::move(status); });
        if (!wait_for(loop, [&] { return result.has_value(); })) return fail("test.time", "subscribe");
        return *result;
    }
    [[nodiscard]] Status publish(const std::string& topic, Bytes payload) {
        std::optional<Status> result;
        client->publish(topic, std::move(payload), [&](Status status) { result = std::move(status); });
        if (result.has_value()) return fail("test.inside", "a Done must not come from inside the call");
        if (!wait_for(loop, [&] { return result.has_value(); })) return fail("test.time", "publish");
        return *result;
    }

    loop::Loop& loop;
    int connected = 0;
    bool had_session = false;
    std::vector<Error> losses;
    std::vector<mqtt::Message> messages;
    std::unique_ptr<mqtt::Client> client;
};

inline mqtt::Options options_for(std::uint16_t port, const std::string& client_id,
                                 mqtt::Version version = mqtt::Version::V311) {
    mqtt::Options options;
    options.host = "127.0.0.1";
    options.port = port;
    options.client_id = client_id;
    options.version = version;
    options.connect_deadline = std::chrono::seconds(5);
    return options;
}

} // namespace tidewaiter::support
