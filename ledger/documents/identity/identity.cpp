#include "ledger/documents/identity/identity.hpp"

#include "ledger/base/assert.hpp"

#include <algorithm>

namespace tidewaiter::identity {

using namespace documents;

namespace {

constexpr std::size_t kMaxKeyOffices = 32;
constexpr std::size_t kMaxOffices = 16;
constexpr std::size_t kMaxNamespaces = 32;

Role read_role(cbor::Reader& reader) {
    return reader.enumeration(Role::Device, Role::Relay);
}

std::vector<std::string> read_offices(cbor::Reader& reader, std::size_t max) {
    std::vector<std::string> offices;
    reader.array(1, max, [&](std::size_t) { offices.push_back(read_office(reader)); });
    return offices;
}

std::vector<KeyId> read_kids(cbor::Reader& reader, std::size_t max) {
    std::vector<KeyId> kids;
    reader.array(1, max, [&](std::size_t) { kids.push_back(read_kid(reader)); });
    return kids;
}

void write_texts(cbor::Writer& map, std::int64_t key, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    map.key(key).array([&](cbor::Writer& list) {
        for (const std::string& text : texts)
            list.text(text);
    });
}

void write_kids(cbor::Writer& map, std::int64_t key, const std::vector<KeyId>& kids) {
    if (kids.empty()) return;
    map.key(key).array([&](cbor::Writer& list) {
        for (const KeyId& kid : kids)
            list.bytes(kid);
    });
}

void write_inclusion(cbor::Writer& map, std::int64_t key, const std::optional<Inclusion>& inclusion) {
    if (!inclusion) return;
    map.key(key);
    write(map, *inclusion);
}

void write_time(cbor::Writer& map, std::int64_t key, const std::optional<UnixTime>& time) {
    if (time) map.key(key).integer(*time);
}

/// Key 1 of every identity value, before the rest is read.
Result<std::uint64_t> kind_of(ByteView bytes) {
    std::uint64_t kind = 0;
    cbor::Reader reader(bytes);
    reader.map({0, 1}, [&](std::int64_t key) {
        if (key == 1)
            kind = reader.unsigned_integer();
        else
            reader.skip();
        return true;
    });
    TW_CHECK(reader.finish());
    return kind;
}

Result<Value> decode_key(cbor::Reader& reader) {
    std::optional<crypto::PublicKey> public_key;
    Role role{};
    std::string owner;
    std::string territory;
    std::vector<std::string> offices;
    std::vector<std::string> namespaces;
    UnixTime from = 0;
    std::optional<UnixTime> to;
    std::optional<UnixTime> since;
    std::optional<RevocationReason> reason;
    std::optional<Inclusion> revoked_at;
    std::optional<KeyId> successor;
    reader.map({0, 1, 2, 3, 4, 7}, [&](std::int64_t key) {
        switch (key) {
        case 0: reader.unsigned_integer(1, 1); return true;
        case 1: reader.unsigned_integer(1, 1); return true;
        case 2: public_key = read_cose_key(reader); return true;
        case 3: role = read_role(reader); return true;
        case 4: owner = read_id_text(reader); return true;
        case 5: territory = read_alpha2(reader); return true;
        case 6: offices = read_offices(reader, kMaxKeyOffices); return true;
        case 7: from = read_time(reader); return true;
        case 8: to = read_time(reader); return true;
        case 9: since = read_time(reader); return true;
        case 10: reason = reader.enumeration(RevocationReason::Lost, RevocationReason::Other); return true;
        case 11: revoked_at = read_inclusion(reader); return true;
        case 12: successor = read_kid(reader); return true;
        case 13:
            reader.array(1, kMaxNamespaces,
                         [&](std::size_t) { namespaces.push_back(read_namespace(reader)); });
            return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    TW_ASSERT(public_key.has_value());
    return Key{.key = *public_key,
               .role = role,
               .owner = std::move(owner),
               .territory = std::move(territory),
               .offices = std::move(offices),
               .from = from,
               .to = to,
               .since = since,
               .reason = reason,
               .revoked_at = revoked_at,
               .successor = successor,
               .namespaces = std::move(namespaces)};
}

Result<Value> decode_device(cbor::Reader& reader) {
    Device device;
    reader.map({0, 1, 2, 3, 4}, [&](std::int64_t key) {
        switch (key) {
        case 0: reader.unsigned_integer(1, 1); return true;
        case 1: reader.unsigned_integer(2, 2); return true;
        case 2: device.keys = read_kids(reader, 16); return true;
        case 3: device.territory = read_alpha2(reader); return true;
        case 4: device.offices = read_offices(reader, kMaxOffices); return true;
        case 5:
            device.newest_sequence = static_cast<std::uint32_t>(reader.unsigned_integer(1, UINT32_MAX));
            return true;
        case 6: device.checkpoint_head = reader.hash(); return true;
        case 7: device.checkpoint_at = read_inclusion(reader); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return device;
}

Result<Value> decode_officer(cbor::Reader& reader) {
    Officer officer;
    reader.map({0, 1, 2}, [&](std::int64_t key) {
        switch (key) {
        case 0: reader.unsigned_integer(1, 1); return true;
        case 1: reader.unsigned_integer(3, 3); return true;
        case 2: officer.from = read_time(reader); return true;
        case 3: officer.to = read_time(reader); return true;
        case 4: officer.offices = read_offices(reader, kMaxOffices); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return officer;
}

Result<Value> decode_office(cbor::Reader& reader) {
    Office office;
    reader.map({0, 1, 2, 3}, [&](std::int64_t key) {
        switch (key) {
        case 0: reader.unsigned_integer(1, 1); return true;
        case 1: reader.unsigned_integer(4, 4); return true;
        case 2: office.territory = read_alpha2(reader); return true;
        case 3: office.name = reader.text(1, 100); return true;
        case 4: office.from = read_date(reader); return true;
        case 5: office.to = read_date(reader); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return office;
}

Result<Value> decode_organisation(cbor::Reader& reader) {
    Organisation organisation;
    reader.map({0, 1, 2, 3}, [&](std::int64_t key) {
        switch (key) {
        case 0: reader.unsigned_integer(1, 1); return true;
        case 1: reader.unsigned_integer(5, 5); return true;
        case 2: organisation.name = reader.text(1, 140); return true;
        case 3:
            reader.array(1, 8, [&](std::size_t) { organisation.roles.push_back(read_role(reader)); });
            return true;
        case 4: organisation.territory = read_alpha2(reader); return true;
        case 5: organisation.keys = read_kids(reader, 16); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return organisation;
}

struct Encoder {
    cbor::Writer& map;

    void operator()(const Key& key) const {
        map.key(1).unsigned_integer(1);
        map.key(2).raw(key.key.to_cose());
        map.key(3).enumeration(key.role);
        map.key(4).text(key.owner);
        if (!key.territory.empty()) map.key(5).text(key.territory);
        write_texts(map, 6, key.offices);
        map.key(7).integer(key.from);
        write_time(map, 8, key.to);
        write_time(map, 9, key.since);
        if (key.reason) map.key(10).enumeration(*key.reason);
        write_inclusion(map, 11, key.revoked_at);
        if (key.successor) map.key(12).bytes(*key.successor);
        write_texts(map, 13, key.namespaces);
    }
    void operator()(const Device& device) const {
        map.key(1).unsigned_integer(2);
        write_kids(map, 2, device.keys);
        map.key(3).text(device.territory);
        write_texts(map, 4, device.offices);
        if (device.newest_sequence) map.key(5).unsigned_integer(*device.newest_sequence);
        if (device.checkpoint_head) map.key(6).bytes(*device.checkpoint_head);
        write_inclusion(map, 7, device.checkpoint_at);
    }
    void operator()(const Officer& officer) const {
        map.key(1).unsigned_integer(3);
        map.key(2).integer(officer.from);
        write_time(map, 3, officer.to);
        write_texts(map, 4, officer.offices);
    }
    void operator()(const Office& office) const {
        map.key(1).unsigned_integer(4);
        map.key(2).text(office.territory);
        map.key(3).text(office.name);
        if (office.from) map.key(4).integer(office.from->days);
        if (office.to) map.key(5).integer(office.to->days);
    }
    void operator()(const Organisation& organisation) const {
        map.key(1).unsigned_integer(5);
        map.key(2).text(organisation.name);
        map.key(3).array([&](cbor::Writer& list) {
            for (const Role role : organisation.roles)
                list.enumeration(role);
        });
        if (!organisation.territory.empty()) map.key(4).text(organisation.territory);
        write_kids(map, 5, organisation.keys);
    }
};

template <class T>
Result<std::optional<T>> find(const state::View& view, const std::string& key) {
    TW_TRY(const std::optional<Bytes> bytes, view.get(kNamespace, key));
    if (!bytes) return std::optional<T>{};
    TW_TRY(Value value, decode(*bytes));
    if (T* entry = std::get_if<T>(&value)) return std::optional<T>(std::move(*entry));
    return fail("identity.kind", "the record " + key + " holds an entry of another kind than its key says");
}

} // namespace

Result<Value> decode(ByteView bytes) {
    TW_CHECK(check_version(bytes, "identity.version"));
    TW_TRY(const std::uint64_t kind, kind_of(bytes));
    cbor::Reader reader(bytes);
    switch (kind) {
    case 1: return decode_key(reader);
    case 2: return decode_device(reader);
    case 3: return decode_officer(reader);
    case 4: return decode_office(reader);
    case 5: return decode_organisation(reader);
    default: return fail("identity.kind", "identity entries have kinds 1 to 5, not " + std::to_string(kind));
    }
}

Bytes encode(const Value& value) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(1);
        std::visit(Encoder{map}, value);
    });
    return writer.take();
}

std::string key_record(const KeyId& kid) {
    return "key/" + to_hex(kid);
}
std::string device_record(std::string_view id) {
    return "device/" + std::string(id);
}
std::string officer_record(std::string_view pseudonym) {
    return "officer/" + std::string(territory_of(pseudonym)) + "/" + std::string(pseudonym);
}
std::string office_record(std::string_view office) {
    return "office/" + std::string(office);
}
std::string organisation_record(std::string_view id) {
    return "organisation/" + std::string(id);
}

std::string device_namespace(std::string_view territory) {
    std::string name = "device/";
    for (const char c : territory)
        name += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return name;
}

Result<std::optional<Key>> find_key(const state::View& view, const KeyId& kid) {
    return find<Key>(view, key_record(kid));
}
Result<std::optional<Device>> find_device(const state::View& view, std::string_view id) {
    return find<Device>(view, device_record(id));
}
Result<std::optional<Officer>> find_officer(const state::View& view, std::string_view pseudonym) {
    return find<Officer>(view, officer_record(pseudonym));
}
Result<std::optional<Office>> find_office(const state::View& view, std::string_view office) {
    return find<Office>(view, office_record(office));
}
Result<std::optional<Organisation>> find_organisation(const state::View& view, std::string_view id) {
    return find<Organisation>(view, organisation_record(id));
}

bool is_within_dates(const Key& key, UnixTime time) {
    return key.from <= time && (!key.to || time <= *key.to);
}
bool is_revoked(const Key& key) {
    return key.since.has_value();
}
bool has_office(const Key& key, std::string_view office) {
    return std::ranges::find(key.offices, office) != key.offices.end();
}

std::string_view role_name(Role role) {
    switch (role) {
    case Role::Device: return "device";
    case Role::Officer: return "officer";
    case Role::Holder: return "holder";
    case Role::Supervisor: return "supervisor";
    case Role::Registrar: return "registrar";
    case Role::Administrator: return "administrator";
    case Role::IssuingAssociation: return "issuing association";
    case Role::GuaranteeingAssociation: return "guaranteeing association";
    case Role::Certifier: return "certifier";
    case Role::Importer: return "importer";
    case Role::Broker: return "broker";
    case Role::Agency: return "agency";
    case Role::Authority: return "authority";
    case Role::VesselOrObserver: return "vessel or observer";
    case Role::Relay: return "relay";
    }
    return "unknown";
}

} // namespace tidewaiter::identity
