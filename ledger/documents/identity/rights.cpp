#include "ledger/documents/identity/rights.hpp"

#include <algorithm>
#include <array>

namespace tidewaiter::identity {

namespace {

constexpr std::uint16_t bit(Role role) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(role));
}
template <class... R>
constexpr std::uint16_t roles(R... list) {
    return static_cast<std::uint16_t>((0U | ... | bit(list)));
}

constexpr std::uint16_t kIssuer = bit(Role::IssuingAssociation);
constexpr std::uint16_t kGuarantor = bit(Role::GuaranteeingAssociation);
constexpr std::uint16_t kEither = kIssuer | kGuarantor;
constexpr std::uint16_t kSupervisor = bit(Role::Supervisor);
constexpr std::uint16_t kRegistrar = bit(Role::Registrar);
constexpr std::uint16_t kCertifier = roles(Role::Certifier, Role::Importer, Role::Broker);
constexpr std::uint16_t kAgency = roles(Role::Agency, Role::Authority);
constexpr std::uint16_t kDevice = bit(Role::Device);
constexpr std::uint16_t kReference =
    roles(Role::Supervisor, Role::Registrar, Role::Administrator, Role::Agency, Role::Authority);
constexpr std::uint16_t kImporter = roles(Role::Importer, Role::Broker);

constexpr Right act(std::uint32_t kind, std::string_view name, std::uint16_t who, Relation relation,
                    bool known) {
    return {.is_device = false,
            .kind = kind,
            .name = name,
            .roles = who,
            .relation = relation,
            .is_known = known};
}
constexpr Right device(std::uint32_t op, std::string_view name, bool known) {
    return {.is_device = true,
            .kind = op,
            .name = name,
            .roles = kDevice,
            .relation = Relation::Office,
            .is_known = known};
}

constexpr std::array kRights{
    act(1, "ISSUE", kIssuer, Relation::OwnNamespace, true),
    act(2, "LIST_PAGE", kIssuer, Relation::OwnNamespace, true),
    act(3, "AMEND", kIssuer, Relation::RecordIssuer, false),
    act(4, "WITHDRAW", kIssuer, Relation::RecordIssuer, true),
    act(5, "SUPERSEDE", kIssuer, Relation::RecordIssuer, false),
    act(6, "HOLDER_BIND", kIssuer, Relation::RecordIssuer, true),
    act(7, "HOLDER_SIGN", 0, Relation::HolderKey, true),
    act(8, "HAND_OVER", 0, Relation::HolderKey, false),
    act(9, "RETURN", kIssuer, Relation::IssuingAssociation, true),
    act(10, "REPORT_LOST", kIssuer, Relation::IssuingAssociation, true),
    act(11, "FOUND", kIssuer, Relation::IssuingAssociation, true),
    act(12, "ADD_SHEETS", kIssuer, Relation::IssuingAssociation, false),
    act(13, "DISCHARGE", kIssuer, Relation::IssuingAssociation, false),
    act(14, "PROOF", kEither, Relation::GuaranteeingAssociation, false),
    act(15, "CLAIM", kSupervisor, Relation::SameTerritory, false),
    act(16, "DEPOSIT", kSupervisor, Relation::SameTerritory, false),
    act(17, "FINAL", kSupervisor, Relation::SameTerritory, false),
    act(18, "REFUND", kSupervisor, Relation::SameTerritory, false),
    act(19, "PAYMENT", kEither, Relation::GuaranteeingAssociation, false),
    act(20, "SUSPEND", kEither | kSupervisor, Relation::IssuerOrTerritory, false),
    act(21, "RESOLVE", kSupervisor, Relation::SameTerritory, false),
    act(22, "ADMIT_LATE", kSupervisor, Relation::SameTerritory, false),
    act(23, "LIFT", kSupervisor, Relation::SameTerritory, false),
    act(32, "ORIGIN_ISSUE", kCertifier, Relation::OwnNamespace, true),
    act(33, "ORIGIN_COSIGN", kCertifier, Relation::SameTerritory, false),
    act(34, "ORIGIN_AMEND", kCertifier, Relation::RecordIssuer, false),
    act(35, "ORIGIN_NOTICE_OF_ERROR", kCertifier, Relation::RecordIssuer, false),
    act(36, "ORIGIN_REVOKE", kCertifier | kRegistrar, Relation::IssuerOrTerritory, true),
    act(37, "ORIGIN_SUSPEND", kCertifier | kRegistrar | kSupervisor, Relation::IssuerOrTerritory, true),
    act(38, "ORIGIN_LIFT", kCertifier | kRegistrar | kSupervisor, Relation::IssuerOrTerritory, true),
    act(39, "ORIGIN_VERIFY_OPEN", kSupervisor, Relation::SameTerritory, false),
    act(40, "ORIGIN_INTENT_TO_DENY", kSupervisor, Relation::SameTerritory, false),
    act(41, "ORIGIN_NEGATIVE", kSupervisor, Relation::SameTerritory, false),
    act(42, "ORIGIN_POSITIVE", kSupervisor, Relation::SameTerritory, false),
    act(43, "ORIGIN_PATTERN", kSupervisor, Relation::SameTerritory, false),
    act(44, "ORIGIN_CLAIM", kImporter, Relation::OwnNamespace, false),
    act(45, "ORIGIN_CORRECTED_CLAIM", kImporter, Relation::OwnNamespace, false),
    act(64, "PERMIT_ISSUE", kAgency | kCertifier, Relation::OwnNamespace, false),
    act(65, "PERMIT_AMEND", kAgency | kCertifier, Relation::RecordIssuer, false),
    act(66, "PERMIT_WITHDRAW", kAgency | kCertifier, Relation::RecordIssuer, false),
    act(67, "PERMIT_SUSPEND", kAgency, Relation::RecordIssuer, false),
    act(68, "PERMIT_LIFT", kAgency, Relation::RecordIssuer, false),
    act(69, "PERMIT_ENDORSE", kImporter | bit(Role::VesselOrObserver), Relation::OwnNamespace, false),
    act(70, "PERMIT_STATEMENT", bit(Role::VesselOrObserver), Relation::OwnNamespace, false),
    act(71, "PERMIT_CUSTODY", kImporter, Relation::OwnNamespace, false),
    act(72, "PERMIT_FILED", kImporter, Relation::OwnNamespace, false),
    act(73, "PERMIT_PGA_STATUS", kAgency, Relation::OwnNamespace, false),
    act(74, "PERMIT_AUDIT_OPEN", kAgency, Relation::OwnNamespace, false),
    act(75, "PERMIT_FINDING", kAgency, Relation::OwnNamespace, false),
    act(76, "PERMIT_TRIP", bit(Role::VesselOrObserver), Relation::OwnNamespace, false),
    act(77, "PERMIT_CANCEL", kAgency | kCertifier, Relation::RecordIssuer, false),
    act(96, "IDENTITY_PUT", kRegistrar, Relation::SameTerritory, true),
    act(97, "KEY_ROTATE", kRegistrar, Relation::SameTerritory, true),
    act(98, "KEY_REVOKE", kRegistrar, Relation::SameTerritory, true),
    act(99, "DEVICE_LIFT", kRegistrar, Relation::SameTerritory, false),
    act(112, "REFERENCE_PUT", kReference, Relation::NameOwner, true),

    device(1, "VALIDATE", true),
    device(2, "EXPORT", true),
    device(3, "PRE_EXPORT", true),
    device(4, "EXIT", true),
    device(5, "IMPORT", true),
    device(6, "REEXPORT", true),
    device(7, "REIMPORT", true),
    device(8, "TRANSIT_OPEN", true),
    device(9, "TRANSIT_CLOSE", true),
    device(10, "REGULARISE", false),
    device(11, "EXTEND_FINAL", false),
    device(12, "TRANSFER_HOLDER", false),
    device(13, "SEIZE", false),
    device(14, "RELEASE", false),
    device(15, "ADOPT", false),
    device(16, "RECORD_PAPER", false),
    device(17, "ACCEPT_SUBSTITUTE", false),
    device(18, "ACCEPT_REPLACEMENT", false),
    device(20, "CANCEL", false),
    device(21, "CORRECT", false),
    device(22, "CLAIM_USED", false),
    device(23, "CHECKPOINT", true),
    device(24, "PERMIT_USED", false),
};

/// The issuer itself, or the key that a registrar named as its successor (and so on).
Result<bool> is_issuer_or_successor(const state::View& view, const KeyId& issuer, const KeyId& signer) {
    constexpr int kMaxRotations = 16;
    KeyId current = issuer;
    for (int i = 0; i < kMaxRotations; ++i) {
        if (current == signer) return true;
        TW_TRY(const std::optional<Key> key, find_key(view, current));
        if (!key || !key->successor) return false;
        current = *key->successor;
    }
    return false;
}

std::string who(std::uint16_t allowed) {
    std::string text;
    for (auto role = Role::Device; role <= Role::Relay;
         role = static_cast<Role>(static_cast<int>(role) + 1)) {
        if ((allowed & bit(role)) == 0) continue;
        if (!text.empty()) text += " or ";
        text += role_name(role);
    }
    return text;
}

std::unexpected<Error> refuse(const Right& right, std::string why) {
    return fail("application.not-entitled", std::string(right.name) + ": " + std::move(why));
}

Status check_issuer(const Right& right, const KeyId& signer, const Target& target, const state::View& view) {
    if (!target.issuer) return {};
    TW_TRY(const bool is_issuer, is_issuer_or_successor(view, *target.issuer, signer));
    if (is_issuer) return {};
    return refuse(right, "only key " + to_hex(*target.issuer) + ", which issued " +
                             printable(target.record.key) + ", or its registered successor may change it");
}

Status check_own_namespace(const Right& right, const KeyId& signer, const Key& key, const Target& target,
                           const state::View& view) {
    if (std::ranges::find(key.namespaces, target.record.name_space) == key.namespaces.end())
        return refuse(right, "the key may not write to " + printable(target.record.name_space) +
                                 "; its registrar must enter that namespace with the key");
    return check_issuer(right, signer, target, view);
}

Status check_territory(const Right& right, const Key& key, const Target& target) {
    if (!key.territory.empty() && key.territory == target.territory) return {};
    return refuse(right, "the signer belongs to territory '" + key.territory + "', what it writes to '" +
                             printable(target.territory) + "'");
}

Status check_issuer_or_territory(const Right& right, const KeyId& signer, const Key& key,
                                 const Target& target, const state::View& view) {
    if (key.role == Role::Supervisor) return {};
    if (key.role == Role::Registrar) return check_territory(right, key, target);
    return check_issuer(right, signer, target, view);
}

} // namespace

std::span<const Right> rights() {
    return kRights;
}

const Right* right_for(bool is_device, std::uint32_t kind) {
    const auto at = std::ranges::find_if(
        kRights, [&](const Right& right) { return right.is_device == is_device && right.kind == kind; });
    return at == kRights.end() ? nullptr : &*at;
}

bool may(const Right& right, Role role) {
    return (right.roles & bit(role)) != 0;
}

Status check_right(const Right& right, const KeyId& signer, const Key* key, const Target& target,
                   const state::View& view) {
    if (right.relation == Relation::HolderKey) {
        if (target.holder && *target.holder == signer) return {};
        return refuse(right, "only the holder's key that is bound in the record may sign this");
    }
    if (key == nullptr) return refuse(right, "the signer's key is not registered");
    if (!may(right, key->role))
        return refuse(right, "a key with role '" + std::string(role_name(key->role)) +
                                 "' may not sign this; a " + who(right.roles) + " may");
    switch (right.relation) {
    case Relation::OwnNamespace: return check_own_namespace(right, signer, *key, target, view);
    case Relation::RecordIssuer: return check_issuer(right, signer, target, view);
    case Relation::HolderKey: break;
    case Relation::IssuingAssociation:
        if (key->owner == target.issuing_association) return {};
        return refuse(right, "only association '" + printable(target.issuing_association) +
                                 "', which issued it, may");
    case Relation::GuaranteeingAssociation:
        if (key->owner == target.guaranteeing_association || key->owner == target.issuing_association)
            return {};
        return refuse(right, "only the carnet's own associations may");
    case Relation::Office:
        if (has_office(*key, target.office)) return {};
        return refuse(right, "the device is not entitled to office " + printable(target.office));
    case Relation::SameTerritory: return check_territory(right, *key, target);
    case Relation::NameOwner: {
        Target owned = target;
        owned.issuer = target.name_owner;
        return check_issuer(right, signer, owned, view);
    }
    case Relation::IssuerOrTerritory: return check_issuer_or_territory(right, signer, *key, target, view);
    }
    return refuse(right, "no rule allows it");
}

} // namespace tidewaiter::identity
