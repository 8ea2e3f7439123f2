#pragma once

#include "ledger/documents/carnet/record.hpp"
#include "ledger/documents/carnet/reference.hpp"
#include "ledger/state/view.hpp"

/// A carnet as its records tell it, and what is open after all its stamps.
namespace tidewaiter::carnet {

/// One stamp or device record, decoded once.
struct Stamp {
    StampEntry entry;
    Core core;
    Hash id{};         ///< SHA-256 of the core
    unsigned page = 1; ///< where it lies; events: 0
    /// Effective, orphan, or late and admitted; and neither annulled nor cancelled.
    [[nodiscard]] bool counts() const;
    /// Of RECORD_PAPER the operation on the ink counterfoil, else the core's own.
    [[nodiscard]] Operation operation() const;
    [[nodiscard]] LocalTime at() const;
    [[nodiscard]] std::string_view office() const;
};

struct Carnet {
    RecordKey key;
    KeyParts parts;
    bool has_head = false; ///< false: only orphaned stamps are here
    Head head;
    std::vector<Item> items; ///< ascending
    bool list_is_complete = false;
    bool list_matches = true;  ///< page digests and list digest equal the cover's
    std::vector<Stamp> stamps; ///< in order of inclusion, then device events
    unsigned pages = 0;        ///< stamp pages that exist
};

/// Nothing when neither head nor stamps are there. Reads head, list pages, stamp pages, events. Errors:
/// store.*, view.namespace, cbor.*, carnet.* (a record that does not decode).
[[nodiscard]] Result<std::optional<Carnet>> load(const state::View& view, const RecordKey& key);

/// An obligation that a stamp opened, with all that happened to it since.
struct Position {
    ObligationKind kind{};
    std::string territory;
    int sheet = 1;
    Pieces opened;
    Pieces open;
    Pieces held;     ///< seized, part of open
    Pieces proven;   ///< with indirect proof, part of open
    Date held_since; ///< while anything is held
    Date final_date; ///< re-import-by, final or limit date; the carnet's expiry where none was set
    bool has_own_date = false;
    std::size_t stamp = 0; ///< index into Carnet::stamps
    std::string office;
    std::string destination;
};

/// Two stamps of which neither knew the other.
struct Conflict {
    std::string_view rule;  ///< "CAR-65", "CAR-66"
    std::size_t first = 0;  ///< indices into Carnet::stamps
    std::size_t second = 0; ///< the later by `at`: there it is reported
};

/// The fold of a carnet's stamps. It depends on their set alone, never on the order of arrival.
struct Balances {
    std::vector<Position> positions; ///< in order of opening, closed ones too
    Pieces listed;
    Pieces regularised;
    Pieces reimported;
    Pieces missing; ///< declared not produced, not settled; part of what is open
    bool has_exportation = false;
    std::optional<LocalTime> validated; ///< the first VALIDATE that counts
    std::optional<UnixTime> latest;     ///< the latest `at`
    std::vector<std::size_t> order;     ///< of Carnet::stamps, as folded
    std::vector<Conflict> conflicts;

    [[nodiscard]] bool nothing_open() const;
    /// Open HOME per item, at most what is listed; what is listed where no exportation is on record.
    [[nodiscard]] Pieces home() const;
    [[nodiscard]] Pieces pre_exported() const;
};
[[nodiscard]] Balances fold(const Carnet& carnet, const ReferenceData& reference);

/// The issuer has it back.
[[nodiscard]] bool is_returned(const Head& head);
/// A conflict is open, or the guarantee is in dispute: every operation becomes the officer's decision.
[[nodiscard]] bool is_suspended(const Head& head, const Balances& balances);

/// State of the carnet on a day (carnet.md 3.2): what is written, expiry, what is open.
[[nodiscard]] CarnetStatus status_on(const Head& head, const Balances& balances, Date date);

/// Follow-up rules on a day, each with the date since which it holds (74, 75, 84).
[[nodiscard]] std::vector<std::pair<std::string, Date>> calendar(const Carnet& carnet,
                                                                 const Balances& balances, Date date);

/// The last stamp that counts, which a new one names as `previous`.
[[nodiscard]] std::optional<Hash> last_stamp(const Carnet& carnet, const Balances& balances);

} // namespace tidewaiter::carnet
