#include "ledger/documents/reference/packs.hpp"

#include <algorithm>

namespace tidewaiter::reference {

using namespace documents;

namespace {

using documents::write;

constexpr std::size_t kMaxRows = 2'000;

std::string pack_name(const Value& value) {
    return value.put.name + "/" + format_date(value.put.from) + "#" + std::to_string(value.put.version);
}

/// Reads the version of `name` in force by `read`; an absent one leaves the default.
template <class T>
Result<T> load(const state::View& view, std::string_view name, Date date, void (*read)(cbor::Reader&, T&)) {
    T result;
    TW_TRY(const std::optional<Value> value, in_force(view, name, date));
    if (!value) return result;
    cbor::Reader reader(value->put.data);
    read(reader, result);
    if (Status status = reader.finish(); !status)
        return fail("reference.pack",
                    pack_name(*value) + " does not follow its schema: " + status.error().detail);
    result.pack = pack_name(*value);
    return result;
}

std::vector<std::string> read_territory_names(cbor::Reader& reader) {
    std::vector<std::string> names;
    reader.array(1, kMaxRows, [&](std::size_t) { names.push_back(read_alpha2(reader)); });
    return names;
}

void write_texts(cbor::Writer& writer, const std::vector<std::string>& texts) {
    writer.array([&](cbor::Writer& list) {
        for (const std::string& text : texts)
            list.text(text);
    });
}

Territory read_territory(cbor::Reader& reader) {
    Territory row;
    reader.map({1}, [&](std::int64_t key) {
        switch (key) {
        case 1: row.name = read_alpha2(reader); return true;
        case 2: row.members = read_territory_names(reader); return true;
        case 3: row.uses = read_territory_names(reader); return true;
        case 4: row.accepts_post = reader.boolean(); return true;
        case 5: row.accepts_replacement = reader.boolean(); return true;
        case 6:
            reader.array(1, 9, [&](std::size_t) {
                row.split_refused.push_back(static_cast<std::uint8_t>(reader.unsigned_integer(1, 9)));
            });
            return true;
        case 7:
            reader.array(1, 64, [&](std::size_t) {
                reader.enter_array(2);
                std::string use = read_alpha2(reader);
                row.annex_minimum_months[use] = static_cast<int>(reader.unsigned_integer(1, 60));
                reader.leave();
            });
            return true;
        case 8:
            reader.array(1, 200, [&](std::size_t) {
                reader.enter_array(2);
                std::string rule(reader.text(6, 7));
                row.severity[rule] = reader.enumeration(Severity::Note, Severity::Refuse);
                reader.leave();
            });
            return true;
        default: return false;
        }
    });
    return row;
}

void write(cbor::Writer& writer, const Territory& row) {
    writer.map([&](cbor::Writer& map) {
        map.key(1).text(row.name);
        if (!row.members.empty()) write_texts(map.key(2), row.members);
        if (!row.uses.empty()) write_texts(map.key(3), row.uses);
        if (!row.accepts_post) map.key(4).boolean(false);
        if (!row.accepts_replacement) map.key(5).boolean(false);
        if (!row.split_refused.empty())
            map.key(6).array([&](cbor::Writer& list) {
                for (const std::uint8_t operation : row.split_refused)
                    list.unsigned_integer(operation);
            });
        if (!row.annex_minimum_months.empty())
            map.key(7).array([&](cbor::Writer& list) {
                for (const auto& [use, months] : row.annex_minimum_months)
                    list.array([&](cbor::Writer& pair) { pair.text(use).integer(months); });
            });
        if (!row.severity.empty())
            map.key(8).array([&](cbor::Writer& list) {
                for (const auto& [rule, severity] : row.severity)
                    list.array([&](cbor::Writer& pair) { pair.text(rule).enumeration(severity); });
            });
    });
}

Association read_association(cbor::Reader& reader) {
    Association row;
    reader.array(4, 6, [&](std::size_t index) {
        switch (index) {
        case 0: row.id = read_id_text(reader); break;
        case 1: row.territory = read_alpha2(reader); break;
        case 2:
            reader.array(1, 2, [&](std::size_t) {
                row.roles.push_back(
                    reader.enumeration(AssociationRole::Issuing, AssociationRole::Guaranteeing));
            });
            break;
        case 3:
            reader.array(1, 3, [&](std::size_t) {
                row.chains.push_back(static_cast<std::uint8_t>(reader.unsigned_integer(1, 3)));
            });
            break;
        case 4: row.from = read_date(reader); break;
        case 5: row.to = read_date(reader); break;
        default: break;
        }
    });
    return row;
}

void write(cbor::Writer& writer, const Association& row) {
    writer.array([&](cbor::Writer& list) {
        list.text(row.id).text(row.territory);
        list.array([&](cbor::Writer& roles) {
            for (const AssociationRole role : row.roles)
                roles.enumeration(role);
        });
        list.array([&](cbor::Writer& chains) {
            for (const std::uint8_t chain : row.chains)
                chains.unsigned_integer(chain);
        });
        if (row.from || row.to) write(list, row.from.value_or(Date{}));
        if (row.to) write(list, *row.to);
    });
}

NotRecording read_not_recording(cbor::Reader& reader) {
    NotRecording row;
    reader.map({3}, [&](std::int64_t key) {
        switch (key) {
        case 1: row.territory = read_alpha2(reader); return true;
        case 2: row.place = reader.text(5, 5); return true;
        case 3: row.from = read_date(reader); return true;
        case 4: row.to = read_date(reader); return true;
        default: return false;
        }
    });
    if (reader.ok() && row.territory.empty() == row.place.empty())
        reader.reject("reference.pack", "a row names a territory or a place, one of the two");
    return row;
}

Agreement read_agreement(cbor::Reader& reader) {
    Agreement agreement;
    reader.map({1, 2}, [&](std::int64_t key) {
        switch (key) {
        case 1: agreement.id = static_cast<std::uint8_t>(reader.unsigned_integer(1, 3)); return true;
        case 2:
            reader.array(1, 100, [&](std::size_t) {
                Agreement::Party party;
                reader.array(2, 3, [&](std::size_t index) {
                    if (index == 0) party.country = read_alpha2(reader);
                    if (index == 1) party.from = read_date(reader);
                    if (index == 2) party.to = read_date(reader);
                });
                agreement.parties.push_back(std::move(party));
            });
            return true;
        default: return false;
        }
    });
    return agreement;
}

void write(cbor::Writer& writer, const Agreement& agreement) {
    writer.map([&](cbor::Writer& map) {
        map.key(1).unsigned_integer(agreement.id);
        map.key(2).array([&](cbor::Writer& list) {
            for (const Agreement::Party& party : agreement.parties)
                list.array([&](cbor::Writer& row) {
                    row.text(party.country);
                    write(row, party.from);
                    if (party.to) write(row, *party.to);
                });
        });
    });
}

void read(cbor::Reader& reader, Territories& value) {
    reader.array(1, kMaxRows, [&](std::size_t) { value.list.push_back(read_territory(reader)); });
}
void read(cbor::Reader& reader, Places& value) {
    reader.array(1, kMaxRows, [&](std::size_t) {
        Place place;
        reader.map({1}, [&](std::int64_t key) {
            switch (key) {
            case 1: place.locode = reader.text(5, 5); return true;
            case 2: place.territory = read_alpha2(reader); return true;
            case 3: place.is_inside = reader.boolean(); return true;
            default: return false;
            }
        });
        value.list.push_back(std::move(place));
    });
}
void read(cbor::Reader& reader, Associations& value) {
    reader.array(1, kMaxRows, [&](std::size_t) { value.list.push_back(read_association(reader)); });
}
void read(cbor::Reader& reader, Schemes& value) {
    reader.array(1, 16, [&](std::size_t) {
        Scheme scheme;
        reader.enter_array(2);
        scheme.name = reader.text(1, 20);
        scheme.territories = read_territory_names(reader);
        reader.leave();
        value.list.push_back(std::move(scheme));
    });
}
void read(cbor::Reader& reader, Limits& value) {
    const auto number = [&](std::uint64_t max) {
        return static_cast<std::uint32_t>(reader.unsigned_integer(0, max));
    };
    reader.map({1, 2}, [&](std::int64_t key) {
        switch (key) {
        case 1: value.soft_hours = number(8'784); return true;
        case 2: value.hard_hours = number(8'784); return true;
        case 3: value.unanchored_stamps = number(1'000'000); return true;
        case 4: value.unanchored_value = read_amount(reader); return true;
        case 5: value.clock_tolerance_seconds = number(3'600); return true;
        default: return false;
        }
    });
}
void read(cbor::Reader& reader, NotRecordings& value) {
    reader.array(1, kMaxRows, [&](std::size_t) { value.list.push_back(read_not_recording(reader)); });
}
void read(cbor::Reader& reader, Agreements& value) {
    reader.map({1}, [&](std::int64_t key) {
        switch (key) {
        case 1:
            reader.array(1, 3, [&](std::size_t) { value.list.push_back(read_agreement(reader)); });
            return true;
        case 2:
            value.amber_hours = static_cast<std::uint32_t>(reader.unsigned_integer(0, 8'784));
            return true;
        case 3:
            value.limit_hours = static_cast<std::uint32_t>(reader.unsigned_integer(0, 8'784));
            return true;
        default: return false;
        }
    });
}

template <class T>
Bytes encode_list(const std::vector<T>& rows, const auto& each) {
    cbor::Writer writer;
    writer.array([&](cbor::Writer& list) {
        for (const T& row : rows)
            each(list, row);
    });
    return writer.take();
}

} // namespace

const Territory* Territories::find(std::string_view name) const {
    const auto at = std::ranges::find(list, name, &Territory::name);
    return at == list.end() ? nullptr : &*at;
}

std::string Territories::union_of(std::string_view country) const {
    for (const Territory& territory : list)
        if (std::ranges::find(territory.members, country) != territory.members.end()) return territory.name;
    return std::string(country);
}

const Place* Places::find(std::string_view locode) const {
    const auto at = std::ranges::find(list, locode, &Place::locode);
    return at == list.end() ? nullptr : &*at;
}

const Agreement* Agreements::find(std::uint8_t id) const {
    const auto at = std::ranges::find(list, id, &Agreement::id);
    return at == list.end() ? nullptr : &*at;
}

Result<Territories> territories(const state::View& view, Date date) {
    return load<Territories>(view, "carnet/territories", date, read);
}
Result<Places> places(const state::View& view, Date date) {
    return load<Places>(view, "carnet/places", date, read);
}
Result<Associations> associations(const state::View& view, Date date) {
    return load<Associations>(view, "carnet/associations", date, read);
}
Result<Schemes> schemes(const state::View& view, Date date) {
    return load<Schemes>(view, "carnet/schemes", date, read);
}
Result<Limits> limits(const state::View& view, Date date) {
    return load<Limits>(view, "carnet/limits", date, read);
}
Result<NotRecordings> not_recording(const state::View& view, Date date) {
    return load<NotRecordings>(view, "carnet/not-recording", date, read);
}
Result<Agreements> agreements(const state::View& view, Date date) {
    return load<Agreements>(view, "origin/agreements", date, read);
}

Bytes encode(const Territories& value) {
    return encode_list(value.list, [](cbor::Writer& list, const Territory& row) { write(list, row); });
}

Bytes encode(const Places& value) {
    return encode_list(value.list, [](cbor::Writer& list, const Place& row) {
        list.map([&](cbor::Writer& map) {
            map.key(1).text(row.locode);
            if (!row.territory.empty()) map.key(2).text(row.territory);
            if (!row.is_inside) map.key(3).boolean(false);
        });
    });
}

Bytes encode(const Associations& value) {
    return encode_list(value.list, [](cbor::Writer& list, const Association& row) { write(list, row); });
}

Bytes encode(const Schemes& value) {
    return encode_list(value.list, [](cbor::Writer& list, const Scheme& row) {
        list.array([&](cbor::Writer& pair) {
            pair.text(row.name);
            write_texts(pair, row.territories);
        });
    });
}

Bytes encode(const Limits& value) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(1).unsigned_integer(value.soft_hours);
        map.key(2).unsigned_integer(value.hard_hours);
        map.key(3).unsigned_integer(value.unanchored_stamps);
        if (value.unanchored_value) write(map.key(4), *value.unanchored_value);
        map.key(5).unsigned_integer(value.clock_tolerance_seconds);
    });
    return writer.take();
}

Bytes encode(const NotRecordings& value) {
    return encode_list(value.list, [](cbor::Writer& list, const NotRecording& row) {
        list.map([&](cbor::Writer& map) {
            if (!row.territory.empty()) map.key(1).text(row.territory);
            if (!row.place.empty()) map.key(2).text(row.place);
            write(map.key(3), row.from);
            if (row.to) write(map.key(4), *row.to);
        });
    });
}

Bytes encode(const Agreements& value) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(1).array([&](cbor::Writer& list) {
            for (const Agreement& agreement : value.list)
                write(list, agreement);
        });
        map.key(2).unsigned_integer(value.amber_hours);
        map.key(3).unsigned_integer(value.limit_hours);
    });
    return writer.take();
}

} // namespace tidewaiter::reference
