#pragma once

#include "ledger/chain/reason.hpp"
#include "ledger/chain/types.hpp"

/// What must hold of a block by itself, before it is compared with anything trusted. Each returns the first
/// rule broken, in CometBFT's order, or success.
namespace tidewaiter::chain {

[[nodiscard]] Check validate_header(const Header& header);
[[nodiscard]] Check validate_commit(const Commit& commit);
/// Header and commit by themselves, chain id, commit height, header hash == commit's block hash.
[[nodiscard]] Check validate_signed_header(const SignedHeader& signed_header, std::string_view chain_id);
/// validators_hash of the header is the hash of the set, and the set is not empty.
[[nodiscard]] Check validate_set(const Header& header, const ValidatorSet& set);
[[nodiscard]] Check validate_light_block(const LightBlock& block, std::string_view chain_id);

} // namespace tidewaiter::chain
