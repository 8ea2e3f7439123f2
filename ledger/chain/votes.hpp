#pragma once

#include "ledger/chain/reason.hpp"
#include "ledger/chain/types.hpp"
#include "ledger/chain/verify.hpp"

#include <memory>

/// Counting votes. All stop as soon as enough power is counted, as CometBFT does; what stands behind the
/// threshold is not looked at.
namespace tidewaiter::chain {

/// Signatures of one commit that were found good, by entry: so that a step's two counts check none twice.
/// A hit needs the same key; the sign bytes are the entry's own.
class CheckedSignatures {
  public:
    CheckedSignatures(const Commit& commit, std::string_view chain_id);
    ~CheckedSignatures();
    [[nodiscard]] bool verifies(std::size_t entry, const ValidatorKey& key);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// More than 2/3 of `set` signed `block_id` at `height`: validators by index, addresses compared.
[[nodiscard]] Check check_commit(const ValidatorSet& set, const BlockId& block_id, std::int64_t height,
                                 const Commit& commit, CheckedSignatures& signatures);

/// More than `level` of a set that is trusted signed: validators by address, unknown ones skipped.
/// Reason::NotEnoughOverlap alone means "not enough trust".
[[nodiscard]] Check check_overlap(const ValidatorSet& trusted, TrustLevel level, const Commit& commit,
                                  CheckedSignatures& signatures);

} // namespace tidewaiter::chain
