#include "ledger/chain/recorded_run.hpp"

#include "ledger/chain/hashes.hpp"
#include "tests/support/chain_maker.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::chain {
namespace {

RecordedInput input(const test::ChainMaker& maker, std::int64_t height) {
    return {.block = maker.at(height), .next_validators = {}, .now = maker.now()};
}

TEST(RecordedRun, OnlyASuccessMovesTrust) {
    test::ChainMaker maker(test::equal_shares(4));
    maker.add();
    maker.add({.next_set = test::equal_shares(4, 10, 10)}); // from height 3 on nobody is left
    maker.grow(3);
    RecordedRun run{.options = test::ChainMaker::options(), .trusted = trust(maker.at(1)), .inputs = {}};
    run.inputs.push_back(input(maker, 5));
    run.inputs.push_back(input(maker, 2));
    run.inputs.push_back(fail("json.missing", "input[2].block: missing"));
    run.inputs.push_back(input(maker, 5));
    run.inputs.push_back(input(maker, 3));
    run.inputs.push_back(input(maker, 5));
    run.inputs.push_back(input(maker, 4));
    const auto judgements = replay(run);
    const std::vector<std::pair<Verdict, Reason>> expected{
        {Verdict::NotEnoughTrust, Reason::NotEnoughOverlap},
        {Verdict::Success, Reason::None},
        {Verdict::Invalid, Reason::Malformed},
        {Verdict::NotEnoughTrust, Reason::NotEnoughOverlap},
        {Verdict::Success, Reason::None},
        {Verdict::Success, Reason::None},
        {Verdict::Invalid, Reason::HeightNotAbove}};
    ASSERT_EQ(judgements.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(judgements[i].verdict, expected[i].first) << i;
        EXPECT_EQ(judgements[i].reason(), expected[i].second) << i;
    }
    EXPECT_EQ(judgements[2].refusal.detail, "input[2].block: missing");
}

TEST(RecordedRun, TakesTheNextSetForTheOverlapWhenItIsTheHeaders) {
    test::ChainMaker maker(test::equal_shares(4));
    maker.add();
    maker.add({.next_set = test::equal_shares(4, 10, 10)});
    maker.grow(3);
    const Options options = test::ChainMaker::options();
    RecordedInput second = input(maker, 2);
    second.next_validators = maker.at(3).validators;
    RecordedRun run{.options = options, .trusted = trust(maker.at(1)), .inputs = {second, input(maker, 5)}};
    auto judgements = replay(run);
    EXPECT_TRUE(judgements[0].is_success());
    EXPECT_TRUE(judgements[1].is_success()) << "the next set of 2 signed 5";

    second.next_validators = maker.set_of(test::equal_shares(4, 10, 20));
    run.inputs = {second, input(maker, 2)};
    judgements = replay(run);
    EXPECT_EQ(judgements[0].reason(), Reason::NextValidatorsHash);
    EXPECT_TRUE(judgements[1].is_success()) << "the refused one was not taken over";
}

TEST(Trust, DemandsASetOfTheHeader) {
    test::ChainMaker maker;
    maker.add({.next_set = test::equal_shares(3)});
    maker.add();
    const Header& header = maker.at(1).header();
    EXPECT_TRUE(trust(header, maker.at(1).validators).has_value());
    EXPECT_TRUE(trust(header, maker.at(2).validators).has_value());
    EXPECT_EQ(trust(header, maker.set_of(test::equal_shares(2))).error().code, "chain.trusted.set");
    EXPECT_EQ(trust(header, ValidatorSet{}).error().code, "chain.trusted.set");
    EXPECT_EQ(trust(maker.at(1)).header_hash, header_hash(header));
}

} // namespace
} // namespace tidewaiter::chain
