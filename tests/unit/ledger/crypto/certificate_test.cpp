#include "ledger/crypto/certificate.hpp"

#include "ledger/crypto/hash.hpp"
#include "tests/support/objects.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::crypto {
namespace {

Bytes file(const std::string& name) {
    return test::read_test_file("tests/data/certificates/" + name);
}

Bytes secret_from(std::string_view text) {
    return to_bytes(sha256(as_bytes(text)));
}

TEST(Certificate, ReadsPemAndDerAlike) {
    const Result<Certificate> pem = parse_certificate(file("p256.pem"));
    const Result<Certificate> der = parse_certificate(file("p256.der"));
    ASSERT_TRUE(pem.has_value()) << pem.error().detail;
    ASSERT_TRUE(der.has_value()) << der.error().detail;
    EXPECT_EQ(pem->der, file("p256.der"));
    EXPECT_EQ(der->der, file("p256.der"));
    EXPECT_EQ(pem->subject, "C=UT, CN=Test p256");
    EXPECT_EQ(pem->issuer, "C=UT, CN=Test p256");
    EXPECT_EQ(format_utc(pem->not_before), "2026-01-01T00:00:00Z");
    EXPECT_EQ(format_utc(pem->not_after), "2028-12-31T23:59:59Z");
    EXPECT_EQ(pem->sha256, sha256(file("p256.der")));
    EXPECT_TRUE(equal(pem->key_id, ByteView(pem->sha256).first(8)));
}

TEST(Certificate, HoldsTheKeyOfItsSigner) {
    const PrivateKey key =
        PrivateKey::from_bytes(Algorithm::Es256, secret_from("tidewaiter test certificate p256")).value();
    const Certificate certificate = parse_certificate(file("p256.pem")).value();
    ASSERT_TRUE(certificate.key.ours().has_value());
    EXPECT_EQ(*certificate.key.ours(), key.public_key());
    EXPECT_EQ(certificate.key.description(), "EC P-256");
}

struct KeyCase {
    std::string_view name;
    ForeignKey::Type type;
    std::string_view description;
};

class KeyKinds : public testing::TestWithParam<KeyCase> {};

TEST_P(KeyKinds, AreReadBare) {
    const Result<std::vector<TrustedKey>> keys = parse_trust(file(std::string(GetParam().name) + ".pub.pem"));
    ASSERT_TRUE(keys.has_value()) << keys.error().detail;
    ASSERT_EQ(keys->size(), 1U);
    EXPECT_EQ(keys->front().key.type(), GetParam().type);
    EXPECT_EQ(keys->front().key.description(), GetParam().description);
    EXPECT_EQ(keys->front().name, "public key (" + std::string(GetParam().description) + ")");
    EXPECT_FALSE(keys->front().certificate.has_value());
    const std::optional<PublicKey> ours = keys->front().key.ours();
    if (ours) {
        EXPECT_EQ(keys->front().kids, std::vector<Bytes>{to_bytes(ours->id())});
        EXPECT_EQ(ForeignKey::from(*ours).spki(), keys->front().key.spki());
    } else {
        EXPECT_TRUE(keys->front().kids.empty());
    }
}

INSTANTIATE_TEST_SUITE_P(Each, KeyKinds,
                         testing::Values(KeyCase{"p256", ForeignKey::Type::P256, "EC P-256"},
                                         KeyCase{"p384", ForeignKey::Type::P384, "EC P-384"},
                                         KeyCase{"ed25519", ForeignKey::Type::Ed25519, "Ed25519"},
                                         KeyCase{"rsa2048", ForeignKey::Type::Rsa, "RSA 2048"}));

TEST(TrustFile, HoldsSeveralBlocksWithTextBetween) {
    Bytes all = to_bytes(as_bytes("the signers of Utopia\n"));
    append(all, file("p256.pem"));
    append(all, as_bytes("\nand its health office\n"));
    append(all, file("rsa2048.pem"));
    append(all, file("ed25519.pub.pem"));
    const Result<std::vector<TrustedKey>> keys = parse_trust(all);
    ASSERT_TRUE(keys.has_value()) << keys.error().detail;
    ASSERT_EQ(keys->size(), 3U);
    EXPECT_EQ((*keys)[0].name, "C=UT, CN=Test p256");
    const Hash fingerprint = sha256(file("p256.der"));
    EXPECT_EQ((*keys)[0].kids, std::vector<Bytes>{to_bytes(ByteView(fingerprint).first(8))});
    EXPECT_EQ((*keys)[1].key.type(), ForeignKey::Type::Rsa);
    EXPECT_EQ((*keys)[2].key.type(), ForeignKey::Type::Ed25519);
}

TEST(TrustFile, MayBeOneDerCertificateOrKey) {
    EXPECT_EQ(parse_trust(file("p256.der"))->front().name, "C=UT, CN=Test p256");
    const Bytes spki = parse_certificate(file("p256.der"))->key.spki();
    EXPECT_EQ(parse_trust(spki)->front().name, "public key (EC P-256)");
}

struct BadInput {
    std::string_view what;
    Bytes bytes;
    std::string_view code;
};

Bytes without_last(Bytes bytes) {
    bytes.pop_back();
    return bytes;
}
Bytes with_one_more(Bytes bytes) {
    bytes.push_back(0);
    return bytes;
}
Bytes text(std::string_view words) {
    return to_bytes(as_bytes(words));
}

TEST(TrustFile, SaysWhatIsWrong) {
    const std::vector<BadInput> cases = {
        {"nothing", {}, "certificate.empty"},
        {"words", text("hello"), "certificate.parse"},
        {"a cut certificate", without_last(file("p256.der")), "certificate.parse"},
        {"a byte behind", with_one_more(file("p256.der")), "certificate.parse"},
        {"no end", text("-----BEGIN CERTIFICATE-----\nAAAA\n"), "certificate.pem"},
        {"no dashes", text("-----BEGIN CERTIFICATE"), "certificate.pem"},
        {"bad base64", text("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"),
         "certificate.pem"},
        {"a private key", text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
         "certificate.pem"},
        {"no certificate inside", text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
         "certificate.parse"},
        {"no key inside", text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), "key.der"},
        {"a short RSA key", file("rsa1024.pub.pem"), "key.rsa-size"},
        {"a certificate with a short RSA key", file("rsa1024.pem"), "key.rsa-size"},
        {"another curve", file("k256.pub.pem"), "key.curve"},
        {"more than is read", Bytes(262'145, '-'), "certificate.size"},
    };
    for (const BadInput& bad : cases) {
        const Result<std::vector<TrustedKey>> keys = parse_trust(bad.bytes);
        ASSERT_FALSE(keys.has_value()) << bad.what;
        EXPECT_EQ(keys.error().code, bad.code) << bad.what << ": " << keys.error().detail;
    }
}

TEST(Certificate, IsNotFoundInAKeyBlock) {
    EXPECT_EQ(parse_certificate(file("p256.pub.pem")).error().code, "certificate.pem");
    EXPECT_EQ(parse_certificate({}).error().code, "certificate.empty");
}

TEST(Certificate, OfEd25519IsBeyondTheParser) {
    // mbedTLS 2.28 knows no Ed25519: such a signer is trusted by its bare key.
    EXPECT_EQ(parse_certificate(file("ed25519.pem")).error().code, "certificate.parse");
}

} // namespace
} // namespace tidewaiter::crypto
