#include "ledger/crypto/keys.hpp"

#include "ledger/crypto/verifier.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace tidewaiter::crypto {
namespace {

Bytes hex(std::string_view text) {
    return from_hex(text).value();
}

// RFC 6979 A.2.5: a P-256 key and its signature of "sample" with SHA-256, whose s is high.
constexpr std::string_view kScalar = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
constexpr std::string_view kX = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
constexpr std::string_view kY = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
constexpr std::string_view kR = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
constexpr std::string_view kHighS = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
// n − s
constexpr std::string_view kLowS = "0834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9";
constexpr std::string_view kOrderHex = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr std::string_view kHalfOrderHex = "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8";

PublicKey rfc_key() {
    return PublicKey::p256(hex(kX), hex(kY)).value();
}

Bytes joined(std::string_view r, std::string_view s) {
    return hex(std::string(r) + std::string(s));
}

TEST(PrivateKey, DerivesTheRfc6979PublicKey) {
    const PrivateKey key = PrivateKey::from_bytes(Algorithm::Es256, hex(kScalar)).value();
    EXPECT_EQ(key.public_key(), rfc_key());
    EXPECT_EQ(to_hex(key.secret()), kScalar);
}

TEST(PrivateKey, RefusesScalarsOutsideTheGroup) {
    for (const std::string_view bad :
         {std::string_view("0000000000000000000000000000000000000000000000000000000000000000"), kOrderHex,
          std::string_view("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")}) {
        const Result<PrivateKey> key = PrivateKey::from_bytes(Algorithm::Es256, hex(bad));
        ASSERT_FALSE(key.has_value()) << bad;
        EXPECT_EQ(key.error().code, "key.scalar");
    }
    EXPECT_EQ(PrivateKey::from_bytes(Algorithm::Es256, Bytes(31, 1)).error().code, "key.scalar");
    EXPECT_EQ(PrivateKey::from_bytes(Algorithm::EdDsa, Bytes(33, 1)).error().code, "key.scalar");
}

TEST(PrivateKey, AcceptsTheLastScalar) {
    const std::string last = std::string(kOrderHex.substr(0, 63)) + "0";
    EXPECT_TRUE(PrivateKey::from_bytes(Algorithm::Es256, hex(last)).has_value());
}

TEST(PrivateKey, MakesLowSAlways) {
    const PrivateKey key = PrivateKey::from_bytes(Algorithm::Es256, hex(kScalar)).value();
    const Bytes half = hex(kHalfOrderHex);
    for (int i = 0; i < 64; ++i) {
        const std::string message = "message " + std::to_string(i);
        const Signature signature = key.sign(as_bytes(message));
        EXPECT_FALSE(
            std::lexicographical_compare(half.begin(), half.end(), signature.begin() + 32, signature.end()));
        EXPECT_TRUE(verify(key.public_key(), as_bytes(message), signature));
        EXPECT_FALSE(verify(key.public_key(), as_bytes("another message"), signature));
    }
}

TEST(PrivateKey, GeneratesDifferentKeysThatWork) {
    for (const Algorithm algorithm : {Algorithm::Es256, Algorithm::EdDsa}) {
        const PrivateKey one = PrivateKey::generate(algorithm);
        const PrivateKey two = PrivateKey::generate(algorithm);
        EXPECT_NE(one.public_key(), two.public_key());
        EXPECT_TRUE(verify(one.public_key(), as_bytes("x"), one.sign(as_bytes("x"))));
        EXPECT_FALSE(verify(two.public_key(), as_bytes("x"), one.sign(as_bytes("x"))));
    }
}

TEST(VerifyEs256, TakesLowSAndRefusesHighS) {
    EXPECT_TRUE(verify(rfc_key(), as_bytes("sample"), joined(kR, kLowS)));
    EXPECT_FALSE(verify(rfc_key(), as_bytes("sample"), joined(kR, kHighS)));
    EXPECT_TRUE(verify_es256_any_s(rfc_key(), as_bytes("sample"), joined(kR, kHighS)));
    EXPECT_TRUE(verify_es256_any_s(rfc_key(), as_bytes("sample"), joined(kR, kLowS)));
}

TEST(VerifyEs256, RefusesNumbersOutsideTheirRange) {
    const std::string zero(64, '0');
    for (const Bytes& signature :
         {joined(zero, kLowS), joined(kR, zero), joined(kOrderHex, kLowS), joined(kR, kOrderHex)}) {
        EXPECT_FALSE(verify(rfc_key(), as_bytes("sample"), signature));
        EXPECT_FALSE(verify_es256_any_s(rfc_key(), as_bytes("sample"), signature));
    }
}

TEST(VerifyEs256, RefusesOtherLengths) {
    Bytes signature = joined(kR, kLowS);
    signature.push_back(0);
    EXPECT_FALSE(verify(rfc_key(), as_bytes("sample"), signature));
    signature.resize(63);
    EXPECT_FALSE(verify(rfc_key(), as_bytes("sample"), signature));
    EXPECT_FALSE(verify(rfc_key(), as_bytes("sample"), {}));
}

TEST(VerifyEs256, AnyBitOfTheSignatureMatters) {
    const Bytes good = joined(kR, kLowS);
    for (std::size_t i = 0; i < good.size(); ++i) {
        Bytes bad = good;
        bad[i] ^= 1;
        EXPECT_FALSE(verify_es256_any_s(rfc_key(), as_bytes("sample"), bad)) << "byte " << i;
    }
}

struct EdVector {
    std::string_view seed, key, message, signature;
};

class Rfc8032 : public testing::TestWithParam<EdVector> {};

TEST_P(Rfc8032, SignsAndVerifies) {
    const EdVector& vector = GetParam();
    const PrivateKey key = PrivateKey::from_bytes(Algorithm::EdDsa, hex(vector.seed)).value();
    EXPECT_EQ(to_hex(key.public_key().raw()), vector.key);
    EXPECT_EQ(to_hex(key.sign(hex(vector.message))), vector.signature);
    EXPECT_TRUE(verify(key.public_key(), hex(vector.message), hex(vector.signature)));
    EXPECT_FALSE(verify(key.public_key(), as_bytes("other"), hex(vector.signature)));
}

// RFC 8032 7.1, tests 1 to 3.
INSTANTIATE_TEST_SUITE_P(
    Section71, Rfc8032,
    testing::Values(EdVector{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                             "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                             "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33ba"
                             "cc61e39701cf9b46bd25bf5"
                             "f0595bbe24655141438e7a100b"},
                    EdVector{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                             "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                             "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996"
                             "e458f3613d0f11d8c387b2e"
                             "aeb4302aeeb00d291612bb0c00"},
                    EdVector{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                             "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                             "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f29"
                             "0ae67f760984dc6594a7c15"
                             "e9716ed28dc027beceea1ec40a"}));

TEST(Verifier, AnswersAsVerifyDoes) {
    const Verifier p256(rfc_key());
    EXPECT_EQ(p256.key(), rfc_key());
    EXPECT_TRUE(p256.verify(as_bytes("sample"), joined(kR, kLowS)));
    EXPECT_TRUE(p256.verify(as_bytes("sample"), joined(kR, kLowS)));
    EXPECT_FALSE(p256.verify(as_bytes("sample"), joined(kR, kHighS)));
    const PrivateKey key = PrivateKey::from_bytes(Algorithm::EdDsa, Bytes(32, 7)).value();
    Verifier ed25519(key.public_key());
    const Verifier moved = std::move(ed25519);
    EXPECT_TRUE(moved.verify(as_bytes("sample"), key.sign(as_bytes("sample"))));
    EXPECT_FALSE(moved.verify(as_bytes("simple"), key.sign(as_bytes("sample"))));
}

TEST(PublicKey, RoundTripsItsCoseForm) {
    const PublicKey p256 = rfc_key();
    EXPECT_EQ(to_hex(p256.to_cose()), "a4010220012158"
                                      "20" +
                                          std::string(kX) + "225820" + std::string(kY));
    EXPECT_EQ(PublicKey::from_cose(p256.to_cose()).value(), p256);
    const PublicKey ed25519 = PublicKey::ed25519(Bytes(32, 9)).value();
    EXPECT_EQ(to_hex(ed25519.to_cose()),
              "a301012006215820" + std::string(64, '0').replace(0, 64, to_hex(Bytes(32, 9))));
    EXPECT_EQ(PublicKey::from_cose(ed25519.to_cose()).value(), ed25519);
    EXPECT_NE(ed25519, p256);
}

TEST(PublicKey, HasTheThumbprintOfTheKeyInRfc9679) {
    // RFC 9679 section 6: SHA-256 thumbprint 496bd8af…
    const PublicKey key =
        PublicKey::p256(hex("65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"),
                        hex("1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"))
            .value();
    EXPECT_EQ(to_hex(key.id()), "496bd8afadf307e5");
}

struct BadKey {
    std::string_view what;
    std::string cose;
    std::string_view code;
};

class BadCoseKeys : public testing::TestWithParam<BadKey> {};

TEST_P(BadCoseKeys, AreRefused) {
    const Result<PublicKey> key = PublicKey::from_cose(hex(GetParam().cose));
    ASSERT_FALSE(key.has_value()) << GetParam().what;
    EXPECT_EQ(key.error().code, GetParam().code) << GetParam().what << ": " << key.error().detail;
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadCoseKeys,
    testing::Values(
        BadKey{"a point off the curve", "a401022001215820" + std::string(kX) + "225820" + std::string(kX),
               "key.curve"},
        BadKey{"the origin", "a401022001215820" + std::string(64, '0') + "225820" + std::string(64, '0'),
               "key.curve"},
        BadKey{"P-384's number", "a401022002215820" + std::string(kX) + "225820" + std::string(kY),
               "key.curve"},
        BadKey{"y as sign bit", "a401022001215820" + std::string(kX) + "22f5", "cbor.type"},
        BadKey{"no y", "a301022001215820" + std::string(kX), "cbor.missing-key"},
        BadKey{"no x", "a201022001", "cbor.missing-key"},
        BadKey{"a coordinate of 31 bytes",
               "a40102200121581f" + std::string(kX.substr(2)) + "225820" + std::string(kY), "cbor.range"},
        BadKey{"RSA", "a10103", "cbor.range"},
        BadKey{"keys out of order", "a401022001225820" + std::string(kY) + "215820" + std::string(kX),
               "cbor.key-order"},
        BadKey{"an algorithm beside", "a5010203262001215820" + std::string(kX) + "225820" + std::string(kY),
               "cbor.unknown-key"},
        BadKey{"X25519", "a301012004215820" + std::string(kX), "key.curve"},
        BadKey{"Ed25519 with y", "a401012006215820" + std::string(kX) + "225820" + std::string(kY),
               "cbor.unknown-key"},
        BadKey{"bytes behind", "a401022001215820" + std::string(kX) + "225820" + std::string(kY) + "00",
               "cbor.trailing"},
        BadKey{"nothing", "", "cbor.truncated"}));

TEST(PublicKey, RefusesCoordinatesOfOtherLengths) {
    EXPECT_EQ(PublicKey::p256(Bytes(31, 1), Bytes(32, 1)).error().code, "key.curve");
    EXPECT_EQ(PublicKey::ed25519(Bytes(31, 1)).error().code, "key.curve");
}

} // namespace
} // namespace tidewaiter::crypto
