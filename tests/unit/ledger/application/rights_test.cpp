#include "tests/support/ledger_fixture.hpp"

#include "ledger/claims/envelope.hpp"
#include "ledger/documents/carnet/history.hpp"
#include "ledger/documents/identity/effects.hpp"
#include "ledger/documents/identity/rights.hpp"
#include "ledger/documents/origin/issue.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using application::TransactionResult;
using test::LedgerFixture;

/// Applies what must be refused: the code is as expected, and nothing in the state changed.
void expect_refused(LedgerFixture& ledger, ByteView transaction, std::string_view code) {
    const auto before = ledger.state().records();
    const auto checked = ledger.check(transaction);
    ASSERT_FALSE(checked.has_value()) << "expected " << code;
    EXPECT_EQ(checked.error().code, code) << checked.error().detail;
    EXPECT_FALSE(checked.error().detail.empty());
    const TransactionResult result = ledger.apply(transaction);
    EXPECT_EQ(result.error, code) << result.detail;
    EXPECT_EQ(result.code, application::result_code(code));
    EXPECT_NE(result.code, 0U);
    EXPECT_TRUE(result.namespaces.empty());
    EXPECT_EQ(ledger.state().records(), before);
}

Bytes act_body(const documents::RecordKey& key) {
    return carnet::encode(carnet::CarnetAct{.key = key});
}

origin::Certificate certificate() {
    origin::Certificate made;
    made.id.fill(7);
    made.signed_on = Date{20'590};
    made.scope = {.is_blanket = true, .from = Date{20'590}, .to = Date{20'900}};
    origin::Line line;
    line.description = "Wiring harness";
    line.hs = "854430";
    line.criterion = "B";
    line.origin = "MX";
    made.lines = {line};
    return made;
}

TEST(Rights, StrangerIsUnknown) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    expect_refused(ledger, ledger.organisation(9, act_body(carnet.key), "stranger"),
                   "application.unknown-signer");
    const auto made = ledger.make_carnet("US26/2");
    expect_refused(ledger, ledger.organisation(1, carnet::encode(made.record), "stranger"),
                   "application.unknown-signer");
}

TEST(Rights, AssociationWritesToItsOwnNamespaceAlone) {
    LedgerFixture ledger;
    const auto made = ledger.make_carnet("US26/1");
    expect_refused(ledger, ledger.organisation(1, carnet::encode(made.record), "association-gb"),
                   "application.not-entitled");
    EXPECT_EQ(ledger.apply(made.issue).code, 0U);
}

TEST(Rights, CoverNamesTheSignersAssociation) {
    LedgerFixture ledger;
    auto made = ledger.make_carnet("US26/1");
    made.record.cover.issuing_association = "lcci";
    expect_refused(ledger, ledger.organisation(1, carnet::encode(made.record), "association-us"),
                   "application.not-entitled");
}

TEST(Rights, AnotherAssociationDoesNotReturnACarnet) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    expect_refused(ledger, ledger.organisation(9, act_body(carnet.key), "association-gb"),
                   "application.not-entitled");
    expect_refused(ledger, ledger.organisation(4, act_body(carnet.key), "association-gb"),
                   "application.not-entitled");
    EXPECT_EQ(ledger.apply(ledger.organisation(9, act_body(carnet.key), "association-us")).code, 0U);
}

TEST(Rights, DeviceSignsNothingOfOrganisations) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    expect_refused(ledger, ledger.organisation(9, act_body(carnet.key), "lax-lane1"),
                   "application.not-entitled");
}

TEST(Rights, OnlyTheBoundHolderSigns) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const Bytes body = carnet::encode(carnet::HolderSign{
        .key = carnet.key, .revision = 1, .cover = carnet::cover_digest(carnet.record.cover)});
    expect_refused(ledger, ledger.organisation(7, body, "stranger"), "application.not-entitled");
    expect_refused(ledger, ledger.organisation(7, body, "association-us"), "application.not-entitled");
    EXPECT_EQ(ledger.apply(ledger.organisation(7, body, "holder")).code, 0U);
}

TEST(Rights, RevokedKeySignsNothing) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const identity::Revoke revoke{.kid = ledger.key("association-us").public_key().id(),
                                  .since = ledger.now(),
                                  .reason = identity::RevocationReason::Compromised};
    const TransactionResult revoked =
        ledger.apply(ledger.organisation(98, identity::encode(revoke), "registrar-us"));
    ASSERT_EQ(revoked.code, 0U) << revoked.detail;
    expect_refused(ledger, ledger.organisation(9, act_body(carnet.key), "association-us"),
                   "application.revoked");
}

TEST(Rights, RegistrarsActInTheirTerritory) {
    LedgerFixture ledger;
    const identity::Revoke revoke{.kid = ledger.key("lax-lane1").public_key().id(),
                                  .since = ledger.now(),
                                  .reason = identity::RevocationReason::Lost};
    expect_refused(ledger, ledger.organisation(98, identity::encode(revoke), "registrar-gb"),
                   "application.not-entitled");
    expect_refused(ledger, ledger.organisation(98, identity::encode(revoke), "supervisor-us"),
                   "application.not-entitled");
    EXPECT_EQ(ledger.apply(ledger.organisation(98, identity::encode(revoke), "registrar-us")).code, 0U);
    expect_refused(ledger,
                   ledger.organisation(98, identity::encode(revoke), "registrar-us", ledger.now() - 7),
                   "application.state");
}

TEST(Rights, AnotherCertifierDoesNotRevoke) {
    LedgerFixture ledger;
    const origin::Seed seed{};
    const auto issue = origin::make_issue(certificate(), seed);
    ASSERT_TRUE(issue.has_value());
    const Bytes transaction =
        claims::seal(claims::Type::Transaction, origin::issue_payload(*issue, ledger.now()),
                     LedgerFixture::kChain, ledger.key("certifier-mx"));
    const TransactionResult issued = ledger.apply(transaction);
    ASSERT_EQ(issued.code, 0U) << issued.detail;
    origin::Event event;
    event.record = {"origin/usmca", origin::head_key(issue->id)};
    event.reason = 1;
    const auto revoke = [&](std::string_view signer, std::uint8_t kind) {
        return claims::seal(claims::Type::Transaction, origin::event_payload(kind, event, ledger.now()),
                            LedgerFixture::kChain, ledger.key(signer));
    };
    expect_refused(ledger, revoke("association-us", 36), "application.not-entitled");
    expect_refused(ledger, revoke("registrar-us", 36), "application.not-entitled");
    EXPECT_EQ(ledger.apply(revoke("supervisor-us", 37)).code, 0U);
    EXPECT_EQ(ledger.apply(revoke("supervisor-us", 38)).code, 0U);
    expect_refused(ledger, revoke("supervisor-us", 38), "application.state");
    EXPECT_EQ(ledger.apply(revoke("certifier-mx", 36)).code, 0U);
    expect_refused(ledger, revoke("certifier-mx", 37), "application.state");
}

TEST(Rights, EveryRowOfTheTableIsEitherAppliedOrRefusedByName) {
    LedgerFixture ledger;
    for (const identity::Right& right : identity::rights()) {
        if (right.is_device || right.is_known) continue;
        cbor::Writer body;
        body.map([](cbor::Writer& map) { map.key(1).unsigned_integer(1); });
        const auto checked = ledger.check(ledger.organisation(right.kind, body.view(), "association-us"));
        ASSERT_FALSE(checked.has_value());
        EXPECT_EQ(checked.error().code, "application.kind");
        EXPECT_NE(checked.error().detail.find(right.name), std::string::npos) << checked.error().detail;
    }
    cbor::Writer body;
    body.map([](cbor::Writer& map) { map.key(1).unsigned_integer(1); });
    expect_refused(ledger, ledger.organisation(63, body.view(), "association-us"), "application.kind");
}

TEST(Rights, KnownKindsWithABrokenBodyAreMalformed) {
    LedgerFixture ledger;
    cbor::Writer body;
    body.map([](cbor::Writer& map) { map.key(1).unsigned_integer(1); });
    int known = 0;
    for (const identity::Right& right : identity::rights()) {
        if (right.is_device || !right.is_known || right.relation == identity::Relation::HolderKey) continue;
        const auto checked = ledger.check(ledger.organisation(right.kind, body.view(), "association-us"));
        ASSERT_FALSE(checked.has_value());
        EXPECT_TRUE(checked.error().code.starts_with("cbor.")) << right.name << " " << checked.error().code;
        ++known;
    }
    EXPECT_GE(known, 15);
}

TEST(Admission, AnotherChainsSignatureDoesNotCount) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const Bytes other =
        ledger.organisation(9, act_body(carnet.key), "association-us", std::nullopt, "tw-other-1");
    expect_refused(ledger, other, "application.signature");
    const Bytes before = ledger.organisation(9, act_body(carnet.key), "association-us", std::nullopt,
                                             LedgerFixture::kPredecessor);
    const auto checked = ledger.check(before);
    ASSERT_TRUE(checked.has_value()) << checked.error().detail;
    EXPECT_EQ(checked->signed_for, LedgerFixture::kPredecessor);
}

TEST(Admission, WrongTypeTooLargeAndNoise) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    cbor::Writer payload;
    payload.map([&](cbor::Writer& map) {
        map.key(1).unsigned_integer(9);
        map.key(2).raw(act_body(carnet.key));
        map.key(3).integer(ledger.now());
    });
    expect_refused(ledger,
                   claims::seal(claims::Type::Receipt, payload.view(), LedgerFixture::kChain,
                                ledger.key("association-us")),
                   "application.type");
    expect_refused(ledger, Bytes(limits::kMaxTransactionBytes + 1, 0xd2), "application.too-large");
    EXPECT_FALSE(ledger.check(Bytes{}).has_value());
    Bytes cut = carnet.issue;
    cut.pop_back();
    expect_refused(ledger, cut, "cbor.truncated");
    Bytes trailing = carnet.issue;
    trailing.push_back(0);
    expect_refused(ledger, trailing, "cbor.trailing");
}

TEST(Admission, WindowOfTimeForOrganisations) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const auto at = [&](UnixTime time) {
        return ledger.organisation(10, act_body(carnet.key), "association-us", time);
    };
    const UnixTime now = ledger.now();
    EXPECT_TRUE(ledger.check(at(now - 86'400)).has_value());
    EXPECT_TRUE(ledger.check(at(now + 182)).has_value());
    expect_refused(ledger, at(now + 400), "application.time");
    expect_refused(ledger, at(now - 86'401), "application.time");
}

TEST(Admission, AppliedTwiceIsOnce) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const Bytes lost = ledger.organisation(10, act_body(carnet.key), "association-us");
    ASSERT_EQ(ledger.apply(lost).code, 0U);
    ASSERT_EQ(ledger.apply(ledger.organisation(11, act_body(carnet.key), "association-us")).code, 0U);
    expect_refused(ledger, lost, "application.duplicate");
}

TEST(Admission, IdentitiesAreForgottenAfterTwoDaysAndNotBefore) {
    LedgerFixture ledger;
    const auto seen_pages = [&] {
        std::size_t count = 0;
        for (const auto& [key, value] : ledger.state().records())
            if (key.first == "seen") ++count;
        return count;
    };
    const auto carnet = ledger.issue_carnet("US26/1");
    EXPECT_EQ(seen_pages(), 1U);
    ledger.advance(47 * 3'600);
    ASSERT_EQ(ledger.apply(ledger.organisation(10, act_body(carnet.key), "association-us")).code, 0U);
    EXPECT_EQ(seen_pages(), 2U);
    ledger.advance(3 * 3'600);
    ASSERT_EQ(ledger.apply(ledger.organisation(11, act_body(carnet.key), "association-us")).code, 0U);
    EXPECT_EQ(seen_pages(), 2U);
}

TEST(Registry, RegistersADeviceThatMayThenStamp) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const crypto::PrivateKey secret = test::test_key("new box");
    const crypto::KeyId kid = secret.public_key().id();
    identity::Key key{.key = secret.public_key(),
                      .role = identity::Role::Device,
                      .owner = "lax-lane9",
                      .territory = "US",
                      .offices = {"US-D:2720"},
                      .from = ledger.now() - 10,
                      .to = std::nullopt,
                      .since = std::nullopt,
                      .reason = std::nullopt,
                      .revoked_at = std::nullopt,
                      .successor = std::nullopt,
                      .namespaces = {}};
    const auto put = [&](const identity::Value& value, std::string record) {
        return ledger.organisation(
            96, identity::encode(identity::Put{{"identity", std::move(record)}, value}), "registrar-us");
    };
    expect_refused(ledger, put(key, "key/0000000000000000"), "application.record");
    identity::Key british = key;
    british.offices = {"GB:GB000060"};
    expect_refused(ledger, put(british, identity::key_record(kid)), "application.not-entitled");
    identity::Key administrator = key;
    administrator.role = identity::Role::Administrator;
    expect_refused(ledger, put(administrator, identity::key_record(kid)), "application.not-entitled");
    identity::Key forged = key;
    forged.since = 1;
    expect_refused(ledger, put(forged, identity::key_record(kid)), "application.record");
    const identity::Device device{.keys = {kid},
                                  .territory = "US",
                                  .offices = {"US-D:2720"},
                                  .newest_sequence = std::nullopt,
                                  .checkpoint_head = std::nullopt,
                                  .checkpoint_at = std::nullopt};
    expect_refused(ledger, put(device, identity::device_record("lax-lane9")), "application.record");
    EXPECT_EQ(ledger.apply(put(key, identity::key_record(kid))).code, 0U);
    EXPECT_EQ(ledger.apply(put(device, identity::device_record("lax-lane9"))).code, 0U);
    identity::Key moved = key;
    moved.owner = "other";
    expect_refused(ledger, put(moved, identity::key_record(kid)), "application.state");
}

TEST(Registry, RotationHandsOverAndEndsTheOldKey) {
    LedgerFixture ledger;
    const crypto::KeyId old_kid = ledger.key("lax-lane1").public_key().id();
    const crypto::PrivateKey next = test::test_key("lane 1, second key");
    const identity::Rotate rotate{.old_kid = old_kid, .new_key = next.public_key(), .from = ledger.now()};
    ASSERT_EQ(ledger.apply(ledger.organisation(97, identity::encode(rotate), "registrar-us")).code, 0U);
    const auto old_key = identity::find_key(ledger.state(), old_kid);
    const auto new_key = identity::find_key(ledger.state(), next.public_key().id());
    ASSERT_TRUE(old_key && *old_key && new_key && *new_key);
    EXPECT_EQ((*old_key)->successor, next.public_key().id());
    EXPECT_EQ((*old_key)->to, rotate.from);
    EXPECT_EQ((*new_key)->offices, std::vector<std::string>{"US-D:2720"});
    EXPECT_EQ((*new_key)->from, rotate.from);
    const auto device = identity::find_device(ledger.state(), "lax-lane1");
    ASSERT_TRUE(device && *device);
    EXPECT_EQ((*device)->keys, (std::vector<crypto::KeyId>{old_kid, next.public_key().id()}));
    const identity::Rotate again{
        .old_kid = old_kid, .new_key = test::test_key("third").public_key(), .from = ledger.now()};
    expect_refused(ledger, ledger.organisation(97, identity::encode(again), "registrar-us"),
                   "application.state");
}

TEST(Registry, NoOneRotatesIntoARoleThatRegistrarsDoNotRegister) {
    LedgerFixture ledger;
    const identity::Rotate rotate{.old_kid = ledger.key("association-us").public_key().id(),
                                  .new_key = test::test_key("new association").public_key(),
                                  .from = ledger.now()};
    expect_refused(ledger, ledger.organisation(97, identity::encode(rotate), "registrar-us"),
                   "application.not-entitled");
}

TEST(Reference, FirstWriterOwnsAName) {
    LedgerFixture ledger;
    const auto put = [&](std::string name, std::int32_t from, std::string_view signer) {
        cbor::Writer data;
        data.array([](cbor::Writer& list) { list.text("x"); });
        const reference::Put value{.name = std::move(name),
                                   .from = Date{from},
                                   .to = std::nullopt,
                                   .version = 1,
                                   .data = data.take()};
        return ledger.organisation(112, reference::encode(value), signer);
    };
    const std::int32_t today = date_of(ledger.now()).days;
    expect_refused(ledger, put("us/list", today, "association-us"), "application.not-entitled");
    EXPECT_EQ(ledger.apply(put("us/list", today, "supervisor-us")).code, 0U);
    expect_refused(ledger, put("us/list", today + 10, "registrar-us"), "application.not-entitled");
    EXPECT_EQ(ledger.apply(put("us/list", today + 10, "supervisor-us")).code, 0U);
    expect_refused(ledger, put("carnet/limits", today - 1, "supervisor-us"), "reference.retroactive");
    expect_refused(ledger, put("index/us/list", today, "supervisor-us"), "reference.name");
}

} // namespace
} // namespace tidewaiter
