#include "ledger/chain/sign_bytes.hpp"

#include "ledger/chain/wire.hpp"

namespace tidewaiter::chain {

namespace {

/// `block_id` null or zero: a vote for nil. Replaces what is in `out`.
void write_vote(Bytes& out, VoteType type, std::int64_t height, std::int32_t round, const BlockId* block_id,
                TimeNs time, std::string_view chain_id) {
    out.assign(1, 0); // the length, below; a second byte goes in when it is needed
    Wire wire(out);
    wire.unsigned_integer(1, static_cast<std::uint64_t>(type));
    wire.fixed64(2, height);
    wire.fixed64(3, round);
    if (block_id != nullptr && !block_id->is_zero())
        wire.message(4, [&] { write_block_id(wire, *block_id); });
    wire.message(5, [&] { write_time(wire, time); });
    wire.bytes(6, as_bytes(chain_id));
    const std::size_t length = out.size() - 1;
    if (length < 0x80) {
        out[0] = static_cast<std::uint8_t>(length);
        return;
    }
    Bytes prefix;
    Wire(prefix).varint(length);
    out[0] = prefix[0];
    out.insert(out.begin() + 1, prefix.begin() + 1, prefix.end());
}

} // namespace

Bytes vote_sign_bytes(const Vote& vote, std::string_view chain_id) {
    Bytes out;
    write_vote(out, vote.type, vote.height, vote.round, &vote.block_id, vote.time, chain_id);
    return out;
}

CommitSignBytes::CommitSignBytes(const Commit& commit, std::string_view chain_id)
    : commit_(commit), chain_id_(chain_id) {
    buffer_.reserve(192);
}

ByteView CommitSignBytes::of(std::size_t index) {
    const CommitSig& entry = commit_.signatures[index];
    write_vote(buffer_, VoteType::Precommit, commit_.height, commit_.round,
               entry.flag == BlockIdFlag::Commit ? &commit_.block_id : nullptr, entry.time, chain_id_);
    return buffer_;
}

} // namespace tidewaiter::chain
