#include "daemon/wire/requests.hpp"
#include "daemon/wire/topics.hpp"
#include "ledger/base/limits.hpp"
#include "tests/support/objects.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::wire {
namespace {

/// Decodes a sample with `decode` and writes it back.
template <class Decode>
void expect_round_trip(const std::string& name, Decode decode) {
    const test::Sample sample = test::load_sample(name);
    const auto message = decode(sample.cbor);
    ASSERT_TRUE(message) << name << ": " << message.error().code << " " << message.error().detail;
    EXPECT_EQ(to_hex(encode(*message)), to_hex(sample.cbor)) << name;
}

TEST(Wire, ReadsAndWritesEveryMessage) {
    expect_round_trip("mqtt-head", decode_head);
    expect_round_trip("mqtt-delta", decode_delta);
    expect_round_trip("mqtt-receipt-hint", decode_receipt_hint);
    expect_round_trip("mqtt-submit", decode_submit);
    expect_round_trip("mqtt-device-state", decode_device_state);
    for (const char* name : {"mqtt-request-light-block", "mqtt-request-deltas", "mqtt-request-manifest",
                             "mqtt-request-chunk", "mqtt-request-blobs", "mqtt-request-outcome"}) {
        expect_round_trip(name, decode_request);
    }
    for (const char* name : {"mqtt-reply-light-block", "mqtt-reply-deltas", "mqtt-reply-manifest",
                             "mqtt-reply-chunk", "mqtt-reply-blobs", "mqtt-reply-outcome"}) {
        expect_round_trip(name, decode_reply);
    }
}

TEST(Wire, WritesRefusals) {
    const Reply reply{.id = 7, .body = Refusal::NotKept};
    const auto read = decode_reply(encode(reply));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, reply);
}

TEST(Wire, TellsANewerPeerFromRubbish) {
    Bytes delta = test::load_sample("mqtt-delta").cbor;
    ASSERT_EQ(delta[1], 0x00); // key 0
    delta[2] = 0x02;           // version 2
    const auto newer = decode_delta(delta);
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().code, "wire.newer-version");
    const auto rubbish = decode_delta(as_bytes("rubbish"));
    ASSERT_FALSE(rubbish);
    EXPECT_TRUE(rubbish.error().code.starts_with("cbor.")) << rubbish.error().code;
}

TEST(Wire, RefusesWhatBreaksTheFormats) {
    Delta delta = *decode_delta(test::load_sample("mqtt-delta").cbor);
    delta.part = 3;
    delta.parts = 2;
    EXPECT_EQ(decode_delta(encode(delta)).error().code, "wire.part");
    delta = *decode_delta(test::load_sample("mqtt-delta").cbor);
    std::swap(delta.changes[0], delta.changes[1]);
    EXPECT_EQ(decode_delta(encode(delta)).error().code, "wire.order");
    delta.changes.clear();
    delta.name_space = "Carnet";
    EXPECT_EQ(decode_delta(encode(delta)).error().code, "wire.namespace");

    HeadMessage head = *decode_head(test::load_sample("mqtt-head").cbor);
    std::swap(head.roots[0], head.roots[1]);
    EXPECT_EQ(decode_head(encode(head)).error().code, "wire.order");

    EXPECT_EQ(decode_submit(encode(Submit{.id = 1, .transactions = {}, .evidence = {}})).error().code,
              "cbor.range");
    EXPECT_EQ(decode_head(Bytes(limits::kMaxMqttPayloadBytes + 1)).error().code, "wire.too-large");

    Manifest manifest{.name_space = "identity", .state = 1, .root = {}, .bits = 1, .buckets = Bytes(33)};
    EXPECT_EQ(decode_reply(encode(Reply{.id = 1, .body = manifest})).error().code, "wire.manifest");
}

TEST(Wire, ARequestNeedsAllFieldsOfItsKind) {
    // {0: 1, 1: 5, 2: 2 (deltas), 3: "identity", 4: 1}: "to" is missing.
    const Bytes request = *from_hex("a5000101050202036"
                                    "86964656e746974790401");
    const auto read = decode_request(request);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, "cbor.missing-key");
    // A light block request knows no field 4.
    EXPECT_EQ(decode_request(*from_hex("a500010105020103000401")).error().code, "cbor.unknown-key");
}

TEST(Topics, FollowTheScheme) {
    const Topics topics("tw-pilot-1");
    EXPECT_EQ(topics.head("r1"), "tidewaiter/v1/tw-pilot-1/relay/r1/head");
    EXPECT_EQ(topics.delta("r1", "carnet/us"), "tidewaiter/v1/tw-pilot-1/relay/r1/delta/carnet/us");
    EXPECT_EQ(topics.request("r1", "lax-1"), "tidewaiter/v1/tw-pilot-1/relay/r1/request/lax-1");
    EXPECT_EQ(topics.reply("lax-1"), "tidewaiter/v1/tw-pilot-1/device/lax-1/reply");
    EXPECT_EQ(Topics::last_level(topics.submit("r1", "lax-1")), "lax-1");
}

} // namespace
} // namespace tidewaiter::wire
