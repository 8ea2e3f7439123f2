#include "ledger/chain/verify.hpp"

#include "ledger/chain/hashes.hpp"
#include "ledger/chain/votes.hpp"
#include "tests/support/chain_maker.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::chain {
namespace {

/// Powers 50, 40, 30, 20: two thirds are 93, one third is 46.
struct Scene {
    test::ChainMaker maker;
    Options options = test::ChainMaker::options();

    Scene() { maker.grow(5); }
    explicit Scene(std::vector<test::Share> set) : maker(std::move(set)) { maker.grow(5); }

    Judgement step(std::int64_t from, const LightBlock& block) {
        return verify(trust(maker.at(from)), block, options, maker.now());
    }
    /// Height 5 signed by all but these.
    LightBlock last_without(std::set<std::size_t> absent, std::set<std::size_t> nil = {}) {
        Header header = maker.at(5).header();
        return maker.seal(header, test::shares({50, 40, 30, 20}),
                          {.absent = std::move(absent), .nil = std::move(nil)});
    }
};

TEST(Verify, TakesAdjacentAndSkippingSteps) {
    Scene scene;
    for (std::int64_t from = 1; from < 5; ++from)
        for (std::int64_t to = from + 1; to <= 5; ++to) {
            const Judgement judgement = scene.step(from, scene.maker.at(to));
            EXPECT_TRUE(judgement.is_success()) << from << " to " << to << ": " << judgement.refusal.detail;
            EXPECT_EQ(judgement.reason(), Reason::None);
        }
}

TEST(Verify, TakesLaterRoundsAndOneValidator) {
    Scene scene;
    EXPECT_TRUE(scene
                    .step(4, scene.maker.seal(scene.maker.at(5).header(), test::shares({50, 40, 30, 20}),
                                              {.round = 7}))
                    .is_success());
    Scene solo(test::shares({1}));
    EXPECT_TRUE(solo.step(1, solo.maker.at(2)).is_success());
    EXPECT_TRUE(solo.step(1, solo.maker.at(5)).is_success());
}

TEST(Verify, NeedsMoreThanTwoThirdsOfTheOwnSet) {
    Scene scene;
    struct Case {
        std::set<std::size_t> absent;
        std::int64_t signed_power;
    };
    const std::vector<Case> cases{{{}, 140},       {{3}, 120},       {{2}, 110},   {{1}, 100},
                                  {{0}, 90},       {{2, 3}, 90},     {{1, 3}, 80}, {{0, 3}, 70},
                                  {{0, 1, 2}, 20}, {{0, 1, 2, 3}, 0}};
    for (const std::int64_t from : {4, 2}) {
        for (const Case& example : cases) {
            const Judgement judgement = scene.step(from, scene.last_without(example.absent));
            if (example.signed_power > 93) {
                EXPECT_TRUE(judgement.is_success()) << example.signed_power;
            } else if (from == 2 && example.signed_power <= 46) {
                EXPECT_EQ(judgement.verdict, Verdict::NotEnoughTrust);
                EXPECT_EQ(judgement.reason(), Reason::NotEnoughOverlap);
                EXPECT_EQ(judgement.refusal.tally, example.signed_power);
                EXPECT_EQ(judgement.refusal.needed, 46);
            } else {
                EXPECT_EQ(judgement.verdict, Verdict::Invalid);
                EXPECT_EQ(judgement.reason(), Reason::NotEnoughSigned) << example.signed_power;
                EXPECT_EQ(judgement.refusal.tally, example.signed_power);
                EXPECT_EQ(judgement.refusal.needed, 93);
            }
        }
    }
}

TEST(Verify, NilVotesDoNotCount) {
    Scene scene;
    const Judgement judgement = scene.step(4, scene.last_without({}, {0}));
    EXPECT_EQ(judgement.reason(), Reason::NotEnoughSigned);
    EXPECT_EQ(judgement.refusal.tally, 90);
    EXPECT_TRUE(scene.step(4, scene.last_without({}, {2})).is_success());
}

TEST(Verify, ExactlyTheThresholdIsNotEnough) {
    // Total 30: two thirds are exactly 20, one third exactly 10.
    Scene scene(test::equal_shares(3));
    const auto signed_by = [&](std::set<std::size_t> absent) {
        return scene.maker.seal(scene.maker.at(5).header(), test::equal_shares(3),
                                {.absent = std::move(absent)});
    };
    EXPECT_EQ(scene.step(4, signed_by({0})).reason(), Reason::NotEnoughSigned);
    EXPECT_TRUE(scene.step(4, signed_by({})).is_success());
    const Judgement one = scene.step(1, signed_by({0, 1}));
    EXPECT_EQ(one.verdict, Verdict::NotEnoughTrust);
    EXPECT_EQ(one.refusal.tally, 10);
    EXPECT_EQ(one.refusal.needed, 10);
}

TEST(Verify, CountsTheGreatestPowersWithoutOverflow) {
    const std::int64_t half = limits::kMaxTotalVotingPower / 2;
    Scene scene(std::vector<test::Share>{{.signer = 0, .power = half}, {.signer = 1, .power = half}});
    scene.options.trust_level = {.numerator = UINT64_MAX - 1, .denominator = UINT64_MAX};
    EXPECT_TRUE(scene.step(1, scene.maker.at(5)).is_success());
    const std::vector<test::Share> set{{.signer = 0, .power = half}, {.signer = 1, .power = half}};
    const LightBlock one = scene.maker.seal(scene.maker.at(5).header(), set, {.absent = {1}});
    EXPECT_EQ(scene.step(1, one).verdict, Verdict::NotEnoughTrust);
    EXPECT_EQ(scene.step(4, one).reason(), Reason::NotEnoughSigned);
    scene.options.trust_level = {.numerator = 1, .denominator = 3};
    EXPECT_EQ(scene.step(1, one).reason(), Reason::NotEnoughSigned)
        << "overlap is enough, the own set is not";
}

TEST(Verify, ZeroPowerNeverSuffices) {
    Scene scene(test::shares({0, 0}));
    EXPECT_EQ(scene.step(4, scene.maker.at(5)).reason(), Reason::NotEnoughSigned);
    EXPECT_EQ(scene.step(1, scene.maker.at(5)).verdict, Verdict::NotEnoughTrust);
}

TEST(Verify, TrustLevelDecidesHowMuchOfTheOldSetMustSign) {
    // From height 3 on two of four old validators are left: 20 of 40.
    test::ChainMaker maker(test::equal_shares(4));
    maker.add();
    maker.add({.next_set = test::equal_shares(4, 10, 2)});
    maker.grow(3);
    Options options = test::ChainMaker::options();
    const auto step = [&](std::uint64_t numerator, std::uint64_t denominator) {
        options.trust_level = {.numerator = numerator, .denominator = denominator};
        return verify(trust(maker.at(1)), maker.at(5), options, maker.now());
    };
    EXPECT_TRUE(step(1, 3).is_success());
    EXPECT_TRUE(step(2, 5).is_success());
    EXPECT_EQ(step(1, 2).verdict, Verdict::NotEnoughTrust) << "20 is not more than 20";
    EXPECT_EQ(step(1, 2).refusal.needed, 20);
    EXPECT_EQ(step(2, 3).verdict, Verdict::NotEnoughTrust);
    EXPECT_EQ(step(1, 1).verdict, Verdict::NotEnoughTrust);
    for (const auto& [numerator, denominator] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
             {1, 4}, {4, 3}, {0, 1}, {1, 0}, {0, 0}, {33, 100}})
        EXPECT_EQ(step(numerator, denominator).reason(), Reason::Options) << numerator << "/" << denominator;
}

TEST(Verify, TheNextSetCanOverlap) {
    test::ChainMaker maker(test::equal_shares(4));
    maker.add({.next_set = test::equal_shares(4, 10, 10)});
    maker.grow(3);
    const Options options = test::ChainMaker::options();
    EXPECT_EQ(verify(trust(maker.at(1)), maker.at(4), options, maker.now()).verdict, Verdict::NotEnoughTrust);
    const auto trusted = trust(maker.at(1).header(), maker.at(2).validators);
    ASSERT_TRUE(trusted.has_value());
    EXPECT_TRUE(verify(*trusted, maker.at(4), options, maker.now()).is_success());
}

TEST(Verify, WithoutASetOnlyTheAdjacentStepSucceeds) {
    Scene scene;
    TrustedBlock trusted = trust(scene.maker.at(1));
    trusted.overlap = {};
    EXPECT_TRUE(verify(trusted, scene.maker.at(2), scene.options, scene.maker.now()).is_success());
    EXPECT_EQ(verify(trusted, scene.maker.at(3), scene.options, scene.maker.now()).verdict,
              Verdict::NotEnoughTrust);
}

TEST(Verify, ExpiryIncludesTheMomentItself) {
    Scene scene;
    const TimeNs end = add_nanos(scene.maker.at(1).header().time, scene.options.trusting_period_ns);
    const TrustedBlock trusted = trust(scene.maker.at(1));
    EXPECT_TRUE(verify(trusted, scene.maker.at(2), scene.options, add_nanos(end, -1)).is_success());
    EXPECT_EQ(verify(trusted, scene.maker.at(2), scene.options, end).reason(), Reason::Expired);
    EXPECT_EQ(verify(trusted, scene.maker.at(3), scene.options, add_nanos(end, 1)).reason(), Reason::Expired);
    EXPECT_TRUE(is_expired({10, 0}, 5 * kNanosPerSecond, {15, 0}));
    EXPECT_FALSE(is_expired({10, 0}, 5 * kNanosPerSecond, {14, 999'999'999}));
    EXPECT_FALSE(is_expired({10, 1}, 5 * kNanosPerSecond, {15, 0}));
}

TEST(Verify, TheFutureBeginsAtNowPlusDrift) {
    Scene scene;
    const TimeNs time = scene.maker.at(2).header().time;
    const TrustedBlock trusted = trust(scene.maker.at(1));
    const auto at = [&](std::int64_t before) {
        return verify(trusted, scene.maker.at(2), scene.options, add_nanos(time, -before)).reason();
    };
    EXPECT_EQ(at(scene.options.max_clock_drift_ns - 1), Reason::None);
    EXPECT_EQ(at(scene.options.max_clock_drift_ns), Reason::FromTheFuture);
    scene.options.max_clock_drift_ns = 0;
    EXPECT_EQ(at(-1), Reason::None);
    EXPECT_EQ(at(0), Reason::FromTheFuture);
}

TEST(Verify, RefusesOptionsOutOfRange) {
    Scene scene;
    scene.options.trusting_period_ns = 0;
    EXPECT_EQ(scene.step(1, scene.maker.at(2)).reason(), Reason::Options);
    scene.options.trusting_period_ns = -1;
    EXPECT_EQ(scene.step(1, scene.maker.at(2)).reason(), Reason::Options);
    scene.options = test::ChainMaker::options();
    scene.options.max_clock_drift_ns = -1;
    EXPECT_EQ(scene.step(1, scene.maker.at(2)).reason(), Reason::Options);
}

TEST(Verify, HeightAndTimeMustGrow) {
    Scene scene;
    EXPECT_EQ(scene.step(3, scene.maker.at(3)).reason(), Reason::HeightNotAbove);
    EXPECT_EQ(scene.step(3, scene.maker.at(2)).reason(), Reason::HeightNotAbove);
    Header header = scene.maker.at(5).header();
    header.time = scene.maker.at(3).header().time;
    const auto set = test::shares({50, 40, 30, 20});
    EXPECT_EQ(scene.step(3, scene.maker.seal(header, set)).reason(), Reason::TimeNotAfter);
    header.time = add_nanos(header.time, 1);
    EXPECT_TRUE(scene.step(3, scene.maker.seal(header, set)).is_success());
    EXPECT_EQ(scene.step(4, scene.maker.seal(header, set)).reason(), Reason::TimeNotAfter);
}

TEST(Verify, AdjacentSetMustBeTheAnnouncedOne) {
    Scene scene;
    Header header = scene.maker.at(2).header();
    const auto strangers = test::equal_shares(4, 10, 50);
    header.validators_hash = validators_hash(scene.maker.set_of(strangers));
    const LightBlock forged = scene.maker.seal(header, strangers);
    const Judgement judgement = scene.step(1, forged);
    EXPECT_EQ(judgement.verdict, Verdict::Invalid);
    EXPECT_EQ(judgement.reason(), Reason::NextValidatorsHash);
    header.height = 4;
    EXPECT_EQ(scene.step(1, scene.maker.seal(header, strangers)).verdict, Verdict::NotEnoughTrust);
}

TEST(Verify, ChecksComeInOrder) {
    // A block that breaks every later rule, too: only the first is named.
    Scene scene;
    const TrustedBlock trusted = trust(scene.maker.at(4));
    LightBlock block = scene.maker.at(2);
    block.validators = {};
    block.signed_header.commit.signatures[0].signature[0] ^= 1;
    const TimeNs before = add_nanos(block.header().time, -60 * kNanosPerSecond);
    const TimeNs after_expiry = add_nanos(trusted.time, scene.options.trusting_period_ns);
    EXPECT_EQ(verify(trusted, block, scene.options, after_expiry).reason(), Reason::Expired);
    EXPECT_EQ(verify(trusted, block, scene.options, before).reason(), Reason::HeightNotAbove);
    LightBlock later = scene.maker.seal(
        [&] {
            Header header = block.header();
            header.height = 9;
            return header;
        }(),
        test::shares({50, 40, 30, 20}));
    later.validators = {};
    later.signed_header.commit.signatures[0].signature[0] ^= 1;
    EXPECT_EQ(verify(trusted, later, scene.options, before).reason(), Reason::TimeNotAfter);
    const TrustedBlock first = trust(scene.maker.at(1));
    EXPECT_EQ(verify(first, later, scene.options, before).reason(), Reason::FromTheFuture);
    EXPECT_EQ(verify(first, later, scene.options, scene.maker.now()).reason(), Reason::SetEmpty);
    later.validators = scene.maker.at(1).validators;
    EXPECT_EQ(verify(first, later, scene.options, scene.maker.now()).reason(), Reason::Signature);
}

TEST(CheckedSignatures, AHitNeedsTheSameKey) {
    Scene scene;
    const LightBlock& block = scene.maker.at(2);
    CheckedSignatures signatures(block.commit(), scene.maker.chain_id());
    EXPECT_TRUE(signatures.verifies(0, block.validators[0].key()));
    EXPECT_TRUE(signatures.verifies(0, block.validators[0].key()));
    EXPECT_FALSE(signatures.verifies(0, block.validators[1].key()));
    EXPECT_FALSE(signatures.verifies(1, block.validators[0].key()));
    EXPECT_TRUE(signatures.verifies(0, block.validators[0].key()));
}

TEST(PivotHeight, LiesStrictlyBetween) {
    EXPECT_EQ(pivot_height(1, 17), 10);
    EXPECT_EQ(pivot_height(1, 3), 2);
    EXPECT_EQ(pivot_height(100, 102), 101);
    for (std::int64_t refused = 3; refused < 200; ++refused) {
        EXPECT_GT(pivot_height(1, refused), 1);
        EXPECT_LT(pivot_height(1, refused), refused);
    }
    EXPECT_LT(pivot_height(1, INT64_MAX), INT64_MAX);
}

} // namespace
} // namespace tidewaiter::chain
