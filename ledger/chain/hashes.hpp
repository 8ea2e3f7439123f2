#pragma once

#include "ledger/chain/types.hpp"

namespace tidewaiter::chain {

/// Merkle root over the 14 fields.
[[nodiscard]] Hash header_hash(const Header& header);
/// Over SimpleValidator messages in canonical order: the value of validators_hash.
[[nodiscard]] Hash validators_hash(const ValidatorSet& set);
/// Over the entries only: the value of last_commit_hash in the next header. No entries: SHA-256("").
[[nodiscard]] Hash commit_hash(const Commit& commit);
/// Over the transactions' hashes.
[[nodiscard]] Hash data_hash(std::span<const Bytes> transactions);
[[nodiscard]] Hash results_hash(std::span<const ExecutionResult> results);
/// Over the items' own messages (DuplicateVoteEvidence or LightClientAttackEvidence bytes, not the oneof).
[[nodiscard]] Hash evidence_hash(std::span<const Bytes> evidence);
[[nodiscard]] Hash consensus_hash(const ConsensusParams& params);
/// Of an encoded block, cut into pieces of 65,536 bytes. Not empty (asserted).
[[nodiscard]] PartSetHeader part_set_header(ByteView block);
/// The pieces, borrowed from `block`.
[[nodiscard]] std::vector<ByteView> parts(ByteView block);

} // namespace tidewaiter::chain
