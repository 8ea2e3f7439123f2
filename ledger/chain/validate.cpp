#include "ledger/chain/validate.hpp"

#include "ledger/chain/hashes.hpp"

namespace tidewaiter::chain {

namespace {

Check refuse(Reason reason, std::string detail) {
    return Refusal{.reason = reason, .detail = std::move(detail)};
}

bool is_on_calendar(TimeNs time) {
    return time >= kZeroTime && time <= kMaxTime && time.nanos <= kMaxTime.nanos;
}

std::string at_entry(std::size_t index) {
    return "commit entry " + std::to_string(index) + ": ";
}

Check validate_entry(const CommitSig& entry, std::size_t index) {
    switch (entry.flag) {
    case BlockIdFlag::Absent:
        if (entry.address != Address{} || entry.time != kZeroTime || !entry.signature.empty())
            return refuse(Reason::EntryAbsent, at_entry(index) + "absent, yet not empty");
        return std::nullopt;
    case BlockIdFlag::Commit:
    case BlockIdFlag::Nil:
        if (!is_on_calendar(entry.time))
            return refuse(Reason::EntryTime, at_entry(index) + std::to_string(entry.time.seconds) + " s");
        if (entry.signature.empty() || entry.signature.size() > kMaxSignatureBytes)
            return refuse(Reason::EntrySignature, at_entry(index) + "a signature of " +
                                                      std::to_string(entry.signature.size()) + " bytes");
        return std::nullopt;
    case BlockIdFlag::Unknown: break;
    }
    return refuse(Reason::EntryFlag,
                  at_entry(index) + "flag " + std::to_string(static_cast<int>(entry.flag)));
}

} // namespace

Check validate_header(const Header& header) {
    if (header.version.block != kBlockProtocol)
        return refuse(Reason::BlockProtocol, "version.block is " + std::to_string(header.version.block));
    if (header.chain_id.size() > kMaxChainIdBytes)
        return refuse(Reason::ChainIdLength, std::to_string(header.chain_id.size()) + " bytes");
    if (header.height <= 0) return refuse(Reason::HeaderHeight, "height " + std::to_string(header.height));
    if (!is_on_calendar(header.time))
        return refuse(Reason::HeaderTime, std::to_string(header.time.seconds) + " s");
    return std::nullopt;
}

Check validate_commit(const Commit& commit) {
    // CometBFT lets height 0 pass for the empty commit of a first block; no block that is verified has one.
    if (commit.height <= 0) return refuse(Reason::CommitHeight, "height " + std::to_string(commit.height));
    if (commit.round < 0) return refuse(Reason::CommitRound, "round " + std::to_string(commit.round));
    if (!commit.block_id.is_complete())
        return refuse(Reason::CommitBlockId,
                      commit.block_id.is_zero() ? "it votes for nil" : "a part is missing");
    if (commit.signatures.empty()) return refuse(Reason::CommitEmpty, "0 entries");
    if (commit.signatures.size() > limits::kMaxValidators)
        return refuse(Reason::CommitSize, std::to_string(commit.signatures.size()) + " entries");
    for (std::size_t i = 0; i < commit.signatures.size(); ++i)
        if (auto refusal = validate_entry(commit.signatures[i], i)) return refusal;
    return std::nullopt;
}

Check validate_signed_header(const SignedHeader& signed_header, std::string_view chain_id) {
    const Header& header = signed_header.header;
    const Commit& commit = signed_header.commit;
    if (auto refusal = validate_header(header)) return refusal;
    if (auto refusal = validate_commit(commit)) return refusal;
    if (header.chain_id != chain_id)
        return refuse(Reason::ChainId, "'" + printable(header.chain_id, 50) + "' instead of '" +
                                           printable(chain_id, 50) + "'");
    if (commit.height != header.height)
        return refuse(Reason::CommitForOtherHeight, "commit " + std::to_string(commit.height) + ", header " +
                                                        std::to_string(header.height));
    const Hash hash = header_hash(header);
    if (hash != *commit.block_id.hash)
        return refuse(Reason::CommitForOtherHeader,
                      "commit " + to_hex(*commit.block_id.hash) + ", header " + to_hex(hash));
    return std::nullopt;
}

Check validate_set(const Header& header, const ValidatorSet& set) {
    if (set.empty()) return refuse(Reason::SetEmpty, "the set is empty");
    const Hash hash = validators_hash(set);
    if (hash != header.validators_hash)
        return refuse(Reason::ValidatorsHash,
                      "header " + to_hex(header.validators_hash) + ", set " + to_hex(hash));
    return std::nullopt;
}

Check validate_light_block(const LightBlock& block, std::string_view chain_id) {
    if (auto refusal = validate_signed_header(block.signed_header, chain_id)) return refusal;
    return validate_set(block.header(), block.validators);
}

} // namespace tidewaiter::chain
