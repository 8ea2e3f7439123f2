#include "ledger/crypto/verifier.hpp"

#include "ledger/crypto/hash.hpp"
#include "ledger/crypto/openssl/es256.hpp"
#include "ledger/crypto/sodium/ed25519.hpp"

namespace tidewaiter::crypto {

Verifier::Verifier(const PublicKey& key)
    : key_(key),
      prepared_(key.algorithm() == Algorithm::Es256 ? std::make_unique<es256::Key>(key.raw()) : nullptr) {}
Verifier::Verifier(Verifier&&) noexcept = default;
Verifier& Verifier::operator=(Verifier&&) noexcept = default;
Verifier::~Verifier() = default;

bool Verifier::verify(ByteView message, ByteView signature) const {
    if (!prepared_) return ed25519::verify(key_.raw(), message, signature);
    return prepared_->verify(sha256(message), signature, es256::SRule::LowOnly);
}

} // namespace tidewaiter::crypto
