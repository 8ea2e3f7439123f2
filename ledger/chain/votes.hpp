#pragma once

#include "ledger/chain/reason.hpp"
#include "ledger/chain/sign_bytes.hpp"
#include "ledger/chain/verify.hpp"

/// Counting votes. All stop as soon as enough power is counted, as CometBFT does; what stands behind the
/// threshold is not looked at.
namespace tidewaiter::chain {

/// Signatures of one commit that were found good, by entry: so that a step's two counts check none twice.
/// A hit needs the same key; the sign bytes are the entry's own. Borrows the commit and the chain id.
class CheckedSignatures {
  public:
    CheckedSignatures(const Commit& commit, std::string_view chain_id);
    [[nodiscard]] bool verifies(std::size_t entry, const ValidatorKey& key);

  private:
    const Commit& commit_;
    CommitSignBytes sign_bytes_;
    std::vector<std::optional<ValidatorKey>> good_;
};

/// More than 2/3 of `set` signed `block_id` at `height`: validators by index, addresses compared.
[[nodiscard]] Check check_commit(const ValidatorSet& set, const BlockId& block_id, std::int64_t height,
                                 const Commit& commit, CheckedSignatures& signatures);

/// More than `level` of a set that is trusted signed: validators by address, unknown ones skipped.
/// Reason::NotEnoughOverlap alone means "not enough trust".
[[nodiscard]] Check check_overlap(const ValidatorSet& trusted, TrustLevel level, const Commit& commit,
                                  CheckedSignatures& signatures);

} // namespace tidewaiter::chain
