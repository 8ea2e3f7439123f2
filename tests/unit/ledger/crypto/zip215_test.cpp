#include "ledger/crypto/zip215.hpp"

#include "ledger/crypto/keys.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>

namespace tidewaiter::crypto {
namespace {

using Point = std::array<std::uint8_t, 32>;
using Scalar = std::array<std::uint8_t, 32>;

Point point_of(std::string_view text) {
    return from_hex_fixed<32>(text).value();
}

/// The 8 points of small order in their canonical form, then the 6 other encodings of some of them.
const std::vector<Point>& small_order_points() {
    static const std::vector<Point> points = {
        point_of("0100000000000000000000000000000000000000000000000000000000000000"),
        point_of("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        point_of("0000000000000000000000000000000000000000000000000000000000000000"),
        point_of("0000000000000000000000000000000000000000000000000000000000000080"),
        point_of("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        point_of("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
        point_of("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        point_of("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
        point_of("0100000000000000000000000000000000000000000000000000000000000080"),
        point_of("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
        point_of("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        point_of("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
        point_of("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        point_of("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
    };
    return points;
}
constexpr std::size_t kOrderEight = 4;
constexpr std::size_t kFirstNonCanonical = 8;

const std::string_view kMessage = "Zcash";

Scalar scalar(std::uint8_t seed) {
    std::array<std::uint8_t, 64> wide{};
    wide.fill(seed);
    Scalar result{};
    crypto_core_ed25519_scalar_reduce(result.data(), wide.data());
    return result;
}

Point times_base(const Scalar& s) {
    Point point{};
    EXPECT_EQ(crypto_scalarmult_ed25519_base_noclamp(point.data(), s.data()), 0);
    return point;
}

Point plus(const Point& p, const Point& q) {
    Point sum{};
    EXPECT_EQ(crypto_core_ed25519_add(sum.data(), p.data(), q.data()), 0);
    return sum;
}

Scalar challenge_of(const Point& r, const Point& key, std::string_view message) {
    Bytes input(r.begin(), r.end());
    append(input, key);
    append(input, as_bytes(message));
    std::array<std::uint8_t, 64> digest{};
    crypto_hash_sha512(digest.data(), input.data(), input.size());
    Scalar result{};
    crypto_core_ed25519_scalar_reduce(result.data(), digest.data());
    return result;
}

/// R ‖ (r + k·a), with k over the encodings as they are given.
Signature signature_with(const Point& encoded_r, const Scalar& r, const Point& encoded_key, const Scalar& a) {
    const Scalar k = challenge_of(encoded_r, encoded_key, kMessage);
    Scalar product{};
    Scalar s{};
    crypto_core_ed25519_scalar_mul(product.data(), k.data(), a.data());
    crypto_core_ed25519_scalar_add(s.data(), r.data(), product.data());
    Signature signature{};
    std::ranges::copy(s, std::ranges::copy(encoded_r, signature.begin()).out);
    return signature;
}

bool libsodium_accepts(const Point& key, const Signature& signature) {
    return crypto_sign_verify_detached(signature.data(), as_bytes(kMessage).data(), kMessage.size(),
                                       key.data()) == 0;
}

/// Accepted by ZIP-215 and refused by libsodium, so that the slow way was taken.
void expect_only_zip215(const Point& key, const Signature& signature, const std::string& what) {
    EXPECT_FALSE(libsodium_accepts(key, signature)) << what;
    EXPECT_TRUE(verify_zip215(key, as_bytes(kMessage), signature)) << what;
    EXPECT_FALSE(verify_zip215(key, as_bytes("other"), signature)) << what;
}

TEST(Zip215, AcceptsOrdinarySignatures) {
    const PrivateKey key = PrivateKey::from_bytes(Algorithm::EdDsa, Bytes(32, 3)).value();
    const Signature signature = key.sign(as_bytes(kMessage));
    EXPECT_TRUE(verify_zip215(key.public_key().raw(), as_bytes(kMessage), signature));
    EXPECT_FALSE(verify_zip215(key.public_key().raw(), as_bytes("other"), signature));
}

TEST(Zip215, AcceptsRPlusTorsion) {
    const Scalar a = scalar(1);
    const Scalar r = scalar(2);
    const Point key = times_base(a);
    for (std::size_t i = 1; i < kFirstNonCanonical; ++i) {
        const Point encoded_r = plus(times_base(r), small_order_points()[i]);
        expect_only_zip215(key, signature_with(encoded_r, r, key, a), "R + torsion " + std::to_string(i));
    }
}

TEST(Zip215, AcceptsAPlusTorsion) {
    const Scalar a = scalar(3);
    const Point key = plus(times_base(a), small_order_points()[kOrderEight]);
    // A challenge that is a multiple of 8 hides the torsion from libsodium; try nonces until one is not.
    for (std::uint8_t seed = 4;; ++seed) {
        const Scalar r = scalar(seed);
        const Signature signature = signature_with(times_base(r), r, key, a);
        if (libsodium_accepts(key, signature)) continue;
        expect_only_zip215(key, signature, "A + torsion");
        break;
    }
}

TEST(Zip215, AcceptsNonCanonicalR) {
    const Scalar a = scalar(5);
    const Scalar zero{};
    const Point key = times_base(a);
    for (std::size_t i = kFirstNonCanonical; i < small_order_points().size(); ++i) {
        const Point& encoded_r = small_order_points()[i];
        expect_only_zip215(key, signature_with(encoded_r, zero, key, a),
                           "non-canonical R " + std::to_string(i));
    }
}

TEST(Zip215, AcceptsNonCanonicalKeys) {
    const Scalar r = scalar(6);
    const Scalar zero{};
    for (std::size_t i = kFirstNonCanonical; i < small_order_points().size(); ++i) {
        const Point& key = small_order_points()[i];
        const Signature signature = signature_with(times_base(r), r, key, zero);
        EXPECT_FALSE(libsodium_accepts(key, signature));
        EXPECT_TRUE(verify_zip215(key, as_bytes(kMessage), signature)) << i;
    }
}

TEST(Zip215, AcceptsEveryPairOfSmallOrderEncodings) {
    std::size_t pairs = 0;
    for (const Point& key : small_order_points()) {
        for (const Point& encoded_r : small_order_points()) {
            Signature signature{};
            std::ranges::copy(encoded_r, signature.begin());
            EXPECT_TRUE(verify_zip215(key, as_bytes(kMessage), signature))
                << to_hex(key) << " " << to_hex(encoded_r);
            EXPECT_FALSE(libsodium_accepts(key, signature));
            ++pairs;
        }
    }
    EXPECT_EQ(pairs, 196U);
}

TEST(Zip215, DemandsThatSLiesBelowTheOrder) {
    const PrivateKey key = PrivateKey::from_bytes(Algorithm::EdDsa, Bytes(32, 8)).value();
    Signature signature = key.sign(as_bytes(kMessage));
    ASSERT_TRUE(verify_zip215(key.public_key().raw(), as_bytes(kMessage), signature));
    const Scalar order = point_of("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    unsigned carry = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        carry += unsigned{signature[32 + i]} + order[i];
        signature[32 + i] = static_cast<std::uint8_t>(carry);
        carry >>= 8U;
    }
    EXPECT_FALSE(verify_zip215(key.public_key().raw(), as_bytes(kMessage), signature));
    // S = L with points of small order: the equation would hold.
    Signature small{};
    std::ranges::copy(order, std::ranges::copy(small_order_points()[0], small.begin()).out);
    EXPECT_FALSE(verify_zip215(small_order_points()[0], as_bytes(kMessage), small));
}

TEST(Zip215, RefusesEncodingsThatAreNoPoint) {
    // y = 2 gives no square for x.
    const Point no_point = point_of("0200000000000000000000000000000000000000000000000000000000000000");
    Signature zero{};
    std::ranges::copy(small_order_points()[0], zero.begin());
    EXPECT_FALSE(verify_zip215(no_point, as_bytes(kMessage), zero));
    Signature bad_r{};
    std::ranges::copy(no_point, bad_r.begin());
    EXPECT_FALSE(verify_zip215(small_order_points()[0], as_bytes(kMessage), bad_r));
}

TEST(Zip215, RefusesChangedSignaturesAndOtherLengths) {
    const PrivateKey key = PrivateKey::from_bytes(Algorithm::EdDsa, Bytes(32, 9)).value();
    const Signature good = key.sign(as_bytes(kMessage));
    for (const std::size_t i : {std::size_t{0}, std::size_t{31}, std::size_t{32}, std::size_t{50}}) {
        Signature bad = good;
        bad[i] ^= 1;
        EXPECT_FALSE(verify_zip215(key.public_key().raw(), as_bytes(kMessage), bad)) << i;
    }
    EXPECT_FALSE(verify_zip215(key.public_key().raw(), as_bytes(kMessage), ByteView(good).first(63)));
    EXPECT_FALSE(verify_zip215(key.public_key().raw().first(31), as_bytes(kMessage), good));
}

} // namespace
} // namespace tidewaiter::crypto
