#pragma once

#include "ledger/base/time.hpp"
#include "ledger/claims/envelope.hpp"

#include <vector>

/// The point from which a gateway's light client starts: a file signed by k of n administrators.
namespace tidewaiter::claims {

struct Anchor {
    std::string chain_id;
    std::uint64_t height = 0;
    Hash header_hash{};
    TimeNs time;
    Hash next_validators_hash{};
    std::uint32_t trusting_period_seconds = 0; ///< 1 … 2,592,000 (30 days)
    std::vector<std::string> predecessors;     ///< chains whose queued stamps stay admissible
    bool operator==(const Anchor&) const = default;
};

/// An anchor file that was parsed; its signatures are checked by count_signers.
struct SignedAnchor {
    Anchor anchor;
    Bytes core; ///< what the cosignatures cover
    Envelope outer;
    std::vector<Envelope> cosigned;
};

/// Errors: cbor.*, envelope.*, anchor.type, anchor.chain (the core names another chain than `chain_id`).
[[nodiscard]] Result<SignedAnchor> parse_anchor(ByteView cose, std::string_view chain_id);

/// How many distinct keys among `administrators` signed, the outer signer included.
[[nodiscard]] std::size_t count_signers(const SignedAnchor& anchor,
                                        const std::vector<crypto::PublicKey>& administrators);

/// Signs with all `keys`; the first makes the outer signature. At least one key.
[[nodiscard]] Bytes sign_anchor(const Anchor& anchor, const std::vector<const crypto::PrivateKey*>& keys);

} // namespace tidewaiter::claims
