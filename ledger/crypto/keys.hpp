#pragma once

#include "ledger/base/bytes.hpp"

#include <memory>

/// Signatures and the keys behind them. ES256 comes from libcrypto, Ed25519 from libsodium.
namespace tidewaiter::crypto {

/// COSE algorithm numbers (RFC 9053).
enum class Algorithm : std::int8_t { Es256 = -7, EdDsa = -8 };

/// First 8 bytes of the key's RFC 9679 thumbprint.
using KeyId = std::array<std::uint8_t, 8>;
/// r ‖ s (ES256, big-endian, 32 bytes each) or R ‖ S (Ed25519).
using Signature = std::array<std::uint8_t, 64>;

/// A public key: a P-256 point known to lie on the curve, or 32 bytes of Ed25519.
class PublicKey {
  public:
    /// From the COSE_Key map {1: 2, -1: 1, -2: x, -3: y} or {1: 1, -1: 6, -2: x}. Errors: cbor.*, key.curve.
    [[nodiscard]] static Result<PublicKey> from_cose(ByteView cose_key);
    [[nodiscard]] static Result<PublicKey> p256(ByteView x, ByteView y);
    [[nodiscard]] static Result<PublicKey> ed25519(ByteView key);

    [[nodiscard]] Algorithm algorithm() const { return algorithm_; }
    /// x ‖ y (64 bytes) or the Ed25519 key (32 bytes).
    [[nodiscard]] ByteView raw() const { return {raw_.data(), algorithm_ == Algorithm::Es256 ? 64U : 32U}; }
    [[nodiscard]] Bytes to_cose() const;
    [[nodiscard]] KeyId id() const;
    bool operator==(const PublicKey&) const = default;

  private:
    PublicKey() = default;
    Algorithm algorithm_ = Algorithm::EdDsa;
    std::array<std::uint8_t, 64> raw_{};
};

/// True when `signature` (64 bytes) signs `message`. ES256 demands 1 ≤ r < n and 1 ≤ s ≤ n/2; Ed25519 follows
/// libsodium's strict rule. Anything malformed is false.
[[nodiscard]] bool verify(const PublicKey& key, ByteView message, ByteView signature);

/// ES256 as RFC 9053 alone demands it: high s is accepted. For foreign codes only.
[[nodiscard]] bool verify_es256_any_s(const PublicKey& key, ByteView message, ByteView signature);

/// A private key. Zeroised when destroyed, never printed, never copied.
class PrivateKey {
  public:
    /// 32 bytes: the P-256 scalar (1 … n-1, else key.scalar) or the Ed25519 seed.
    [[nodiscard]] static Result<PrivateKey> from_bytes(Algorithm algorithm, ByteView secret);
    /// From the system's random source.
    [[nodiscard]] static PrivateKey generate(Algorithm algorithm);

    PrivateKey(PrivateKey&&) noexcept;
    PrivateKey& operator=(PrivateKey&&) noexcept;
    ~PrivateKey();

    [[nodiscard]] const PublicKey& public_key() const;
    /// ES256: low s. Ed25519: deterministic.
    [[nodiscard]] Signature sign(ByteView message) const;
    /// The 32 secret bytes, for writing a key file; the caller zeroises them.
    [[nodiscard]] std::array<std::uint8_t, 32> secret() const;

  private:
    struct Impl;
    explicit PrivateKey(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace tidewaiter::crypto
