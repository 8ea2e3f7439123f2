// The example of each object, in bytes: every envelope parses, has the id it should, verifies, and can be
// made again.

#include "ledger/claims/anchor.hpp"
#include "ledger/claims/envelope.hpp"
#include "ledger/claims/text.hpp"
#include "ledger/codec/cbor.hpp"
#include "ledger/crypto/hash.hpp"
#include "tests/support/objects.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tidewaiter::claims {
namespace {

std::vector<std::string> names_where(bool (*wanted)(const test::Sample&)) {
    std::vector<std::string> names;
    for (const std::string& name : test::sample_names()) {
        if (wanted(test::load_sample(name))) names.push_back(name);
    }
    return names;
}

std::string label(const testing::TestParamInfo<std::string>& info) {
    std::string text = info.param;
    std::ranges::replace(text, '-', '_');
    return text;
}

class SignedObjects : public testing::TestWithParam<std::string> {};

TEST_P(SignedObjects, ParseVerifyAndHaveTheirId) {
    const test::Sample sample = test::load_sample(GetParam());
    const Result<Envelope> envelope = parse_envelope(sample.cose);
    ASSERT_TRUE(envelope.has_value()) << envelope.error().code << ": " << envelope.error().detail;
    EXPECT_EQ(type_name(envelope->type), sample.type);
    EXPECT_EQ(envelope->payload, sample.payload);
    EXPECT_EQ(to_hex(envelope->key_id), sample.keys.front().kid_hex);
    EXPECT_EQ(signature_structure(envelope->protected_header, sample.chain_id, envelope->payload),
              sample.signature_structure);
    EXPECT_EQ(to_hex(envelope_id(*envelope, sample.chain_id)), sample.transaction_id_hex);
    EXPECT_TRUE(verify_envelope(*envelope, sample.chain_id, sample.keys.front().public_key));
    EXPECT_FALSE(verify_envelope(*envelope, sample.chain_id + "x", sample.keys.front().public_key));
}

TEST_P(SignedObjects, AreSealedAgainIntoTheSameEnvelope) {
    const test::Sample sample = test::load_sample(GetParam());
    const test::SampleKey& signer = sample.keys.front();
    const Envelope original = parse_envelope(sample.cose).value();
    const Bytes again = seal(original.type, sample.payload, sample.chain_id, signer.private_key);
    const Envelope envelope = parse_envelope(again).value();
    EXPECT_TRUE(verify_envelope(envelope, sample.chain_id, signer.public_key));
    EXPECT_EQ(envelope_id(envelope, sample.chain_id), envelope_id(original, sample.chain_id));
    // All but the signature itself is the same, byte for byte; Ed25519's signature too.
    ASSERT_EQ(again.size(), sample.cose.size());
    const std::size_t compared = again.size() - (original.algorithm == crypto::Algorithm::EdDsa ? 0 : 64);
    EXPECT_TRUE(equal(ByteView(again).first(compared), ByteView(sample.cose).first(compared)));
}

TEST_P(SignedObjects, KeysAreWhatTheyAreSaidToBe) {
    const test::Sample sample = test::load_sample(GetParam());
    for (const test::SampleKey& key : sample.keys) {
        EXPECT_EQ(key.private_key.public_key(), key.public_key) << key.name;
        EXPECT_EQ(to_hex(key.public_key.id()), key.kid_hex) << key.name;
    }
}

TEST_P(SignedObjects, LoseTheirSignatureWithAnyChangedByte) {
    const test::Sample sample = test::load_sample(GetParam());
    for (std::size_t i = 0; i < sample.cose.size(); i += 1 + sample.cose.size() / 40) {
        Bytes changed = sample.cose;
        changed[i] ^= 0x01;
        const Result<Envelope> envelope = parse_envelope(changed);
        EXPECT_FALSE(envelope && verify_envelope(*envelope, sample.chain_id, sample.keys.front().public_key))
            << "byte " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(Each, SignedObjects, testing::ValuesIn(names_where([](const test::Sample& s) {
                             return !s.cose.empty() && !s.must_fail;
                         })),
                         label);

class CodesAsText : public testing::TestWithParam<std::string> {};

TEST_P(CodesAsText, AreWrittenAndRead) {
    const test::Sample sample = test::load_sample(GetParam());
    EXPECT_EQ(to_text(sample.cose), sample.text);
    EXPECT_EQ(from_text(sample.text).value(), sample.cose);
    EXPECT_LE(sample.text.size(), 1'450U);
}

INSTANTIATE_TEST_SUITE_P(Each, CodesAsText, testing::ValuesIn(names_where([](const test::Sample& s) {
                             return !s.cose.empty() && !s.text.empty();
                         })),
                         label);

class DeviceCores : public testing::TestWithParam<std::string> {};

TEST_P(DeviceCores, HaveTheirHash) {
    const test::Sample sample = test::load_sample(GetParam());
    EXPECT_EQ(to_hex(crypto::sha256(sample.core)), sample.core_sha256_hex);
}

INSTANTIATE_TEST_SUITE_P(Each, DeviceCores, testing::ValuesIn(names_where([](const test::Sample& s) {
                             return !s.core.empty();
                         })),
                         label);

class PlainObjects : public testing::TestWithParam<std::string> {};

TEST_P(PlainObjects, AreDeterministicWithTheirHash) {
    const test::Sample sample = test::load_sample(GetParam());
    // Reference data and events hold other people's CBOR; a light block in a message is bytes.
    const Status status =
        cbor::check(sample.cbor, {.allow_null = true, .allow_empty = true, .allow_tags = true});
    EXPECT_TRUE(status.has_value()) << status.error().detail;
    EXPECT_EQ(to_hex(crypto::sha256(sample.cbor)), sample.sha256_hex);
}

INSTANTIATE_TEST_SUITE_P(Each, PlainObjects, testing::ValuesIn(names_where([](const test::Sample& s) {
                             return !s.cbor.empty();
                         })),
                         label);

TEST(NegativeObjects, AreRefusedForTheirReason) {
    const test::Sample order = test::load_sample("negative-key-order");
    EXPECT_EQ(parse_envelope(order.cose).error().code, "cbor.key-order");
    const test::Sample null = test::load_sample("negative-null");
    EXPECT_EQ(parse_envelope(null.cose).error().code, "cbor.null");
    // Well-formed, and good in textbook ECDSA: the signature rule refuses it.
    const test::Sample high = test::load_sample("negative-high-s");
    const Result<Envelope> envelope = parse_envelope(high.cose);
    ASSERT_TRUE(envelope.has_value());
    const crypto::PublicKey& key = high.keys.front().public_key;
    EXPECT_FALSE(verify_envelope(*envelope, high.chain_id, key));
    EXPECT_TRUE(crypto::verify_es256_any_s(key, high.signature_structure, envelope->signature));
}

TEST(NegativeObjects, AreAllLookedAt) {
    const std::vector<std::string> expected = {"negative-high-s", "negative-key-order", "negative-null"};
    EXPECT_EQ(names_where([](const test::Sample& s) { return s.must_fail; }), expected);
}

TEST(Samples, AreAllUsed) {
    EXPECT_GE(test::sample_names().size(), 99U);
    for (const std::string& name : test::sample_names()) {
        const test::Sample sample = test::load_sample(name);
        EXPECT_TRUE(!sample.cose.empty() || !sample.cbor.empty() || name == "locator") << name;
    }
}

TEST(LocatorSample, ReadsAndWrites) {
    const test::Sample sample = test::load_sample("locator");
    const Result<Locator> locator = parse_locator(sample.text);
    ASSERT_TRUE(locator.has_value()) << locator.error().detail;
    EXPECT_EQ(*locator, (Locator{.territory = "DE",
                                 .scheme = "ATA",
                                 .number = "DEF/2026/03355",
                                 .colour = 2,
                                 .sheet = 1,
                                 .half = 2}));
    EXPECT_EQ(format_locator(*locator), sample.text);
}

TEST(AnchorSample, CountsItsSigners) {
    const test::Sample sample = test::load_sample("anchor");
    const Result<SignedAnchor> anchor = parse_anchor(sample.cose, sample.chain_id);
    ASSERT_TRUE(anchor.has_value()) << anchor.error().detail;
    ASSERT_EQ(sample.keys.size(), 3U);
    std::vector<crypto::PublicKey> administrators;
    for (const test::SampleKey& key : sample.keys)
        administrators.push_back(key.public_key);
    EXPECT_EQ(count_signers(*anchor, administrators), 3U);
    administrators.pop_back();
    EXPECT_EQ(count_signers(*anchor, administrators), 2U);
    // The outer signer of our own writing is the first key; the parts come out the same.
    const Bytes again = sign_anchor(anchor->anchor, {&sample.keys[0].private_key, &sample.keys[1].private_key,
                                                     &sample.keys[2].private_key});
    const SignedAnchor read = parse_anchor(again, sample.chain_id).value();
    EXPECT_EQ(read.anchor, anchor->anchor);
    EXPECT_EQ(read.core, anchor->core);
}

/// Objects that several sign: {1: core, 2: attachments, 3: [cosignature …]}.
TEST(CosignedSamples, HoldUnderTheirKeys) {
    for (const std::string name : {"record-cancel-cosigned", "record-claim-used", "governance-proposal"}) {
        const test::Sample sample = test::load_sample(name);
        ASSERT_GE(sample.keys.size(), 2U) << name;
        cbor::Reader reader(sample.payload, {.allow_null = true, .allow_empty = true, .allow_tags = true});
        Bytes covered;
        std::vector<Envelope> cosigned;
        reader.map({1}, [&](std::int64_t key) {
            if (key == 3) {
                reader.array(1, 16,
                             [&](std::size_t) { cosigned.push_back(parse_envelope(reader.raw()).value()); });
            } else if (key == 1) {
                covered = to_bytes(reader.bytes());
            } else {
                reader.skip();
            }
            return true;
        });
        ASSERT_TRUE(reader.finish().has_value()) << name;
        ASSERT_EQ(cosigned.size(), sample.keys.size() - 1) << name;
        for (const Envelope& envelope : cosigned) {
            EXPECT_EQ(std::ranges::count_if(sample.keys,
                                            [&](const test::SampleKey& key) {
                                                return verify_detached(envelope, sample.chain_id, covered,
                                                                       key.public_key);
                                            }),
                      1)
                << name;
        }
    }
}

} // namespace
} // namespace tidewaiter::claims
