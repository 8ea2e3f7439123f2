#include "ledger/application/judge_parts.hpp"
#include "ledger/application/proposal.hpp"
#include "ledger/claims/presentation.hpp"
#include "ledger/claims/receipt.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/documents/carnet/suggest.hpp"
#include "ledger/documents/identity/blob.hpp"
#include "ledger/documents/identity/identity.hpp"
#include "ledger/documents/rulebook.hpp"

#include <algorithm>
#include <map>

namespace tidewaiter::application {

using documents::Finding;
using documents::Verdict;

namespace {

constexpr std::int64_t kHour = 3'600;
/// How old, and how far ahead, a holder's code may be.
constexpr std::int64_t kPresentationAgeSeconds = 120;
constexpr std::int64_t kPresentationAheadSeconds = 30;

/// One judgement on its way.
struct Work {
    Verdict& verdict;
    const Scan& scan;
    const state::View& copy;
    const Port& port;
    const CopyFacts& facts;
    LocalTime now;
    const carnet::ReferenceData& reference;
    carnet::Facts found;
    bool is_unsure =
        false; ///< something shown could not be read: the verdict is "cannot tell", with the detail

    void doubt(std::string_view what, std::string why) {
        is_unsure = true;
        verdict.subject.details.emplace_back(std::string(what), std::move(why));
    }
};

carnet::Port carnet_port(const Port& port) {
    return {port.territory, port.place, port.office};
}

carnet::Facts carnet_facts(const CopyFacts& facts, LocalTime now) {
    carnet::Facts found;
    found.now = now;
    found.clock_error_seconds = facts.clock == ClockQuality::Unconfirmed ? INT64_MAX
                                : facts.clock_error_seconds < 0          ? -facts.clock_error_seconds
                                                                         : facts.clock_error_seconds;
    found.copy_age_seconds = facts.age_seconds;
    found.is_offline = facts.is_offline;
    found.unanchored_stamps = facts.unanchored_stamps;
    return found;
}

/// The issuer's record was verified against the application hash; what remains is whether the copy knows its
/// key.
carnet::RecordCheck check_record(const state::View& copy, const carnet::Head& head) {
    const Result<std::optional<identity::Key>> key = identity::find_key(copy, head.issuer);
    return key && *key ? carnet::RecordCheck::Good : carnet::RecordCheck::UnknownSigner;
}

/// A receipt whose signature holds, by a device that is not revoked and was entitled to the office.
enum class ReceiptTrust { Good, UnknownSigner, Bad };
ReceiptTrust trust_receipt(const Work& work, const claims::Receipt& receipt, const carnet::Core& core) {
    const Result<std::optional<identity::Key>> key = identity::find_key(work.copy, receipt.envelope.key_id);
    if (!key || !*key) return ReceiptTrust::UnknownSigner;
    const identity::Key& device = **key;
    const bool is_entitled = device.role == identity::Role::Device && !identity::is_revoked(device) &&
                             identity::has_office(device, core.office) &&
                             identity::is_within_dates(device, core.at.utc) &&
                             core.signer == receipt.envelope.key_id;
    if (!is_entitled || !is_signed_by(receipt.envelope, work.facts, device.key)) return ReceiptTrust::Bad;
    return ReceiptTrust::Good;
}

void read_receipt(Work& work, std::string_view text, carnet::Carnet& carnet, carnet::Balances& balances) {
    const Result<claims::Receipt> receipt = claims::parse_receipt(text);
    if (!receipt) {
        work.doubt("receipt", printable(receipt.error().detail));
        return;
    }
    Result<carnet::Core> core = carnet::decode_core(receipt->core);
    if (!core || core->key != carnet.key) {
        work.doubt("receipt", "it is not of this carnet");
        return;
    }
    switch (trust_receipt(work, *receipt, *core)) {
    case ReceiptTrust::UnknownSigner:
        if (std::ranges::find(work.verdict.findings, "GEN-05", &Finding::rule) == work.verdict.findings.end())
            work.verdict.findings.push_back(general("GEN-05", "receipt", "its device is not in the copy"));
        return;
    case ReceiptTrust::Bad:
        work.doubt("receipt", "it is not signed by a device that is entitled to its office");
        return;
    case ReceiptTrust::Good: break;
    }
    const carnet::ReceiptCheck check = carnet::check_receipt(carnet, balances, *core, receipt->stamp);
    // What was found worst of several stays: a fork or a gap is not healed by a later one that links.
    work.found.receipt = std::max(work.found.receipt, check);
    if (check != carnet::ReceiptCheck::Extends) return;
    carnet::extend(carnet, receipt->core, *std::move(core), receipt->stamp);
    balances = carnet::fold(carnet, work.reference);
}

/// Blobs at hand by their digest; GEN-07 for one that the record names and that is not there.
std::string holder_name(Work& work, const carnet::Carnet& carnet, const claims::Presentation* presentation) {
    std::vector<Bytes> at_hand = work.scan.blobs.value_or(std::vector<Bytes>{});
    if (presentation != nullptr)
        for (const auto& [kind, bytes] : presentation->opened)
            at_hand.push_back(bytes);
    for (const Bytes& bytes : at_hand) {
        if (crypto::sha256(bytes) != carnet.head.cover.holder_blob) continue;
        const Result<documents::Blob> blob = documents::decode_blob(bytes);
        if (blob && blob->name) return printable(*blob->name, 140);
    }
    if (work.scan.blobs) work.verdict.findings.push_back(general("GEN-07", "missing", "holder"));
    return {};
}

/// The register's entries behind a carnet's stamps, each read once: a few devices sign many stamps.
class DeviceRegister {
  public:
    explicit DeviceRegister(const state::View& copy) : copy_(copy) {}

    /// Null where the copy does not have the key.
    const identity::Key* key(const crypto::KeyId& kid) {
        auto [entry, is_new] = keys_.try_emplace(kid);
        if (is_new) {
            Result<std::optional<identity::Key>> found = identity::find_key(copy_, kid);
            if (found) entry->second = *std::move(found);
        }
        return entry->second ? &*entry->second : nullptr;
    }
    /// True when the ledger holds more than one core under this number of the device.
    bool is_cloned(const identity::Key& device, std::uint32_t sequence) {
        const std::string name_space = identity::device_namespace(device.territory);
        const std::string record = identity::sequence_page_record(device.owner, sequence);
        auto [entry, is_new] = pages_.try_emplace(name_space + " " + record);
        if (is_new) {
            const Result<std::optional<Bytes>> bytes = copy_.get(name_space, record);
            if (bytes && *bytes)
                if (Result<std::vector<identity::SequenceCount>> page = identity::count_cores(**bytes))
                    entry->second = *std::move(page);
        }
        const auto& counts = entry->second;
        const auto at = std::ranges::find(counts, sequence, &identity::SequenceCount::sequence);
        return at != counts.end() && at->cores > 1;
    }

  private:
    const state::View& copy_;
    std::map<crypto::KeyId, std::optional<identity::Key>> keys_;
    std::map<std::string, std::vector<identity::SequenceCount>> pages_;
};

/// GEN-08 and GEN-09: what the register says today of the devices behind the stamps. Each fires once.
void check_devices(Work& work, const carnet::Carnet& carnet) {
    constexpr std::size_t kMaxFacts = 16;
    DeviceRegister devices(work.copy);
    Finding cloned = documents::general_finding("GEN-08");
    Finding compromised = documents::general_finding("GEN-09");
    for (const carnet::Stamp& stamp : carnet.stamps) {
        if (!stamp.counts()) continue;
        const identity::Key* device = devices.key(stamp.core.signer);
        if (device == nullptr) continue;
        const std::string id = to_hex(stamp.id).substr(0, 16);
        const bool was_effective = stamp.entry.outcome == carnet::StampOutcome::Effective;
        if (device->since && stamp.core.at.utc >= *device->since && was_effective)
            compromised.facts.emplace_back("stamp", id);
        if (devices.is_cloned(*device, stamp.core.sequence)) cloned.facts.emplace_back(device->owner, id);
    }
    for (Finding* finding : {&cloned, &compromised}) {
        if (finding->facts.empty()) continue;
        if (finding->facts.size() > kMaxFacts) finding->facts.resize(kMaxFacts);
        work.verdict.findings.push_back(std::move(*finding));
    }
}

/// Lines that were typed are no longer those that the holder's code names; what is left open changes nothing.
bool are_other_lines(const std::string& typed, const std::string& named) {
    if (typed.empty() || named.empty()) return false;
    const Result<carnet::Lines> lines = carnet::read_typed_lines(typed);
    return lines && carnet::to_text(*lines) != named;
}

/// The holder's code: signature, audience, window, replay, and whether the declaration still says the same.
void check_presentation(Work& work, const claims::Envelope& envelope,
                        const claims::Presentation& presentation, const carnet::Carnet& carnet) {
    if (!carnet.head.holder_key) {
        work.verdict.possession = "no holder key in the record";
        return;
    }
    const crypto::PublicKey& key = *carnet.head.holder_key;
    if (!is_signed_by(envelope, work.facts, key)) {
        work.verdict.possession = "not signed by the holder's key";
        work.found.code = carnet::CodeCheck::Changed;
        return;
    }
    if (presentation.audience != work.port.office) {
        work.verdict.possession = "made for another office: " + presentation.audience;
        work.found.code = carnet::CodeCheck::Changed;
        return;
    }
    const std::int64_t age = work.now.utc - presentation.issued_at;
    if (age > kPresentationAgeSeconds || age < -kPresentationAheadSeconds) {
        work.verdict.possession = "bound, outside its time window; check the phone's clock";
        return;
    }
    const auto accepted = work.facts.accepted_presentations.find(key.id());
    if (accepted != work.facts.accepted_presentations.end() && presentation.issued_at <= accepted->second) {
        work.verdict.possession = "bound, shown before";
        work.found.code = carnet::CodeCheck::Replayed;
        return;
    }
    work.verdict.possession = "bound and fresh";
    if (!work.scan.declaration) return;
    const Declaration& declaration = *work.scan.declaration;
    const auto declared = carnet::operation_from(declaration.operation);
    const bool is_other_operation =
        declared && static_cast<std::uint8_t>(*declared) != presentation.operation;
    if (is_other_operation || are_other_lines(declaration.lines, presentation.lines))
        work.found.code = carnet::CodeCheck::Changed;
}

carnet::Proposal fallback_proposal(const Work& work, const carnet::Carnet& carnet) {
    carnet::Proposal proposal;
    const carnet::Location location =
        carnet::locate(work.reference, work.port.place, work.port.territory, carnet.parts.territory,
                       carnet.has_head ? &carnet.head.cover : nullptr);
    const std::string home = work.reference.territories.union_of(carnet.parts.territory);
    proposal.operation =
        location.territory == home ? carnet::Operation::Reimport : carnet::Operation::Reexport;
    return proposal;
}

/// The stamp to judge by: what the officer declared, else what the holder's code names, else what a bare scan
/// asks for.
carnet::Proposal proposal_for(Work& work, const carnet::Carnet& carnet, const carnet::Balances& balances,
                              const carnet::Suggestion& suggestion,
                              const claims::Presentation* presentation) {
    const carnet::Port port = carnet_port(work.port);
    if (work.scan.declaration) {
        Result<carnet::Proposal> declared = to_proposal(*work.scan.declaration);
        if (declared) return carnet::complete(*declared, carnet, balances, work.reference, port);
        work.doubt("declaration", printable(declared.error().detail));
    } else if (presentation != nullptr && presentation->operation <= 9) {
        Declaration declaration;
        declaration.operation = carnet::name(static_cast<carnet::Operation>(presentation->operation));
        declaration.lines = presentation->lines;
        if (Result<carnet::Proposal> named = to_proposal(declaration))
            return carnet::complete(*named, carnet, balances, work.reference, port);
    }
    if (suggestion.proposal) return *suggestion.proposal;
    return carnet::complete(fallback_proposal(work, carnet), carnet, balances, work.reference, port);
}

void unknown_carnet(Work& work, const documents::RecordKey& record, const Error* error) {
    Verdict& verdict = work.verdict;
    verdict.subject.name_space = record.name_space;
    verdict.subject.key = record.key;
    verdict.subject.kind = "carnet";
    verdict.subject.title = "Carnet " + printable(record.key, 60);
    carnet::Judgement judgement = carnet::judge_unknown(work.reference, work.found);
    if (error != nullptr) verdict.subject.details.emplace_back("error", std::string(error->code));
    if (error != nullptr && error->code == "carnet.version")
        verdict.findings.push_back(documents::general_finding("GEN-10"));
    verdict.findings.insert(verdict.findings.end(), judgement.findings.begin(), judgement.findings.end());
    verdict.questions = std::move(judgement.questions);
}

void known_carnet(Work& work, const CarnetQuestion& question, carnet::Carnet carnet) {
    Verdict& verdict = work.verdict;
    carnet::Balances balances = carnet::fold(carnet, work.reference);
    work.found.record = check_record(work.copy, carnet.head);
    work.found.list_is_altered = !carnet.list_matches;
    for (const std::string& receipt : work.scan.receipts)
        read_receipt(work, receipt, carnet, balances);
    std::optional<claims::Presentation> presentation;
    if (question.presentation != nullptr) {
        Result<claims::Presentation> decoded = claims::decode_presentation(question.presentation->payload);
        if (decoded) presentation = *std::move(decoded);
        if (presentation) check_presentation(work, *question.presentation, *presentation, carnet);
    }
    const claims::Presentation* shown = presentation ? &*presentation : nullptr;
    check_devices(work, carnet);
    const carnet::Port port = carnet_port(work.port);
    carnet::Suggestion suggestion =
        carnet::suggest(carnet, balances, work.reference, port, work.now, question.sheet);
    const carnet::Proposal proposal = proposal_for(work, carnet, balances, suggestion, shown);
    carnet::Judgement judgement =
        carnet::judge_stamp(proposal, carnet, balances, work.reference, port, work.found);
    documents::Subject subject =
        carnet::describe(carnet, balances, holder_name(work, carnet, shown), local_date(work.now));
    for (auto& doubt : verdict.subject.details)
        subject.details.push_back(std::move(doubt));
    verdict.subject = std::move(subject);
    verdict.next = std::move(suggestion.next);
    verdict.questions = std::move(judgement.questions);
    verdict.findings.insert(verdict.findings.end(), judgement.findings.begin(), judgement.findings.end());
}

} // namespace

void judge_carnet(Verdict& verdict, const CarnetQuestion& question, const Scan& scan, const state::View& copy,
                  const Port& port, const CopyFacts& facts) {
    const LocalTime now{facts.now, facts.utc_offset_minutes};
    Result<carnet::ReferenceData> read;
    if (facts.reference == nullptr) read = carnet::reference_data(copy, local_date(now));
    const carnet::ReferenceData none;
    const carnet::ReferenceData* lists = facts.reference;
    if (lists == nullptr) lists = read ? &*read : &none;
    Work work{.verdict = verdict,
              .scan = scan,
              .copy = copy,
              .port = port,
              .facts = facts,
              .now = now,
              .reference = *lists,
              .found = carnet_facts(facts, now)};
    if (!read) work.doubt("reference lists", printable(read.error().detail));
    verdict.basis.reference_packs = work.reference.packs();
    const reference::Limits& limits = work.reference.limits;
    verdict.basis.freshness =
        freshness_word({limits.soft_hours * kHour, limits.hard_hours * kHour}, port, facts);
    Result<std::optional<carnet::Carnet>> carnet = carnet::load(copy, question.record);
    if (!carnet)
        unknown_carnet(work, question.record, &carnet.error());
    else if (!*carnet || !(*carnet)->has_head)
        unknown_carnet(work, question.record, nullptr);
    else
        known_carnet(work, question, **std::move(carnet));
    add_common_findings(verdict.findings, port, facts);
    verdict.outcome = documents::outcome_of(verdict.findings);
    if (work.is_unsure) verdict.outcome = std::max(verdict.outcome, documents::Outcome::CannotTell);
}

std::vector<Hash> blobs_of(const state::View& copy, const documents::RecordKey& record) {
    const Result<std::optional<Bytes>> bytes = copy.get(record.name_space, record.key);
    if (!bytes || !*bytes || !record.name_space.starts_with("carnet/")) return {};
    const Result<carnet::Head> head = carnet::decode_head(**bytes);
    if (!head) return {};
    return {head->cover.holder_blob};
}

} // namespace tidewaiter::application
