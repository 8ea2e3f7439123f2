#include "ledger/codec/cbor.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

std::string notation(std::string_view hex, cbor::Rules rules = cbor::kRelaxed) {
    const auto text = cbor::diagnostic(from_hex(hex).value(), rules);
    return text ? *text : std::string(text.error().code);
}

TEST(CborDiagnostic, NestedItems) {
    EXPECT_EQ(notation("a201820207206161"), "{1: [2, 7], -1: \"a\"}");
    EXPECT_EQ(notation("d28441a1a0f640"), "18([h'a1', {}, null, h''])");
    EXPECT_EQ(notation("c1c2c303"), "1(2(3(3)))");
    EXPECT_EQ(notation("80"), "[]");
    EXPECT_EQ(notation("bf01f4ff"), "{_ 1: false}");
}

TEST(CborDiagnostic, NumbersAtTheirEnds) {
    EXPECT_EQ(notation("1bffffffffffffffff"), "18446744073709551615");
    EXPECT_EQ(notation("3bffffffffffffffff"), "-18446744073709551616");
    EXPECT_EQ(notation("3bfffffffffffffffe"), "-18446744073709551615");
    EXPECT_EQ(notation("f93c00"), "1.0");
    EXPECT_EQ(notation("fb7e37e43c8800759c"), "1.0e+300");
}

TEST(CborDiagnostic, TextIsQuotedAndCanNotMislead) {
    EXPECT_EQ(notation("62225c"), "\"\\\"\\\\\"");
    EXPECT_EQ(notation("630a0900"), "\"\\n\\u0009\\u0000\"");
    EXPECT_EQ(notation("63e280ae"), "\"\\u202e\"") << "right-to-left override";
    EXPECT_EQ(notation("62c3bc"), "\"ü\"");
}

TEST(CborDiagnostic, WhatBreaksARuleIsNotPrinted) {
    EXPECT_EQ(notation("9f01ff", {}), "cbor.indefinite");
    EXPECT_EQ(notation("a201000100"), "cbor.duplicate-key");
    EXPECT_EQ(notation("0101"), "cbor.trailing");
    EXPECT_EQ(notation(""), "cbor.truncated");
}

} // namespace
} // namespace tidewaiter
