#include "tests/support/cbor_model.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace tidewaiter {
namespace {

using cbor::Kind;
using test::Tree;

/// Random items within the rules for objects of ours. The seed is printed when a test fails.
class TreeMaker {
  public:
    explicit TreeMaker(std::uint64_t seed) : random_(seed) {}

    Tree any(std::size_t depth) {
        const std::uint64_t choice = below(depth < 5 ? 10 : 6);
        switch (choice) {
        case 0: return {.kind = Kind::Unsigned, .number = number()};
        case 1: return negative();
        case 2: return {.kind = Kind::Bytes, .content = bytes(below(40))};
        case 3: return text(below(30));
        case 4: return {.kind = Kind::Bool, .truth = below(2) == 1};
        case 5: return {.kind = Kind::Null};
        case 6:
        case 7: return array(depth);
        case 8: return map(depth);
        default: return {.kind = Kind::Tag, .number = number(), .children = {any(depth + 1)}};
        }
    }

    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  private:
    /// Of every width.
    std::uint64_t number() { return random_() >> below(64); }

    Tree negative() {
        return {.kind = Kind::Negative, .negative = -1 - static_cast<std::int64_t>(number() >> 1U)};
    }

    Bytes bytes(std::uint64_t size) {
        Bytes content(size);
        for (auto& byte : content) byte = static_cast<std::uint8_t>(random_());
        return content;
    }

    Tree text(std::uint64_t size) {
        constexpr std::array<std::string_view, 5> kCharacters{"a", "Z", "ü", "水", "𐅑"};
        Tree tree{.kind = Kind::Text};
        while (tree.content.size() < size) append(tree.content, as_bytes(kCharacters[below(kCharacters.size())]));
        return tree;
    }

    Tree array(std::size_t depth) {
        Tree tree{.kind = Kind::Array};
        for (std::uint64_t i = 0, count = 1 + below(5); i < count; ++i) tree.children.push_back(any(depth + 1));
        return tree;
    }

    Tree map(std::size_t depth) {
        // Sorted by their encoding, as the writer wants them.
        std::map<Bytes, Tree> keys;
        for (std::uint64_t i = 0, count = 1 + below(5); i < count; ++i) {
            Tree key = below(3) == 0   ? text(below(10))
                       : below(2) == 0 ? Tree{.kind = Kind::Unsigned, .number = number() >> 1U}
                                       : negative();
            keys.emplace(test::write_tree(key), std::move(key));
        }
        Tree tree{.kind = Kind::Map};
        for (auto& [encoded, key] : keys) {
            tree.children.push_back(std::move(key));
            tree.children.push_back(any(depth + 1));
        }
        return tree;
    }

    std::mt19937_64 random_;
};

TEST(CborProperty, WhatIsWrittenIsReadBackTheSame) {
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        const Tree tree = TreeMaker(seed).any(0);
        const Bytes bytes = test::write_tree(tree);
        const auto checked = cbor::check(bytes, test::kTreeRules);
        ASSERT_TRUE(checked.has_value()) << "seed " << seed << ": " << checked.error().detail << " in " << to_hex(bytes);
        const auto read = test::read_tree(bytes);
        ASSERT_TRUE(read.has_value()) << "seed " << seed << ": " << read.error().detail << " in " << to_hex(bytes);
        ASSERT_EQ(*read, tree) << "seed " << seed;
        ASSERT_TRUE(cbor::diagnostic(bytes, test::kTreeRules).has_value()) << "seed " << seed;
    }
}

struct MutationCounts {
    std::size_t refused = 0;
    std::size_t changed = 0;
};

/// Either the changed bytes are refused, or they are the one encoding of what they now say.
void expect_canonical_or_refused(const Bytes& mutated, MutationCounts& counts) {
    const auto read = test::read_tree(mutated);
    const bool is_accepted = cbor::check(mutated, test::kTreeRules).has_value();
    if (!read) {
        ++counts.refused;
        // Only integers of 65 bits, and undefined, pass the check and have no place in the model.
        ASSERT_TRUE(!is_accepted || read.error().code == "cbor.range" || read.error().code == "test.kind")
            << read.error().code << " in " << to_hex(mutated);
        return;
    }
    ++counts.changed;
    ASSERT_TRUE(is_accepted) << to_hex(mutated);
    ASSERT_EQ(to_hex(test::write_tree(*read)), to_hex(mutated));
}

TEST(CborProperty, AChangedByteIsRefusedOrIsTheOneEncodingOfAnotherItem) {
    MutationCounts counts;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        TreeMaker maker(seed);
        const Bytes original = test::write_tree(maker.any(0));
        // All 255 changes of each byte of short items, one change of each byte of long ones.
        const bool is_short = original.size() <= 40;
        for (std::size_t at = 0; at < original.size(); ++at) {
            const auto once = static_cast<unsigned>(1 + maker.below(255));
            for (unsigned flip = is_short ? 1 : once; flip <= (is_short ? 255 : once); ++flip) {
                Bytes mutated = original;
                mutated[at] = static_cast<std::uint8_t>(mutated[at] ^ flip);
                ASSERT_NO_FATAL_FAILURE(expect_canonical_or_refused(mutated, counts)) << "byte " << at;
            }
        }
    }
    EXPECT_GT(counts.refused, 100'000U);
    EXPECT_GT(counts.changed, 100'000U);
}

TEST(CborProperty, EveryCutIsRefused) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const Bytes bytes = test::write_tree(TreeMaker(seed).any(0));
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const auto status = cbor::check(ByteView(bytes).first(size), test::kTreeRules);
            ASSERT_FALSE(status.has_value()) << "seed " << seed << ", first " << size;
            ASSERT_TRUE(status.error().code == "cbor.truncated" || status.error().code == "cbor.count")
                << status.error().code << " in the first " << size << " of " << to_hex(bytes);
        }
    }
}

} // namespace
} // namespace tidewaiter
