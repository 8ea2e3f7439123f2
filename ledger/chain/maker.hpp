#pragma once

#include "ledger/chain/hashes.hpp"
#include "ledger/chain/sign_bytes.hpp"
#include "ledger/chain/types.hpp"

/// Making blocks, purely: for the solo engine and for tests. Signing is the caller's.
namespace tidewaiter::chain {

/// The block before and the commit for it.
struct Previous {
    BlockId block_id;
    Commit commit;
};

struct BlockPlan {
    std::string chain_id;
    std::int64_t height = 1;
    TimeNs time;
    std::uint64_t app_version = 0;
    std::optional<Previous> previous; ///< none at the chain's first height
    std::vector<Bytes> transactions;
    Bytes app_hash; ///< after the block before
    /// results_hash of the block before; the hash of no results at the first height.
    Hash last_results_hash = results_hash({});
    ValidatorSet validators;
    ValidatorSet next_validators;
    Address proposer{};
    ConsensusParams params;
};

struct MadeBlock {
    Header header;
    Bytes block; ///< protobuf; parts(block) are its pieces
    BlockId block_id;
};

/// Not empty sets and, above the first height, `previous` are asserted.
[[nodiscard]] MadeBlock make_block(const BlockPlan& plan);

/// A precommit for `made` by a validator, to be signed by it: vote_sign_bytes(vote, chain_id).
[[nodiscard]] Vote precommit(const MadeBlock& made, std::int32_t round, TimeNs time);

/// A signed vote on its way into a commit. `for_block` false: for nil.
struct SignedVote {
    Address address{};
    TimeNs time;
    Bytes signature;
    bool for_block = true;
};

/// One entry per validator of `set`, absent where no vote is given. Error chain.commit.stranger: a vote by
/// nobody of the set; chain.commit.twice: two votes of one validator.
[[nodiscard]] Result<Commit> make_commit(std::int64_t height, std::int32_t round, const BlockId& block_id,
                                         const ValidatorSet& set, std::span<const SignedVote> votes);

/// Time of the next block: the power-weighted median of the commit's vote times, absent entries skipped. A
/// commit with at least one vote and of the set's size is asserted.
[[nodiscard]] TimeNs median_time(const Commit& commit, const ValidatorSet& set);

} // namespace tidewaiter::chain
