#include "ledger/state/tree.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/crypto/hash.hpp"

#include <algorithm>

namespace tidewaiter::state {

namespace {

Hash tagged_hash(std::uint8_t tag, const Hash& first, const Hash& second) {
    std::array<std::uint8_t, 65> input;
    input[0] = tag;
    std::copy(first.begin(), first.end(), input.begin() + 1);
    std::copy(second.begin(), second.end(), input.begin() + 33);
    return crypto::sha256(ByteView(input));
}

} // namespace

Path path_of(std::string_view key) {
    return crypto::sha256(as_bytes(key));
}

Hash leaf_hash(const Path& path, const Hash& value_hash) {
    return tagged_hash(0x00, path, value_hash);
}

Hash inner_hash(const Hash& left, const Hash& right) {
    return tagged_hash(0x01, left, right);
}

Node join(const Node& left, const Node& right) {
    if (left.kind == NodeKind::Empty && right.kind != NodeKind::Inner) return right;
    if (right.kind == NodeKind::Empty && left.kind != NodeKind::Inner) return left;
    return {NodeKind::Inner, inner_hash(left.hash, right.hash)};
}

bool bit_of(const Path& path, unsigned index) {
    return (path[index / 8] >> (7 - index % 8) & 1) != 0;
}

std::uint32_t bucket_of(const Path& path, unsigned bits) {
    TW_ASSERT(bits <= 32);
    if (bits == 0) return 0;
    std::uint32_t top = 0;
    for (std::size_t i = 0; i < 4; ++i)
        top = top << 8 | path[i];
    return top >> (32 - bits);
}

PathRange range_of(unsigned bits, std::uint32_t bucket) {
    TW_ASSERT(bits <= 32 && (bits == 32 || bucket < 1U << bits));
    PathRange range;
    range.last.fill(0xff);
    if (bits == 0) return range;
    const std::uint32_t first = bucket << (32 - bits);
    const std::uint32_t last = first | (bits == 32 ? 0 : UINT32_MAX >> bits);
    for (unsigned i = 0; i < 4; ++i) {
        range.first[i] = static_cast<std::uint8_t>(first >> (24 - 8 * i));
        range.last[i] = static_cast<std::uint8_t>(last >> (24 - 8 * i));
    }
    return range;
}

Node subtree(std::span<const Leaf> leaves, unsigned depth) {
    if (leaves.empty()) return {};
    if (leaves.size() == 1) return {NodeKind::Leaf, leaves[0].hash};
    // Two equal paths would be two values for one key: the depth runs out and the caller has a bug.
    TW_ASSERT(depth < 256);
    const auto middle = std::partition_point(leaves.begin(), leaves.end(),
                                             [depth](const Leaf& leaf) { return !bit_of(leaf.path, depth); });
    const auto left = static_cast<std::size_t>(middle - leaves.begin());
    return join(subtree(leaves.first(left), depth + 1), subtree(leaves.subspan(left), depth + 1));
}

Tree::Tree(unsigned bits) : bits_(bits), hashes_(std::size_t{2} << bits), kinds_(std::size_t{2} << bits) {
    TW_ASSERT(bits <= kMaxTreeBits);
}

Result<Tree> Tree::build(unsigned bits, const LeafSource& source) {
    Tree tree(bits);
    std::vector<Leaf> bucket;
    std::uint32_t current = 0;
    const auto close = [&] {
        if (!bucket.empty()) tree.set_bucket(current, subtree(bucket, bits));
        bucket.clear();
    };
    TW_CHECK(source.leaves(range_of(0, 0), [&](const Leaf& leaf) {
        const std::uint32_t index = bucket_of(leaf.path, bits);
        if (index != current) close();
        current = index;
        bucket.push_back(leaf);
    }));
    close();
    tree.fold();
    return tree;
}

Node Tree::at(std::uint32_t position) const {
    return {kinds_[position], hashes_[position]};
}

void Tree::write(std::uint32_t position, const Node& node) {
    if (is_open_) undo_.push_back({position, at(position)});
    kinds_[position] = node.kind;
    hashes_[position] = node.hash;
}

void Tree::set_bucket(std::uint32_t index, const Node& node) {
    TW_ASSERT(index < 1U << bits_);
    const std::uint32_t position = (1U << bits_) + index;
    if (at(position) == node) return;
    write(position, node);
    touched_.push_back(position);
}

void Tree::fold() {
    std::vector<std::uint32_t> level = std::move(touched_);
    touched_.clear();
    std::sort(level.begin(), level.end());
    for (unsigned depth = bits_; depth > 0 && !level.empty(); --depth) {
        for (std::uint32_t& position : level)
            position /= 2;
        level.erase(std::unique(level.begin(), level.end()), level.end());
        for (const std::uint32_t position : level)
            write(position, join(at(2 * position), at(2 * position + 1)));
    }
}

Status Tree::update(std::span<const std::uint32_t> buckets, const LeafSource& source) {
    std::vector<Leaf> leaves;
    for (const std::uint32_t bucket : buckets) {
        leaves.clear();
        TW_CHECK(source.leaves(range_of(bits_, bucket), [&](const Leaf& leaf) { leaves.push_back(leaf); }));
        set_bucket(bucket, subtree(leaves, bits_));
    }
    fold();
    return {};
}

void Tree::replace(std::uint32_t first, std::uint32_t count, std::span<const Leaf> leaves) {
    std::size_t from = 0;
    for (std::uint32_t bucket = first; bucket < first + count; ++bucket) {
        std::size_t to = from;
        while (to < leaves.size() && bucket_of(leaves[to].path, bits_) == bucket)
            ++to;
        set_bucket(bucket, subtree(leaves.subspan(from, to - from), bits_));
        from = to;
    }
    TW_ASSERT(from == leaves.size());
}

void Tree::begin() {
    TW_ASSERT(!is_open_);
    is_open_ = true;
    undo_.clear();
}

void Tree::commit() {
    TW_ASSERT(is_open_ && touched_.empty());
    is_open_ = false;
    undo_.clear();
}

void Tree::rollback() {
    TW_ASSERT(is_open_);
    for (auto saved = undo_.rbegin(); saved != undo_.rend(); ++saved) {
        kinds_[saved->position] = saved->node.kind;
        hashes_[saved->position] = saved->node.hash;
    }
    undo_.clear();
    touched_.clear();
    is_open_ = false;
}

std::vector<Node> Tree::level(unsigned depth) const {
    TW_ASSERT(depth <= bits_);
    std::vector<Node> nodes;
    nodes.reserve(std::size_t{1} << depth);
    for (std::uint32_t index = 0; index < 1U << depth; ++index)
        nodes.push_back(node(depth, index));
    return nodes;
}

} // namespace tidewaiter::state
