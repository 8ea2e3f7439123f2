#include "ledger/chain/verify.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/chain/hashes.hpp"
#include "ledger/chain/validate.hpp"
#include "ledger/chain/votes.hpp"

namespace tidewaiter::chain {

namespace {

__extension__ using Wide = unsigned __int128;

Check refuse(Reason reason, std::string detail) {
    return Refusal{.reason = reason, .detail = std::move(detail)};
}

Judgement judged(Check refusal) {
    if (!refusal) return {.verdict = Verdict::Success, .refusal = {}};
    const bool can_bisect = refusal->reason == Reason::NotEnoughOverlap;
    return {.verdict = can_bisect ? Verdict::NotEnoughTrust : Verdict::Invalid,
            .refusal = std::move(*refusal)};
}

Check check_own_commit(const LightBlock& block, CheckedSignatures& signatures) {
    return check_commit(block.validators, block.commit().block_id, block.header().height, block.commit(),
                        signatures);
}

/// The conditions of one step, in CometBFT's order; the block's own set, which an attacker sizes, comes last.
Check check_step(const TrustedBlock& trusted, const LightBlock& untrusted, const Options& options,
                 TimeNs now) {
    const Header& header = untrusted.header();
    if (auto refusal = check_options(options)) return refusal;
    if (auto refusal = check_not_expired(trusted, options, now)) return refusal;
    if (auto refusal = validate_signed_header(untrusted.signed_header, trusted.chain_id)) return refusal;
    if (auto refusal = check_height_above(trusted, header)) return refusal;
    if (auto refusal = check_time_after(trusted, header)) return refusal;
    if (auto refusal = check_not_from_the_future(header, options, now)) return refusal;
    if (auto refusal = validate_set(header, untrusted.validators)) return refusal;
    CheckedSignatures signatures(untrusted.commit(), trusted.chain_id);
    if (header.height - 1 == trusted.height) {
        if (auto refusal = check_announced_set(trusted, header)) return refusal;
    } else {
        if (auto refusal =
                check_overlap(trusted.overlap, options.trust_level, untrusted.commit(), signatures))
            return refusal;
    }
    return check_own_commit(untrusted, signatures);
}

Check check_anchor(const LightBlock& block, std::string_view chain_id, std::int64_t height,
                   const Hash& expected) {
    if (auto refusal = validate_light_block(block, chain_id)) return refusal;
    if (block.header().height != height)
        return refuse(Reason::HeaderHash, "height " + std::to_string(block.header().height) +
                                              ", the anchor names " + std::to_string(height));
    // validate_light_block has shown that this is the header's own hash.
    if (*block.commit().block_id.hash != expected)
        return refuse(Reason::HeaderHash,
                      to_hex(*block.commit().block_id.hash) + ", the anchor names " + to_hex(expected));
    CheckedSignatures signatures(block.commit(), chain_id);
    return check_own_commit(block, signatures);
}

Check check_backwards(const TrustedBlock& trusted, const Header& previous) {
    if (auto refusal = validate_header(previous)) return refusal;
    if (previous.chain_id != trusted.chain_id)
        return refuse(Reason::ChainId, "'" + printable(previous.chain_id, 50) + "' instead of '" +
                                           printable(trusted.chain_id, 50) + "'");
    if (previous.height != trusted.height - 1)
        return refuse(Reason::HeightNotBelow, std::to_string(previous.height) + " is not the height below " +
                                                  std::to_string(trusted.height));
    if (previous.time >= trusted.time)
        return refuse(Reason::TimeNotBefore,
                      format_time_ns(previous.time) + " is not before " + format_time_ns(trusted.time));
    const Hash hash = header_hash(previous);
    if (!trusted.last_block_hash || hash != *trusted.last_block_hash)
        return refuse(Reason::LastBlockId,
                      to_hex(hash) + ", the trusted header names " +
                          (trusted.last_block_hash ? to_hex(*trusted.last_block_hash) : std::string("none")));
    return std::nullopt;
}

} // namespace

std::string_view name_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::Success: return "SUCCESS";
    case Verdict::NotEnoughTrust: return "NOT_ENOUGH_TRUST";
    case Verdict::Invalid: return "INVALID";
    }
    return "INVALID";
}

TrustedBlock trust(const LightBlock& block) {
    const Header& header = block.header();
    return {.chain_id = header.chain_id,
            .height = header.height,
            .time = header.time,
            .header_hash = header_hash(header),
            .next_validators_hash = header.next_validators_hash,
            .last_block_hash = header.last_block_id.hash,
            .overlap = block.validators};
}

Result<TrustedBlock> trust(const Header& header, ValidatorSet overlap) {
    const Hash hash = validators_hash(overlap);
    if (overlap.empty() || (hash != header.validators_hash && hash != header.next_validators_hash))
        return fail("chain.trusted.set", "the validators (hash " + to_hex(hash) +
                                             ") are neither the header's (" + to_hex(header.validators_hash) +
                                             ") nor its next ones (" + to_hex(header.next_validators_hash) +
                                             ")");
    return TrustedBlock{.chain_id = header.chain_id,
                        .height = header.height,
                        .time = header.time,
                        .header_hash = header_hash(header),
                        .next_validators_hash = header.next_validators_hash,
                        .last_block_hash = header.last_block_id.hash,
                        .overlap = std::move(overlap)};
}

Judgement verify(const TrustedBlock& trusted, const LightBlock& untrusted, const Options& options,
                 TimeNs now) {
    return judged(check_step(trusted, untrusted, options, now));
}

Judgement verify_anchor(const LightBlock& block, std::string_view chain_id, std::int64_t height,
                        const Hash& expected) {
    return judged(check_anchor(block, chain_id, height, expected));
}

Judgement verify_backwards(const TrustedBlock& trusted, const Header& previous) {
    return judged(check_backwards(trusted, previous));
}

Judgement verify_backwards(const TrustedBlock& trusted, const LightBlock& previous) {
    if (auto refusal = check_backwards(trusted, previous.header())) return judged(std::move(refusal));
    return judged(validate_light_block(previous, trusted.chain_id));
}

Check check_options(const Options& options) {
    const TrustLevel level = options.trust_level;
    const bool is_level_good = level.denominator > 0 && level.numerator <= level.denominator &&
                               static_cast<Wide>(level.numerator) * 3 >= level.denominator;
    if (!is_level_good)
        return refuse(Reason::Options, "the trust level " + std::to_string(level.numerator) + "/" +
                                           std::to_string(level.denominator) + " is outside [1/3, 1]");
    if (options.trusting_period_ns <= 0)
        return refuse(Reason::Options, "the trusting period is not positive");
    if (options.max_clock_drift_ns < 0) return refuse(Reason::Options, "the clock drift is negative");
    return std::nullopt;
}

bool is_expired(TimeNs header_time, std::int64_t trusting_period_ns, TimeNs now) {
    return add_nanos(header_time, trusting_period_ns) <= now;
}

Check check_not_expired(const TrustedBlock& trusted, const Options& options, TimeNs now) {
    if (!is_expired(trusted.time, options.trusting_period_ns, now)) return std::nullopt;
    return refuse(Reason::Expired, "trusted until " +
                                       format_time_ns(add_nanos(trusted.time, options.trusting_period_ns)) +
                                       ", now " + format_time_ns(now));
}

Check check_height_above(const TrustedBlock& trusted, const Header& untrusted) {
    if (untrusted.height > trusted.height) return std::nullopt;
    return refuse(Reason::HeightNotAbove,
                  std::to_string(untrusted.height) + " is not above " + std::to_string(trusted.height));
}

Check check_time_after(const TrustedBlock& trusted, const Header& untrusted) {
    if (untrusted.time > trusted.time) return std::nullopt;
    return refuse(Reason::TimeNotAfter,
                  format_time_ns(untrusted.time) + " is not after " + format_time_ns(trusted.time));
}

Check check_not_from_the_future(const Header& untrusted, const Options& options, TimeNs now) {
    if (untrusted.time < add_nanos(now, options.max_clock_drift_ns)) return std::nullopt;
    return refuse(Reason::FromTheFuture, format_time_ns(untrusted.time) + ", now " + format_time_ns(now));
}

Check check_announced_set(const TrustedBlock& trusted, const Header& untrusted) {
    if (untrusted.validators_hash == trusted.next_validators_hash) return std::nullopt;
    return refuse(Reason::NextValidatorsHash, "announced " + to_hex(trusted.next_validators_hash) +
                                                  ", header " + to_hex(untrusted.validators_hash));
}

std::int64_t pivot_height(std::int64_t verified, std::int64_t refused) {
    TW_ASSERT(refused - verified > 1);
    const Wide gap = static_cast<Wide>(refused - verified);
    return verified + static_cast<std::int64_t>(gap * 9 / 16);
}

} // namespace tidewaiter::chain
