#pragma once

#include "ledger/base/bytes.hpp"

#include <map>

/// The application hash: a Merkle tree in ICS-23's Tendermint shape over (namespace -> root).
namespace tidewaiter::state {

/// Namespace -> root, ascending by name. A declared namespace without records has the root kEmptyRoot.
using Roots = std::map<std::string, Hash, std::less<>>;
inline constexpr Hash kEmptyRoot{};

/// leaf = SHA-256(00 ‖ varint(len name) ‖ name ‖ 20 ‖ SHA-256(root)), inner = SHA-256(01 ‖ left ‖ right),
/// split at the greatest power of two below the count. No namespaces at all: SHA-256 of nothing.
[[nodiscard]] Hash app_hash(const Roots& roots);

/// `[a-z0-9][a-z0-9/-]{0,39}`.
[[nodiscard]] bool is_namespace(std::string_view text);

} // namespace tidewaiter::state
