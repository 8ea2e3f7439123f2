#pragma once

#include "ledger/base/time.hpp"
#include "ledger/state/view.hpp"

/// The state before the first block, as the file genesis.cbor carries it.
namespace tidewaiter::application {

struct GenesisValidator {
    std::array<std::uint8_t, 32> public_key{}; ///< Ed25519
    std::int64_t power = 0;                    ///< 1 … 1,000,000,000
    bool operator==(const GenesisValidator&) const = default;
};
struct GenesisRecord {
    std::string name_space;
    std::string key;
    Bytes value;
    bool operator==(const GenesisRecord&) const = default;
};
/// A chain that goes before this one; stamps signed for it stay admissible.
struct Predecessor {
    std::string chain_id;
    std::uint64_t last_height = 0;
    Hash app_hash{};
    bool operator==(const Predecessor&) const = default;
};
struct Genesis {
    std::string chain_id;
    TimeNs time;
    std::vector<GenesisValidator> validators; ///< at least one
    std::vector<GenesisRecord> records;       ///< ascending by (namespace, key), unique
    std::vector<Predecessor> predecessors;
    bool operator==(const Genesis&) const = default;
};

/// {0: 1, 1: chain, 2: time, 3: [[key, power]…], 4: [[namespace, key, value]…], ? 5: [[chain, height,
/// hash]…]} Errors: cbor.*, field.*, genesis.version, genesis.chain, genesis.order (records out of order or
/// twice), genesis.validators (a key twice, or too much power).
inline constexpr std::size_t kMaxGenesisBytes = 256U * 1024 * 1024;
[[nodiscard]] bool is_chain_id(std::string_view text);
[[nodiscard]] Result<Genesis> decode_genesis(ByteView bytes);
[[nodiscard]] Bytes encode(const Genesis& genesis);
/// SHA-256 of the encoding: what a member compares before it starts.
[[nodiscard]] Hash genesis_hash(const Genesis& genesis);

/// Every record, and the governance records that follow from the rest: predecessors, sequence 0.
[[nodiscard]] state::Overlay::Changes initial_changes(const Genesis& genesis);
/// The namespaces that are declared, ascending: those with a record, `governance`, `identity`, `reference`,
/// `seen`, those that a key may write to, and one of devices for each territory that a device's key names.
[[nodiscard]] std::vector<std::string> namespaces(const Genesis& genesis);

} // namespace tidewaiter::application
