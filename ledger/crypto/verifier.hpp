#pragma once

#include "ledger/crypto/keys.hpp"

#include <optional>

namespace tidewaiter::crypto {

namespace es256 {
class Key;
}

/// A public key made ready once for many checks: saves about 5 µs of a P-256 check. Const use from several
/// threads is safe. Same rules and answers as verify().
class Verifier {
  public:
    explicit Verifier(const PublicKey& key);
    Verifier(Verifier&&) noexcept;
    Verifier& operator=(Verifier&&) noexcept;
    ~Verifier();

    [[nodiscard]] const PublicKey& key() const { return key_; }
    [[nodiscard]] bool verify(ByteView message, ByteView signature) const;

  private:
    PublicKey key_;
    std::unique_ptr<es256::Key> prepared_; ///< null for Ed25519, which needs no preparation
};

} // namespace tidewaiter::crypto
