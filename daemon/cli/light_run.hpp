#pragma once

#include "daemon/json/json.hpp"
#include "ledger/chain/recorded_run.hpp"

/// Recorded light-client sessions in the JSON shape of CometBFT's model-based tests: what `tidewaiter light`
/// judges.
namespace tidewaiter::cli {

struct LightSettings {
    chain::TrustLevel trust_level;
    std::int64_t max_clock_drift_ns = chain::kNanosPerSecond; ///< the drift of the published runs
};

struct LightRun {
    std::string description;
    chain::RecordedRun run;
    /// Per input: the verdict the file expects, where it names one.
    std::vector<std::optional<std::string>> expected;
};

/// {"description", "initial": {"signed_header", "next_validator_set", "trusting_period" (ns), "now"},
///  "input": [{"block": {"signed_header", "validator_set", "next_validator_set"}, "now", "verdict"}]}.
/// Absent and null mean CometBFT's zero value. An error names the path of the field and is about the file as
/// a whole or its `initial`; an input that cannot be read becomes one to be judged INVALID. Errors: json.*,
/// hex.*, base64.invalid, time.timestamp, chain.*.
[[nodiscard]] Result<LightRun> read_light_run(const json::Value& file, const LightSettings& settings = {});

/// {"description", "trusted" (height at the end), "as_expected", "steps": [{"height", "verdict", "reason",
/// "text",
///  "detail", "tally", "needed", "expected", "as_expected"}]}; members that do not apply are left out.
[[nodiscard]] json::Value light_report(const LightRun& run, const std::vector<chain::Judgement>& judgements);

/// True when no input names a verdict other than the one it got.
[[nodiscard]] bool is_as_expected(const LightRun& run, const std::vector<chain::Judgement>& judgements);

/// {"signed_header", "validator_set"} as CometBFT's RPC and the recorded runs write it.
[[nodiscard]] Result<chain::LightBlock> read_light_block(const json::Field& block);

} // namespace tidewaiter::cli
