#include "tests/support/ledger_fixture.hpp"

#include "ledger/application/device.hpp"
#include "ledger/application/pending.hpp"
#include "ledger/claims/envelope.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/documents/carnet/history.hpp"
#include "ledger/documents/identity/effects.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace tidewaiter {
namespace {

using application::StampOutcome;
using application::WhyNot;
using carnet::Operation;
using test::LedgerFixture;
using Wish = LedgerFixture::StampWish;

constexpr UnixTime kDay = 86'400;

application::Recorded recorded(const LedgerFixture& ledger, const LedgerFixture::Stamp& stamp) {
    const auto found = application::find_recorded(ledger.state(), stamp.transaction);
    EXPECT_TRUE(found && *found) << "the stamp is not in state";
    return found && *found ? **found : application::Recorded{};
}

void revoke(LedgerFixture& ledger, std::string_view device, UnixTime since) {
    const identity::Revoke body{.kid = ledger.key(device).public_key().id(),
                                .since = since,
                                .reason = identity::RevocationReason::Lost};
    const auto result = ledger.apply(ledger.organisation(98, identity::encode(body), "registrar-us"));
    ASSERT_EQ(result.code, 0U) << result.detail;
}

TEST(Stamps, EffectiveStampOpensAnObligation) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const auto stamp =
        ledger.stamp("lax-lane1", carnet.key, {.operation = Operation::Export, .lines = "1-2,3x1"});
    const UnixTime now = ledger.now();
    const auto result = ledger.apply(stamp.transaction);
    ASSERT_EQ(result.code, 0U) << result.detail;
    EXPECT_EQ(result.outcome, StampOutcome::Effective);
    EXPECT_EQ(result.core_hash, stamp.id);
    EXPECT_EQ(result.namespaces, (std::vector<std::string>{"carnet/us", "device/us"}));
    const application::Recorded found = recorded(ledger, stamp);
    EXPECT_EQ(found.outcome, StampOutcome::Effective);
    EXPECT_EQ(found.inclusion.time.seconds, now);
    const auto loaded = carnet::load(ledger.state(), carnet.key);
    ASSERT_TRUE(loaded && *loaded);
    ASSERT_EQ((*loaded)->head.obligations.size(), 1U);
    EXPECT_EQ((*loaded)->head.obligations.front().lines, "1-2,3x1");
}

TEST(Stamps, AppliedTwiceIsOnceEvenWithAnotherSignature) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const auto stamp = ledger.stamp("lax-lane1", carnet.key, {});
    ASSERT_EQ(ledger.apply(stamp.transaction).code, 0U);
    const auto before = ledger.state().records();
    EXPECT_EQ(ledger.apply(stamp.transaction).error, "application.duplicate");
    // ES256 signatures differ each time: the same core signed again is the same stamp.
    const auto parsed = claims::parse_envelope(stamp.transaction);
    ASSERT_TRUE(parsed.has_value());
    const Bytes again = claims::seal(claims::Type::Transaction, parsed->payload, LedgerFixture::kChain,
                                     ledger.key("lax-lane1"));
    ASSERT_NE(again, stamp.transaction);
    EXPECT_EQ(ledger.apply(again).error, "application.duplicate");
    EXPECT_EQ(ledger.state().records(), before);
}

TEST(Stamps, OrphanTakesEffectWhenItsCarnetArrives) {
    LedgerFixture ledger;
    const auto made = ledger.make_carnet("US26/1");
    const auto stamp = ledger.stamp("lax-lane1", made.key, {});
    const auto result = ledger.apply(stamp.transaction);
    ASSERT_EQ(result.code, 0U) << result.detail;
    EXPECT_EQ(result.outcome, StampOutcome::Orphan);
    EXPECT_EQ(recorded(ledger, stamp).outcome, StampOutcome::Orphan);
    ASSERT_EQ(ledger.apply(ledger.organisation(1, carnet::encode(made.record), "association-us")).code, 0U);
    ASSERT_EQ(ledger.apply(ledger.organisation(2, carnet::encode(made.page), "association-us")).code, 0U);
    const auto loaded = carnet::load(ledger.state(), made.key);
    ASSERT_TRUE(loaded && *loaded);
    ASSERT_EQ((*loaded)->head.obligations.size(), 1U);
}

TEST(Stamps, RefusedForAnotherOfficeOrOutsideTheKeysDates) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const auto elsewhere = ledger.stamp("lax-lane1", carnet.key, {.office = "US-D:4601"});
    EXPECT_EQ(ledger.apply(elsewhere.transaction).outcome, StampOutcome::Refused);
    EXPECT_EQ(recorded(ledger, elsewhere).why, WhyNot::WrongOffice);
    const auto early = ledger.stamp("lax-lane1", carnet.key, {.at = 1'767'225'599});
    EXPECT_EQ(ledger.apply(early.transaction).outcome, StampOutcome::Refused);
    EXPECT_EQ(recorded(ledger, early).why, WhyNot::OutsideDates);
    const auto loaded = carnet::load(ledger.state(), carnet.key);
    ASSERT_TRUE(loaded && *loaded);
    EXPECT_TRUE((*loaded)->head.obligations.empty());
    EXPECT_EQ((*loaded)->stamps.size(), 2U);
}

TEST(Stamps, RevokedKeysStampIsLateWhateverItsTime) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const auto before = ledger.stamp("lax-lane1", carnet.key, {});
    const auto after =
        ledger.stamp("lax-lane1", carnet.key, {.operation = Operation::Reimport, .references = {1}});
    ASSERT_EQ(ledger.apply(before.transaction).outcome, StampOutcome::Effective);
    revoke(ledger, "lax-lane1", ledger.now() - 3'600);
    EXPECT_EQ(ledger.apply(after.transaction).outcome, StampOutcome::Late);
    EXPECT_EQ(recorded(ledger, after).why, WhyNot::Revoked);
    EXPECT_EQ(recorded(ledger, before).outcome, StampOutcome::Effective);
}

TEST(Stamps, NinetyDaysAndTheMarginAhead) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const UnixTime now = ledger.now();
    const auto outcome = [&](UnixTime at) {
        const auto stamp = ledger.stamp("lax-lane1", carnet.key, {.at = at});
        state::Overlay overlay(ledger.state());
        const auto result = application::apply(overlay, stamp.transaction, ledger.next_block());
        EXPECT_EQ(result.code, 0U) << result.detail;
        return result.outcome.value_or(StampOutcome::Refused);
    };
    EXPECT_EQ(outcome(now - 90 * kDay), StampOutcome::Effective);
    EXPECT_EQ(outcome(now - 90 * kDay - 1), StampOutcome::Late);
    EXPECT_EQ(outcome(now + 182), StampOutcome::Effective);
    EXPECT_EQ(outcome(now + 183), StampOutcome::Late);
}

TEST(Stamps, RunningAheadIsCountedFromTheDevicesFirstDay) {
    const crypto::PrivateKey secret = test::test_key("x");
    identity::Key key{.key = secret.public_key(),
                      .role = identity::Role::Device,
                      .owner = "x",
                      .territory = "US",
                      .offices = {"US-D:2720"},
                      .from = 0,
                      .to = std::nullopt,
                      .since = std::nullopt,
                      .reason = std::nullopt,
                      .revoked_at = std::nullopt,
                      .successor = std::nullopt,
                      .namespaces = {}};
    carnet::Core core;
    core.office = "US-D:2720";
    core.at = {10 * kDay, 0};
    const application::BlockContext block{
        .chain_id = "x", .predecessors = {}, .height = 1, .time = {10 * kDay, 0}};
    const auto why = [&](std::uint32_t sequence, UnixTime first) {
        core.sequence = sequence;
        return application::outcome_of(core, key, first, /*has_record=*/true, block).why;
    };
    EXPECT_EQ(why(2'000, 10 * kDay), std::nullopt);
    EXPECT_EQ(why(2'001, 10 * kDay), WhyNot::RanAhead);
    EXPECT_EQ(why(4'000, 9 * kDay), std::nullopt);
    EXPECT_EQ(why(4'001, 9 * kDay), WhyNot::RanAhead);
}

TEST(Stamps, StrangersAndPersonsDoNotStamp) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const auto stamp = ledger.stamp("lax-lane1", carnet.key, {});
    const auto parsed = claims::parse_envelope(stamp.transaction);
    ASSERT_TRUE(parsed.has_value());
    const Bytes resigned = claims::seal(claims::Type::Transaction, parsed->payload, LedgerFixture::kChain,
                                        ledger.key("stranger"));
    EXPECT_EQ(ledger.apply(resigned).error, "application.signer");
    carnet::Core core = stamp.core;
    for (const auto& [name, code] : {std::pair{"stranger", "application.unknown-signer"},
                                     std::pair{"supervisor-us", "application.not-entitled"}}) {
        core.signer = ledger.key(name).public_key().id();
        cbor::Writer payload;
        cbor::Reader reader(parsed->payload);
        Bytes attachments;
        reader.map({1, 2}, [&](std::int64_t key) {
            if (key == 2)
                attachments = to_bytes(reader.bytes());
            else
                reader.skip();
            return true;
        });
        payload.map(
            [&](cbor::Writer& map) { map.key(1).bytes(carnet::encode(core)).key(2).bytes(attachments); });
        const Bytes transaction =
            claims::seal(claims::Type::Transaction, payload.view(), LedgerFixture::kChain, ledger.key(name));
        EXPECT_EQ(ledger.apply(transaction).error, code) << name;
    }
}

TEST(Stamps, AttachmentsMustBeThoseThatTheCoreNames) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const auto stamp = ledger.stamp("lax-lane1", carnet.key, {});
    carnet::Attachments other;
    other.officer = "US-7Q4K2M";
    other.registration = "changed";
    cbor::Writer payload;
    payload.map(
        [&](cbor::Writer& map) { map.key(1).bytes(stamp.core_bytes).key(2).bytes(carnet::encode(other)); });
    const Bytes transaction = claims::seal(claims::Type::Transaction, payload.view(), LedgerFixture::kChain,
                                           ledger.key("lax-lane1"));
    EXPECT_EQ(ledger.apply(transaction).error, "application.attachments");
}

TEST(Stamps, PredecessorsQueuedStampsStayAdmissible) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const auto old =
        ledger.stamp("lax-lane1", carnet.key, {.chain = std::string(LedgerFixture::kPredecessor)});
    EXPECT_EQ(ledger.apply(old.transaction).outcome, StampOutcome::Effective);
    const auto other = ledger.stamp("lax-lane1", carnet.key, {.chain = "tw-other-1"});
    EXPECT_EQ(ledger.apply(other.transaction).error, "application.signature");
}

TEST(Stamps, TwoCoresUnderOneNumberAreBothKeptAndFlagged) {
    LedgerFixture ledger;
    const auto first = ledger.issue_carnet("US26/1");
    const auto second = ledger.issue_carnet("US26/2");
    const auto a = ledger.stamp("lax-lane1", first.key, {.sequence = 7});
    const auto b = ledger.stamp("lax-lane1", second.key, {.sequence = 7});
    EXPECT_EQ(ledger.apply(a.transaction).outcome, StampOutcome::Effective);
    EXPECT_EQ(ledger.apply(b.transaction).outcome, StampOutcome::Effective);
    const auto bytes = ledger.state().get("device/us", "lax-lane1/0");
    ASSERT_TRUE(bytes && *bytes);
    const auto page = identity::decode_sequence_page(**bytes);
    ASSERT_TRUE(page.has_value());
    ASSERT_EQ(page->entries.size(), 1U);
    EXPECT_EQ(page->entries.front().cores.size(), 2U);
    for (const auto* carnet : {&first, &second}) {
        const documents::Verdict verdict = application::judge({.text = ledger.locator(carnet->key, "Y12")},
                                                              ledger.state(), ledger.port(), ledger.facts());
        EXPECT_TRUE(std::ranges::any_of(verdict.findings, [](const auto& f) { return f.rule == "GEN-08"; }));
    }
}

TEST(Stamps, CheckpointWritesTheDevicesNewestState) {
    LedgerFixture ledger;
    carnet::Attachments attachments;
    attachments.officer = "US-7Q4K2M";
    const auto checkpoint = [&](std::uint32_t sequence, std::uint8_t head, claims::Type type,
                                std::string_view chain) {
        const Bytes attached = carnet::encode(attachments);
        carnet::Core core;
        core.operation = Operation::Checkpoint;
        core.office = "US-D:2720";
        core.at = {ledger.now(), 0};
        core.sequence = sequence;
        core.attachments = crypto::sha256(attached);
        core.signer = ledger.key("lax-lane1").public_key().id();
        carnet::CheckpointBody body;
        body.rows = sequence;
        body.head.fill(head);
        core.body = body;
        cbor::Writer payload;
        payload.map(
            [&](cbor::Writer& map) { map.key(1).bytes(carnet::encode(core)).key(2).bytes(attached); });
        return claims::seal(type, payload.view(), chain, ledger.key("lax-lane1"));
    };
    const Bytes later = checkpoint(9, 2, claims::Type::Checkpoint, LedgerFixture::kChain);
    ASSERT_EQ(ledger.apply(later).code, 0U);
    ASSERT_EQ(ledger.apply(checkpoint(5, 1, claims::Type::Checkpoint, LedgerFixture::kChain)).code, 0U);
    const auto device = identity::find_device(ledger.state(), "lax-lane1");
    ASSERT_TRUE(device && *device);
    EXPECT_EQ((*device)->newest_sequence, 9U);
    EXPECT_EQ((*device)->checkpoint_head->front(), 2);
    const auto found = application::find_recorded(ledger.state(), later);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ(ledger.apply(checkpoint(10, 1, claims::Type::Transaction, LedgerFixture::kChain)).error,
              "application.type");
    EXPECT_EQ(ledger.apply(checkpoint(10, 1, claims::Type::Checkpoint, LedgerFixture::kPredecessor)).error,
              "application.chain");
}

TEST(Stamps, LaterOperationsAreRefusedByName) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    carnet::Attachments attachments;
    attachments.officer = "US-7Q4K2M";
    const Bytes attached = carnet::encode(attachments);
    carnet::Core core;
    core.key = carnet.key;
    core.operation = Operation::Seize;
    core.office = "US-D:2720";
    core.at = {ledger.now(), 0};
    core.revision = 1;
    core.attachments = crypto::sha256(attached);
    core.signer = ledger.key("lax-lane1").public_key().id();
    core.body = carnet::SeizeBody{.reference = "S-1", .reason = 1};
    cbor::Writer payload;
    payload.map([&](cbor::Writer& map) { map.key(1).bytes(carnet::encode(core)).key(2).bytes(attached); });
    const auto result = ledger.apply(claims::seal(claims::Type::Transaction, payload.view(),
                                                  LedgerFixture::kChain, ledger.key("lax-lane1")));
    EXPECT_EQ(result.error, "application.kind");
    EXPECT_NE(result.detail.find("SEIZE"), std::string::npos);
}

/// What a set of stamps leaves behind, without the fields that record inclusion.
std::map<std::string, std::string> essence(const LedgerFixture& ledger, const documents::RecordKey& key) {
    std::map<std::string, std::string> out;
    for (const auto& [name, value] : ledger.state().records()) {
        if (!name.first.starts_with("device/")) continue;
        auto page = identity::decode_sequence_page(value);
        EXPECT_TRUE(page.has_value());
        // Which of two cores under one number came first is a field of inclusion.
        for (auto& entry : page->entries)
            std::ranges::sort(entry.cores);
        out[name.first + " " + name.second] = to_hex(identity::encode(*page));
    }
    const auto loaded = carnet::load(ledger.state(), key);
    EXPECT_TRUE(loaded && *loaded);
    carnet::Head head = (*loaded)->head;
    head.first = head.last = {};
    out["head"] = to_hex(carnet::encode(head));
    for (const carnet::Stamp& stamp : (*loaded)->stamps) {
        carnet::StampEntry entry = stamp.entry;
        entry.inclusion = {};
        out["stamp " + to_hex(stamp.id)] = to_hex(carnet::encode_stamps_page({entry}));
    }
    return out;
}

TEST(Stamps, StateDoesNotDependOnTheOrderOfArrival) {
    std::vector<Bytes> stamps;
    documents::RecordKey key;
    {
        LedgerFixture ledger;
        key = ledger.issue_carnet("US26/1").key;
        const auto exported =
            ledger.stamp("lax-lane1", key, {.operation = Operation::Export, .at = ledger.now() - 900});
        const auto imported =
            ledger.stamp("lhr-lane1", key,
                         {.operation = Operation::Import, .previous = exported.id, .at = ledger.now() - 800});
        const auto twice =
            ledger.stamp("lax-lane2", key, {.operation = Operation::Export, .at = ledger.now() - 700});
        const auto back = ledger.stamp("lhr-lane1", key,
                                       {.operation = Operation::Reexport,
                                        .references = {1},
                                        .previous = imported.id,
                                        .at = ledger.now() - 600});
        const auto clone = ledger.stamp("lax-lane1", key,
                                        {.operation = Operation::Reimport,
                                         .lines = "1",
                                         .references = {1},
                                         .at = ledger.now() - 500,
                                         .sequence = 1});
        const auto wrong = ledger.stamp("lax-lane1", key, {.office = "US-D:4601", .at = ledger.now() - 400});
        for (const auto* stamp : {&exported, &imported, &twice, &back, &clone, &wrong})
            stamps.push_back(stamp->transaction);
    }
    std::map<std::string, std::string> expected;
    const std::uint32_t seed = 20'261'125;
    std::mt19937 random(seed);
    for (int round = 0; round < 40; ++round) {
        LedgerFixture ledger;
        ledger.issue_carnet("US26/1");
        for (const Bytes& stamp : stamps)
            ASSERT_EQ(ledger.apply(stamp).code, 0U);
        const auto found = essence(ledger, key);
        if (round == 0) {
            expected = found;
            EXPECT_GE(expected.size(), 9U);
        }
        ASSERT_EQ(found, expected) << "seed " << seed << " round " << round;
        std::ranges::shuffle(stamps, random);
    }
}

TEST(Stamps, OrphansLeaveTheSameHeadAsStampsThatCameAfterTheirCarnet) {
    const auto head_after = [](bool carnet_first) {
        LedgerFixture ledger;
        const auto made = ledger.make_carnet("US26/1");
        const UnixTime start = ledger.now();
        const auto exported =
            ledger.stamp("lax-lane1", made.key, {.operation = Operation::Export, .at = start});
        const auto imported =
            ledger.stamp("lhr-lane1", made.key,
                         {.operation = Operation::Import, .previous = exported.id, .at = start + 10});
        std::vector<Bytes> order{made.issue, made.list, imported.transaction, exported.transaction};
        if (!carnet_first) order = {exported.transaction, imported.transaction, made.issue, made.list};
        for (const Bytes& transaction : order) {
            const auto result = ledger.apply(transaction);
            EXPECT_EQ(result.code, 0U) << result.detail;
        }
        auto loaded = carnet::load(ledger.state(), made.key);
        EXPECT_TRUE(loaded && *loaded);
        carnet::Head head = (*loaded)->head;
        head.first = head.last = {};
        return carnet::encode(head);
    };
    EXPECT_EQ(head_after(true), head_after(false));
}

TEST(Pending, OwnStampsAreSeenBeforeTheChainHasThem) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const auto first = ledger.stamp("lax-lane1", carnet.key, {.operation = Operation::Export});
    const auto second =
        ledger.stamp("lax-lane1", carnet.key, {.operation = Operation::Reimport, .references = {1}});
    state::Overlay overlay(ledger.state());
    const std::vector<Bytes> pending{first.transaction, second.transaction};
    auto results = application::overlay_pending(overlay, pending, ledger.next_block());
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[0].outcome, StampOutcome::Effective);
    EXPECT_EQ(results[1].outcome, StampOutcome::Effective);
    const auto loaded = carnet::load(overlay, carnet.key);
    ASSERT_TRUE(loaded && *loaded);
    EXPECT_EQ((*loaded)->stamps.size(), 2U);
    ASSERT_EQ(ledger.apply(first.transaction).code, 0U);
    state::Overlay after(ledger.state());
    results = application::overlay_pending(after, pending, ledger.next_block());
    EXPECT_EQ(results[0].error, "application.duplicate");
    EXPECT_EQ(results[1].code, 0U);
}

} // namespace
} // namespace tidewaiter
