// EVP takes 45 µs to take in a raw point and 6 µs more for each check than the calls below, which
// libcrypto 3.0 marks as deprecated but keeps and needs itself.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "ledger/crypto/openssl/es256.hpp"

#include "ledger/crypto/openssl/handles.hpp"

#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>

#include <algorithm>

namespace tidewaiter::crypto::es256 {

namespace {

using namespace openssl;
using KeyHandle = std::unique_ptr<EC_KEY, Deleter<EC_KEY_free>>;
using SignatureHandle = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG_free>>;

constexpr std::size_t kScalarBytes = 32;

// The order n of P-256 and n / 2 rounded down, big-endian (SEC 2, 2.4.2).
constexpr std::array<std::uint8_t, kScalarBytes> kOrder = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
constexpr std::array<std::uint8_t, kScalarBytes> kHalfOrder = {
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8};

/// The curve's constants: made once, never changed (making them anew takes 24 µs).
const EC_GROUP* curve() {
    static const Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    TW_ASSERT(group != nullptr);
    return group.get();
}

KeyHandle new_key() {
    KeyHandle key(EC_KEY_new());
    TW_ASSERT(key != nullptr);
    TW_ASSERT(EC_KEY_set_group(key.get(), curve()) == 1);
    return key;
}

/// Null when the coordinates are no point of the curve.
Point decode_point(ByteView xy) {
    const ErrorScope errors;
    std::array<std::uint8_t, 65> encoded{};
    encoded[0] = POINT_CONVERSION_UNCOMPRESSED;
    std::ranges::copy(xy, encoded.begin() + 1);
    Point point(EC_POINT_new(curve()));
    TW_ASSERT(point != nullptr);
    if (EC_POINT_oct2point(curve(), point.get(), encoded.data(), encoded.size(), nullptr) != 1) point.reset();
    return point;
}

bool is_in_range(ByteView number, const std::array<std::uint8_t, kScalarBytes>& last) {
    return !std::ranges::all_of(number, [](std::uint8_t byte) { return byte == 0; }) &&
           !std::ranges::lexicographical_compare(last, number);
}

constexpr std::array<std::uint8_t, kScalarBytes> less_one(std::array<std::uint8_t, kScalarBytes> odd) {
    odd.back() = static_cast<std::uint8_t>(odd.back() - 1);
    return odd;
}
constexpr auto kOrderLessOne = less_one(kOrder);

} // namespace

bool is_on_curve(ByteView xy) {
    return xy.size() == 2 * kScalarBytes && decode_point(xy) != nullptr;
}

bool is_scalar(ByteView scalar) {
    return scalar.size() == kScalarBytes && is_in_range(scalar, kOrderLessOne);
}

std::array<std::uint8_t, 64> public_point(ByteView scalar) {
    TW_ASSERT(is_scalar(scalar));
    const BigNumber number = from_big_endian(scalar);
    BN_set_flags(number.get(), BN_FLG_CONSTTIME);
    const Point point(EC_POINT_new(curve()));
    TW_ASSERT(point != nullptr);
    TW_ASSERT(EC_POINT_mul(curve(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1);
    std::array<std::uint8_t, 65> encoded{};
    TW_ASSERT(EC_POINT_point2oct(curve(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(),
                                 encoded.size(), nullptr) == encoded.size());
    std::array<std::uint8_t, 64> xy{};
    std::copy(encoded.begin() + 1, encoded.end(), xy.begin());
    return xy;
}

Signature sign(ByteView scalar, const Hash& digest) {
    TW_ASSERT(is_scalar(scalar));
    const KeyHandle key = new_key();
    const BigNumber number = from_big_endian(scalar);
    TW_ASSERT(EC_KEY_set_private_key(key.get(), number.get()) == 1);
    const SignatureHandle made(ECDSA_do_sign(digest.data(), static_cast<int>(digest.size()), key.get()));
    TW_ASSERT(made != nullptr);
    Signature raw{};
    TW_ASSERT(BN_bn2binpad(ECDSA_SIG_get0_r(made.get()), raw.data(), kScalarBytes) == kScalarBytes);
    TW_ASSERT(BN_bn2binpad(ECDSA_SIG_get0_s(made.get()), raw.data() + kScalarBytes, kScalarBytes) ==
              kScalarBytes);
    if (!is_in_range(ByteView(raw).last(kScalarBytes), kHalfOrder)) {
        const BigNumber low(BN_new());
        TW_ASSERT(low != nullptr);
        TW_ASSERT(BN_sub(low.get(), from_big_endian(kOrder).get(), ECDSA_SIG_get0_s(made.get())) == 1);
        TW_ASSERT(BN_bn2binpad(low.get(), raw.data() + kScalarBytes, kScalarBytes) == kScalarBytes);
    }
    return raw;
}

Key::Key(ByteView xy) : key_(nullptr) {
    TW_ASSERT(xy.size() == 2 * kScalarBytes);
    KeyHandle key = new_key();
    const Point point = decode_point(xy);
    TW_ASSERT(point != nullptr);
    TW_ASSERT(EC_KEY_set_public_key(key.get(), point.get()) == 1);
    key_ = key.release();
}

Key::~Key() {
    EC_KEY_free(key_);
}

bool Key::verify(const Hash& digest, ByteView signature, SRule rule) const {
    if (signature.size() != 2 * kScalarBytes) return false;
    const ByteView r = signature.first(kScalarBytes);
    const ByteView s = signature.last(kScalarBytes);
    if (!is_in_range(r, kOrderLessOne)) return false;
    if (!is_in_range(s, rule == SRule::LowOnly ? kHalfOrder : kOrderLessOne)) return false;
    const ErrorScope errors;
    const SignatureHandle parts(ECDSA_SIG_new());
    TW_ASSERT(parts != nullptr);
    TW_ASSERT(ECDSA_SIG_set0(parts.get(), from_big_endian(r).release(), from_big_endian(s).release()) == 1);
    return ECDSA_do_verify(digest.data(), static_cast<int>(digest.size()), parts.get(), key_) == 1;
}

} // namespace tidewaiter::crypto::es256
