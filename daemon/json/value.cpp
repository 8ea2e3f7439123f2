#include "daemon/json/json.hpp"

#include "ledger/base/assert.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace tidewaiter::json {

namespace {

/// Length of the UTF-8 sequence at the start of `text` as RFC 3629 allows it, or 0.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t at) -> unsigned {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const auto continues = [&](std::size_t at) { return (byte(at) & 0xC0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4 || !continues(1)) return 0;
    if (first < 0xE0) return 2;
    if (!continues(2)) return 0;
    if (first < 0xF0) {
        const bool overlong = first == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = first == 0xED && byte(1) > 0x9F;
        return overlong || surrogate ? 0 : 3;
    }
    if (!continues(3)) return 0;
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool too_high = first == 0xF4 && byte(1) > 0x8F;
    return overlong || too_high ? 0 : 4;
}

void write_escaped(std::string& out, unsigned char character) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    switch (character) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
    }
    if (character >= 0x20 && character != 0x7F) {
        out += static_cast<char>(character);
        return;
    }
    out += "\\u00";
    out += kDigits[character >> 4U];
    out += kDigits[character & 15U];
}

void write_text(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
        } else if (length == 1) {
            write_escaped(out, static_cast<unsigned char>(text.front()));
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    out += '"';
}

void write_number(std::string& out, double number) {
    std::array<char, 32> buffer{};
    const auto done = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    const std::string_view digits(buffer.data(), static_cast<std::size_t>(done.ptr - buffer.data()));
    out += digits;
    // Read back, it is to stay a Number.
    if (digits.find_first_of(".e") == std::string_view::npos) out += ".0";
}

class Writer {
  public:
    explicit Writer(bool pretty) : pretty_(pretty) {}

    void write(const Value& value, std::size_t depth) {
        switch (value.kind()) {
        case Kind::Null: out += "null"; break;
        case Kind::Boolean: out += value.boolean_or(false) ? "true" : "false"; break;
        case Kind::Integer: out += std::to_string(value.integer_or(0)); break;
        case Kind::Number: write_number(out, value.number_or(0)); break;
        case Kind::Text: write_text(out, value.text_or("")); break;
        case Kind::Array: write_items(value.items(), depth); break;
        case Kind::Object: write_members(value.members(), depth); break;
        }
    }

    std::string out;

  private:
    void new_line(std::size_t depth) {
        if (!pretty_) return;
        out += '\n';
        out.append(depth * 2, ' ');
    }

    void write_items(const Items& items, std::size_t depth) {
        out += '[';
        for (const Value& item : items) {
            if (&item != &items.front()) out += ',';
            new_line(depth + 1);
            write(item, depth + 1);
        }
        if (!items.empty()) new_line(depth);
        out += ']';
    }

    void write_members(const Members& members, std::size_t depth) {
        out += '{';
        for (const Member& member : members) {
            if (&member != &members.front()) out += ',';
            new_line(depth + 1);
            write_text(out, member.name);
            out += pretty_ ? ": " : ":";
            write(member.value, depth + 1);
        }
        if (!members.empty()) new_line(depth);
        out += '}';
    }

    bool pretty_;
};

} // namespace

std::string_view name_of(Kind kind) {
    switch (kind) {
    case Kind::Null: return "null";
    case Kind::Boolean: return "true or false";
    case Kind::Integer: return "a whole number";
    case Kind::Number: return "a number";
    case Kind::Text: return "text";
    case Kind::Array: return "an array";
    case Kind::Object: return "an object";
    }
    return "";
}

// All here, where Member is complete: the variant holds a vector of it.
Value::Value() = default;
Value::~Value() = default;
Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;

Value::Value(std::nullptr_t) {}
Value::Value(bool value) : data_(value) {}
Value::Value(std::int64_t value) : data_(value) {}
Value::Value(const char* text) : data_(std::string(text)) {}
Value::Value(std::string_view text) : data_(std::string(text)) {}
Value::Value(std::string text) : data_(std::move(text)) {}

Value::Value(std::uint64_t value) {
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        data_ = static_cast<std::int64_t>(value);
    } else {
        data_ = static_cast<double>(value);
    }
}

Value::Value(double value) {
    if (std::isfinite(value)) data_ = value;
}

Value::Value(Items items) : data_(std::move(items)) {}

Value::Value(Members members) : data_(std::move(members)) {}

Value::Value(std::initializer_list<Member> members) : data_(Members()) {
    for (const Member& member : members)
        set(member.name, member.value);
}

Kind Value::kind() const {
    return static_cast<Kind>(data_.index());
}

Value& Value::operator[](std::string_view name) {
    if (is_null()) data_ = Members();
    TW_ASSERT(is_object());
    Members& members = std::get<Members>(data_);
    const auto found = std::ranges::find(members, name, &Member::name);
    if (found != members.end()) return found->value;
    return members.emplace_back(Member{std::string(name), Value()}).value;
}

Value& Value::set(std::string_view name, Value value) {
    (*this)[name] = std::move(value);
    return *this;
}

Value& Value::push(Value item) {
    if (is_null()) data_ = Items();
    TW_ASSERT(is_array());
    std::get<Items>(data_).push_back(std::move(item));
    return *this;
}

const Value* Value::find(std::string_view name) const {
    const Members& all = members();
    const auto found = std::ranges::find(all, name, &Member::name);
    return found == all.end() ? nullptr : &found->value;
}

const Items& Value::items() const {
    static const Items kNone;
    const Items* items = std::get_if<Items>(&data_);
    return items != nullptr ? *items : kNone;
}

const Members& Value::members() const {
    static const Members kNone;
    const Members* members = std::get_if<Members>(&data_);
    return members != nullptr ? *members : kNone;
}

std::size_t Value::size() const {
    return items().size() + members().size();
}

std::string_view Value::text_or(std::string_view otherwise) const {
    const std::string* text = std::get_if<std::string>(&data_);
    return text != nullptr ? std::string_view(*text) : otherwise;
}

std::int64_t Value::integer_or(std::int64_t otherwise) const {
    const std::int64_t* integer = std::get_if<std::int64_t>(&data_);
    return integer != nullptr ? *integer : otherwise;
}

bool Value::boolean_or(bool otherwise) const {
    const bool* boolean = std::get_if<bool>(&data_);
    return boolean != nullptr ? *boolean : otherwise;
}

double Value::number_or(double otherwise) const {
    if (const double* number = std::get_if<double>(&data_)) return *number;
    const std::int64_t* integer = std::get_if<std::int64_t>(&data_);
    return integer != nullptr ? static_cast<double>(*integer) : otherwise;
}

std::string Value::dump() const {
    Writer writer(/*pretty=*/false);
    writer.write(*this, 0);
    return std::move(writer.out);
}

std::string Value::dump_pretty() const {
    Writer writer(/*pretty=*/true);
    writer.write(*this, 0);
    return std::move(writer.out);
}

bool Value::operator==(const Value& other) const {
    return data_ == other.data_;
}

Value array(std::initializer_list<Value> items) {
    return Value(Items(items));
}

Value object() {
    return Value(Members());
}

} // namespace tidewaiter::json
