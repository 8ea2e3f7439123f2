#include "ledger/chain/votes.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/crypto/zip215.hpp"

namespace tidewaiter::chain {

namespace {

__extension__ using Wide = unsigned __int128;

/// floor(total · numerator / denominator): the power that must be exceeded. Exact: total ≤ 2^60.
std::int64_t threshold(std::int64_t total, TrustLevel level) {
    TW_ASSERT(total >= 0 && level.denominator > 0 && level.numerator <= level.denominator);
    return static_cast<std::int64_t>(static_cast<Wide>(total) * level.numerator / level.denominator);
}

Refusal at_entry(Reason reason, std::size_t entry, const Address& address) {
    return {.reason = reason,
            .detail = "commit entry " + std::to_string(entry) + ", validator " + to_hex(address)};
}

Refusal too_few(Reason reason, std::int64_t tally, std::int64_t needed, std::int64_t total) {
    return {.reason = reason,
            .detail = "power " + std::to_string(tally) + " of " + std::to_string(total) +
                      " signed, more than " + std::to_string(needed) + " is needed",
            .tally = tally,
            .needed = needed};
}

} // namespace

CheckedSignatures::CheckedSignatures(const Commit& commit, std::string_view chain_id)
    : commit_(commit), sign_bytes_(commit, chain_id), good_(commit.signatures.size()) {}

bool CheckedSignatures::verifies(std::size_t entry, const ValidatorKey& key) {
    if (good_[entry] == key) return true;
    if (!crypto::verify_zip215(key, sign_bytes_.of(entry), commit_.signatures[entry].signature)) return false;
    good_[entry] = key;
    return true;
}

Check check_commit(const ValidatorSet& set, const BlockId& block_id, std::int64_t height,
                   const Commit& commit, CheckedSignatures& signatures) {
    if (set.empty()) return Refusal{.reason = Reason::SetEmpty, .detail = "the set is empty"};
    if (set.size() != commit.signatures.size())
        return Refusal{.reason = Reason::EntryCount,
                       .detail = std::to_string(commit.signatures.size()) + " entries for " +
                                 std::to_string(set.size()) + " validators"};
    if (commit.height != height)
        return Refusal{.reason = Reason::CommitForOtherHeight,
                       .detail =
                           "commit " + std::to_string(commit.height) + ", wanted " + std::to_string(height)};
    if (commit.block_id != block_id)
        return Refusal{.reason = Reason::CommitForOtherHeader, .detail = "the commit names another block"};
    const std::int64_t needed = threshold(set.total_power(), {.numerator = 2, .denominator = 3});
    std::int64_t tally = 0;
    for (std::size_t i = 0; i < set.size(); ++i) {
        const CommitSig& entry = commit.signatures[i];
        if (entry.flag != BlockIdFlag::Commit) continue;
        if (entry.address != set[i].address()) return at_entry(Reason::EntryAddress, i, entry.address);
        if (!signatures.verifies(i, set[i].key())) return at_entry(Reason::Signature, i, entry.address);
        tally += set[i].power();
        if (tally > needed) return std::nullopt;
    }
    return too_few(Reason::NotEnoughSigned, tally, needed, set.total_power());
}

Check check_overlap(const ValidatorSet& trusted, TrustLevel level, const Commit& commit,
                    CheckedSignatures& signatures) {
    const std::int64_t needed = threshold(trusted.total_power(), level);
    std::int64_t tally = 0;
    std::vector<bool> has_voted(trusted.size());
    for (std::size_t i = 0; i < commit.signatures.size(); ++i) {
        const CommitSig& entry = commit.signatures[i];
        if (entry.flag != BlockIdFlag::Commit) continue;
        const std::optional<std::size_t> index = trusted.find(entry.address);
        if (!index) continue;
        if (has_voted[*index]) return at_entry(Reason::DoubleVote, i, entry.address);
        has_voted[*index] = true;
        const Validator& validator = trusted[*index];
        if (!signatures.verifies(i, validator.key())) return at_entry(Reason::Signature, i, entry.address);
        tally += validator.power();
        if (tally > needed) return std::nullopt;
    }
    return too_few(Reason::NotEnoughOverlap, tally, needed, trusted.total_power());
}

} // namespace tidewaiter::chain
