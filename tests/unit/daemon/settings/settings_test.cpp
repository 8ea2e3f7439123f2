#include "daemon/settings/settings.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace tidewaiter::settings {
namespace {

using namespace std::chrono_literals;

enum class Policy { Refuse, Ask };

struct Relay {
    std::string id;
    Endpoint at;
};

struct Config {
    std::string device;
    Endpoint listen{"127.0.0.1", 8080};
    std::chrono::milliseconds every = 30s;
    std::uint64_t cap = 1024;
    std::uint16_t count = 3;
    std::int64_t offset = 0;
    bool solo = false;
    Policy policy = Policy::Refuse;
    std::filesystem::path data;
    std::vector<std::string> namespaces{"carnet"};
    std::string office;
    std::vector<Relay> relays;
};

Status office_check(std::string_view text) {
    if (text.starts_with("US-")) return {};
    return fail("office.country", "an office begins with US-");
}

Schema schema_for(Config& config) {
    Schema schema;
    schema.text("device", config.device, {.required = true, .max_bytes = 20});
    schema.endpoint("listen", config.listen, {.loopback_only = true});
    schema.duration("verify_every", config.every, {.min = 1s, .max = 1h});
    schema.size("cap", config.cap, {.min = 1024, .max = 1 << 20});
    schema.integer("count", config.count, {.min = 1});
    schema.integer("offset", config.offset, {.min = -720, .max = 840});
    schema.boolean("solo", config.solo);
    schema.choice("policy", config.policy, {{"refuse", Policy::Refuse}, {"ask", Policy::Ask}});
    schema.path("data", config.data);
    schema.texts("namespaces", config.namespaces, {.max_count = 3});
    schema.table("port", [&](Schema& port) {
        port.text("office", config.office, {.required = true, .check = office_check});
    });
    schema.tables("relay", config.relays,
                  [](Schema& table, Relay& relay) {
                      table.text("id", relay.id, {.required = true});
                      table.endpoint("at", relay.at, {.required = true});
                  },
                  {.max_count = 2});
    return schema;
}

Status read(std::string_view toml, Config& config) {
    Schema schema = schema_for(config);
    return read_text(toml, "/etc/tidewaiter/gateway.toml", schema);
}

std::string error_of(std::string_view toml, std::string_view code) {
    Config config;
    const Status status = read(toml, config);
    if (status) return "accepted";
    EXPECT_EQ(status.error().code, code) << status.error().detail;
    return status.error().detail;
}

TEST(Settings, ReadsEveryKind) {
    Config config;
    const Status status = read(R"(
device = "lane-1"
listen = "[::1]:9000"
verify_every = "5 min"
cap = "64 KiB"
count = 65535
offset = -300
solo = true
policy = "ask"
data = "../data"
namespaces = ["carnet", "origin"]
[port]
office = "US-D:2720"
[[relay]]
id = "relay-1"
at = "relay.example:8883"
[[relay]]
id = "relay-2"
at = "10.0.0.1:1883"
)",
                               config);
    ASSERT_TRUE(status) << status.error().detail;
    EXPECT_EQ(config.device, "lane-1");
    EXPECT_EQ(config.listen, (Endpoint{"::1", 9000}));
    EXPECT_EQ(config.every, 5min);
    EXPECT_EQ(config.cap, 65'536U);
    EXPECT_EQ(config.count, 65'535);
    EXPECT_EQ(config.offset, -300);
    EXPECT_TRUE(config.solo);
    EXPECT_EQ(config.policy, Policy::Ask);
    EXPECT_EQ(config.data, "/etc/data");
    EXPECT_EQ(config.namespaces, (std::vector<std::string>{"carnet", "origin"}));
    EXPECT_EQ(config.office, "US-D:2720");
    ASSERT_EQ(config.relays.size(), 2U);
    EXPECT_EQ(config.relays[1].id, "relay-2");
    EXPECT_EQ(config.relays[1].at, (Endpoint{"10.0.0.1", 1883}));
}

TEST(Settings, WhatIsLeftOutKeepsItsDefault) {
    Config config;
    ASSERT_TRUE(read("device = 'x'", config));
    EXPECT_EQ(config.listen, (Endpoint{"127.0.0.1", 8080}));
    EXPECT_EQ(config.every, 30s);
    EXPECT_TRUE(config.relays.empty());
    EXPECT_EQ(config.office, "") << "a table that is not there requires nothing";
}

TEST(Settings, AnUnknownKeyNamesItsPlaceAndTheNearestKnown) {
    EXPECT_EQ(error_of("device = 'x'\n\n  lisen = '127.0.0.1:1'", "settings.unknown"),
              "/etc/tidewaiter/gateway.toml:3:3: lisen: is not a known key here; did you mean \"listen\"?");
    EXPECT_EQ(
        error_of("device = 'x'\n[port]\nofifce = 'US-1'", "settings.unknown"),
        "/etc/tidewaiter/gateway.toml:3:1: port.ofifce: is not a known key here; did you mean \"office\"?");
    EXPECT_EQ(error_of("device = 'x'\n[[relay]]\nid = 'a'\nat = 'a:1'\nretain = 1", "settings.unknown"),
              "/etc/tidewaiter/gateway.toml:5:1: relay[0].retain: is not a known key here; known are id, at");
}

TEST(Settings, AKeyBelowTheWrongTableIsShownItsPlace) {
    EXPECT_EQ(error_of("device = 'x'\n[port]\noffice = 'US-1'\npolicy = 'ask'", "settings.unknown"),
              "/etc/tidewaiter/gateway.toml:4:1: port.policy: is not a known key here; it belongs before the "
              "first [table]");
    EXPECT_EQ(error_of("device = 'x'\noffice = 'US-1'", "settings.unknown"),
              "/etc/tidewaiter/gateway.toml:2:1: office: is not a known key here; it belongs below [port]");
}

TEST(Settings, AWrongTypeNamesLineAndColumn) {
    EXPECT_EQ(error_of("device = 'x'\ncount = 'three'", "settings.type"),
              "/etc/tidewaiter/gateway.toml:2:9: count: expected a whole number from 1 to 65535, found text");
    EXPECT_EQ(error_of("device = 7", "settings.type"),
              "/etc/tidewaiter/gateway.toml:1:10: device: expected text, found a whole number");
    EXPECT_EQ(error_of("device = 'x'\nverify_every = 30", "settings.type"),
              "/etc/tidewaiter/gateway.toml:2:16: verify_every: expected a duration from 1 s to 1 h, such as "
              "\"30 s\", "
              "found a whole number");
    EXPECT_EQ(error_of("device = 'x'\nport = 'US'", "settings.type"),
              "/etc/tidewaiter/gateway.toml:2:8: port: expected a table, found text");
    EXPECT_EQ(
        error_of("device = 'x'\n[relay]\nid = 'a'", "settings.type"),
        "/etc/tidewaiter/gateway.toml:2:1: relay: expected an array of tables, [[relay]], found a table");
    EXPECT_EQ(error_of("device = 'x'\nnamespaces = ['a', 1]", "settings.type"),
              "/etc/tidewaiter/gateway.toml:2:14: namespaces: expected an array of texts, found an array");
    EXPECT_EQ(error_of("device = 'x'\nsolo = 1", "settings.type"),
              "/etc/tidewaiter/gateway.toml:2:8: solo: expected true or false, found a whole number");
}

TEST(Settings, WrongValuesSayWhatIsExpected) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"count = 0", "count: 0 is not allowed; expected a whole number from 1 to 65535"},
        {"count = 65536", "count: 65536 is not allowed; expected a whole number from 1 to 65535"},
        {"offset = -721", "offset: -721 is not allowed; expected a whole number from -720 to 840"},
        {"verify_every = '2 h'", "verify_every: 2 h is not allowed; expected 1 s to 1 h"},
        {"verify_every = '2 fortnights'",
         "verify_every: \"2 fortnights\" is no duration; expected a whole number and ms, s, "
         "min, h or d, such as \"30 s\""},
        {"cap = '1 B'", "cap: 1 B is not allowed; expected 1 KiB to 1 MiB"},
        {"cap = '12'",
         "cap: \"12\" is no size; expected a whole number and B, KiB, MiB or GiB, such as \"64 KiB\""},
        {"listen = '0.0.0.0:80'", "listen: \"0.0.0.0\" is reachable from other machines; expected a loopback "
                                  "address, such as 127.0.0.1"},
        {"listen = '127.0.0.1:0'", "listen: port 0 is not allowed here"},
        {"listen = 'localhost'",
         "listen: \"localhost\" has no port; expected host:port, such as 127.0.0.1:8080"},
        {"policy = 'never'", "policy: \"never\" is not allowed; expected one of \"refuse\", \"ask\""},
        {"data = ''", "data: must not be empty"},
        {"namespaces = ['a','b','c','d']", "namespaces: has 4 texts; expected 0 to 3"},
        {"[port]\noffice = 'GB-1'", "port.office: an office begins with US-"},
        {"[[relay]]\nid='a'\nat='a:1'\n[[relay]]\nid='b'\nat='a:1'\n[[relay]]\nid='c'\nat='a:1'",
         "relay: stands 3 times; expected 0 to 2"},
    };
    for (const auto& [text, expected] : cases) {
        const std::string detail = error_of("device = 'x'\n" + text, "settings.value");
        EXPECT_TRUE(detail.ends_with(": " + expected)) << detail;
    }
    EXPECT_TRUE(error_of("device = ''", "settings.value").ends_with("device: must not be empty"));
    EXPECT_TRUE(error_of("device = 'abcdefghijklmnopqrstu'", "settings.value")
                    .ends_with("longer than the 20 bytes allowed"));
}

TEST(Settings, MissingKeysAreNamed) {
    EXPECT_TRUE(error_of("solo = true", "settings.missing").ends_with("device: is missing; expected text"));
    EXPECT_TRUE(error_of("device = 'x'\n[port]\n", "settings.missing")
                    .ends_with(":2:1: port.office: is missing; expected text"));
    EXPECT_TRUE(error_of("device = 'x'\n[[relay]]\nid = 'a'", "settings.missing")
                    .ends_with("relay[0].at: is missing; expected host:port, such as \"127.0.0.1:8080\""));
}

TEST(Settings, SyntaxErrorsNameTheLine) {
    EXPECT_TRUE(error_of("device = 'x'\ncount = \n", "settings.syntax")
                    .starts_with("/etc/tidewaiter/gateway.toml:2:"));
    EXPECT_TRUE(error_of("device = 'x'\ndevice = 'y'", "settings.syntax")
                    .starts_with("/etc/tidewaiter/gateway.toml:2:"));
    EXPECT_TRUE(error_of("device = 'x\n", "settings.syntax").starts_with("/etc/tidewaiter/gateway.toml:1:"));
}

TEST(Settings, FilesAreFound) {
    const support::TemporaryFolder folder;
    Config config;
    Schema schema = schema_for(config);
    const Status missing = read_file(folder / "none.toml", schema);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, "settings.file");
    EXPECT_NE(missing.error().detail.find("none.toml: there is no such file"), std::string::npos);
    std::ofstream(folder / "some.toml") << "device = 'x'\ndata = 'here'\n";
    ASSERT_TRUE(read_file(folder / "some.toml", schema));
    EXPECT_EQ(config.data, folder / "here");
}

TEST(Endpoint, ParsesAndPrints) {
    for (const char* text : {"127.0.0.1:8080", "[::1]:1", "relay.example:65535", "a-b:0"}) {
        const auto endpoint = parse_endpoint(text);
        ASSERT_TRUE(endpoint) << text;
        EXPECT_EQ(to_text(*endpoint), text);
    }
    for (const char* text : {"", ":", ":80", "a", "a:", "a:65536", "a:-1", "a:1 ", "a b:1", "[::1:1", "::1:1",
                             "[]:1", "[x]:1", "a/b:1", "http://a:1"}) {
        const auto endpoint = parse_endpoint(text);
        ASSERT_FALSE(endpoint) << text;
        EXPECT_EQ(endpoint.error().code, "settings.endpoint") << text;
    }
    EXPECT_TRUE(is_loopback("127.0.0.1"));
    EXPECT_TRUE(is_loopback("127.8.9.10"));
    EXPECT_TRUE(is_loopback("localhost"));
    EXPECT_TRUE(is_loopback("::1"));
    EXPECT_FALSE(is_loopback("127.0.0.1.example"));
    EXPECT_FALSE(is_loopback("localhost.example"));
    EXPECT_FALSE(is_loopback("128.0.0.1"));
}

TEST(Duration, ParsesAndPrints) {
    EXPECT_EQ(parse_duration("250ms"), 250ms);
    EXPECT_EQ(parse_duration("30 s"), 30s);
    EXPECT_EQ(parse_duration("2 d"), 48h);
    EXPECT_EQ(to_text(90'000ms), "90 s");
    EXPECT_EQ(to_text(3'600'000ms), "1 h");
    EXPECT_EQ(to_text(0ms), "0 ms");
    for (const char* text :
         {"", "s", "1", "-1 s", "1.5 s", "1  s", "1 S", "99999999999999999999 s", "9999999999 d"}) {
        const auto duration = parse_duration(text);
        ASSERT_FALSE(duration) << text;
        EXPECT_EQ(duration.error().code, "settings.duration") << text;
    }
    EXPECT_EQ(parse_size("2GiB"), std::uint64_t{2} << 30U);
    EXPECT_EQ(parse_size("99999999999 GiB").error().code, "settings.size");
}

} // namespace
} // namespace tidewaiter::settings
