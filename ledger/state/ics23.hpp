#pragma once

#include "ledger/base/bytes.hpp"

#include <optional>
#include <variant>
#include <vector>

/// ICS-23 commitment proofs: the messages, their protobuf encoding, and a verifier for any specification over
/// SHA-256. Our own two specifications demand exact prefixes, which the libraries of others do not.
namespace tidewaiter::state::ics23 {

/// Numbers of the protobuf enums. What is known to the format but not offered here (everything except None
/// and Sha256; the length VarRlp) is refused with ics23.operation when it is to be computed.
enum class HashOp : std::uint8_t {
    None = 0,
    Sha256 = 1,
    Sha512 = 2,
    Keccak256 = 3,
    Ripemd160 = 4,
    Bitcoin = 5,
    Sha512_256 = 6,
    Blake2b512 = 7,
    Blake2s256 = 8,
    Blake3 = 9,
};
enum class LengthOp : std::uint8_t {
    NoPrefix = 0,
    VarProto = 1,
    VarRlp = 2,
    Fixed32Big = 3,
    Fixed32Little = 4,
    Fixed64Big = 5,
    Fixed64Little = 6,
    Require32Bytes = 7,
    Require64Bytes = 8,
};

struct LeafOp {
    HashOp hash = HashOp::None;
    HashOp prehash_key = HashOp::None;
    HashOp prehash_value = HashOp::None;
    LengthOp length = LengthOp::NoPrefix;
    Bytes prefix;
    bool operator==(const LeafOp&) const = default;
};

struct InnerOp {
    HashOp hash = HashOp::None;
    Bytes prefix;
    Bytes suffix;
    bool operator==(const InnerOp&) const = default;
};

struct ExistenceProof {
    Bytes key;
    Bytes value;
    std::optional<LeafOp> leaf;
    std::vector<InnerOp> path; ///< from the leaf up
    bool operator==(const ExistenceProof&) const = default;
};

struct NonExistenceProof {
    Bytes key; ///< informative; the verifier uses the key asked for
    std::optional<ExistenceProof> left;
    std::optional<ExistenceProof> right;
    bool operator==(const NonExistenceProof&) const = default;
};

using CommitmentProof = std::variant<ExistenceProof, NonExistenceProof>;

struct InnerSpec {
    std::vector<std::int32_t> child_order;
    std::int32_t child_size = 0;
    std::int32_t min_prefix_length = 0;
    std::int32_t max_prefix_length = 0;
    Bytes empty_child;
    HashOp hash = HashOp::None;
};

struct Spec {
    LeafOp leaf;
    InnerSpec inner;
    std::int32_t max_depth = 0; ///< 0: 128, as the libraries read it
    std::int32_t min_depth = 0;
    bool prehash_key_before_comparison = false;
    /// Ours: the leaf prefix is equal, not merely a beginning; an inner prefix is min_prefix_length bytes,
    /// plus the left siblings; the suffix is the right siblings: one child is left open, no byte more.
    bool exact_prefixes = false;
    Bytes inner_prefix; ///< with exact_prefixes: what an inner prefix begins with
};

[[nodiscard]] const Spec& iavl_spec();
/// As published.
[[nodiscard]] const Spec& tendermint_spec();
[[nodiscard]] const Spec& smt_spec();
/// The tree of a namespace: smt_spec with depth up to 256 and exact prefixes.
[[nodiscard]] const Spec& namespace_spec();
/// The tree of namespaces: tendermint_spec with exact prefixes.
[[nodiscard]] const Spec& application_spec();

/// The root this proof computes. Errors: ics23.leaf (no leaf operation), ics23.key, ics23.value (empty),
/// ics23.operation, ics23.length.
[[nodiscard]] Result<Bytes> calculate(const ExistenceProof& proof);
[[nodiscard]] Result<Bytes> apply_leaf(const LeafOp& op, ByteView key, ByteView value);
[[nodiscard]] Result<Bytes> apply_inner(const InnerOp& op, ByteView child);

/// Errors: ics23.leaf, ics23.inner, ics23.prefix, ics23.suffix, ics23.depth, ics23.iavl.
[[nodiscard]] Status check_against(const ExistenceProof& proof, const Spec& spec);
[[nodiscard]] Status check_against(const LeafOp& op, const Spec& spec);
[[nodiscard]] bool left_branches_are_empty(const InnerSpec& spec, const InnerOp& op);
[[nodiscard]] bool right_branches_are_empty(const InnerSpec& spec, const InnerOp& op);

/// That `root` commits to key -> value. Errors: those above, ics23.kind (the other kind of proof), ics23.key,
/// ics23.value, ics23.root.
[[nodiscard]] Status verify_membership(const Spec& spec, ByteView root, const CommitmentProof& proof,
                                       ByteView key, ByteView value);
/// That `root` commits to no such key. Errors: those above, ics23.order, ics23.neighbour.
[[nodiscard]] Status verify_absence(const Spec& spec, ByteView root, const CommitmentProof& proof,
                                    ByteView key);

inline constexpr std::size_t kMaxProofBytes =
    512 * 1024; ///< two neighbours of the greatest value size, and paths
inline constexpr std::size_t kMaxProofSteps = 1'024;

/// Protobuf CommitmentProof (existence and absence; a batch or compressed batch is refused: ics23.batch).
/// Errors: ics23.size, ics23.encoding, ics23.enum, ics23.empty.
[[nodiscard]] Result<CommitmentProof> decode(ByteView bytes);
[[nodiscard]] Bytes encode(const CommitmentProof& proof);

} // namespace tidewaiter::state::ics23
