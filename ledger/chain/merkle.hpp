#pragma once

#include "ledger/base/bytes.hpp"

/// The Merkle tree of RFC 6962 as CometBFT uses it: leaf SHA-256(00 ‖ item), inner SHA-256(01 ‖ left ‖
/// right), the left subtree is the largest power of two below the count; the empty tree is SHA-256("").
namespace tidewaiter::chain {

[[nodiscard]] Hash leaf_hash(ByteView item);
[[nodiscard]] Hash inner_hash(const Hash& left, const Hash& right);
/// Folds leaf hashes in place; the vector's contents are used up.
[[nodiscard]] Hash fold_leaves(std::vector<Hash>& leaves);
[[nodiscard]] Hash merkle_root(std::span<const Bytes> items);

/// Aunts run from the leaf's sibling upwards.
struct MerkleProof {
    std::int64_t total = 0;
    std::int64_t index = 0;
    Hash leaf{};
    std::vector<Hash> aunts; ///< at most 100
};

/// index < items.size() is asserted.
[[nodiscard]] MerkleProof prove(std::span<const Bytes> items, std::size_t index);
/// The root the proof leads to; Error: chain.merkle.proof. There is no "empty" root that could compare equal.
[[nodiscard]] Result<Hash> root_of(const MerkleProof& proof);
/// True when `proof` shows that `item` is below `root`.
[[nodiscard]] bool verify_proof(const MerkleProof& proof, const Hash& root, ByteView item);

} // namespace tidewaiter::chain
