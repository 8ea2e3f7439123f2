#include "daemon/cli/desk.hpp"
#include "ledger/base/bytes.hpp"

#include <algorithm>

namespace tidewaiter::cli {

namespace {

constexpr std::size_t kMaxLine = 400;

std::string text_of(const json::Value& object, std::string_view name) {
    const json::Value* member = object.find(name);
    return member == nullptr ? std::string() : printable(member->text_or(""), kMaxLine);
}

std::string word_for_people(const std::string& outcome) {
    if (outcome == "clear") return "CLEAR";
    if (outcome == "refuse") return "REFUSE";
    if (outcome == "decide") return "OFFICER DECIDES";
    return "CANNOT TELL";
}

/// [["holder", "Harborlight …"], …]
void add_pairs(std::string& out, const json::Value& object, std::string_view name) {
    const json::Value* list = object.find(name);
    if (list == nullptr) return;
    for (const json::Value& pair : list->items()) {
        if (pair.items().size() != 2) continue;
        out += "  " + printable(pair.items()[0].text_or(""), kMaxLine) + ": " +
               printable(pair.items()[1].text_or(""), kMaxLine) + "\n";
    }
}

void add_findings(std::string& out, const json::Value& verdict) {
    const json::Value* findings = verdict.find("findings");
    if (findings == nullptr) return;
    for (const json::Value& finding : findings->items()) {
        out += "  [" + text_of(finding, "severity") + "] " + text_of(finding, "rule") + " " +
               text_of(finding, "text");
        if (const json::Value* facts = finding.find("facts")) {
            std::string list;
            for (const json::Member& fact : facts->members())
                list += (list.empty() ? "" : ", ") + printable(fact.name, kMaxLine) + " " +
                        printable(fact.value.text_or(""), kMaxLine);
            if (!list.empty()) out += " (" + list + ")";
        }
        const std::string citation = text_of(finding, "citation");
        if (!citation.empty()) out += " <" + citation + ">";
        out += "\n";
    }
}

void add_next(std::string& out, const json::Value& verdict) {
    const json::Value* next = verdict.find("next");
    if (next == nullptr) return;
    for (const json::Value& step : next->items()) {
        out += "  next: " + text_of(step, "operation");
        if (const json::Value* sheet = step.find("sheet"))
            out += " sheet " + std::to_string(sheet->integer_or(0));
        if (const std::string lines = text_of(step, "lines"); !lines.empty()) out += " lines " + lines;
        if (const json::Value* references = step.find("references")) {
            std::string list;
            for (const json::Value& number : references->items())
                list += (list.empty() ? "" : ",") + std::to_string(number.integer_or(0));
            out += " of sheet " + list;
        }
        out += "\n";
    }
}

void add_basis(std::string& out, const json::Value& verdict) {
    const json::Value* basis = verdict.find("basis");
    if (basis == nullptr) return;
    const json::Value* height = basis->find("state_height");
    const json::Value* age = basis->find("age_seconds");
    const json::Value* solo = basis->find("solo");
    out += "  as of block " + std::to_string(height == nullptr ? 0 : height->integer_or(0)) + ", " +
           std::to_string(age == nullptr ? 0 : age->integer_or(0)) + " s old, " +
           text_of(*basis, "freshness");
    if (solo != nullptr && solo->boolean_or(false))
        out += "; a chain of one member, which nobody cross-checks";
    out += "\n";
}

} // namespace

std::string verdict_text(const json::Value& verdict, std::string_view input) {
    const json::Value none = json::object();
    const json::Value* subject = verdict.find("subject");
    if (subject == nullptr) subject = &none;
    std::string out = word_for_people(text_of(verdict, "outcome")) + "  " + text_of(*subject, "title");
    if (!input.empty()) out += "  (" + printable(input, kMaxLine) + ")";
    out += "\n";
    add_findings(out, verdict);
    add_pairs(out, *subject, "compare");
    add_pairs(out, verdict, "people");
    add_pairs(out, *subject, "details");
    if (const std::string possession = text_of(verdict, "possession"); !possession.empty())
        out += "  possession: " + possession + "\n";
    add_next(out, verdict);
    add_basis(out, verdict);
    if (const std::string id = text_of(verdict, "verdict"); !id.empty()) out += "  verdict " + id + "\n";
    out.pop_back();
    return out;
}

} // namespace tidewaiter::cli
