#include "ledger/chain/hashes.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/chain/merkle.hpp"
#include "ledger/chain/wire.hpp"
#include "ledger/crypto/hash.hpp"

namespace tidewaiter::chain {

namespace {

/// Leaves written one after another into one buffer, hashed as they end.
class Leaves {
  public:
    explicit Leaves(std::size_t count) {
        hashes_.reserve(count);
        buffer_.reserve(256);
    }
    template <class Body>
    void add(Body&& body) {
        buffer_.assign(1, 0); // the leaf prefix
        body(wire_);
        hashes_.push_back(crypto::sha256(buffer_));
    }
    [[nodiscard]] Hash root() { return fold_leaves(hashes_); }

  private:
    Bytes buffer_;
    Wire wire_{buffer_};
    std::vector<Hash> hashes_;
};

} // namespace

Hash header_hash(const Header& header) {
    Leaves leaves(14);
    leaves.add([&](Wire& wire) { write_version(wire, header.version); });
    leaves.add([&](Wire& wire) { wire.bytes(1, as_bytes(header.chain_id)); });
    leaves.add([&](Wire& wire) { wire.integer(1, header.height); });
    leaves.add([&](Wire& wire) { write_time(wire, header.time); });
    leaves.add([&](Wire& wire) { write_block_id(wire, header.last_block_id); });
    leaves.add([&](Wire& wire) { wire.hash(1, header.last_commit_hash); });
    leaves.add([&](Wire& wire) { wire.hash(1, header.data_hash); });
    leaves.add([&](Wire& wire) { wire.bytes(1, header.validators_hash); });
    leaves.add([&](Wire& wire) { wire.bytes(1, header.next_validators_hash); });
    leaves.add([&](Wire& wire) { wire.hash(1, header.consensus_hash); });
    leaves.add([&](Wire& wire) { wire.bytes(1, header.app_hash); });
    leaves.add([&](Wire& wire) { wire.hash(1, header.last_results_hash); });
    leaves.add([&](Wire& wire) { wire.hash(1, header.evidence_hash); });
    leaves.add([&](Wire& wire) { wire.bytes(1, header.proposer_address); });
    return leaves.root();
}

Hash validators_hash(const ValidatorSet& set) {
    Leaves leaves(set.size());
    for (const Validator& validator : set.validators()) {
        leaves.add([&](Wire& wire) {
            wire.message(1, [&] { write_key(wire, validator.key()); });
            wire.integer(2, validator.power());
        });
    }
    return leaves.root();
}

Hash commit_hash(const Commit& commit) {
    Leaves leaves(commit.signatures.size());
    for (const CommitSig& entry : commit.signatures)
        leaves.add([&](Wire& wire) { write_entry(wire, entry); });
    return leaves.root();
}

Hash data_hash(std::span<const Bytes> transactions) {
    std::vector<Hash> leaves;
    leaves.reserve(transactions.size());
    for (const Bytes& transaction : transactions)
        leaves.push_back(leaf_hash(crypto::sha256(transaction)));
    return fold_leaves(leaves);
}

Hash results_hash(std::span<const ExecutionResult> results) {
    Leaves leaves(results.size());
    for (const ExecutionResult& result : results) {
        leaves.add([&](Wire& wire) {
            wire.unsigned_integer(1, result.code);
            wire.bytes(2, result.data);
            wire.integer(5, result.gas_wanted);
            wire.integer(6, result.gas_used);
        });
    }
    return leaves.root();
}

Hash evidence_hash(std::span<const Bytes> evidence) {
    return merkle_root(evidence);
}

Hash consensus_hash(const ConsensusParams& params) {
    Bytes encoded;
    Wire wire(encoded);
    wire.integer(1, params.max_block_bytes);
    wire.integer(2, params.max_block_gas);
    return crypto::sha256(encoded);
}

std::vector<ByteView> parts(ByteView block) {
    std::vector<ByteView> pieces;
    while (!block.empty()) {
        pieces.push_back(block.first(std::min(block.size(), kPartBytes)));
        block = block.subspan(pieces.back().size());
    }
    return pieces;
}

PartSetHeader part_set_header(ByteView block) {
    TW_ASSERT(!block.empty());
    std::vector<Hash> leaves;
    for (const ByteView piece : parts(block))
        leaves.push_back(leaf_hash(piece));
    const auto total = static_cast<std::uint32_t>(leaves.size());
    return {.total = total, .hash = fold_leaves(leaves)};
}

} // namespace tidewaiter::chain
