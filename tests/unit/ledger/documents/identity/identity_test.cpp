#include "ledger/documents/identity/identity.hpp"

#include "ledger/documents/identity/effects.hpp"
#include "ledger/documents/identity/rights.hpp"
#include "tests/support/objects.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tidewaiter {
namespace {

crypto::PublicKey some_key(std::uint8_t seed) {
    std::array<std::uint8_t, 32> secret{};
    secret.fill(seed);
    return crypto::PrivateKey::from_bytes(crypto::Algorithm::EdDsa, secret)->public_key();
}

identity::Key full_key() {
    crypto::KeyId kid{};
    kid.fill(9);
    return {.key = some_key(1),
            .role = identity::Role::Supervisor,
            .owner = "person-7",
            .territory = "US",
            .offices = {"US-D:2720", "EU:DE004851"},
            .from = 10,
            .to = 20,
            .since = 15,
            .reason = identity::RevocationReason::Compromised,
            .revoked_at = documents::Inclusion{5, {16, 1}},
            .successor = kid,
            .namespaces = {"carnet/us", "origin/usmca"}};
}

std::vector<identity::Value> every_kind() {
    crypto::KeyId kid{};
    kid.fill(3);
    Hash head{};
    head.fill(8);
    return {full_key(),
            identity::Device{.keys = {kid},
                             .territory = "US",
                             .offices = {"US-D:2720"},
                             .newest_sequence = 70'123,
                             .checkpoint_head = head,
                             .checkpoint_at = documents::Inclusion{9, {1, 2}}},
            identity::Officer{.from = 1, .to = 2, .offices = {"US-D:2720"}},
            identity::Office{.territory = "US", .name = "Los Angeles", .from = Date{1}, .to = Date{2}},
            identity::Organisation{.name = "Arneses del Bajío",
                                   .roles = {identity::Role::Certifier},
                                   .territory = "MX",
                                   .keys = {kid}}};
}

TEST(Identity, EveryKindDecodesToItselfAndBack) {
    for (const identity::Value& value : every_kind()) {
        const Bytes bytes = identity::encode(value);
        const auto decoded = identity::decode(bytes);
        ASSERT_TRUE(decoded.has_value()) << value.index() << " " << decoded.error().detail;
        EXPECT_TRUE(*decoded == value) << value.index();
        EXPECT_EQ(identity::encode(*decoded), bytes);
    }
}

TEST(Identity, RefusesByName) {
    const auto code = [](ByteView bytes) {
        const auto decoded = identity::decode(bytes);
        return decoded ? std::string("decoded") : std::string(decoded.error().code);
    };
    Bytes newer = identity::encode(every_kind()[3]);
    ASSERT_EQ(newer[2], 1);
    newer[2] = 2;
    EXPECT_EQ(code(newer), "identity.version");
    Bytes kind = identity::encode(every_kind()[3]);
    ASSERT_EQ(kind[4], 4);
    kind[4] = 9;
    EXPECT_EQ(code(kind), "identity.kind");
    kind[4] = 3;
    EXPECT_NE(code(kind), "decoded");
    EXPECT_EQ(code(Bytes{}), "cbor.truncated");
    identity::Office office{.territory = "us", .name = "x", .from = std::nullopt, .to = std::nullopt};
    EXPECT_EQ(code(identity::encode(identity::Value(office))), "field.country");
    identity::Officer officer{.from = 1, .to = std::nullopt, .offices = {"2720"}};
    EXPECT_EQ(code(identity::encode(identity::Value(officer))), "field.office");
    identity::Key owner = full_key();
    owner.owner = "Upper";
    EXPECT_EQ(code(identity::encode(identity::Value(owner))), "field.id");
    identity::Key name_space = full_key();
    name_space.namespaces = {"Carnet"};
    EXPECT_EQ(code(identity::encode(identity::Value(name_space))), "field.namespace");
}

TEST(Identity, FormsOfTexts) {
    using namespace documents;
    for (const char* office : {"US-D:2720", "EU:DE004851", "UN:GBLHR", "GB:GB000060", "US-ABC:1"})
        EXPECT_TRUE(is_office(office));
    for (const char* office : {"", "US:", ":2720", "us:2720", "US-:1", "US-ABCD:1", "US-D:123456789",
                               "US-D:27 20", "U:1", "US D:1"})
        EXPECT_FALSE(is_office(office)) << office;
    for (const char* text : {"US-7Q4K2M", "GB-000000", "US-7Q4K2M7Q4K2M"})
        EXPECT_TRUE(is_pseudonym(text)) << text;
    for (const char* text :
         {"US-7Q4K2", "US-7Q4K2M7Q4K2M7", "US-7Q4K2O", "US-7Q4K2I", "us-7Q4K2M", "US7Q4K2M1"})
        EXPECT_FALSE(is_pseudonym(text)) << text;
    EXPECT_TRUE(is_id_text("lax-2720-lane1"));
    EXPECT_FALSE(is_id_text("-lax"));
    EXPECT_FALSE(is_id_text(std::string(33, 'a')));
    EXPECT_TRUE(is_namespace("carnet/us"));
    EXPECT_FALSE(is_namespace("/us"));
    EXPECT_EQ(to_text(Decimal{13'230, -1}), "1323.0");
    EXPECT_EQ(to_text(Decimal{-5, -3}), "-0.005");
    EXPECT_EQ(to_text(Decimal{7, 0}), "7");
    EXPECT_EQ(identity::device_namespace("US"), "device/us");
    EXPECT_EQ(identity::officer_record("US-7Q4K2M"), "officer/US/US-7Q4K2M");
}

TEST(Identity, FindsKeysAndRefusesAnEntryOfAnotherKind) {
    state::MemoryView view;
    const identity::Key key = full_key();
    const crypto::KeyId kid = key.key.id();
    EXPECT_FALSE(identity::find_key(view, kid)->has_value());
    view.put("identity", identity::key_record(kid), identity::encode(identity::Value(key)));
    EXPECT_EQ(**identity::find_key(view, kid), key);
    view.put("identity", identity::key_record(kid), identity::encode(every_kind()[3]));
    EXPECT_EQ(identity::find_key(view, kid).error().code, "identity.kind");
    EXPECT_TRUE(identity::is_within_dates(key, 10));
    EXPECT_TRUE(identity::is_within_dates(key, 20));
    EXPECT_FALSE(identity::is_within_dates(key, 9));
    EXPECT_FALSE(identity::is_within_dates(key, 21));
    EXPECT_TRUE(identity::is_revoked(key));
    EXPECT_TRUE(identity::has_office(key, "US-D:2720"));
    EXPECT_FALSE(identity::has_office(key, "US-D:2721"));
}

TEST(SequencePage, NotesNewKnownAndCloned) {
    identity::SequencePage page;
    Hash a{};
    a.fill(1);
    Hash b{};
    b.fill(2);
    EXPECT_EQ(identity::note_sequence(page, 300, a), identity::SequenceNote::New);
    EXPECT_EQ(identity::note_sequence(page, 300, a), identity::SequenceNote::Known);
    EXPECT_EQ(identity::note_sequence(page, 300, b), identity::SequenceNote::Cloned);
    EXPECT_EQ(identity::note_sequence(page, 299, a), identity::SequenceNote::New);
    ASSERT_EQ(page.entries.size(), 2U);
    EXPECT_EQ(page.entries[0].sequence, 299U);
    EXPECT_EQ(page.entries[1].cores.size(), 2U);
    for (std::uint8_t i = 3; i < 20; ++i) {
        Hash more{};
        more.fill(i);
        EXPECT_EQ(identity::note_sequence(page, 300, more), identity::SequenceNote::Cloned);
    }
    EXPECT_EQ(page.entries[1].cores.size(), 8U);
    const Bytes bytes = identity::encode(page);
    EXPECT_EQ(*identity::decode_sequence_page(bytes), page);
    const std::vector<identity::SequenceCount> counts{{.sequence = 299, .cores = 1},
                                                      {.sequence = 300, .cores = 8}};
    EXPECT_EQ(*identity::count_cores(bytes), counts);
    EXPECT_EQ(identity::sequence_page_record("lax", 255), "lax/0");
    EXPECT_EQ(identity::sequence_page_record("lax", 256), "lax/1");
    std::swap(page.entries[0], page.entries[1]);
    EXPECT_EQ(identity::decode_sequence_page(identity::encode(page)).error().code, "identity.order");
    EXPECT_EQ(identity::count_cores(identity::encode(page)).error().code, "identity.order");
    EXPECT_EQ(identity::count_cores(*from_hex("a20001018101")).error().code, "cbor.type");
    EXPECT_EQ(identity::count_cores(*from_hex("a20001018181182a")).error().code, "cbor.range");
    EXPECT_EQ(identity::count_cores(*from_hex("a20002018182182a40")).error().code, "identity.version");
    EXPECT_EQ(identity::count_cores(ByteView(bytes).first(bytes.size() - 1)).error().code, "cbor.truncated");
}

TEST(RightsTable, EveryKindOfTheProtocolHasOneRow) {
    std::vector<std::pair<bool, std::uint32_t>> kinds;
    for (const identity::Right& right : identity::rights()) {
        kinds.emplace_back(right.is_device, right.kind);
        EXPECT_FALSE(right.name.empty());
        EXPECT_EQ(right.roles == 0, right.relation == identity::Relation::HolderKey) << right.name;
    }
    auto sorted = kinds;
    std::ranges::sort(sorted);
    EXPECT_EQ(std::ranges::adjacent_find(sorted), sorted.end());
    for (std::uint32_t kind = 1; kind <= 23; ++kind)
        EXPECT_NE(identity::right_for(false, kind), nullptr) << kind;
    for (std::uint32_t kind = 32; kind <= 45; ++kind)
        EXPECT_NE(identity::right_for(false, kind), nullptr) << kind;
    for (std::uint32_t kind = 64; kind <= 77; ++kind)
        EXPECT_NE(identity::right_for(false, kind), nullptr) << kind;
    for (const std::uint32_t kind : {96U, 97U, 98U, 99U, 112U})
        EXPECT_NE(identity::right_for(false, kind), nullptr) << kind;
    for (std::uint32_t op = 1; op <= 24; ++op)
        EXPECT_EQ(identity::right_for(true, op) == nullptr, op == 19) << op;
    EXPECT_EQ(identity::right_for(false, 0), nullptr);
    EXPECT_EQ(identity::right_for(false, 111), nullptr);
}

/// For each row and each role: a signer with that role alone, in every other respect entitled, passes exactly
/// when the table names the role.
TEST(RightsTable, DefaultIsDeny) {
    const state::MemoryView empty;
    crypto::KeyId signer{};
    signer.fill(1);
    identity::Target target;
    target.record = {"carnet/us", "ATA:1"};
    target.issuer = signer;
    target.issuing_association = target.guaranteeing_association = "person-7";
    target.office = "US-D:2720";
    target.territory = "US";
    std::size_t allowed = 0;
    for (const identity::Right& right : identity::rights()) {
        if (right.relation == identity::Relation::HolderKey) continue;
        for (int role = 1; role <= 15; ++role) {
            identity::Key key = full_key();
            key.role = static_cast<identity::Role>(role);
            const Status status = identity::check_right(right, signer, &key, target, empty);
            EXPECT_EQ(status.has_value(), identity::may(right, key.role)) << right.name << " " << role;
            if (status)
                ++allowed;
            else
                EXPECT_EQ(status.error().code, "application.not-entitled");
        }
        EXPECT_FALSE(identity::check_right(right, signer, nullptr, target, empty).has_value()) << right.name;
    }
    EXPECT_GT(allowed, 60U);
}

TEST(RightsTable, RelationsAreDemanded) {
    state::MemoryView view;
    crypto::KeyId signer{};
    signer.fill(1);
    crypto::KeyId other{};
    other.fill(2);
    const auto check = [&](std::uint32_t kind, identity::Role role, const identity::Target& target) {
        identity::Key key = full_key();
        key.role = role;
        const Status status =
            identity::check_right(*identity::right_for(false, kind), signer, &key, target, view);
        return status ? std::string("allowed") : std::string(status.error().code);
    };
    const std::string refused = "application.not-entitled";
    identity::Target target;
    target.record = {"carnet/gb", "ATA:1"};
    EXPECT_EQ(check(1, identity::Role::IssuingAssociation, target), refused);
    target.record = {"carnet/us", "ATA:1"};
    EXPECT_EQ(check(1, identity::Role::IssuingAssociation, target), "allowed");
    target.issuer = other;
    EXPECT_EQ(check(1, identity::Role::IssuingAssociation, target), refused);
    EXPECT_EQ(check(4, identity::Role::IssuingAssociation, target), refused);
    identity::Key predecessor = full_key();
    predecessor.successor = signer;
    view.put("identity", identity::key_record(other), identity::encode(identity::Value(predecessor)));
    EXPECT_EQ(check(4, identity::Role::IssuingAssociation, target), "allowed");
    target.issuing_association = "another";
    EXPECT_EQ(check(9, identity::Role::IssuingAssociation, target), refused);
    target.territory = "GB";
    EXPECT_EQ(check(98, identity::Role::Registrar, target), refused);
    target.territory = "";
    EXPECT_EQ(check(98, identity::Role::Registrar, target), refused);
    target.name_owner = other;
    EXPECT_EQ(check(112, identity::Role::Supervisor, target), "allowed");
    crypto::KeyId third{};
    third.fill(3);
    target.name_owner = third;
    EXPECT_EQ(check(112, identity::Role::Supervisor, target), refused);
}

TEST(IdentityBodies, RoundTrip) {
    const identity::Put put{{"identity", "office/US-D:2720"}, every_kind()[3]};
    const auto decoded = identity::decode_put(identity::encode(put));
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(decoded->record, put.record);
    EXPECT_EQ(identity::encode(*decoded), identity::encode(put));
    EXPECT_EQ(identity::territory_of(*decoded), "US");
    EXPECT_EQ(identity::decode_revoke(Bytes{0xa0}).error().code, "cbor.empty");
}

TEST(IdentitySamples, DecodeAndEncodeToTheSameBytes) {
    for (const char* name : {"state-identity-key", "state-identity-device"}) {
        const test::Sample sample = test::load_sample(name);
        const auto value = identity::decode(sample.cbor);
        ASSERT_TRUE(value.has_value()) << name << " " << value.error().detail;
        EXPECT_EQ(identity::encode(*value), sample.cbor) << name;
    }
    const test::Sample page = test::load_sample("state-seq-page");
    const auto decoded = identity::decode_sequence_page(page.cbor);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(identity::encode(*decoded), page.cbor);
}

} // namespace
} // namespace tidewaiter
