#pragma once

#include "ledger/documents/identity/identity.hpp"

/// Bodies of IDENTITY_PUT, KEY_ROTATE, KEY_REVOKE and what they do to the register. The application has
/// checked signature and right.
namespace tidewaiter::identity {

struct Put {
    documents::RecordKey record;
    Value value;
};
struct Rotate {
    KeyId old_kid{};
    std::optional<crypto::PublicKey> new_key; ///< always there
    UnixTime from = 0;
};
struct Revoke {
    KeyId kid{};
    UnixTime since = 0;
    RevocationReason reason = RevocationReason::Other;
};

[[nodiscard]] Result<Put> decode_put(ByteView bytes);
[[nodiscard]] Bytes encode(const Put& put);
[[nodiscard]] Result<Rotate> decode_rotate(ByteView bytes);
[[nodiscard]] Bytes encode(const Rotate& rotate);
[[nodiscard]] Result<Revoke> decode_revoke(ByteView bytes);
[[nodiscard]] Bytes encode(const Revoke& revoke);

/// Territory that a put concerns; empty where the value names none.
[[nodiscard]] std::string territory_of(const Put& put);

/// Errors: application.record (the key of the record does not fit its value, or the value carries what only
/// the ledger writes), application.not-entitled (a role that registrars do not register, an office of another
/// territory), application.kid (another key has this kid), application.state (the key was revoked).
[[nodiscard]] Status apply_put(state::Overlay& state, const Put& put);
/// The new key takes over role, owner, territory, offices and namespaces. Errors: application.unknown-record,
/// application.state (revoked, or rotated already), application.kid.
[[nodiscard]] Status apply_rotate(state::Overlay& state, const Rotate& rotate);
/// Errors: application.unknown-record, application.state (revoked already), application.time (in the future).
[[nodiscard]] Status apply_revoke(state::Overlay& state, const Revoke& revoke, const Inclusion& inclusion);

} // namespace tidewaiter::identity
