#include "daemon/console/order.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::console {
namespace {

Result<OrderBody> order_of(std::string_view text) {
    const auto value = json::parse(text);
    EXPECT_TRUE(value) << text;
    return value ? order_from_json(*value) : fail("test.json", "");
}

TEST(Order, TakesEveryField) {
    const auto order = order_of(
        R"({"officer":"US-7Q4K2M","second_person":"US-2","reason":"seen","code":"ATA US US26/104417","operation":"IMPORT",
            "sheet":2,"lines":"1-3","references":[1,2],"final_date":"2026-12-24","seals":["A1"],"transport_mode":4,
            "answers":{"CAR-09":false,"CAR-10":true},"booklet_shows_ink":true,"destination":"US-D:1001"})");
    ASSERT_TRUE(order) << order.error().detail;
    EXPECT_EQ(order->order.officer, "US-7Q4K2M");
    EXPECT_EQ(order->order.second_person, "US-2");
    EXPECT_EQ(order->order.reason, "seen");
    EXPECT_EQ(order->order.text, "ATA US US26/104417");
    EXPECT_FALSE(order->verdict);
    const application::Declaration& declaration = order->order.declaration;
    EXPECT_EQ(declaration.operation, "IMPORT");
    EXPECT_EQ(declaration.sheet, 2);
    EXPECT_EQ(declaration.lines, "1-3");
    EXPECT_EQ(declaration.references, (std::vector<int>{1, 2}));
    EXPECT_EQ(declaration.final_date, *parse_date("2026-12-24"));
    EXPECT_EQ(declaration.seals, std::vector<std::string>{"A1"});
    EXPECT_EQ(declaration.transport_mode, 4);
    EXPECT_EQ(declaration.answers, (std::map<std::string, bool>{{"CAR-09", false}, {"CAR-10", true}}));
    EXPECT_TRUE(declaration.booklet_shows_ink);
    EXPECT_FALSE(declaration.issuer_confirms);
    EXPECT_EQ(declaration.destination, "US-D:1001");
}

TEST(Order, NamesAVerdictInstead) {
    const auto order = order_of(R"({"officer":"o","verdict":"000102030405060708090a0b0c0d0e0f","operation":"EXPORT"})");
    ASSERT_TRUE(order) << order.error().detail;
    ASSERT_TRUE(order->verdict);
    EXPECT_EQ((*order->verdict)[15], 15);
    EXPECT_TRUE(order->order.text.empty());
}

TEST(Order, WrongOnesSayWhichFieldAndWhy) {
    struct Case {
        const char* text;
        const char* code;
        const char* word;
    };
    for (const Case& wrong : {
             Case{R"({"code":"x","operation":"EXPORT"})", "json.missing", "officer"},
             Case{R"({"officer":"o","operation":"EXPORT"})", "order.verdict", "code"},
             Case{R"({"officer":"o","code":"x","verdict":"000102030405060708090a0b0c0d0e0f"})", "order.verdict", "either"},
             Case{R"({"officer":"o","verdict":"00"})", "order.verdict", "verdict"},
             Case{R"({"officer":"o","code":"x","final_date":"2026-02-30"})", "order.date", "final_date"},
             Case{R"({"officer":"o","code":"x","branch":"zz"})", "order.hash", "branch"},
             Case{R"({"officer":"o","code":"x","sheet":100})", "json.range", "sheet"},
             Case{R"({"officer":"o","code":"x","references":[0]})", "json.range", "references"},
             Case{R"({"officer":"o","code":"x","transport_mode":10})", "json.range", "transport_mode"},
             Case{R"({"officer":"o","code":"x","answers":{"CAR-09":"no"}})", "json.type", "CAR-09"},
             Case{R"({"officer":"o","code":"x","lines":3})", "json.type", "lines"},
             Case{R"({"officer":"o","code":"x","sheets":1})", "json.unknown-field", "sheets"},
         }) {
        SCOPED_TRACE(wrong.text);
        const auto order = order_of(wrong.text);
        ASSERT_FALSE(order);
        EXPECT_EQ(order.error().code, wrong.code) << order.error().detail;
        EXPECT_NE(order.error().detail.find(wrong.word), std::string::npos) << order.error().detail;
    }
}

TEST(Order, ListsHaveTheirLimits) {
    std::string references = "1";
    for (int i = 0; i < 99; ++i) references += ",1";
    const auto order = order_of(R"({"officer":"o","code":"x","references":[)" + references + "]}");
    ASSERT_FALSE(order);
    EXPECT_EQ(order.error().code, "json.range");
}

} // namespace
} // namespace tidewaiter::console
