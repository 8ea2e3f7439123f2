#include "daemon/cli/demonstration/parties.hpp"
#include "daemon/cli/demonstration/prepare.hpp"
#include "daemon/cli/demonstration/scenario.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace tidewaiter::cli {
namespace {

const files::Path kFrom = files::Path(TW_SOURCE_DIR) / "config/demonstration";
constexpr std::int64_t kDay = 86'400;

UnixTime at(std::string_view text) {
    const auto time = parse_local_time(text);
    EXPECT_TRUE(time.has_value()) << text;
    return time ? time->utc : 0;
}

crypto::PublicKey holder() {
    return crypto::PrivateKey::generate(crypto::Algorithm::Es256).public_key();
}

struct Files {
    json::Value seed;
    std::vector<std::pair<json::Field, json::Value>> carnets;

    Files() : seed(*read_json(kFrom / "seed.json")) {
        const auto rows = seed.at("carnets").items();
        for (const json::Field& row : *rows)
            carnets.emplace_back(row, *read_json(kFrom / "carnets" / *row.at("file").text()));
    }
};

/// What the demonstration relies on, whatever the day: valid, not near its end, history in order and recent
/// enough.
void expect_right(const CarnetPlan& plan, UnixTime now) {
    const carnet::Cover& cover = plan.file.record.cover;
    SCOPED_TRACE(plan.file.record.key.key + " on " + format_utc(now));
    const Date today = date_of(now);
    EXPECT_LE(cover.valid_until, add_months(cover.issued, 12));
    EXPECT_GT(cover.valid_until.days, today.days + 31);
    EXPECT_LT(cover.issued, today);
    UnixTime last = 0;
    for (const StampPlan& stamp : plan.stamps) {
        EXPECT_GT(stamp.at, last);
        EXPECT_GE(date_of(stamp.at), cover.issued);
        EXPECT_GT(stamp.at, now - 85 * kDay);
        EXPECT_LT(stamp.at, now);
        if (stamp.final_date) {
            EXPECT_LT(stamp.final_date->days, today.days - 1);
            EXPECT_GE(*stamp.final_date, date_of(stamp.at));
        }
        last = stamp.at;
    }
}

TEST(Scenario, IsRightOnEveryDayOfFourYears) {
    const Files files;
    const crypto::PublicKey key = holder();
    ASSERT_EQ(files.carnets.size(), 5U);
    const UnixTime first = at("2027-01-01T00:30:00Z");
    for (int day = 0; day < 1'461; day += 7) { // a prime step: over four years every week day and month end
        for (const auto& [row, file] : files.carnets) {
            const auto plan = plan_carnet(row, file, key, first + day * kDay);
            ASSERT_TRUE(plan.has_value()) << plan.error().detail;
            expect_right(*plan, first + day * kDay);
        }
    }
}

TEST(Scenario, IsRightOnLeapDaysAndWhenClocksChange) {
    const Files files;
    const crypto::PublicKey key = holder();
    for (const std::string_view moment :
         {"2028-02-28T23:59:59Z", "2028-02-29T00:00:00Z", "2028-02-29T23:59:59Z", "2028-03-01T00:00:01Z",
          "2029-02-28T12:00:00Z", "2026-03-08T10:00:00Z", "2026-03-29T01:00:00Z", "2026-11-01T09:00:00Z",
          "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"}) {
        for (const auto& [row, file] : files.carnets) {
            const auto plan = plan_carnet(row, file, key, at(moment));
            ASSERT_TRUE(plan.has_value()) << plan.error().detail;
            expect_right(*plan, at(moment));
        }
    }
}

TEST(Scenario, OffsetsFollowSummerTimeAtThePlace) {
    EXPECT_EQ(offset_minutes("America/New_York", at("2026-03-08T06:59:59Z")), -300);
    EXPECT_EQ(offset_minutes("America/New_York", at("2026-03-08T07:00:00Z")), -240);
    EXPECT_EQ(offset_minutes("Europe/Zurich", at("2026-03-29T00:59:59Z")), 60);
    EXPECT_EQ(offset_minutes("Europe/Zurich", at("2026-03-29T01:00:00Z")), 120);
    EXPECT_EQ(offset_minutes("Europe/London", at("2026-07-01T00:00:00Z")), 60);
    EXPECT_EQ(offset_minutes("Asia/Taipei", at("2026-07-01T00:00:00Z")), 480);
}

TEST(Scenario, AStampBeforeTheIssueIsRefused) {
    const Files files;
    const auto row =
        json::parse(R"({"file":"S1.json","territory":"US","number":"US 26/1","issuer":"a","holder_key":"h",
        "issued_days_ago":3,"stamps":[{"device":"d","operation":"VALIDATE","days_ago":5}]})");
    ASSERT_TRUE(row.has_value());
    const auto plan =
        plan_carnet(row->root(), files.carnets.front().second, holder(), at("2026-06-01T12:00:00Z"));
    ASSERT_FALSE(plan.has_value());
    EXPECT_EQ(plan.error().code, "demonstration.order");
}

TEST(Scenario, ReferenceListsAndCertificatesAreReadable) {
    const auto packs = plan_packs(*read_json(kFrom / "reference.json"));
    ASSERT_TRUE(packs.has_value()) << packs.error().detail;
    EXPECT_EQ(packs->size(), 6U);
    const Files files;
    const auto rows = files.seed.at("certificates").items();
    ASSERT_TRUE(rows.has_value());
    for (const json::Field& row : *rows) {
        const auto plan = plan_certificate(row, *files.seed.find("certificate"), at("2028-02-29T12:00:00Z"));
        ASSERT_TRUE(plan.has_value()) << plan.error().detail;
        EXPECT_EQ(plan->file.shipment.invoice, *plan->file.certificate.invoice);
        EXPECT_EQ(format_date(*plan->file.shipment.import_date), "2028-02-29");
    }
}

TEST(Scenario, EveryPictureHasAnExpectationAndAText) {
    const Files files;
    const json::Value expected = *read_json(kFrom / "expected.json");
    const json::Items& pictures = files.seed.find("pictures")->items();
    const json::Items& rows = expected.find("pictures")->items();
    ASSERT_EQ(pictures.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(pictures[i].find("file")->text_or("?"), rows[i].find("file")->text_or(""));
        if (!pictures[i].has("locator")) continue;
        const auto text = locator_text(pictures[i].at("locator"));
        ASSERT_TRUE(text.has_value()) << text.error().detail;
        EXPECT_TRUE(text->starts_with("TW1L:"));
    }
}

PublicKeys keys_for(const Parties& parties) {
    PublicKeys keys;
    for (const Party& party : parties.genesis)
        keys.emplace(party.name, crypto::PrivateKey::generate(party.algorithm).public_key());
    return keys;
}

TEST(Genesis, HoldsWhatOnlyGovernanceEnters) {
    const auto parties = read_parties(kFrom);
    ASSERT_TRUE(parties.has_value()) << parties.error().detail;
    const PublicKeys keys = keys_for(*parties);
    const crypto::PublicKey validator = crypto::PrivateKey::generate(crypto::Algorithm::EdDsa).public_key();
    const auto genesis = make_genesis(*parties, keys, validator, {at("2028-02-29T12:00:00Z"), 5});
    ASSERT_TRUE(genesis.has_value()) << genesis.error().detail;
    EXPECT_EQ(genesis->chain_id, "tidewaiter-demo-1");
    const auto has = [&](std::string_view name_space, const std::string& key) {
        return std::ranges::any_of(genesis->records, [&](const application::GenesisRecord& record) {
            return record.name_space == name_space && record.key == key;
        });
    };
    for (const char* key : {"member/us-cbp", "threshold", "version"})
        EXPECT_TRUE(has("governance", key)) << key;
    for (const auto& [name, key] : keys)
        EXPECT_TRUE(has("identity", identity::key_record(key.id()))) << name;
    EXPECT_TRUE(has("identity", identity::organisation_record("uscib")));
}

TEST(Genesis, APartyWithoutAKeyIsNamed) {
    const auto parties = read_parties(kFrom);
    ASSERT_TRUE(parties.has_value());
    PublicKeys keys = keys_for(*parties);
    keys.erase("admin-2");
    const crypto::PublicKey validator = crypto::PrivateKey::generate(crypto::Algorithm::EdDsa).public_key();
    const auto genesis = make_genesis(*parties, keys, validator, {1'800'000'000, 0});
    ASSERT_FALSE(genesis.has_value());
    EXPECT_EQ(genesis.error().code, "demonstration.key");
    EXPECT_NE(genesis.error().detail.find("admin-2"), std::string::npos);
}

TEST(Parties, EveryOfficeHasARegistrar) {
    const auto parties = read_parties(kFrom);
    ASSERT_TRUE(parties.has_value());
    for (const Parties::Office& office : parties->offices)
        EXPECT_NE(parties->registrar(office.value.territory), nullptr) << office.office;
    for (const Party& device : parties->devices) {
        const auto& offices = parties->offices;
        EXPECT_TRUE(std::ranges::any_of(
            offices, [&](const auto& office) { return office.office == device.offices.front(); }));
        EXPECT_TRUE(documents::is_pseudonym(device.officer)) << device.officer;
    }
}

} // namespace
} // namespace tidewaiter::cli
