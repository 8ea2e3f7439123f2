#include "daemon/json/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>

namespace tidewaiter::json {
namespace {

std::string error_code(std::string_view text, const Limits& limits = {}) {
    const auto value = parse(text, limits);
    return value ? "accepted" : std::string(value.error().code);
}

std::string error_detail(std::string_view text) {
    const auto value = parse(text);
    return value ? "accepted" : value.error().detail;
}

TEST(Json, BuildsInOrderAndDumpsCompactly) {
    const Value value{{"outcome", "clear"},
                      {"height", 12},
                      {"age", 1.5},
                      {"basis", {{"solo", true}, {"reason", nullptr}}},
                      {"findings", array({1, "two", Value{{"three", 3}}})}};
    EXPECT_EQ(value.dump(), R"({"outcome":"clear","height":12,"age":1.5,"basis":{"solo":true,"reason":null},)"
                            R"("findings":[1,"two",{"three":3}]})");
}

TEST(Json, DumpsPrettily) {
    const Value value{{"a", array({1})}, {"b", array()}, {"c", object()}};
    EXPECT_EQ(value.dump_pretty(), "{\n  \"a\": [\n    1\n  ],\n  \"b\": [],\n  \"c\": {}\n}");
}

TEST(Json, SetReplacesAndKeepsThePlace) {
    Value value{{"a", 1}, {"b", 2}};
    value.set("a", 3).set("c", 4);
    EXPECT_EQ(value.dump(), R"({"a":3,"b":2,"c":4})");
    Value list;
    list.push(1).push("x");
    EXPECT_EQ(list.dump(), R"([1,"x"])");
}

TEST(Json, OptionalAndRangesBecomeValues) {
    const std::vector<std::string> names{"a", "b"};
    EXPECT_EQ(array_of(names).dump(), R"(["a","b"])");
    EXPECT_EQ(array_of(names, [](const std::string& name) { return Value{{"name", name}}; }).dump(),
              R"([{"name":"a"},{"name":"b"}])");
    EXPECT_EQ(Value(std::optional<std::string>()).dump(), "null");
    EXPECT_EQ(Value(std::optional<std::int64_t>(7)).dump(), "7");
}

TEST(Json, EscapesTextAndMendsBadUtf8) {
    EXPECT_EQ(Value("a\"\\\n\t\x01\x7f").dump(), R"("a\"\\\n\t\u0001\u007f")");
    EXPECT_EQ(Value("gr\xC3\xBC\xC3\x9F").dump(), "\"gr\xC3\xBC\xC3\x9F\"");
    EXPECT_EQ(Value("a\xFF"
                    "b\xC3")
                  .dump(),
              "\"a\xEF\xBF\xBD"
              "b\xEF\xBF\xBD\"");
    // A surrogate in UTF-8 and an overlong slash are not text.
    EXPECT_EQ(Value("\xED\xA0\x80").dump(), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    EXPECT_EQ(Value("\xC0\xAF").dump(), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(Json, NumbersKeepTheirKind) {
    EXPECT_EQ(parse("3")->kind(), Kind::Integer);
    EXPECT_EQ(parse("3.0")->kind(), Kind::Number);
    EXPECT_EQ(parse("-9223372036854775808")->integer_or(0), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(parse("9223372036854775807")->integer_or(0), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(parse("9223372036854775808")->kind(), Kind::Number);
    EXPECT_EQ(Value(3.0).dump(), "3.0");
    EXPECT_EQ(Value(std::numeric_limits<double>::infinity()).dump(), "null");
    EXPECT_EQ(Value(std::uint64_t{1} << 63U).kind(), Kind::Number);
}

TEST(Json, RoundTripsRandomValues) {
    std::mt19937 random(20260101);
    const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
    const std::function<Value(int)> make = [&](int depth) -> Value {
        switch (below(depth > 0 ? 7 : 5)) {
        case 0: return {};
        case 1: return below(2) == 0;
        case 2: return static_cast<std::int64_t>((std::uint64_t{random()} << 32U) | std::uint64_t{random()});
        case 3: return std::ldexp(static_cast<double>(random()), static_cast<int>(below(200)) - 100);
        case 4: {
            std::string text;
            for (unsigned i = below(12); i > 0; --i)
                text += static_cast<char>(below(128));
            return text;
        }
        case 5: {
            Value list = array();
            for (unsigned i = below(5); i > 0; --i)
                list.push(make(depth - 1));
            return list;
        }
        default: {
            Value map = object();
            for (unsigned i = below(5); i > 0; --i)
                map.set("k" + std::to_string(below(9)), make(depth - 1));
            return map;
        }
        }
    };
    for (int round = 0; round < 500; ++round) {
        const Value value = make(5);
        const auto again = parse(value.dump());
        ASSERT_TRUE(again) << value.dump() << ": " << again.error().detail;
        EXPECT_EQ(*again, value) << value.dump();
        EXPECT_EQ(*parse(value.dump_pretty()), value);
    }
}

TEST(Json, SyntaxErrorsNameThePlace) {
    EXPECT_EQ(error_code("{\"a\": }"), "json.syntax");
    EXPECT_NE(error_detail("{\n  \"a\": }").find("line 2, column 8 (byte 9)"), std::string::npos)
        << error_detail("{\n  \"a\": }");
    EXPECT_NE(error_detail("[1,").find("ends too early"), std::string::npos) << error_detail("[1,");
    EXPECT_NE(error_detail("[1e999]").find("too large"), std::string::npos) << error_detail("[1e999]");
    for (const char* bad :
         {"", " ", "{", "[1 2]", "{a:1}", "'x'", "01", "+1", "NaN", "[1,]", "{\"a\":1,}", "\"\x01\"",
          "\"\\x\"", "\"\\ud800\"", "nul", "1 2", "// c\n1", "\"\xFF\"", "\"\xC0\xAF\""}) {
        EXPECT_EQ(error_code(bad), "json.syntax") << bad;
    }
}

TEST(Json, DepthIsLimited) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(error_code(nested(64)), "accepted");
    EXPECT_EQ(error_code(nested(65)), "json.depth");
    EXPECT_EQ(error_code(std::string(1'000'000, '[')), "json.depth");
    EXPECT_NE(error_detail(nested(65)).find("column 65 (byte 64)"), std::string::npos)
        << error_detail(nested(65));
}

TEST(Json, SizeIsLimited) {
    EXPECT_EQ(error_code("[1]", {.max_bytes = 3}), "accepted");
    EXPECT_EQ(error_code("[11]", {.max_bytes = 3}), "json.size");
}

TEST(Json, ANameTwiceIsRefused) {
    EXPECT_EQ(error_code(R"({"a":1,"b":{"a":1}})"), "accepted");
    EXPECT_EQ(error_code(R"({"a":1,"b":2,"a":3})"), "json.duplicate");
    EXPECT_EQ(error_code(R"([{"x":{"a":1,"a":1}}])"), "json.duplicate");
    // Escaped or not, it is the same name.
    EXPECT_EQ(error_code(R"({"a":1,"\u0061":1})"), "json.duplicate");
}

TEST(JsonField, ReadsWhatIsThere) {
    const auto value =
        parse(R"({"stamp":{"lines":"3-5","count":3,"ok":true,"x":1.5,"tags":["a","b"],"none":null}})");
    ASSERT_TRUE(value);
    const Field stamp = value->at("stamp");
    EXPECT_EQ(stamp.at("lines").text(), "3-5");
    EXPECT_EQ(stamp.at("count").integer(1, 3), 3);
    EXPECT_EQ(stamp.at("count").number(), 3.0);
    EXPECT_EQ(stamp.at("x").number(), 1.5);
    EXPECT_EQ(stamp.at("ok").boolean(), true);
    EXPECT_EQ(stamp.at("tags").texts(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(stamp.at("tags").items()->at(1).path(), "stamp.tags[1]");
    EXPECT_EQ(stamp.members()->size(), 6U);
    EXPECT_EQ(stamp.at("none").optional_text().value(), std::optional<std::string>());
    EXPECT_EQ(stamp.at("other").optional_integer().value(), std::optional<std::int64_t>());
    EXPECT_EQ(stamp.at("count").optional_integer().value(), std::optional<std::int64_t>(3));
}

template <class T>
void expect_error(const Result<T>& result, std::string_view code, std::string_view detail) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code);
    EXPECT_EQ(result.error().detail, detail);
}

TEST(JsonField, ErrorsNameThePath) {
    const auto value = parse(R"({"stamp":{"lines":7,"tags":["a",2]},"list":[]})");
    ASSERT_TRUE(value);
    expect_error(value->at("stamp").at("lines").text(), "json.type",
                 "stamp.lines: expected text, found a whole number");
    expect_error(value->at("stamp").at("sheet").text(), "json.missing",
                 "stamp.sheet: is missing; expected text");
    expect_error(value->at("stamp").at("lines").integer(1, 5), "json.range",
                 "stamp.lines: is 7; must be from 1 to 5");
    expect_error(value->at("stamp").at("tags").texts(), "json.type",
                 "stamp.tags[1]: expected text, found a whole number");
    expect_error(value->at("list").at("x").text(), "json.type", "list: expected an object, found an array");
    expect_error(value->at("list").at("x").optional_text(), "json.type",
                 "list: expected an object, found an array");
    expect_error(value->at("list").at(0).text(), "json.missing", "list[0]: is missing; expected text");
    expect_error(value->at("a").at("b").at("c").boolean(), "json.missing",
                 "a.b.c: is missing; expected true or false");
    expect_error(value->root().items(), "json.type", "the document: expected an array, found an object");
    expect_error(value->root().only({"stamp", "lists"}), "json.unknown-field",
                 "list: is not known here; known are stamp, lists");
    EXPECT_TRUE(value->root().only({"stamp", "list"}));
}

TEST(JsonField, TextHasLimits) {
    const Value value{{"empty", ""}, {"five", "abcde"}};
    EXPECT_EQ(value.at("five").text(5), "abcde");
    expect_error(value.at("five").text(4), "json.range", "five: is 5 bytes long; at most 4 are allowed");
    expect_error(value.at("empty").text(4), "json.range", "empty: must not be empty");
}

} // namespace
} // namespace tidewaiter::json
