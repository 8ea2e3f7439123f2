#include "ledger/application/judge.hpp"

#include "ledger/claims/claim_code.hpp"
#include "ledger/claims/presentation.hpp"
#include "ledger/claims/receipt.hpp"
#include "ledger/claims/text.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/documents/identity/blob.hpp"
#include "ledger/documents/identity/effects.hpp"
#include "tests/support/ledger_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tidewaiter {
namespace {

using application::Scan;
using carnet::Operation;
using documents::Outcome;
using documents::Severity;
using documents::Verdict;
using test::LedgerFixture;

const documents::Finding* find(const Verdict& verdict, std::string_view rule) {
    const auto at = std::ranges::find(verdict.findings, rule, &documents::Finding::rule);
    return at == verdict.findings.end() ? nullptr : &*at;
}

std::string rules_of(const Verdict& verdict) {
    std::string text;
    for (const auto& finding : verdict.findings) {
        text += finding.rule + " " + documents::letter(finding.severity);
        for (const auto& [name, value] : finding.facts)
            text += " " + name + "=" + value;
        text += "; ";
    }
    for (const auto& [name, value] : verdict.subject.details)
        text += " [" + name + "=" + value + "]";
    return text;
}

/// A carnet that was validated and exported in Los Angeles and is now at Heathrow.
struct Abroad {
    LedgerFixture ledger;
    LedgerFixture::Issued carnet;
    LedgerFixture::Stamp exported;

    Abroad() : carnet(ledger.issue_carnet("US26/104417")) {
        const Bytes sign = carnet::encode(carnet::HolderSign{
            .key = carnet.key, .revision = 1, .cover = carnet::cover_digest(carnet.record.cover)});
        EXPECT_EQ(ledger.apply(ledger.organisation(7, sign, "holder")).code, 0U);
        const auto validated = ledger.stamp("lax-lane1", carnet.key,
                                            {.operation = Operation::Validate, .sheet = 0, .lines = ""});
        const auto done = ledger.apply(validated.transaction);
        EXPECT_EQ(done.code, 0U) << done.detail;
        exported =
            ledger.stamp("lax-lane1", carnet.key, {.operation = Operation::Export, .previous = validated.id});
        EXPECT_EQ(ledger.apply(exported.transaction).code, 0U);
    }
    [[nodiscard]] Verdict judge(Scan scan) const {
        return application::judge(scan, ledger.state(), ledger.port("lhr-lane1"), ledger.facts());
    }
    [[nodiscard]] Scan locator_scan() const { return {.text = ledger.locator(carnet.key, "W11")}; }
};

TEST(JudgeCarnet, LocatorOfALawfulImportIsClear) {
    const Abroad abroad;
    const Verdict verdict = abroad.judge(abroad.locator_scan());
    EXPECT_EQ(verdict.outcome, Outcome::Clear) << rules_of(verdict);
    EXPECT_EQ(verdict.subject.kind, "carnet");
    EXPECT_EQ(verdict.subject.key, "ATA:US26/104417");
    EXPECT_EQ(verdict.possession, "bearer only");
    EXPECT_EQ(verdict.basis.freshness, "fresh");
    EXPECT_EQ(verdict.basis.code, crypto::sha256(as_bytes(abroad.locator_scan().text)));
    EXPECT_FALSE(verdict.basis.reference_packs.empty());
    ASSERT_FALSE(verdict.next.empty());
    EXPECT_TRUE(
        std::ranges::any_of(verdict.next, [](const auto& next) { return next.operation == "IMPORT"; }));
}

TEST(JudgeCarnet, TypedNumbersNameTheSameRecord) {
    const Abroad abroad;
    for (const char* text :
         {"ATA US US26/104417", "US ATA US26/104417", "us ata us26/104 417", "carnet/us ATA:US26/104417"})
        EXPECT_EQ(abroad.judge({.text = text}).subject.key, "ATA:US26/104417") << text;
    EXPECT_EQ(application::carnet_named_by("ATA GB LO/26/00981"),
              (documents::RecordKey{"carnet/gb", "ATA:LO/26/00981"}));
    EXPECT_FALSE(application::carnet_named_by("XYZ GB LO/26/00981").has_value());
    EXPECT_FALSE(application::carnet_named_by("ATA GB").has_value());
    EXPECT_FALSE(application::carnet_named_by("").has_value());
    for (const char* text :
         {"carnet/us ATA:\xd5S26/1", "ATA US US26\x7f/1", "US ATA \xc3\xa9", "carnet/us ATA:US 26"}) {
        EXPECT_FALSE(application::carnet_named_by(text).has_value());
        EXPECT_TRUE(cbor::check(documents::encode(abroad.judge({.text = text}))).has_value());
    }
}

TEST(JudgeCarnet, SameInputsSameBytes) {
    const Abroad abroad;
    const Bytes once = documents::encode(abroad.judge(abroad.locator_scan()));
    EXPECT_EQ(documents::encode(abroad.judge(abroad.locator_scan())), once);
    Scan other = abroad.locator_scan();
    other.text = abroad.ledger.locator(abroad.carnet.key, "W21");
    EXPECT_NE(documents::encode(abroad.judge(other)), once);
}

TEST(JudgeCarnet, UnknownCarnetIsCannotTell) {
    const Abroad abroad;
    const Verdict verdict = abroad.judge({.text = "ATA GB LO/26/99999"});
    EXPECT_EQ(verdict.outcome, Outcome::CannotTell);
    ASSERT_NE(find(verdict, "CAR-03"), nullptr) << rules_of(verdict);
    EXPECT_EQ(find(verdict, "GEN-01"), nullptr);
}

TEST(JudgeCarnet, DeclarationBeyondTheListIsRefused) {
    const Abroad abroad;
    Scan scan = abroad.locator_scan();
    scan.declaration = application::Declaration{.operation = "IMPORT", .lines = "1-9"};
    const Verdict verdict = abroad.judge(scan);
    EXPECT_EQ(verdict.outcome, Outcome::Refuse) << rules_of(verdict);
    EXPECT_NE(find(verdict, "CAR-13"), nullptr);
}

TEST(JudgeCarnet, BrokenDeclarationIsCannotTellWithTheReason) {
    const Abroad abroad;
    Scan scan = abroad.locator_scan();
    scan.declaration = application::Declaration{.operation = "DANCE"};
    const Verdict verdict = abroad.judge(scan);
    EXPECT_GE(verdict.outcome, Outcome::CannotTell);
    EXPECT_TRUE(
        std::ranges::any_of(verdict.subject.details, [](const auto& d) { return d.first == "declaration"; }));
    EXPECT_EQ(application::check_declaration(*scan.declaration).error().code, "stamp.operation");
    EXPECT_EQ(application::check_declaration({.operation = "IMPORT", .lines = "x"}).error().code,
              "lines.number");
    EXPECT_TRUE(application::check_declaration({.operation = "IMPORT", .lines = "3, 1-2"}).has_value());
}

TEST(JudgeCarnet, AgeAndClockHaveTheFamilysOwnRules) {
    const Abroad abroad;
    application::CopyFacts facts = abroad.ledger.facts();
    const auto judge = [&] {
        return application::judge(abroad.locator_scan(), abroad.ledger.state(),
                                  abroad.ledger.port("lhr-lane1"), facts);
    };
    facts.age_seconds = 13 * 3'600;
    EXPECT_NE(find(judge(), "CAR-04"), nullptr);
    EXPECT_EQ(judge().basis.freshness, "within");
    facts.age_seconds = 73 * 3'600;
    EXPECT_NE(find(judge(), "CAR-71"), nullptr);
    EXPECT_EQ(find(judge(), "GEN-02"), nullptr);
    EXPECT_EQ(judge().basis.freshness, "beyond");
    facts = abroad.ledger.facts();
    facts.clock = application::ClockQuality::Unconfirmed;
    EXPECT_NE(find(judge(), "CAR-72"), nullptr);
    EXPECT_EQ(find(judge(), "GEN-03"), nullptr);
    EXPECT_EQ(judge().basis.freshness, "clock");
    EXPECT_EQ(judge().outcome, Outcome::CannotTell);
}

TEST(JudgeGeneral, FrozenUnwitnessedAndPastTheTrustingPeriod) {
    const Abroad abroad;
    application::CopyFacts facts = abroad.ledger.facts();
    application::Port port = abroad.ledger.port("lhr-lane1");
    const auto judge = [&] {
        return application::judge(abroad.locator_scan(), abroad.ledger.state(), port, facts);
    };
    EXPECT_EQ(find(judge(), "GEN-04"), nullptr);
    EXPECT_EQ(find(judge(), "GEN-06"), nullptr);
    facts.is_frozen = true;
    EXPECT_NE(find(judge(), "GEN-04"), nullptr);
    EXPECT_EQ(judge().outcome, Outcome::CannotTell);
    facts = abroad.ledger.facts();
    facts.is_cross_checked = false;
    ASSERT_NE(find(judge(), "GEN-06"), nullptr);
    EXPECT_EQ(find(judge(), "GEN-06")->severity, Severity::Note);
    EXPECT_EQ(judge().outcome, Outcome::Clear);
    port.policy.unwitnessed_hours = 2;
    facts.age_seconds = 3 * 3'600;
    EXPECT_EQ(find(judge(), "GEN-06")->severity, Severity::CannotTell);
    facts.is_solo = true;
    EXPECT_EQ(find(judge(), "GEN-06"), nullptr);
    facts = abroad.ledger.facts();
    facts.is_past_trusting_period = true;
    EXPECT_NE(find(judge(), "GEN-02"), nullptr);
}

TEST(JudgeGeneral, StampSinceTheCompromiseIsFlagged) {
    Abroad abroad;
    LedgerFixture& ledger = abroad.ledger;
    EXPECT_EQ(find(abroad.judge(abroad.locator_scan()), "GEN-09"), nullptr);
    const identity::Revoke revoke{.kid = ledger.key("lax-lane1").public_key().id(),
                                  .since = abroad.exported.core.at.utc - 1,
                                  .reason = identity::RevocationReason::Compromised};
    ASSERT_EQ(ledger.apply(ledger.organisation(98, identity::encode(revoke), "registrar-us")).code, 0U);
    const Verdict verdict = abroad.judge(abroad.locator_scan());
    ASSERT_NE(find(verdict, "GEN-09"), nullptr) << rules_of(verdict);
    EXPECT_EQ(verdict.outcome, Outcome::Decide);
}

TEST(JudgeGeneral, MissingBlobIsANoteAndAPresentOneNamesTheHolder) {
    Abroad abroad;
    LedgerFixture& ledger = abroad.ledger;
    documents::Blob blob;
    blob.name = "Meridian Pictures LLC";
    const Bytes bytes = documents::encode(blob);
    auto made = ledger.make_carnet("US26/2");
    made.record.cover.holder_blob = crypto::sha256(bytes);
    ASSERT_EQ(ledger.apply(ledger.organisation(1, carnet::encode(made.record), "association-us")).code, 0U);
    EXPECT_EQ(application::blobs_of(ledger.state(), made.key), std::vector<Hash>{crypto::sha256(bytes)});
    Scan scan{.text = ledger.locator(made.key, "Y11")};
    EXPECT_EQ(find(abroad.judge(scan), "GEN-07"), nullptr);
    scan.blobs.emplace();
    EXPECT_NE(find(abroad.judge(scan), "GEN-07"), nullptr);
    scan.blobs->push_back(bytes);
    const Verdict verdict = abroad.judge(scan);
    EXPECT_EQ(find(verdict, "GEN-07"), nullptr);
    EXPECT_TRUE(std::ranges::any_of(verdict.subject.compare, [](const auto& fact) {
        return fact.second.find("Meridian Pictures LLC") != std::string::npos;
    }));
}

TEST(JudgeGeneral, RecordOfANewerVersion) {
    Abroad abroad;
    LedgerFixture& ledger = abroad.ledger;
    auto value = ledger.state().get(abroad.carnet.key.name_space, abroad.carnet.key.key);
    ASSERT_TRUE(value && *value);
    ASSERT_EQ((**value)[2], 1);
    (**value)[2] = 2;
    ledger.mutable_state().put(abroad.carnet.key.name_space, abroad.carnet.key.key, **value);
    const Verdict verdict = abroad.judge(abroad.locator_scan());
    EXPECT_NE(find(verdict, "GEN-10"), nullptr) << rules_of(verdict);
    EXPECT_EQ(verdict.outcome, Outcome::CannotTell);
}

TEST(JudgeReceipt, ExtendsAnOlderCopy) {
    Abroad abroad;
    LedgerFixture& ledger = abroad.ledger;
    const state::MemoryView older = ledger.state();
    const auto imported = ledger.stamp("lhr-lane1", abroad.carnet.key,
                                       {.operation = Operation::Import, .previous = abroad.exported.id});
    const auto receipt =
        claims::receipt_text(imported.core_bytes, LedgerFixture::kChain, ledger.key("lhr-lane1"));
    ASSERT_TRUE(receipt.has_value());
    const auto judge = [&](const Scan& scan) {
        return application::judge(scan, older, ledger.port("lhr-lane1"), ledger.facts());
    };
    Scan scan = abroad.locator_scan();
    scan.receipts = {*receipt};
    const Verdict verdict = judge(scan);
    EXPECT_NE(find(verdict, "CAR-69"), nullptr) << rules_of(verdict);
    const Verdict alone = judge({.text = *receipt});
    EXPECT_EQ(alone.subject.key, "ATA:US26/104417");
    EXPECT_NE(find(alone, "CAR-69"), nullptr);
    EXPECT_EQ(alone.possession, "receipt shown");
    const auto forged =
        claims::receipt_text(imported.core_bytes, LedgerFixture::kChain, ledger.key("lhr-lane1"));
    ASSERT_TRUE(forged.has_value());
    EXPECT_EQ(application::carnet_named_by(*forged), abroad.carnet.key);
    const auto other = claims::receipt_text(imported.core_bytes, "tw-other-1", ledger.key("lhr-lane1"));
    scan.receipts = {*other};
    EXPECT_EQ(find(judge(scan), "CAR-69"), nullptr);
    EXPECT_EQ(judge(scan).outcome, Outcome::CannotTell);
    const auto stranger =
        claims::receipt_text(imported.core_bytes, LedgerFixture::kChain, ledger.key("stranger"));
    scan.receipts = {*stranger};
    EXPECT_NE(find(judge(scan), "GEN-05"), nullptr);
    scan.receipts = {"TW1:nonsense"};
    EXPECT_EQ(judge(scan).outcome, Outcome::CannotTell);
}

TEST(JudgeReceipt, RevokedKeysReceiptNeverExtends) {
    Abroad abroad;
    LedgerFixture& ledger = abroad.ledger;
    const auto again =
        ledger.stamp("lax-lane2", abroad.carnet.key,
                     {.operation = Operation::Reimport, .references = {1}, .previous = abroad.exported.id});
    const auto receipt =
        claims::receipt_text(again.core_bytes, LedgerFixture::kChain, ledger.key("lax-lane2"));
    ASSERT_TRUE(receipt.has_value());
    Scan scan = abroad.locator_scan();
    scan.receipts = {*receipt};
    EXPECT_NE(find(abroad.judge(scan), "CAR-69"), nullptr);
    const identity::Revoke revoke{.kid = ledger.key("lax-lane2").public_key().id(),
                                  .since = ledger.now(),
                                  .reason = identity::RevocationReason::Lost};
    ASSERT_EQ(ledger.apply(ledger.organisation(98, identity::encode(revoke), "registrar-us")).code, 0U);
    EXPECT_EQ(find(abroad.judge(scan), "CAR-69"), nullptr);
}

TEST(JudgePresentation, BoundFreshReplayedAndForAnotherOffice) {
    const Abroad abroad;
    const LedgerFixture& ledger = abroad.ledger;
    claims::Presentation shown;
    shown.record = abroad.carnet.key;
    shown.operation = static_cast<std::uint8_t>(Operation::Import);
    shown.lines = "1-3";
    shown.audience = "GB:GB000060";
    shown.issued_at = ledger.now() - 5;
    const auto text = [&](std::string_view signer) {
        return claims::to_text(claims::seal(claims::Type::Presentation, claims::encode(shown),
                                            LedgerFixture::kChain, ledger.key(signer)));
    };
    const Verdict fresh = abroad.judge({.text = text("holder")});
    EXPECT_EQ(fresh.possession, "bound and fresh");
    EXPECT_EQ(fresh.outcome, Outcome::Clear) << rules_of(fresh);
    EXPECT_NE(find(abroad.judge({.text = text("stranger")}), "CAR-67"), nullptr);
    const auto declared = [&](std::string operation, std::string lines) {
        Scan scan{.text = text("holder")};
        scan.declaration =
            application::Declaration{.operation = std::move(operation), .lines = std::move(lines)};
        return find(abroad.judge(scan), "CAR-67") != nullptr;
    };
    EXPECT_FALSE(declared("IMPORT", "3, 1-2"));
    EXPECT_FALSE(declared("IMPORT", ""));
    EXPECT_TRUE(declared("IMPORT", "1-2"));
    EXPECT_TRUE(declared("TRANSIT_OPEN", "1-3"));
    application::CopyFacts facts = ledger.facts();
    facts.accepted_presentations[ledger.key("holder").public_key().id()] = shown.issued_at;
    const Verdict replay =
        application::judge({.text = text("holder")}, ledger.state(), ledger.port("lhr-lane1"), facts);
    ASSERT_NE(find(replay, "CAR-67"), nullptr);
    EXPECT_EQ(replay.outcome, Outcome::Refuse);
    shown.issued_at = ledger.now() - 121;
    EXPECT_NE(abroad.judge({.text = text("holder")}).possession, "bound and fresh");
    shown.issued_at = ledger.now();
    shown.audience = "US-D:2720";
    EXPECT_NE(find(abroad.judge({.text = text("holder")}), "CAR-67"), nullptr);
}

TEST(JudgeOther, ForeignAndUnreadableAreCannotTell) {
    const Abroad abroad;
    const Verdict foreign = abroad.judge({.text = "HC1:6BFOXN*TS0BI$ZD.P9UOL97O4-2HH77HRM3DSPTFZL"});
    EXPECT_EQ(foreign.subject.kind, "foreign");
    EXPECT_EQ(foreign.outcome, Outcome::CannotTell);
    for (const std::string& text :
         {std::string("hello"), std::string(), std::string(limits::kMaxScanChars + 1, 'A'),
          std::string("TW1:"), std::string("TW1L:US*ATA*US26/104417*W11*0"), std::string("TWZ1:ABC")}) {
        const Verdict verdict = abroad.judge({.text = text});
        EXPECT_EQ(verdict.subject.kind, "unreadable") << text.substr(0, 20);
        EXPECT_EQ(verdict.outcome, Outcome::CannotTell);
    }
    const std::string transaction = claims::to_text(abroad.carnet.issue);
    EXPECT_EQ(abroad.judge({.text = transaction}).subject.kind, "foreign");
}

struct Claimed {
    LedgerFixture ledger;
    origin::Certificate certificate;
    origin::Seed seed{};
    origin::Issue issue;
    std::string text;

    Claimed() {
        seed.fill(9);
        certificate.id.fill(5);
        certificate.signed_on = Date{20'590};
        certificate.scope = {.is_blanket = true, .from = Date{20'590}, .to = Date{20'900}};
        certificate.importer = origin::PartyData{.name = "Lakeshore Auto Components, Inc.", .country = "US"};
        origin::Line line;
        line.description = "Wiring harness";
        line.hs = "854430";
        line.criterion = "B";
        line.origin = "MX";
        certificate.lines = {line};
        issue = *origin::make_issue(certificate, seed);
        const Bytes transaction =
            claims::seal(claims::Type::Transaction, origin::issue_payload(issue, ledger.now()),
                         LedgerFixture::kChain, ledger.key("certifier-mx"));
        EXPECT_EQ(ledger.apply(transaction).code, 0U);
        text = code(certificate, "certifier-mx");
    }
    [[nodiscard]] std::string code(const origin::Certificate& of, std::string_view signer) const {
        const std::vector<std::uint16_t> lines{1};
        origin::Shipment shipment;
        shipment.invoice = "AB-26-09114";
        shipment.import_date = Date{20'610};
        const auto sealed =
            claims::make_claim(of, seed, lines, shipment, LedgerFixture::kChain, ledger.key(signer));
        EXPECT_TRUE(sealed.has_value());
        return sealed ? sealed->text : std::string();
    }
    [[nodiscard]] Verdict judge(Scan scan) const {
        return application::judge(scan, ledger.state(), ledger.port(), ledger.facts());
    }
    void event(std::uint8_t kind) {
        origin::Event body;
        body.record = {"origin/usmca", origin::head_key(issue.id)};
        body.reason = 1;
        const auto result = ledger.apply(claims::seal(claims::Type::Transaction,
                                                      origin::event_payload(kind, body, ledger.now()),
                                                      LedgerFixture::kChain, ledger.key("certifier-mx")));
        EXPECT_EQ(result.code, 0U) << result.detail;
    }
};

TEST(JudgeClaim, HolderCodeOfAnIssuedCertificateIsClear) {
    const Claimed claimed;
    const Verdict verdict = claimed.judge({.text = claimed.text});
    EXPECT_EQ(verdict.outcome, Outcome::Clear) << rules_of(verdict);
    EXPECT_EQ(verdict.subject.kind, "origin");
    ASSERT_FALSE(verdict.subject.compare.empty());
    EXPECT_EQ(verdict.subject.compare.front().second, "Lakeshore Auto Components, Inc.");
    EXPECT_EQ(verdict.basis.reference_packs, std::vector<std::string>{"origin/agreements/2026-01-01#1"});
}

TEST(JudgeClaim, ForgedSignersAndOpenings) {
    const Claimed claimed;
    const Verdict other = claimed.judge({.text = claimed.code(claimed.certificate, "supervisor-us")});
    EXPECT_EQ(find(other, "ORI-02")->severity, Severity::Refuse) << rules_of(other);
    const Verdict stranger = claimed.judge({.text = claimed.code(claimed.certificate, "stranger")});
    EXPECT_EQ(find(stranger, "ORI-02")->severity, Severity::CannotTell);
    origin::Certificate changed = claimed.certificate;
    changed.lines.front().origin = "CN";
    const Verdict altered = claimed.judge({.text = claimed.code(changed, "certifier-mx")});
    EXPECT_EQ(find(altered, "ORI-04")->severity, Severity::Refuse);
}

TEST(JudgeClaim, UnknownCertificateIsCannotTell) {
    const Claimed claimed;
    origin::Certificate unknown = claimed.certificate;
    unknown.id.fill(6);
    const Verdict verdict = claimed.judge({.text = claimed.code(unknown, "certifier-mx")});
    EXPECT_EQ(verdict.outcome, Outcome::CannotTell) << rules_of(verdict);
    EXPECT_NE(find(verdict, "GEN-01"), nullptr);
    EXPECT_EQ(find(verdict, "ORI-04"), nullptr);
}

TEST(JudgeClaim, CertificateOfANewerVersionOrInANamespaceNotHeld) {
    Claimed claimed;
    const documents::RecordKey key{"origin/usmca", origin::head_key(claimed.issue.id)};
    auto value = claimed.ledger.state().get(key.name_space, key.key);
    ASSERT_TRUE(value && *value);
    (**value)[2] = 2;
    claimed.ledger.mutable_state().put(key.name_space, key.key, **value);
    const Verdict newer = claimed.judge({.text = claimed.text});
    EXPECT_NE(find(newer, "GEN-10"), nullptr) << rules_of(newer);
    EXPECT_EQ(newer.outcome, Outcome::CannotTell);
    struct NotHeld final : state::View {
        Result<std::optional<Bytes>> get(std::string_view, std::string_view) const override {
            return fail("view.namespace", "not held here");
        }
    };
    const Verdict elsewhere =
        application::judge({.text = claimed.text}, NotHeld{}, claimed.ledger.port(), claimed.ledger.facts());
    EXPECT_NE(find(elsewhere, "GEN-01"), nullptr) << rules_of(elsewhere);
    EXPECT_EQ(elsewhere.outcome, Outcome::CannotTell);
    const Verdict carnet = application::judge({.text = "ATA GB LO/26/1"}, NotHeld{}, claimed.ledger.port(),
                                              claimed.ledger.facts());
    EXPECT_EQ(carnet.outcome, Outcome::CannotTell);
}

TEST(JudgeClaim, RevokedCertificateDependsOnWhenTheClaimWasMade) {
    Claimed claimed;
    const UnixTime before = claimed.ledger.now();
    claimed.ledger.advance(3'600);
    claimed.event(36);
    const Verdict unknown_time = claimed.judge({.text = claimed.text});
    EXPECT_EQ(unknown_time.outcome, Outcome::Decide) << rules_of(unknown_time);
    ASSERT_NE(find(unknown_time, "ORI-28"), nullptr);
    EXPECT_EQ(find(unknown_time, "ORI-28")->facts.front().first, "not evaluated");
    Scan scan{.text = claimed.text};
    scan.entry = application::EntryFacts{.claim_made_at = claimed.ledger.now()};
    EXPECT_EQ(claimed.judge(scan).outcome, Outcome::Refuse);
    scan.entry->claim_made_at = before;
    EXPECT_EQ(claimed.judge(scan).outcome, Outcome::Clear);
    EXPECT_EQ(find(claimed.judge(scan), "ORI-28")->severity, Severity::Note);
}

TEST(JudgeClaim, OldCopyAndUnconfirmedClock) {
    const Claimed claimed;
    application::CopyFacts facts = claimed.ledger.facts();
    const auto judge = [&] {
        return application::judge({.text = claimed.text}, claimed.ledger.state(), claimed.ledger.port(),
                                  facts);
    };
    facts.age_seconds = 25 * 3'600;
    EXPECT_EQ(judge().basis.freshness, "within");
    EXPECT_EQ(find(judge(), "GEN-02"), nullptr);
    facts.age_seconds = 169 * 3'600;
    EXPECT_NE(find(judge(), "GEN-02"), nullptr);
    EXPECT_EQ(judge().outcome, Outcome::CannotTell);
    facts = claimed.ledger.facts();
    facts.clock_error_seconds = -121;
    EXPECT_NE(find(judge(), "GEN-03"), nullptr);
}

TEST(JudgeClaim, NeverSpeaksOfDenial) {
    const auto clean = [](std::string_view text) {
        std::string lower;
        for (const char c : text)
            lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        return lower.find("denied") == std::string::npos && lower.find("deny") == std::string::npos &&
               lower.find("denial") == std::string::npos;
    };
    for (const auto& row : origin::rulebook()) {
        EXPECT_TRUE(clean(row.condition)) << row.id;
        EXPECT_TRUE(clean(row.citation)) << row.id;
    }
}

} // namespace
} // namespace tidewaiter
