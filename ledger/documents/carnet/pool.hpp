#pragma once

#include "ledger/documents/carnet/history.hpp"

/// Which open obligations a discharge means; shared by the fold, the rules and the suggestions.
namespace tidewaiter::carnet {

struct Pool {
    std::vector<std::size_t> positions; ///< indices into Balances::positions, oldest first
    std::vector<std::size_t> named;     ///< those that the references name rightly
    bool is_wrong = false; ///< references are missing, wrong, discharged, or of two branches (CAR-46)
};

/// The open obligations of `kind` in `territory` (HOME: wherever) that `references` name; where they are
/// wrong, all that are open there.
[[nodiscard]] Pool select_pool(const Balances& balances, const Carnet& carnet, ObligationKind kind,
                               std::string_view territory, const std::vector<int>& references,
                               const std::optional<Hash>& branch);

/// All positions of `kind` in `territory` with something open.
[[nodiscard]] std::vector<std::size_t> open_positions(const Balances& balances, ObligationKind kind,
                                                      std::string_view territory);

/// Sum of open pieces over positions.
[[nodiscard]] Pieces open_pieces(const Balances& balances, const std::vector<std::size_t>& positions);

/// The lines of a stamp, resolved; empty text gives no pieces. What is above the list counts as listed at
/// most.
[[nodiscard]] Pieces stamp_pieces(const Carnet& carnet, std::string_view lines);

/// Who knew whom. Answers at once, whatever the number of stamps: a stolen device may write many.
class Knowledge {
  public:
    explicit Knowledge(const Carnet& carnet);
    /// Whether the maker of stamp `index` knew the stamp `other`: by the chain of `previous`, by what its
    /// copy held, or as its own.
    [[nodiscard]] bool knew(std::size_t index, std::size_t other) const;

  private:
    const Carnet& carnet_;
    std::size_t words_;
    std::vector<std::uint64_t> chain_; ///< per stamp a bit for each stamp in the chain behind it
};

/// An order of all stamps that follows `previous` and each device's sequence, else the time on the spot, else
/// the stamp id. It depends on the set of stamps alone.
[[nodiscard]] std::vector<std::size_t> stamp_order(const Carnet& carnet);

/// Marks what cancellations and corrections undo. They may have arrived before the stamp that they name.
void mark_annulled(Carnet& carnet);

} // namespace tidewaiter::carnet
