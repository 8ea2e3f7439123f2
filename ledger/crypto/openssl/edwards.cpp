// For SHA-512 in pieces without a look-up by name; see hash.cpp.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "ledger/crypto/openssl/edwards.hpp"

#include "ledger/crypto/openssl/handles.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <optional>

namespace tidewaiter::crypto::edwards {

namespace {

using namespace openssl;

constexpr std::size_t kBytes = 32;
constexpr int kScalarBits = 253;

void must(int result) {
    TW_ASSERT(result == 1);
}

BigNumber make() {
    BigNumber number(BN_new());
    TW_ASSERT(number != nullptr);
    return number;
}

BigNumber copy_of(const BigNumber& other) {
    BigNumber number(BN_dup(other.get()));
    TW_ASSERT(number != nullptr);
    return number;
}

BigNumber from_little_endian(ByteView bytes) {
    BigNumber number(BN_lebin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    TW_ASSERT(number != nullptr);
    return number;
}

BigNumber small(BN_ULONG value) {
    BigNumber number = make();
    must(BN_set_word(number.get(), value));
    return number;
}

/// Twisted Edwards point in extended coordinates, each in Montgomery form.
struct ExtendedPoint {
    BigNumber x = make();
    BigNumber y = make();
    BigNumber z = make();
    BigNumber t = make();
};

/// edwards25519: the field of p = 2^255 − 19, and the group over it.
class Curve {
  public:
    Curve() : context_(BN_CTX_new()), montgomery_(BN_MONT_CTX_new()), p_(make()), order_(make()) {
        TW_ASSERT(context_ != nullptr && montgomery_ != nullptr);
        must(BN_set_bit(p_.get(), 255));
        must(BN_sub_word(p_.get(), 19));
        must(BN_MONT_CTX_set(montgomery_.get(), p_.get(), context_.get()));
        BIGNUM* order = order_.get();
        TW_ASSERT(BN_hex2bn(&order, "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed") ==
                  64);
        // d = −121665 / 121666
        d_ = negate(multiply(small(121665), inverse(small(121666))));
        twice_d_ = to_montgomery(add(d_, d_));
    }

    [[nodiscard]] const BigNumber& order() const { return order_; }

    BigNumber reduce_to_scalar(ByteView little_endian) {
        BigNumber result = make();
        must(BN_nnmod(result.get(), from_little_endian(little_endian).get(), order_.get(), context_.get()));
        return result;
    }

    /// As ZIP-215 decodes: y is taken modulo p, and x = 0 may carry either sign.
    std::optional<ExtendedPoint> decode(ByteView encoded) {
        std::array<std::uint8_t, kBytes> bytes{};
        std::ranges::copy(encoded, bytes.begin());
        const bool is_odd = (bytes.back() & 0x80U) != 0;
        bytes.back() &= 0x7fU;
        BigNumber y = make();
        must(BN_nnmod(y.get(), from_little_endian(bytes).get(), p_.get(), context_.get()));
        // x² = (y² − 1) / (d·y² + 1); the denominator is never zero, for −1/d is no square.
        const BigNumber square = multiply(y, y);
        const BigNumber x_square =
            multiply(subtract(square, small(1)), inverse(add(multiply(d_, square), small(1))));
        BigNumber x = make();
        const ErrorScope errors;
        if (BN_mod_sqrt(x.get(), x_square.get(), p_.get(), context_.get()) == nullptr) return std::nullopt;
        if (!BN_is_zero(x.get()) && (BN_is_odd(x.get()) == 1) != is_odd) x = negate(x);
        return to_extended(x, y);
    }

    /// y = 4/5, x even (RFC 8032 5.1).
    ExtendedPoint base() {
        std::array<std::uint8_t, kBytes> encoded{};
        encoded.fill(0x66);
        encoded.front() = 0x58;
        std::optional<ExtendedPoint> point = decode(encoded);
        TW_ASSERT(point.has_value());
        return std::move(*point);
    }

    ExtendedPoint identity() { return to_extended(small(0), small(1)); }

    /// add-2008-hwcd-3: complete on this curve, so it doubles as well.
    ExtendedPoint sum(const ExtendedPoint& p, const ExtendedPoint& q) {
        const BigNumber a = times(subtract(p.y, p.x), subtract(q.y, q.x));
        const BigNumber b = times(add(p.y, p.x), add(q.y, q.x));
        const BigNumber c = times(times(p.t, twice_d_), q.t);
        const BigNumber zz = times(p.z, q.z);
        const BigNumber d = add(zz, zz);
        const BigNumber e = subtract(b, a);
        const BigNumber f = subtract(d, c);
        const BigNumber g = add(d, c);
        const BigNumber h = add(b, a);
        return {.x = times(e, f), .y = times(g, h), .z = times(f, g), .t = times(e, h)};
    }

    ExtendedPoint negated(const ExtendedPoint& p) {
        return {.x = negate(p.x), .y = copy_of(p.y), .z = copy_of(p.z), .t = negate(p.t)};
    }

    /// a·P + b·Q with one run of doublings.
    ExtendedPoint combine(const BigNumber& a, const ExtendedPoint& p, const BigNumber& b,
                          const ExtendedPoint& q) {
        const ExtendedPoint both = sum(p, q);
        ExtendedPoint result = identity();
        for (int bit = kScalarBits - 1; bit >= 0; --bit) {
            result = sum(result, result);
            const bool in_a = BN_is_bit_set(a.get(), bit) == 1;
            const bool in_b = BN_is_bit_set(b.get(), bit) == 1;
            if (in_a && in_b)
                result = sum(result, both);
            else if (in_a)
                result = sum(result, p);
            else if (in_b)
                result = sum(result, q);
        }
        return result;
    }

    static bool is_identity(const ExtendedPoint& p) {
        return BN_is_zero(p.x.get()) && BN_cmp(p.y.get(), p.z.get()) == 0;
    }

  private:
    using Montgomery = std::unique_ptr<BN_MONT_CTX, Deleter<BN_MONT_CTX_free>>;

    BigNumber add(const BigNumber& a, const BigNumber& b) {
        BigNumber r = make();
        must(BN_mod_add_quick(r.get(), a.get(), b.get(), p_.get()));
        return r;
    }
    BigNumber subtract(const BigNumber& a, const BigNumber& b) {
        BigNumber r = make();
        must(BN_mod_sub_quick(r.get(), a.get(), b.get(), p_.get()));
        return r;
    }
    BigNumber negate(const BigNumber& a) { return subtract(small(0), a); }
    /// Of plain numbers.
    BigNumber multiply(const BigNumber& a, const BigNumber& b) {
        BigNumber r = make();
        must(BN_mod_mul(r.get(), a.get(), b.get(), p_.get(), context_.get()));
        return r;
    }
    BigNumber inverse(const BigNumber& a) {
        BigNumber r = make();
        TW_ASSERT(BN_mod_inverse(r.get(), a.get(), p_.get(), context_.get()) != nullptr);
        return r;
    }
    /// Of numbers in Montgomery form.
    BigNumber times(const BigNumber& a, const BigNumber& b) {
        BigNumber r = make();
        must(BN_mod_mul_montgomery(r.get(), a.get(), b.get(), montgomery_.get(), context_.get()));
        return r;
    }
    BigNumber to_montgomery(const BigNumber& a) {
        BigNumber r = make();
        must(BN_to_montgomery(r.get(), a.get(), montgomery_.get(), context_.get()));
        return r;
    }
    ExtendedPoint to_extended(const BigNumber& x, const BigNumber& y) {
        return {.x = to_montgomery(x),
                .y = to_montgomery(y),
                .z = to_montgomery(small(1)),
                .t = to_montgomery(multiply(x, y))};
    }

    BigContext context_;
    Montgomery montgomery_;
    BigNumber p_;
    BigNumber order_;
    BigNumber d_;
    BigNumber twice_d_;
};

std::array<std::uint8_t, SHA512_DIGEST_LENGTH> challenge(ByteView r, ByteView key, ByteView message) {
    SHA512_CTX context;
    must(SHA512_Init(&context));
    must(SHA512_Update(&context, r.data(), r.size()));
    must(SHA512_Update(&context, key.data(), key.size()));
    must(SHA512_Update(&context, message.data(), message.size()));
    std::array<std::uint8_t, SHA512_DIGEST_LENGTH> digest{};
    must(SHA512_Final(digest.data(), &context));
    return digest;
}

} // namespace

bool cofactored_check(ByteView key, ByteView message, ByteView signature) {
    TW_ASSERT(key.size() == kBytes && signature.size() == 2 * kBytes);
    Curve curve;
    const ByteView encoded_r = signature.first(kBytes);
    const BigNumber s = from_little_endian(signature.last(kBytes));
    if (BN_cmp(s.get(), curve.order().get()) >= 0) return false;
    const std::optional<ExtendedPoint> a = curve.decode(key);
    if (!a) return false;
    const std::optional<ExtendedPoint> r = curve.decode(encoded_r);
    if (!r) return false;
    const BigNumber k = curve.reduce_to_scalar(challenge(encoded_r, key, message));
    ExtendedPoint rest = curve.sum(curve.combine(s, curve.base(), k, curve.negated(*a)), curve.negated(*r));
    for (int doubling = 0; doubling < 3; ++doubling)
        rest = curve.sum(rest, rest);
    return Curve::is_identity(rest);
}

} // namespace tidewaiter::crypto::edwards
