#include "ledger/base/bytes.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(Utf8, AcceptsTheFirstAndLastOfEachLength) {
    for (const std::string_view text : {"", "A", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                                        "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
        EXPECT_TRUE(is_utf8(text)) << printable(text);
    EXPECT_TRUE(is_utf8(std::string_view("a\0b", 3)));
}

TEST(Utf8, RefusesOverlongSurrogateTooLargeAndBrokenSequences) {
    for (const std::string_view text :
         {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF",
          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF", "\xC2", "\xE2\x82", "\xF0\x90\x80", "\xC2" "A",
          "\xE2\x28\xA1", "A\xC2"})
        EXPECT_FALSE(is_utf8(text)) << printable(text);
}

TEST(Utf8, CodePointsHaveTheirValue) {
    const std::string_view text = "ü水𐅑";
    EXPECT_EQ(code_point_at(text, 0).value, U'ü');
    EXPECT_EQ(code_point_at(text, 2).value, U'水');
    EXPECT_EQ(code_point_at(text, 5).value, U'𐅑');
    EXPECT_EQ(code_point_at(text, 5).length, 4U);
    EXPECT_EQ(code_point_at(text, 1).length, 0U) << "in the middle of a character";
}

TEST(Printable, LeavesOrdinaryTextAlone) {
    EXPECT_EQ(printable("Frau Müller, 水 3"), "Frau Müller, 水 3");
}

TEST(Printable, EscapesControlsAndWhatIsNotUtf8) {
    EXPECT_EQ(printable("a\nb\x1B[31m"), "a\\x0ab\\x1b[31m");
    EXPECT_EQ(printable("a\xFF\xC2"), "a\\xff\\xc2");
    EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
    EXPECT_EQ(printable("\xC2\x85"), "\\xc2\\x85") << "a control of the second block";
}

TEST(Printable, EscapesMarksThatReorderText) {
    EXPECT_EQ(printable("A\xE2\x80\xAE" "B"), "A\\xe2\\x80\\xae" "B") << "right-to-left override";
    EXPECT_EQ(printable("\xE2\x81\xA6"), "\\xe2\\x81\\xa6") << "isolate";
    EXPECT_EQ(printable("\xE2\x80\xA8"), "\\xe2\\x80\\xa8") << "line separator";
}

TEST(Printable, CutsAtTheLimitBetweenCharacters) {
    EXPECT_EQ(printable("abcdef", 6), "abcdef");
    EXPECT_EQ(printable("abcdef", 5), "abcde…");
    EXPECT_EQ(printable("aü", 2), "a…") << "half a character is never shown";
    EXPECT_EQ(printable("ab\n", 5), "ab…") << "nor half an escape";
    EXPECT_EQ(printable(std::string(100'000, 'x')), std::string(200, 'x') + "…");
    EXPECT_EQ(printable("a", 0), "…");
    EXPECT_EQ(printable("", 0), "");
}

} // namespace
} // namespace tidewaiter
