#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/crypto/keys.hpp"

#include <optional>

/// The signed envelope of everything: a tagged COSE_Sign1 with protected header exactly {1: alg, 4: kid,
/// 16: typ}, an empty unprotected header, and the chain id as external data (RFC 9052, RFC 9596).
namespace tidewaiter::claims {

enum class Type {
    Transaction,
    Receipt,
    Presentation,
    Claim,
    Permit,
    Head,
    Anchor,
    Governance,
    Bundle,
    Checkpoint,
    Evidence,
};

/// "tidewaiter-tx-v1+cbor" and so on.
[[nodiscard]] std::string_view type_name(Type type);

/// An envelope that was parsed; nothing about its signature is known yet.
struct Envelope {
    Type type{};
    crypto::Algorithm algorithm{};
    crypto::KeyId key_id{};
    Bytes protected_header; ///< as received
    Bytes payload;          ///< as received; empty when detached
    bool is_detached = false;
    crypto::Signature signature{};
};

/// Parses strictly, the payload's encoding included. Errors: cbor.*, envelope.type, envelope.algorithm,
/// envelope.signature-length.
[[nodiscard]] Result<Envelope> parse_envelope(ByteView cose);

/// Sig_structure ["Signature1", protected, chain id, payload].
[[nodiscard]] Bytes signature_structure(ByteView protected_header, std::string_view chain_id,
                                        ByteView payload);

/// SHA-256 of the Sig_structure: a transaction's identity within its signer.
[[nodiscard]] Hash envelope_id(const Envelope& envelope, std::string_view chain_id);

/// True when `key` has the envelope's kid and algorithm and its signature holds for this chain.
[[nodiscard]] bool verify_envelope(const Envelope& envelope, std::string_view chain_id,
                                   const crypto::PublicKey& key);
/// As verify_envelope, for a detached payload.
[[nodiscard]] bool verify_detached(const Envelope& envelope, std::string_view chain_id, ByteView payload,
                                   const crypto::PublicKey& key);

/// Signs `payload` (deterministic CBOR) and returns the COSE bytes.
[[nodiscard]] Bytes seal(Type type, ByteView payload, std::string_view chain_id,
                         const crypto::PrivateKey& key);
[[nodiscard]] Bytes seal_detached(Type type, ByteView payload, std::string_view chain_id,
                                  const crypto::PrivateKey& key);

} // namespace tidewaiter::claims
