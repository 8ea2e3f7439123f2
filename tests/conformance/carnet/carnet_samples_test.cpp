#include "tests/support/carnet_sample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter::test {
namespace {

class CarnetSamples : public testing::TestWithParam<std::string> {};

/// Each step has exactly the verdict and the rules of the file, and at the end exactly that is open.
TEST_P(CarnetSamples, AgreeStepByStep) {
    const CarnetSample sample = load_carnet_sample(GetParam());
    SCOPED_TRACE(sample.title);
    CarnetRun run(sample);
    for (const CarnetStep& step : sample.steps) {
        SCOPED_TRACE("step " + std::to_string(step.number) + " " + step.operation + " at " + step.place);
        const StepResult result = run.play(step);
        EXPECT_EQ(result.verdict, step.verdict);
        EXPECT_EQ(result.rules, step.rules);
        EXPECT_EQ(result.rules_at_merge, step.rules_at_merge);
    }
    const CarnetEnd end = run.end();
    EXPECT_EQ(end.state, sample.end.state);
    EXPECT_EQ(end.home, sample.end.home);
    EXPECT_EQ(end.admitted, sample.end.admitted);
    EXPECT_EQ(end.transit, sample.end.transit);
    EXPECT_EQ(end.regularised, sample.end.regularised);
    EXPECT_EQ(end.calendar, sample.end.calendar);
}

INSTANTIATE_TEST_SUITE_P(All, CarnetSamples, testing::Values("S1", "S2", "S3", "S4", "S5", "S6"),
                         [](const auto& sample) { return sample.param; });

/// What stands in the head is what the fold says.
TEST(CarnetHead, HoldsTheOpenBalances) {
    const CarnetSample sample = load_carnet_sample("S4");
    CarnetRun run(sample);
    for (const CarnetStep& step : sample.steps)
        run.play(step);
    const carnet::Head head = run.current().head;
    ASSERT_EQ(head.obligations.size(), 2U);
    EXPECT_EQ(head.obligations[0].kind, carnet::ObligationKind::Home);
    EXPECT_EQ(head.obligations[0].territory, "DE");
    EXPECT_EQ(head.obligations[0].lines, "4x2");
    EXPECT_EQ(head.obligations[1].kind, carnet::ObligationKind::Admission);
    EXPECT_EQ(head.obligations[1].territory, "US");
    EXPECT_EQ(head.obligations[1].lines, "4x2");
    EXPECT_EQ(head.status, carnet::CarnetStatus::Active);
    EXPECT_EQ(head.stamps, 5U);
    EXPECT_EQ(head.stamp_pages, 1U);
}

TEST(CarnetHead, IsSuspendedWithBothBranchesListed) {
    const CarnetSample sample = load_carnet_sample("S5");
    CarnetRun run(sample);
    for (const CarnetStep& step : sample.steps)
        run.play(step);
    const carnet::Carnet carnet = run.current();
    EXPECT_EQ(carnet.head.status, carnet::CarnetStatus::Suspended);
    EXPECT_TRUE(carnet.head.has(carnet::Flag::Branch));
    EXPECT_EQ(carnet.head.branches.size(), 2U);
    EXPECT_EQ(std::count_if(carnet.stamps.begin(), carnet.stamps.end(),
                            [](const carnet::Stamp& stamp) { return stamp.entry.in_open_branch; }),
              2);
}

} // namespace
} // namespace tidewaiter::test
