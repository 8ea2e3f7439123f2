#include "ledger/chain/maker.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/chain/protobuf.hpp"

#include <algorithm>

namespace tidewaiter::chain {

MadeBlock make_block(const BlockPlan& plan) {
    TW_ASSERT(!plan.validators.empty() && !plan.next_validators.empty());
    Block block;
    if (plan.previous) block.last_commit = plan.previous->commit;
    block.transactions = plan.transactions;
    Header& header = block.header;
    header.version.app = plan.app_version;
    header.chain_id = plan.chain_id;
    header.height = plan.height;
    header.time = plan.time;
    if (plan.previous) header.last_block_id = plan.previous->block_id;
    header.last_commit_hash = commit_hash(block.last_commit);
    header.data_hash = data_hash(plan.transactions);
    header.validators_hash = validators_hash(plan.validators);
    header.next_validators_hash = validators_hash(plan.next_validators);
    header.consensus_hash = consensus_hash(plan.params);
    header.app_hash = plan.app_hash;
    header.last_results_hash = plan.last_results_hash;
    header.evidence_hash = evidence_hash({});
    header.proposer_address = plan.proposer;
    MadeBlock made{.header = header, .block = encode(block), .block_id = {}};
    made.block_id = {.hash = header_hash(header), .parts = part_set_header(made.block)};
    return made;
}

Vote precommit(const MadeBlock& made, std::int32_t round, TimeNs time) {
    return {.type = VoteType::Precommit,
            .height = made.header.height,
            .round = round,
            .block_id = made.block_id,
            .time = time};
}

Result<Commit> make_commit(std::int64_t height, std::int32_t round, const BlockId& block_id,
                           const ValidatorSet& set, std::span<const SignedVote> votes) {
    Commit commit{.height = height, .round = round, .block_id = block_id, .signatures = {}};
    commit.signatures.resize(set.size());
    for (const SignedVote& vote : votes) {
        const std::optional<std::size_t> index = set.find(vote.address);
        if (!index)
            return fail("chain.commit.stranger", to_hex(vote.address) + " is not in the validator set");
        CommitSig& entry = commit.signatures[*index];
        if (entry.flag != BlockIdFlag::Absent)
            return fail("chain.commit.twice", to_hex(vote.address) + " has voted already");
        entry = {.flag = vote.for_block ? BlockIdFlag::Commit : BlockIdFlag::Nil,
                 .address = vote.address,
                 .time = vote.time,
                 .signature = vote.signature};
    }
    return commit;
}

TimeNs median_time(const Commit& commit, const ValidatorSet& set) {
    TW_ASSERT(commit.signatures.size() == set.size());
    struct Weighted {
        TimeNs time;
        std::int64_t power;
    };
    std::vector<Weighted> votes;
    std::int64_t total = 0;
    for (std::size_t i = 0; i < set.size(); ++i) {
        if (commit.signatures[i].flag == BlockIdFlag::Absent) continue;
        votes.push_back({.time = commit.signatures[i].time, .power = set[i].power()});
        total += set[i].power();
    }
    TW_ASSERT(!votes.empty());
    std::ranges::sort(votes, {}, &Weighted::time);
    std::int64_t median = total / 2;
    for (const Weighted& vote : votes) {
        if (median <= vote.power) return vote.time;
        median -= vote.power;
    }
    return votes.back().time;
}

} // namespace tidewaiter::chain
