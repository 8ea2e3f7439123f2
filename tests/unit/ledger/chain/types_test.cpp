#include "ledger/chain/types.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::chain {
namespace {

ValidatorKey key_of(std::size_t number) {
    ValidatorKey key{};
    key[0] = static_cast<std::uint8_t>(number);
    key[1] = static_cast<std::uint8_t>(number >> 8);
    return key;
}

std::string_view code_of(std::vector<Validator> validators) {
    const auto set = ValidatorSet::make(std::move(validators));
    return set ? std::string_view("none") : set.error().code;
}

TEST(ValidatorSet, RefusesWhatNoSetMayHold) {
    EXPECT_EQ(code_of({}), "chain.set.empty");
    EXPECT_EQ(code_of({Validator(key_of(1), -1)}), "chain.set.power");
    EXPECT_EQ(code_of({Validator(key_of(1), INT64_MIN)}), "chain.set.power");
    // A negative power must not be balanced by another's.
    EXPECT_EQ(code_of({Validator(key_of(1), 100), Validator(key_of(2), -50)}), "chain.set.power");
    EXPECT_EQ(code_of({Validator(key_of(1), 10), Validator(key_of(2), 3), Validator(key_of(1), 10)}),
              "chain.set.duplicate");
    EXPECT_EQ(code_of({Validator(key_of(1), 10), Validator(key_of(1), 7)}), "chain.set.duplicate");
    EXPECT_EQ(code_of({Validator(key_of(1), 0)}), "none");
}

TEST(ValidatorSet, HoldsTheGreatestTotalAndNoMore) {
    constexpr std::int64_t kMax = limits::kMaxTotalVotingPower;
    EXPECT_EQ(code_of({Validator(key_of(1), kMax)}), "none");
    EXPECT_EQ(code_of({Validator(key_of(1), kMax - 1), Validator(key_of(2), 1)}), "none");
    EXPECT_EQ(code_of({Validator(key_of(1), kMax), Validator(key_of(2), 1)}), "chain.set.total");
    EXPECT_EQ(code_of({Validator(key_of(1), INT64_MAX)}), "chain.set.total");
    EXPECT_EQ(code_of({Validator(key_of(1), INT64_MAX), Validator(key_of(2), INT64_MAX)}), "chain.set.total");
}

TEST(ValidatorSet, HoldsTenThousandAndNoMore) {
    std::vector<Validator> many;
    for (std::size_t i = 0; i < limits::kMaxValidators; ++i)
        many.emplace_back(key_of(i), 1);
    EXPECT_EQ(code_of(many), "none");
    many.emplace_back(key_of(limits::kMaxValidators), 1);
    EXPECT_EQ(code_of(many), "chain.set.size");
}

TEST(ValidatorSet, FindsItsMembersAndNobodyElse) {
    std::vector<Validator> members;
    for (std::size_t i = 0; i < 57; ++i)
        members.emplace_back(key_of(i), static_cast<std::int64_t>(i % 5));
    const ValidatorSet set = ValidatorSet::make(members).value();
    EXPECT_EQ(set.total_power(), 11 * (0 + 1 + 2 + 3 + 4) + 0 + 1);
    for (std::size_t i = 0; i < set.size(); ++i)
        EXPECT_EQ(set.find(set[i].address()), i);
    for (std::size_t i = 0; i + 1 < set.size(); ++i) {
        EXPECT_GE(set[i].power(), set[i + 1].power());
        if (set[i].power() == set[i + 1].power()) {
            EXPECT_LT(set[i].address(), set[i + 1].address());
        }
    }
    EXPECT_EQ(set.find(address_of(key_of(99))), std::nullopt);
    EXPECT_EQ(ValidatorSet().find(Address{}), std::nullopt);
}

TEST(BlockId, IsCompleteZeroOrNeither) {
    EXPECT_TRUE(BlockId{}.is_zero());
    EXPECT_FALSE(BlockId{}.is_complete());
    const BlockId complete{.hash = Hash{}, .parts = {.total = 1, .hash = Hash{}}};
    EXPECT_TRUE(complete.is_complete());
    EXPECT_FALSE(complete.is_zero());
    BlockId partly = complete;
    partly.parts.total = 0;
    EXPECT_FALSE(partly.is_complete());
    EXPECT_FALSE(partly.is_zero());
}

} // namespace
} // namespace tidewaiter::chain
