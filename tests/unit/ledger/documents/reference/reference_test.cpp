#include "ledger/documents/reference/packs.hpp"

#include "tests/support/objects.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using namespace reference;
using documents::Severity;

crypto::KeyId owner(std::uint8_t seed) {
    crypto::KeyId kid{};
    kid.fill(seed);
    return kid;
}

documents::Inclusion on(Date date) {
    return {7, {std::int64_t{date.days} * 86'400 + 5, 0}};
}

Put version_of(std::string name, std::int32_t from, std::optional<std::int32_t> to, std::uint32_t version) {
    cbor::Writer data;
    data.array([&](cbor::Writer& list) { list.unsigned_integer(version); });
    Put put{.name = std::move(name),
            .from = Date{from},
            .to = std::nullopt,
            .version = version,
            .data = data.take()};
    if (to) put.to = Date{*to};
    return put;
}

struct Ledger {
    state::MemoryView view;
    Status put(const Put& value, Date today, std::uint8_t by = 1) {
        state::Overlay overlay(view);
        Status status = reference::put(overlay, value, owner(by), on(today));
        if (!status) {
            EXPECT_TRUE(overlay.changes().empty());
        }
        view.apply(overlay.changes());
        return status;
    }
    std::uint32_t version_on(std::string_view name, std::int32_t day) {
        const auto value = in_force(view, name, Date{day});
        EXPECT_TRUE(value.has_value());
        return *value ? (*value)->put.version : 0;
    }
};

TEST(Reference, LatestVersionThatHasBegunAndNotEnded) {
    Ledger ledger;
    ASSERT_TRUE(ledger.put(version_of("a/list", 100, std::nullopt, 1), Date{90}).has_value());
    ASSERT_TRUE(ledger.put(version_of("a/list", 300, 310, 3), Date{90}).has_value());
    ASSERT_TRUE(ledger.put(version_of("a/list", 200, std::nullopt, 2), Date{90}).has_value());
    EXPECT_EQ(ledger.version_on("a/list", 99), 0U);
    EXPECT_EQ(ledger.version_on("a/list", 100), 1U);
    EXPECT_EQ(ledger.version_on("a/list", 199), 1U);
    EXPECT_EQ(ledger.version_on("a/list", 200), 2U);
    EXPECT_EQ(ledger.version_on("a/list", 310), 3U);
    EXPECT_EQ(ledger.version_on("a/list", 311), 0U);
    EXPECT_EQ(ledger.version_on("another", 200), 0U);
}

TEST(Reference, FirstWriterOwnsAndTheSamePutAgainChangesNothing) {
    Ledger ledger;
    EXPECT_FALSE(owner_of(ledger.view, "a/list")->has_value());
    ASSERT_TRUE(ledger.put(version_of("a/list", 100, std::nullopt, 1), Date{90}).has_value());
    EXPECT_EQ(*owner_of(ledger.view, "a/list"), owner(1));
    const auto before = ledger.view.records();
    ASSERT_TRUE(ledger.put(version_of("a/list", 100, std::nullopt, 1), Date{200}, 2).has_value());
    EXPECT_EQ(ledger.view.records(), before);
    ASSERT_TRUE(ledger.put(version_of("a/list", 300, std::nullopt, 2), Date{200}, 2).has_value());
    EXPECT_EQ(*owner_of(ledger.view, "a/list"), owner(1));
}

TEST(Reference, WhatWasInForceIsNotChangedAfterwards) {
    Ledger ledger;
    ASSERT_TRUE(ledger.put(version_of("a/list", 100, std::nullopt, 1), Date{150}).has_value());
    EXPECT_EQ(ledger.put(version_of("a/list", 120, std::nullopt, 2), Date{150}).error().code,
              "reference.retroactive");
    EXPECT_TRUE(ledger.put(version_of("a/list", 150, std::nullopt, 2), Date{150}).has_value());
    // Before the first version nothing was in force: a gap may be filled.
    EXPECT_TRUE(ledger.put(version_of("a/list", 50, 99, 3), Date{150}).has_value());
}

TEST(Reference, RefusesNamesDatesAndTooManyVersions) {
    Ledger ledger;
    EXPECT_EQ(ledger.put(version_of("index/a", 100, std::nullopt, 1), Date{1}).error().code,
              "reference.name");
    EXPECT_EQ(ledger.put(version_of(std::string(190, 'n'), 100, std::nullopt, 1), Date{1}).error().code,
              "reference.name");
    EXPECT_EQ(ledger.put(version_of("a", 100, 99, 1), Date{1}).error().code, "reference.dates");
    for (std::int32_t i = 0; i < static_cast<std::int32_t>(kMaxVersions); ++i)
        ASSERT_TRUE(ledger.put(version_of("many", 1'000 + i, std::nullopt, 1), Date{1}).has_value());
    EXPECT_EQ(ledger.put(version_of("many", 9'000, std::nullopt, 1), Date{1}).error().code, "reference.full");
    EXPECT_EQ(ledger.version_on("many", 1'500), 1U);
}

TEST(Reference, DecodesStrictly) {
    const auto code = [](ByteView bytes) { return std::string(decode(bytes).error().code); };
    const Value value{.put = version_of("a", 1, 2, 3), .owner = owner(1), .inclusion = on(Date{1})};
    Bytes bytes = encode(value);
    EXPECT_EQ(*decode(bytes), value);
    bytes[2] = 2;
    EXPECT_EQ(code(bytes), "reference.version");
    EXPECT_EQ(code(Bytes{}), "cbor.truncated");
    Put large = version_of("a", 1, 2, 3);
    cbor::Writer data;
    data.bytes(Bytes(kMaxDataBytes, 0));
    large.data = data.take();
    EXPECT_EQ(decode_put(encode(large)).error().code, "cbor.range");
}

template <class T>
T stored(std::string name, const T& value, Result<T> (*read)(const state::View&, Date)) {
    Ledger ledger;
    Put put{
        .name = std::move(name), .from = Date{10}, .to = std::nullopt, .version = 4, .data = encode(value)};
    EXPECT_TRUE(ledger.put(put, Date{1}).has_value());
    const auto absent = read(ledger.view, Date{9});
    EXPECT_TRUE(absent.has_value() && absent->pack.empty());
    auto found = read(ledger.view, Date{10});
    EXPECT_TRUE(found.has_value()) << found.error().detail;
    EXPECT_EQ(found->pack, put.name + "/1970-01-11#4");
    EXPECT_EQ(encode(*found), put.data);
    return *found;
}

TEST(Packs, EachListIsReadAsItWasWritten) {
    Territories all;
    all.list = {{.name = "EU",
                 .members = {"DE", "FR"},
                 .uses = {"PE"},
                 .accepts_post = false,
                 .accepts_replacement = false,
                 .split_refused = {5},
                 .annex_minimum_months = {{"PE", 6}},
                 .severity = {{"CAR-22", Severity::Note}}},
                {.name = "US",
                 .members = {},
                 .uses = {},
                 .split_refused = {},
                 .annex_minimum_months = {},
                 .severity = {}}};
    const Territories territories_found = stored("carnet/territories", all, territories);
    EXPECT_EQ(territories_found.list, all.list);
    EXPECT_EQ(territories_found.union_of("FR"), "EU");
    EXPECT_EQ(territories_found.union_of("US"), "US");
    EXPECT_NE(territories_found.find("EU"), nullptr);
    EXPECT_EQ(territories_found.find("CH"), nullptr);
    Places some;
    some.list = {{.locode = "USLAX", .territory = "US", .is_inside = true},
                 {.locode = "GUGUM", .territory = "", .is_inside = false}};
    EXPECT_EQ(stored("carnet/places", some, places).list, some.list);
    Associations associated;
    associated.list = {{.id = "dihk",
                        .territory = "DE",
                        .roles = {AssociationRole::Issuing, AssociationRole::Guaranteeing},
                        .chains = {1},
                        .from = std::nullopt,
                        .to = std::nullopt},
                       {.id = "uscib",
                        .territory = "US",
                        .roles = {AssociationRole::Guaranteeing},
                        .chains = {1, 2},
                        .from = Date{5},
                        .to = Date{9}}};
    EXPECT_EQ(stored("carnet/associations", associated, associations).list, associated.list);
    Schemes bilateral;
    bilateral.list = {{.name = "TECRO_AIT", .territories = {"US", "TW"}}};
    EXPECT_EQ(stored("carnet/schemes", bilateral, schemes).list, bilateral.list);
    Limits bound;
    bound.soft_hours = 6;
    bound.unanchored_value = documents::Amount{1'000, "USD"};
    const Limits limits_found = stored("carnet/limits", bound, reference::limits);
    EXPECT_EQ(limits_found.soft_hours, 6U);
    EXPECT_EQ(limits_found.unanchored_value, bound.unanchored_value);
    NotRecordings silent;
    silent.list = {{.territory = "CH", .place = "", .from = Date{1}, .to = Date{2}},
                   {.territory = "", .place = "CHZRH", .from = Date{1}, .to = std::nullopt}};
    EXPECT_EQ(stored("carnet/not-recording", silent, not_recording).list, silent.list);
    Agreements agreed;
    agreed.list = {{.id = 1, .parties = {{.country = "US", .from = Date{8'766}, .to = Date{18'443}}}}};
    agreed.amber_hours = 12;
    const Agreements agreements_found = stored("origin/agreements", agreed, agreements);
    EXPECT_EQ(agreements_found.list, agreed.list);
    EXPECT_EQ(agreements_found.amber_hours, 12U);
    EXPECT_NE(agreements_found.find(1), nullptr);
    EXPECT_EQ(agreements_found.find(2), nullptr);
}

TEST(Packs, ListThatBreaksItsSchemaIsAnErrorAndNeverHalfAList) {
    Ledger ledger;
    ASSERT_TRUE(ledger.put(version_of("carnet/places", 10, std::nullopt, 1), Date{1}).has_value());
    EXPECT_EQ(places(ledger.view, Date{10}).error().code, "reference.pack");
    cbor::Writer both;
    both.array([](cbor::Writer& list) {
        list.map(
            [](cbor::Writer& map) { map.key(1).text("CH").key(2).text("CHZRH").key(3).unsigned_integer(1); });
    });
    Put put = version_of("carnet/not-recording", 10, std::nullopt, 1);
    put.data = both.take();
    ASSERT_TRUE(ledger.put(put, Date{1}).has_value());
    EXPECT_EQ(not_recording(ledger.view, Date{10}).error().code, "reference.pack");
}

TEST(ReferenceSamples, DecodeAndEncodeToTheSameBytes) {
    const test::Sample state = test::load_sample("state-reference");
    const auto value = decode(state.cbor);
    ASSERT_TRUE(value.has_value()) << value.error().detail;
    EXPECT_EQ(encode(*value), state.cbor);
    state::MemoryView view;
    state::Overlay overlay(view);
    ASSERT_TRUE(reference::put(overlay, value->put, value->owner, on(value->put.from)).has_value());
    const auto list = associations(overlay, value->put.from);
    ASSERT_TRUE(list.has_value()) << list.error().detail;
    ASSERT_EQ(list->list.size(), 1U);
    EXPECT_EQ(list->list.front().id, "dihk");
}

} // namespace
} // namespace tidewaiter
