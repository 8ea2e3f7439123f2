#pragma once

#include "ledger/documents/carnet/acts.hpp"
#include "ledger/documents/carnet/history.hpp"

/// What an admitted transaction does to a carnet's records. The application has checked signature, right and
/// outcome; these functions read and write the overlay alone and are deterministic. On failure they have
/// written nothing. The state after a set of stamps does not depend on their order, but for inclusion fields.
namespace tidewaiter::carnet {

/// ISSUE: writes the head; stamps that came before it (orphans) take effect. Errors: carnet.exists,
/// carnet.revision (not 1), carnet.cover (dates, pages, sets that cannot be).
[[nodiscard]] Status issue(state::Overlay& state, const CoverRecord& record, const KeyId& issuer,
                           const Inclusion& inclusion, const ReferenceData& reference);
/// LIST_PAGE. Errors: carnet.unknown, carnet.revision, carnet.page (its digest is not the cover's),
/// carnet.exists.
[[nodiscard]] Status add_list_page(state::Overlay& state, const ListPage& page, const Inclusion& inclusion,
                                   const ReferenceData& reference);
/// HOLDER_BIND. Errors: carnet.unknown, carnet.revision, carnet.status.
[[nodiscard]] Status bind_holder(state::Overlay& state, const HolderBind& act, const Inclusion& inclusion);
/// HOLDER_SIGN; the application has checked that the signer is the bound key. Errors: carnet.unknown,
/// carnet.revision, carnet.cover (another digest), carnet.status.
[[nodiscard]] Status sign_holder(state::Overlay& state, const HolderSign& act, const Inclusion& inclusion);
/// ADD_SHEETS. Errors: carnet.unknown, carnet.status, carnet.cover (beyond 99 of a colour).
[[nodiscard]] Status add_sheets(state::Overlay& state, const AddSheets& act, const Inclusion& inclusion);
/// WITHDRAW, SUPERSEDE, HAND_OVER, RETURN, REPORT_LOST, FOUND, DISCHARGE, as `kind` says; an event record is
/// written beside the head. Errors: carnet.unknown, carnet.status, carnet.kind.
[[nodiscard]] Status act(state::Overlay& state, ActKind kind, const CarnetAct& body, UnixTime at,
                         const KeyId& signer, const Inclusion& inclusion, const ReferenceData& reference);

/// Who acts on branches, and by which transaction.
struct Supervisor {
    std::string territory; ///< whose stamps may be acted on
    UnixTime at = 0;
    KeyId signer{};
    Hash transaction{}; ///< what annulled or admitted a stamp is named by it
    Inclusion inclusion;
};
/// SUSPEND and LIFT (a dispute about the guarantee), RESOLVE (annuls the stamps and those that name them as
/// their branch), ADMIT_LATE (late stamps take effect). An event record is written beside the head. Errors:
/// carnet.unknown, carnet.stamp (not there, or nothing to act on), carnet.territory (another's stamp),
/// carnet.status, carnet.kind, carnet.full.
[[nodiscard]] Status act_on_branches(state::Overlay& state, ActKind kind, const BranchAct& body,
                                     const Supervisor& supervisor, const ReferenceData& reference);

/// A stamp (ops 1 … 9) or a device record about a carnet, with the outcome that the application gave it. The
/// outcome must be Orphan exactly when the carnet has no head (else carnet.outcome). Balances, branches,
/// suspension, flags and counters of the head are recomputed from all stamps. The same core again changes
/// nothing. Errors: carnet.core, carnet.full (more stamps than a carnet can have).
[[nodiscard]] Status add_entry(state::Overlay& state, const StampEntry& entry,
                               const ReferenceData& reference);

} // namespace tidewaiter::carnet
