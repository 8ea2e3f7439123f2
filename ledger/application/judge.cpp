#include "ledger/application/judge.hpp"

#include "ledger/application/judge_parts.hpp"
#include "ledger/claims/presentation.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/documents/carnet/record.hpp"
#include "ledger/documents/rulebook.hpp"

#include <algorithm>

namespace tidewaiter::application {

using documents::Finding;
using documents::Outcome;
using documents::Verdict;

namespace {

constexpr std::int64_t kHour = 3'600;

/// Text for people that may hold anything: escaped and cut.
std::string shown(std::string_view text) {
    return printable(text, 120);
}

void judge_unreadable(Verdict& verdict, std::string_view title, const Error* error) {
    verdict.subject.kind = "unreadable";
    verdict.subject.title = title;
    if (error != nullptr)
        verdict.subject.details = {{"error", std::string(error->code)}, {"detail", shown(error->detail)}};
    verdict.outcome = Outcome::CannotTell;
}

struct Dispatcher {
    Verdict& verdict;
    const Scan& scan;
    const state::View& copy;
    const Port& port;
    const CopyFacts& facts;

    void operator()(const NamedCarnet& named) const {
        verdict.possession = "bearer only";
        judge_carnet(verdict, {.record = named.record, .sheet = named.sheet}, scan, copy, port, facts);
    }
    void operator()(const SignedCode& code) const {
        switch (code.envelope.type) {
        case claims::Type::Claim: judge_claim(verdict, code.envelope, scan, copy, port, facts); return;
        case claims::Type::Receipt: receipt(code.envelope); return;
        case claims::Type::Presentation: presentation(code.envelope); return;
        case claims::Type::Transaction:
        case claims::Type::Permit:
        case claims::Type::Head:
        case claims::Type::Anchor:
        case claims::Type::Governance:
        case claims::Type::Bundle:
        case claims::Type::Checkpoint:
        case claims::Type::Evidence: break;
        }
        verdict.subject.kind = "foreign";
        verdict.subject.title = "A Tidewaiter object that is no document to judge here";
        verdict.subject.details = {{"type", std::string(claims::type_name(code.envelope.type))}};
        verdict.outcome = Outcome::CannotTell;
    }
    void operator()(const BrokenCode& code) const {
        judge_unreadable(verdict, "A code of ours that does not decode; scan it again", &code.error);
    }
    void operator()(const claims::ForeignCode& code) const {
        verdict.subject.kind = "foreign";
        verdict.subject.title = std::string(code.what);
        verdict.subject.details = {{"form", std::string(code.name)}};
        for (const auto& [name, value] : code.contents)
            verdict.subject.details.emplace_back(shown(name), shown(value));
        verdict.outcome = Outcome::CannotTell;
    }
    void operator()(const Unreadable&) const {
        judge_unreadable(verdict, "No code that this gateway reads", nullptr);
    }

  private:
    void receipt(const claims::Envelope& envelope) const {
        const Result<carnet::Core> core = carnet::decode_core(envelope.payload);
        if (!core)
            return judge_unreadable(verdict, "A receipt that does not decode; scan it again", &core.error());
        if (!core->key) return judge_unreadable(verdict, "A receipt that names no carnet", nullptr);
        verdict.possession = "receipt shown";
        Scan with_receipt = scan;
        with_receipt.receipts.insert(with_receipt.receipts.begin(), scan.text);
        judge_carnet(verdict, {.record = *core->key, .sheet = {}, .is_receipt = true}, with_receipt, copy,
                     port, facts);
    }
    void presentation(const claims::Envelope& envelope) const {
        const Result<claims::Presentation> shown_code = claims::decode_presentation(envelope.payload);
        if (!shown_code)
            return judge_unreadable(verdict, "A holder's code that does not decode; show it again",
                                    &shown_code.error());
        judge_carnet(verdict, {.record = shown_code->record, .sheet = {}, .presentation = &envelope}, scan,
                     copy, port, facts);
    }
};

documents::Basis basis_of(const Scan& scan, const Port& port, const CopyFacts& facts) {
    documents::Basis basis;
    basis.state_height = facts.state_height;
    basis.header_time = facts.header_time;
    basis.age_seconds = facts.age_seconds;
    basis.is_cross_checked = facts.is_cross_checked;
    basis.is_solo = facts.is_solo;
    basis.namespaces = port.namespaces;
    std::ranges::sort(basis.namespaces);
    basis.code = crypto::sha256(as_bytes(scan.text));
    basis.rulebook_version = facts.rulebook_version;
    return basis;
}

} // namespace

bool is_time_confirmed(const CopyFacts& facts, std::uint32_t tolerance_seconds) {
    const std::int64_t error =
        facts.clock_error_seconds < 0 ? -facts.clock_error_seconds : facts.clock_error_seconds;
    return facts.clock != ClockQuality::Unconfirmed && error <= tolerance_seconds;
}

std::string freshness_word(const AgeLimits& limits, const Port& port, const CopyFacts& facts) {
    if (!is_time_confirmed(facts, port.policy.clock_tolerance_seconds)) return "clock";
    if (facts.age_seconds > limits.hard_seconds || facts.is_past_trusting_period) return "beyond";
    if (facts.age_seconds > std::max(limits.soft_seconds, port.policy.fresh_seconds)) return "within";
    return "fresh";
}

Finding general(std::string_view id, std::string_view name, std::string value) {
    Finding finding = documents::general_finding(id);
    finding.facts.emplace_back(std::string(name), std::move(value));
    return finding;
}

void add_common_findings(std::vector<Finding>& findings, const Port& port, const CopyFacts& facts) {
    if (facts.is_past_trusting_period)
        findings.push_back(general("GEN-02", "copy", "past the trusting period: a new anchor is needed"));
    if (facts.is_frozen) findings.push_back(documents::general_finding("GEN-04"));
    if (facts.is_cross_checked || facts.is_solo) return;
    const std::int64_t allowed = port.policy.unwitnessed_hours * kHour;
    Finding finding = documents::general_finding("GEN-06");
    if (allowed != 0 && facts.age_seconds > allowed) {
        finding.severity = documents::Severity::CannotTell;
        finding.facts.emplace_back("limit hours", std::to_string(port.policy.unwitnessed_hours));
    }
    findings.push_back(std::move(finding));
}

void add_age_findings(std::vector<Finding>& findings, const AgeLimits& limits, const CopyFacts& facts) {
    if (facts.age_seconds > limits.hard_seconds && !facts.is_past_trusting_period)
        findings.push_back(general("GEN-02", "age hours", std::to_string(facts.age_seconds / kHour)));
}

bool is_signed_by(const claims::Envelope& envelope, const CopyFacts& facts, const crypto::PublicKey& key) {
    return claims::verify_envelope(envelope, facts.chain_id, key) ||
           std::ranges::any_of(facts.predecessors, [&](const std::string& chain) {
               return claims::verify_envelope(envelope, chain, key);
           });
}

Verdict judge(const Scan& scan, const state::View& copy, const Port& port, const CopyFacts& facts) {
    Verdict verdict;
    verdict.basis = basis_of(scan, port, facts);
    std::visit(Dispatcher{verdict, scan, copy, port, facts}, read_text(scan.text));
    // A family that was recognised has judged freshness by its own limits.
    if (verdict.basis.freshness.empty()) verdict.basis.freshness = freshness(copy, port, facts);
    documents::sort_findings(verdict.findings);
    return verdict;
}

std::optional<documents::RecordKey> carnet_named_by(std::string_view text) {
    const ScannedText scanned = read_text(text);
    if (const auto* named = std::get_if<NamedCarnet>(&scanned)) return named->record;
    const auto* code = std::get_if<SignedCode>(&scanned);
    if (code == nullptr) return std::nullopt;
    if (code->envelope.type == claims::Type::Receipt) {
        const Result<carnet::Core> core = carnet::decode_core(code->envelope.payload);
        return core ? core->key : std::nullopt;
    }
    if (code->envelope.type == claims::Type::Presentation) {
        const Result<claims::Presentation> presentation = claims::decode_presentation(code->envelope.payload);
        if (presentation && presentation->record.name_space.starts_with("carnet/"))
            return presentation->record;
    }
    return std::nullopt;
}

std::string freshness(const state::View& copy, const Port& port, const CopyFacts& facts) {
    const Date today = local_date({facts.now, facts.utc_offset_minutes});
    const Result<reference::Limits> limits = reference::limits(copy, today);
    const reference::Limits& used = limits ? *limits : reference::Limits{};
    return freshness_word({used.soft_hours * kHour, used.hard_hours * kHour}, port, facts);
}

} // namespace tidewaiter::application
