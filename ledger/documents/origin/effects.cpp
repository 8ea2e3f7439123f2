#include "ledger/documents/origin/certificate.hpp"

namespace tidewaiter::origin {

namespace {

constexpr std::uint8_t kRevoke = 36;
constexpr std::uint8_t kSuspend = 37;
constexpr std::uint8_t kLift = 38;

/// The status after an event; nothing where the event changes none.
Result<CertificateStatus> next_status(CertificateStatus status, std::uint8_t kind) {
    if (status == CertificateStatus::Revoked)
        return fail("application.state",
                    "the certificate is revoked; nothing changes it any more, issue a new one");
    switch (kind) {
    case kRevoke: return CertificateStatus::Revoked;
    case kSuspend:
        if (status == CertificateStatus::Suspended)
            return fail("application.state", "the certificate is suspended already");
        return CertificateStatus::Suspended;
    case kLift:
        if (status != CertificateStatus::Suspended)
            return fail("application.state", "the certificate is not suspended");
        return CertificateStatus::Issued;
    default:
        return fail("application.kind", "this version does not apply origin event " + std::to_string(kind));
    }
}

} // namespace

Status apply_issue(state::Overlay& state, const Issue& issue, const crypto::KeyId& signer,
                   const Inclusion& inclusion) {
    const RecordKey key{name_space(issue.agreement), head_key(issue.id)};
    TW_TRY(const std::optional<Head> present, find_head(state, key));
    if (present)
        return fail("application.state",
                    "certificate " + key.key +
                        " was issued already; a change is an AMEND with the next version");
    if (issue.version != 1) return fail("application.state", "a certificate is issued with version 1");
    if (issue.scope.is_blanket && issue.scope.to < issue.scope.from)
        return fail("application.state", "the blanket period ends before it begins; correct its dates");
    Head head;
    head.certifier = signer;
    head.versions.push_back({.issue = issue, .inclusion = inclusion});
    state.put(key.name_space, key.key, encode(head));
    return {};
}

Status apply_event(state::Overlay& state, const EventRecord& record) {
    const RecordKey& key = record.event.record;
    TW_TRY(std::optional<Head> head, find_head(state, key));
    if (!head)
        return fail("application.unknown-record",
                    "certificate " + printable(key.key) + " is not on the ledger");
    if (head->find(record.event.version) == nullptr)
        return fail("application.unknown-record",
                    "the certificate has no version " + std::to_string(record.event.version));
    TW_TRY(head->status, next_status(head->status, record.kind));
    if (head->events == 65'535) return fail("application.full", "the certificate cannot take more events");
    head->status_changed = record.inclusion;
    ++head->events;
    state.put(key.name_space, event_key(key.key, head->events), encode(record));
    state.put(key.name_space, key.key, encode(*head));
    return {};
}

} // namespace tidewaiter::origin
