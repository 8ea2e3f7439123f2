#include "ledger/chain/merkle.hpp"

#include "ledger/crypto/hash.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::chain {
namespace {

std::vector<Bytes> items(std::initializer_list<std::string_view> hex) {
    std::vector<Bytes> out;
    for (const std::string_view item : hex)
        out.push_back(from_hex(item).value());
    return out;
}

std::vector<Bytes> numbered_items(std::size_t count) {
    std::vector<Bytes> out;
    for (std::size_t i = 0; i < count; ++i)
        out.push_back({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8), 7});
    return out;
}

/// The definition, word for word.
Hash root_by_definition(std::span<const Bytes> list) {
    if (list.empty()) return crypto::sha256(ByteView{});
    if (list.size() == 1) return leaf_hash(list[0]);
    std::size_t split = 1;
    while (split * 2 < list.size())
        split *= 2;
    return inner_hash(root_by_definition(list.first(split)), root_by_definition(list.subspan(split)));
}

TEST(Merkle, GivesThePublishedRoots) {
    EXPECT_EQ(to_hex(merkle_root({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(merkle_root(items({""}))),
              "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    EXPECT_EQ(to_hex(merkle_root(items({"010203"}))),
              "054edec1d0211f624fed0cbca9d4f9400b0e491c43742af2c5b0abebf0c990d8");
    EXPECT_EQ(to_hex(merkle_root(items({"010203", "040506"}))),
              "82e6cfce00453804379b53962939eaa7906b39904be0813fcadd31b100773c4b");
    EXPECT_EQ(to_hex(merkle_root(items({"0102", "0304", "0506", "0708", "090a"}))),
              "f326493eceab4f2d9ffbc78c59432a0a005d6ea98392045c74df5d14a113be18");
}

TEST(Merkle, FoldsToTheShapeOfTheDefinition) {
    for (std::size_t count = 0; count <= 40; ++count) {
        const auto list = numbered_items(count);
        EXPECT_EQ(merkle_root(list), root_by_definition(list)) << count;
    }
}

TEST(Merkle, ProvesEveryItem) {
    for (std::size_t count = 1; count <= 20; ++count) {
        const auto list = numbered_items(count);
        const Hash root = merkle_root(list);
        for (std::size_t i = 0; i < count; ++i) {
            const MerkleProof proof = prove(list, i);
            EXPECT_TRUE(verify_proof(proof, root, list[i])) << i << " of " << count;
            EXPECT_FALSE(verify_proof(proof, root, list[(i + 1) % count]) && count > 1);
        }
    }
}

TEST(Merkle, RefusesProofsThatWereTamperedWith) {
    const auto list = numbered_items(5);
    const Hash root = merkle_root(list);
    const MerkleProof good = prove(list, 2);
    for (std::size_t i = 0; i < good.aunts.size(); ++i) {
        MerkleProof bad = good;
        bad.aunts[i][31] ^= 1;
        EXPECT_FALSE(verify_proof(bad, root, list[2])) << i;
    }
    MerkleProof leaf = good;
    leaf.leaf[0] ^= 1;
    EXPECT_FALSE(verify_proof(leaf, root, list[2]));
    Hash other = root;
    other[0] ^= 1;
    EXPECT_FALSE(verify_proof(good, other, list[2]));
}

TEST(Merkle, GivesNoRootForAProofWithoutOne) {
    const auto list = numbered_items(5);
    const MerkleProof good = prove(list, 2);
    const auto code_of = [](const MerkleProof& proof) {
        const auto root = root_of(proof);
        return root ? std::string_view("none") : root.error().code;
    };
    EXPECT_EQ(code_of(good), "none");
    MerkleProof bad = good;
    bad.total = 0;
    EXPECT_EQ(code_of(bad), "chain.merkle.proof");
    bad = good;
    bad.total = -5;
    EXPECT_EQ(code_of(bad), "chain.merkle.proof");
    bad = good;
    bad.index = 5;
    EXPECT_EQ(code_of(bad), "chain.merkle.proof");
    bad = good;
    bad.index = -1;
    EXPECT_EQ(code_of(bad), "chain.merkle.proof");
    bad = good;
    bad.aunts.push_back(Hash{});
    EXPECT_EQ(code_of(bad), "chain.merkle.proof");
    bad = good;
    bad.aunts.pop_back();
    EXPECT_EQ(code_of(bad), "chain.merkle.proof");
    bad = good;
    bad.total = 1;
    bad.index = 0;
    EXPECT_EQ(code_of(bad), "chain.merkle.proof"); // a single leaf has no aunts
    bad = good;
    bad.aunts.assign(101, Hash{});
    EXPECT_EQ(code_of(bad), "chain.merkle.proof");
    bad.total = INT64_MAX;
    bad.index = INT64_MAX - 1;
    bad.aunts.assign(3, Hash{});
    EXPECT_EQ(code_of(bad), "chain.merkle.proof");
}

} // namespace
} // namespace tidewaiter::chain
