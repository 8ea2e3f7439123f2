#include "ledger/application/application.hpp"

#include "ledger/application/device.hpp"
#include "ledger/application/organisation.hpp"
#include "ledger/application/seen.hpp"
#include "ledger/documents/carnet/history.hpp"
#include "ledger/documents/identity/identity.hpp"

#include <algorithm>

namespace tidewaiter::application {

namespace {

/// Admission and effect on `state`, which changes only on success.
Status run(state::Overlay& state, ByteView bytes, const BlockContext& block, TransactionInfo& info,
           std::optional<StampOutcome>& outcome) {
    TW_TRY(const Transaction transaction, parse_transaction(bytes));
    info.signer = transaction.envelope.key_id;
    info.id = claims::envelope_id(transaction.envelope, block.chain_id);
    if (transaction.organisation() != nullptr) return apply_organisation(state, transaction, block, info);
    TW_TRY(const DeviceOutcome device, apply_device(state, transaction, block, info));
    outcome = device.outcome;
    return {};
}

/// A check-point has no page of its own: its sequence number says that it is there.
Result<std::optional<Recorded>> find_checkpoint(const state::View& view, const DevicePart& part) {
    TW_TRY(const std::optional<identity::Key> key, identity::find_key(view, part.core.signer));
    if (!key) return std::optional<Recorded>{};
    TW_TRY(const std::optional<Bytes> bytes,
           view.get(identity::device_namespace(key->territory),
                    identity::sequence_page_record(key->owner, part.core.sequence)));
    if (!bytes) return std::optional<Recorded>{};
    TW_TRY(identity::SequencePage page, identity::decode_sequence_page(*bytes));
    if (identity::note_sequence(page, part.core.sequence, part.core_hash) != identity::SequenceNote::Known)
        return std::optional<Recorded>{};
    return std::optional(Recorded{});
}

} // namespace

Result<TransactionInfo> check(const state::View& view, ByteView transaction, const BlockContext& block) {
    state::Overlay scratch(view);
    TransactionInfo info;
    std::optional<StampOutcome> outcome;
    TW_CHECK(run(scratch, transaction, block, info, outcome));
    return info;
}

TransactionResult apply(state::Overlay& state, ByteView transaction, const BlockContext& block) {
    TransactionResult result;
    TransactionInfo info;
    state::Overlay scratch(state);
    const Status status = run(scratch, transaction, block, info, result.outcome);
    result.id = info.id;
    result.core_hash = info.core_hash;
    if (!status) {
        result.code = result_code(status.error().code);
        result.error = status.error().code;
        result.detail = status.error().detail;
        return result;
    }
    for (const auto& [name, records] : scratch.changes())
        result.namespaces.push_back(name);
    state.absorb(scratch);
    return result;
}

Status begin_block(state::Overlay& state, const BlockContext& block) {
    return forget_old(state, block.time.seconds);
}

Result<std::optional<Recorded>> find_recorded(const state::View& view, ByteView transaction) {
    TW_TRY(const Transaction parsed, parse_transaction(transaction));
    const DevicePart* part = parsed.device();
    if (part == nullptr)
        return fail("application.type",
                    "only what devices sign has an outcome in state; ask for its record instead");
    if (!part->core.key) return find_checkpoint(view, *part);
    TW_TRY(const std::optional<carnet::Carnet> carnet, carnet::load(view, *part->core.key));
    if (!carnet) return std::optional<Recorded>{};
    const auto stamp = std::ranges::find(carnet->stamps, part->core_hash, &carnet::Stamp::id);
    if (stamp == carnet->stamps.end()) return std::optional<Recorded>{};
    Recorded recorded{.outcome = static_cast<StampOutcome>(stamp->entry.outcome),
                      .why = std::nullopt,
                      .inclusion = stamp->entry.inclusion};
    if (stamp->entry.why != 0) recorded.why = static_cast<WhyNot>(stamp->entry.why);
    return std::optional(recorded);
}

} // namespace tidewaiter::application
