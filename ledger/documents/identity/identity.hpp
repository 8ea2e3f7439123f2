#pragma once

#include "ledger/documents/identity/fields.hpp"
#include "ledger/state/view.hpp"

#include <variant>

/// Who is who: the records of namespace `identity` and the register of keys.
namespace tidewaiter::identity {

using crypto::KeyId;
using documents::Inclusion;

inline constexpr std::string_view kNamespace = "identity";

enum class Role : std::uint8_t {
    Device = 1,
    Officer,
    Holder,
    Supervisor,
    Registrar,
    Administrator,
    IssuingAssociation,
    GuaranteeingAssociation,
    Certifier,
    Importer,
    Broker,
    Agency,
    Authority,
    VesselOrObserver,
    Relay,
};
enum class RevocationReason : std::uint8_t { Lost = 1, Compromised, Left, Other };

/// `key/<kid>`
struct Key {
    crypto::PublicKey key;
    Role role = Role::Device;
    std::string owner;                ///< device, organisation or person (id text)
    std::string territory;            ///< empty: none
    std::vector<std::string> offices; ///< a device's or supervisor's
    UnixTime from = 0;
    std::optional<UnixTime> to;    ///< inclusive
    std::optional<UnixTime> since; ///< revoked: no longer trusted from this moment on
    std::optional<RevocationReason> reason;
    std::optional<Inclusion> revoked_at; ///< the block that carried the revocation
    std::optional<KeyId> successor;
    std::vector<std::string> namespaces; ///< where its own records lie
    bool operator==(const Key&) const = default;
};
/// `device/<id>`
struct Device {
    std::vector<KeyId> keys;
    std::string territory;
    std::vector<std::string> offices;
    std::optional<std::uint32_t> newest_sequence;
    std::optional<Hash> checkpoint_head;
    std::optional<Inclusion> checkpoint_at;
    bool operator==(const Device&) const = default;
};
/// `officer/<territory>/<pseudonym>`
struct Officer {
    UnixTime from = 0;
    std::optional<UnixTime> to;
    std::vector<std::string> offices; ///< empty: every office of the territory
    bool operator==(const Officer&) const = default;
};
/// `office/<scheme>:<code>`
struct Office {
    std::string territory;
    std::string name;
    std::optional<Date> from;
    std::optional<Date> to;
    bool operator==(const Office&) const = default;
};
/// `organisation/<id>`
struct Organisation {
    std::string name;
    std::vector<Role> roles;
    std::string territory;
    std::vector<KeyId> keys;
    bool operator==(const Organisation&) const = default;
};

using Value = std::variant<Key, Device, Officer, Office, Organisation>;

/// Strict. Errors: cbor.*, key.*, field.*, identity.version (a newer record: GEN-10), identity.kind.
[[nodiscard]] Result<Value> decode(ByteView bytes);
[[nodiscard]] Bytes encode(const Value& value);

[[nodiscard]] std::string key_record(const KeyId& kid);       ///< "key/<hex>"
[[nodiscard]] std::string device_record(std::string_view id); ///< "device/<id>"
[[nodiscard]] std::string officer_record(std::string_view pseudonym);
[[nodiscard]] std::string office_record(std::string_view office);
[[nodiscard]] std::string organisation_record(std::string_view id);
/// "device/us": the namespace of a territory's sequence pages.
[[nodiscard]] std::string device_namespace(std::string_view territory);

/// Read from the state; nothing when the record is absent. Errors as decode, store.*.
[[nodiscard]] Result<std::optional<Key>> find_key(const state::View& view, const KeyId& kid);
[[nodiscard]] Result<std::optional<Device>> find_device(const state::View& view, std::string_view id);
[[nodiscard]] Result<std::optional<Officer>> find_officer(const state::View& view,
                                                          std::string_view pseudonym);
[[nodiscard]] Result<std::optional<Office>> find_office(const state::View& view, std::string_view office);
[[nodiscard]] Result<std::optional<Organisation>> find_organisation(const state::View& view,
                                                                    std::string_view id);

/// from ≤ time ≤ to.
[[nodiscard]] bool is_within_dates(const Key& key, UnixTime time);
/// True when a revocation stands in the record.
[[nodiscard]] bool is_revoked(const Key& key);
[[nodiscard]] bool has_office(const Key& key, std::string_view office);
[[nodiscard]] std::string_view role_name(Role role);

/// `device/<territory>` `<device>/<seq ÷ 256>`: which cores a device signed, by sequence number.
struct SequencePage {
    struct Entry {
        std::uint32_t sequence = 0;
        std::vector<std::array<std::uint8_t, 16>>
            cores; ///< first half of each core's hash; more than one: cloned
        bool operator==(const Entry&) const = default;
    };
    std::vector<Entry> entries; ///< ascending
    bool operator==(const SequencePage&) const = default;
};
[[nodiscard]] Result<SequencePage> decode_sequence_page(ByteView bytes);
[[nodiscard]] Bytes encode(const SequencePage& page);
/// How many cores a page has under each number, ascending: what a judgement needs, without the cores. Errors:
/// cbor.*, identity.version, identity.order.
struct SequenceCount {
    std::uint32_t sequence = 0;
    std::uint32_t cores = 0;
    bool operator==(const SequenceCount&) const = default;
};
[[nodiscard]] Result<std::vector<SequenceCount>> count_cores(ByteView page);
[[nodiscard]] std::string sequence_page_record(std::string_view device, std::uint32_t sequence);

enum class SequenceNote { New, Known, Cloned };
/// Adds (sequence, core) to the page: New, Known (that very core is there), Cloned (another core was there).
[[nodiscard]] SequenceNote note_sequence(SequencePage& page, std::uint32_t sequence, const Hash& core);

} // namespace tidewaiter::identity
