#include "ledger/crypto/foreign_key.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::crypto {
namespace {

using namespace cose_algorithm;

ByteView message() {
    return as_bytes("a message");
}

TEST(ForeignKey, DecidesByItsTypeWhichAlgorithmsFit) {
    const PrivateKey p256 = PrivateKey::from_bytes(Algorithm::Es256, Bytes(32, 5)).value();
    const PrivateKey ed25519 = PrivateKey::from_bytes(Algorithm::EdDsa, Bytes(32, 5)).value();
    const ForeignKey ec = ForeignKey::from(p256.public_key());
    const ForeignKey edwards = ForeignKey::from(ed25519.public_key());
    const Signature ec_signature = p256.sign(message());
    const Signature edwards_signature = ed25519.sign(message());
    for (const std::int64_t algorithm : {kEs256, kEsp256})
        EXPECT_EQ(ec.check(algorithm, message(), ec_signature), ForeignCheck::Valid) << algorithm;
    for (const std::int64_t algorithm : {kEdDsa, kEd25519})
        EXPECT_EQ(edwards.check(algorithm, message(), edwards_signature), ForeignCheck::Valid) << algorithm;
    for (const std::int64_t algorithm :
         {kEdDsa, kEd25519, kEs384, kEs512, kPs256, kPs384, kPs512, std::int64_t{5}, std::int64_t{-999}})
        EXPECT_EQ(ec.check(algorithm, message(), ec_signature), ForeignCheck::Unsupported) << algorithm;
    for (const std::int64_t algorithm : {kEs256, kEsp256, kPs256})
        EXPECT_EQ(edwards.check(algorithm, message(), edwards_signature), ForeignCheck::Unsupported)
            << algorithm;
}

TEST(ForeignKey, RefusesSignaturesThatDoNotHold) {
    const PrivateKey p256 = PrivateKey::from_bytes(Algorithm::Es256, Bytes(32, 5)).value();
    const ForeignKey key = ForeignKey::from(p256.public_key());
    Signature signature = p256.sign(message());
    EXPECT_EQ(key.check(kEs256, as_bytes("another"), signature), ForeignCheck::Invalid);
    EXPECT_EQ(key.check(kEs256, message(), Bytes(96, 1)), ForeignCheck::Invalid);
    EXPECT_EQ(key.check(kEs256, message(), Bytes(64, 0)), ForeignCheck::Invalid);
    EXPECT_EQ(key.check(kEs256, message(), {}), ForeignCheck::Invalid);
    signature[3] ^= 1;
    EXPECT_EQ(key.check(kEs256, message(), signature), ForeignCheck::Invalid);
}

TEST(ForeignKey, RefusesPointsAndSizesThatAreNone) {
    EXPECT_EQ(ForeignKey::ec(ForeignKey::Type::P384, Bytes(48, 1), Bytes(48, 1)).error().code, "key.curve");
    EXPECT_EQ(ForeignKey::ec(ForeignKey::Type::P384, Bytes(32, 1), Bytes(32, 1)).error().code, "key.curve");
    EXPECT_EQ(ForeignKey::ec(ForeignKey::Type::Rsa, Bytes(32, 1), Bytes(32, 1)).error().code, "key.type");
    EXPECT_EQ(ForeignKey::edwards(ForeignKey::Type::Ed448, Bytes(32, 1)).error().code, "key.curve");
    EXPECT_EQ(ForeignKey::edwards(ForeignKey::Type::P256, Bytes(32, 1)).error().code, "key.type");
    EXPECT_EQ(ForeignKey::rsa(Bytes(128, 0xff), Bytes{1, 0, 1}).error().code, "key.rsa-size");
    EXPECT_EQ(ForeignKey::rsa(Bytes(2'048, 0xff), Bytes{1, 0, 1}).error().code, "key.rsa-size");
    EXPECT_EQ(ForeignKey::from_spki({}).error().code, "key.der");
    EXPECT_EQ(ForeignKey::from_spki(Bytes(3'000, 0x30)).error().code, "key.der");
}

TEST(ForeignKey, NamesAlgorithms) {
    EXPECT_EQ(cose_algorithm_name(-7), "ES256");
    EXPECT_EQ(cose_algorithm_name(-37), "PS256");
    EXPECT_EQ(cose_algorithm_name(-999), "algorithm -999");
}

TEST(VerifyPs256, RefusesWhatIsNoRsaKey) {
    const PrivateKey p256 = PrivateKey::from_bytes(Algorithm::Es256, Bytes(32, 5)).value();
    EXPECT_FALSE(verify_ps256(ForeignKey::from(p256.public_key()).spki(), message(), p256.sign(message())));
    EXPECT_FALSE(verify_ps256({}, message(), Bytes(256, 1)));
}

} // namespace
} // namespace tidewaiter::crypto
