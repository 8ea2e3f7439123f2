#include "ledger/documents/origin/issue.hpp"
#include "ledger/documents/origin/values.hpp"

#include "ledger/claims/claim_code.hpp"
#include "ledger/claims/text.hpp"
#include "ledger/crypto/hash.hpp"
#include "tests/support/objects.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tidewaiter {
namespace {

using namespace origin;

PartyData party(std::string name) {
    return {.name = std::move(name), .city = "Silao", .country = "MX", .tax_id_kind = 5, .tax_id = "ABA"};
}

Line line(std::string description) {
    Line made;
    made.description = std::move(description);
    made.hs = "854430";
    made.criterion = "B";
    made.rvc_method = 3;
    made.origin = "MX";
    return made;
}

Certificate certificate(std::size_t lines = 3) {
    Certificate made;
    made.id.fill(7);
    made.role = CertifierRole::Producer;
    made.signed_on = Date{20'458};
    made.scope = {.is_blanket = true, .from = Date{20'458}, .to = Date{20'818}};
    made.statement = 1;
    made.certifier = party("Arneses del Bajío, S.A. de C.V.");
    made.exporter = PartyCode::Same;
    made.producer = PartyCode::Same;
    made.importer = party("Lakeshore Auto Components, Inc.");
    made.signer = Signer{.name = "Lucía Ibarra", .title = "Gerente", .telephone = {}, .email = {}};
    made.invoice = "AB-BLANKET-2026";
    made.language = LanguageStatement{.language = "es", .statement = 1};
    made.schedule_two = false;
    for (std::size_t i = 1; i <= lines; ++i)
        made.lines.push_back(line("Wiring harness " + std::to_string(i)));
    return made;
}

Seed seed() {
    Seed made{};
    made.fill(0x5a);
    return made;
}

TEST(OriginIssue, EveryOpeningMatchesTheDigests) {
    const Certificate made = certificate();
    const auto issue = make_issue(made, seed());
    ASSERT_TRUE(issue.has_value());
    constexpr std::array kAll{0, 1, 2, 3, 4, 5, 6, 7, 8};
    OpenedHeader header = open_header(made, seed(), kAll);
    EXPECT_TRUE(failed_openings(header, *issue).empty());
    EXPECT_FALSE(header.rules_pack.has_value());
    header.invoice->value += "x";
    header.importer->salt[0] ^= 1;
    EXPECT_EQ(failed_openings(header, *issue), (std::vector<int>{3, 5}));
}

TEST(OriginIssue, DigestsDoNotShowWhichSlotsAreUsed) {
    Certificate sparse;
    sparse.id.fill(7);
    sparse.lines = {line("one")};
    const auto issue = make_issue(sparse, seed());
    ASSERT_TRUE(issue.has_value());
    std::set<Hash> distinct(issue->digests.begin(), issue->digests.end());
    EXPECT_EQ(distinct.size(), 16U);
    EXPECT_EQ(issue->digests[9], crypto::sha256(decoy_preimage(salt_of(seed(), 0x8009), 0x8009)));
}

TEST(OriginIssue, AnySetOfLinesOpensWithItsSharedProof) {
    const Certificate made = certificate(100);
    const auto issue = make_issue(made, seed());
    ASSERT_TRUE(issue.has_value());
    const std::vector<std::vector<std::uint16_t>> sets{
        {1}, {100}, {1, 2}, {2, 3}, {1, 100}, {5, 6, 7, 8, 64, 65}, {1, 3}};
    for (const auto& numbers : sets) {
        auto opened = open_lines(made, seed(), numbers);
        ASSERT_TRUE(opened.has_value());
        EXPECT_TRUE(lines_open(*opened, issue->line_root));
        OpenedLines altered = *opened;
        altered.lines.begin()->second.value.origin = "CN";
        EXPECT_FALSE(lines_open(altered, issue->line_root));
        altered = *opened;
        altered.proof.resize(altered.proof.size() - 32);
        EXPECT_FALSE(lines_open(altered, issue->line_root));
        altered = *opened;
        altered.proof.resize(altered.proof.size() + 32);
        EXPECT_FALSE(lines_open(altered, issue->line_root));
        altered = *opened;
        auto node = altered.lines.extract(altered.lines.begin());
        node.key() = 200;
        altered.lines.insert(std::move(node));
        EXPECT_FALSE(lines_open(altered, issue->line_root));
    }
    EXPECT_EQ(open_lines(made, seed(), std::vector<std::uint16_t>{1})->proof.size(), 256U);
    EXPECT_EQ(open_lines(made, seed(), std::vector<std::uint16_t>{1, 2})->proof.size(), 224U);
    EXPECT_FALSE(lines_open(OpenedLines{}, issue->line_root));
}

TEST(OriginIssue, RefusesWhatCannotBeIssued) {
    EXPECT_EQ(make_issue(certificate(0), seed()).error().code, "origin.lines");
    EXPECT_EQ(make_issue(certificate(101), seed()).error().code, "origin.lines");
    EXPECT_TRUE(make_issue(certificate(100), seed()).has_value());
    Certificate backwards = certificate();
    backwards.scope.to = Date{backwards.scope.from.days - 1};
    EXPECT_EQ(make_issue(backwards, seed()).error().code, "origin.scope");
    EXPECT_EQ(open_lines(certificate(), seed(), std::vector<std::uint16_t>{4}).error().code, "origin.lines");
    EXPECT_EQ(open_lines(certificate(), seed(), std::vector<std::uint16_t>{0}).error().code, "origin.lines");
    EXPECT_EQ(open_lines(certificate(), seed(), {}).error().code, "origin.lines");
}

Result<Issue> reread(const Issue& issue) {
    cbor::Writer writer;
    write(writer, issue);
    cbor::Reader reader(writer.view());
    Issue read = read_issue(reader);
    TW_CHECK(reader.finish());
    return read;
}

TEST(OriginRecords, RoundTrip) {
    Issue issue = *make_issue(certificate(), seed());
    issue.supersedes = std::pair(CertificateId{1, 2, 3}, std::uint16_t{4});
    issue.amend_reason = 2;
    EXPECT_EQ(*reread(issue), issue);
    issue.scope = {};
    EXPECT_EQ(*reread(issue), issue);
    Head head;
    head.status = CertificateStatus::Suspended;
    head.certifier.fill(2);
    head.versions = {{.issue = issue, .inclusion = {3, {4, 5}}}};
    head.events = 2;
    head.status_changed = Inclusion{6, {7, 8}};
    EXPECT_EQ(*decode_head(encode(head)), head);
    EXPECT_EQ(encode(*decode_head(encode(head))), encode(head));
    EventRecord record;
    record.kind = 44;
    record.event = {.record = {"origin/usmca", "ab"},
                    .version = 2,
                    .lines = {1, 256},
                    .reason = 3,
                    .case_digest = Hash{1},
                    .from = Date{9},
                    .claim = RecordKey{"origin/usmca", "cd"},
                    .entry_lines = {{.entry_line = 1,
                                     .certificate_line = 2,
                                     .hts = "8544300000",
                                     .spi = "S+",
                                     .value = 5,
                                     .quantity = documents::Measure{{5, -1}, "KGM"}}}};
    record.inclusion = {1, {2, 3}};
    EXPECT_EQ(*decode_event_record(encode(record)), record);
}

TEST(OriginRecords, DecodeStrictly) {
    Head head;
    head.versions = {{.issue = *make_issue(certificate(), seed()), .inclusion = {}}};
    Bytes newer = encode(head);
    ASSERT_EQ(newer[2], 1);
    newer[2] = 3;
    EXPECT_EQ(decode_head(newer).error().code, "origin.version");
    Bytes trailing = encode(head);
    trailing.push_back(0);
    EXPECT_EQ(decode_head(trailing).error().code, "cbor.trailing");
    const auto scope = [](const std::vector<std::uint64_t>& parts) {
        Issue issue = *make_issue(certificate(), seed());
        issue.scope = {};
        cbor::Writer writer;
        write(writer, issue);
        // The scope of a single shipment, 07 81 01, is replaced by the parts.
        Bytes bytes = writer.take();
        const Bytes mark{0x07, 0x81, 0x01};
        const auto at = std::search(bytes.begin(), bytes.end(), mark.begin(), mark.end());
        EXPECT_NE(at, bytes.end());
        cbor::Writer list;
        list.array([&](cbor::Writer& w) {
            for (const std::uint64_t part : parts)
                w.unsigned_integer(part);
        });
        Bytes changed(bytes.begin(), at + 1);
        append(changed, list.view());
        changed.insert(changed.end(), at + 3, bytes.end());
        cbor::Reader reader(changed);
        ignore(read_issue(reader), "the status says it");
        const Status status = reader.finish();
        return status ? std::string("ok") : std::string(status.error().code);
    };
    EXPECT_EQ(scope({1}), "ok");
    EXPECT_EQ(scope({2, 5, 6}), "ok");
    EXPECT_EQ(scope({2, 5}), "cbor.count");
    EXPECT_EQ(scope({1, 5, 6}), "cbor.count");
    EXPECT_EQ(scope({3}), "cbor.range");
}

TEST(OriginEffects, IssueOnceThenSuspendLiftRevoke) {
    state::MemoryView view;
    state::Overlay overlay(view);
    const Issue issue = *make_issue(certificate(), seed());
    crypto::KeyId signer{};
    signer.fill(1);
    ASSERT_TRUE(apply_issue(overlay, issue, signer, {5, {6, 0}}).has_value());
    EXPECT_EQ(apply_issue(overlay, issue, signer, {6, {7, 0}}).error().code, "application.state");
    const RecordKey key{"origin/usmca", head_key(issue.id)};
    const auto event = [&](std::uint8_t kind, std::uint64_t height, std::uint16_t version = 1) {
        EventRecord record;
        record.kind = kind;
        record.event.record = key;
        record.event.version = version;
        record.inclusion = {height, {static_cast<std::int64_t>(height), 0}};
        const Status status = apply_event(overlay, record);
        return status ? std::string("done") : std::string(status.error().code);
    };
    EXPECT_EQ(event(38, 8), "application.state");
    EXPECT_EQ(event(37, 9, 2), "application.unknown-record");
    EXPECT_EQ(event(37, 9), "done");
    EXPECT_EQ(event(37, 10), "application.state");
    EXPECT_EQ(event(38, 11), "done");
    EXPECT_EQ(event(36, 12), "done");
    EXPECT_EQ(event(38, 13), "application.state");
    EXPECT_EQ(event(40, 13), "application.state");
    const auto head = find_head(overlay, key);
    ASSERT_TRUE(head && *head);
    EXPECT_EQ((*head)->status, CertificateStatus::Revoked);
    EXPECT_EQ((*head)->events, 3);
    EXPECT_EQ((*head)->status_changed->height, 12U);
    const auto events = find_events(overlay, key, **head);
    ASSERT_TRUE(events.has_value());
    EXPECT_EQ(events->size(), 3U);
}

TEST(ClaimCode, OpensSlotsInOrderWhileThereIsRoom) {
    const crypto::PrivateKey key = *crypto::PrivateKey::from_bytes(crypto::Algorithm::Es256, seed());
    Shipment shipment;
    shipment.invoice = "AB-26-09114";
    const auto sealed =
        claims::make_claim(certificate(), seed(), std::vector<std::uint16_t>{1, 3}, shipment, "tw-1", key);
    ASSERT_TRUE(sealed.has_value()) << sealed.error().detail;
    EXPECT_LE(sealed->text.size(), 1'450U);
    EXPECT_EQ(sealed->opened, (std::vector<int>{5, 3, 1, 2, 0}));
    const auto cose = claims::from_text(sealed->text);
    ASSERT_TRUE(cose.has_value());
    const auto envelope = claims::parse_envelope(*cose);
    ASSERT_TRUE(envelope.has_value());
    EXPECT_TRUE(claims::verify_envelope(*envelope, "tw-1", key.public_key()));
    const auto code = claims::decode_claim(envelope->payload);
    ASSERT_TRUE(code.has_value());
    EXPECT_EQ(claims::encode(*code), envelope->payload);
    const Issue issue = *make_issue(certificate(), seed());
    EXPECT_TRUE(failed_openings(*code->header, issue).empty());
    EXPECT_TRUE(lines_open(*code->lines, issue.line_root));
}

TEST(ClaimCode, LeavesOutWhatDoesNotFitAndRefusesWhatNeverWill) {
    const crypto::PrivateKey key = *crypto::PrivateKey::from_bytes(crypto::Algorithm::Es256, seed());
    Certificate large = certificate(40);
    Hash noise = crypto::sha256(as_bytes("noise"));
    const auto text = [&](std::size_t size) {
        std::string out;
        while (out.size() < size) {
            noise = crypto::sha256(noise);
            out += to_hex(noise);
        }
        return out.substr(0, size);
    };
    PartyData wide = party(text(140));
    wide.street = text(140);
    wide.email = text(96);
    large.importer = wide;
    large.lines[0].description = text(300);
    Shipment shipment;
    shipment.invoice = "X";
    const auto sealed =
        claims::make_claim(large, seed(), std::vector<std::uint16_t>{1}, shipment, "tw-1", key);
    ASSERT_TRUE(sealed.has_value()) << sealed.error().detail;
    EXPECT_LE(sealed->text.size(), 1'450U);
    EXPECT_FALSE(sealed->left_out.empty());
    std::vector<std::uint16_t> all;
    for (std::uint16_t i = 1; i <= 40; ++i) {
        large.lines[i - 1U].description = text(300);
        all.push_back(i);
    }
    EXPECT_EQ(claims::make_claim(large, seed(), all, shipment, "tw-1", key).error().code, "claim.too-large");
    EXPECT_EQ(claims::make_claim(large, seed(), all, {}, "tw-1", key).error().code, "claim.shipment");
}

TEST(OriginSamples, TransactionsDecodeAndEncodeToTheSameBytes) {
    const auto body_of = [](const test::Sample& sample) {
        Bytes body;
        cbor::Reader reader(sample.payload);
        reader.map({1, 2, 3}, [&](std::int64_t key) {
            if (key == 2)
                body = to_bytes(reader.raw());
            else
                reader.skip();
            return true;
        });
        return body;
    };
    const Bytes issue_body = body_of(test::load_sample("origin-issue"));
    cbor::Reader issue_reader(issue_body);
    const Issue issue = read_issue(issue_reader);
    ASSERT_TRUE(issue_reader.finish().has_value());
    cbor::Writer issue_writer;
    write(issue_writer, issue);
    EXPECT_EQ(issue_writer.view(), issue_body);
    for (const char* name : {"origin-revoke", "origin-claim", "origin-verify-open"}) {
        const Bytes body = body_of(test::load_sample(name));
        cbor::Reader reader(body);
        const Event event = read_event(reader);
        const Status status = reader.finish();
        ASSERT_TRUE(status.has_value()) << name << " " << status.error().detail;
        cbor::Writer writer;
        write(writer, event);
        EXPECT_EQ(writer.view(), body) << name;
    }
}

TEST(OriginSamples, StateDecodesAndEncodesToTheSameBytes) {
    const test::Sample head = test::load_sample("state-origin-head");
    const auto decoded = decode_head(head.cbor);
    ASSERT_TRUE(decoded.has_value()) << decoded.error().detail;
    EXPECT_EQ(encode(*decoded), head.cbor);
    const test::Sample event = test::load_sample("state-origin-event");
    const auto record = decode_event_record(event.cbor);
    ASSERT_TRUE(record.has_value()) << record.error().detail;
    EXPECT_EQ(encode(*record), event.cbor);
}

TEST(OriginSamples, ClaimCodesOpenAgainstTheSampleCertificate) {
    const auto head = decode_head(test::load_sample("state-origin-head").cbor);
    ASSERT_TRUE(head.has_value());
    const Issue& issue = head->versions.front().issue;
    for (const char* name : {"claim-code", "claim-code-2-lines"}) {
        const test::Sample sample = test::load_sample(name);
        const auto code = claims::decode_claim(sample.payload);
        ASSERT_TRUE(code.has_value()) << name << " " << code.error().detail;
        EXPECT_EQ(claims::encode(*code), sample.payload) << name;
        EXPECT_TRUE(failed_openings(*code->header, issue).empty()) << name;
        EXPECT_TRUE(lines_open(*code->lines, issue.line_root)) << name;
        EXPECT_EQ(claims::to_text(sample.cose).size(), sample.text.size()) << name;
    }
}

} // namespace
} // namespace tidewaiter
