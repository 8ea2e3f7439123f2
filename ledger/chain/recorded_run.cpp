#include "ledger/chain/recorded_run.hpp"

#include "ledger/chain/hashes.hpp"

namespace tidewaiter::chain {

namespace {

Judgement invalid(Reason reason, std::string detail) {
    return {.verdict = Verdict::Invalid, .refusal = {.reason = reason, .detail = std::move(detail)}};
}

TrustedBlock trusted_after(const RecordedInput& input) {
    TrustedBlock trusted = trust(input.block);
    if (input.next_validators) trusted.overlap = *input.next_validators;
    return trusted;
}

} // namespace

Judgement judge(const TrustedBlock& trusted, const MaybeInput& input, const Options& options) {
    if (!input) return invalid(Reason::Malformed, input.error().detail);
    Judgement judgement = verify(trusted, input->block, options, input->now);
    if (judgement.verdict == Verdict::Invalid || !input->next_validators) return judgement;
    const Hash next = validators_hash(*input->next_validators);
    const Hash& announced = input->block.header().next_validators_hash;
    if (next != announced)
        return invalid(Reason::NextValidatorsHash,
                       "the next set is " + to_hex(next) + ", the header announces " + to_hex(announced));
    return judgement;
}

std::vector<Judgement> replay(const RecordedRun& run) {
    std::vector<Judgement> judgements;
    TrustedBlock trusted = run.trusted;
    for (const MaybeInput& input : run.inputs) {
        judgements.push_back(judge(trusted, input, run.options));
        if (judgements.back().is_success()) trusted = trusted_after(*input);
    }
    return judgements;
}

} // namespace tidewaiter::chain
