#pragma once

#include "ledger/state/apphash.hpp"

#include <span>
#include <vector>

/// Parts of the application hash that proofs need too.
namespace tidewaiter::state {

[[nodiscard]] Hash namespace_leaf(std::string_view name, const Hash& root);
[[nodiscard]] std::vector<Hash> namespace_leaves(const Roots& roots);
/// How many of `count` > 1 leaves lie on the left: the greatest power of two below it.
[[nodiscard]] std::size_t split_point(std::size_t count);
[[nodiscard]] Hash merkle_root(std::span<const Hash> leaves);

} // namespace tidewaiter::state
