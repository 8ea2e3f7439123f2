#include "ledger/documents/carnet/lines.hpp"

#include "ledger/documents/carnet/record.hpp"

#include <algorithm>

namespace tidewaiter::carnet {
namespace {

/// A cursor over the text of lines.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}
    [[nodiscard]] std::size_t offset() const { return position_; }
    [[nodiscard]] bool at_end() const { return position_ >= text_.size(); }
    bool accept(char c) {
        if (at_end() || text_[position_] != c) return false;
        ++position_;
        return true;
    }
    void skip_spaces() {
        while (!at_end() && (text_[position_] == ' ' || text_[position_] == '\t'))
            ++position_;
    }
    /// A number without leading zero, 1 … max.
    [[nodiscard]] Result<std::int64_t> number(std::int64_t max) {
        const std::size_t start = position_;
        std::int64_t value = 0;
        while (!at_end() && text_[position_] >= '0' && text_[position_] <= '9') {
            value = value * 10 + (text_[position_] - '0');
            if (value > max)
                return fail("lines.number",
                            at(start) + "a number up to " + std::to_string(max) + " belongs here");
            ++position_;
        }
        if (start == position_ || text_[start] == '0')
            return fail("lines.number", at(start) + "a number without leading zero belongs here");
        return value;
    }
    [[nodiscard]] static std::string at(std::size_t offset) {
        return "at character " + std::to_string(offset + 1) + ": ";
    }

  private:
    std::string_view text_;
    std::size_t position_ = 0;
};

/// True when `next` could have been written in one with `before`.
bool could_merge(const LineRange& before, const LineRange& next) {
    return before.pieces == 0 && next.pieces == 0 && before.last + 1 == next.first;
}

Result<LineRange> parse_range(Scanner& scanner) {
    const std::size_t start = scanner.offset();
    LineRange range;
    TW_TRY(const std::int64_t first, scanner.number(kMaxItemNumber));
    range.first = range.last = static_cast<std::uint32_t>(first);
    if (scanner.accept('-')) {
        TW_TRY(const std::int64_t last, scanner.number(kMaxItemNumber));
        range.last = static_cast<std::uint32_t>(last);
        if (range.last <= range.first) return fail("lines.order", Scanner::at(start) + "a range must ascend");
        return range;
    }
    if (scanner.accept('x')) {
        TW_TRY(range.pieces, scanner.number(kMaxPieces));
    }
    return range;
}

Status check_length(std::string_view text) {
    if (text.empty()) return fail("lines.syntax", "no lines; write them like 1-3,4x10,7");
    if (text.size() > kMaxLinesBytes)
        return fail("lines.length",
                    "lines may have " + std::to_string(kMaxLinesBytes) + " characters at most");
    return {};
}

/// One typed entry: "4", "1-3", "4x10", "1-3x2" (two pieces of each), with spaces anywhere between.
Status read_typed_entry(Scanner& scanner, Lines& out) {
    const std::size_t start = scanner.offset();
    TW_TRY(const std::int64_t first, scanner.number(kMaxItemNumber));
    std::int64_t last = first;
    std::int64_t pieces = 0;
    scanner.skip_spaces();
    if (scanner.accept('-')) {
        scanner.skip_spaces();
        TW_TRY(last, scanner.number(kMaxItemNumber));
        scanner.skip_spaces();
        if (last < first) return fail("lines.order", Scanner::at(start) + "a range must ascend");
    }
    if (scanner.accept('x') || scanner.accept('X') || scanner.accept('*')) {
        scanner.skip_spaces();
        TW_TRY(pieces, scanner.number(kMaxPieces));
    }
    if (pieces == 0) {
        out.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last), 0});
        return {};
    }
    if (last - first >= 1'000)
        return fail("lines.number", Scanner::at(start) + "too many items with a count; name fewer");
    for (std::int64_t item = first; item <= last; ++item)
        out.push_back({static_cast<std::uint32_t>(item), static_cast<std::uint32_t>(item), pieces});
    return {};
}

} // namespace

Result<Lines> parse_lines(std::string_view text) {
    TW_CHECK(check_length(text));
    Scanner scanner(text);
    Lines lines;
    do {
        const std::size_t start = scanner.offset();
        TW_TRY(const LineRange range, parse_range(scanner));
        if (!lines.empty() && range.first <= lines.back().last)
            return fail("lines.order", Scanner::at(start) + "items must ascend and occur once");
        if (!lines.empty() && could_merge(lines.back(), range))
            return fail("lines.merged",
                        Scanner::at(start) + "neighbouring whole items are written as one range");
        lines.push_back(range);
    } while (scanner.accept(','));
    if (!scanner.at_end())
        return fail("lines.syntax",
                    Scanner::at(scanner.offset()) + "a comma belongs here; write lines like 1-3,4x10,7");
    return lines;
}

Result<Lines> read_typed_lines(std::string_view text) {
    TW_CHECK(check_length(text));
    Scanner scanner(text);
    Lines entries;
    scanner.skip_spaces();
    do {
        scanner.skip_spaces();
        TW_CHECK(read_typed_entry(scanner, entries));
        scanner.skip_spaces();
    } while (scanner.accept(',') || scanner.accept(';'));
    if (!scanner.at_end())
        return fail("lines.syntax",
                    Scanner::at(scanner.offset()) + "a comma belongs here; write lines like 1-3,4x10,7");
    std::sort(entries.begin(), entries.end(),
              [](const LineRange& a, const LineRange& b) { return a.first < b.first; });
    Lines lines;
    for (const LineRange& entry : entries) {
        if (!lines.empty() && entry.first <= lines.back().last)
            return fail("lines.twice", "item " + std::to_string(entry.first) + " occurs twice; name it once");
        if (!lines.empty() && could_merge(lines.back(), entry))
            lines.back().last = entry.last;
        else
            lines.push_back(entry);
    }
    return lines;
}

std::string to_text(const Lines& lines) {
    std::string text;
    for (const LineRange& range : lines) {
        if (!text.empty()) text += ',';
        text += std::to_string(range.first);
        if (range.last > range.first)
            text += '-' + std::to_string(range.last);
        else if (range.pieces > 0)
            text += 'x' + std::to_string(range.pieces);
    }
    return text;
}

ResolvedLines resolve(const Lines& lines, const std::vector<Item>& items) {
    ResolvedLines out;
    out.pieces.assign(items.size(), 0);
    out.is_empty = lines.empty();
    auto item = items.begin();
    const auto note_unlisted = [&](std::uint32_t from, std::uint32_t to) {
        for (std::uint32_t n = from; n <= to && out.unlisted.size() < 16; ++n)
            out.unlisted.push_back(n);
    };
    for (const LineRange& range : lines) {
        while (item != items.end() && item->number < range.first)
            ++item;
        std::uint32_t expected = range.first;
        while (item != items.end() && item->number <= range.last) {
            if (item->number > expected) note_unlisted(expected, item->number - 1);
            expected = item->number + 1;
            const auto index = static_cast<std::size_t>(item - items.begin());
            out.pieces[index] = range.pieces > 0 ? range.pieces : item->pieces;
            if (range.pieces > item->pieces) out.above_list.push_back(item->number);
            ++item;
        }
        if (expected <= range.last) note_unlisted(expected, range.last);
    }
    return out;
}

std::string to_text(const Pieces& pieces, const std::vector<Item>& items) {
    Lines lines;
    for (std::size_t i = 0; i < pieces.size() && i < items.size(); ++i) {
        if (pieces[i] <= 0) continue;
        const LineRange entry{items[i].number, items[i].number, pieces[i] == items[i].pieces ? 0 : pieces[i]};
        if (!lines.empty() && could_merge(lines.back(), entry))
            lines.back().last = entry.last;
        else
            lines.push_back(entry);
    }
    return to_text(lines);
}

std::int64_t total(const Pieces& pieces) {
    std::int64_t sum = 0;
    for (const std::int64_t count : pieces)
        sum += count;
    return sum;
}

} // namespace tidewaiter::carnet
