#include "tests/unit/ledger/documents/carnet/rule_cases.hpp"

#include "ledger/documents/carnet/rulebook.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace tidewaiter::test {
namespace {

using carnet::Operation;
using documents::Severity;

std::vector<RuleCase> all_cases() {
    std::vector<RuleCase> cases;
    for (const auto& family : {document_cases(), time_cases(), scope_cases(), sequence_cases(),
                               discharge_cases(), transit_cases(), offline_cases(), follow_up_cases()})
        cases.insert(cases.end(), family.begin(), family.end());
    return cases;
}

class CarnetRule : public testing::TestWithParam<RuleCase> {};

/// The severity with which the rule speaks in its own place.
std::optional<Severity> speaks(const RuleCase& row, const CarnetWorld& world) {
    const auto own_severity = [&] { return carnet::find_rule(row.rule)->severity; };
    switch (row.where) {
    case Speaks::AtStamp: return world.fires(row.rule);
    case Speaks::WithoutRecord:
        for (const auto& finding : carnet::judge_unknown(world.reference, world.facts).findings)
            if (finding.rule == row.rule) return finding.severity;
        return std::nullopt;
    case Speaks::AtMerge:
        for (const carnet::Conflict& conflict : world.fold().conflicts)
            if (conflict.rule == row.rule) return own_severity();
        return std::nullopt;
    case Speaks::ByTheDay:
        for (const auto& [rule, since] :
             carnet::calendar(world.carnet, world.fold(), local_date(world.facts.now)))
            if (rule == row.rule) return own_severity();
        return std::nullopt;
    }
    return std::nullopt;
}

TEST_P(CarnetRule, FiresAsItShould) {
    const RuleCase& row = GetParam();
    CarnetWorld world;
    row.set_up(world);
    EXPECT_EQ(speaks(row, world), row.expected);
}

std::string case_name(const RuleCase& row) {
    std::string name = row.rule + "_" + (row.expected ? "fires_" : "silent_") + row.name;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, CarnetRule, testing::ValuesIn(all_cases()),
                         [](const auto& test) { return case_name(test.param); });

/// Rules that wait for the officer's eyes, at an operation where each runs.
class OfficerRule : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override {
        if (GetParam() == "CAR-57")
            closing_in_geneva(world_);
        else
            at_london(world_);
        world_.carnet.head.holder_signed.reset();
    }
    [[nodiscard]] bool is_asked() const {
        const auto questions = world_.judge().questions;
        return std::any_of(questions.begin(), questions.end(),
                           [](const auto& q) { return q.rule == GetParam(); });
    }
    CarnetWorld world_;
};

TEST_P(OfficerRule, FiresOnTheAnswer) {
    world_.proposal.answers[GetParam()] = true;
    EXPECT_EQ(world_.fires(GetParam()), carnet::find_rule(GetParam())->severity);
    EXPECT_FALSE(is_asked());
}

TEST_P(OfficerRule, IsSilentOnTheOtherAnswer) {
    world_.proposal.answers[GetParam()] = false;
    EXPECT_EQ(world_.fires(GetParam()), kSilent);
    EXPECT_FALSE(is_asked());
}

TEST_P(OfficerRule, IsAskedWhileUnanswered) {
    EXPECT_EQ(world_.fires(GetParam()), kSilent);
    EXPECT_TRUE(is_asked());
}

std::vector<std::string> officer_rules() {
    std::vector<std::string> ids;
    for (const documents::RuleInfo& row : carnet::rules())
        if (carnet::asks_officer(row.id)) ids.emplace_back(row.id);
    return ids;
}
INSTANTIATE_TEST_SUITE_P(All, OfficerRule, testing::ValuesIn(officer_rules()), [](const auto& test) {
    std::string name = test.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(CarnetRulebook, HasAFiringAndASilentCaseForEveryRule) {
    std::set<std::string> firing;
    std::set<std::string> silent;
    for (const RuleCase& row : all_cases())
        (row.expected ? firing : silent).insert(row.rule);
    for (const documents::RuleInfo& row : carnet::rules()) {
        if (carnet::asks_officer(row.id)) continue; // OfficerRule has all three answers for each
        EXPECT_TRUE(firing.contains(std::string(row.id))) << row.id << " has no case in which it fires";
        EXPECT_TRUE(silent.contains(std::string(row.id)))
            << row.id << " has no case in which it does not fire";
    }
    for (const std::string& rule : firing)
        EXPECT_NE(carnet::find_rule(rule), nullptr) << rule << " is not in the table";
}

TEST(CarnetRulebook, IsOrderedAndComplete) {
    std::string_view before;
    for (const documents::RuleInfo& row : carnet::rules()) {
        EXPECT_LT(before, row.id);
        before = row.id;
        EXPECT_FALSE(row.citation.empty()) << row.id;
        EXPECT_FALSE(row.condition.empty()) << row.id;
        std::string key = "rule." + std::string(row.id);
        std::transform(key.begin(), key.end(), key.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        EXPECT_EQ(row.message, key);
    }
    EXPECT_EQ(carnet::find_rule("CAR-99"), nullptr);
}

/// Every rule of stamps runs somewhere, and only what the table binds runs.
TEST(CarnetRulebook, BindsRulesToOperations) {
    const std::set<std::string_view> elsewhere{"CAR-66", "CAR-74", "CAR-75", "CAR-84"};
    for (const documents::RuleInfo& row : carnet::rules()) {
        bool runs = false;
        for (int operation = 1; operation <= 24; ++operation)
            runs = runs || carnet::runs_at(row.id, static_cast<Operation>(operation));
        EXPECT_EQ(runs, !elsewhere.contains(row.id)) << row.id;
    }
    EXPECT_TRUE(carnet::runs_at("CAR-42", Operation::TransitOpen));
    EXPECT_FALSE(carnet::runs_at("CAR-43", Operation::TransitOpen))
        << "moving admitted goods to the exit port is lawful";
    EXPECT_FALSE(carnet::runs_at("CAR-61", Operation::Reexport));
    EXPECT_FALSE(carnet::runs_at("CAR-18", Operation::Reexport));
    EXPECT_FALSE(carnet::runs_at("CAR-27", Operation::Regularise));
    EXPECT_TRUE(carnet::runs_at("CAR-46", Operation::Regularise));
}

TEST(CarnetJudge, UnknownCarnetAlsoTellsWhatNeedsNoRecord) {
    CarnetWorld world;
    world.facts.copy_age_seconds = 13 * 3600;
    world.facts.clock_error_seconds = 500;
    world.facts.code = carnet::CodeCheck::Replayed;
    std::vector<std::string> rules;
    for (const auto& finding : carnet::judge_unknown(world.reference, world.facts).findings)
        rules.push_back(finding.rule);
    EXPECT_THAT(rules, testing::ElementsAre("CAR-03", "CAR-04", "CAR-67", "CAR-72"));
}

TEST(CarnetJudge, AsksNothingThatTheLedgerAnswers) {
    CarnetWorld world;
    at_london(world);
    for (const auto& question : world.judge().questions)
        EXPECT_NE(question.rule, "CAR-09");
}

TEST(CarnetJudge, NamesTheFiguresBehindAFinding) {
    CarnetWorld world;
    world.exported("1,2x3,3-4").propose(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4");
    const auto findings = world.judge().findings;
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].rule, "CAR-41");
    EXPECT_THAT(findings[0].facts, testing::ElementsAre(testing::Pair("excess", "2x1")));
}

} // namespace
} // namespace tidewaiter::test
