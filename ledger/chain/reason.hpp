#pragma once

#include "ledger/base/bytes.hpp"

#include <optional>

namespace tidewaiter::chain {

/// Why a block is not accepted: one per rule.
enum class Reason : std::uint8_t {
    None,
    // the question itself
    Options,   ///< trust level outside [1/3, 1], period not positive, drift negative
    Expired,   ///< the trusted header is past the trusting period
    Malformed, ///< bytes or JSON that are no block (recorded runs)
    // the header by itself
    BlockProtocol, ///< version.block is not 11
    ChainIdLength,
    HeaderHeight, ///< not positive
    HeaderTime,   ///< before year 1 or after 9999
    // the commit by itself
    CommitHeight,
    CommitRound,
    CommitBlockId, ///< zero or incomplete
    CommitEmpty,
    CommitSize, ///< more than 10,000 entries
    EntryFlag,
    EntryAbsent, ///< an absent entry with address, time or signature
    EntryTime,
    EntrySignature, ///< length not 1 … 64
    // header and commit together
    ChainId,
    CommitForOtherHeight,
    CommitForOtherHeader,
    // against the trusted block and the clock
    HeightNotAbove,
    TimeNotAfter,
    FromTheFuture,
    SetEmpty,
    ValidatorsHash,     ///< the set is not the header's
    NextValidatorsHash, ///< adjacent: not the set the trusted header announced; runs: not the header's next
                        ///< set
    // the votes
    NotEnoughOverlap, ///< the one reason of NotEnoughTrust
    EntryCount,       ///< not one entry per validator
    EntryAddress,     ///< an entry names another validator than stands at its place
    Signature,        ///< a signature that was looked at does not verify
    DoubleVote,
    NotEnoughSigned, ///< two thirds or less of the block's own set
    // anchors and backwards
    HeaderHash,     ///< not the header that the anchor names
    HeightNotBelow, ///< backwards: not exactly one below
    TimeNotBefore,
    LastBlockId, ///< backwards: not the block that the trusted header names as its last
};

/// Stable word for logs, JSON and tests: "expired", "not-enough-overlap".
[[nodiscard]] std::string_view name_of(Reason reason);
/// One sentence for people.
[[nodiscard]] std::string_view text_of(Reason reason);

struct Refusal {
    Reason reason = Reason::None;
    std::string detail;      ///< the numbers: "height 4 is not above 7"
    std::int64_t tally = 0;  ///< votes: power counted
    std::int64_t needed = 0; ///< votes: power that had to be exceeded
};

/// Nothing, or the rule that was broken.
using Check = std::optional<Refusal>;

} // namespace tidewaiter::chain
