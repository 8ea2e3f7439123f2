#include "ledger/application/judge_parts.hpp"
#include "ledger/documents/identity/identity.hpp"
#include "ledger/documents/origin/rules.hpp"
#include "ledger/documents/rulebook.hpp"

#include <algorithm>

namespace tidewaiter::application {

using documents::Finding;
using documents::Verdict;

namespace {

constexpr std::int64_t kHour = 3'600;
constexpr int kMaxRotations = 16;

/// Everything read from the copy that a case points into.
struct Evidence {
    std::optional<origin::Head> head;
    std::vector<origin::EventRecord> events;
    std::optional<identity::Key> key;       ///< that signed the code
    std::optional<identity::Key> certifier; ///< that issued the record
    bool key_is_certifiers = false;
};

bool is_unsure(const Error& error) {
    return error.code == "origin.version" || error.code == "identity.version";
}

/// A record that cannot be read is not in the copy; one of a newer version is GEN-10.
void note_read_error(std::vector<Finding>& findings, const Error& error) {
    if (is_unsure(error))
        findings.push_back(documents::general_finding("GEN-10"));
    else
        findings.push_back(general("GEN-01", "error", std::string(error.code)));
}

Result<bool> is_successor(const state::View& copy, crypto::KeyId from, const crypto::KeyId& to) {
    for (int i = 0; i < kMaxRotations; ++i) {
        if (from == to) return true;
        TW_TRY(const std::optional<identity::Key> key, identity::find_key(copy, from));
        if (!key || !key->successor) return false;
        from = *key->successor;
    }
    return false;
}

Result<Evidence> gather(const state::View& copy, const claims::ClaimCode& code, const crypto::KeyId& signer) {
    Evidence evidence;
    TW_TRY(evidence.head, origin::find_head(copy, code.record));
    if (evidence.head) {
        TW_TRY(evidence.events, origin::find_events(copy, code.record, *evidence.head));
        TW_TRY(evidence.certifier, identity::find_key(copy, evidence.head->certifier));
        TW_TRY(evidence.key_is_certifiers, is_successor(copy, evidence.head->certifier, signer));
    }
    TW_TRY(evidence.key, identity::find_key(copy, signer));
    return evidence;
}

bool allows(identity::Role role, origin::CertifierRole stated) {
    switch (role) {
    case identity::Role::Certifier: return true;
    case identity::Role::Importer: return stated == origin::CertifierRole::Importer;
    case identity::Role::Broker: return stated == origin::CertifierRole::Agent;
    default: return false;
    }
}

origin::Check signature_check(const Evidence& evidence, const claims::Envelope& envelope,
                              const CopyFacts& facts) {
    if (!evidence.key) return origin::Check::Unknown;
    if (!is_signed_by(envelope, facts, evidence.key->key)) return origin::Check::Bad;
    return evidence.head && !evidence.key_is_certifiers ? origin::Check::Bad : origin::Check::Good;
}

origin::Check role_check(const Evidence& evidence, const origin::Issue* issue) {
    if (!evidence.key || issue == nullptr) return origin::Check::Unknown;
    return allows(evidence.key->role, issue->role) ? origin::Check::Good : origin::Check::Bad;
}

origin::Check openings_check(const claims::ClaimCode& code, const origin::Issue* issue) {
    if (issue == nullptr) return origin::Check::Unknown;
    if (code.header && !origin::failed_openings(*code.header, *issue).empty()) return origin::Check::Bad;
    if (code.lines && !origin::lines_open(*code.lines, issue->line_root)) return origin::Check::Bad;
    return origin::Check::Good;
}

void merge_entry(origin::Case& facts, const std::optional<EntryFacts>& entry) {
    if (!entry) return;
    facts.entry_date = entry->entry_date;
    facts.claim_made_at = entry->claim_made_at;
    if (!entry->origin_country.empty()) facts.entry_origins = {entry->origin_country};
    if (entry->import_date) facts.shipment.import_date = entry->import_date;
    if (!entry->invoice.empty()) facts.shipment.invoice = entry->invoice;
}

origin::Case make_case(const claims::ClaimCode& code, const Evidence& evidence,
                       const claims::Envelope& envelope, const Scan& scan, const CopyFacts& copy_facts) {
    origin::Case facts;
    const origin::Head::Version* version = evidence.head ? evidence.head->find(code.version) : nullptr;
    facts.issue = version != nullptr ? &version->issue : nullptr;
    facts.head = evidence.head ? &*evidence.head : nullptr;
    if (version != nullptr) facts.anchored = version->inclusion.time;
    facts.signature = signature_check(evidence, envelope, copy_facts);
    facts.role = role_check(evidence, facts.issue);
    facts.openings = openings_check(code, facts.issue);
    if (evidence.certifier) {
        facts.key_from = evidence.certifier->from;
        facts.key_to = evidence.certifier->to;
        facts.key_since = evidence.certifier->since;
    }
    facts.events = evidence.events;
    facts.header = code.header ? &*code.header : nullptr;
    facts.lines = code.lines ? &*code.lines : nullptr;
    facts.shipment = code.shipment;
    merge_entry(facts, scan.entry);
    return facts;
}

std::string party_text(const origin::Party& party) {
    if (const auto* data = std::get_if<origin::PartyData>(&party)) return printable(data->name, 140);
    switch (std::get<origin::PartyCode>(party)) {
    case origin::PartyCode::Same: return "same as certifier";
    case origin::PartyCode::Various: return "various";
    case origin::PartyCode::Unknown: return "unknown";
    case origin::PartyCode::OnRequest: return "available on request";
    case origin::PartyCode::List: return "see list";
    }
    return "";
}

void add_party(std::vector<std::pair<std::string, std::string>>& to, std::string_view name,
               const std::optional<origin::Opened<origin::Party>>& party) {
    if (party) to.emplace_back(std::string(name), party_text(party->value));
}

void describe(documents::Subject& subject, const claims::ClaimCode& code, const origin::Issue* issue) {
    subject.kind = "origin";
    subject.name_space = code.record.name_space;
    subject.key = code.record.key;
    const std::optional<origin::Agreement> agreement = origin::agreement_of(code.record.name_space);
    subject.title = (agreement ? std::string(origin::agreement_name(*agreement)) + " " : std::string()) +
                    "certificate of origin " + printable(code.record.key, 8) + ", version " +
                    std::to_string(code.version);
    if (code.header) {
        add_party(subject.compare, "importer", code.header->importer);
        add_party(subject.details, "exporter", code.header->exporter);
        add_party(subject.details, "producer", code.header->producer);
        add_party(subject.details, "certifier", code.header->certifier);
    }
    if (code.lines)
        for (const auto& [number, line] : code.lines->lines) {
            const std::string text = printable(line.value.description, 200) + " (HS " + line.value.hs + ", " +
                                     line.value.origin + ")";
            const bool is_first = number == code.lines->lines.begin()->first;
            (is_first ? subject.compare : subject.details)
                .emplace_back("line " + std::to_string(number), text);
        }
    if (!code.shipment.invoice.empty())
        subject.details.emplace_back("invoice", printable(code.shipment.invoice, 35));
    if (!code.shipment.entry.empty())
        subject.details.emplace_back("entry", printable(code.shipment.entry, 11));
    if (issue != nullptr && issue->scope.is_blanket)
        subject.details.emplace_back("blanket",
                                     format_date(issue->scope.from) + " to " + format_date(issue->scope.to));
}

} // namespace

void judge_claim(Verdict& verdict, const claims::Envelope& envelope, const Scan& scan,
                 const state::View& copy, const Port& port, const CopyFacts& facts) {
    verdict.subject.kind = "origin";
    const Result<claims::ClaimCode> code = claims::decode_claim(envelope.payload);
    if (!code) {
        verdict.subject.title = "A claim of origin that does not decode";
        origin::Case broken;
        broken.decoded = origin::Check::Bad;
        broken.decode_error = code.error().code;
        verdict.findings = origin::all_findings(origin::judge(broken));
        verdict.outcome = documents::outcome_of(verdict.findings);
        return;
    }
    const Date today = local_date({facts.now, facts.utc_offset_minutes});
    Evidence evidence;
    if (Result<Evidence> gathered = gather(copy, *code, envelope.key_id))
        evidence = *std::move(gathered);
    else
        note_read_error(verdict.findings, gathered.error());
    origin::Case question = make_case(*code, evidence, envelope, scan, facts);
    reference::Agreements limits;
    if (Result<reference::Agreements> agreements = reference::agreements(copy, today)) {
        limits = *agreements;
        if (!agreements->pack.empty()) {
            verdict.basis.reference_packs.push_back(agreements->pack);
            question.agreements = *std::move(agreements);
        }
    }
    describe(verdict.subject, *code, question.issue);
    if (question.issue == nullptr && verdict.findings.empty())
        verdict.findings.push_back(
            general("GEN-01", "record",
                    printable(code->record.key, 32) + " version " + std::to_string(code->version)));
    const origin::Judgement judgement = origin::judge(question);
    for (Finding& finding : origin::all_findings(judgement))
        verdict.findings.push_back(std::move(finding));
    const AgeLimits ages{limits.amber_hours * kHour, limits.limit_hours * kHour};
    verdict.basis.freshness = freshness_word(ages, port, facts);
    add_age_findings(verdict.findings, ages, facts);
    if (!is_time_confirmed(facts, port.policy.clock_tolerance_seconds))
        verdict.findings.push_back(documents::general_finding("GEN-03"));
    add_common_findings(verdict.findings, port, facts);
    verdict.outcome = documents::outcome_of(verdict.findings);
}

} // namespace tidewaiter::application
