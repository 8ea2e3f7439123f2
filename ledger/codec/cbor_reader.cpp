#include "ledger/codec/cbor.hpp"

#include "ledger/base/assert.hpp"

namespace tidewaiter::cbor {

namespace {

constexpr std::uint8_t kUnsigned = 0;
constexpr std::uint8_t kNegative = 1;
constexpr std::uint8_t kBytes = 2;
constexpr std::uint8_t kText = 3;
constexpr std::uint8_t kArray = 4;
constexpr std::uint8_t kMap = 5;
constexpr std::uint8_t kTag = 6;
constexpr std::uint8_t kSimple = 7;
constexpr std::uint8_t kBreak = 0xFF;
/// Unordered maps are searched for duplicates by reading them again; this bounds the work on any input.
constexpr std::size_t kRescanBytes = std::size_t{4} * 1024 * 1024;

Kind kind_of(std::uint8_t initial) {
    switch (initial >> 5U) {
    case kUnsigned: return Kind::Unsigned;
    case kNegative: return Kind::Negative;
    case kBytes: return Kind::Bytes;
    case kText: return Kind::Text;
    case kArray: return Kind::Array;
    case kMap: return Kind::Map;
    case kTag: return Kind::Tag;
    default: break;
    }
    switch (initial & 31U) {
    case 20:
    case 21: return Kind::Bool;
    case 22: return Kind::Null;
    case 23:
    case 31: return Kind::Undefined;
    case 25:
    case 26:
    case 27: return Kind::Float;
    default: return Kind::Simple;
    }
}

std::string_view name_of(Kind kind) {
    switch (kind) {
    case Kind::Unsigned: return "an unsigned integer";
    case Kind::Negative: return "a negative integer";
    case Kind::Bytes: return "bytes";
    case Kind::Text: return "a text";
    case Kind::Array: return "an array";
    case Kind::Map: return "a map";
    case Kind::Tag: return "a tag";
    case Kind::Bool: return "a truth value";
    case Kind::Null: return "null";
    case Kind::Undefined: return "undefined";
    case Kind::Float: return "a float";
    case Kind::Simple: return "a simple value";
    }
    return "an item";
}

template <class Int>
std::string outside(Int value, Int min, Int max) {
    return std::to_string(value) + " is outside " + std::to_string(min) + " … " + std::to_string(max);
}

std::string size_outside(std::string_view what, std::uint64_t size, std::size_t min, std::size_t max) {
    std::string bounds = min == max ? std::to_string(min)
                         : max == SIZE_MAX
                             ? "at least " + std::to_string(min)
                             : std::to_string(min) + " … " + std::to_string(max);
    return std::to_string(size) + " " + std::string(what) + ", expected " + bounds;
}

} // namespace

Reader::Reader(ByteView input, Rules rules) : input_(input), rules_(rules), rescan_budget_(kRescanBytes) {
    rules_.max_depth = std::min(rules_.max_depth, limits::kMaxCborDepth);
}

void Reader::fail_at(std::size_t offset, std::string_view code, std::string detail) {
    if (error_) return;
    error_ = Error{code, "at byte " + std::to_string(offset) + ": " + std::move(detail)};
}

void Reader::reject(std::string_view code, std::string detail) {
    fail_at(position_, code, std::move(detail));
}

void Reader::wrong_type(const Head& head, std::string_view expected) {
    if (error_) return;
    const Kind kind = kind_of(input_[head.offset]);
    fail_at(head.offset, "cbor.type", "expected " + std::string(expected) + ", found " + std::string(name_of(kind)));
}

Status Reader::finish() {
    if (!error_ && depth_ != 0) reject("cbor.type", "an array was entered and not left");
    if (!error_ && position_ < input_.size())
        reject("cbor.trailing", std::to_string(left()) + " bytes follow the item");
    if (error_) return std::unexpected(*error_);
    return {};
}

Kind Reader::peek() {
    if (error_ || position_ >= input_.size()) return Kind::Undefined;
    if (depth_ > 0 && frames_[depth_ - 1].remaining == 0) return Kind::Undefined;
    return kind_of(input_[position_]);
}

/// Reads an item's first bytes. After an error the head is all zero.
Reader::Head Reader::head() {
    if (error_) return {};
    Head head{.offset = position_};
    if (left() == 0) {
        reject("cbor.truncated", "the input ends where an item should begin");
        return {};
    }
    const std::uint8_t initial = input_[position_++];
    head.major = initial >> 5U;
    head.info = initial & 31U;
    if (head.info < 24) {
        head.argument = head.info;
        return head;
    }
    if (head.info == 31) {
        const bool may_be_indefinite = head.major >= kBytes && head.major <= kMap;
        if (!may_be_indefinite)
            fail_at(head.offset, "cbor.malformed", "a break or an indefinite length where there is none");
        else if (rules_.deterministic)
            fail_at(head.offset, "cbor.indefinite", "an indefinite length; lengths must be definite");
        return error_ ? Head{} : head;
    }
    if (head.info > 27) {
        fail_at(head.offset, "cbor.malformed", "reserved additional information " + std::to_string(head.info));
        return {};
    }
    const std::size_t width = std::size_t{1} << (head.info - 24U);
    if (left() < width) {
        fail_at(head.offset, "cbor.truncated", "the input ends within a head");
        return {};
    }
    for (std::size_t i = 0; i < width; ++i) head.argument = head.argument << 8U | input_[position_++];
    const std::uint64_t smallest = width == 1 ? 24 : std::uint64_t{1} << (width * 4);
    if (rules_.deterministic && head.major != kSimple && head.argument < smallest) {
        fail_at(head.offset, "cbor.not-shortest",
                std::to_string(head.argument) + " is not in its shortest form");
        return {};
    }
    return head;
}

/// The head of the next item of the map or array that is open, if any.
Reader::Head Reader::begin_item() {
    if (error_) return {};
    if (depth_ > 0) {
        Frame& frame = frames_[depth_ - 1];
        if (frame.remaining == 0) {
            reject("cbor.count", "the array or map has no further element");
            return {};
        }
        --frame.remaining;
    }
    return head();
}

ByteView Reader::take(const Head& head) {
    if (error_) return {};
    if (head.is_indefinite()) {
        fail_at(head.offset, "cbor.indefinite", "a string in chunks; it must be in one piece here");
        return {};
    }
    if (head.argument > left()) {
        fail_at(head.offset, "cbor.truncated",
                "a string of " + std::to_string(head.argument) + " bytes with " + std::to_string(left()) + " left");
        return {};
    }
    const ByteView view = input_.subspan(position_, static_cast<std::size_t>(head.argument));
    position_ += view.size();
    return view;
}

std::string_view Reader::take_text(const Head& head) {
    const std::string_view text = as_text(take(head));
    if (!error_ && !is_utf8(text)) fail_at(head.offset, "cbor.utf8", "a text that is not UTF-8");
    return error_ ? std::string_view{} : text;
}

std::uint64_t Reader::unsigned_integer(std::uint64_t min, std::uint64_t max) {
    const Head head = begin_item();
    if (error_) return 0;
    if (head.major != kUnsigned) {
        wrong_type(head, "an unsigned integer");
    } else if (head.argument < min || head.argument > max) {
        fail_at(head.offset, "cbor.range", outside(head.argument, min, max));
    }
    return error_ ? 0 : head.argument;
}

std::int64_t Reader::integer(std::int64_t min, std::int64_t max) {
    const Head head = begin_item();
    if (error_) return 0;
    if (head.major > kNegative) {
        wrong_type(head, "an integer");
        return 0;
    }
    if (head.argument > INT64_MAX) {
        fail_at(head.offset, "cbor.range", "an integer of more than 64 bits with its sign");
        return 0;
    }
    const auto size = static_cast<std::int64_t>(head.argument);
    const std::int64_t value = head.major == kUnsigned ? size : -1 - size;
    if (value < min || value > max) fail_at(head.offset, "cbor.range", outside(value, min, max));
    return error_ ? 0 : value;
}

ByteView Reader::bytes(std::size_t min, std::size_t max) {
    const Head head = begin_item();
    if (!error_ && head.major != kBytes) wrong_type(head, "bytes");
    const ByteView view = take(head);
    if (!error_ && (view.size() < min || view.size() > max))
        fail_at(head.offset, "cbor.range", size_outside("bytes", view.size(), min, max));
    return error_ ? ByteView{} : view;
}

std::string_view Reader::text(std::size_t min, std::size_t max) {
    const Head head = begin_item();
    if (!error_ && head.major != kText) wrong_type(head, "a text");
    const std::string_view view = take_text(head);
    if (!error_ && (view.size() < min || view.size() > max))
        fail_at(head.offset, "cbor.range", size_outside("bytes of text", view.size(), min, max));
    return error_ ? std::string_view{} : view;
}

bool Reader::boolean() {
    const Head head = begin_item();
    if (error_) return false;
    const bool is_true = head.major == kSimple && head.info == 21;
    if (!is_true && !(head.major == kSimple && head.info == 20)) wrong_type(head, "a truth value");
    return is_true;
}

void Reader::null() {
    const Head head = begin_item();
    if (!error_ && !(head.major == kSimple && head.info == 22)) wrong_type(head, "null");
}

std::uint64_t Reader::tag() {
    if (!error_ && depth_ > 0 && frames_[depth_ - 1].remaining == 0)
        reject("cbor.count", "the array or map has no further element");
    const Head tag = head();
    if (error_) return 0;
    if (tag.major != kTag) wrong_type(tag, "a tag");
    return error_ ? 0 : tag.argument;
}

void Reader::expect_tag(std::uint64_t expected) {
    const std::size_t offset = position_;
    const std::uint64_t found = tag();
    if (!error_ && found != expected)
        fail_at(offset, "cbor.tag", "tag " + std::to_string(found) + ", expected " + std::to_string(expected));
}

/// Rule: a count larger than the bytes left can not be true, so it never sizes anything.
bool Reader::check_count(const Head& head) {
    if (error_) return false;
    const std::uint64_t most = head.major == kMap ? left() / 2 : left();
    if (!head.is_indefinite() && head.argument > most)
        fail_at(head.offset, "cbor.count",
                "a count of " + std::to_string(head.argument) + " with " + std::to_string(left()) + " bytes left");
    else if (!head.is_indefinite() && head.argument == 0 && !rules_.allow_empty)
        fail_at(head.offset, "cbor.empty", "an empty map or array; leave it out");
    return !error_;
}

/// Opens an array or a map. Its frame lets no item be read yet.
bool Reader::open(std::uint8_t major, Head& head) {
    head = begin_item();
    if (error_) return false;
    if (head.major != major) {
        wrong_type(head, major == kMap ? "a map" : "an array");
        return false;
    }
    if (!check_count(head)) return false;
    if (depth_ >= rules_.max_depth) {
        fail_at(head.offset, "cbor.depth", "nested deeper than " + std::to_string(rules_.max_depth));
        return false;
    }
    frames_[depth_++] = Frame{.remaining = 0, .is_indefinite = head.is_indefinite()};
    return true;
}

bool Reader::at_break() {
    return !error_ && left() > 0 && input_[position_] == kBreak;
}

/// Closes the innermost array or map.
void Reader::close() {
    if (error_) return;
    const Frame& frame = frames_[--depth_];
    if (!frame.is_indefinite) return;
    if (!at_break()) {
        reject(left() == 0 ? "cbor.truncated" : "cbor.count", "expected the end of the array or map");
        return;
    }
    ++position_;
}

/// Calls `body` for each element of the container that `head` opened; each must read `items` items.
void Reader::each(const Head& head, std::size_t min, std::size_t max, std::uint64_t items,
                  const std::function<void(std::size_t)>& body) {
    const std::size_t depth = depth_;
    if (!head.is_indefinite() && (head.argument < min || head.argument > max)) {
        fail_at(head.offset, "cbor.range", size_outside("elements", head.argument, min, max));
        return;
    }
    std::size_t count = 0;
    for (; !error_; ++count) {
        if (head.is_indefinite() ? at_break() : count == head.argument) break;
        if (count == max) {
            fail_at(head.offset, "cbor.range", "more than " + std::to_string(max) + " elements");
            return;
        }
        frames_[depth - 1].remaining = items;
        body(count);
        if (!error_ && (depth_ != depth || frames_[depth - 1].remaining != 0))
            reject("cbor.type", "element " + std::to_string(count) + " was not read to its end");
    }
    if (!error_ && count < min)
        fail_at(head.offset, "cbor.range", size_outside("elements", count, min, max));
    if (!error_ && count == 0 && !rules_.allow_empty)
        fail_at(head.offset, "cbor.empty", "an empty map or array; leave it out");
    close();
}

void Reader::array(std::size_t min, std::size_t max, const std::function<void(std::size_t)>& element) {
    Head head;
    if (open(kArray, head)) each(head, min, max, 1, element);
}

void Reader::entries(std::size_t min, std::size_t max, const std::function<void()>& entry) {
    check_ahead();
    Head head;
    if (!open(kMap, head)) return;
    const std::size_t start = position_;
    std::optional<Key> last;
    each(head, min, max, 2, [&](std::size_t) {
        const std::size_t at = position_;
        const Key next = key();
        if (rules_.deterministic) check_order(next, at, last, start);
        position_ = at;
        entry();
    });
}

void Reader::map(std::initializer_list<int> required, const std::function<bool(std::int64_t)>& field) {
    const std::size_t map_offset = position_;
    std::uint64_t seen = 0;
    entries(0, SIZE_MAX, [&] {
        const std::size_t at = position_;
        if (peek() == Kind::Text) {
            reject("cbor.key-type", "a text as key of a map whose keys are integers");
            return;
        }
        const std::int64_t key = integer();
        if (error_) return;
        if (key >= 0 && key < 64) seen |= std::uint64_t{1} << key;
        if (!field(key)) fail_at(at, "cbor.unknown-key", "key " + std::to_string(key) + " has no meaning here");
    });
    for (const int key : required) {
        TW_ASSERT(key >= 0 && key < 64);
        if ((seen >> key & 1U) == 0)
            fail_at(map_offset, "cbor.missing-key", "this map must have key " + std::to_string(key));
    }
}

void Reader::enter_array(std::size_t count) {
    Head head;
    if (!open(kArray, head)) return;
    if (!head.is_indefinite() && head.argument != count) {
        fail_at(head.offset, "cbor.range", size_outside("elements", head.argument, count, count));
        return;
    }
    frames_[depth_ - 1].remaining = count;
}

void Reader::leave() {
    if (error_) return;
    TW_ASSERT(depth_ > 0);
    if (frames_[depth_ - 1].remaining != 0) {
        reject("cbor.count", "the array has more elements than are known here");
        return;
    }
    close();
}

ByteView Reader::raw() {
    if (error_) return {};
    if (depth_ > 0) {
        Frame& frame = frames_[depth_ - 1];
        if (frame.remaining == 0) {
            reject("cbor.count", "the array or map has no further element");
            return {};
        }
        --frame.remaining;
    }
    const std::size_t start = position_;
    check_item(depth_);
    if (error_) return {};
    return input_.subspan(start, position_ - start);
}

Status check(ByteView input, Rules rules) {
    Reader reader(input, rules);
    reader.skip();
    return reader.finish();
}

} // namespace tidewaiter::cbor
