#include "ledger/crypto/foreign_key.hpp"

#include "ledger/crypto/openssl/handles.hpp"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>

namespace tidewaiter::crypto {

namespace {

using namespace openssl;
using SignatureHandle = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM_free>>;

constexpr int kMinRsaBits = 2'048;
constexpr int kMaxRsaBits = 8'192;
constexpr std::size_t kMaxSpkiBytes = 2'048;

struct CurveInfo {
    ForeignKey::Type type;
    const char* name;
    std::string_view description;
    std::size_t coordinate_bytes;
};
constexpr std::array<CurveInfo, 3> kCurves = {{{ForeignKey::Type::P256, "prime256v1", "EC P-256", 32},
                                               {ForeignKey::Type::P384, "secp384r1", "EC P-384", 48},
                                               {ForeignKey::Type::P521, "secp521r1", "EC P-521", 66}}};

const CurveInfo* curve_of(ForeignKey::Type type) {
    const auto* found = std::ranges::find(kCurves, type, &CurveInfo::type);
    return found == kCurves.end() ? nullptr : found;
}

PublicHandle decode(ByteView spki) {
    const ErrorScope errors;
    const std::uint8_t* position = spki.data();
    PublicHandle key(d2i_PUBKEY(nullptr, &position, static_cast<long>(spki.size())));
    if (key && position != spki.data() + spki.size()) key.reset();
    return key;
}

Bytes encode(EVP_PKEY* key) {
    std::uint8_t* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    TW_ASSERT(size > 0);
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

Result<Bytes> make_spki(const char* kind, const Parameters& parameters) {
    const ErrorScope errors;
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
    TW_ASSERT(context != nullptr && parameters != nullptr);
    EVP_PKEY* made = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return fail("key.curve", "these numbers are no " + std::string(kind) + " public key");
    const PublicHandle key(made);
    return encode(key.get());
}

bool is_valid_point(EVP_PKEY* key) {
    const ErrorScope errors;
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    return context != nullptr && EVP_PKEY_public_check(context.get()) == 1;
}

/// Empty when the algorithm does not demand this type of key.
std::string_view digest_for(std::int64_t algorithm, ForeignKey::Type type) {
    using namespace cose_algorithm;
    using Type = ForeignKey::Type;
    if ((algorithm == kEs256 || algorithm == kEsp256) && type == Type::P256) return "SHA256";
    if (algorithm == kEs384 && type == Type::P384) return "SHA384";
    if (algorithm == kEs512 && type == Type::P521) return "SHA512";
    if (type != Type::Rsa) return {};
    if (algorithm == kPs256) return "SHA256";
    if (algorithm == kPs384) return "SHA384";
    if (algorithm == kPs512) return "SHA512";
    return {};
}

/// Raw r ‖ s as DER; empty when the length does not fit or a number is zero.
Bytes to_der(ByteView raw, std::size_t coordinate_bytes) {
    if (raw.size() != 2 * coordinate_bytes) return {};
    BigNumber r = from_big_endian(raw.first(coordinate_bytes));
    BigNumber s = from_big_endian(raw.last(coordinate_bytes));
    if (BN_is_zero(r.get()) || BN_is_zero(s.get())) return {};
    const SignatureHandle parts(ECDSA_SIG_new());
    TW_ASSERT(parts != nullptr && ECDSA_SIG_set0(parts.get(), r.release(), s.release()) == 1);
    std::uint8_t* der = nullptr;
    const int size = i2d_ECDSA_SIG(parts.get(), &der);
    TW_ASSERT(size > 0);
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

bool run_check(EVP_PKEY* key, const char* digest, bool is_pss, ByteView message, ByteView signature) {
    const DigestContext context(EVP_MD_CTX_new());
    TW_ASSERT(context != nullptr);
    EVP_PKEY_CTX* parameters = nullptr; // owned by context
    if (EVP_DigestVerifyInit_ex(context.get(), &parameters, digest, nullptr, nullptr, key, nullptr) != 1)
        return false;
    if (is_pss && (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) != 1))
        return false;
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                            message.size()) == 1;
}

} // namespace

std::string cose_algorithm_name(std::int64_t algorithm) {
    using namespace cose_algorithm;
    switch (algorithm) {
    case kEs256: return "ES256";
    case kEdDsa: return "EdDSA";
    case kEsp256: return "ESP256";
    case kEd25519: return "Ed25519";
    case kEs384: return "ES384";
    case kEs512: return "ES512";
    case kPs256: return "PS256";
    case kPs384: return "PS384";
    case kPs512: return "PS512";
    default: return "algorithm " + std::to_string(algorithm);
    }
}

Result<ForeignKey> ForeignKey::from_spki(ByteView der) {
    if (der.empty() || der.size() > kMaxSpkiBytes)
        return fail("key.der",
                    "a public key of " + std::to_string(der.size()) + " bytes: up to 2,048 are read");
    const PublicHandle key = decode(der);
    if (!key) return fail("key.der", "not a DER SubjectPublicKeyInfo of a kind known here");
    const int bits = EVP_PKEY_get_bits(key.get());
    switch (EVP_PKEY_get_base_id(key.get())) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
        if (bits < kMinRsaBits || bits > kMaxRsaBits)
            return fail("key.rsa-size", "RSA of " + std::to_string(bits) + " bits: 2,048 to 8,192 are read");
        return ForeignKey(Type::Rsa, bits, to_bytes(der));
    case EVP_PKEY_ED25519: return ForeignKey(Type::Ed25519, bits, to_bytes(der));
    case EVP_PKEY_ED448: return ForeignKey(Type::Ed448, bits, to_bytes(der));
    case EVP_PKEY_EC: break;
    default: return fail("key.type", "a key of this type signs no codes known here");
    }
    std::array<char, 64> group{};
    std::size_t length = 0;
    if (EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), &length) != 1)
        return fail("key.curve", "an EC key without a named curve");
    const std::string_view name(group.data(), length);
    const auto* curve =
        std::ranges::find_if(kCurves, [&](const CurveInfo& info) { return name == info.name; });
    if (curve == kCurves.end())
        return fail("key.curve", "curve " + printable(name, 40) + ": P-256, P-384 and P-521 are read");
    if (!is_valid_point(key.get()))
        return fail("key.curve", "the point does not lie on " + std::string(name));
    return ForeignKey(curve->type, bits, to_bytes(der));
}

Result<ForeignKey> ForeignKey::ec(Type type, ByteView x, ByteView y) {
    const CurveInfo* curve = curve_of(type);
    if (curve == nullptr) return fail("key.type", "an EC key needs an EC curve");
    if (x.size() != curve->coordinate_bytes || y.size() != curve->coordinate_bytes)
        return fail("key.curve", std::string(curve->description) + ": a coordinate has " +
                                     std::to_string(curve->coordinate_bytes) + " bytes");
    Bytes point = {POINT_CONVERSION_UNCOMPRESSED};
    append(point, x);
    append(point, y);
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    TW_ASSERT(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve->name, 0) ==
              1);
    TW_ASSERT(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                               point.size()) == 1);
    TW_TRY(const Bytes spki, make_spki("EC", Parameters(OSSL_PARAM_BLD_to_param(builder.get()))));
    return from_spki(spki);
}

Result<ForeignKey> ForeignKey::edwards(Type type, ByteView key) {
    if (type != Type::Ed25519 && type != Type::Ed448)
        return fail("key.type", "an Edwards key needs an Edwards curve");
    const ErrorScope errors;
    const int id = type == Type::Ed25519 ? EVP_PKEY_ED25519 : EVP_PKEY_ED448;
    const PublicHandle handle(EVP_PKEY_new_raw_public_key(id, nullptr, key.data(), key.size()));
    if (!handle) return fail("key.curve", "an Ed25519 key has 32 bytes, an Ed448 key 57");
    return from_spki(encode(handle.get()));
}

Result<ForeignKey> ForeignKey::rsa(ByteView modulus, ByteView exponent) {
    if (modulus.size() > kMaxRsaBits / 8U || exponent.size() > 8)
        return fail("key.rsa-size",
                    "RSA of " + std::to_string(modulus.size() * 8) + " bits: 2,048 to 8,192 are read");
    const BigNumber n = from_big_endian(modulus);
    const BigNumber e = from_big_endian(exponent);
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    TW_ASSERT(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1);
    TW_ASSERT(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
    TW_TRY(const Bytes spki, make_spki("RSA", Parameters(OSSL_PARAM_BLD_to_param(builder.get()))));
    return from_spki(spki);
}

ForeignKey ForeignKey::from(const PublicKey& key) {
    const ByteView raw = key.raw();
    Result<ForeignKey> made = key.algorithm() == Algorithm::Es256
                                  ? ec(Type::P256, raw.first(32), raw.last(32))
                                  : edwards(Type::Ed25519, raw);
    TW_ASSERT(made.has_value());
    return std::move(*made);
}

std::string ForeignKey::description() const {
    if (const CurveInfo* curve = curve_of(type_)) return std::string(curve->description);
    switch (type_) {
    case Type::Ed25519: return "Ed25519";
    case Type::Ed448: return "Ed448";
    case Type::Rsa:
    case Type::P256:
    case Type::P384:
    case Type::P521: break;
    }
    return "RSA " + std::to_string(bits_);
}

std::optional<PublicKey> ForeignKey::ours() const {
    const PublicHandle key = decode(spki_);
    TW_ASSERT(key != nullptr);
    Result<PublicKey> made = fail("key.type", "not one of ours");
    if (type_ == Type::Ed25519) {
        std::array<std::uint8_t, 32> raw{};
        std::size_t size = raw.size();
        TW_ASSERT(EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &size) == 1);
        made = PublicKey::ed25519(raw);
    } else if (type_ == Type::P256) {
        BIGNUM* x = nullptr;
        BIGNUM* y = nullptr;
        TW_ASSERT(EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1);
        const BigNumber x_owner(x);
        TW_ASSERT(EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1);
        const BigNumber y_owner(y);
        std::array<std::uint8_t, 64> raw{};
        TW_ASSERT(BN_bn2binpad(x, raw.data(), 32) == 32 && BN_bn2binpad(y, raw.data() + 32, 32) == 32);
        made = PublicKey::p256(ByteView(raw).first(32), ByteView(raw).last(32));
    }
    if (!made) return std::nullopt;
    return *made;
}

ForeignCheck ForeignKey::check(std::int64_t algorithm, ByteView message, ByteView signature) const {
    using namespace cose_algorithm;
    const bool is_edwards = (algorithm == kEdDsa && (type_ == Type::Ed25519 || type_ == Type::Ed448)) ||
                            (algorithm == kEd25519 && type_ == Type::Ed25519);
    const std::string_view digest = digest_for(algorithm, type_);
    if (!is_edwards && digest.empty()) return ForeignCheck::Unsupported;
    const auto answer = [](bool holds) { return holds ? ForeignCheck::Valid : ForeignCheck::Invalid; };
    // Our own routine for Ed25519 refuses keys of small order, which libcrypto lets pass.
    if (type_ == Type::Ed25519) return answer(verify(*ours(), message, signature));
    const ErrorScope errors;
    const PublicHandle key = decode(spki_);
    TW_ASSERT(key != nullptr);
    if (is_edwards) return answer(run_check(key.get(), nullptr, /*is_pss=*/false, message, signature));
    if (type_ == Type::Rsa)
        return answer(run_check(key.get(), digest.data(), /*is_pss=*/true, message, signature));
    const Bytes der = to_der(signature, curve_of(type_)->coordinate_bytes);
    if (der.empty()) return ForeignCheck::Invalid;
    return answer(run_check(key.get(), digest.data(), /*is_pss=*/false, message, der));
}

bool verify_ps256(ByteView spki, ByteView message, ByteView signature) {
    const Result<ForeignKey> key = ForeignKey::from_spki(spki);
    return key && key->check(cose_algorithm::kPs256, message, signature) == ForeignCheck::Valid;
}

} // namespace tidewaiter::crypto
