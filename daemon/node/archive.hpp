#pragma once

#include "daemon/wire/messages.hpp"
#include "ledger/state/apphash.hpp"
#include "ledger/store/database.hpp"

namespace tidewaiter::node {

/// A block with its commit and what belongs beside it.
struct ArchivedBlock {
    std::uint64_t height = 0;
    Bytes block;        ///< protobuf Block
    Bytes light_block;  ///< protobuf LightBlock
    state::Roots roots; ///< of the state before this block, which its header commits to
};

/// Written before anything is signed for its height.
struct Proposal {
    std::uint64_t height = 0;
    Bytes block;
    Bytes sign_bytes;
    TimeNs vote_time;
};

/// What a block did to one transaction.
struct ArchivedTransaction {
    Hash id{};
    std::optional<Hash> core_hash;
    std::uint64_t height = 0;
    std::uint32_t code = 0;
    std::string error;
    std::string name_space; ///< of the record it is about; empty when none
    std::string key;
};

/// Results and changes of one executed block.
struct Execution {
    std::uint64_t height = 0;
    Hash results_hash{};
    std::vector<wire::Delta> deltas; ///< whole: part 1 of 1, however large
    std::vector<ArchivedTransaction> transactions;
};

/// blocks.db, durable. One thread. Errors: store.*.
class Archive {
  public:
    [[nodiscard]] static Result<Archive> open(const std::string& path);

    /// The hash of the genesis this archive belongs to; set once.
    [[nodiscard]] Result<std::optional<Hash>> genesis();
    [[nodiscard]] Status set_genesis(const Hash& hash);

    [[nodiscard]] Result<std::uint64_t> tip();
    [[nodiscard]] Result<std::optional<ArchivedBlock>> block(std::uint64_t height);

    [[nodiscard]] Result<std::optional<Proposal>> proposal();
    [[nodiscard]] Status propose(const Proposal& proposal);
    /// Keeps the block and ends its proposal, in one transaction.
    [[nodiscard]] Status add(const ArchivedBlock& block);

    /// Replaces what an earlier execution of the same block wrote.
    [[nodiscard]] Status executed(const Execution& execution);
    [[nodiscard]] Result<std::optional<Hash>> results_hash(std::uint64_t height);
    /// Deltas of one namespace, ascending by state, at most `limit`.
    [[nodiscard]] Result<std::vector<wire::Delta>> deltas(std::string_view name_space, std::uint64_t from,
                                                          std::uint64_t to, std::size_t limit);
    /// Deltas of all namespaces at one state.
    [[nodiscard]] Result<std::vector<wire::Delta>> deltas_at(std::uint64_t state);
    /// By transaction id or core hash.
    [[nodiscard]] Result<std::optional<ArchivedTransaction>> transaction(const Hash& id);

  private:
    explicit Archive(store::Database database) : database_(std::move(database)) {}
    store::Database database_;
};

/// CBOR array of [namespace, root].
[[nodiscard]] Bytes encode_roots(const state::Roots& roots);
[[nodiscard]] Result<state::Roots> decode_roots(ByteView bytes);

} // namespace tidewaiter::node
