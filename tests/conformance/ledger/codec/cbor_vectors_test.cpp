#include "ledger/codec/cbor.hpp"

#include "tests/conformance/ledger/codec/vectors.hpp"

#include <gtest/gtest.h>

#include <map>

/// RFC 8949 appendix A: what strict rules must refuse, they refuse for the right reason; all the rest is read.
namespace tidewaiter {
namespace {

constexpr const char* kCborVectors = "cose/cbor/appendix_a.json";
/// "simple(24)" of RFC 7049: since RFC 8949 section 3.3 a simple value below 32 in two bytes is not well-formed.
constexpr std::string_view kNoLongerWellFormed = "f818";

/// What the first byte that breaks a rule of ours makes of each kind of vector.
std::string_view strict_reason(const std::string& hex) {
    static const std::map<std::string, std::string_view> kReasons{
        {"c249010000000000000000", "cbor.tag"},  {"c349010000000000000000", "cbor.tag"},
        {"f6", "cbor.null"},                     {"f7", "cbor.null"},
        {"f0", "cbor.simple"},                   {"f818", "cbor.simple"},
        {"f8ff", "cbor.simple"},                 {"80", "cbor.empty"},
        {"a0", "cbor.empty"},                    {"5f42010243030405ff", "cbor.indefinite"},
        {"c1fb41d452d9ec200000", "cbor.tag"},    {"83018202039f0405ff", "cbor.indefinite"},
        {"83019f0203ff820405", "cbor.indefinite"}, {"826161bf61626163ff", "cbor.indefinite"}};
    if (const auto found = kReasons.find(hex); found != kReasons.end()) return found->second;
    if (hex.starts_with("f9") || hex.starts_with("fa") || hex.starts_with("fb")) return "cbor.float";
    if (hex.starts_with("c") || hex.starts_with("d")) return "cbor.tag";
    if (hex.starts_with("5f") || hex.starts_with("7f") || hex.starts_with("9f") || hex.starts_with("bf"))
        return "cbor.indefinite";
    return "ok";
}

/// The notation of a decoded JSON value, indefinite marks left out.
std::string notation_of(const nlohmann::ordered_json& value) {
    if (value.is_array()) {
        std::string text;
        for (const auto& element : value) text += (text.empty() ? "" : ", ") + notation_of(element);
        return "[" + text + "]";
    }
    if (value.is_object()) {
        std::string text;
        for (const auto& [key, element] : value.items())
            text += (text.empty() ? "" : ", ") + nlohmann::json(key).dump() + ": " + notation_of(element);
        return "{" + text + "}";
    }
    return value.dump();
}

TEST(CborVectors, StrictRulesRefuseWhatIsNotDeterministicAndSayWhy) {
    TW_NEEDS_VECTORS(kCborVectors);
    std::size_t accepted = 0;
    std::size_t refused = 0;
    for (const auto& row : test::read_vectors(kCborVectors)) {
        const auto hex = row.at("hex").get<std::string>();
        const auto status = cbor::check(from_hex(hex).value());
        EXPECT_EQ(status ? "ok" : status.error().code, strict_reason(hex)) << hex;
        status ? ++accepted : ++refused;
        if (!row.at("roundtrip").get<bool>()) {
            EXPECT_FALSE(status.has_value()) << hex << " has a shorter or definite form";
        }
    }
    EXPECT_EQ(accepted + refused, 82U);
    EXPECT_GT(accepted, 30U);
    EXPECT_GT(refused, 40U);
}

TEST(CborVectors, WhatDoesNotRoundTripIsRefusedEvenWhenEveryTypeIsAllowed) {
    TW_NEEDS_VECTORS(kCborVectors);
    cbor::Rules rules = cbor::kRelaxed;
    rules.deterministic = true;
    for (const auto& row : test::read_vectors(kCborVectors)) {
        const auto hex = row.at("hex").get<std::string>();
        if (hex == kNoLongerWellFormed) continue;
        const auto status = cbor::check(from_hex(hex).value(), rules);
        const bool is_float = hex.starts_with("f");
        const std::string_view code = status ? "ok" : status.error().code;
        if (row.at("roundtrip").get<bool>()) {
            EXPECT_EQ(code, "ok") << hex;
        } else {
            EXPECT_EQ(code, is_float ? "cbor.float" : "cbor.indefinite") << hex;
        }
    }
}

TEST(CborVectors, RelaxedRulesReadThemAllAndTheNotationIsTheirs) {
    TW_NEEDS_VECTORS(kCborVectors);
    std::size_t given = 0;
    for (const auto& row : test::read_vectors(kCborVectors)) {
        const auto hex = row.at("hex").get<std::string>();
        const auto text = cbor::diagnostic(from_hex(hex).value(), cbor::kRelaxed);
        if (hex == kNoLongerWellFormed) {
            EXPECT_EQ(text.error().code, "cbor.simple");
            continue;
        }
        ASSERT_TRUE(text.has_value()) << hex << ": " << text.error().detail;
        if (row.contains("diagnostic")) {
            EXPECT_EQ(*text, row.at("diagnostic").get<std::string>()) << hex;
            ++given;
        }
    }
    EXPECT_EQ(given, 22U);
}

TEST(CborVectors, DecodedValuesAgree) {
    TW_NEEDS_VECTORS(kCborVectors);
    std::size_t compared = 0;
    for (const auto& row : test::read_vectors(kCborVectors)) {
        const auto hex = row.at("hex").get<std::string>();
        // The two bignums are tags here and are read by whoever knows tags 2 and 3.
        if (!row.contains("decoded") || hex.starts_with("c")) continue;
        std::string text = cbor::diagnostic(from_hex(hex).value(), cbor::kRelaxed).value();
        for (std::size_t mark = text.find("_ "); mark != std::string::npos; mark = text.find("_ ", mark)) text.erase(mark, 2);
        const auto& decoded = row.at("decoded");
        if (hex == "7f657374726561646d696e67ff") {
            EXPECT_EQ(text, "(\"strea\", \"ming\")");
        } else if (hex.starts_with("3bff")) {
            EXPECT_EQ(text, "-18446744073709551616") << "JSON readers may not hold it";
        } else if (decoded.is_number_float()) {
            EXPECT_EQ(std::stod(text), decoded.get<double>()) << hex;
        } else {
            EXPECT_EQ(text, notation_of(decoded)) << hex;
        }
        ++compared;
    }
    EXPECT_EQ(compared, 57U);
}

} // namespace
} // namespace tidewaiter
