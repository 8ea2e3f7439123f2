#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/crypto/keys.hpp"

#include <optional>

/// Keys of other people's tokens: any curve or RSA size libcrypto has, held as SubjectPublicKeyInfo. Nothing
/// of ours is ever signed with such a key unless it is P-256 or Ed25519.
namespace tidewaiter::crypto {

/// COSE algorithm numbers met in foreign tokens.
namespace cose_algorithm {
inline constexpr std::int64_t kEs256 = -7;
inline constexpr std::int64_t kEdDsa = -8;
inline constexpr std::int64_t kEsp256 = -9;
inline constexpr std::int64_t kEd25519 = -19;
inline constexpr std::int64_t kEs384 = -35;
inline constexpr std::int64_t kEs512 = -36;
inline constexpr std::int64_t kPs256 = -37;
inline constexpr std::int64_t kPs384 = -38;
inline constexpr std::int64_t kPs512 = -39;
} // namespace cose_algorithm

/// "ES256", "PS256" …; "algorithm -999" for what we do not know.
[[nodiscard]] std::string cose_algorithm_name(std::int64_t algorithm);

enum class ForeignCheck {
    Valid,
    Invalid,     ///< algorithm and key fit, the signature does not hold
    Unsupported, ///< an algorithm we do not know, or one that does not fit this key
};

class ForeignKey {
  public:
    enum class Type { P256, P384, P521, Ed25519, Ed448, Rsa };

    /// From a DER SubjectPublicKeyInfo. Errors: key.der, key.type, key.curve, key.rsa-size (below 2,048 bits
    /// or above 8,192).
    [[nodiscard]] static Result<ForeignKey> from_spki(ByteView der);
    /// Affine coordinates, big-endian. Errors: key.curve, key.type.
    [[nodiscard]] static Result<ForeignKey> ec(Type curve, ByteView x, ByteView y);
    [[nodiscard]] static Result<ForeignKey> edwards(Type curve, ByteView key);
    [[nodiscard]] static Result<ForeignKey> rsa(ByteView modulus, ByteView exponent);
    [[nodiscard]] static ForeignKey from(const PublicKey& key);

    [[nodiscard]] Type type() const { return type_; }
    /// "EC P-256", "RSA 2048" …
    [[nodiscard]] std::string description() const;
    [[nodiscard]] const Bytes& spki() const { return spki_; }
    /// The key as one of ours, when it is P-256 or Ed25519.
    [[nodiscard]] std::optional<PublicKey> ours() const;

    /// ES256 and ESP256 demand P-256, ES384 P-384, ES512 P-521, EdDSA an Edwards curve, PSxxx RSA with a salt
    /// as long as the hash. High s is accepted: other issuers make it. `signature` is raw (r ‖ s), never DER.
    [[nodiscard]] ForeignCheck check(std::int64_t algorithm, ByteView message, ByteView signature) const;

  private:
    ForeignKey(Type type, int bits, Bytes spki) : type_(type), bits_(bits), spki_(std::move(spki)) {}
    Type type_;
    int bits_;
    Bytes spki_;
};

/// RSASSA-PSS with SHA-256, MGF1-SHA-256 and 32 bytes of salt under a DER SubjectPublicKeyInfo.
[[nodiscard]] bool verify_ps256(ByteView spki, ByteView message, ByteView signature);

} // namespace tidewaiter::crypto
