#include "daemon/cli/light.hpp"

#include "daemon/cli/light_run.hpp"
#include "daemon/cli/report.hpp"
#include "daemon/files/files.hpp"

#include <algorithm>

namespace tidewaiter::cli {

namespace {

constexpr std::size_t kMaxRunBytes = 256U * 1024 * 1024;

} // namespace

std::string light_line(const json::Value& step) {
    const auto text = [&](std::string_view name) {
        const json::Value* member = step.find(name);
        return member == nullptr ? std::string() : printable(member->text_or(""), 1'000);
    };
    std::string line = text("verdict");
    if (const json::Value* height = step.find("height"))
        line += " height " + std::to_string(height->integer_or(0));
    if (const std::string why = text("text"); !why.empty()) line += ": " + why;
    if (const std::string detail = text("detail"); !detail.empty()) line += " (" + detail + ")";
    const json::Value* as_expected = step.find("as_expected");
    if (as_expected != nullptr && !as_expected->boolean_or(true)) line += "; EXPECTED " + text("expected");
    return line;
}

int run_light(const std::string& path, std::int64_t drift_seconds, bool is_json) {
    const Result<std::string> content = files::read_text(path, kMaxRunBytes);
    if (!content) return report(content.error());
    const Result<json::Value> file = json::parse(*content, {.max_depth = 64, .max_bytes = kMaxRunBytes});
    if (!file) return report({file.error().code, path + ": " + file.error().detail});
    LightSettings settings;
    settings.max_clock_drift_ns = drift_seconds * chain::kNanosPerSecond;
    const Result<LightRun> run = read_light_run(*file, settings);
    if (!run) return report({run.error().code, path + ": " + run.error().detail});
    const std::vector<chain::Judgement> judgements = chain::replay(run->run);
    const json::Value shown = light_report(*run, judgements);
    if (is_json)
        say_json(shown);
    else
        for (const json::Value& step : shown.find("steps")->items())
            say(light_line(step));
    const bool has_expected =
        std::ranges::any_of(run->expected, [](const auto& verdict) { return verdict.has_value(); });
    if (has_expected) return is_as_expected(*run, judgements) ? kOk : kInvalid;
    const bool has_invalid = std::ranges::any_of(judgements, [](const chain::Judgement& judgement) {
        return judgement.verdict == chain::Verdict::Invalid;
    });
    return has_invalid ? kInvalid : kOk;
}

} // namespace tidewaiter::cli
