#pragma once

#include "ledger/chain/types.hpp"

/// CometBFT's protobuf messages. Writing is canonical (our own writer); reading is libprotobuf-lite's, after
/// a cap on the size. Reading recomputes addresses, sorts sets, refuses duplicates and range-checks powers.
/// Errors: chain.protobuf (not such a message), chain.size, chain.<what> with the path of the field in the
/// detail, chain.set.*. Unknown fields, proposer priorities and total power are ignored.
namespace tidewaiter::chain {

[[nodiscard]] Bytes encode(const Header& header);
[[nodiscard]] Bytes encode(const Commit& commit);
/// The set's proposer field is the header's proposer where it is a member, else the first validator.
[[nodiscard]] Bytes encode(const LightBlock& block);
[[nodiscard]] Bytes encode(const Block& block);

[[nodiscard]] Result<Header> decode_header(ByteView bytes);
[[nodiscard]] Result<Commit> decode_commit(ByteView bytes);
[[nodiscard]] Result<LightBlock> decode_light_block(ByteView bytes,
                                                    std::size_t max_bytes = limits::kMaxLightBlockBytes);
/// Error chain.evidence when the block carries evidence.
[[nodiscard]] Result<Block> decode_block(ByteView bytes, std::size_t max_bytes);

} // namespace tidewaiter::chain
