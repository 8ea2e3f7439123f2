#pragma once

#include "ledger/application/application.hpp"

/// Identities of what organisations signed, remembered so that nothing is applied twice. Filed under the hour
/// of the transaction's own `at` (which lies within a day of the block): one hour is read, not two days.
namespace tidewaiter::application {

inline constexpr std::string_view kSeenNamespace = "seen";

[[nodiscard]] Result<bool> was_seen(const state::View& view, const Hash& id, UnixTime at);
/// Error: application.full (more identities in one hour than pages can hold).
[[nodiscard]] Status remember(state::Overlay& state, const Hash& id, UnixTime at);
/// Erases the pages of hours that ended more than 48 hours before `now`.
[[nodiscard]] Status forget_old(state::Overlay& state, UnixTime now);

} // namespace tidewaiter::application
