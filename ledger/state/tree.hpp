#pragma once

#include "ledger/base/bytes.hpp"

#include <functional>
#include <span>
#include <vector>

/// The sparse Merkle tree of one namespace, in the shape of ICS-23's SMT: leaf = SHA-256(00 ‖ path ‖
/// SHA-256(value)) with path = SHA-256(key), inner = SHA-256(01 ‖ left ‖ right), empty = 32 zero bytes, and a
/// subtree with a single leaf is that leaf. It depends on the set alone, never on history.
namespace tidewaiter::state {

using Path = Hash;

/// As written in manifests.
enum class NodeKind : std::uint8_t { Empty = 0, Leaf = 1, Inner = 2 };

struct Node {
    NodeKind kind = NodeKind::Empty;
    Hash hash{};
    bool operator==(const Node&) const = default;
};

struct Leaf {
    Path path{};
    Hash hash{}; ///< leaf_hash(path, SHA-256(value))
    bool operator==(const Leaf&) const = default;
};

[[nodiscard]] Path path_of(std::string_view key);
[[nodiscard]] Hash leaf_hash(const Path& path, const Hash& value_hash);
[[nodiscard]] Hash inner_hash(const Hash& left, const Hash& right);
/// The parent of two siblings.
[[nodiscard]] Node join(const Node& left, const Node& right);
/// Bit `index` of a path, 0 the most significant of the first byte.
[[nodiscard]] bool bit_of(const Path& path, unsigned index);
/// The first `bits` (0 … 32) bits of a path as a number: which of 2^bits buckets it lies in.
[[nodiscard]] std::uint32_t bucket_of(const Path& path, unsigned bits);
/// First and last path of a bucket.
struct PathRange {
    Path first{};
    Path last{};
};
[[nodiscard]] PathRange range_of(unsigned bits, std::uint32_t bucket);

/// The node at `depth` bits whose subtree holds exactly these leaves: ascending by path, equal in their first
/// `depth` bits (both asserted).
[[nodiscard]] Node subtree(std::span<const Leaf> leaves, unsigned depth);

/// Where leaves come from: memory, a table.
class LeafSource {
  public:
    virtual ~LeafSource() = default;
    /// Calls `leaf` for each leaf of the range, ascending by path.
    [[nodiscard]] virtual Status leaves(const PathRange& range,
                                        const std::function<void(const Leaf&)>& leaf) const = 0;
};

inline constexpr unsigned kMaxTreeBits = 20;
inline constexpr unsigned kMaxManifestBits = 12;

/// All nodes of the top `bits` levels, in memory: 33 × 2^(bits+1) bytes. The rest is derived from the leaves.
/// Changes between begin() and commit() can be rolled back.
class Tree {
  public:
    explicit Tree(unsigned bits = 0);
    /// From all leaves of a source.
    [[nodiscard]] static Result<Tree> build(unsigned bits, const LeafSource& source);

    [[nodiscard]] unsigned bits() const { return bits_; }
    [[nodiscard]] Node root() const { return at(1); }
    /// The node at `depth` ≤ bits(), the `index`-th from the left.
    [[nodiscard]] Node node(unsigned depth, std::uint32_t index) const { return at((1U << depth) + index); }
    [[nodiscard]] Node bucket(std::uint32_t index) const { return node(bits_, index); }

    /// Sets bucket nodes; `fold` must follow before any other node is read.
    void set_bucket(std::uint32_t index, const Node& node);
    /// Recomputes what lies above the buckets that were set since the last fold.
    void fold();
    /// Recomputes these buckets (ascending) from their leaves, then folds.
    [[nodiscard]] Status update(std::span<const std::uint32_t> buckets, const LeafSource& source);
    /// Sets the buckets first … first+count-1 from these leaves (ascending, all within them). No fold.
    void replace(std::uint32_t first, std::uint32_t count, std::span<const Leaf> leaves);

    void begin();
    void commit();
    void rollback();

    /// The nodes at `depth`, from left to right.
    [[nodiscard]] std::vector<Node> level(unsigned depth) const;

  private:
    [[nodiscard]] Node at(std::uint32_t position) const;
    void write(std::uint32_t position, const Node& node);

    struct Saved {
        std::uint32_t position;
        Node node;
    };
    unsigned bits_;
    std::vector<Hash> hashes_; ///< position 1 the root, children of p at 2p and 2p+1
    std::vector<NodeKind> kinds_;
    std::vector<std::uint32_t> touched_;
    std::vector<Saved> undo_;
    bool is_open_ = false;
};

/// 33 bytes each (kind ‖ hash), as manifests and the store carry them.
[[nodiscard]] Bytes encode_nodes(std::span<const Node> nodes);
/// Errors: nodes.length, nodes.kind, nodes.empty (an empty node with a hash).
[[nodiscard]] Result<std::vector<Node>> decode_nodes(ByteView bytes);

/// What a snapshot of one namespace at state `height` consists of: 2^bits buckets.
struct Manifest {
    std::string name_space;
    std::uint64_t height = 0;
    Hash root{};
    unsigned bits = 0; ///< 0 … kMaxManifestBits
    std::vector<Node> buckets;
    bool operator==(const Manifest&) const = default;
};

/// The root of 2^n nodes.
[[nodiscard]] Node fold(std::span<const Node> nodes);
/// That the buckets number 2^bits and fold to the root. Errors: manifest.bits, manifest.count, manifest.root.
[[nodiscard]] Status check(const Manifest& manifest);

/// One record as chunks carry it.
struct Record {
    std::string key;
    Bytes value;
    bool operator==(const Record&) const = default;
};

/// The leaves of records that ascend by path, as chunks carry them. Errors: chunk.empty (an empty key or
/// value), chunk.order (out of order, or a key twice).
[[nodiscard]] Result<std::vector<Leaf>> leaves_of(std::span<const Record> records);

/// That these are exactly the leaves of bucket `bucket` of the manifest. Error: chunk.hash (a record is
/// missing, added or altered).
[[nodiscard]] Status check_bucket(const Manifest& manifest, std::uint32_t bucket,
                                  std::span<const Leaf> leaves);

} // namespace tidewaiter::state
