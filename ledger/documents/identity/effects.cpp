#include "ledger/documents/identity/effects.hpp"

#include "ledger/documents/identity/rights.hpp"

#include <algorithm>

namespace tidewaiter::identity {

using namespace documents;

namespace {

constexpr std::size_t kMaxKids = 16;
/// How far a signer's clock may run ahead of the block's time: heartbeat 30 s, 32 s, tolerance 120 s.
constexpr UnixTime kAheadSeconds = 182;

/// Associations, agencies and authorities are entered by governance or genesis, relays and administrators
/// too.
bool is_registrable(Role role) {
    switch (role) {
    case Role::Device:
    case Role::Officer:
    case Role::Supervisor:
    case Role::Certifier:
    case Role::Importer:
    case Role::Broker:
    case Role::VesselOrObserver: return true;
    case Role::Holder:
    case Role::Registrar:
    case Role::Administrator:
    case Role::IssuingAssociation:
    case Role::GuaranteeingAssociation:
    case Role::Agency:
    case Role::Authority:
    case Role::Relay: break;
    }
    return false;
}

std::unexpected<Error> wrong_key(const Put& put, std::string_view expected) {
    return fail("application.record",
                "record " + printable(put.record.key) + " should be " + std::string(expected));
}

Status check_offices(const state::View& view, const std::vector<std::string>& offices,
                     std::string_view territory) {
    for (const std::string& office : offices) {
        TW_TRY(const std::optional<Office> entry, find_office(view, office));
        const std::string_view owner =
            entry ? std::string_view(entry->territory) : documents::territory_of(office);
        if (owner != territory)
            return fail("application.not-entitled", "office " + office + " belongs to territory " +
                                                        std::string(owner) + ", not to " +
                                                        std::string(territory));
    }
    return {};
}

Status check_role(Role role) {
    if (is_registrable(role)) return {};
    return fail("application.not-entitled", "a registrar does not register the role '" +
                                                std::string(role_name(role)) + "'; governance does");
}

Status put_key(state::Overlay& state, const Put& put, const Key& key) {
    const KeyId kid = key.key.id();
    if (put.record.key != key_record(kid)) return wrong_key(put, key_record(kid));
    if (key.since || key.reason || key.revoked_at || key.successor)
        return fail("application.record",
                    "revocation and successor are written by the ledger; leave them out");
    TW_CHECK(check_role(key.role));
    if (key.territory.empty()) return fail("application.record", "a registered key names its territory");
    if (key.role == Role::Device && key.offices.empty())
        return fail("application.record", "a device's key names its offices");
    TW_CHECK(check_offices(state, key.offices, key.territory));
    TW_TRY(const std::optional<Key> present, find_key(state, kid));
    if (present) {
        if (!(present->key == key.key))
            return fail("application.kid", "another key has the id " + to_hex(kid) + "; make a new key");
        if (is_revoked(*present)) return fail("application.state", "the key was revoked; register a new one");
        if (present->territory != key.territory || present->role != key.role || present->owner != key.owner)
            return fail("application.state", "a key keeps its owner, role and territory; register a new one");
        if (present->successor)
            return fail("application.state",
                        "the key was rotated; its successor is " + to_hex(*present->successor));
    }
    state.put(kNamespace, put.record.key, encode(Value(key)));
    return {};
}

Status put_device(state::Overlay& state, const Put& put, const Device& device) {
    constexpr std::string_view kPrefix = "device/";
    if (!put.record.key.starts_with(kPrefix) ||
        !is_id_text(std::string_view(put.record.key).substr(kPrefix.size())))
        return wrong_key(put, "device/<id>");
    if (device.newest_sequence || device.checkpoint_head || device.checkpoint_at)
        return fail("application.record",
                    "sequence and check-point are written by the ledger; leave them out");
    TW_CHECK(check_offices(state, device.offices, device.territory));
    const std::string_view id = std::string_view(put.record.key).substr(kPrefix.size());
    for (const KeyId& kid : device.keys) {
        TW_TRY(const std::optional<Key> key, find_key(state, kid));
        if (!key || key->role != Role::Device || key->owner != id)
            return fail("application.record", "key " + to_hex(kid) + " is not registered for device " +
                                                  std::string(id) + "; register it first");
    }
    TW_TRY(const std::optional<Device> present, find_device(state, id));
    Device next = device;
    if (present) {
        if (present->territory != device.territory)
            return fail("application.not-entitled", "the device belongs to territory " + present->territory);
        next.newest_sequence = present->newest_sequence;
        next.checkpoint_head = present->checkpoint_head;
        next.checkpoint_at = present->checkpoint_at;
    }
    state.put(kNamespace, put.record.key, encode(Value(next)));
    return {};
}

Status put_officer(state::Overlay& state, const Put& put, const Officer& officer) {
    const std::string_view pseudonym = std::string_view(put.record.key).substr(put.record.key.rfind('/') + 1);
    if (!is_pseudonym(pseudonym) || put.record.key != officer_record(pseudonym))
        return wrong_key(put, "officer/<territory>/<pseudonym>");
    TW_CHECK(check_offices(state, officer.offices, documents::territory_of(pseudonym)));
    state.put(kNamespace, put.record.key, encode(Value(officer)));
    return {};
}

Status put_office(state::Overlay& state, const Put& put, const Office& office) {
    const std::string_view code = std::string_view(put.record.key).substr(put.record.key.find('/') + 1);
    if (!is_office(code) || put.record.key != office_record(code))
        return wrong_key(put, "office/<scheme>:<code>");
    TW_TRY(const std::optional<Office> present, find_office(state, code));
    if (present && present->territory != office.territory)
        return fail("application.not-entitled", "the office belongs to territory " + present->territory);
    state.put(kNamespace, put.record.key, encode(Value(office)));
    return {};
}

Status put_organisation(state::Overlay& state, const Put& put, const Organisation& organisation) {
    constexpr std::string_view kPrefix = "organisation/";
    if (!put.record.key.starts_with(kPrefix) ||
        !is_id_text(std::string_view(put.record.key).substr(kPrefix.size())))
        return wrong_key(put, "organisation/<id>");
    for (const Role role : organisation.roles)
        TW_CHECK(check_role(role));
    const std::string_view id = std::string_view(put.record.key).substr(kPrefix.size());
    TW_TRY(const std::optional<Organisation> present, find_organisation(state, id));
    if (present && present->territory != organisation.territory)
        return fail("application.not-entitled",
                    "the organisation belongs to territory " + present->territory);
    state.put(kNamespace, put.record.key, encode(Value(organisation)));
    return {};
}

void add_kid(std::vector<KeyId>& kids, const KeyId& kid) {
    if (kids.size() == kMaxKids) kids.erase(kids.begin());
    kids.push_back(kid);
}

/// The new key joins the lists of its owner.
Status add_to_owner(state::Overlay& state, const Key& key) {
    const KeyId kid = key.key.id();
    if (key.role == Role::Device) {
        TW_TRY(std::optional<Device> device, find_device(state, key.owner));
        if (!device) return {};
        add_kid(device->keys, kid);
        state.put(kNamespace, device_record(key.owner), encode(Value(*device)));
        return {};
    }
    TW_TRY(std::optional<Organisation> organisation, find_organisation(state, key.owner));
    if (!organisation) return {};
    add_kid(organisation->keys, kid);
    state.put(kNamespace, organisation_record(key.owner), encode(Value(*organisation)));
    return {};
}

} // namespace

Result<Put> decode_put(ByteView bytes) {
    documents::RecordKey record;
    Bytes value;
    cbor::Reader reader(bytes);
    reader.map({1, 2}, [&](std::int64_t key) {
        switch (key) {
        case 1: record = read_record_key(reader); return true;
        case 2: value = to_bytes(reader.raw()); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    TW_TRY(Value decoded, decode(value));
    return Put{std::move(record), std::move(decoded)};
}

Bytes encode(const Put& put) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        write(map.key(1), put.record);
        map.key(2).raw(encode(put.value));
    });
    return writer.take();
}

Result<Rotate> decode_rotate(ByteView bytes) {
    Rotate rotate;
    cbor::Reader reader(bytes);
    reader.map({1, 2, 3}, [&](std::int64_t key) {
        switch (key) {
        case 1: rotate.old_kid = read_kid(reader); return true;
        case 2: rotate.new_key = read_cose_key(reader); return true;
        case 3: rotate.from = read_time(reader); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return rotate;
}

Bytes encode(const Rotate& rotate) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(1).bytes(rotate.old_kid);
        map.key(2).raw(rotate.new_key->to_cose());
        map.key(3).integer(rotate.from);
    });
    return writer.take();
}

Result<Revoke> decode_revoke(ByteView bytes) {
    Revoke revoke;
    cbor::Reader reader(bytes);
    reader.map({1, 2, 3}, [&](std::int64_t key) {
        switch (key) {
        case 1: revoke.kid = read_kid(reader); return true;
        case 2: revoke.since = read_time(reader); return true;
        case 3:
            revoke.reason = reader.enumeration(RevocationReason::Lost, RevocationReason::Other);
            return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return revoke;
}

Bytes encode(const Revoke& revoke) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(1).bytes(revoke.kid);
        map.key(2).integer(revoke.since);
        map.key(3).enumeration(revoke.reason);
    });
    return writer.take();
}

std::string territory_of(const Put& put) {
    struct Territory {
        const Put& put;
        std::string operator()(const Key& key) const { return key.territory; }
        std::string operator()(const Device& device) const { return device.territory; }
        std::string operator()(const Officer&) const {
            constexpr std::string_view kPrefix = "officer/";
            const std::string_view key = put.record.key;
            return key.starts_with(kPrefix) ? std::string(key.substr(kPrefix.size(), 2)) : std::string();
        }
        std::string operator()(const Office& office) const { return office.territory; }
        std::string operator()(const Organisation& organisation) const { return organisation.territory; }
    };
    return std::visit(Territory{put}, put.value);
}

Status apply_put(state::Overlay& state, const Put& put) {
    if (put.record.name_space != kNamespace)
        return fail("application.record",
                    "identity entries lie in namespace identity, not in " + printable(put.record.name_space));
    struct Apply {
        state::Overlay& state;
        const Put& put;
        Status operator()(const Key& key) const { return put_key(state, put, key); }
        Status operator()(const Device& device) const { return put_device(state, put, device); }
        Status operator()(const Officer& officer) const { return put_officer(state, put, officer); }
        Status operator()(const Office& office) const { return put_office(state, put, office); }
        Status operator()(const Organisation& entry) const { return put_organisation(state, put, entry); }
    };
    return std::visit(Apply{state, put}, put.value);
}

Status apply_rotate(state::Overlay& state, const Rotate& rotate) {
    TW_TRY(std::optional<Key> old, find_key(state, rotate.old_kid));
    if (!old)
        return fail("application.unknown-record", "key " + to_hex(rotate.old_kid) + " is not registered");
    if (is_revoked(*old)) return fail("application.state", "the key was revoked; register a new one instead");
    if (old->successor)
        return fail("application.state", "the key was rotated already, to " + to_hex(*old->successor));
    TW_CHECK(check_role(old->role));
    const KeyId kid = rotate.new_key->id();
    TW_TRY(const std::optional<Key> taken, find_key(state, kid));
    if (taken)
        return fail("application.kid", "a key with the id " + to_hex(kid) + " is registered; make a new key");
    Key next = *old;
    next.key = *rotate.new_key;
    next.from = rotate.from;
    next.to = old->to && *old->to > rotate.from ? old->to : std::nullopt;
    old->successor = kid;
    old->to = std::max(old->from, old->to ? std::min(*old->to, rotate.from) : rotate.from);
    state.put(kNamespace, key_record(rotate.old_kid), encode(Value(*old)));
    state.put(kNamespace, key_record(kid), encode(Value(next)));
    return add_to_owner(state, next);
}

Status apply_revoke(state::Overlay& state, const Revoke& revoke, const Inclusion& inclusion) {
    TW_TRY(std::optional<Key> key, find_key(state, revoke.kid));
    if (!key) return fail("application.unknown-record", "key " + to_hex(revoke.kid) + " is not registered");
    if (is_revoked(*key))
        return fail("application.state", "the key was revoked already, since " + format_utc(*key->since));
    if (revoke.since > inclusion.time.seconds + kAheadSeconds)
        return fail("application.time", "a revocation holds since a time that has come; this one lies ahead");
    key->since = revoke.since;
    key->reason = revoke.reason;
    key->revoked_at = inclusion;
    state.put(kNamespace, key_record(revoke.kid), encode(Value(*key)));
    return {};
}

} // namespace tidewaiter::identity
