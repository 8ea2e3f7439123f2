#pragma once

#include "ledger/documents/identity/identity.hpp"

#include <span>

/// Who may sign what (protocol, section 2), as a table. What is not in it is refused.
namespace tidewaiter::identity {

/// In what relation the signer must stand to what it writes.
enum class Relation : std::uint8_t {
    OwnNamespace,            ///< the record lies in a namespace of the signer's, and no one else issued it
    RecordIssuer,            ///< the signer (or its registered successor) issued the record
    HolderKey,               ///< the signer is the key bound in the record
    IssuingAssociation,      ///< the signer's organisation issued that carnet
    GuaranteeingAssociation, ///< … guarantees it
    Office,                  ///< the record names an office of the signer's and an officer of its territory
    SameTerritory,           ///< signer and what is written belong to one territory
    NameOwner,               ///< first writer of the name, or the same key again
    IssuerOrTerritory,       ///< issuer, or a registrar or authority
};

struct Right {
    bool is_device = false; ///< record signed by a device: `kind` is an op
    std::uint32_t kind = 0;
    std::string_view name;   ///< "ISSUE", "IMPORT"
    std::uint16_t roles = 0; ///< bit r: role r may sign; 0: no registered role is needed (a holder's key)
    Relation relation = Relation::OwnNamespace;
    bool is_known = true; ///< false: the protocol has it, this version does not apply it yet
};

[[nodiscard]] std::span<const Right> rights();
[[nodiscard]] bool may(const Right& right, Role role);
/// Null for kinds outside the protocol.
[[nodiscard]] const Right* right_for(bool is_device, std::uint32_t kind);

/// Facts about what is being written, as the state before the block has them.
struct Target {
    documents::RecordKey record;
    std::optional<KeyId> issuer; ///< of the record as it stands
    std::optional<KeyId> holder;
    std::string issuing_association;
    std::string guaranteeing_association;
    std::string office;              ///< named in a device's record
    std::string territory;           ///< of an identity record that is put
    std::optional<KeyId> name_owner; ///< of a reference name
};

/// Role and relation. Error: application.not-entitled, naming what the signer lacks.
[[nodiscard]] Status check_right(const Right& right, const KeyId& signer, const Key* key,
                                 const Target& target, const state::View& view);

} // namespace tidewaiter::identity
