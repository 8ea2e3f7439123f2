#pragma once

#include "ledger/documents/carnet/record.hpp"

/// Bodies of the transactions that organisations and holders sign about a carnet (formats, section 4).
namespace tidewaiter::carnet {

/// Kinds of tx-organisation that concern carnets.
enum class ActKind : std::uint8_t {
    Issue = 1,
    ListPage,
    Amend,
    Withdraw,
    Supersede,
    HolderBind,
    HolderSign,
    HandOver,
    Return,
    ReportLost,
    Found,
    AddSheets,
    Discharge,
    Proof,
    Claim,
    Deposit,
    Final,
    Refund,
    Payment,
    Suspend,
    Resolve,
    AdmitLate,
    Lift,
};
[[nodiscard]] std::string_view name(ActKind kind); ///< "ISSUE"

/// WITHDRAW, SUPERSEDE, HAND_OVER, RETURN, REPORT_LOST, FOUND, DISCHARGE
struct CarnetAct {
    RecordKey key;
    std::uint8_t reason =
        0; ///< issuer's error, holder's request, guarantee ended, fraud, loss or theft, other
    std::optional<Hash> blob;
    std::optional<RecordKey> successor;
    std::optional<Date> on;
    bool operator==(const CarnetAct&) const = default;
};
struct HolderBind {
    RecordKey key;
    int revision = 1;
    std::optional<crypto::PublicKey> holder_key; ///< always there
    bool operator==(const HolderBind&) const = default;
};
struct HolderSign {
    RecordKey key;
    int revision = 1;
    Hash cover{}; ///< cover_digest
    bool operator==(const HolderSign&) const = default;
};
struct AddSheets {
    RecordKey key;
    SheetSets added;
    bool operator==(const AddSheets&) const = default;
};
/// SUSPEND, RESOLVE, ADMIT_LATE, LIFT
struct BranchAct {
    RecordKey key;
    std::vector<Hash> stamps;
    std::uint8_t reason = 1; ///< conflict, guarantee dispute, late key, other
    std::optional<Hash> blob;
    bool operator==(const BranchAct&) const = default;
};

[[nodiscard]] Result<CarnetAct> decode_carnet_act(ByteView bytes);
[[nodiscard]] Bytes encode(const CarnetAct& act);
[[nodiscard]] Result<HolderBind> decode_holder_bind(ByteView bytes);
[[nodiscard]] Bytes encode(const HolderBind& act);
[[nodiscard]] Result<HolderSign> decode_holder_sign(ByteView bytes);
[[nodiscard]] Bytes encode(const HolderSign& act);
[[nodiscard]] Result<AddSheets> decode_add_sheets(ByteView bytes);
[[nodiscard]] Bytes encode(const AddSheets& act);
[[nodiscard]] Result<BranchAct> decode_branch_act(ByteView bytes);
[[nodiscard]] Bytes encode(const BranchAct& act);

} // namespace tidewaiter::carnet
