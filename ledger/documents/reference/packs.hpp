#pragma once

#include "ledger/documents/reference/reference.hpp"
#include "ledger/documents/verdict.hpp"

#include <map>

/// The lists behind the names: what each holds, decoded, and how it is written (docs/reference-packs.md).
/// A list that no record carries is empty, and `pack` is then empty too. `pack` is "<name>/<from>#<version>".
namespace tidewaiter::reference {

/// carnet/territories
struct Territory {
    std::string name;                 ///< "US", "EU"
    std::vector<std::string> members; ///< of a union
    std::vector<std::string> uses;    ///< accepted intended uses; empty: all
    bool accepts_post = true;
    bool accepts_replacement = true;
    std::vector<std::uint8_t>
        split_refused; ///< operations (stamp-op numbers) that must not split a consignment
    std::map<std::string, int> annex_minimum_months;     ///< by use; empty: the annex is not applied
    std::map<std::string, documents::Severity> severity; ///< by rule
    bool operator==(const Territory&) const = default;
};
struct Territories {
    std::vector<Territory> list;
    std::string pack;
    [[nodiscard]] const Territory* find(std::string_view name) const;
    /// The union that has this member, else the country itself.
    [[nodiscard]] std::string union_of(std::string_view country) const;
};

/// carnet/places
struct Place {
    std::string locode;
    std::string territory; ///< empty: by the first two letters, then their union
    bool is_inside = true; ///< the customs territory
    bool operator==(const Place&) const = default;
};
struct Places {
    std::vector<Place> list;
    std::string pack;
    [[nodiscard]] const Place* find(std::string_view locode) const;
};

/// carnet/associations
enum class AssociationRole : std::uint8_t { Issuing = 1, Guaranteeing = 2 };
struct Association {
    std::string id;
    std::string territory;
    std::vector<AssociationRole> roles;
    std::vector<std::uint8_t> chains; ///< 1 ICC_WCF, 2 AIT_FIA, 3 BILATERAL
    std::optional<Date> from;
    std::optional<Date> to; ///< inclusive
    bool operator==(const Association&) const = default;
};
struct Associations {
    std::vector<Association> list;
    std::string pack;
};

/// carnet/schemes: the territories between which a bilateral scheme alone serves.
struct Scheme {
    std::string name; ///< "TECRO_AIT"
    std::vector<std::string> territories;
    bool operator==(const Scheme&) const = default;
};
struct Schemes {
    std::vector<Scheme> list;
    std::string pack;
};

/// carnet/limits
struct Limits {
    std::uint32_t soft_hours = 12;
    std::uint32_t hard_hours = 72;
    std::uint32_t unanchored_stamps = 200;
    std::optional<documents::Amount> unanchored_value;
    std::uint32_t clock_tolerance_seconds = 120;
    std::string pack;
};

/// carnet/not-recording: stamps there may be missing on the ledger.
struct NotRecording {
    std::string territory; ///< empty when `place` is given
    std::string place;
    Date from;
    std::optional<Date> to;
    bool operator==(const NotRecording&) const = default;
};
struct NotRecordings {
    std::vector<NotRecording> list;
    std::string pack;
};

/// origin/agreements
struct Agreement {
    std::uint8_t id = 1; ///< 1 NAFTA, 2 USMCA, 3 CAFTA
    struct Party {
        std::string country;
        Date from;
        std::optional<Date> to;
        bool operator==(const Party&) const = default;
    };
    std::vector<Party> parties;
    bool operator==(const Agreement&) const = default;
};
struct Agreements {
    std::vector<Agreement> list;
    std::uint32_t amber_hours = 24;  ///< a copy older than this is no longer fresh
    std::uint32_t limit_hours = 168; ///< beyond this nothing is judged
    std::string pack;
    [[nodiscard]] const Agreement* find(std::uint8_t id) const;
};

/// The lists in force on a day. Errors: cbor.*, reference.pack (a record that does not follow its schema).
[[nodiscard]] Result<Territories> territories(const state::View& view, Date date);
[[nodiscard]] Result<Places> places(const state::View& view, Date date);
[[nodiscard]] Result<Associations> associations(const state::View& view, Date date);
[[nodiscard]] Result<Schemes> schemes(const state::View& view, Date date);
[[nodiscard]] Result<Limits> limits(const state::View& view, Date date);
[[nodiscard]] Result<NotRecordings> not_recording(const state::View& view, Date date);
[[nodiscard]] Result<Agreements> agreements(const state::View& view, Date date);

/// Content for reference-put, the inverse of the readers.
[[nodiscard]] Bytes encode(const Territories& value);
[[nodiscard]] Bytes encode(const Places& value);
[[nodiscard]] Bytes encode(const Associations& value);
[[nodiscard]] Bytes encode(const Schemes& value);
[[nodiscard]] Bytes encode(const Limits& value);
[[nodiscard]] Bytes encode(const NotRecordings& value);
[[nodiscard]] Bytes encode(const Agreements& value);

} // namespace tidewaiter::reference
