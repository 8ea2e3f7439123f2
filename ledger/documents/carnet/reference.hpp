#pragma once

#include "ledger/documents/carnet/record.hpp"
#include "ledger/documents/reference/packs.hpp"

/// The reference lists that carnet rules use, as in force on one day.
namespace tidewaiter::carnet {

struct ReferenceData {
    reference::Territories territories;
    reference::Places places;
    reference::Associations associations;
    reference::Schemes schemes;
    reference::Limits limits;
    reference::NotRecordings not_recording;
    /// Names of the packs that were found, for a verdict's basis.
    [[nodiscard]] std::vector<std::string> packs() const;
};

/// Reads all of them by reference::territories() … not_recording(). Errors: cbor.*, reference.pack, store.*.
[[nodiscard]] Result<ReferenceData> reference_data(const state::View& view, Date date);

/// Where a port lies.
struct Location {
    std::string territory; ///< "EU" for a member of the union
    std::string country;   ///< "FR"
    bool is_known = false; ///< named by reference data or by the carnet
    bool is_inside = true; ///< of the customs territory
};
/// From the UN/LOCODE; where that is empty, from `territory`. `cover` and `home` name territories too.
[[nodiscard]] Location locate(const ReferenceData& reference, std::string_view place,
                              std::string_view territory, std::string_view home, const Cover* cover);
/// Territory of an office text: "UN:GBLHR" by its place, "US-D:2720" and "EU:DE004851" by what stands in
/// front.
[[nodiscard]] std::string territory_of_office(const ReferenceData& reference, std::string_view office);

} // namespace tidewaiter::carnet
