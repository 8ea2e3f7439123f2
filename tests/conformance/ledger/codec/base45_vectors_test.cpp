#include "ledger/codec/base45.hpp"

#include "tests/conformance/ledger/codec/vectors.hpp"

#include <gtest/gtest.h>

#include <map>

namespace tidewaiter {
namespace {

constexpr const char* kBase45Vectors = "base45/base45.json";

TEST(Base45Vectors, GoodOnesGoBothWays) {
    TW_NEEDS_VECTORS(kBase45Vectors);
    std::size_t count = 0;
    const auto vectors = test::read_vectors(kBase45Vectors);
    for (const auto& row : vectors.at("good_hex_to_text")) {
        const Bytes bytes = from_hex(row.at(0).get<std::string>()).value();
        const auto text = row.at(1).get<std::string>();
        EXPECT_EQ(base45::encode(bytes), text);
        EXPECT_EQ(base45::decode(text).value(), bytes) << text;
        ++count;
    }
    EXPECT_EQ(count, 18U);
}

TEST(Base45Vectors, BadOnesAreRefusedForTheirReason) {
    TW_NEEDS_VECTORS(kBase45Vectors);
    const std::map<std::string, std::string_view> reasons{
        {"xyzzy", "base45.character"}, {"::::", "base45.length"}, {"a", "base45.length"},  {"GGW", "base45.overflow"},
        {":", "base45.length"},        {"0", "base45.length"},    {"::", "base45.overflow"}};
    std::size_t count = 0;
    const auto vectors = test::read_vectors(kBase45Vectors);
    for (const auto& row : vectors.at("reject")) {
        const auto text = row.get<std::string>();
        const auto read = base45::decode(text);
        ASSERT_FALSE(read.has_value()) << text;
        EXPECT_EQ(read.error().code, reasons.at(text)) << text;
        ++count;
    }
    EXPECT_EQ(count, reasons.size());
}

} // namespace
} // namespace tidewaiter
