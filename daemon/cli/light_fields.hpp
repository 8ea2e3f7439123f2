#pragma once

#include "daemon/json/json.hpp"
#include "ledger/chain/types.hpp"

/// CometBFT's JSON forms of single values. Absent and null give CometBFT's zero value where it has one; every
/// error begins with the path of the field.
namespace tidewaiter::cli {

/// A number, or one written as text.
[[nodiscard]] Result<std::int64_t> read_integer(const json::Field& field, std::int64_t min, std::int64_t max);
/// Hex of any length; absent gives no bytes.
[[nodiscard]] Result<Bytes> read_hex(const json::Field& field);
[[nodiscard]] Result<Bytes> read_base64(const json::Field& field);
[[nodiscard]] Result<Hash> read_hash(const json::Field& field);
[[nodiscard]] Result<std::optional<Hash>> read_hash_or_none(const json::Field& field);
[[nodiscard]] Result<chain::Address> read_address(const json::Field& field);
/// Absent gives year 1.
[[nodiscard]] Result<TimeNs> read_time(const json::Field& field);
[[nodiscard]] Result<chain::BlockId> read_block_id(const json::Field& field);
[[nodiscard]] Result<chain::Header> read_header(const json::Field& field);
[[nodiscard]] Result<chain::Commit> read_commit(const json::Field& field);
/// No validators give an empty set.
[[nodiscard]] Result<chain::ValidatorSet> read_validator_set(const json::Field& field);

} // namespace tidewaiter::cli
