#pragma once

#include "ledger/chain/verify.hpp"

/// A recorded light-client session, replayed: the loop behind `tidewaiter light`.
namespace tidewaiter::chain {

struct RecordedInput {
    LightBlock block;
    std::optional<ValidatorSet>
        next_validators; ///< overlaps in the next step; without it the block's own set does
    TimeNs now;
};

/// An input that could not even be read is judged Invalid(Malformed) with this error's text.
using MaybeInput = Result<RecordedInput>;

struct RecordedRun {
    Options options;
    TrustedBlock trusted;
    std::vector<MaybeInput> inputs;
};

/// One step: a next set that is not the header's is Invalid(NextValidatorsHash).
[[nodiscard]] Judgement judge(const TrustedBlock& trusted, const MaybeInput& input, const Options& options);

/// One judgement per input; a block judged Success becomes the trusted one, no other does.
[[nodiscard]] std::vector<Judgement> replay(const RecordedRun& run);

} // namespace tidewaiter::chain
