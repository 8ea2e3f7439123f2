#pragma once

#include "ledger/documents/carnet/judge.hpp"

/// What an officer may do next with a carnet at this port, and by what a bare scan is judged.
namespace tidewaiter::carnet {

struct Suggestion {
    std::vector<documents::NextOperation> next;
    /// The stamp a scan is judged by when the officer has not said: what the presented sheet half asks for;
    /// without a sheet, what the direction and the balances ask for.
    std::optional<Proposal> proposal;
};

/// `sheet`: the half that the locator names.
[[nodiscard]] Suggestion suggest(const Carnet& carnet, const Balances& balances,
                                 const ReferenceData& reference, const Port& port, LocalTime now,
                                 const std::optional<Sheet>& sheet);

/// What is missing in a proposal (sheet 0, no lines, no references) from the suggestion for its operation.
[[nodiscard]] Proposal complete(const Proposal& proposal, const Carnet& carnet, const Balances& balances,
                                const ReferenceData& reference, const Port& port);

/// Title and two facts to compare. `holder` is the holder's name where its blob is at hand, else empty.
[[nodiscard]] documents::Subject describe(const Carnet& carnet, const Balances& balances,
                                          std::string_view holder, Date today);

} // namespace tidewaiter::carnet
