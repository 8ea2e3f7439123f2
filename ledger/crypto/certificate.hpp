#pragma once

#include "ledger/base/time.hpp"
#include "ledger/crypto/foreign_key.hpp"

/// X.509 certificates and bare public keys, as files given with `--trust` hold them. A certificate's chain is
/// not followed: whoever gives it as trusted vouches for it.
namespace tidewaiter::crypto {

struct Certificate {
    std::string subject; ///< "C=UT, CN=Signer"
    std::string issuer;
    UnixTime not_before = 0;
    UnixTime not_after = 0;
    Bytes der;
    Hash sha256{};  ///< of the DER
    KeyId key_id{}; ///< first 8 bytes of sha256, as EU certificates name their signers
    ForeignKey key;
};

/// One certificate, PEM or DER. Errors: certificate.parse, certificate.key, certificate.date, key.*.
[[nodiscard]] Result<Certificate> parse_certificate(ByteView input);

/// A key that signatures may be checked with.
struct TrustedKey {
    std::string name; ///< the certificate's subject, or what kind of key it is
    ForeignKey key;
    std::vector<Bytes> kids; ///< key ids it is known by; none: tried for every token
    std::optional<Certificate> certificate;
};

/// A trust file: any number of PEM blocks (CERTIFICATE, PUBLIC KEY), or one DER certificate or
/// SubjectPublicKeyInfo. A bare key goes by the first 8 bytes of its RFC 9679 thumbprint where it has one.
/// Errors: certificate.empty, certificate.parse, certificate.pem, certificate.size, key.*.
[[nodiscard]] Result<std::vector<TrustedKey>> parse_trust(ByteView input);

} // namespace tidewaiter::crypto
