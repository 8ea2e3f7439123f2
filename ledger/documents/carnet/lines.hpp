#pragma once

#include "ledger/base/bytes.hpp"

#include <vector>

/// Lines of a counterfoil: "1-3,4x10,7" is items 1 to 3 and 7 whole, and ten pieces of item 4.
namespace tidewaiter::carnet {

struct Item;

inline constexpr std::size_t kMaxLinesBytes = 4'096;
inline constexpr std::uint32_t kMaxItemNumber = 99'999;
inline constexpr std::int64_t kMaxPieces = 99'999'999'999;

struct LineRange {
    std::uint32_t first = 1;
    std::uint32_t last = 1;  ///< equal to first where pieces are given
    std::int64_t pieces = 0; ///< 0: all that the General List has
    bool operator==(const LineRange&) const = default;
};
using Lines = std::vector<LineRange>;

/// The one writing that records carry: ascending, merged, a count only on a single item. Errors:
/// lines.length, lines.syntax, lines.number, lines.order, lines.merged, each with the offset.
[[nodiscard]] Result<Lines> parse_lines(std::string_view text);
/// What an officer types: spaces, any order, neighbours not merged, "1-3x2". Yields the strict form. Errors:
/// lines.length, lines.syntax, lines.number, lines.twice (an item that occurs twice).
[[nodiscard]] Result<Lines> read_typed_lines(std::string_view text);
[[nodiscard]] std::string to_text(const Lines& lines);

/// Pieces per item, in the order of the General List; as long as the list.
using Pieces = std::vector<std::int64_t>;

struct ResolvedLines {
    Pieces pieces;
    bool is_empty = true;                  ///< nothing was declared at all
    std::vector<std::uint32_t> unlisted;   ///< the first of them, at most 16
    std::vector<std::uint32_t> above_list; ///< items with more pieces than listed
};
/// Lines over a General List (items ascending). What is not on the list enters no count.
[[nodiscard]] ResolvedLines resolve(const Lines& lines, const std::vector<Item>& items);
/// Counts as lines; whole items without a number. Empty when nothing is left.
[[nodiscard]] std::string to_text(const Pieces& pieces, const std::vector<Item>& items);

[[nodiscard]] std::int64_t total(const Pieces& pieces);
[[nodiscard]] inline bool none(const Pieces& pieces) {
    return total(pieces) == 0;
}

} // namespace tidewaiter::carnet
