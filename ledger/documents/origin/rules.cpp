#include "ledger/documents/origin/rules.hpp"

#include <algorithm>
#include <array>

namespace tidewaiter::origin {

using documents::Finding;
using documents::Outcome;
using documents::RuleInfo;
using documents::Severity;

namespace {

constexpr std::uint8_t kRevoke = 36;
constexpr std::uint8_t kSuspend = 37;
constexpr std::uint8_t kLift = 38;

using Facts = std::vector<std::pair<std::string, std::string>>;

/// What one rule says of a case: it fires, it lacks an input, or neither.
struct Answer {
    std::optional<Severity> fires;
    Facts facts;
    std::string missing;
};

Answer pass() {
    return {};
}
Answer fires(Severity severity, Facts facts = {}) {
    return {severity, std::move(facts), {}};
}
Answer not_evaluated(std::string missing) {
    return {std::nullopt, {}, std::move(missing)};
}

Answer decoded(const Case& c) {
    if (c.decoded == Check::Bad) return fires(Severity::Refuse, {{"error", c.decode_error}});
    return pass();
}

Answer signature(const Case& c) {
    if (c.signature == Check::Bad) return fires(Severity::Refuse, {{"signature", "does not verify"}});
    if (c.signature == Check::Unknown) return fires(Severity::CannotTell, {{"signer", "not in the copy"}});
    if (!c.anchored) return not_evaluated("time of anchoring");
    if (!c.key_from) return not_evaluated("dates of the certifier's key");
    const UnixTime anchored = c.anchored->seconds;
    if (anchored < *c.key_from || (c.key_to && anchored > *c.key_to))
        return fires(Severity::Refuse,
                     {{"key", "not valid when anchored"}, {"anchored", format_utc(anchored)}});
    if (c.key_since && anchored >= *c.key_since)
        return fires(Severity::Refuse, {{"key", "revoked since " + format_utc(*c.key_since)},
                                        {"anchored", format_utc(anchored)}});
    return pass();
}

Answer role(const Case& c) {
    if (c.role == Check::Bad) return fires(Severity::Refuse, {{"role", "not the certifier's"}});
    if (c.role == Check::Unknown) return fires(Severity::CannotTell, {{"registrar", "unknown"}});
    return pass();
}

Answer openings(const Case& c) {
    if (c.openings == Check::Bad)
        return fires(Severity::Refuse, {{"openings", "do not match the anchored digests"}});
    if (c.openings == Check::Unknown) return not_evaluated("anchored digests");
    return pass();
}

bool holds_on(const reference::Agreement::Party& party, Date date) {
    return party.from <= date && (!party.to || date <= *party.to);
}

Answer in_force(const Case& c) {
    const std::optional<Date> date = c.entry_date ? c.entry_date : c.shipment.import_date;
    if (!date) return not_evaluated("entry date");
    if (!c.agreements) return not_evaluated("list of agreements");
    const auto id = static_cast<std::uint8_t>(c.issue->agreement);
    const reference::Agreement* agreement = c.agreements->find(id);
    if (agreement == nullptr) return not_evaluated("agreement in the list");
    std::vector<std::string> origins = c.entry_origins;
    if (origins.empty() && c.lines != nullptr)
        for (const auto& [number, line] : c.lines->lines)
            origins.push_back(line.value.origin);
    for (const reference::Agreement::Party& party : agreement->parties) {
        const bool concerns =
            party.country == "US" || std::ranges::find(origins, party.country) != origins.end();
        if (concerns && !holds_on(party, *date))
            return fires(Severity::Refuse, {{"agreement", std::string(agreement_name(c.issue->agreement))},
                                            {"country", party.country},
                                            {"date", format_date(*date)}});
    }
    if (origins.empty()) return not_evaluated("country of origin");
    return pass();
}

Answer blanket_period(const Case& c) {
    const Scope& scope = c.issue->scope;
    if (!scope.is_blanket) return pass();
    const Date anniversary = add_months(scope.from, 12);
    const Facts facts{{"from", format_date(scope.from)},
                      {"to", format_date(scope.to)},
                      {"anniversary", format_date(anniversary)}};
    if (scope.to < scope.from || scope.to > anniversary) return fires(Severity::Refuse, facts);
    if (scope.to == anniversary) return fires(Severity::Officer, facts);
    return pass();
}

Answer covered(const Case& c) {
    const Scope& scope = c.issue->scope;
    if (scope.is_blanket) {
        if (!c.shipment.import_date) return not_evaluated("date of importation");
        if (scope.from <= *c.shipment.import_date && *c.shipment.import_date <= scope.to) return pass();
        return fires(Severity::Refuse, {{"imported", format_date(*c.shipment.import_date)},
                                        {"from", format_date(scope.from)},
                                        {"to", format_date(scope.to)}});
    }
    // Whether a closed slot holds a number or a decoy cannot be seen.
    if (c.header == nullptr || !c.header->invoice)
        return fires(Severity::CannotTell, {{"invoice", "not opened in the code"}});
    if (c.shipment.invoice.empty()) return not_evaluated("invoice number of the shipment");
    if (c.header->invoice->value == c.shipment.invoice) return pass();
    return fires(Severity::Refuse, {{"invoice", printable(c.shipment.invoice, 35)},
                                    {"certificate", printable(c.header->invoice->value, 35)}});
}

/// The first version that replaced the case's, when it was anchored.
std::optional<TimeNs> superseded_at(const Case& c) {
    for (const Head::Version& version : c.head->versions)
        if (version.issue.version > c.issue->version) return version.inclusion.time;
    return std::nullopt;
}

Answer status_at_claim(const Case& c) {
    const std::optional<TimeNs> superseded = superseded_at(c);
    const bool has_event = superseded || std::ranges::any_of(c.events, [](const EventRecord& event) {
                               return event.kind == kRevoke || event.kind == kSuspend;
                           });
    if (!has_event) return pass();
    if (!c.claim_made_at) return not_evaluated("time of the claim");
    const UnixTime claim = *c.claim_made_at;
    bool is_suspended = false;
    std::optional<TimeNs> revoked;
    for (const EventRecord& event : c.events) {
        const TimeNs at = event.inclusion.time;
        if (event.kind == kRevoke) revoked = at;
        if (at.seconds > claim) continue;
        if (event.kind == kSuspend) is_suspended = true;
        if (event.kind == kLift) is_suspended = false;
    }
    const auto before_claim = [&](const std::optional<TimeNs>& at) { return at && at->seconds <= claim; };
    if (before_claim(revoked))
        return fires(Severity::Refuse, {{"status", "revoked"}, {"since", format_utc(revoked->seconds)}});
    if (before_claim(superseded))
        return fires(Severity::Refuse,
                     {{"status", "superseded"}, {"since", format_utc(superseded->seconds)}});
    if (is_suspended) return fires(Severity::Officer, {{"status", "suspended"}});
    if (revoked)
        return fires(Severity::Note, {{"status", "revoked later"}, {"since", format_utc(revoked->seconds)}});
    if (superseded)
        return fires(Severity::Note,
                     {{"status", "superseded later"}, {"since", format_utc(superseded->seconds)}});
    return pass();
}

struct Row {
    RuleInfo info;
    bool needs_record; ///< judged on the anchored version; without one it is not due
    Answer (*check)(const Case&);
};

constexpr std::array kRows{
    Row{{"ORI-01", Severity::Refuse, "design", "ori.01",
         "The code does not decode, or not to the one form that is allowed."},
        false,
        decoded},
    Row{{"ORI-02", Severity::Refuse, "design", "ori.02",
         "The code is not signed by the certifier's key, or that key was not valid when the version was "
         "anchored."},
        false,
        signature},
    Row{{"ORI-03", Severity::Refuse, "design", "ori.03",
         "The key does not belong to a registered person allowed the stated role."},
        false,
        role},
    Row{{"ORI-04", Severity::Refuse, "design", "ori.04",
         "A field or line that is shown does not open against what is anchored."},
        true,
        openings},
    Row{{"ORI-05", Severity::Refuse, "19 CFR 182.0", "ori.05",
         "The agreement was not in force on the entry date."},
        true,
        in_force},
    Row{{"ORI-13", Severity::Refuse, "19 CFR 182.12(g)", "ori.13",
         "The blanket period is longer than twelve months, or ends before it begins."},
        true,
        blanket_period},
    Row{{"ORI-15", Severity::Refuse, "19 CFR 182.12(g)", "ori.15",
         "The importation lies outside the blanket period, or the invoice is not the certificate's."},
        true,
        covered},
    Row{{"ORI-28", Severity::Refuse, "ledger", "ori.28",
         "The certificate was revoked, replaced or suspended when the claim was made."},
        true,
        status_at_claim},
};

constexpr auto kInfos = [] {
    std::array<RuleInfo, kRows.size()> infos{};
    for (std::size_t i = 0; i < kRows.size(); ++i)
        infos[i] = kRows[i].info;
    return infos;
}();

} // namespace

std::span<const RuleInfo> rulebook() {
    return kInfos;
}

Judgement judge(const Case& facts) {
    Judgement judgement;
    const bool has_record = facts.issue != nullptr && facts.head != nullptr;
    for (const Row& row : kRows) {
        if (row.needs_record && !has_record) continue;
        // Of a code that does not decode nothing else is known.
        if (facts.decoded == Check::Bad && row.check != decoded) continue;
        Answer answer = row.check(facts);
        const std::string id(row.info.id);
        if (answer.fires)
            judgement.findings.push_back({id, *answer.fires, std::move(answer.facts), std::nullopt});
        else if (!answer.missing.empty())
            judgement.not_evaluated.emplace_back(id, std::move(answer.missing));
    }
    judgement.outcome = documents::outcome_of(all_findings(judgement));
    return judgement;
}

std::vector<Finding> all_findings(const Judgement& judgement) {
    std::vector<Finding> all = judgement.findings;
    for (const auto& [rule, missing] : judgement.not_evaluated) {
        const auto row = std::ranges::find(kRows, rule, [](const Row& r) { return r.info.id; });
        const bool only_unsure = row != kRows.end() && row->info.severity == Severity::CannotTell;
        all.push_back({rule,
                       only_unsure ? Severity::CannotTell : Severity::Officer,
                       {{"not evaluated", missing}},
                       std::nullopt});
    }
    std::ranges::sort(all, {}, &Finding::rule);
    return all;
}

} // namespace tidewaiter::origin
