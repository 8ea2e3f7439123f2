#include "daemon/cli/carnet_file.hpp"
#include "daemon/cli/origin_file.hpp"

#include "ledger/crypto/hash.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::cli {
namespace {

json::Value parsed(std::string_view text) {
    auto value = json::parse(text);
    EXPECT_TRUE(value.has_value()) << value.error().detail;
    return *value;
}

json::Value good_carnet() {
    return parsed(R"({"carnet":{"scheme":"ATA","home":"US","number":"us 26/104417","issued":"2028-02-29",
        "valid_until":"2029-02-27","holder":"Harborlight Films LLC, 410 W 14th St","represented_by":["Dana Whitfield"],
        "use":"PE","use_text":"Filming","association":"USCIB","guarantee_chain":"ICC_WCF","countries":["GB","EU"],
        "currency":"USD","sets":{"yellow":2,"white":4,"blue":2},"total_pieces":3,"total_value":12.5},
        "items":[[1,"Camera",1,6.8,10,"JP"],{"number":2,"text":"Lens","pieces":2,"value":2.5,"serials":["30211487"]}]})");
}

json::Value with(const json::Value& file, std::string_view name, json::Value value) {
    json::Value carnet = *file.find("carnet");
    carnet.set(name, std::move(value));
    json::Value changed = file;
    changed.set("carnet", std::move(carnet));
    return changed;
}

std::string_view code_of(const json::Value& file) {
    const auto read = read_carnet_file(file);
    return read ? std::string_view("none") : read.error().code;
}

TEST(CarnetFile, BecomesCoverPagesAndBlob) {
    const auto carnet = read_carnet_file(good_carnet());
    ASSERT_TRUE(carnet.has_value()) << carnet.error().detail;
    EXPECT_EQ(carnet->record.key.name_space, "carnet/us");
    EXPECT_EQ(carnet->record.key.key, "ATA:US26/104417");
    EXPECT_EQ(carnet->record.cover.total_pieces, 3);
    EXPECT_EQ(carnet->record.cover.total_value, 1'250U);
    EXPECT_EQ(carnet->record.cover.issuing_association, "uscib");
    ASSERT_EQ(carnet->pages.size(), 1U);
    EXPECT_EQ(carnet->record.cover.page_digests.front(), carnet::page_digest(carnet->pages.front()));
    EXPECT_EQ(carnet->record.cover.holder_blob, crypto::sha256(carnet->holder_blob));
    const auto blob = documents::decode_blob(carnet->holder_blob);
    ASSERT_TRUE(blob.has_value());
    EXPECT_EQ(blob->name, "Harborlight Films LLC");
    EXPECT_EQ(blob->address, "410 W 14th St");
    EXPECT_EQ(blob->persons, std::vector<std::string>{"Dana Whitfield"});
    const documents::Decimal weight = carnet->pages.front().items.front().measure->quantity;
    EXPECT_EQ(weight, (documents::Decimal{68, -1}));
}

TEST(CarnetFile, ALongListIsIssuedInPages) {
    json::Items items;
    for (int i = 1; i <= 250; ++i)
        items.push_back(json::array({i, "Prop", 1, 1, 1, "US"}));
    json::Value file = with(with(good_carnet(), "total_pieces", 250), "total_value", 250);
    file.set("items", json::Value(std::move(items)));
    const auto carnet = read_carnet_file(file);
    ASSERT_TRUE(carnet.has_value()) << carnet.error().detail;
    ASSERT_EQ(carnet->pages.size(), 3U);
    EXPECT_EQ(carnet->pages[2].page, 3);
    EXPECT_EQ(carnet->pages[2].items.size(), 50U);
    EXPECT_EQ(carnet->record.cover.page_digests.size(), 3U);
}

TEST(CarnetFile, LongTextsFillAPageBeforeAHundredLines) {
    json::Items items;
    for (int i = 1; i <= 100; ++i)
        items.push_back(json::array({i, std::string(1'000, 'x'), 1, 1, 1, "US"}));
    json::Value file = with(with(good_carnet(), "total_pieces", 100), "total_value", 100);
    file.set("items", json::Value(std::move(items)));
    const auto carnet = read_carnet_file(file);
    ASSERT_TRUE(carnet.has_value()) << carnet.error().detail;
    EXPECT_EQ(carnet->pages.size(), 2U);
    for (const carnet::ListPage& page : carnet->pages)
        EXPECT_LE(carnet::encode(page).size(), 98'304U);
}

TEST(CarnetFile, SaysWhatIsWrong) {
    EXPECT_EQ(code_of(good_carnet()), "none");
    EXPECT_EQ(code_of(with(good_carnet(), "total_pieces", 4)), "carnet-file.totals");
    EXPECT_EQ(code_of(with(good_carnet(), "total_value", 12)), "carnet-file.totals");
    EXPECT_EQ(code_of(with(good_carnet(), "guarantee_chain", "NONE")), "carnet-file.chain");
    EXPECT_EQ(code_of(with(good_carnet(), "home", "us")), "carnet-file.home");
    EXPECT_EQ(code_of(with(good_carnet(), "issued", "2027-02-29")), "time.date");
    EXPECT_EQ(code_of(with(good_carnet(), "holder", nullptr)), "json.type");
    EXPECT_EQ(code_of(parsed(R"({"items":[]})")), "carnet-file.carnet");
    json::Value file = good_carnet();
    file.set("items", json::array());
    EXPECT_EQ(code_of(file), "carnet-file.items");
    file.set("items", parsed(R"([[2,"A",1,1,1,"US"],[1,"B",1,1,1,"US"]])"));
    EXPECT_EQ(code_of(file), "carnet-file.items");
    file.set("items", parsed(R"([[1,"A",1,1,1.234,"US"]])"));
    EXPECT_EQ(code_of(file), "carnet-file.value");
    file.set("items", parsed(R"([{"number":1,"text":"A","pieces":1,"value":1,"colour":"red"}])"));
    EXPECT_EQ(code_of(file), "json.unknown-field");
}

TEST(CarnetFile, DecimalsAreExactAndShort) {
    EXPECT_EQ(*to_decimal(0), (documents::Decimal{0, 0}));
    EXPECT_EQ(*to_decimal(108.2), (documents::Decimal{1'082, -1}));
    EXPECT_EQ(*to_decimal(120), (documents::Decimal{120, 0}));
    EXPECT_EQ(*to_decimal(0.000001), (documents::Decimal{1, -6}));
    EXPECT_EQ(to_decimal(-1).error().code, "carnet-file.number");
    EXPECT_EQ(to_decimal(1e12).error().code, "carnet-file.number");
}

json::Value good_certificate() {
    return parsed(
        R"({"agreement":"USMCA","kind":"DATASET","role":"EXPORTER","signed_on":"2028-02-29","invoice":"AN-1",
        "certifier":{"name":"Arneses del Norte"},"exporter":"SAME",
        "lines":[{"description":"Harness","hs":"854430","criterion":"B","origin":"MX"}],"shipment":{"invoice":"AN-1"}})");
}

TEST(OriginFile, DrawsAnIdAndASeedOfItsOwn) {
    const auto first = read_origin_file(good_certificate());
    const auto second = read_origin_file(good_certificate());
    ASSERT_TRUE(first.has_value() && second.has_value());
    EXPECT_NE(first->certificate.id, second->certificate.id);
    EXPECT_NE(first->seed, second->seed);
    EXPECT_EQ(first->certificate.lines.size(), 1U);
    EXPECT_FALSE(first->certificate.scope.is_blanket);
}

TEST(OriginFile, SaysWhatIsWrong) {
    json::Value file = good_certificate();
    file.set("agreement", "MERCOSUR");
    EXPECT_EQ(read_origin_file(file).error().code, "origin-file.word");
    file = good_certificate();
    file.set("colour", "red");
    EXPECT_EQ(read_origin_file(file).error().code, "json.unknown-field");
    file = good_certificate();
    file.set("blanket", {{"from", "2028-02-30"}, {"to", "2029-01-01"}});
    EXPECT_EQ(read_origin_file(file).error().code, "time.date");
}

} // namespace
} // namespace tidewaiter::cli
