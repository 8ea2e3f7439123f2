#include "daemon/cli/light_run.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

/// CometBFT's published model-based runs: every verdict, and for each refusal the reason.
namespace tidewaiter {
namespace {

using chain::Reason;

const std::filesystem::path kRuns = TW_SOURCE_DIR "/../shared/vectors/cometbft/light/mbt/json";

/// INVALID covers much: why each of them must be refused, by file and step. Two of them also
/// ask after trust has run out, and expiry is looked at first; what they are named for is tested below.
const std::map<std::pair<std::string, std::size_t>, Reason> kInvalid{
    {{"MC4_4_faulty_Test2NotEnoughTrustFailure.json", 2}, Reason::Expired},
    {{"MC4_4_faulty_Test3NotEnoughTrustFailure.json", 4}, Reason::NextValidatorsHash},
    {{"MC4_4_faulty_TestFailure.json", 2}, Reason::Expired},
    {{"MC4_4_faulty_TestHeaderFromFuture.json", 0}, Reason::Expired},
    {{"MC4_4_faulty_TestUntrustedBeforeTrusted.json", 0}, Reason::Expired},
};

cli::LightRun load(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    auto value = json::parse(text.str());
    EXPECT_TRUE(value.has_value()) << path;
    auto run = cli::read_light_run(value.value());
    EXPECT_TRUE(run.has_value()) << path << ": " << (run ? "" : run.error().detail);
    return std::move(run).value();
}

TEST(RecordedRuns, GiveEveryPublishedVerdictForTheRightReason) {
    if (!std::filesystem::exists(kRuns))
        GTEST_SKIP() << "SKIPPED: CometBFT's recorded runs are not at " << kRuns << "; nothing was compared";
    std::size_t verdicts = 0;
    std::size_t invalid = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kRuns)) {
        const std::string name = entry.path().filename();
        const cli::LightRun run = load(entry.path());
        const auto judgements = chain::replay(run.run);
        ASSERT_EQ(judgements.size(), run.expected.size()) << name;
        for (std::size_t i = 0; i < judgements.size(); ++i, ++verdicts) {
            ASSERT_TRUE(run.expected[i].has_value()) << name << " step " << i;
            EXPECT_EQ(name_of(judgements[i].verdict), *run.expected[i])
                << name << " step " << i << ": " << judgements[i].refusal.detail;
            Reason expected = Reason::None;
            if (*run.expected[i] == "NOT_ENOUGH_TRUST") expected = Reason::NotEnoughOverlap;
            if (*run.expected[i] == "INVALID") {
                ++invalid;
                ASSERT_TRUE(kInvalid.contains({name, i})) << name << " step " << i;
                expected = kInvalid.at({name, i});
            }
            EXPECT_EQ(name_of(judgements[i].reason()), name_of(expected))
                << name << " step " << i << ": " << judgements[i].refusal.detail;
        }
        EXPECT_TRUE(cli::is_as_expected(run, judgements)) << name;
    }
    EXPECT_EQ(verdicts, 30U);
    EXPECT_EQ(invalid, kInvalid.size());
}

/// The only step of a run, judged at the moment of its trusted header.
Reason reason_while_trusted(const std::string& name) {
    cli::LightRun run = load(kRuns / name);
    EXPECT_TRUE(run.run.inputs.at(0).has_value()) << name;
    run.run.inputs[0]->now = run.run.trusted.time;
    return chain::replay(run.run)[0].reason();
}

TEST(RecordedRuns, AreRefusedForWhatTheyAreNamedForWhenTrustHasNotRunOut) {
    if (!std::filesystem::exists(kRuns))
        GTEST_SKIP() << "SKIPPED: CometBFT's recorded runs are not at " << kRuns;
    EXPECT_EQ(reason_while_trusted("MC4_4_faulty_TestHeaderFromFuture.json"), Reason::FromTheFuture);
    EXPECT_EQ(reason_while_trusted("MC4_4_faulty_TestUntrustedBeforeTrusted.json"), Reason::TimeNotAfter);
}

TEST(RecordedRuns, AChangedSignatureTurnsEverySuccessIntoInvalid) {
    if (!std::filesystem::exists(kRuns))
        GTEST_SKIP() << "SKIPPED: CometBFT's recorded runs are not at " << kRuns;
    std::size_t changed = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kRuns)) {
        const cli::LightRun run = load(entry.path());
        for (std::size_t i = 0; i < run.run.inputs.size(); ++i) {
            if (run.expected[i] != "SUCCESS") continue;
            chain::MaybeInput input = run.run.inputs[i];
            auto& entries = input->block.signed_header.commit.signatures;
            for (auto& vote : entries)
                if (vote.flag == chain::BlockIdFlag::Commit) vote.signature[1] ^= 1;
            // Up to here the run went well: judge this step from the same trusted block.
            chain::RecordedRun before = run.run;
            before.inputs.resize(i, run.run.inputs[0]);
            before.inputs.push_back(input);
            EXPECT_EQ(chain::replay(before).back().reason(), Reason::Signature)
                << entry.path() << " step " << i;
            ++changed;
        }
    }
    EXPECT_GE(changed, 8U);
}

} // namespace
} // namespace tidewaiter
