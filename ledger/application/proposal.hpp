#pragma once

#include "ledger/application/judge.hpp"
#include "ledger/documents/carnet/judge.hpp"

namespace tidewaiter::application {

/// The desk's form as a proposal. Lines may be typed in any order. Errors as check_declaration.
[[nodiscard]] Result<carnet::Proposal> to_proposal(const Declaration& declaration);

} // namespace tidewaiter::application
