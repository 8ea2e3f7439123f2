#pragma once

#include "ledger/documents/carnet/reference.hpp"
#include "ledger/documents/identity/fields.hpp"
#include "ledger/documents/verdict.hpp"
#include "ledger/state/view.hpp"

#include <map>

/// From a scanned text to a verdict: pure and replayable, reading state through get() alone.
namespace tidewaiter::application {

/// What the officer wants to do, as the desk's form has it. Empty fields mean "not given".
struct Declaration {
    std::string operation;       ///< "IMPORT", "REEXPORT" … (carnet.md 3.5)
    int sheet = 0;               ///< sheet number; 0: the next one that fits
    std::string lines;           ///< "1-3,4x10"; empty: all that are open
    std::vector<int> references; ///< sheets discharged
    std::optional<Date> final_date;
    std::string destination;    ///< office, of a transit
    std::string not_reexported; ///< lines
    std::string not_produced;
    std::string processed_abroad;
    std::string not_reimported;
    int regularised = 0; ///< bad-goods number, 0: none
    std::vector<std::string> seals;
    int transport_mode = -1;    ///< UN/ECE Recommendation 19 digit
    std::string transport;      ///< means of transport
    std::optional<Hash> branch; ///< the stamp meant where two compete
    std::string colour;         ///< "yellow", "white", "blue" when the sheet presented is not the one needed
    std::string registration;   ///< registration number
    std::map<std::string, bool> answers; ///< rule -> the officer's answer
    bool booklet_shows_ink = false;      ///< a counterfoil or certified sheet that the copy lacks
    bool issuer_confirms = false;        ///< the guarantee, asked by telephone (CAR-08)
    bool stamp_missing_no_abuse = false;
    bool operator==(const Declaration&) const = default;
};

/// Whether the form can be judged at all, for the desk before it asks. Errors: stamp.operation, stamp.colour,
/// stamp.sheet, stamp.regularised, stamp.office, lines.* naming the field.
[[nodiscard]] Status check_declaration(const Declaration& declaration);

/// Facts about an origin claim that only the entry summary knows.
struct EntryFacts {
    std::optional<Date> entry_date;
    std::optional<Date> import_date;
    std::optional<UnixTime> claim_made_at;
    std::string origin_country;
    std::string invoice;
    bool operator==(const EntryFacts&) const = default;
};

struct Scan {
    std::string text; ///< scanned or typed, at most limits::kMaxScanChars
    std::optional<Declaration> declaration;
    std::optional<EntryFacts> entry;
    std::vector<std::string> receipts; ///< texts of receipts shown with it
    /// People's data at hand, as blobs; nothing where the desk did not look (then a missing one is no
    /// finding).
    std::optional<std::vector<Bytes>> blobs;
    bool operator==(const Scan&) const = default;
};

/// Where the gateway stands and what it may do.
struct Port {
    std::string territory; ///< "US"
    std::string place;     ///< UN/LOCODE
    std::string office;    ///< "US-D:2720"
    std::vector<std::string> namespaces;
    struct Policy {
        std::int64_t fresh_seconds = 90; ///< never below 2 × heartbeat + 30 s
        std::uint32_t clock_tolerance_seconds = 120;
        std::uint32_t unwitnessed_hours = 0; ///< how long a head without a witness serves; 0: no limit
    } policy;
};

enum class ClockQuality : std::uint8_t { Ntp = 1, Rtc = 2, HeaderOnly = 3, Unconfirmed = 4 };

/// Upon what the judgement rests, and when it is made.
struct CopyFacts {
    std::string chain_id;
    std::vector<std::string> predecessors;
    UnixTime now = 0;
    std::int32_t utc_offset_minutes = 0;
    ClockQuality clock = ClockQuality::Ntp;
    std::int64_t clock_error_seconds = 0; ///< known deviation; beyond the tolerance: CAR-72, GEN-03
    std::uint64_t state_height = 0;
    TimeNs header_time;           ///< of the header that proves that state
    std::int64_t age_seconds = 0; ///< now - header time
    bool is_loaded = true;        ///< false while the first snapshot is on its way
    bool is_cross_checked = false;
    bool is_solo = false;
    bool is_frozen = false;
    bool is_offline = false;
    bool is_past_trusting_period = false;
    std::uint32_t unanchored_stamps = 0;
    std::string device; ///< this gateway's device id
    std::uint32_t rulebook_version = 1;
    /// Today's reference lists as this very state has them, where the caller keeps them decoded between
    /// judgements; null: they are read from the copy. Borrowed for the call.
    const carnet::ReferenceData* reference = nullptr;
    /// Greatest `iat` accepted per holder key (replay of presentations).
    std::map<crypto::KeyId, UnixTime> accepted_presentations;
};

/// The same inputs give the same bytes (documents::encode). Never fails: what cannot be read or judged is a
/// verdict "cannot tell" with a finding that says why.
[[nodiscard]] documents::Verdict judge(const Scan& scan, const state::View& copy, const Port& port,
                                       const CopyFacts& facts);

/// The carnet record that a text names: a locator, a typed number ("ATA GB LO/26/00981", "GB ATA
/// LO/26/00981"), a receipt or a presentation; nothing for anything else.
[[nodiscard]] std::optional<documents::RecordKey> carnet_named_by(std::string_view text);

/// Blobs that a judgement of this record would show, for the desk to look up (Scan::blobs).
[[nodiscard]] std::vector<Hash> blobs_of(const state::View& copy, const documents::RecordKey& record);

/// "fresh", "within", "beyond", "clock", by the limits for carnets.
[[nodiscard]] std::string freshness(const state::View& copy, const Port& port, const CopyFacts& facts);

} // namespace tidewaiter::application
