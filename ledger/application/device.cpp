#include "ledger/application/device.hpp"

#include "ledger/application/context.hpp"
#include "ledger/documents/carnet/effects.hpp"
#include "ledger/documents/identity/rights.hpp"

#include <algorithm>

namespace tidewaiter::application {

namespace {

Result<const identity::Right*> known_right(carnet::Operation operation) {
    const auto op = static_cast<std::uint32_t>(operation);
    const identity::Right* right = identity::right_for(/*is_device=*/true, op);
    if (right == nullptr)
        return fail("application.kind", "no device record has operation " + std::to_string(op));
    if (!right->is_known)
        return fail("application.kind", "this version does not know " + std::string(right->name) +
                                            " (operation " + std::to_string(op) +
                                            "); upgrade the members before it is used");
    return right;
}

Result<identity::Key> signing_device(const state::View& view, const identity::Right& right,
                                     const crypto::KeyId& kid) {
    TW_TRY(std::optional<identity::Key> key, identity::find_key(view, kid));
    if (!key)
        return fail("application.unknown-signer",
                    "key " + to_hex(kid) + " was never registered on this chain; enrol the device first");
    if (!identity::may(right, key->role))
        return fail("application.not-entitled", std::string(right.name) + ": a key with role '" +
                                                    std::string(identity::role_name(key->role)) +
                                                    "' is no device; stamps are signed by devices");
    if (key->territory.empty())
        return fail("application.record", "the device's key names no territory; its registrar must enter it again");
    return *std::move(key);
}

/// The earliest day on which any of the device's keys was valid.
Result<UnixTime> first_day(const state::View& view, const identity::Key& key) {
    UnixTime first = key.from;
    TW_TRY(const std::optional<identity::Device> device, identity::find_device(view, key.owner));
    if (!device) return first;
    for (const crypto::KeyId& kid : device->keys) {
        TW_TRY(const std::optional<identity::Key> other, identity::find_key(view, kid));
        if (other) first = std::min(first, other->from);
    }
    return first;
}

Result<identity::SequenceNote> file_sequence(state::Overlay& state, const identity::Key& key,
                                             const DevicePart& part) {
    const std::string name_space = identity::device_namespace(key.territory);
    const std::string record = identity::sequence_page_record(key.owner, part.core.sequence);
    TW_TRY(const std::optional<Bytes> bytes, state.get(name_space, record));
    identity::SequencePage page;
    if (bytes) {
        TW_TRY(page, identity::decode_sequence_page(*bytes));
    }
    const identity::SequenceNote note = identity::note_sequence(page, part.core.sequence, part.core_hash);
    if (note != identity::SequenceNote::Known) state.put(name_space, record, identity::encode(page));
    return note;
}

/// A journal check-point: the device's newest state that the ledger knows.
Status apply_checkpoint(state::Overlay& state, const identity::Key& key, const DevicePart& part,
                        const BlockContext& block) {
    TW_TRY(std::optional<identity::Device> device, identity::find_device(state, key.owner));
    if (!device)
        return fail("application.unknown-record",
                    "device " + key.owner + " has no entry; its registrar must make one");
    if (device->newest_sequence && *device->newest_sequence >= part.core.sequence) return {};
    device->newest_sequence = part.core.sequence;
    device->checkpoint_head = std::get<carnet::CheckpointBody>(part.core.body).head;
    device->checkpoint_at = inclusion_of(block);
    state.put(identity::kNamespace, identity::device_record(key.owner),
              identity::encode(identity::Value(*device)));
    return {};
}

Result<DeviceOutcome> apply_carnet_record(state::Overlay& state, const identity::Key& key,
                                          const DevicePart& part, const BlockContext& block) {
    const documents::RecordKey& record = *part.core.key;
    TW_CHECK(carnet::split_key(record));
    TW_TRY(const std::optional<Bytes> head, state.get(record.name_space, record.key));
    TW_TRY(const UnixTime first, first_day(state, key));
    const DeviceOutcome outcome = outcome_of(part.core, key, first, head.has_value(), block);
    TW_TRY(const carnet::ReferenceData reference, carnet::reference_data(state, date_of(block.time.seconds)));
    const carnet::StampEntry entry{.core = part.core_bytes,
                                   .attachments = part.attachments_bytes,
                                   .outcome = static_cast<carnet::StampOutcome>(outcome.outcome),
                                   .inclusion = inclusion_of(block),
                                   .why = static_cast<std::uint8_t>(outcome.why.value_or(WhyNot{})),
                                   .by = std::nullopt};
    TW_CHECK(carnet::add_entry(state, entry, reference));
    return outcome;
}

} // namespace

DeviceOutcome outcome_of(const carnet::Core& core, const identity::Key& key, UnixTime first, bool has_record,
                         const BlockContext& block) {
    const UnixTime now = block.time.seconds;
    const UnixTime at = core.at.utc;
    if (!identity::has_office(key, core.office)) return {StampOutcome::Refused, WhyNot::WrongOffice};
    if (!identity::is_within_dates(key, at)) return {StampOutcome::Refused, WhyNot::OutsideDates};
    if (key.revoked_at) return {StampOutcome::Late, WhyNot::Revoked};
    const auto days = static_cast<std::uint64_t>(std::max<UnixTime>(0, now - first) / kDaySeconds) + 1;
    if (core.sequence > days * kSequencePerDay) return {StampOutcome::Late, WhyNot::RanAhead};
    if (at < now - kDeviceWindowSeconds || at > now + ahead_margin(block))
        return {StampOutcome::Late, WhyNot::TooOld};
    if (!has_record) return {StampOutcome::Orphan, std::nullopt};
    return {};
}

Result<DeviceOutcome> apply_device(state::Overlay& state, const Transaction& transaction,
                                   const BlockContext& block, TransactionInfo& info) {
    const DevicePart& part = *transaction.device();
    info.is_device = true;
    info.kind = static_cast<std::uint32_t>(part.core.operation);
    info.core_hash = part.core_hash;
    info.record = part.core.key;
    info.sequence = part.core.sequence;
    TW_TRY(const identity::Right* right, known_right(part.core.operation));
    TW_TRY(const identity::Key key, signing_device(state, *right, transaction.envelope.key_id));
    TW_TRY(info.signed_for, verify_signature(transaction.envelope, block, key.key));
    info.id = claims::envelope_id(transaction.envelope, info.signed_for);
    state::Overlay scratch(state);
    TW_TRY(const identity::SequenceNote note, file_sequence(scratch, key, part));
    if (note == identity::SequenceNote::Known)
        return fail("application.duplicate", "this record was included before; nothing is left to do");
    DeviceOutcome outcome;
    if (part.core.operation == carnet::Operation::Checkpoint) {
        TW_CHECK(apply_checkpoint(scratch, key, part, block));
    } else {
        TW_TRY(outcome, apply_carnet_record(scratch, key, part, block));
    }
    state.absorb(scratch);
    return outcome;
}

} // namespace tidewaiter::application
