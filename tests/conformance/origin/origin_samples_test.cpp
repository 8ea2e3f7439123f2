#include "ledger/documents/origin/rules.hpp"

#include "ledger/documents/verdict.hpp"
#include "tests/support/objects.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

/// The published samples of origin claims: of the rules that this version has, exactly the expected ones
/// fire, each with its severity. The samples' other rules are not looked at.
namespace tidewaiter {
namespace {

using nlohmann::json;
using origin::Check;

Date day(const json& text) {
    return *parse_date(text.get<std::string>());
}
UnixTime moment(const json& text) {
    return parse_local_time(text.get<std::string>())->utc;
}

Check check(const json& text) {
    if (text == "good") return Check::Good;
    return text == "bad" ? Check::Bad : Check::Unknown;
}

struct SampleCase {
    origin::Issue issue;
    origin::Head head;
    std::vector<origin::EventRecord> events;
    origin::OpenedHeader header;
    origin::OpenedLines lines;
    origin::Case facts;
};

void read_certificate(SampleCase& made, const json& certificate) {
    static const std::map<std::string, origin::Agreement> kAgreements{{"NAFTA", origin::Agreement::Nafta},
                                                                      {"USMCA", origin::Agreement::Usmca},
                                                                      {"CAFTA", origin::Agreement::Cafta}};
    made.issue.agreement = kAgreements.at(certificate["agreement"]);
    made.issue.version = certificate["version"];
    const json& scope = certificate["scope"];
    if (scope.contains("blanket"))
        made.issue.scope = {
            .is_blanket = true, .from = day(scope["blanket"][0]), .to = day(scope["blanket"][1])};
    else if (!scope["single"].is_null())
        made.header.invoice = origin::Opened<std::string>{{}, scope["single"]};
    for (const json& line : certificate["lines"]) {
        origin::Opened<origin::Line> opened;
        opened.value.origin = line.value("origin", "");
        made.lines.lines[line["n"]] = opened;
    }
}

void read_claim(SampleCase& made, const json& claim) {
    if (claim.contains("entryDate")) made.facts.entry_date = day(claim["entryDate"]);
    if (claim.contains("importDate")) made.facts.shipment.import_date = day(claim["importDate"]);
    if (claim.contains("claimMadeAt")) made.facts.claim_made_at = moment(claim["claimMadeAt"]);
    made.facts.shipment.invoice = claim.value("invoice", "");
    for (const json& line : claim["lines"])
        if (line.contains("co")) made.facts.entry_origins.push_back(line["co"]);
}

void read_ledger(SampleCase& made, const json& sample) {
    static const std::map<std::string, std::uint8_t> kKinds{{"REVOKE", 36}, {"SUSPEND", 37}, {"LIFT", 38}};
    const json& certificate = sample["certificate"];
    for (const json& record : sample["records"]) {
        if (record["certId"] != certificate["certId"]) continue;
        origin::Issue issue = made.issue;
        issue.version = record["version"];
        const TimeNs at{moment(record["at"]), 0};
        made.head.versions.push_back({.issue = issue, .inclusion = {1, at}});
        if (issue.version == made.issue.version) made.facts.anchored = at;
    }
    for (const json& event : sample["events"]) {
        const auto kind = kKinds.find(event["ev"]);
        if (kind == kKinds.end()) continue;
        origin::EventRecord record;
        record.kind = kind->second;
        record.inclusion.time = {moment(event["at"]), 0};
        made.events.push_back(record);
    }
}

reference::Agreements read_packs(const json& packs) {
    static const std::map<std::string, std::uint8_t> kIds{{"NAFTA", 1}, {"USMCA", 2}, {"CAFTA", 3}};
    reference::Agreements agreements;
    for (const json& pack : packs)
        for (const auto& [name, content] : pack["agreements"].items()) {
            reference::Agreement agreement{.id = kIds.at(name), .parties = {}};
            for (const auto& [country, dates] : content["parties"].items()) {
                reference::Agreement::Party party{
                    .country = country, .from = day(dates[0]), .to = std::nullopt};
                if (!dates[1].is_null()) party.to = day(dates[1]);
                agreement.parties.push_back(party);
            }
            agreements.list.push_back(agreement);
        }
    return agreements;
}

void read_envelope(SampleCase& made, const json& envelope) {
    made.facts.decoded = check(envelope["decoded"]);
    made.facts.signature = check(envelope["signature"]);
    made.facts.role = check(envelope["role"]);
    made.facts.openings = check(envelope["openings"]);
    const json& key = envelope["key"];
    made.facts.key_from = moment(key["from"]);
    if (!key["to"].is_null()) made.facts.key_to = moment(key["to"]);
    if (!key["compromisedFrom"].is_null()) made.facts.key_since = moment(key["compromisedFrom"]);
}

class OriginSample : public testing::TestWithParam<int> {};

TEST_P(OriginSample, RulesOfThisVersionFireAsExpected) {
    const Bytes text = test::read_test_file("tests/data/origin/S" + std::to_string(GetParam()) + ".json");
    const json sample = json::parse(text.begin(), text.end());
    SampleCase made;
    read_certificate(made, sample["certificate"]);
    read_claim(made, sample["claim"]);
    read_ledger(made, sample);
    read_envelope(made, sample["envelope"]);
    made.facts.agreements = read_packs(sample["packs"]);
    made.facts.issue = &made.issue;
    made.facts.head = &made.head;
    made.facts.events = made.events;
    made.facts.header = &made.header;
    made.facts.lines = &made.lines;
    const origin::Judgement judgement = origin::judge(made.facts);
    std::set<std::string> fired;
    for (const auto& finding : judgement.findings)
        fired.insert(std::string(1, documents::letter(finding.severity)) + " " + finding.rule);
    std::set<std::string> expected;
    const json& expect = sample["expect"];
    for (const char* severity : {"R", "T", "O", "N"})
        for (const json& rule : expect.value(severity, json::array()))
            if (std::ranges::find(origin::rulebook(), rule.get<std::string>(), &documents::RuleInfo::id) !=
                origin::rulebook().end())
                expected.insert(std::string(severity) + " " + rule.get<std::string>());
    EXPECT_EQ(fired, expected);
    EXPECT_TRUE(judgement.not_evaluated.empty());
}

INSTANTIATE_TEST_SUITE_P(Published, OriginSample, testing::Range(1, 7));

} // namespace
} // namespace tidewaiter
