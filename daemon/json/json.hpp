#pragma once

#include "ledger/base/result.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tidewaiter::json {

class Field;
class Value;
struct Member;

using Items = std::vector<Value>;
/// In the order in which the members were set or read; names are unique.
using Members = std::vector<Member>;

enum class Kind { Null, Boolean, Integer, Number, Text, Array, Object };

/// "null", "true or false", "a whole number" …, for error texts.
[[nodiscard]] std::string_view name_of(Kind kind);

/// One JSON value. Braces around pairs make an object: `Value{{"age", 3}, {"port", {{"place", "USLAX"}}}}`;
/// arrays are made with array().
class Value {
  public:
    Value();
    ~Value();
    Value(const Value& other);
    Value(Value&& other) noexcept;
    Value& operator=(const Value& other);
    Value& operator=(Value&& other) noexcept;

    Value(std::nullptr_t);
    Value(bool value);
    Value(std::int64_t value);
    template <std::integral T>
        requires(!std::same_as<T, bool> && !std::same_as<T, char> &&
                 (sizeof(T) < 8 || std::signed_integral<T>))
    Value(T value) : Value(static_cast<std::int64_t>(value)) {}
    /// Above INT64_MAX it becomes a Number.
    Value(std::uint64_t value);
    /// NaN and infinities, which JSON lacks, become null.
    Value(double value);
    Value(const char* text);
    Value(std::string_view text);
    Value(std::string text);
    Value(Items items);
    Value(Members members);
    Value(std::initializer_list<Member> members);
    template <class T>
    Value(const std::optional<T>& value) : Value() {
        if (value) *this = Value(*value);
    }
    template <class T>
    Value(const T*) = delete; // would silently become a boolean

    [[nodiscard]] Kind kind() const;
    [[nodiscard]] bool is_null() const { return kind() == Kind::Null; }
    [[nodiscard]] bool is_text() const { return kind() == Kind::Text; }
    [[nodiscard]] bool is_array() const { return kind() == Kind::Array; }
    [[nodiscard]] bool is_object() const { return kind() == Kind::Object; }

    /// Building. set() on null makes an object of it, push() an array; on another kind both abort.
    Value& set(std::string_view name, Value value); ///< replaces an older member of that name; returns *this
    Value& push(Value item);                        ///< returns *this
    /// For reports that grow: the member, made null when it is missing.
    Value& operator[](std::string_view name);

    /// Looking. None of these fails: other kinds have no members and no items.
    [[nodiscard]] const Value* find(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
    [[nodiscard]] const Items& items() const;
    [[nodiscard]] const Members& members() const;
    [[nodiscard]] std::size_t size() const;
    /// The text, or `otherwise` for another kind.
    [[nodiscard]] std::string_view text_or(std::string_view otherwise) const;
    [[nodiscard]] std::int64_t integer_or(std::int64_t otherwise) const;
    [[nodiscard]] bool boolean_or(bool otherwise) const;
    [[nodiscard]] double number_or(double otherwise) const;

    /// Checked reading: `body.at("stamp").at("lines").text()`. The Field borrows this value.
    [[nodiscard]] Field at(std::string_view name) const;
    [[nodiscard]] Field root() const;

    /// Compact; or over several lines, two spaces per level. Text that is not UTF-8 shows U+FFFD for each bad
    /// byte.
    [[nodiscard]] std::string dump() const;
    [[nodiscard]] std::string dump_pretty() const;

    bool operator==(const Value&) const;

  private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Items, Members> data_;
};

struct Member {
    std::string name;
    Value value;
    bool operator==(const Member&) const = default;
};

/// `array({1, "two", Value{{"three", 3}}})`.
[[nodiscard]] Value array(std::initializer_list<Value> items = {});
/// From any range, with a function that turns an element into a Value.
template <class Range, class Function>
[[nodiscard]] Value array_of(const Range& range, Function&& function) {
    Items items;
    for (const auto& element : range)
        items.push_back(Value(function(element)));
    return Value(std::move(items));
}
template <class Range>
[[nodiscard]] Value array_of(const Range& range) {
    return array_of(range, [](const auto& element) { return Value(element); });
}
[[nodiscard]] Value object();

/// A value at its place, which every error names: "stamp.lines: expected text, found a whole number".
/// Errors: json.missing, json.type, json.range, json.unknown-field. Borrows the Value it was taken from.
class Field {
  public:
    /// A missing member gives a Field, too; reading it fails with json.missing.
    [[nodiscard]] Field at(std::string_view name) const;
    [[nodiscard]] Field at(std::size_t index) const;
    [[nodiscard]] bool exists() const { return value_ != nullptr; }
    /// Missing or null.
    [[nodiscard]] bool is_absent() const;
    [[nodiscard]] const std::string& path() const { return path_; }

    [[nodiscard]] Result<std::string> text() const;
    /// At most that many bytes, and at least one.
    [[nodiscard]] Result<std::string> text(std::size_t max_bytes) const;
    [[nodiscard]] Result<std::int64_t> integer() const;
    [[nodiscard]] Result<std::int64_t> integer(std::int64_t min, std::int64_t max) const;
    /// A whole number counts, too.
    [[nodiscard]] Result<double> number() const;
    [[nodiscard]] Result<bool> boolean() const;
    [[nodiscard]] Result<std::vector<Field>> items() const;
    /// Name and field of each member.
    [[nodiscard]] Result<std::vector<std::pair<std::string, Field>>> members() const;
    [[nodiscard]] Result<std::vector<std::string>> texts() const;
    [[nodiscard]] Result<const Value*> value() const;

    /// Absent gives nothing; another kind is still an error.
    [[nodiscard]] Result<std::optional<std::string>> optional_text() const;
    [[nodiscard]] Result<std::optional<std::int64_t>> optional_integer() const;
    [[nodiscard]] Result<std::optional<bool>> optional_boolean() const;

    /// Must be an object that has no other members than these (json.unknown-field names the first other one).
    [[nodiscard]] Status only(std::initializer_list<std::string_view> names) const;

  private:
    friend class Value;
    Field(const Value* value, std::string path, std::optional<std::string_view> wanted = {})
        : value_(value), path_(std::move(path)), wanted_(wanted) {}
    [[nodiscard]] bool is(Kind kind) const;
    [[nodiscard]] std::unexpected<Error> wrong(std::string_view expected) const;

    const Value* value_;
    std::string path_;
    std::optional<std::string_view>
        wanted_; ///< the path went through a value of another kind: what it should be
};

struct Limits {
    std::size_t max_depth = 64;
    std::size_t max_bytes = std::size_t{16} * 1024 * 1024;
};

/// RFC 8259. Errors: json.syntax, json.depth, json.size, json.duplicate (a name twice in one object); each
/// names line, column (in bytes, from 1) and byte offset.
[[nodiscard]] Result<Value> parse(std::string_view text, const Limits& limits = {});

} // namespace tidewaiter::json
