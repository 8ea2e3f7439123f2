#include "ledger/claims/envelope.hpp"

#include "ledger/codec/cbor.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::claims {
namespace {

constexpr std::string_view kChain = "tw-test-1";

crypto::PrivateKey envelope_key(crypto::Algorithm algorithm = crypto::Algorithm::Es256) {
    return crypto::PrivateKey::from_bytes(algorithm, Bytes(32, 0x21)).value();
}

Bytes simple_payload() {
    return from_hex("a20101026161").value();
} // {1: 1, 2: "a"}

/// An envelope in parts, to be broken one by one.
struct Parts {
    std::uint64_t tag = 18;
    Bytes header = from_hex("a301260448000102030405060710"
                            "781a746964657761697465722d726563656970742d76312b63626f72")
                       .value();
    Bytes unprotected = {0xa0};
    Bytes payload = simple_payload();
    Bytes signature = Bytes(64, 1);

    [[nodiscard]] Bytes encode() const {
        cbor::Writer writer;
        writer.tag(tag).array([&](cbor::Writer& parts) {
            parts.bytes(header).raw(unprotected).bytes(payload).bytes(signature);
        });
        return writer.take();
    }
};

std::string_view refusal(const Bytes& cose) {
    const Result<Envelope> envelope = parse_envelope(cose);
    return envelope ? std::string_view("accepted") : envelope.error().code;
}

TEST(Envelope, SealsParsesAndVerifies) {
    for (const crypto::Algorithm algorithm : {crypto::Algorithm::Es256, crypto::Algorithm::EdDsa}) {
        const crypto::PrivateKey key = envelope_key(algorithm);
        const Bytes cose = seal(Type::Presentation, simple_payload(), kChain, key);
        const Result<Envelope> envelope = parse_envelope(cose);
        ASSERT_TRUE(envelope.has_value()) << envelope.error().detail;
        EXPECT_EQ(envelope->type, Type::Presentation);
        EXPECT_EQ(envelope->algorithm, algorithm);
        EXPECT_EQ(envelope->key_id, key.public_key().id());
        EXPECT_EQ(envelope->payload, simple_payload());
        EXPECT_FALSE(envelope->is_detached);
        EXPECT_TRUE(verify_envelope(*envelope, kChain, key.public_key()));
        EXPECT_FALSE(verify_envelope(*envelope, "tw-test-2", key.public_key()));
        EXPECT_FALSE(verify_detached(*envelope, kChain, simple_payload(), key.public_key()));
    }
}

TEST(Envelope, HoldsUnderItsOwnKeyAlone) {
    const crypto::PrivateKey key = envelope_key();
    const crypto::PrivateKey other =
        crypto::PrivateKey::from_bytes(crypto::Algorithm::Es256, Bytes(32, 0x22)).value();
    const Envelope envelope = parse_envelope(seal(Type::Receipt, simple_payload(), kChain, key)).value();
    EXPECT_FALSE(verify_envelope(envelope, kChain, other.public_key()));
    EXPECT_FALSE(verify_envelope(envelope, kChain, envelope_key(crypto::Algorithm::EdDsa).public_key()));
    Envelope renamed = envelope;
    renamed.key_id = other.public_key().id();
    EXPECT_FALSE(verify_envelope(renamed, kChain, key.public_key())) << "the kid must be the key's own";
}

TEST(Envelope, DetachedPayloadIsGivenBeside) {
    const crypto::PrivateKey key = envelope_key();
    const Envelope envelope =
        parse_envelope(seal_detached(Type::Anchor, simple_payload(), kChain, key)).value();
    EXPECT_TRUE(envelope.is_detached);
    EXPECT_TRUE(envelope.payload.empty());
    EXPECT_TRUE(verify_detached(envelope, kChain, simple_payload(), key.public_key()));
    EXPECT_FALSE(verify_detached(envelope, kChain, as_bytes("other"), key.public_key()));
    EXPECT_FALSE(verify_envelope(envelope, kChain, key.public_key()));
}

TEST(Envelope, NamesEveryType) {
    for (int i = 0; i <= static_cast<int>(Type::Evidence); ++i) {
        const auto type = static_cast<Type>(i);
        EXPECT_EQ(parse_envelope(seal(type, simple_payload(), kChain, envelope_key()))->type, type);
        EXPECT_TRUE(type_name(type).starts_with("tidewaiter-"));
        EXPECT_TRUE(type_name(type).ends_with("-v1+cbor"));
    }
}

TEST(Envelope, PartsAreGoodBeforeTheyAreBroken) {
    EXPECT_EQ(refusal(Parts{}.encode()), "accepted");
}

TEST(Envelope, RefusesOtherShapes) {
    EXPECT_EQ(refusal(Parts{.tag = 98}.encode()), "cbor.tag");
    Bytes untagged = Parts{}.encode();
    untagged.erase(untagged.begin());
    EXPECT_EQ(refusal(untagged), "cbor.type");
    EXPECT_EQ(refusal(Parts{.unprotected = from_hex("a10401").value()}.encode()), "cbor.range");
    EXPECT_EQ(refusal(Parts{.unprotected = from_hex("80").value()}.encode()), "cbor.type");
    EXPECT_EQ(refusal(Parts{.payload = {}}.encode()), "cbor.range");
    EXPECT_EQ(refusal(Parts{.signature = Bytes(63, 1)}.encode()), "envelope.signature-length");
    EXPECT_EQ(refusal(Parts{.signature = Bytes(71, 1)}.encode()), "envelope.signature-length");
    Bytes trailing = Parts{}.encode();
    trailing.push_back(0);
    EXPECT_EQ(refusal(trailing), "cbor.trailing");
    EXPECT_EQ(refusal({}), "cbor.truncated");
    Bytes five = Parts{}.encode();
    five[1] = 0x85;
    five.push_back(0);
    EXPECT_EQ(refusal(five), "cbor.range");
}

TEST(Envelope, RefusesOtherHeaders) {
    const std::string kid = "0448"
                            "0001020304050607";
    const std::string type = "10"
                             "781a746964657761697465722d726563656970742d76312b63626f72";
    const auto with = [](const std::string& header) {
        return refusal(Parts{.header = from_hex(header).value()}.encode());
    };
    EXPECT_EQ(with("a30126" + kid + type), "accepted");
    EXPECT_EQ(with("a3013822" + kid + type), "envelope.algorithm") << "ES384";
    EXPECT_EQ(with("a30105" + kid + type), "envelope.algorithm") << "HMAC";
    EXPECT_EQ(with("a30126" + kid +
                   "10"
                   "7819746964657761697465722d726563656970742d76322b63626f"),
              "envelope.type");
    EXPECT_EQ(with("a30126"
                   "044700010203040506" +
                   type),
              "cbor.range")
        << "a kid of 7 bytes";
    EXPECT_EQ(with("a20126" + kid), "cbor.missing-key");
    EXPECT_EQ(with("a40126"
                   "028104" +
                   kid + type),
              "cbor.unknown-key")
        << "crit";
    EXPECT_EQ(with("a3" + kid + "0126" + type), "cbor.key-order");
    EXPECT_EQ(with("a301"
                   "3806" +
                   kid + type),
              "cbor.not-shortest");
}

TEST(Envelope, DemandsADeterministicPayload) {
    const auto with = [](std::string_view payload) {
        return refusal(Parts{.payload = from_hex(payload).value()}.encode());
    };
    EXPECT_EQ(with("a20261610101"), "cbor.key-order");
    EXPECT_EQ(with("a2010102f6"), "cbor.null");
    EXPECT_EQ(with("a2010102a0"), "cbor.empty");
    EXPECT_EQ(with("a201010280"), "cbor.empty");
    EXPECT_EQ(with("a2010102f97c00"), "cbor.float");
    EXPECT_EQ(with("a2010102c100"), "cbor.tag");
    EXPECT_EQ(with("a20101021800"), "cbor.not-shortest");
    EXPECT_EQ(with("bf0101ff"), "cbor.indefinite");
    EXPECT_EQ(with("a101010000"), "cbor.trailing");
    EXPECT_EQ(with("8101"), "cbor.type") << "a payload is a map";
}

/// {1: 1, 3: [cosignature]}
Bytes cosigned_payload() {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(1).unsigned_integer(1);
        map.key(3).array([](cbor::Writer& list) {
            list.raw(seal_detached(Type::Transaction, as_bytes("x"), kChain, envelope_key()));
        });
    });
    return writer.take();
}

TEST(Envelope, LetsCosignaturesPassWhereTheyBelong) {
    EXPECT_EQ(refusal(seal(Type::Transaction, cosigned_payload(), kChain, envelope_key())), "accepted");
    EXPECT_EQ(refusal(seal(Type::Governance, cosigned_payload(), kChain, envelope_key())), "accepted");
    EXPECT_EQ(refusal(seal(Type::Receipt, cosigned_payload(), kChain, envelope_key())), "cbor.tag");
    // The exception ends with key 3: nil elsewhere stays refused.
    EXPECT_EQ(refusal(seal(Type::Transaction,
                           from_hex("a20102"
                                    "02f6")
                               .value(),
                           kChain, envelope_key())),
              "cbor.null");
}

TEST(Envelope, HoldsPayloadsToTheirLimit) {
    const auto payload_of = [](std::size_t size) {
        cbor::Writer writer;
        writer.map([&](cbor::Writer& map) { map.key(1).bytes(Bytes(size - 7, 0)); });
        return writer.take();
    };
    EXPECT_EQ(payload_of(196'608).size(), 196'608U);
    EXPECT_EQ(refusal(Parts{.payload = payload_of(196'608)}.encode()), "accepted");
    EXPECT_EQ(refusal(Parts{.payload = payload_of(196'609)}.encode()), "cbor.range");
    EXPECT_EQ(refusal(Parts{.payload = payload_of(2'000'000)}.encode()), "cbor.range");
}

TEST(Envelope, SaysWhereAnErrorLies) {
    const Result<Envelope> envelope =
        parse_envelope(Parts{.payload = from_hex("a2010102f6").value()}.encode());
    ASSERT_FALSE(envelope.has_value());
    EXPECT_TRUE(envelope.error().detail.starts_with("payload: ")) << envelope.error().detail;
}

} // namespace
} // namespace tidewaiter::claims
