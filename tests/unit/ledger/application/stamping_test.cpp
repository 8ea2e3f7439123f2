#include "ledger/application/stamping.hpp"

#include "ledger/claims/envelope.hpp"
#include "ledger/claims/receipt.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/documents/carnet/history.hpp"
#include "ledger/documents/identity/blob.hpp"
#include "tests/support/ledger_fixture.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using application::StampRequest;
using documents::Outcome;
using documents::Verdict;
using test::LedgerFixture;

struct Desk {
    LedgerFixture ledger;
    LedgerFixture::Issued carnet = ledger.issue_carnet("US26/104417");

    [[nodiscard]] Verdict judge(const application::Declaration& declaration) const {
        return application::judge({.text = ledger.locator(carnet.key, "Y11"), .declaration = declaration},
                                  ledger.state(), ledger.port(), ledger.facts());
    }
    [[nodiscard]] StampRequest request(const application::Declaration& declaration) const {
        StampRequest request;
        request.record = carnet.key;
        request.declaration = declaration;
        request.officer = "US-7Q4K2M";
        request.office = "US-D:2720";
        request.place = "USLAX";
        request.at = {ledger.now(), -420};
        request.sequence = 1;
        request.height = 2;
        request.signer = ledger.key("lax-lane1").public_key().id();
        request.journal_head = crypto::sha256(as_bytes("journal"));
        return request;
    }
    [[nodiscard]] Verdict verdict(Outcome outcome) const {
        Verdict verdict;
        verdict.outcome = outcome;
        verdict.subject.name_space = carnet.key.name_space;
        verdict.subject.key = carnet.key.key;
        return verdict;
    }
};

const application::Declaration kExport{.operation = "EXPORT"};

TEST(Stamping, DraftIsAcceptedByTheLedger) {
    Desk desk;
    Verdict verdict = desk.judge(kExport);
    ASSERT_NE(verdict.outcome, Outcome::Refuse);
    StampRequest request = desk.request(kExport);
    request.reason = "Cover not validated yet";
    const auto draft = application::draft_stamp(request, verdict, desk.ledger.state());
    ASSERT_TRUE(draft.has_value()) << draft.error().detail;
    EXPECT_EQ(draft->id, crypto::sha256(draft->core));
    const auto core = carnet::decode_core(draft->core);
    ASSERT_TRUE(core.has_value());
    EXPECT_EQ(core->sheet, (carnet::Sheet{carnet::Colour::Yellow, 1, carnet::Half::Opening}));
    EXPECT_EQ(core->lines, "1-3");
    EXPECT_EQ(core->previous, std::nullopt);
    EXPECT_EQ(core->at, request.at);
    EXPECT_EQ(core->attachments, crypto::sha256(draft->attachments));
    const auto attachments = carnet::decode_attachments(draft->attachments);
    ASSERT_TRUE(attachments.has_value());
    EXPECT_EQ(attachments->officer, "US-7Q4K2M");
    EXPECT_EQ(attachments->rules.size(), verdict.findings.size());
    const Bytes transaction =
        claims::seal(claims::Type::Transaction, application::transaction_payload(*draft),
                     LedgerFixture::kChain, desk.ledger.key("lax-lane1"));
    const auto result = desk.ledger.apply(transaction);
    EXPECT_EQ(result.code, 0U) << result.detail;
    EXPECT_EQ(result.core_hash, draft->id);
    EXPECT_EQ(result.outcome, application::StampOutcome::Effective);
    const auto receipt =
        claims::receipt_text(draft->core, LedgerFixture::kChain, desk.ledger.key("lax-lane1"));
    ASSERT_TRUE(receipt.has_value());
    const auto parsed = claims::parse_receipt(*receipt);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->stamp, draft->id);
    EXPECT_LE(parsed->core.size(), 350U);
}

TEST(Stamping, ReasonBecomesABlobOfTheOwnTerritory) {
    Desk desk;
    StampRequest request = desk.request(kExport);
    request.reason = "The holder's agent was known to me";
    request.salt.fill(4);
    const auto draft =
        application::draft_stamp(request, desk.verdict(Outcome::CannotTell), desk.ledger.state());
    ASSERT_TRUE(draft.has_value()) << draft.error().detail;
    ASSERT_EQ(draft->blobs.size(), 1U);
    EXPECT_EQ(draft->blobs.front().hash, crypto::sha256(draft->blobs.front().bytes));
    EXPECT_EQ(draft->blob_namespaces, std::vector<std::string>{"device/us"});
    const auto blob = documents::decode_blob(draft->blobs.front().bytes);
    ASSERT_TRUE(blob.has_value());
    EXPECT_EQ(blob->text, request.reason);
    const std::string all(draft->core.begin(), draft->core.end());
    const std::string attached(draft->attachments.begin(), draft->attachments.end());
    EXPECT_EQ(all.find("agent"), std::string::npos);
    EXPECT_EQ(attached.find("agent"), std::string::npos);
    const auto attachments = carnet::decode_attachments(draft->attachments);
    ASSERT_TRUE(attachments.has_value());
    EXPECT_EQ(attachments->blobs, (std::vector<carnet::BlobRef>{{5, draft->blobs.front().hash}}));
}

TEST(Stamping, RefusesByName) {
    Desk desk;
    const auto code = [&](const StampRequest& request, Outcome outcome) {
        const auto draft = application::draft_stamp(request, desk.verdict(outcome), desk.ledger.state());
        return draft ? std::string("drafted") : std::string(draft.error().code);
    };
    StampRequest request = desk.request(kExport);
    EXPECT_EQ(code(request, Outcome::Clear), "drafted");
    EXPECT_EQ(code(request, Outcome::Refuse), "stamp.refused");
    EXPECT_EQ(code(request, Outcome::Decide), "stamp.reason");
    EXPECT_EQ(code(request, Outcome::CannotTell), "stamp.reason");
    request.reason = std::string(4'001, 'x');
    EXPECT_EQ(code(request, Outcome::Clear), "stamp.reason");
    request = desk.request(kExport);
    request.officer = "Jones";
    EXPECT_EQ(code(request, Outcome::Clear), "stamp.officer");
    request = desk.request(kExport);
    request.second_person = request.officer;
    EXPECT_EQ(code(request, Outcome::Clear), "stamp.officer");
    request = desk.request({.operation = "SEIZE"});
    EXPECT_EQ(code(request, Outcome::Clear), "stamp.operation");
    request = desk.request({.operation = "EXPORT", .lines = "x"});
    EXPECT_EQ(code(request, Outcome::Clear), "lines.number");
    request = desk.request(kExport);
    request.sequence = 0;
    EXPECT_EQ(code(request, Outcome::Clear), "stamp.sequence");
    request = desk.request(kExport);
    request.record.key = "ATA:OTHER";
    EXPECT_EQ(code(request, Outcome::Clear), "stamp.record");
    request = desk.request(kExport);
    request.declaration.seals = std::vector<std::string>(21, "S");
    EXPECT_NE(code(request, Outcome::Clear), "drafted");
}

TEST(Stamping, NextStampNamesTheOneBefore) {
    Desk desk;
    const auto exported = desk.ledger.stamp("lax-lane1", desk.carnet.key, {});
    ASSERT_EQ(desk.ledger.apply(exported.transaction).code, 0U);
    StampRequest request = desk.request({.operation = "REIMPORT"});
    request.sequence = 2;
    const auto draft = application::draft_stamp(request, desk.verdict(Outcome::Clear), desk.ledger.state());
    ASSERT_TRUE(draft.has_value()) << draft.error().detail;
    const auto core = carnet::decode_core(draft->core);
    ASSERT_TRUE(core.has_value());
    EXPECT_EQ(core->previous, exported.id);
    EXPECT_EQ(core->references, std::vector<int>{1});
}

} // namespace
} // namespace tidewaiter
