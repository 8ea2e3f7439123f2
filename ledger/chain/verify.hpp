#pragma once

#include "ledger/chain/reason.hpp"
#include "ledger/chain/types.hpp"

/// The light client's single steps as pure functions of (trusted, untrusted, options, now).
namespace tidewaiter::chain {

inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

/// Fraction of the overlapping set that must have signed, within [1/3, 1].
struct TrustLevel {
    std::uint64_t numerator = 1;
    std::uint64_t denominator = 3;
    bool operator==(const TrustLevel&) const = default;
};

struct Options {
    TrustLevel trust_level;
    std::int64_t trusting_period_ns = 0; ///< must be positive
    std::int64_t max_clock_drift_ns = 10 * kNanosPerSecond;
};

/// What a later step needs of a block that is trusted.
struct TrustedBlock {
    std::string chain_id;
    std::int64_t height = 0;
    TimeNs time;
    Hash header_hash{};
    Hash next_validators_hash{};
    std::optional<Hash> last_block_hash; ///< for backwards steps
    /// The set whose members must overlap in a non-adjacent step: the block's own or its next one. Empty when
    /// not known (an anchor without its light block): then only the adjacent step can succeed.
    ValidatorSet overlap;
};

/// From a light block that was verified: its own set overlaps.
[[nodiscard]] TrustedBlock trust(const LightBlock& block);
/// With either set of the header. Error chain.trusted.set: `overlap` is neither its set nor its next set.
[[nodiscard]] Result<TrustedBlock> trust(const Header& header, ValidatorSet overlap);

enum class Verdict : std::uint8_t { Success, NotEnoughTrust, Invalid };
[[nodiscard]] std::string_view name_of(Verdict verdict); ///< SUCCESS, NOT_ENOUGH_TRUST, INVALID

struct Judgement {
    Verdict verdict = Verdict::Invalid;
    Refusal refusal; ///< Reason::None on Success; tally and needed when votes decided
    [[nodiscard]] bool is_success() const { return verdict == Verdict::Success; }
    [[nodiscard]] Reason reason() const { return refusal.reason; }
};

/// One forward step, adjacent or not by the heights. Only NotEnoughTrust is a cause to bisect.
[[nodiscard]] Judgement verify(const TrustedBlock& trusted, const LightBlock& untrusted,
                               const Options& options, TimeNs now);

/// The first block: is this `expected`, valid by itself and signed by more than 2/3 of its own set? Expiry is
/// not judged here: the first step from it does.
[[nodiscard]] Judgement verify_anchor(const LightBlock& block, std::string_view chain_id, std::int64_t height,
                                      const Hash& expected);

/// One step back: `previous` is the header the trusted one names as its last block. No signature is needed.
[[nodiscard]] Judgement verify_backwards(const TrustedBlock& trusted, const Header& previous);
/// As above; the whole light block must also fit together (commit for this header, set of this header).
[[nodiscard]] Judgement verify_backwards(const TrustedBlock& trusted, const LightBlock& previous);

// ---- the predicates, each for one rule ----

[[nodiscard]] Check check_options(const Options& options);
/// header time + period ≤ now: expired, equality included.
[[nodiscard]] bool is_expired(TimeNs header_time, std::int64_t trusting_period_ns, TimeNs now);
[[nodiscard]] Check check_not_expired(const TrustedBlock& trusted, const Options& options, TimeNs now);
[[nodiscard]] Check check_height_above(const TrustedBlock& trusted, const Header& untrusted);
[[nodiscard]] Check check_time_after(const TrustedBlock& trusted, const Header& untrusted);
/// untrusted time < now + drift, strictly.
[[nodiscard]] Check check_not_from_the_future(const Header& untrusted, const Options& options, TimeNs now);
/// The adjacent rule: the set is the one the trusted header announced.
[[nodiscard]] Check check_announced_set(const TrustedBlock& trusted, const Header& untrusted);

/// Bisection: the height to try between a verified and a refused one (verified < refused − 1 is asserted).
[[nodiscard]] std::int64_t pivot_height(std::int64_t verified, std::int64_t refused);

} // namespace tidewaiter::chain
