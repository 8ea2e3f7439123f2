#include "ledger/documents/carnet/lines.hpp"

#include "ledger/documents/carnet/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter::carnet {
namespace {

std::vector<Item> list_of(std::initializer_list<std::pair<std::uint32_t, std::int64_t>> rows) {
    std::vector<Item> items;
    for (const auto& [number, pieces] : rows) {
        Item item;
        item.number = number;
        item.pieces = pieces;
        items.push_back(std::move(item));
    }
    return items;
}

std::string_view parse_error(std::string_view text) {
    const auto lines = parse_lines(text);
    return lines ? std::string_view("none") : lines.error().code;
}

std::string_view typed_error(std::string_view text) {
    const auto lines = read_typed_lines(text);
    return lines ? std::string_view("none") : lines.error().code;
}

std::string typed(std::string_view text) {
    const auto lines = read_typed_lines(text);
    return lines ? to_text(*lines) : std::string(lines.error().code);
}

TEST(Lines, StrictTextSurvivesARoundTrip) {
    for (const std::string text :
         {"1", "1-3", "4x10", "1-3,4x10,7", "1,3,5", "99999", "1x99999999999", "2x1,3x1"}) {
        const auto lines = parse_lines(text);
        ASSERT_TRUE(lines) << text << ": " << lines.error().detail;
        EXPECT_EQ(to_text(*lines), text);
    }
}

TEST(Lines, StrictTextHasOneWritingOnly) {
    EXPECT_EQ(parse_error("2,1"), "lines.order");
    EXPECT_EQ(parse_error("1-3,3"), "lines.order");
    EXPECT_EQ(parse_error("3-1"), "lines.order");
    EXPECT_EQ(parse_error("1-1"), "lines.order");
    EXPECT_EQ(parse_error("1,2"), "lines.merged");
    EXPECT_EQ(parse_error("1-3,4-5"), "lines.merged");
    EXPECT_EQ(parse_error("01"), "lines.number");
    EXPECT_EQ(parse_error("0"), "lines.number");
    EXPECT_EQ(parse_error("1x0"), "lines.number");
    EXPECT_EQ(parse_error("100000"), "lines.number");
    EXPECT_EQ(parse_error("1x100000000000"), "lines.number");
    EXPECT_EQ(parse_error("1-3x2"), "lines.syntax") << "a count never follows a range";
    EXPECT_EQ(parse_error("1, 3"), "lines.number");
    EXPECT_EQ(parse_error("1;3"), "lines.syntax");
    EXPECT_EQ(parse_error(""), "lines.syntax");
    EXPECT_EQ(parse_error("1,"), "lines.number");
    EXPECT_EQ(parse_error(std::string(4'097, '1')), "lines.length");
}

TEST(Lines, TypedTextIsForgiven) {
    EXPECT_EQ(typed(" 3, 1 ; 2 "), "1-3");
    EXPECT_EQ(typed("4 X 10"), "4x10");
    EXPECT_EQ(typed("1 - 3"), "1-3");
    EXPECT_EQ(typed("1-2x3"), "1x3,2x3");
    EXPECT_EQ(typed("7,4*10,1-3"), "1-3,4x10,7");
    EXPECT_EQ(typed_error("1-3,2"), "lines.twice");
    EXPECT_EQ(typed_error("4x2,4x3"), "lines.twice");
    EXPECT_EQ(typed_error("3-1"), "lines.order");
    EXPECT_EQ(typed_error("abc"), "lines.number");
    EXPECT_EQ(typed_error("1 2"), "lines.syntax");
    EXPECT_EQ(typed_error("1-99999x1"), "lines.number") << "a typed range with a count stays small";
}

TEST(Lines, ResolveCountsWhatIsListed) {
    const auto items = list_of({{1, 1}, {2, 4}, {5, 6}});
    const ResolvedLines whole = resolve(*parse_lines("1-5"), items);
    EXPECT_THAT(whole.pieces, testing::ElementsAre(1, 4, 6));
    EXPECT_THAT(whole.unlisted, testing::ElementsAre(3, 4));
    EXPECT_TRUE(whole.above_list.empty());

    const ResolvedLines part = resolve(*parse_lines("2x5,5x2,9"), items);
    EXPECT_THAT(part.pieces, testing::ElementsAre(0, 5, 2));
    EXPECT_THAT(part.unlisted, testing::ElementsAre(9));
    EXPECT_THAT(part.above_list, testing::ElementsAre(2));
}

TEST(Lines, ResolveNamesAtMostSixteenUnlistedItems) {
    const ResolvedLines lines = resolve(*parse_lines("1-99999"), list_of({{50'000, 1}}));
    EXPECT_EQ(lines.unlisted.size(), 16U);
    EXPECT_THAT(lines.pieces, testing::ElementsAre(1));
}

TEST(Lines, CountsBecomeText) {
    const auto items = list_of({{1, 1}, {2, 4}, {3, 6}, {5, 2}});
    EXPECT_EQ(to_text(Pieces{1, 4, 6, 2}, items), "1-3,5");
    EXPECT_EQ(to_text(Pieces{1, 3, 6, 0}, items), "1,2x3,3");
    EXPECT_EQ(to_text(Pieces{0, 0, 0, 0}, items), "");
}

} // namespace
} // namespace tidewaiter::carnet
