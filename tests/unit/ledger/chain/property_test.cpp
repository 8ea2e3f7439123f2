#include "ledger/chain/hashes.hpp"
#include "ledger/chain/protobuf.hpp"
#include "ledger/chain/verify.hpp"
#include "tests/support/chain_maker.hpp"

#include <random>

#include <gtest/gtest.h>

namespace tidewaiter::chain {
namespace {

/// What the rules say, computed in the plainest way: by power alone, with every signature good.
Verdict expected_verdict(const ValidatorSet& trusted, const LightBlock& block, bool is_adjacent,
                         TrustLevel level) {
    const auto power_of = [&](const ValidatorSet& set, const CommitSig& entry) {
        for (const Validator& validator : set.validators())
            if (validator.address() == entry.address) return validator.power();
        return std::int64_t{0};
    };
    std::int64_t old_power = 0;
    std::int64_t own_power = 0;
    for (const CommitSig& entry : block.commit().signatures) {
        if (entry.flag != BlockIdFlag::Commit) continue;
        old_power += power_of(trusted, entry);
        own_power += power_of(block.validators, entry);
    }
    const auto den = static_cast<std::int64_t>(level.denominator);
    const auto num = static_cast<std::int64_t>(level.numerator);
    if (!is_adjacent && old_power * den <= trusted.total_power() * num) return Verdict::NotEnoughTrust;
    return own_power * 3 > block.validators.total_power() * 2 ? Verdict::Success : Verdict::Invalid;
}

TEST(Property, VerdictsFollowThePowersOfRandomSets) {
    std::array<int, 3> seen{};
    for (unsigned seed = 1; seed <= 150; ++seed) {
        std::mt19937_64 random(seed);
        const auto below = [&](std::uint64_t limit) { return random() % limit; };
        std::vector<test::Share> set;
        for (std::size_t i = 0, n = 1 + below(9); i < n; ++i)
            set.push_back({.signer = i, .power = static_cast<std::int64_t>(below(50))});
        std::vector<test::Share> next;
        const std::size_t first = below(6);
        for (std::size_t i = 0, n = 1 + below(9); i < n; ++i)
            next.push_back({.signer = first + i, .power = static_cast<std::int64_t>(1 + below(50))});
        test::ChainMaker maker(set, "random-" + std::to_string(seed));
        maker.add({.next_set = next});
        maker.grow(2);
        test::VoteOptions votes{.absent = {}, .nil = {}, .round = static_cast<std::int32_t>(below(3))};
        for (const test::Share& share : next) {
            const auto roll = below(10);
            if (roll < 2) votes.absent.insert(share.signer);
            if (roll == 2) votes.nil.insert(share.signer);
        }
        Options options = test::ChainMaker::options();
        const TrustLevel levels[]{{1, 3}, {1, 2}, {2, 3}, {1, 1}};
        options.trust_level = levels[below(4)];
        const bool is_adjacent = below(3) == 0;
        const LightBlock block = maker.seal(maker.at(is_adjacent ? 2 : 3).header(), next, votes);
        const TrustedBlock trusted = trust(maker.at(1));
        const Judgement judgement = verify(trusted, block, options, maker.now());
        const Verdict expected = expected_verdict(trusted.overlap, block, is_adjacent, options.trust_level);
        EXPECT_EQ(name_of(judgement.verdict), name_of(expected))
            << "seed " << seed << judgement.refusal.detail;
        ++seen[static_cast<std::size_t>(judgement.verdict)];
        EXPECT_EQ(decode_light_block(encode(block)).value(), block) << "seed " << seed;
    }
    for (const int count : seen)
        EXPECT_GE(count, 10) << "the sets must lead to every verdict";
}

TEST(Property, AFlippedByteOfTheEncodingIsRefusedOrDoesNotMatter) {
    test::ChainMaker maker;
    maker.grow(2);
    const TrustedBlock trusted = trust(maker.at(1));
    const Options options = test::ChainMaker::options();
    const Bytes good = encode(maker.at(2));
    std::size_t refused = 0;
    for (std::size_t i = 0; i < good.size(); ++i) {
        Bytes bytes = good;
        bytes[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
        const auto block = decode_light_block(bytes);
        if (!block || !verify(trusted, *block, options, maker.now()).is_success()) {
            ++refused;
            continue;
        }
        EXPECT_EQ(header_hash(block->header()), header_hash(maker.at(2).header())) << i;
        EXPECT_EQ(block->validators, maker.at(2).validators) << i;
    }
    EXPECT_GT(refused, good.size() / 2);
}

TEST(Property, SetHashDoesNotDependOnTheOrderOfArrival) {
    std::mt19937_64 random(7);
    test::ChainMaker maker;
    for (int round = 0; round < 20; ++round) {
        std::vector<Validator> validators;
        for (std::size_t i = 0; i < 12; ++i)
            validators.emplace_back(maker.public_key(i), static_cast<std::int64_t>(random() % 4));
        const Hash hash = validators_hash(ValidatorSet::make(validators).value());
        std::ranges::shuffle(validators, random);
        EXPECT_EQ(validators_hash(ValidatorSet::make(validators).value()), hash);
    }
}

} // namespace
} // namespace tidewaiter::chain
