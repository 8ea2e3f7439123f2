#include "ledger/state/ics23.hpp"

#include "ledger/crypto/hash.hpp"

#include <algorithm>
#include <span>

namespace tidewaiter::state::ics23 {

namespace {

std::string number(auto value) {
    return std::to_string(static_cast<std::int64_t>(value));
}

Result<Bytes> hash_with(HashOp op, Bytes input) {
    if (op == HashOp::None) return input;
    if (op == HashOp::Sha256) return to_bytes(crypto::sha256(input));
    return fail("ics23.operation", "hash operation " + number(op) + " is not offered: only SHA-256 is");
}

Status append_fixed(Bytes& to, std::size_t length, unsigned width, bool is_big_endian) {
    for (unsigned i = 0; i < width; ++i) {
        const unsigned shift = 8 * (is_big_endian ? width - 1 - i : i);
        to.push_back(static_cast<std::uint8_t>(std::uint64_t{length} >> shift));
    }
    return {};
}

Status append_length(Bytes& to, LengthOp op, std::size_t length) {
    switch (op) {
    case LengthOp::NoPrefix: return {};
    case LengthOp::VarProto: {
        std::size_t rest = length;
        for (; rest >= 0x80; rest >>= 7)
            to.push_back(static_cast<std::uint8_t>(rest | 0x80));
        to.push_back(static_cast<std::uint8_t>(rest));
        return {};
    }
    case LengthOp::VarRlp: return fail("ics23.operation", "the length operation RLP is not offered");
    case LengthOp::Fixed32Big: return append_fixed(to, length, 4, /*is_big_endian=*/true);
    case LengthOp::Fixed32Little: return append_fixed(to, length, 4, /*is_big_endian=*/false);
    case LengthOp::Fixed64Big: return append_fixed(to, length, 8, /*is_big_endian=*/true);
    case LengthOp::Fixed64Little: return append_fixed(to, length, 8, /*is_big_endian=*/false);
    case LengthOp::Require32Bytes:
    case LengthOp::Require64Bytes: {
        const std::size_t wanted = op == LengthOp::Require32Bytes ? 32 : 64;
        if (length == wanted) return {};
        return fail("ics23.length", std::to_string(length) + " bytes where exactly " +
                                        std::to_string(wanted) + " are required");
    }
    }
    return fail("ics23.operation", "length operation " + number(op) + " does not exist");
}

Status append_prepared(Bytes& to, HashOp prehash, LengthOp length, ByteView data) {
    TW_TRY(const Bytes hashed, hash_with(prehash, to_bytes(data)));
    TW_CHECK(append_length(to, length, hashed.size()));
    append(to, hashed);
    return {};
}

bool begins_with(ByteView bytes, ByteView prefix) {
    return bytes.size() >= prefix.size() && equal(bytes.first(prefix.size()), prefix);
}

// IAVL's inner and leaf prefixes are three varints (height, size, version); an inner one may be followed by
// the length byte of a child, or by a whole left child between two length bytes.
Status check_iavl(ByteView prefix, HashOp hash, std::int64_t layer) {
    std::size_t position = 0;
    std::int64_t height = 0;
    for (int i = 0; i < 3; ++i) {
        std::uint64_t raw = 0;
        unsigned shift = 0;
        while (true) {
            if (position == prefix.size() || shift > 63)
                return fail("ics23.iavl", "the prefix is not three numbers");
            const std::uint8_t byte = prefix[position++];
            raw |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            shift += 7;
            if ((byte & 0x80) == 0) break;
        }
        if ((raw & 1) != 0) return fail("ics23.iavl", "a number in the prefix is negative");
        if (i == 0) height = static_cast<std::int64_t>(raw >> 1);
    }
    const std::size_t rest = prefix.size() - position;
    if (height < layer) {
        return fail("ics23.iavl", "height " + number(height) + " is below layer " + number(layer));
    }
    const bool is_shaped = layer == 0 ? rest == 0 : rest == 1 || rest == 34;
    if (!is_shaped || hash != HashOp::Sha256)
        return fail("ics23.iavl", "the prefix does not have IAVL's shape");
    return {};
}

bool is_iavl(const Spec& spec) {
    const Spec& iavl = iavl_spec();
    return spec.leaf.hash == iavl.leaf.hash && spec.leaf.prehash_key == iavl.leaf.prehash_key &&
           spec.leaf.prehash_value == iavl.leaf.prehash_value && spec.leaf.length == iavl.leaf.length &&
           spec.inner.hash == iavl.inner.hash && spec.inner.child_size == iavl.inner.child_size &&
           spec.inner.min_prefix_length == iavl.inner.min_prefix_length &&
           spec.inner.max_prefix_length == iavl.inner.max_prefix_length &&
           spec.inner.child_order.size() == iavl.inner.child_order.size();
}

Status check_inner(const InnerOp& op, const Spec& spec, std::int64_t layer) {
    const InnerSpec& inner = spec.inner;
    const std::string place = "inner step " + number(layer);
    if (inner.child_size <= 0 || inner.child_order.size() < 2) {
        return fail("ics23.inner", "the specification has no children to speak of");
    }
    if (op.hash != inner.hash) {
        return fail("ics23.inner", place + ": hash operation " + number(op.hash) + " where " +
                                       number(inner.hash) + " is due");
    }
    if (is_iavl(spec)) TW_CHECK(check_iavl(op.prefix, op.hash, layer));
    const auto child = static_cast<std::size_t>(inner.child_size);
    const std::size_t siblings = (inner.child_order.size() - 1) * child;
    if (begins_with(op.prefix, spec.leaf.prefix)) {
        return fail("ics23.prefix", place + ": its prefix begins as a leaf's does");
    }
    if (op.prefix.size() < static_cast<std::size_t>(inner.min_prefix_length) ||
        op.prefix.size() > static_cast<std::size_t>(inner.max_prefix_length) + siblings) {
        return fail("ics23.prefix", place + ": a prefix of " + std::to_string(op.prefix.size()) + " bytes");
    }
    if (op.suffix.size() % child != 0 || op.suffix.size() > siblings) {
        return fail("ics23.suffix", place + ": a suffix of " + std::to_string(op.suffix.size()) +
                                        " bytes is not whole siblings");
    }
    if (!spec.exact_prefixes) return {};
    if (!begins_with(op.prefix, spec.inner_prefix) ||
        op.prefix.size() + op.suffix.size() != spec.inner_prefix.size() + siblings ||
        (op.prefix.size() - spec.inner_prefix.size()) % child != 0) {
        return fail("ics23.prefix",
                    place + ": prefix and suffix are not exactly the mark and all siblings but one");
    }
    return {};
}

struct Padding {
    std::size_t min_prefix;
    std::size_t max_prefix;
    std::size_t suffix;
};

std::size_t position_of(const InnerSpec& spec, std::size_t branch) {
    const auto found =
        std::find(spec.child_order.begin(), spec.child_order.end(), static_cast<std::int32_t>(branch));
    return static_cast<std::size_t>(found - spec.child_order.begin());
}

Padding padding_of(const InnerSpec& spec, std::size_t branch) {
    const std::size_t position = position_of(spec, branch);
    const auto child = static_cast<std::size_t>(spec.child_size);
    return {position * child + static_cast<std::size_t>(spec.min_prefix_length),
            position * child + static_cast<std::size_t>(spec.max_prefix_length),
            (spec.child_order.size() - 1 - position) * child};
}

bool has_padding(const InnerOp& op, const Padding& padding) {
    return op.prefix.size() >= padding.min_prefix && op.prefix.size() <= padding.max_prefix &&
           op.suffix.size() == padding.suffix;
}

std::optional<std::size_t> branch_of(const InnerSpec& spec, const InnerOp& op) {
    for (std::size_t branch = 0; branch < spec.child_order.size(); ++branch) {
        if (position_of(spec, branch) == spec.child_order.size()) return std::nullopt;
        if (has_padding(op, padding_of(spec, branch))) return branch;
    }
    return std::nullopt;
}

bool is_empty_child(const InnerSpec& spec, ByteView bytes, std::size_t from) {
    const auto child = static_cast<std::size_t>(spec.child_size);
    return from + child <= bytes.size() && equal(bytes.subspan(from, child), spec.empty_child);
}

bool is_left_most(const InnerSpec& spec, std::span<const InnerOp> path) {
    const Padding padding = padding_of(spec, 0);
    return std::all_of(path.begin(), path.end(), [&](const InnerOp& op) {
        return has_padding(op, padding) || left_branches_are_empty(spec, op);
    });
}

bool is_right_most(const InnerSpec& spec, std::span<const InnerOp> path) {
    const Padding padding = padding_of(spec, spec.child_order.size() - 1);
    return std::all_of(path.begin(), path.end(), [&](const InnerOp& op) {
        return has_padding(op, padding) || right_branches_are_empty(spec, op);
    });
}

// The two paths share their upper steps; where they part, the left one is one branch to the left, and from
// there down nothing lies between them.
bool are_neighbours(const InnerSpec& spec, std::span<const InnerOp> left, std::span<const InnerOp> right) {
    while (!left.empty() && !right.empty() && left.back().prefix == right.back().prefix &&
           left.back().suffix == right.back().suffix) {
        left = left.first(left.size() - 1);
        right = right.first(right.size() - 1);
    }
    if (left.empty() || right.empty()) return false;
    const auto left_branch = branch_of(spec, left.back());
    const auto right_branch = branch_of(spec, right.back());
    if (!left_branch || !right_branch || *right_branch != *left_branch + 1) return false;
    return is_right_most(spec, left.first(left.size() - 1)) &&
           is_left_most(spec, right.first(right.size() - 1));
}

Result<Bytes> comparable(const Spec& spec, ByteView key) {
    if (!spec.prehash_key_before_comparison) return to_bytes(key);
    return hash_with(spec.leaf.prehash_key, to_bytes(key));
}

Status verify_existence(const Spec& spec, ByteView root, const ExistenceProof& proof, ByteView key,
                        ByteView value) {
    TW_CHECK(check_against(proof, spec));
    if (!equal(proof.key, key)) return fail("ics23.key", "the proof speaks of another key");
    if (!equal(proof.value, value)) return fail("ics23.value", "the proof speaks of another value");
    TW_TRY(const Bytes computed, calculate(proof));
    if (!equal(computed, root)) {
        return fail("ics23.root",
                    "the proof leads to the root " + to_hex(computed) + ", not to " + to_hex(root));
    }
    return {};
}

Status check_order(const Spec& spec, const NonExistenceProof& proof, ByteView key) {
    TW_TRY(const Bytes wanted, comparable(spec, key));
    if (proof.left) {
        TW_TRY(const Bytes left, comparable(spec, proof.left->key));
        if (!(left < wanted)) return fail("ics23.order", "the left neighbour is not to the left of the key");
    }
    if (proof.right) {
        TW_TRY(const Bytes right, comparable(spec, proof.right->key));
        if (!(wanted < right))
            return fail("ics23.order", "the right neighbour is not to the right of the key");
    }
    return {};
}

} // namespace

Result<Bytes> apply_leaf(const LeafOp& op, ByteView key, ByteView value) {
    if (key.empty()) return fail("ics23.key", "a leaf needs a key");
    if (value.empty()) return fail("ics23.value", "a leaf needs a value");
    Bytes data = op.prefix;
    TW_CHECK(append_prepared(data, op.prehash_key, op.length, key));
    TW_CHECK(append_prepared(data, op.prehash_value, op.length, value));
    return hash_with(op.hash, std::move(data));
}

Result<Bytes> apply_inner(const InnerOp& op, ByteView child) {
    if (child.empty()) return fail("ics23.inner", "an inner step needs a child");
    Bytes data = op.prefix;
    append(data, child);
    append(data, op.suffix);
    return hash_with(op.hash, std::move(data));
}

Result<Bytes> calculate(const ExistenceProof& proof) {
    if (!proof.leaf) return fail("ics23.leaf", "the proof has no leaf operation");
    TW_TRY(Bytes current, apply_leaf(*proof.leaf, proof.key, proof.value));
    for (const InnerOp& op : proof.path) {
        TW_TRY(current, apply_inner(op, current));
    }
    return current;
}

Status check_against(const LeafOp& op, const Spec& spec) {
    if (is_iavl(spec)) TW_CHECK(check_iavl(op.prefix, op.hash, 0));
    if (op.hash != spec.leaf.hash || op.prehash_key != spec.leaf.prehash_key ||
        op.prehash_value != spec.leaf.prehash_value || op.length != spec.leaf.length) {
        return fail("ics23.leaf", "the leaf operation is not the one of this tree");
    }
    if (spec.exact_prefixes ? op.prefix != spec.leaf.prefix : !begins_with(op.prefix, spec.leaf.prefix)) {
        return fail("ics23.prefix", "leaf: its prefix is " + to_hex(op.prefix) + " where " +
                                        to_hex(spec.leaf.prefix) + " is due");
    }
    return {};
}

Status check_against(const ExistenceProof& proof, const Spec& spec) {
    if (!proof.leaf) return fail("ics23.leaf", "the proof has no leaf operation");
    TW_CHECK(check_against(*proof.leaf, spec));
    constexpr std::int32_t kDefaultDepth = 128;
    const auto depth = static_cast<std::int64_t>(proof.path.size());
    if (depth < spec.min_depth || depth > (spec.max_depth > 0 ? spec.max_depth : kDefaultDepth)) {
        return fail("ics23.depth", std::to_string(depth) + " inner steps are too few or too many");
    }
    for (std::size_t i = 0; i < proof.path.size(); ++i) {
        TW_CHECK(check_inner(proof.path[i], spec, static_cast<std::int64_t>(i) + 1));
    }
    return {};
}

bool left_branches_are_empty(const InnerSpec& spec, const InnerOp& op) {
    const auto branch = branch_of(spec, op);
    if (!branch || *branch == 0) return false;
    const auto child = static_cast<std::size_t>(spec.child_size);
    if (op.prefix.size() < *branch * child) return false;
    const std::size_t start = op.prefix.size() - *branch * child;
    for (std::size_t i = 0; i < *branch; ++i) {
        if (!is_empty_child(spec, op.prefix, start + position_of(spec, i) * child)) return false;
    }
    return true;
}

bool right_branches_are_empty(const InnerSpec& spec, const InnerOp& op) {
    const auto branch = branch_of(spec, op);
    if (!branch || *branch + 1 == spec.child_order.size()) return false;
    const auto child = static_cast<std::size_t>(spec.child_size);
    const std::size_t count = spec.child_order.size() - 1 - *branch;
    if (op.suffix.size() != count * child) return false;
    for (std::size_t i = 0; i < count; ++i) {
        if (!is_empty_child(spec, op.suffix, i * child)) return false;
    }
    return true;
}

Status verify_membership(const Spec& spec, ByteView root, const CommitmentProof& proof, ByteView key,
                         ByteView value) {
    const auto* existence = std::get_if<ExistenceProof>(&proof);
    if (existence == nullptr) return fail("ics23.kind", "a proof of absence cannot show that a key is there");
    return verify_existence(spec, root, *existence, key, value);
}

Status verify_absence(const Spec& spec, ByteView root, const CommitmentProof& proof, ByteView key) {
    const auto* absence = std::get_if<NonExistenceProof>(&proof);
    if (absence == nullptr)
        return fail("ics23.kind", "a proof of existence cannot show that a key is absent");
    if (!absence->left && !absence->right) return fail("ics23.neighbour", "the proof names no neighbour");
    for (const auto* side : {&absence->left, &absence->right}) {
        if (*side) TW_CHECK(verify_existence(spec, root, **side, (*side)->key, (*side)->value));
    }
    TW_CHECK(check_order(spec, *absence, key));
    const bool is_gap = !absence->left ? is_left_most(spec.inner, absence->right->path)
                        : !absence->right
                            ? is_right_most(spec.inner, absence->left->path)
                            : are_neighbours(spec.inner, absence->left->path, absence->right->path);
    if (!is_gap) return fail("ics23.neighbour", "other keys may lie between the neighbours the proof names");
    return {};
}

} // namespace tidewaiter::state::ics23
