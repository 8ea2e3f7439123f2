#include "daemon/cli/light_run.hpp"

#include "daemon/cli/light_fields.hpp"

namespace tidewaiter::cli {

namespace {

constexpr std::size_t kMaxInputs = 10'000;

Result<std::optional<chain::ValidatorSet>> read_set_or_none(const json::Field& field) {
    if (field.is_absent()) return std::optional<chain::ValidatorSet>{};
    TW_TRY(chain::ValidatorSet set, read_validator_set(field));
    return std::optional<chain::ValidatorSet>{std::move(set)};
}

chain::MaybeInput read_input(const json::Field& field) {
    chain::RecordedInput input;
    const json::Field block = field.at("block");
    TW_TRY(input.block, read_light_block(block));
    TW_TRY(input.next_validators, read_set_or_none(block.at("next_validator_set")));
    if (field.at("now").is_absent())
        return within(field.path() + ".now", Error{"json.missing", "is missing"});
    TW_TRY(input.now, read_time(field.at("now")));
    return input;
}

/// The trusted header with its next validators, or with its own where the file carries those instead.
Result<chain::TrustedBlock> read_trusted(const json::Field& initial) {
    TW_TRY(const chain::Header header, read_header(initial.at("signed_header").at("header")));
    json::Field set_field = initial.at("next_validator_set");
    if (set_field.is_absent() && !initial.at("validator_set").is_absent())
        set_field = initial.at("validator_set");
    TW_TRY(chain::ValidatorSet set, read_validator_set(set_field));
    auto trusted = chain::trust(header, std::move(set));
    if (!trusted) return within(set_field.path(), std::move(trusted).error());
    return trusted;
}

Result<std::int64_t> read_period(const json::Field& field) {
    TW_TRY(const std::int64_t period, read_integer(field, INT64_MIN, INT64_MAX));
    if (field.is_absent() || period <= 0)
        return within(field.path(),
                      Error{"json.range", "the trusting period must be a positive number of nanoseconds"});
    return period;
}

bool is_met(const std::optional<std::string>& expected, const chain::Judgement& judgement) {
    return !expected || *expected == name_of(judgement.verdict);
}

json::Value step_report(const chain::MaybeInput& input, const chain::Judgement& judgement,
                        const std::optional<std::string>& expected) {
    json::Value step;
    if (input) step.set("height", input->block.header().height);
    step.set("verdict", name_of(judgement.verdict));
    if (judgement.reason() != chain::Reason::None) {
        step.set("reason", name_of(judgement.reason()));
        step.set("text", text_of(judgement.reason()));
        step.set("detail", judgement.refusal.detail);
    }
    const chain::Reason reason = judgement.reason();
    if (reason == chain::Reason::NotEnoughOverlap || reason == chain::Reason::NotEnoughSigned) {
        step.set("tally", judgement.refusal.tally);
        step.set("needed", judgement.refusal.needed);
    }
    if (expected) {
        step.set("expected", *expected);
        step.set("as_expected", is_met(expected, judgement));
    }
    return step;
}

} // namespace

Result<chain::LightBlock> read_light_block(const json::Field& block) {
    chain::LightBlock out;
    TW_TRY(out.signed_header.header, read_header(block.at("signed_header").at("header")));
    TW_TRY(out.signed_header.commit, read_commit(block.at("signed_header").at("commit")));
    TW_TRY(out.validators, read_validator_set(block.at("validator_set")));
    return out;
}

Result<LightRun> read_light_run(const json::Value& file, const LightSettings& settings) {
    LightRun out;
    const json::Field root = file.root();
    const json::Field initial = root.at("initial");
    TW_TRY(auto description, root.at("description").optional_text());
    out.description = description.value_or("");
    out.run.options.trust_level = settings.trust_level;
    out.run.options.max_clock_drift_ns = settings.max_clock_drift_ns;
    TW_TRY(out.run.options.trusting_period_ns, read_period(initial.at("trusting_period")));
    TW_TRY(out.run.trusted, read_trusted(initial));
    if (auto refusal = chain::check_options(out.run.options)) return fail("chain.options", refusal->detail);
    TW_TRY(const std::vector<json::Field> inputs, root.at("input").items());
    if (inputs.size() > kMaxInputs)
        return fail("json.range", "input: " + std::to_string(inputs.size()) + " steps, at most " +
                                      std::to_string(kMaxInputs));
    for (const json::Field& field : inputs) {
        TW_TRY(auto verdict, field.at("verdict").optional_text());
        out.expected.push_back(std::move(verdict));
        out.run.inputs.push_back(read_input(field));
    }
    return out;
}

bool is_as_expected(const LightRun& run, const std::vector<chain::Judgement>& judgements) {
    for (std::size_t i = 0; i < judgements.size(); ++i)
        if (!is_met(run.expected[i], judgements[i])) return false;
    return true;
}

json::Value light_report(const LightRun& run, const std::vector<chain::Judgement>& judgements) {
    json::Value report;
    report.set("description", run.description);
    std::int64_t trusted = run.run.trusted.height;
    json::Value steps = json::array();
    for (std::size_t i = 0; i < judgements.size(); ++i) {
        const chain::MaybeInput& input = run.run.inputs[i];
        if (judgements[i].is_success()) trusted = input->block.header().height;
        steps.push(step_report(input, judgements[i], run.expected[i]));
    }
    report.set("trusted", trusted);
    report.set("as_expected", is_as_expected(run, judgements));
    report.set("steps", std::move(steps));
    return report;
}

} // namespace tidewaiter::cli
