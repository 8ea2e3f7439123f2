#pragma once

#include "ledger/state/apphash.hpp"
#include "ledger/state/ics23.hpp"
#include "ledger/state/tree.hpp"

/// Proofs of one record, or of its absence, against an application hash.
namespace tidewaiter::state {

/// Both are ICS-23 CommitmentProof protobuf.
struct RecordProof {
    Bytes record;      ///< in the namespace's tree; empty when the namespace is empty or was never declared
    Bytes application; ///< of the namespace's root (or that there is none) under the application hash
    bool operator==(const RecordProof&) const = default;
};

/// What `app_hash` says about a record: its value equals `value`, or (nullopt) there is none.
/// Errors: ics23.*, proof.missing (no record proof although the namespace has records).
[[nodiscard]] Status verify_record(const Hash& app_hash, std::string_view name_space, std::string_view key,
                                   const std::optional<Bytes>& value, const RecordProof& proof);

/// Membership of `name_space`, or its absence, in the tree of `roots` (not empty).
[[nodiscard]] ics23::CommitmentProof prove_namespace(const Roots& roots, std::string_view name_space);

/// The siblings on the way from a leaf of `leaves` (the leaves of one bucket of `tree`, in order) up to the
/// root; `path` is that leaf's.
[[nodiscard]] std::vector<ics23::InnerOp> siblings(const Tree& tree, std::span<const Leaf> leaves,
                                                   const Path& path);

/// An existence proof in a namespace's tree.
[[nodiscard]] ics23::ExistenceProof prove_record(const Tree& tree, std::span<const Leaf> bucket,
                                                 std::string_view key, ByteView value);

} // namespace tidewaiter::state
