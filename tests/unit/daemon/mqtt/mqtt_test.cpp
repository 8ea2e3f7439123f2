#include "daemon/mqtt/client.hpp"

#include "tests/support/mosquitto.hpp"
#include "tests/support/mqtt_party.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace tidewaiter::mqtt {
namespace {

using namespace std::chrono_literals;
using support::Mosquitto;
using support::options_for;
using support::Party;
using support::wait_for;
using Clock = std::chrono::steady_clock;

/// Both at once: the library takes up to a second to notice a further connection.
[[nodiscard]] bool connect_both(Party& one, const Options& options_of_one, Party& other,
                                const Options& options_of_other) {
    one.client->connect(options_of_one);
    other.client->connect(options_of_other);
    return wait_for(one.loop, [&] { return one.connected > 0 && other.connected > 0; });
}

class MqttVersions : public testing::TestWithParam<Version> {};

TEST_P(MqttVersions, DeliversManyMessagesInOrderPerTopic) {
    const Mosquitto broker;
    loop::Loop loop;
    Party sender(loop);
    Party receiver(loop);
    ASSERT_TRUE(connect_both(receiver, options_for(broker.port(), "receiver", GetParam()), sender,
                             options_for(broker.port(), "sender", GetParam())));
    ASSERT_TRUE(receiver.subscribe("tw/+/data"));
    constexpr int kMessages = 500;
    const std::array<std::string, 2> topics{"tw/a/data", "tw/b/data"};
    int acknowledged = 0;
    int failed = 0;
    const auto begin = Clock::now();
    for (int number = 0; number < kMessages; ++number) {
        Bytes payload(300, static_cast<std::uint8_t>(number % 256));
        payload[0] = static_cast<std::uint8_t>(number / 256);
        sender.client->publish(topics[static_cast<std::size_t>(number % 2)], std::move(payload),
                               [&](const Status& status) { ++(status ? acknowledged : failed); });
    }
    ASSERT_TRUE(wait_for(
        loop, [&] { return acknowledged + failed == kMessages && receiver.messages.size() >= kMessages; }));
    EXPECT_EQ(failed, 0);
    // Without a window of our own this takes 20 s with version 5 against this broker.
    EXPECT_LT(Clock::now() - begin, 8s);
    EXPECT_EQ(sender.client->open_publishes(), 0U);
    std::map<std::string, int> next{{topics[0], 0}, {topics[1], 1}};
    for (const Message& message : receiver.messages) {
        ASSERT_EQ(message.payload.size(), 300U);
        const int number = message.payload[0] * 256 + message.payload[1];
        EXPECT_EQ(number, next[message.topic]) << message.topic;
        next[message.topic] = number + 2;
    }
    EXPECT_EQ(receiver.messages.size(), std::size_t{kMessages});
}

TEST_P(MqttVersions, BrokerKilledAndBackTheCallerReconnects) {
    Mosquitto broker;
    loop::Loop loop;
    Party party(loop);
    const Options options = options_for(broker.port(), "gateway", GetParam());
    ASSERT_TRUE(party.connect(options));
    ASSERT_TRUE(party.subscribe("tw/in"));
    // Frozen, it acknowledges nothing: these are open when it dies.
    broker.freeze();
    std::vector<Status> results;
    for (int number = 0; number < 40; ++number) {
        party.client->publish("tw/out", Bytes{1},
                              [&](Status status) { results.push_back(std::move(status)); });
    }
    EXPECT_EQ(party.client->open_publishes(), 40U);
    broker.kill();
    ASSERT_TRUE(wait_for(loop, [&] { return !party.losses.empty(); }));
    EXPECT_EQ(party.losses.at(0).code, "mqtt.lost");
    ASSERT_EQ(results.size(), 40U) << "every Done comes before the event";
    for (const Status& status : results) {
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().code, "mqtt.lost");
    }
    EXPECT_FALSE(party.client->is_connected());
    const Status refused = party.publish("tw/out", Bytes{1});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "mqtt.not-connected");

    party.losses.clear();
    EXPECT_FALSE(party.connect(options));
    ASSERT_EQ(party.losses.size(), 1U);
    EXPECT_EQ(party.losses.at(0).code, "mqtt.unreachable");

    party.losses.clear();
    broker.start();
    ASSERT_TRUE(party.connect(options));
    ASSERT_TRUE(party.subscribe("tw/in"));
    ASSERT_TRUE(party.publish("tw/in", Bytes{7}));
    ASSERT_TRUE(wait_for(loop, [&] { return !party.messages.empty(); }));
    EXPECT_EQ(party.messages.at(0).payload, Bytes{7});
    EXPECT_TRUE(party.losses.empty());
}

TEST_P(MqttVersions, AKeptSessionHoldsMessages) {
    const Mosquitto broker;
    loop::Loop loop;
    Options kept = options_for(broker.port(), "keeper", GetParam());
    kept.clean = false;
    {
        Party keeper(loop);
        ASSERT_TRUE(keeper.connect(kept));
        EXPECT_FALSE(keeper.had_session);
        ASSERT_TRUE(keeper.subscribe("tw/kept"));
        bool left = false;
        keeper.client->disconnect([&](const Status&) { left = true; });
        ASSERT_TRUE(wait_for(loop, [&] { return left; }));
        EXPECT_TRUE(keeper.losses.empty());
    }
    Party sender(loop);
    ASSERT_TRUE(sender.connect(options_for(broker.port(), "sender", GetParam())));
    ASSERT_TRUE(sender.publish("tw/kept", Bytes{1, 2}));
    Party keeper(loop);
    ASSERT_TRUE(keeper.connect(kept));
    EXPECT_TRUE(keeper.had_session);
    ASSERT_TRUE(wait_for(loop, [&] { return !keeper.messages.empty(); }));
    EXPECT_EQ(keeper.messages.at(0).topic, "tw/kept");
    EXPECT_EQ(keeper.messages.at(0).payload, (Bytes{1, 2}));
}

INSTANTIATE_TEST_SUITE_P(Versions, MqttVersions, testing::Values(Version::V311, Version::V5),
                         [](const auto& row) { return row.param == Version::V5 ? "V5" : "V311"; });

TEST(Mqtt, PayloadsHaveALimit) {
    const Mosquitto broker;
    loop::Loop loop;
    Party party(loop);
    ASSERT_TRUE(party.connect(options_for(broker.port(), "p")));
    ASSERT_TRUE(party.subscribe("tw/x"));
    EXPECT_TRUE(party.publish("tw/x", Bytes(256 * 1024, 3)));
    const Status large = party.publish("tw/x", Bytes(256 * 1024 + 1, 3));
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().code, "mqtt.too-large");
    const Status topic = party.publish("TW/x", Bytes{});
    ASSERT_FALSE(topic);
    EXPECT_EQ(topic.error().code, "mqtt.topic");
    ASSERT_TRUE(wait_for(loop, [&] { return !party.messages.empty(); }));
    EXPECT_EQ(party.messages.at(0).payload.size(), std::size_t{256} * 1024);
}

TEST(Mqtt, LargeMessagesFollowEachOther) {
    const Mosquitto broker;
    loop::Loop loop;
    Party party(loop);
    ASSERT_TRUE(party.connect(options_for(broker.port(), "p")));
    ASSERT_TRUE(party.subscribe("tw/x"));
    int acknowledged = 0;
    for (std::uint8_t number = 0; number < 8; ++number) {
        party.client->publish("tw/x", Bytes(200'000, number),
                              [&](const Status& status) { acknowledged += status ? 1 : 0; });
    }
    ASSERT_TRUE(support::wait_for(loop, [&] { return acknowledged == 8 && party.messages.size() == 8; }))
        << acknowledged;
    for (std::uint8_t number = 0; number < 8; ++number)
        EXPECT_EQ(party.messages[number].payload, Bytes(200'000, number));
}

TEST(Mqtt, UserAndPasswordAreChecked) {
    const support::TemporaryFolder folder;
    const std::string passwords = (folder / "passwords").string();
    ASSERT_EQ(std::system(("mosquitto_passwd -c -b " + passwords + " gateway secret 2>/dev/null").c_str()),
              0);
    const Mosquitto broker("allow_anonymous false\npassword_file " + passwords);
    loop::Loop loop;
    for (const Version version : {Version::V311, Version::V5}) {
        Party party(loop);
        Options options = options_for(broker.port(), "p", version);
        options.user = "gateway";
        options.password = "wrong";
        EXPECT_FALSE(party.connect(options));
        ASSERT_EQ(party.losses.size(), 1U);
        EXPECT_EQ(party.losses.at(0).code, "mqtt.refused") << party.losses.at(0).detail;
        party.losses.clear();
        options.password = "secret";
        EXPECT_TRUE(party.connect(options));
    }
}

TEST(Mqtt, TheWillTellsOthersThatWeDied) {
    const Mosquitto broker;
    loop::Loop loop;
    Party watcher(loop);
    Party first(loop);
    Options options = options_for(broker.port(), "mortal");
    options.will = Will{"tw/will", Bytes{9}};
    ASSERT_TRUE(connect_both(first, options, watcher, options_for(broker.port(), "watcher")));
    ASSERT_TRUE(watcher.subscribe("tw/will"));
    // The same client id again: the broker throws the first one out, which did not say good-bye.
    Party second(loop);
    ASSERT_TRUE(second.connect(options_for(broker.port(), "mortal")));
    ASSERT_TRUE(wait_for(loop, [&] { return !first.losses.empty() && !watcher.messages.empty(); }));
    EXPECT_EQ(first.losses.at(0).code, "mqtt.lost");
    EXPECT_EQ(watcher.messages.at(0).payload, Bytes{9});
}

TEST(Mqtt, ADeadAddressIsGivenUpAtTheDeadline) {
    loop::Loop loop;
    Party party(loop);
    // Accepts the connection and never answers, as a stuck broker does.
    const int silent = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(silent, reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(silent, 5), 0);
    ASSERT_EQ(::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size), 0);
    Options options = options_for(ntohs(address.sin_port), "p");
    options.connect_deadline = 300ms;
    const auto begin = Clock::now();
    EXPECT_FALSE(party.connect(options));
    EXPECT_LT(Clock::now() - begin, 2s);
    ASSERT_EQ(party.losses.size(), 1U);
    EXPECT_EQ(party.losses.at(0).code, "mqtt.timeout");
    ::close(silent);
}

TEST(Mqtt, AWrongHostIsAnErrorWithinItsDeadline) {
    loop::Loop loop;
    Party party(loop);
    Options options = options_for(1883, "p");
    options.host = "no-such-relay.invalid";
    options.connect_deadline = 1s;
    const auto begin = Clock::now();
    EXPECT_FALSE(party.connect(options));
    EXPECT_LT(Clock::now() - begin, 3s);
    ASSERT_EQ(party.losses.size(), 1U);
    EXPECT_TRUE(party.losses.at(0).code == "mqtt.unresolved" || party.losses.at(0).code == "mqtt.timeout")
        << party.losses.at(0).code;
}

TEST(Mqtt, ABrokerThatAcknowledgesNothingIsLeft) {
    const Mosquitto broker;
    loop::Loop loop;
    Party party(loop);
    Options options = options_for(broker.port(), "p");
    options.answer_deadline = 200ms;
    ASSERT_TRUE(party.connect(options));
    broker.freeze();
    const Status status = party.publish("tw/x", Bytes{1});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, "mqtt.lost");
    ASSERT_TRUE(wait_for(loop, [&] { return !party.losses.empty(); }));
    EXPECT_EQ(party.losses.at(0).code, "mqtt.timeout");
    broker.thaw();
}

TEST(Mqtt, CanBeDestroyedAtAnyTime) {
    const Mosquitto broker;
    loop::Loop loop;
    for (const int rounds : {0, 1, 2, 5}) {
        Party party(loop);
        int late = 0;
        party.client->connect(options_for(broker.port(), "p" + std::to_string(rounds)));
        for (int round = 0; round < rounds; ++round)
            loop.run_for(1ms);
        party.client->publish("tw/x", Bytes{1}, [&](const Status&) { ++late; });
        const auto begin = Clock::now();
        party.client.reset();
        EXPECT_LT(Clock::now() - begin, 5s);
        const int before = late + party.connected + static_cast<int>(party.losses.size());
        loop.run_for(10ms);
        EXPECT_EQ(late + party.connected + static_cast<int>(party.losses.size()), before)
            << "something came afterwards";
    }
    // While it looks for an address that never answers.
    Party party(loop);
    Options options = options_for(1883, "p");
    options.host = "no-such-relay.invalid";
    options.connect_deadline = 30s;
    party.client->connect(options);
    const auto begin = Clock::now();
    party.client.reset();
    EXPECT_LT(Clock::now() - begin, 5s);
}

} // namespace
} // namespace tidewaiter::mqtt
