#include "ledger/documents/carnet/reference.hpp"

#include <algorithm>

namespace tidewaiter::carnet {
namespace {

bool is_named(const ReferenceData& reference, std::string_view country, std::string_view territory,
              std::string_view home, const Cover* cover) {
    const auto names = [&](std::string_view name) { return name == country || name == territory; };
    for (const reference::Territory& row : reference.territories.list) {
        if (names(row.name) || std::any_of(row.members.begin(), row.members.end(), names)) return true;
    }
    for (const reference::Association& row : reference.associations.list) {
        if (names(row.territory)) return true;
    }
    if (names(home)) return true;
    return cover != nullptr && std::any_of(cover->countries.begin(), cover->countries.end(), names);
}

} // namespace

std::vector<std::string> ReferenceData::packs() const {
    std::vector<std::string> names;
    for (const std::string* pack : {&associations.pack, &limits.pack, &not_recording.pack, &places.pack,
                                    &schemes.pack, &territories.pack}) {
        if (!pack->empty()) names.push_back(*pack);
    }
    return names;
}

Result<ReferenceData> reference_data(const state::View& view, Date date) {
    ReferenceData data;
    TW_TRY(data.territories, reference::territories(view, date));
    TW_TRY(data.places, reference::places(view, date));
    TW_TRY(data.associations, reference::associations(view, date));
    TW_TRY(data.schemes, reference::schemes(view, date));
    TW_TRY(data.limits, reference::limits(view, date));
    TW_TRY(data.not_recording, reference::not_recording(view, date));
    return data;
}

Location locate(const ReferenceData& reference, std::string_view place, std::string_view territory,
                std::string_view home, const Cover* cover) {
    Location location;
    const reference::Place* const row = place.empty() ? nullptr : reference.places.find(place);
    location.country = std::string(place.size() >= 2 ? place.substr(0, 2) : territory);
    if (row != nullptr) {
        location.is_inside = row->is_inside;
        if (!row->territory.empty()) location.country = row->territory;
    }
    location.territory = reference.territories.union_of(location.country);
    location.is_known =
        row != nullptr || is_named(reference, location.country, location.territory, home, cover);
    return location;
}

std::string territory_of_office(const ReferenceData& reference, std::string_view office) {
    const std::size_t colon = office.find(':');
    if (office.starts_with("UN:") && office.size() >= 5) {
        const std::string_view place = office.substr(3);
        const reference::Place* const row = reference.places.find(place);
        return reference.territories.union_of(row != nullptr && !row->territory.empty()
                                                  ? std::string_view(row->territory)
                                                  : place.substr(0, 2));
    }
    if (colon == std::string_view::npos || colon < 2) return {};
    return reference.territories.union_of(office.substr(0, 2));
}

} // namespace tidewaiter::carnet
