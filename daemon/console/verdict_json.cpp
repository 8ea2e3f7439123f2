#include "daemon/console/verdict_json.hpp"

#include "ledger/documents/carnet/rulebook.hpp"
#include "ledger/documents/origin/rules.hpp"
#include "ledger/documents/rulebook.hpp"

#include <algorithm>

namespace tidewaiter::console {

namespace {

using documents::RuleInfo;

json::Value pairs(const std::vector<std::pair<std::string, std::string>>& list) {
    return json::array_of(list, [](const auto& pair) { return json::array({pair.first, pair.second}); });
}

json::Value members(const std::vector<std::pair<std::string, std::string>>& list) {
    json::Value object = json::object();
    for (const auto& [name, value] : list)
        object.set(name, value);
    return object;
}

std::string severity_text(documents::Severity severity) {
    return std::string(1, documents::letter(severity));
}

json::Value finding(const documents::Finding& finding) {
    json::Value value{{"rule", finding.rule}, {"severity", severity_text(finding.severity)}};
    if (const RuleInfo* rule = find_rule(finding.rule)) {
        value.set("text", rule->condition).set("citation", rule->citation);
    }
    value.set("facts", members(finding.facts));
    if (finding.answer) value.set("answer", *finding.answer);
    return value;
}

json::Value question(const documents::Question& question) {
    json::Value value{{"rule", question.rule}};
    if (const RuleInfo* rule = find_rule(question.rule)) value.set("text", rule->condition);
    return value;
}

json::Value next_operation(const documents::NextOperation& next) {
    json::Value value{{"operation", next.operation}};
    if (next.sheet != 0) value.set("sheet", next.sheet);
    if (!next.lines.empty()) value.set("lines", next.lines);
    if (!next.references.empty()) value.set("references", json::array_of(next.references));
    return value;
}

json::Value basis(const documents::Basis& basis) {
    return {{"state_height", basis.state_height},
            {"header_time", format_time_ns(basis.header_time)},
            {"age_seconds", basis.age_seconds},
            {"freshness", basis.freshness},
            {"cross_checked", basis.is_cross_checked},
            {"solo", basis.is_solo},
            {"namespaces", json::array_of(basis.namespaces)},
            {"reference_packs", json::array_of(basis.reference_packs)},
            {"code", to_hex(basis.code)},
            {"rulebook", std::int64_t{basis.rulebook_version}}};
}

} // namespace

const RuleInfo* find_rule(std::string_view id) {
    if (const RuleInfo* rule = carnet::find_rule(id)) return rule;
    const auto origin = origin::rulebook();
    const auto found = std::ranges::find(origin, id, &RuleInfo::id);
    if (found != origin.end()) return &*found;
    return documents::find_general_rule(id);
}

std::vector<const RuleInfo*> all_rules() {
    std::vector<const RuleInfo*> rules;
    for (const RuleInfo& rule : carnet::rules())
        rules.push_back(&rule);
    for (const RuleInfo& rule : documents::general_rules())
        rules.push_back(&rule);
    for (const RuleInfo& rule : origin::rulebook())
        rules.push_back(&rule);
    std::ranges::sort(rules, {}, [](const RuleInfo* rule) { return rule->id; });
    return rules;
}

json::Value to_json(const RuleInfo& rule) {
    return {{"rule", rule.id},
            {"severity", severity_text(rule.severity)},
            {"citation", rule.citation},
            {"text", rule.condition},
            {"message", rule.message}};
}

json::Value to_json(const documents::Verdict& verdict) {
    json::Value subject{{"namespace", verdict.subject.name_space},
                        {"key", verdict.subject.key},
                        {"kind", verdict.subject.kind},
                        {"title", verdict.subject.title},
                        {"compare", pairs(verdict.subject.compare)},
                        {"details", pairs(verdict.subject.details)}};
    return {{"outcome", documents::word(verdict.outcome)},
            {"findings", json::array_of(verdict.findings, finding)},
            {"questions", json::array_of(verdict.questions, question)},
            {"subject", std::move(subject)},
            {"next", json::array_of(verdict.next, next_operation)},
            {"possession", verdict.possession},
            {"basis", basis(verdict.basis)}};
}

json::Value to_json(const gateway::Judged& judged) {
    json::Value value{
        {"verdict", to_hex(judged.id)}, {"at", format_utc(judged.at)}, {"source", judged.source}};
    const json::Value verdict = to_json(judged.verdict);
    for (const json::Member& member : verdict.members())
        value.set(member.name, member.value);
    if (!judged.people.empty()) value.set("people", pairs(judged.people));
    return value;
}

json::Value to_json(const gateway::OutboxRow& row) {
    json::Value value{{"stamp", to_hex(row.stamp)},
                      {"status", gateway::word(row.status)},
                      {"sequence", std::int64_t{row.sequence}},
                      {"namespace", row.record.name_space},
                      {"key", row.record.key},
                      {"operation", row.operation},
                      {"lines", row.lines},
                      {"officer", row.officer},
                      {"at", format_utc(row.at)}};
    if (row.outcome) value.set("outcome", application::word(*row.outcome));
    if (row.height != 0) value.set("height", row.height);
    if (!row.note.empty()) value.set("note", row.note);
    return value;
}

} // namespace tidewaiter::console
