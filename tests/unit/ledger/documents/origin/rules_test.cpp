#include "ledger/documents/origin/rules.hpp"

#include "ledger/documents/verdict.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tidewaiter {
namespace {

using namespace origin;
using documents::Outcome;
using documents::Severity;

Date day(std::string_view text) {
    return *parse_date(text);
}
UnixTime moment(std::string_view text) {
    return parse_local_time(text)->utc;
}

/// A case in which nothing fires: S1 of the samples, without names.
struct World {
    Issue issue;
    Head head;
    std::vector<EventRecord> events;
    OpenedHeader header;
    OpenedLines lines;
    Case facts;

    World() {
        issue.scope = {.is_blanket = true, .from = day("2026-01-05"), .to = day("2026-12-31")};
        issue.signed_on = day("2026-01-05");
        Opened<Line> line;
        line.value.origin = "MX";
        lines.lines[1] = line;
        facts.signature = facts.role = facts.openings = Check::Good;
        facts.anchored = TimeNs{moment("2026-01-05T18:22:00Z"), 0};
        facts.key_from = moment("2026-01-01T00:00:00Z");
        facts.shipment.import_date = day("2026-09-14");
        facts.shipment.invoice = "AB-26-09114";
        facts.entry_date = day("2026-09-14");
        facts.claim_made_at = moment("2026-09-14T13:05:00Z");
        facts.entry_origins = {"MX"};
        reference::Agreements agreements;
        reference::Agreement nafta{.id = 1, .parties = {}};
        reference::Agreement usmca{.id = 2, .parties = {}};
        reference::Agreement cafta{.id = 3, .parties = {}};
        for (const char* country : {"US", "CA", "MX"}) {
            nafta.parties.push_back({.country = country, .from = day("1994-01-01"), .to = day("2020-06-30")});
            usmca.parties.push_back({.country = country, .from = day("2020-07-01"), .to = std::nullopt});
        }
        cafta.parties = {{.country = "US", .from = day("2006-03-01"), .to = std::nullopt},
                         {.country = "CR", .from = day("2009-01-01"), .to = std::nullopt}};
        agreements.list = {nafta, usmca, cafta};
        facts.agreements = agreements;
    }
    [[nodiscard]] Judgement judge() {
        head.versions.clear();
        head.versions.push_back({.issue = issue, .inclusion = {1, facts.anchored.value_or(TimeNs{})}});
        facts.issue = &issue;
        facts.head = &head;
        facts.header = &header;
        facts.lines = &lines;
        facts.events = events;
        return origin::judge(facts);
    }
    void event(std::uint8_t kind, std::string_view at) {
        EventRecord record;
        record.kind = kind;
        record.inclusion.time = {moment(at), 0};
        events.push_back(record);
    }
    /// "ORI-05 R", "ORI-28 ?" (not evaluated), "" when nothing fires.
    [[nodiscard]] std::string found() {
        const Judgement judgement = judge();
        std::string text;
        for (const auto& finding : judgement.findings)
            text += (text.empty() ? "" : ", ") + finding.rule + " " + documents::letter(finding.severity);
        for (const auto& [rule, missing] : judgement.not_evaluated)
            text += (text.empty() ? "" : ", ") + rule + " ?";
        return text;
    }
};

TEST(OriginRules, NothingFiresOnTheFirstSample) {
    World world;
    EXPECT_EQ(world.found(), "");
    EXPECT_EQ(world.judge().outcome, Outcome::Clear);
}

TEST(OriginRules, Ori01CodeThatDoesNotDecodeIsAllThatIsKnown) {
    World world;
    world.facts.decoded = Check::Bad;
    world.facts.signature = Check::Bad;
    EXPECT_EQ(world.found(), "ORI-01 R");
    EXPECT_EQ(world.judge().outcome, Outcome::Refuse);
}

TEST(OriginRules, Ori02SignatureSignerAndDatesOfTheKey) {
    World world;
    world.facts.signature = Check::Bad;
    EXPECT_EQ(world.found(), "ORI-02 R");
    world.facts.signature = Check::Unknown;
    EXPECT_EQ(world.found(), "ORI-02 T");
    EXPECT_EQ(world.judge().outcome, Outcome::CannotTell);
    world.facts.signature = Check::Good;
    world.facts.key_from = moment("2026-01-05T18:22:01Z");
    EXPECT_EQ(world.found(), "ORI-02 R");
    world.facts.key_from = moment("2026-01-05T18:22:00Z");
    EXPECT_EQ(world.found(), "");
    world.facts.key_to = moment("2026-01-05T18:21:59Z");
    EXPECT_EQ(world.found(), "ORI-02 R");
    world.facts.key_to = std::nullopt;
    world.facts.key_since = moment("2026-01-05T18:22:00Z");
    EXPECT_EQ(world.found(), "ORI-02 R");
    world.facts.key_since = moment("2026-01-05T18:22:01Z");
    EXPECT_EQ(world.found(), "");
    world.facts.key_from = std::nullopt;
    EXPECT_EQ(world.found(), "ORI-02 ?");
    EXPECT_EQ(world.judge().outcome, Outcome::Decide);
}

TEST(OriginRules, Ori03RoleOfTheKey) {
    World world;
    world.facts.role = Check::Bad;
    EXPECT_EQ(world.found(), "ORI-03 R");
    world.facts.role = Check::Unknown;
    EXPECT_EQ(world.found(), "ORI-03 T");
}

TEST(OriginRules, Ori04Openings) {
    World world;
    world.facts.openings = Check::Bad;
    EXPECT_EQ(world.found(), "ORI-04 R");
    world.facts.openings = Check::Unknown;
    EXPECT_EQ(world.found(), "ORI-04 ?");
    EXPECT_EQ(world.judge().outcome, Outcome::Decide);
}

TEST(OriginRules, Ori05AgreementInForceForBothSides) {
    World world;
    world.issue.agreement = Agreement::Nafta;
    EXPECT_EQ(world.found(), "ORI-05 R");
    world.facts.entry_date = day("2020-06-30");
    EXPECT_EQ(world.found(), "");
    world.issue.agreement = Agreement::Usmca;
    EXPECT_EQ(world.found(), "ORI-05 R");
    world.facts.entry_date = day("2020-07-01");
    EXPECT_EQ(world.found(), "");
    world.issue.agreement = Agreement::Cafta;
    world.facts.entry_date = day("2008-12-31");
    world.facts.entry_origins = {"CR"};
    EXPECT_EQ(world.found(), "ORI-05 R");
    world.facts.entry_origins = {"CN"}; // another origin country is lawful
    EXPECT_EQ(world.found(), "");
    world.facts.entry_origins = {};
    world.lines.lines[1].value.origin = "CR"; // the opened line stands in
    EXPECT_EQ(world.found(), "ORI-05 R");
    world.lines.lines.clear();
    EXPECT_EQ(world.found(), "ORI-05 ?");
    world.facts.agreements = std::nullopt;
    EXPECT_EQ(world.found(), "ORI-05 ?");
}

TEST(OriginRules, Ori05ImportDateStandsInForTheEntryDate) {
    World world;
    world.facts.entry_date = std::nullopt;
    EXPECT_EQ(world.found(), "");
    world.facts.shipment.import_date = std::nullopt;
    EXPECT_EQ(world.found(), "ORI-05 ?, ORI-15 ?");
}

TEST(OriginRules, Ori13LengthOfTheBlanketPeriod) {
    World world;
    const auto period = [&](std::string_view from, std::string_view to) {
        world.issue.scope = {.is_blanket = true, .from = day(from), .to = day(to)};
        world.facts.shipment.import_date = day(from);
        return world.found();
    };
    EXPECT_EQ(period("2026-01-05", "2027-01-04"), "");
    EXPECT_EQ(period("2026-01-05", "2027-01-05"), "ORI-13 O");
    EXPECT_EQ(period("2026-01-05", "2027-01-06"), "ORI-13 R");
    EXPECT_EQ(period("2024-02-29", "2025-02-27"), "");
    EXPECT_EQ(period("2024-02-29", "2025-02-28"), "ORI-13 O");
    EXPECT_EQ(period("2024-02-29", "2025-03-01"), "ORI-13 R");
    world.issue.scope = {.is_blanket = true, .from = day("2026-01-05"), .to = day("2026-01-04")};
    EXPECT_EQ(world.judge().findings.front().rule, "ORI-13");
}

TEST(OriginRules, Ori15ImportationInsideTheBlanket) {
    World world;
    const auto imported = [&](std::string_view date) {
        world.facts.shipment.import_date = day(date);
        return world.found();
    };
    EXPECT_EQ(imported("2026-01-05"), "");
    EXPECT_EQ(imported("2026-12-31"), "");
    EXPECT_EQ(imported("2026-01-04"), "ORI-15 R");
    EXPECT_EQ(imported("2027-01-01"), "ORI-15 R");
}

TEST(OriginRules, Ori15InvoiceOfASingleShipment) {
    World world;
    world.issue.scope = {};
    EXPECT_EQ(world.found(), "ORI-15 T"); // not opened: whether it names one cannot be seen
    world.header.invoice = Opened<std::string>{{}, "AB-26-09114"};
    EXPECT_EQ(world.found(), "");
    world.facts.shipment.invoice = "AB-26-09115";
    EXPECT_EQ(world.found(), "ORI-15 R");
    world.facts.shipment.invoice = "";
    EXPECT_EQ(world.found(), "ORI-15 ?");
}

TEST(OriginRules, Ori28StatusWhenTheClaimWasMade) {
    const auto with = [](std::uint8_t kind, std::string_view at,
                         std::optional<std::string_view> lifted = std::nullopt) {
        World world;
        world.event(kind, at);
        if (lifted) world.event(38, *lifted);
        return world.found();
    };
    EXPECT_EQ(with(36, "2026-09-14T13:05:00Z"), "ORI-28 R");
    EXPECT_EQ(with(36, "2026-09-14T13:05:01Z"), "ORI-28 N");
    EXPECT_EQ(with(37, "2026-09-14T13:05:00Z"), "ORI-28 O");
    EXPECT_EQ(with(37, "2026-09-14T13:05:01Z"), "");
    EXPECT_EQ(with(37, "2026-09-01T00:00:00Z", "2026-09-02T00:00:00Z"), "");
    EXPECT_EQ(with(37, "2026-09-01T00:00:00Z", "2026-09-20T00:00:00Z"), "ORI-28 O");
    World unknown;
    unknown.facts.claim_made_at = std::nullopt;
    EXPECT_EQ(unknown.found(), "");
    unknown.event(36, "2026-09-01T00:00:00Z");
    EXPECT_EQ(unknown.found(), "ORI-28 ?");
    EXPECT_EQ(unknown.judge().outcome, Outcome::Decide);
}

TEST(OriginRules, Ori28SupersededVersion) {
    World world;
    world.facts.issue = &world.issue;
    Issue next = world.issue;
    next.version = 2;
    const auto judged = [&](std::string_view at) {
        world.head.versions = {{.issue = world.issue, .inclusion = {}},
                               {.issue = next, .inclusion = {9, {moment(at), 0}}}};
        world.facts.head = &world.head;
        world.facts.header = &world.header;
        world.facts.lines = &world.lines;
        const Judgement judgement = origin::judge(world.facts);
        return judgement.findings.empty() ? 'x' : documents::letter(judgement.findings.front().severity);
    };
    EXPECT_EQ(judged("2026-09-14T13:05:00Z"), 'R');
    EXPECT_EQ(judged("2026-09-14T13:05:01Z"), 'N');
}

TEST(OriginRules, WithoutItsRecordOnlyTheCodeIsJudged) {
    World world;
    ignore(world.judge(), "fills the case");
    world.facts.issue = nullptr;
    world.facts.signature = Check::Bad;
    const Judgement judgement = origin::judge(world.facts);
    ASSERT_EQ(judgement.findings.size(), 1U);
    EXPECT_EQ(judgement.findings.front().rule, "ORI-02");
    EXPECT_TRUE(judgement.not_evaluated.empty());
}

TEST(OriginRules, RulebookIsOrderedAndComplete) {
    std::vector<std::string_view> ids;
    for (const auto& row : rulebook()) {
        ids.push_back(row.id);
        EXPECT_EQ(row.severity, Severity::Refuse) << row.id;
        EXPECT_FALSE(row.citation.empty());
        EXPECT_FALSE(row.message.empty());
    }
    EXPECT_EQ(ids, (std::vector<std::string_view>{"ORI-01", "ORI-02", "ORI-03", "ORI-04", "ORI-05", "ORI-13",
                                                  "ORI-15", "ORI-28"}));
}

TEST(OriginRules, NotEvaluatedRulesAreFindingsThatSayWhatIsMissing) {
    World world;
    world.facts.shipment.import_date = std::nullopt;
    const auto all = all_findings(world.judge());
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all.front().severity, Severity::Officer);
    EXPECT_EQ(all.front().facts.front(),
              (std::pair<std::string, std::string>{"not evaluated", "date of importation"}));
}

} // namespace
} // namespace tidewaiter
