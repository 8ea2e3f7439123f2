#pragma once

#include "ledger/chain/types.hpp"

namespace tidewaiter::chain {

enum class VoteType : std::uint8_t { Unknown = 0, Prevote = 1, Precommit = 2, Proposal = 32 };

/// What a validator signs: the length-prefixed CanonicalVote. A zero `block_id` is a vote for nil.
struct Vote {
    VoteType type = VoteType::Precommit;
    std::int64_t height = 0;
    std::int32_t round = 0;
    BlockId block_id;
    TimeNs time = kZeroTime;
};

[[nodiscard]] Bytes vote_sign_bytes(const Vote& vote, std::string_view chain_id);

/// Writes the sign bytes of a commit's entries one after another into one buffer.
class CommitSignBytes {
  public:
    /// Both outlive this object.
    CommitSignBytes(const Commit& commit, std::string_view chain_id);
    /// Of entry `index` (flag Commit or Nil); valid until the next call.
    [[nodiscard]] ByteView of(std::size_t index);

  private:
    const Commit& commit_;
    std::string_view chain_id_;
    Bytes buffer_;
};

} // namespace tidewaiter::chain
