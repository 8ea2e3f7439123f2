#include "ledger/chain/wire.hpp"

#include <algorithm>

namespace tidewaiter::chain {

void Wire::fixed64(std::uint32_t field, std::int64_t value) {
    if (value == 0) return;
    varint((std::uint64_t{field} << 3) | 1);
    const auto bits = static_cast<std::uint64_t>(value);
    for (unsigned shift = 0; shift < 64; shift += 8)
        out_.push_back(static_cast<std::uint8_t>(bits >> shift));
}

void Wire::set_length(std::size_t start) {
    std::size_t length = out_.size() - start - 1;
    std::array<std::uint8_t, 10> encoded{};
    std::size_t count = 0;
    for (; length >= 0x80; length >>= 7)
        encoded[count++] = static_cast<std::uint8_t>(length | 0x80);
    encoded[count++] = static_cast<std::uint8_t>(length);
    // Most bodies are below 128 bytes and fit the byte kept for them.
    out_[start] = encoded[0];
    if (count > 1)
        out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(start) + 1, encoded.begin() + 1,
                    encoded.begin() + static_cast<std::ptrdiff_t>(count));
}

void write_time(Wire& wire, TimeNs time) {
    wire.integer(1, time.seconds);
    wire.unsigned_integer(2, time.nanos);
}

void write_block_id(Wire& wire, const BlockId& id) {
    wire.hash(1, id.hash);
    wire.message(2, [&] {
        wire.unsigned_integer(1, id.parts.total);
        wire.hash(2, id.parts.hash);
    });
}

void write_entry(Wire& wire, const CommitSig& entry) {
    wire.unsigned_integer(1, static_cast<std::uint64_t>(entry.flag));
    const bool has_voted = entry.flag == BlockIdFlag::Commit || entry.flag == BlockIdFlag::Nil;
    if (has_voted || entry.address != Address{}) wire.bytes_always(2, entry.address);
    wire.message(3, [&] { write_time(wire, entry.time); });
    wire.bytes(4, entry.signature);
}

void write_commit(Wire& wire, const Commit& commit) {
    wire.integer(1, commit.height);
    wire.integer(2, commit.round);
    wire.message(3, [&] { write_block_id(wire, commit.block_id); });
    for (const CommitSig& entry : commit.signatures)
        wire.message(4, [&] { write_entry(wire, entry); });
}

void write_version(Wire& wire, const Version& version) {
    wire.unsigned_integer(1, version.block);
    wire.unsigned_integer(2, version.app);
}

void write_header(Wire& wire, const Header& header) {
    wire.message(1, [&] { write_version(wire, header.version); });
    wire.bytes(2, as_bytes(header.chain_id));
    wire.integer(3, header.height);
    wire.message(4, [&] { write_time(wire, header.time); });
    wire.message(5, [&] { write_block_id(wire, header.last_block_id); });
    wire.hash(6, header.last_commit_hash);
    wire.hash(7, header.data_hash);
    wire.bytes_always(8, header.validators_hash);
    wire.bytes_always(9, header.next_validators_hash);
    wire.hash(10, header.consensus_hash);
    wire.bytes(11, header.app_hash);
    wire.hash(12, header.last_results_hash);
    wire.hash(13, header.evidence_hash);
    wire.bytes_always(14, header.proposer_address);
}

void write_key(Wire& wire, const ValidatorKey& key) {
    wire.bytes_always(1, key);
}

} // namespace tidewaiter::chain
