#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/crypto/keys.hpp"

struct ec_key_st;

/// ECDSA on P-256 with SHA-256, on raw signatures. Used by keys.cpp and verifier.cpp alone.
namespace tidewaiter::crypto::es256 {

enum class SRule { LowOnly, Any };

/// x ‖ y as a point of P-256, not infinity.
[[nodiscard]] bool is_on_curve(ByteView xy);
/// 1 ≤ scalar < n, 32 bytes big-endian.
[[nodiscard]] bool is_scalar(ByteView scalar);
/// x ‖ y of a private scalar that passed is_scalar.
[[nodiscard]] std::array<std::uint8_t, 64> public_point(ByteView scalar);
/// Low s always.
[[nodiscard]] Signature sign(ByteView scalar, const Hash& digest);

/// A public point decoded once. Const use from several threads is safe.
class Key {
  public:
    /// `xy` must be on the curve.
    explicit Key(ByteView xy);
    Key(const Key&) = delete;
    Key& operator=(const Key&) = delete;
    ~Key();

    [[nodiscard]] bool verify(const Hash& digest, ByteView signature, SRule rule) const;

  private:
    ec_key_st* key_;
};

} // namespace tidewaiter::crypto::es256
