#include "ledger/state/proof.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/state/rfc6962.hpp"

#include <algorithm>

namespace tidewaiter::state {

namespace {

ics23::InnerOp step(bool is_right, const Hash& sibling) {
    ics23::InnerOp op{.hash = ics23::HashOp::Sha256, .prefix = {1}, .suffix = {}};
    append(is_right ? op.prefix : op.suffix, sibling);
    return op;
}

// From the leaf `index` of these leaves up.
void outer_path(std::span<const Hash> leaves, std::size_t index, std::vector<ics23::InnerOp>& path) {
    if (leaves.size() <= 1) return;
    const std::size_t left = split_point(leaves.size());
    if (index < left) {
        outer_path(leaves.first(left), index, path);
        path.push_back(step(/*is_right=*/false, merkle_root(leaves.subspan(left))));
    } else {
        outer_path(leaves.subspan(left), index - left, path);
        path.push_back(step(/*is_right=*/true, merkle_root(leaves.first(left))));
    }
}

ics23::ExistenceProof prove_member(const Roots& roots, Roots::const_iterator member) {
    const std::vector<Hash> leaves = namespace_leaves(roots);
    ics23::ExistenceProof proof{.key = to_bytes(as_bytes(member->first)),
                                .value = to_bytes(member->second),
                                .leaf = ics23::application_spec().leaf,
                                .path = {}};
    outer_path(leaves, static_cast<std::size_t>(std::distance(roots.begin(), member)), proof.path);
    return proof;
}

// The root a namespace has under the application hash, read from its proof; nothing when it is not listed.
Result<std::optional<Hash>> proven_root(const Hash& app_hash, std::string_view name_space, ByteView encoded) {
    TW_TRY(const ics23::CommitmentProof proof, ics23::decode(encoded));
    const auto* member = std::get_if<ics23::ExistenceProof>(&proof);
    if (member == nullptr) {
        TW_CHECK(ics23::verify_absence(ics23::application_spec(), app_hash, proof, as_bytes(name_space)));
        return std::nullopt;
    }
    if (member->value.size() != 32) return fail("ics23.value", "the root in the proof is not 32 bytes long");
    TW_CHECK(ics23::verify_membership(ics23::application_spec(), app_hash, proof, as_bytes(name_space),
                                      member->value));
    Hash root;
    std::copy(member->value.begin(), member->value.end(), root.begin());
    return root;
}

} // namespace

Status verify_record(const Hash& app_hash, std::string_view name_space, std::string_view key,
                     const std::optional<Bytes>& value, const RecordProof& proof) {
    TW_TRY(const std::optional<Hash> root, proven_root(app_hash, name_space, proof.application));
    if (!root || *root == kEmptyRoot) {
        if (!value) return {};
        return fail("ics23.kind", "the proof shows that " + printable(name_space) + " has no records at all");
    }
    if (proof.record.empty()) {
        return fail("proof.missing",
                    printable(name_space) + " has records, and the proof in its tree is missing");
    }
    TW_TRY(const ics23::CommitmentProof inner, ics23::decode(proof.record));
    if (value) return ics23::verify_membership(ics23::namespace_spec(), *root, inner, as_bytes(key), *value);
    return ics23::verify_absence(ics23::namespace_spec(), *root, inner, as_bytes(key));
}

ics23::CommitmentProof prove_namespace(const Roots& roots, std::string_view name_space) {
    TW_ASSERT(!roots.empty());
    const auto right = roots.lower_bound(name_space);
    if (right != roots.end() && right->first == name_space) return prove_member(roots, right);
    ics23::NonExistenceProof absence{.key = to_bytes(as_bytes(name_space)), .left = {}, .right = {}};
    if (right != roots.begin()) absence.left = prove_member(roots, std::prev(right));
    if (right != roots.end()) absence.right = prove_member(roots, right);
    return absence;
}

std::vector<ics23::InnerOp> siblings(const Tree& tree, std::span<const Leaf> leaves, const Path& path) {
    // Downwards within the bucket, then upwards through the nodes in memory.
    std::vector<ics23::InnerOp> below;
    for (unsigned depth = tree.bits(); leaves.size() > 1; ++depth) {
        const auto middle = std::partition_point(
            leaves.begin(), leaves.end(), [depth](const Leaf& leaf) { return !bit_of(leaf.path, depth); });
        const auto left = static_cast<std::size_t>(middle - leaves.begin());
        const bool is_right = bit_of(path, depth);
        const auto other = is_right ? leaves.first(left) : leaves.subspan(left);
        below.push_back(step(is_right, subtree(other, depth + 1).hash));
        leaves = is_right ? leaves.subspan(left) : leaves.first(left);
    }
    TW_ASSERT(leaves.size() == 1 && leaves[0].path == path);
    std::reverse(below.begin(), below.end());
    std::uint32_t index = bucket_of(path, tree.bits());
    for (unsigned depth = tree.bits(); depth > 0; --depth, index /= 2) {
        if (tree.node(depth - 1, index / 2).kind != NodeKind::Inner) continue;
        below.push_back(step(/*is_right=*/index % 2 == 1, tree.node(depth, index ^ 1).hash));
    }
    return below;
}

ics23::ExistenceProof prove_record(const Tree& tree, std::span<const Leaf> bucket, std::string_view key,
                                   ByteView value) {
    return {.key = to_bytes(as_bytes(key)),
            .value = to_bytes(value),
            .leaf = ics23::namespace_spec().leaf,
            .path = siblings(tree, bucket, path_of(key))};
}

} // namespace tidewaiter::state
