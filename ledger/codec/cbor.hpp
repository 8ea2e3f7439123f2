#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/limits.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

/// Deterministic CBOR (RFC 8949 section 4.2.1): a pull reader without allocation, and a writer.
namespace tidewaiter::cbor {

enum class Kind { Unsigned, Negative, Bytes, Text, Array, Map, Tag, Bool, Null, Undefined, Float, Simple };

/// What a reader lets pass. The default is what our own objects obey; foreign objects relax it.
/// null() and tag() are a caller's own word that the format has a null or a tag there: they need no relaxing.
struct Rules {
    bool deterministic = true; ///< shortest heads, definite lengths, ordered keys; keys are unique in any case
    bool allow_floats = false;
    bool allow_null = false;   ///< null and undefined, in items that are read whole (raw, skip, check, diagnostic)
    bool allow_empty = false;  ///< empty maps and arrays
    bool allow_tags = false;   ///< tags, in items that are read whole
    bool allow_simple = false; ///< simple values without a name, in items that are read whole
    std::size_t max_depth = limits::kMaxCborDepth; ///< nested maps and arrays; never more than kMaxCborDepth
};

/// Nothing but well-formedness, unique keys and the budgets: for foreign objects and for display.
inline constexpr Rules kRelaxed{.deterministic = false,
                                .allow_floats = true,
                                .allow_null = true,
                                .allow_empty = true,
                                .allow_tags = true,
                                .allow_simple = true};

/// Reads one item from a span. The first error sticks: later reads return zero values and do nothing, loops
/// end, and finish() returns it. Errors name the byte offset and the broken rule: cbor.truncated,
/// cbor.indefinite, cbor.not-shortest, cbor.key-order, cbor.duplicate-key, cbor.float, cbor.utf8,
/// cbor.trailing, cbor.depth, cbor.count, cbor.key-type, cbor.tag, cbor.simple, cbor.null, cbor.empty,
/// cbor.type, cbor.range, cbor.unknown-key, cbor.missing-key, cbor.malformed.
class Reader {
  public:
    explicit Reader(ByteView input, Rules rules = {});

    [[nodiscard]] bool ok() const { return !error_; }
    [[nodiscard]] std::size_t offset() const { return position_; }
    /// Kind of the next item; Kind::Undefined after an error or at the end.
    [[nodiscard]] Kind peek();
    /// True when nothing is left (or after an error).
    [[nodiscard]] bool at_end() const { return error_.has_value() || position_ >= input_.size(); }

    std::uint64_t unsigned_integer(std::uint64_t min = 0, std::uint64_t max = UINT64_MAX);
    std::int64_t integer(std::int64_t min = INT64_MIN, std::int64_t max = INT64_MAX);
    /// Views into the input.
    ByteView bytes(std::size_t min = 0, std::size_t max = SIZE_MAX);
    std::string_view text(std::size_t min = 0, std::size_t max = SIZE_MAX);
    bool boolean();
    void null();
    std::uint64_t tag();
    void expect_tag(std::uint64_t tag);
    template <std::size_t N>
    std::array<std::uint8_t, N> fixed_bytes() {
        std::array<std::uint8_t, N> out{};
        const ByteView view = bytes(N, N);
        if (ok()) std::copy(view.begin(), view.end(), out.begin());
        return out;
    }
    Hash hash() { return fixed_bytes<32>(); }
    /// An enumeration numbered from `min`.
    template <class Enum>
    Enum enumeration(Enum min, Enum max) {
        return static_cast<Enum>(
            unsigned_integer(static_cast<std::uint64_t>(min), static_cast<std::uint64_t>(max)));
    }

    /// A closed map with integer keys. `field(key)` reads the value and returns true, or returns false for a
    /// key it does not know (cbor.unknown-key). Every key in `required` (0 … 63) must occur (cbor.missing-key).
    void map(std::initializer_list<int> required, const std::function<bool(std::int64_t)>& field);
    /// A map of `min` to `max` entries whose keys are integers or texts; `entry` reads one key, then its value.
    void entries(std::size_t min, std::size_t max, const std::function<void()>& entry);
    /// An array; `element(index)` reads one element.
    void array(std::size_t min, std::size_t max, const std::function<void(std::size_t)>& element);
    /// An array of exactly this many elements that the caller reads next, one by one, closed by leave().
    void enter_array(std::size_t count);
    void leave();
    /// Reads one whole item, checking it, and returns its encoding.
    ByteView raw();
    void skip() { ignore(raw(), "checked, not needed"); }

    /// Sets an error of the caller's own at the current offset, unless one is set.
    void reject(std::string_view code, std::string detail);
    /// The first error, or cbor.trailing when bytes are left.
    [[nodiscard]] Status finish();

  private:
    friend class Printer;
    struct Head {
        std::size_t offset = 0;
        std::uint8_t major = 0;
        std::uint8_t info = 0;
        std::uint64_t argument = 0;
        [[nodiscard]] bool is_indefinite() const { return info == 31; }
    };
    /// A map or array that is being read.
    struct Frame {
        std::uint64_t remaining = 0; ///< items that may still be read
        bool is_indefinite = false;
    };
    /// A map key in the order of its shortest encoding.
    struct Key {
        std::uint8_t major = 0;
        std::uint64_t argument = 0; ///< a text's length
        std::string_view text;
        auto operator<=>(const Key&) const = default;
    };

    void fail_at(std::size_t offset, std::string_view code, std::string detail);
    void wrong_type(const Head& head, std::string_view expected);
    [[nodiscard]] std::size_t left() const { return input_.size() - position_; }
    Head head();
    Head begin_item();
    ByteView take(const Head& head);
    std::string_view take_text(const Head& head);
    bool check_count(const Head& head);
    bool open(std::uint8_t major, Head& head);
    bool at_break();
    void close();
    void each(const Head& head, std::size_t min, std::size_t max, std::uint64_t items,
              const std::function<void(std::size_t)>& body);
    Key key();
    void check_order(const Key& next, std::size_t offset, std::optional<Key>& last, std::size_t map_start);
    bool is_repeated(const Key& wanted, std::size_t map_start);
    void check_ahead();
    void check_item(std::size_t depth);
    void check_chunks(std::uint8_t major);
    void check_array(const Head& head, std::size_t depth);
    void check_map(const Head& head, std::size_t depth);
    void check_simple(const Head& head);
    void check_float(const Head& head);

    ByteView input_;
    Rules rules_;
    std::size_t position_ = 0;
    std::size_t depth_ = 0;
    std::array<Frame, limits::kMaxCborDepth> frames_{};
    std::size_t checked_until_ = 0;      ///< items before this offset were checked ahead
    std::size_t rescan_budget_ = 0;      ///< bytes that may be read again to find duplicate keys
    bool is_rescan_ = false;
    std::optional<Error> error_;
};

/// Checks that `input` is exactly one item under `rules`.
[[nodiscard]] Status check(ByteView input, Rules rules = {});

/// Writes deterministic CBOR. Key order and empty containers are asserted: a caller that breaks them has a bug.
/// Texts are written as they come: callers hold them to UTF-8.
class Writer {
  public:
    Writer& unsigned_integer(std::uint64_t value);
    Writer& integer(std::int64_t value);
    Writer& bytes(ByteView value);
    Writer& text(std::string_view value);
    Writer& boolean(bool value);
    Writer& null();
    Writer& tag(std::uint64_t value);
    template <class Enum>
        requires std::is_enum_v<Enum>
    Writer& enumeration(Enum value) {
        return unsigned_integer(static_cast<std::uint64_t>(value));
    }
    /// An item that is already encoded.
    Writer& raw(ByteView item);
    /// In a map: the key of the next value.
    Writer& key(std::int64_t value);
    Writer& key(std::string_view value);
    /// `fill` writes key(k) followed by one value, keys ascending in encoded order; the count is taken from them.
    Writer& map(const std::function<void(Writer&)>& fill);
    /// `fill` writes the elements; the count is taken from them.
    Writer& array(const std::function<void(Writer&)>& fill);
    /// The one empty map that is allowed (an envelope's unprotected header).
    Writer& empty_map();

    [[nodiscard]] const Bytes& view() const { return out_; }
    [[nodiscard]] Bytes take() { return std::move(out_); }

  private:
    /// What is known about the map or array that is being written.
    struct Level {
        bool is_map = false;
        std::size_t items = 0; ///< values; keys are not counted
        std::size_t keys = 0;
        Bytes last_key;
    };

    void head(std::uint8_t major, std::uint64_t argument);
    void begin_item();
    void begin_key(ByteView encoded);
    Writer& container(std::uint8_t major, const std::function<void(Writer&)>& fill);

    Bytes out_;
    Level level_;
    bool is_tagged_ = false; ///< a tag was written, its content is due
};

/// Diagnostic notation (RFC 8949 section 8): integers, h'..', "…", [..], {..}, tags, simple values.
[[nodiscard]] Result<std::string> diagnostic(ByteView input, Rules rules = {});

} // namespace tidewaiter::cbor
