#include "ledger/base/assert.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/state/tree.hpp"

#include <algorithm>

namespace tidewaiter::state {

namespace {

constexpr std::size_t kNodeBytes = 33;

} // namespace

Bytes encode_nodes(std::span<const Node> nodes) {
    Bytes out;
    out.reserve(nodes.size() * kNodeBytes);
    for (const Node& node : nodes) {
        out.push_back(static_cast<std::uint8_t>(node.kind));
        append(out, node.hash);
    }
    return out;
}

Result<std::vector<Node>> decode_nodes(ByteView bytes) {
    if (bytes.size() % kNodeBytes != 0) {
        return fail("nodes.length", std::to_string(bytes.size()) + " bytes are not whole nodes of 33 bytes");
    }
    std::vector<Node> nodes(bytes.size() / kNodeBytes);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const ByteView item = bytes.subspan(i * kNodeBytes, kNodeBytes);
        if (item[0] > 2) {
            return fail("nodes.kind",
                        "node " + std::to_string(i) + " has the unknown kind " + std::to_string(item[0]));
        }
        nodes[i].kind = static_cast<NodeKind>(item[0]);
        std::copy(item.begin() + 1, item.end(), nodes[i].hash.begin());
        if (nodes[i].kind == NodeKind::Empty && nodes[i].hash != Hash{}) {
            return fail("nodes.empty",
                        "node " + std::to_string(i) + " is said to be empty but carries a hash");
        }
    }
    return nodes;
}

Node fold(std::span<const Node> nodes) {
    TW_ASSERT(!nodes.empty() && (nodes.size() & (nodes.size() - 1)) == 0);
    std::vector<Node> level(nodes.begin(), nodes.end());
    while (level.size() > 1) {
        for (std::size_t i = 0; i < level.size() / 2; ++i)
            level[i] = join(level[2 * i], level[2 * i + 1]);
        level.resize(level.size() / 2);
    }
    return level[0];
}

Status check(const Manifest& manifest) {
    const std::string name = "snapshot of " + printable(manifest.name_space);
    if (manifest.bits > kMaxManifestBits) {
        return fail("manifest.bits",
                    name + ": 2^" + std::to_string(manifest.bits) + " buckets, at most 2^12 are allowed");
    }
    if (manifest.buckets.size() != std::size_t{1} << manifest.bits) {
        return fail("manifest.count", name + ": " + std::to_string(manifest.buckets.size()) +
                                          " buckets where 2^" + std::to_string(manifest.bits) +
                                          " are announced");
    }
    if (fold(manifest.buckets).hash != manifest.root) {
        return fail("manifest.root", name + ": its buckets do not fold to the root " + to_hex(manifest.root) +
                                         "; ask another relay");
    }
    return {};
}

Result<std::vector<Leaf>> leaves_of(std::span<const Record> records) {
    std::vector<Leaf> leaves;
    leaves.reserve(records.size());
    for (const Record& record : records) {
        if (record.key.empty() || record.value.empty()) {
            return fail("chunk.empty",
                        "record " + std::to_string(leaves.size()) + " has an empty key or value");
        }
        const Path path = path_of(record.key);
        if (!leaves.empty() && !(leaves.back().path < path)) {
            return fail("chunk.order",
                        "the record " + printable(record.key) + " is out of order or occurs twice");
        }
        leaves.push_back({path, leaf_hash(path, crypto::sha256(record.value))});
    }
    return leaves;
}

Status check_bucket(const Manifest& manifest, std::uint32_t bucket, std::span<const Leaf> leaves) {
    TW_ASSERT(bucket < manifest.buckets.size());
    if (subtree(leaves, manifest.bits) == manifest.buckets[bucket]) return {};
    return fail("chunk.hash", "bucket " + std::to_string(bucket) + " of " + printable(manifest.name_space) +
                                  ": its " + std::to_string(leaves.size()) +
                                  " records do not give the hash the manifest names: "
                                  "one is missing, added or altered; ask another relay");
}

} // namespace tidewaiter::state
