#include "ledger/codec/cbor.hpp"

#include "ledger/codec/cbor_float.hpp"

/// Items that are read whole: every rule is checked, nothing is kept. Recursion is bounded by the depth limit.
namespace tidewaiter::cbor {

namespace {

constexpr std::size_t kMaxKeyBytes = 255;
constexpr std::uint8_t kText = 3;
constexpr std::uint8_t kSimple = 7;

} // namespace

void Reader::check_item(std::size_t depth) {
    Head item = head();
    // Tags may stand on tags: a loop, so that their number costs no stack.
    while (!error_ && item.major == 6) {
        if (!rules_.allow_tags)
            fail_at(item.offset, "cbor.tag", "tag " + std::to_string(item.argument) + " has no meaning here");
        item = head();
    }
    if (error_) return;
    switch (item.major) {
    case 2:
        item.is_indefinite() ? check_chunks(item.major) : ignore(take(item), "checked, not needed");
        break;
    case kText:
        item.is_indefinite() ? check_chunks(item.major) : ignore(take_text(item), "checked, not needed");
        break;
    case 4: check_array(item, depth); break;
    case 5: check_map(item, depth); break;
    case kSimple: check_simple(item); break;
    default: break;
    }
}

void Reader::check_chunks(std::uint8_t major) {
    while (!error_ && !at_break()) {
        const Head chunk = head();
        if (error_) return;
        if (chunk.major != major || chunk.is_indefinite()) {
            fail_at(chunk.offset, "cbor.malformed", "a chunk of another type than its string");
            return;
        }
        if (major == kText)
            ignore(take_text(chunk), "checked, not needed");
        else
            ignore(take(chunk), "checked, not needed");
    }
    if (!error_) ++position_;
}

void Reader::check_array(const Head& head, std::size_t depth) {
    if (!check_count(head)) return;
    if (depth >= rules_.max_depth) {
        fail_at(head.offset, "cbor.depth", "nested deeper than " + std::to_string(rules_.max_depth));
        return;
    }
    std::uint64_t count = 0;
    for (; !error_; ++count) {
        if (head.is_indefinite() ? at_break() : count == head.argument) break;
        check_item(depth + 1);
    }
    if (error_) return;
    if (count == 0 && !rules_.allow_empty) fail_at(head.offset, "cbor.empty", "an empty array; leave it out");
    if (head.is_indefinite()) ++position_;
}

void Reader::check_map(const Head& head, std::size_t depth) {
    if (!check_count(head)) return;
    if (depth >= rules_.max_depth) {
        fail_at(head.offset, "cbor.depth", "nested deeper than " + std::to_string(rules_.max_depth));
        return;
    }
    const std::size_t start = position_;
    std::optional<Key> last;
    std::uint64_t count = 0;
    for (; !error_; ++count) {
        if (head.is_indefinite() ? at_break() : count == head.argument) break;
        const std::size_t at = position_;
        const Key next = key();
        check_order(next, at, last, start);
        check_item(depth + 1);
    }
    if (error_) return;
    if (count == 0 && !rules_.allow_empty) fail_at(head.offset, "cbor.empty", "an empty map; leave it out");
    if (head.is_indefinite()) ++position_;
}

void Reader::check_simple(const Head& head) {
    switch (head.info) {
    case 20:
    case 21: return;
    case 22:
    case 23:
        if (!rules_.allow_null)
            fail_at(head.offset, "cbor.null", "null or undefined; leave the field out");
        return;
    case 25:
    case 26:
    case 27: check_float(head); return;
    default: break;
    }
    if (head.info == 24 && head.argument < 32)
        fail_at(head.offset, "cbor.simple", "a simple value below 32 in two bytes");
    else if (!rules_.allow_simple)
        fail_at(head.offset, "cbor.simple", "simple value " + std::to_string(head.argument) + " has no meaning here");
}

void Reader::check_float(const Head& head) {
    if (!rules_.allow_floats)
        fail_at(head.offset, "cbor.float", "a float where an integer is due");
    else if (rules_.deterministic && !is_shortest_float(head.info, head.argument))
        fail_at(head.offset, "cbor.float", "a float that is not in its shortest form, or a NaN with a payload");
}

/// Reads a map key: an integer, or a text of at most 255 bytes in one piece.
Reader::Key Reader::key() {
    const Head item = head();
    if (error_) return {};
    if (item.major > kText || item.major == 2) {
        fail_at(item.offset, "cbor.key-type", "a map key must be an integer or a text");
        return {};
    }
    if (item.major != kText) return {.major = item.major, .argument = item.argument, .text = {}};
    const std::string_view text = take_text(item);
    if (!error_ && text.size() > kMaxKeyBytes)
        fail_at(item.offset, "cbor.key-type", "a text of more than 255 bytes as map key");
    return {.major = item.major, .argument = text.size(), .text = text};
}

/// Ordered keys need only their predecessor; among unordered ones a duplicate is looked for.
void Reader::check_order(const Key& next, std::size_t offset, std::optional<Key>& last, std::size_t map_start) {
    if (error_ || is_rescan_) return;
    if (!last || next > *last) {
        last = next;
        return;
    }
    if (next == *last || (!rules_.deterministic && is_repeated(next, map_start)))
        fail_at(offset, "cbor.duplicate-key", "this key occurs twice in its map");
    else if (rules_.deterministic)
        fail_at(offset, "cbor.key-order", "this key belongs before the one in front of it");
}

/// Whether a key that was just read occurs before itself in the map that starts at `map_start`.
bool Reader::is_repeated(const Key& wanted, std::size_t map_start) {
    const std::size_t resume = position_;
    if (resume - map_start > rescan_budget_) {
        reject("cbor.count", "too many keys out of order to look for duplicates");
        return false;
    }
    rescan_budget_ -= resume - map_start;
    is_rescan_ = true;
    position_ = map_start;
    bool found = false;
    while (!error_) {
        const Key other = key();
        if (position_ >= resume) break;
        if (other == wanted) {
            found = true;
            break;
        }
        // The depth was checked the first time.
        check_item(0);
    }
    is_rescan_ = false;
    position_ = resume;
    return found;
}

/// Without an order of keys, duplicates are looked for once, in the outermost item, before it is read.
void Reader::check_ahead() {
    if (error_ || rules_.deterministic || position_ < checked_until_) return;
    const std::size_t start = position_;
    const Rules own = rules_;
    // What may stand where is for the reads that follow.
    rules_ = kRelaxed;
    rules_.max_depth = own.max_depth;
    check_item(depth_);
    rules_ = own;
    if (error_) return;
    checked_until_ = position_;
    position_ = start;
}

} // namespace tidewaiter::cbor
