#include "ledger/documents/carnet/judge.hpp"

#include "ledger/documents/carnet/context.hpp"
#include "ledger/documents/rulebook.hpp"

#include <algorithm>
#include <array>

namespace tidewaiter::carnet {
namespace {

using documents::Finding;
using documents::Severity;

/// Rules that silence others: 44 the rules about what is admitted, 49 those about exportations, 55 those
/// about what the transit opened.
struct Exclusion {
    std::string_view rule;
    std::array<std::string_view, 6> silenced;
};
constexpr std::array kExclusions = std::to_array<Exclusion>({
    {"CAR-44", {"CAR-45", "CAR-46", "CAR-47", "CAR-48", "CAR-54", ""}},
    {"CAR-49", {"CAR-46", "CAR-47", "CAR-50", "", "", ""}},
    {"CAR-55", {"CAR-56", "CAR-57", "CAR-58", "CAR-59", "", ""}},
});

void apply_exclusions(Judgement& judgement) {
    for (const Exclusion& row : kExclusions) {
        const bool fires = std::any_of(judgement.findings.begin(), judgement.findings.end(),
                                       [&](const Finding& finding) { return finding.rule == row.rule; });
        if (!fires) continue;
        const auto is_silenced = [&](std::string_view rule) {
            return std::find(row.silenced.begin(), row.silenced.end(), rule) != row.silenced.end();
        };
        std::erase_if(judgement.findings, [&](const Finding& finding) { return is_silenced(finding.rule); });
        std::erase_if(judgement.questions,
                      [&](const documents::Question& question) { return is_silenced(question.rule); });
    }
}

/// The ledger itself shows that the holder signed this cover, so nobody need look (CAR-09).
bool is_settled_by_record(std::string_view rule, const Context& context) {
    return rule == "CAR-09" && context.carnet.head.holder_signed.has_value();
}

void ask_officer(const Rule& row, const Context& context, Judgement& judgement) {
    const auto answer = context.proposal.answers.find(row.info.id);
    if (answer == context.proposal.answers.end()) {
        if (!is_settled_by_record(row.info.id, context))
            judgement.questions.push_back({std::string(row.info.id)});
        return;
    }
    if (!answer->second) return;
    judgement.findings.push_back(
        {std::string(row.info.id), final_severity(row.info.id, row.info.severity, context), {}, true});
}

Finding note(std::string_view rule, Severity severity, const Firing& fired) {
    return {std::string(rule), severity, fired ? fired->facts : decltype(Fired::facts){}, std::nullopt};
}

} // namespace

Judgement judge_stamp(const Proposal& proposal, const Carnet& carnet, const Balances& balances,
                      const ReferenceData& reference, const Port& port, const Facts& facts) {
    const Context context = make_context(proposal, carnet, balances, reference, port, facts);
    const Operation operation = binding_operation(context);
    Judgement judgement;
    for (const Rule& row : rule_rows()) {
        if (row.kind != RuleKind::Stamp || !runs_at(row.info.id, operation)) continue;
        if (row.judge == nullptr) {
            ask_officer(row, context, judgement);
            continue;
        }
        const Firing fired = row.judge(context);
        if (!fired) continue;
        judgement.findings.push_back(
            note(row.info.id, final_severity(row.info.id, fired->severity, context), fired));
    }
    apply_exclusions(judgement);
    documents::sort_findings(judgement.findings);
    return judgement;
}

Judgement judge_unknown(const ReferenceData& reference, const Facts& facts) {
    const Carnet nothing;
    const Balances balances;
    const Proposal proposal;
    const Port port;
    const Context context = make_context(proposal, nothing, balances, reference, port, facts);
    Judgement judgement;
    judgement.findings.push_back({"CAR-03", Severity::CannotTell, {}, std::nullopt});
    constexpr std::array<std::string_view, 4> needs_no_record{"CAR-04", "CAR-67", "CAR-71", "CAR-72"};
    for (const Rule& row : rule_rows()) {
        if (std::find(needs_no_record.begin(), needs_no_record.end(), row.info.id) == needs_no_record.end())
            continue;
        if (const Firing fired = row.judge(context))
            judgement.findings.push_back(note(row.info.id, fired->severity, fired));
    }
    documents::sort_findings(judgement.findings);
    return judgement;
}

ReceiptCheck check_receipt(const Carnet& carnet, const Balances& balances, const Core& core, const Hash& id) {
    const auto is_here = [&](const Hash& hash) {
        return std::any_of(carnet.stamps.begin(), carnet.stamps.end(),
                           [&](const Stamp& stamp) { return stamp.id == hash; });
    };
    if (is_here(id)) return ReceiptCheck::Known;
    if (core.previous == last_stamp(carnet, balances)) return ReceiptCheck::Extends;
    return core.previous && !is_here(*core.previous) ? ReceiptCheck::Gap : ReceiptCheck::Fork;
}

void extend(Carnet& carnet, ByteView core_bytes, Core core, const Hash& id) {
    Stamp stamp;
    stamp.entry.core = to_bytes(core_bytes);
    // Not included yet as far as this copy knows: later than all that is.
    stamp.entry.inclusion.height = documents::kMaxHeight;
    stamp.core = std::move(core);
    stamp.id = id;
    stamp.page = 0;
    carnet.stamps.push_back(std::move(stamp));
}

} // namespace tidewaiter::carnet
