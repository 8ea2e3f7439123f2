#include "ledger/chain/merkle.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/crypto/hash.hpp"

#include <algorithm>
#include <bit>

namespace tidewaiter::chain {

namespace {

constexpr std::size_t kMaxAunts = 100;

std::uint64_t split_point(std::uint64_t count) {
    return std::bit_floor(count - 1);
}

} // namespace

Hash leaf_hash(ByteView item) {
    const std::uint8_t prefix = 0;
    return crypto::sha256({ByteView(&prefix, 1), item});
}

Hash inner_hash(const Hash& left, const Hash& right) {
    std::array<std::uint8_t, 65> buffer;
    buffer[0] = 1;
    std::ranges::copy(left, buffer.begin() + 1);
    std::ranges::copy(right, buffer.begin() + 33);
    return crypto::sha256(buffer);
}

Hash fold_leaves(std::vector<Hash>& leaves) {
    if (leaves.empty()) return crypto::sha256(ByteView{});
    // Pairing from the left and promoting a lone last node gives the same shape as splitting at powers of
    // two.
    while (leaves.size() > 1) {
        const std::size_t pairs = leaves.size() / 2;
        for (std::size_t i = 0; i < pairs; ++i)
            leaves[i] = inner_hash(leaves[2 * i], leaves[2 * i + 1]);
        if (leaves.size() % 2 == 1) {
            leaves[pairs] = leaves.back();
            leaves.resize(pairs + 1);
        } else {
            leaves.resize(pairs);
        }
    }
    return leaves.front();
}

Hash merkle_root(std::span<const Bytes> items) {
    std::vector<Hash> leaves;
    leaves.reserve(items.size());
    for (const Bytes& item : items)
        leaves.push_back(leaf_hash(item));
    return fold_leaves(leaves);
}

MerkleProof prove(std::span<const Bytes> items, std::size_t index) {
    TW_ASSERT(index < items.size());
    MerkleProof proof{.total = static_cast<std::int64_t>(items.size()),
                      .index = static_cast<std::int64_t>(index),
                      .leaf = leaf_hash(items[index]),
                      .aunts = {}};
    // From the root down, collecting the subtree not taken; then turned round.
    while (items.size() > 1) {
        const std::size_t split = split_point(items.size());
        const auto left = items.first(split);
        const auto right = items.subspan(split);
        proof.aunts.push_back(merkle_root(index < split ? right : left));
        if (index < split) {
            items = left;
        } else {
            items = right;
            index -= split;
        }
    }
    std::ranges::reverse(proof.aunts);
    return proof;
}

Result<Hash> root_of(const MerkleProof& proof) {
    if (proof.total <= 0 || proof.index < 0 || proof.index >= proof.total)
        return fail("chain.merkle.proof", "index " + std::to_string(proof.index) + " of " +
                                              std::to_string(proof.total) + " items does not exist");
    if (proof.aunts.size() > kMaxAunts) return fail("chain.merkle.proof", "more than 100 aunts");
    auto total = static_cast<std::uint64_t>(proof.total);
    auto index = static_cast<std::uint64_t>(proof.index);
    std::array<bool, 64> is_left{}; // at each level from the root down: is our subtree the left one?
    std::size_t depth = 0;
    for (; total > 1; ++depth) {
        const std::uint64_t split = split_point(total);
        is_left[depth] = index < split;
        total = is_left[depth] ? split : total - split;
        if (!is_left[depth]) index -= split;
    }
    if (depth != proof.aunts.size())
        return fail("chain.merkle.proof", std::to_string(proof.aunts.size()) +
                                              " aunts where the place needs " + std::to_string(depth));
    Hash root = proof.leaf;
    for (const Hash& aunt : proof.aunts) {
        --depth;
        root = is_left[depth] ? inner_hash(root, aunt) : inner_hash(aunt, root);
    }
    return root;
}

bool verify_proof(const MerkleProof& proof, const Hash& root, ByteView item) {
    if (proof.leaf != leaf_hash(item)) return false;
    const Result<Hash> computed = root_of(proof);
    return computed && *computed == root;
}

} // namespace tidewaiter::chain
