#pragma once

#include "ledger/crypto/certificate.hpp"

#include <optional>
#include <string>
#include <vector>

/// A lenient reading of any COSE_Sign1, for `tidewaiter inspect`. Nothing read here is ever admitted
/// anywhere.
namespace tidewaiter::claims {

/// One step of taking a code apart.
struct CodeLayer {
    std::string name; ///< "prefix", "base45", "inflate", "cose", "envelope"
    bool is_ok = false;
    std::string detail; ///< what was found, or the error as "code: detail"
};

enum class SignatureState : std::uint8_t {
    NotRead, ///< the code could not be taken apart as far as its signature
    Valid,
    Invalid,
    NoKey,       ///< no trusted key goes by the token's key id
    Unsupported, ///< algorithm, critical header or key type that we do not handle
};
[[nodiscard]] std::string_view word(SignatureState state);

struct InspectedCode {
    std::vector<CodeLayer> layers;
    Bytes cose;
    std::string protected_header; ///< diagnostic notation
    std::string unprotected_header;
    std::string payload; ///< diagnostic notation, or h'…' when it is not CBOR; "nil" when detached
    std::optional<std::int64_t> algorithm;
    std::string algorithm_name;
    std::optional<Bytes> key_id;
    bool key_id_is_protected = false;
    SignatureState signature = SignatureState::NotRead;
    std::string signature_reason; ///< why it is not valid; empty when valid
    std::string signer;           ///< name of the trusted key that verified it
};

struct InspectOptions {
    std::vector<crypto::TrustedKey> trust;
    Bytes external_aad;                    ///< for our own codes: the chain id in UTF-8
    std::optional<Bytes> detached_payload; ///< for tokens that carry none
};

/// Takes a scanned text apart: prefix TW1:, TWZ1:, HC1: (and the like), Base45, zlib, COSE.
[[nodiscard]] InspectedCode inspect_text(std::string_view text, const InspectOptions& options);
/// From COSE bytes: tags 18, 61 before 18, or none.
[[nodiscard]] InspectedCode inspect_cose(ByteView cose, const InspectOptions& options);

/// The parts of a COSE_Sign1, read leniently.
struct ForeignSign1 {
    Bytes protected_header; ///< content of the byte string as received
    Bytes unprotected;      ///< encoded map
    Bytes payload;
    bool is_detached = false;
    Bytes signature;
};

/// Errors: cose.tag, cose.shape, cbor.*.
[[nodiscard]] Result<ForeignSign1> parse_sign1(ByteView cose);
/// Sig_structure (RFC 9052 4.4). An empty protected map that came as 41 A0 counts as zero bytes.
[[nodiscard]] Bytes foreign_signature_structure(ByteView protected_header, ByteView external_aad,
                                                ByteView payload);

} // namespace tidewaiter::claims
