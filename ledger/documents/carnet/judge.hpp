#pragma once

#include "ledger/documents/carnet/history.hpp"
#include "ledger/documents/verdict.hpp"

#include <map>

/// The rules of carnet.md 3.6 at the counter.
namespace tidewaiter::carnet {

/// The stamp that is asked for.
struct Proposal {
    Operation operation = Operation::Import;
    int sheet = 0;                          ///< 0 at VALIDATE
    std::optional<Colour> presented_colour; ///< where it is not the one the operation needs
    Lines lines;
    Lines not_reexported;
    Lines not_produced;
    Lines processed_abroad;
    Lines not_reimported;
    std::optional<BadGoods> regularised;
    std::vector<int> references;
    std::optional<Hash> branch;
    std::optional<Date> date;                         ///< final date, limit, re-import-by
    std::string destination;                          ///< office
    std::optional<int> transport_mode;                ///< 5: post
    std::map<std::string, bool, std::less<>> answers; ///< rule -> fires
    bool booklet_shows_ink = false; ///< also a certified sheet or a cancellation that the copy lacks
    bool stamp_missing_no_abuse = false;
    bool issuer_confirms = false; ///< the guarantee (CAR-08)
};

struct Port {
    std::string territory;
    std::string place;  ///< UN/LOCODE
    std::string office; ///< "US-D:2720"
};

enum class RecordCheck : std::uint8_t { Good, Bad, UnknownSigner };
enum class CodeCheck : std::uint8_t { Good, Replayed, Changed };
enum class ReceiptCheck : std::uint8_t { NotShown, Known, Extends, Gap, Fork };

/// What the gateway found.
struct Facts {
    LocalTime now;
    std::int64_t clock_error_seconds = 0; ///< absolute; INT64_MAX when time is not confirmed
    std::int64_t copy_age_seconds = 0;
    bool is_offline = false;
    std::uint32_t unanchored_stamps = 0;
    std::uint64_t unanchored_value = 0; ///< minor units, in the currency of the limit
    RecordCheck record = RecordCheck::Good;
    bool list_is_altered = false;
    CodeCheck code = CodeCheck::Good;
    ReceiptCheck receipt = ReceiptCheck::NotShown;
};

struct Judgement {
    std::vector<documents::Finding> findings; ///< ordered by rule id
    std::vector<documents::Question> questions;
};

/// All rules bound to the operation. `balances` is the fold of `carnet` (receipts that extend it included).
[[nodiscard]] Judgement judge_stamp(const Proposal& proposal, const Carnet& carnet, const Balances& balances,
                                    const ReferenceData& reference, const Port& port, const Facts& facts);

/// The carnet is not in the copy: CAR-03, and the rules that need no record.
[[nodiscard]] Judgement judge_unknown(const ReferenceData& reference, const Facts& facts);

/// How a shown receipt links to what the copy has: its `previous` is the last stamp there, or it is there.
[[nodiscard]] ReceiptCheck check_receipt(const Carnet& carnet, const Balances& balances, const Core& core,
                                         const Hash& id);
/// The carnet with a receipt's stamp added, as effective; fold again after.
void extend(Carnet& carnet, ByteView core_bytes, Core core, const Hash& id);

} // namespace tidewaiter::carnet
