#include "ledger/claims/anchor.hpp"

#include "ledger/codec/cbor.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::claims {
namespace {

crypto::PrivateKey administrator(std::uint8_t number) {
    return crypto::PrivateKey::from_bytes(crypto::Algorithm::Es256, Bytes(32, number)).value();
}

Anchor simple_anchor() {
    Anchor anchor{.chain_id = "tw-test-2",
                  .height = 17,
                  .header_hash = {},
                  .time = {.seconds = 1'780'000'000, .nanos = 5},
                  .next_validators_hash = {},
                  .trusting_period_seconds = 1'814'400,
                  .predecessors = {"tw-test-1"}};
    anchor.header_hash.fill(0xaa);
    anchor.next_validators_hash.fill(0xbb);
    return anchor;
}

TEST(AnchorFile, RoundTripsWithAllSigners) {
    const crypto::PrivateKey one = administrator(1);
    const crypto::PrivateKey two = administrator(2);
    const crypto::PrivateKey three = administrator(3);
    const Bytes file = sign_anchor(simple_anchor(), {&one, &two});
    const Result<SignedAnchor> read = parse_anchor(file, "tw-test-2");
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(read->anchor, simple_anchor());
    EXPECT_EQ(read->cosigned.size(), 1U);
    EXPECT_EQ(count_signers(*read, {one.public_key(), two.public_key(), three.public_key()}), 2U);
    EXPECT_EQ(count_signers(*read, {two.public_key()}), 1U);
    EXPECT_EQ(count_signers(*read, {three.public_key()}), 0U);
    EXPECT_EQ(count_signers(*read, {}), 0U);
}

TEST(AnchorFile, CountsAKeyOnceHoweverOftenItSigned) {
    const crypto::PrivateKey one = administrator(1);
    const SignedAnchor read =
        parse_anchor(sign_anchor(simple_anchor(), {&one, &one, &one}), "tw-test-2").value();
    EXPECT_EQ(read.cosigned.size(), 2U);
    EXPECT_EQ(count_signers(read, {one.public_key()}), 1U);
}

TEST(AnchorFile, BindsItsChain) {
    const crypto::PrivateKey one = administrator(1);
    EXPECT_EQ(parse_anchor(sign_anchor(simple_anchor(), {&one}), "tw-test-1").error().code, "anchor.chain");
}

TEST(AnchorFile, CosignaturesCoverTheCore) {
    const crypto::PrivateKey one = administrator(1);
    const crypto::PrivateKey two = administrator(2);
    SignedAnchor read = parse_anchor(sign_anchor(simple_anchor(), {&one, &two}), "tw-test-2").value();
    read.core.back() ^= 1;
    EXPECT_EQ(count_signers(read, {two.public_key()}), 0U);
}

TEST(AnchorFile, RefusesOtherKindsOfObjects) {
    const crypto::PrivateKey one = administrator(1);
    const Bytes payload = from_hex("a1014101").value();
    EXPECT_EQ(parse_anchor(seal(Type::Bundle, payload, "tw-test-2", one), "tw-test-2").error().code,
              "anchor.type");
    EXPECT_EQ(parse_anchor(seal(Type::Anchor, payload, "tw-test-2", one), "tw-test-2").error().code,
              "cbor.type");
}

/// An anchor whose core is {…} with one key left out or changed.
std::string_view core_refusal(std::string_view core_hex) {
    const crypto::PrivateKey one = administrator(1);
    cbor::Writer payload;
    payload.map([&](cbor::Writer& map) { map.key(1).bytes(from_hex(core_hex).value()); });
    const Result<SignedAnchor> read = parse_anchor(seal(Type::Anchor, payload.view(), "c", one), "c");
    return read ? std::string_view("accepted") : read.error().code;
}

TEST(AnchorFile, HoldsItsCoreToTheFormat) {
    const std::string hash = "5820" + std::string(64, '1');
    const std::string head = "a6016163"
                             "0201"
                             "03" +
                             hash +
                             "048200"
                             "00"
                             "05" +
                             hash;
    EXPECT_EQ(core_refusal(head + "0601"), "accepted");
    EXPECT_EQ(core_refusal(head + "0600"), "cbor.range") << "no trusting period";
    EXPECT_EQ(core_refusal(head + "061a00278d01"), "cbor.range") << "30 days and a second";
    EXPECT_EQ(core_refusal(head + "061a00278d00"), "accepted");
    EXPECT_EQ(core_refusal("a5016163"
                           "0201"
                           "03" +
                           hash +
                           "04820000"
                           "05" +
                           hash),
              "cbor.missing-key");
    EXPECT_EQ(core_refusal("a7" + head.substr(2) +
                           "0601"
                           "0780"),
              "cbor.empty")
        << "an empty list of predecessors";
    EXPECT_EQ(core_refusal("a7" + head.substr(2) +
                           "0601"
                           "0801"),
              "cbor.unknown-key");
}

} // namespace
} // namespace tidewaiter::claims
