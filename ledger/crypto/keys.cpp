#include "ledger/crypto/keys.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/codec/cbor.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/crypto/openssl/es256.hpp"
#include "ledger/crypto/random.hpp"
#include "ledger/crypto/sodium/ed25519.hpp"
#include "ledger/crypto/wipe.hpp"

#include <algorithm>

namespace tidewaiter::crypto {

namespace {

constexpr std::size_t kCoordinateBytes = 32;
constexpr std::uint64_t kTypeOkp = 1;
constexpr std::uint64_t kTypeEc2 = 2;
constexpr std::int64_t kCurveP256 = 1;
constexpr std::int64_t kCurveEd25519 = 6;

} // namespace

Result<PublicKey> PublicKey::p256(ByteView x, ByteView y) {
    if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes)
        return fail("key.curve", "a P-256 coordinate has 32 bytes, leading zeros included");
    PublicKey key;
    key.algorithm_ = Algorithm::Es256;
    std::ranges::copy(y, std::ranges::copy(x, key.raw_.begin()).out);
    if (!es256::is_on_curve(key.raw_)) return fail("key.curve", "the point does not lie on P-256");
    return key;
}

Result<PublicKey> PublicKey::ed25519(ByteView bytes) {
    if (bytes.size() != kCoordinateBytes) return fail("key.curve", "an Ed25519 key has 32 bytes");
    PublicKey key;
    key.algorithm_ = Algorithm::EdDsa;
    std::ranges::copy(bytes, key.raw_.begin());
    return key;
}

Result<PublicKey> PublicKey::from_cose(ByteView cose_key) {
    std::uint64_t type = 0;
    std::int64_t curve = 0;
    std::optional<ByteView> x;
    std::optional<ByteView> y;
    cbor::Reader reader(cose_key);
    reader.map({1}, [&](std::int64_t key) {
        switch (key) {
        case 1: type = reader.unsigned_integer(kTypeOkp, kTypeEc2); return true;
        case -1: curve = reader.integer(); return true;
        case -2: x = reader.bytes(kCoordinateBytes, kCoordinateBytes); return true;
        case -3: y = reader.bytes(kCoordinateBytes, kCoordinateBytes); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    if (!x) return fail("cbor.missing-key", "a key needs its coordinate under -2");
    if (type == kTypeEc2) {
        if (curve != kCurveP256)
            return fail("key.curve",
                        "curve " + std::to_string(curve) + " of an EC2 key: only 1 (P-256) is used");
        if (!y) return fail("cbor.missing-key", "a P-256 key needs y under -3");
        return p256(*x, *y);
    }
    if (curve != kCurveEd25519)
        return fail("key.curve",
                    "curve " + std::to_string(curve) + " of an OKP key: only 6 (Ed25519) is used");
    if (y) return fail("cbor.unknown-key", "an Ed25519 key has no y");
    return ed25519(*x);
}

Bytes PublicKey::to_cose() const {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        if (algorithm_ == Algorithm::Es256) {
            map.key(1).unsigned_integer(kTypeEc2);
            map.key(-1).integer(kCurveP256);
            map.key(-2).bytes(raw().first(kCoordinateBytes));
            map.key(-3).bytes(raw().last(kCoordinateBytes));
        } else {
            map.key(1).unsigned_integer(kTypeOkp);
            map.key(-1).integer(kCurveEd25519);
            map.key(-2).bytes(raw());
        }
    });
    return writer.take();
}

KeyId PublicKey::id() const {
    const Hash thumbprint = sha256(to_cose());
    KeyId id{};
    std::copy_n(thumbprint.begin(), id.size(), id.begin());
    return id;
}

bool verify(const PublicKey& key, ByteView message, ByteView signature) {
    if (key.algorithm() == Algorithm::EdDsa) return ed25519::verify(key.raw(), message, signature);
    return es256::Key(key.raw()).verify(sha256(message), signature, es256::SRule::LowOnly);
}

bool verify_es256_any_s(const PublicKey& key, ByteView message, ByteView signature) {
    if (key.algorithm() != Algorithm::Es256) return false;
    return es256::Key(key.raw()).verify(sha256(message), signature, es256::SRule::Any);
}

struct PrivateKey::Impl {
    std::array<std::uint8_t, 32> secret;
    PublicKey public_key;

    Impl(ByteView bytes, const PublicKey& key) : secret{}, public_key(key) {
        std::ranges::copy(bytes, secret.begin());
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { wipe(secret); }
};

PrivateKey::PrivateKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

Result<PrivateKey> PrivateKey::from_bytes(Algorithm algorithm, ByteView secret) {
    if (secret.size() != kCoordinateBytes)
        return fail("key.scalar", "a private key has 32 bytes, not " + std::to_string(secret.size()));
    if (algorithm == Algorithm::EdDsa) {
        TW_TRY(const PublicKey key, PublicKey::ed25519(ed25519::public_key(secret)));
        return PrivateKey(std::make_unique<Impl>(secret, key));
    }
    if (!es256::is_scalar(secret))
        return fail("key.scalar", "a P-256 private key lies between 1 and the order less 1");
    const std::array<std::uint8_t, 64> xy = es256::public_point(secret);
    TW_TRY(const PublicKey key,
           PublicKey::p256(ByteView(xy).first(kCoordinateBytes), ByteView(xy).last(kCoordinateBytes)));
    return PrivateKey(std::make_unique<Impl>(secret, key));
}

PrivateKey PrivateKey::generate(Algorithm algorithm) {
    std::array<std::uint8_t, kCoordinateBytes> secret{};
    // A random value is no P-256 scalar once in 2^32 draws.
    for (;;) {
        system_random().fill(secret);
        Result<PrivateKey> key = from_bytes(algorithm, secret);
        wipe(secret);
        if (key) return std::move(*key);
    }
}

const PublicKey& PrivateKey::public_key() const {
    return impl_->public_key;
}

Signature PrivateKey::sign(ByteView message) const {
    if (impl_->public_key.algorithm() == Algorithm::EdDsa) return ed25519::sign(impl_->secret, message);
    return es256::sign(impl_->secret, sha256(message));
}

std::array<std::uint8_t, 32> PrivateKey::secret() const {
    return impl_->secret;
}

} // namespace tidewaiter::crypto
