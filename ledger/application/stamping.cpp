#include "ledger/application/stamping.hpp"

#include "ledger/application/proposal.hpp"
#include "ledger/base/limits.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/documents/carnet/suggest.hpp"
#include "ledger/documents/identity/blob.hpp"
#include "ledger/documents/identity/identity.hpp"

#include <algorithm>

namespace tidewaiter::application {

using documents::Outcome;

namespace {

constexpr std::size_t kMaxReasonBytes = 4'000;
constexpr std::uint8_t kReasonBlob = 5;
/// Room for the envelope around core and attachments.
constexpr std::size_t kEnvelopeBytes = 256;

Status check_request(const StampRequest& request, const documents::Verdict& verdict) {
    if (verdict.subject.name_space != request.record.name_space || verdict.subject.key != request.record.key)
        return fail("stamp.record", "the verdict is about another record; judge this one first");
    if (verdict.outcome == Outcome::Refuse)
        return fail("stamp.refused", "the verdict refuses this stamp; correct the declaration or reject it");
    if (verdict.outcome != Outcome::Clear && request.reason.empty())
        return fail("stamp.reason", "the verdict leaves the decision to the officer; write down the reason");
    if (request.reason.size() > kMaxReasonBytes || !is_utf8(request.reason))
        return fail("stamp.reason", "a reason is text of at most 4,000 bytes");
    if (!documents::is_pseudonym(request.officer))
        return fail("stamp.officer",
                    "'" + printable(request.officer, 30) + "' is no officer's pseudonym such as US-7Q4K2M");
    if (!request.second_person.empty() && !documents::is_pseudonym(request.second_person))
        return fail("stamp.officer", "the second person needs a pseudonym too");
    if (request.second_person == request.officer)
        return fail("stamp.officer", "four eyes means two persons; the second is the same as the first");
    if (!documents::is_office(request.office))
        return fail("stamp.office", "the port's office must be like US-D:2720");
    if (request.sequence == 0) return fail("stamp.sequence", "sequence numbers begin with 1");
    return {};
}

std::optional<std::string> text_or_none(const carnet::Lines& lines) {
    if (lines.empty()) return std::nullopt;
    return carnet::to_text(lines);
}

std::optional<carnet::Nots> nots_of(const carnet::Proposal& proposal) {
    carnet::Nots nots;
    nots.not_reexported = text_or_none(proposal.not_reexported).value_or("");
    nots.not_produced = text_or_none(proposal.not_produced).value_or("");
    nots.processed_abroad = text_or_none(proposal.processed_abroad).value_or("");
    nots.not_reimported = text_or_none(proposal.not_reimported).value_or("");
    if (nots == carnet::Nots{}) return std::nullopt;
    nots.regularised = proposal.regularised;
    return nots;
}

carnet::Attachments attachments_of(const StampRequest& request, const documents::Verdict& verdict,
                                   const std::optional<Hash>& reason) {
    const Declaration& declaration = request.declaration;
    carnet::Attachments attachments;
    attachments.seals = declaration.seals;
    if (declaration.transport_mode >= 0 && !declaration.transport.empty())
        attachments.transport = {static_cast<std::uint8_t>(declaration.transport_mode),
                                 declaration.transport};
    attachments.decision = reason ? carnet::Decision::ReleasedWithRemark : carnet::Decision::Released;
    for (const documents::Finding& finding : verdict.findings)
        attachments.rules.push_back(
            {finding.rule, static_cast<std::uint8_t>(finding.severity), finding.answer});
    if (reason) attachments.blobs.push_back({kReasonBlob, *reason});
    attachments.officer = request.officer;
    attachments.second_person = request.second_person;
    attachments.journal_head = request.journal_head;
    attachments.registration = declaration.registration;
    return attachments;
}

Result<carnet::Core> core_of(const StampRequest& request, const state::View& copy) {
    TW_TRY(const carnet::Proposal typed, to_proposal(request.declaration));
    TW_TRY(const carnet::ReferenceData reference, carnet::reference_data(copy, local_date(request.at)));
    TW_TRY(const std::optional<carnet::Carnet> found, carnet::load(copy, request.record));
    carnet::Carnet carnet;
    carnet.key = request.record;
    TW_TRY(carnet.parts, carnet::split_key(request.record));
    if (found) carnet = *found;
    const carnet::Balances balances = carnet::fold(carnet, reference);
    const carnet::Port port{carnet::territory_of_office(reference, request.office), request.place,
                            request.office};
    const carnet::Proposal proposal =
        carnet.has_head ? carnet::complete(typed, carnet, balances, reference, port) : typed;
    carnet::Core core;
    core.key = request.record;
    core.sheet = carnet::sheet_for(proposal.operation, proposal.sheet);
    if (core.sheet && proposal.sheet == 0)
        return fail("stamp.sheet", "no sheet is left or none was found; name the sheet that was presented");
    core.operation = proposal.operation;
    core.office = request.office;
    core.at = request.at;
    core.sequence = request.sequence;
    core.lines = text_or_none(proposal.lines).value_or("");
    core.references = proposal.references;
    std::ranges::sort(core.references);
    core.branch = proposal.branch;
    core.date = proposal.date;
    core.destination = proposal.destination;
    core.nots = nots_of(proposal);
    if (found) core.previous = carnet::last_stamp(carnet, balances);
    core.height_seen = request.height;
    core.is_offline = request.is_offline;
    core.revision = carnet.has_head ? carnet.head.revision : 1;
    core.signer = request.signer;
    return core;
}

} // namespace

Result<StampDraft> draft_stamp(const StampRequest& request, const documents::Verdict& verdict,
                               const state::View& copy) {
    TW_CHECK(check_request(request, verdict));
    StampDraft draft;
    std::optional<Hash> reason;
    if (!request.reason.empty()) {
        documents::Blob blob;
        blob.salt = request.salt;
        blob.text = request.reason;
        Bytes bytes = documents::encode(blob);
        reason = crypto::sha256(bytes);
        draft.blobs.push_back({*reason, std::move(bytes)});
        // Reasons belong to the own territory and go nowhere else.
        draft.blob_namespaces.push_back(identity::device_namespace(documents::territory_of(request.officer)));
    }
    TW_TRY(carnet::Core core, core_of(request, copy));
    draft.attachments = carnet::encode(attachments_of(request, verdict, reason));
    TW_CHECK(carnet::decode_attachments(draft.attachments));
    core.attachments = crypto::sha256(draft.attachments);
    draft.core = carnet::encode(core);
    // What we sign must be what everybody else will accept.
    TW_CHECK(carnet::decode_core(draft.core));
    draft.id = crypto::sha256(draft.core);
    draft.sequence = request.sequence;
    if (draft.core.size() + draft.attachments.size() + kEnvelopeBytes > limits::kMaxDeviceTransactionBytes)
        return fail("stamp.too-large",
                    "the stamp is larger than 16 KiB; name fewer single lines or shorter seals");
    return draft;
}

Bytes transaction_payload(const StampDraft& draft) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(1).bytes(draft.core);
        map.key(2).bytes(draft.attachments);
    });
    return writer.take();
}

} // namespace tidewaiter::application
