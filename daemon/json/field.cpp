#include "daemon/json/json.hpp"

#include "ledger/base/bytes.hpp"

#include <algorithm>

namespace tidewaiter::json {

namespace {

std::string place_name(const std::string& path) {
    return path.empty() ? "the document" : path;
}

} // namespace

Field Value::root() const {
    return Field(this, {});
}

Field Value::at(std::string_view name) const {
    return root().at(name);
}

Field Field::at(std::string_view name) const {
    std::string path = path_.empty() ? std::string() : path_ + ".";
    path += printable(name);
    // Whoever reads below something that is no object is told about that, not about a missing member.
    if (value_ != nullptr && !value_->is_object() && !value_->is_null())
        return Field(value_, path_, "an object");
    if (wanted_) return *this;
    return Field(value_ == nullptr ? nullptr : value_->find(name), std::move(path));
}

Field Field::at(std::size_t index) const {
    if (wanted_) return *this;
    if (value_ != nullptr && !value_->is_array() && !value_->is_null())
        return Field(value_, path_, "an array");
    const bool inside = value_ != nullptr && index < value_->items().size();
    return Field(inside ? &value_->items()[index] : nullptr, path_ + "[" + std::to_string(index) + "]");
}

std::unexpected<Error> Field::wrong(std::string_view expected) const {
    const std::string_view wanted = wanted_ ? *wanted_ : expected;
    const std::string start = place_name(path_) + ": ";
    if (value_ == nullptr) return fail("json.missing", start + "is missing; expected " + std::string(wanted));
    return fail("json.type", start + "expected " + std::string(wanted) + ", found " +
                                 std::string(name_of(value_->kind())));
}

bool Field::is(Kind kind) const {
    return !wanted_ && value_ != nullptr && value_->kind() == kind;
}

bool Field::is_absent() const {
    return !wanted_ && (value_ == nullptr || value_->is_null());
}

Result<std::string> Field::text() const {
    if (!is(Kind::Text)) return wrong("text");
    return std::string(value_->text_or(""));
}

Result<std::string> Field::text(std::size_t max_bytes) const {
    TW_TRY(std::string text, this->text());
    if (text.empty()) return fail("json.range", place_name(path_) + ": must not be empty");
    if (text.size() > max_bytes) {
        return fail("json.range", place_name(path_) + ": is " + std::to_string(text.size()) +
                                      " bytes long; at most " + std::to_string(max_bytes) + " are allowed");
    }
    return text;
}

Result<std::int64_t> Field::integer() const {
    if (!is(Kind::Integer)) return wrong("a whole number");
    return value_->integer_or(0);
}

Result<std::int64_t> Field::integer(std::int64_t min, std::int64_t max) const {
    TW_TRY(const std::int64_t number, integer());
    if (number < min || number > max) {
        return fail("json.range", place_name(path_) + ": is " + std::to_string(number) + "; must be from " +
                                      std::to_string(min) + " to " + std::to_string(max));
    }
    return number;
}

Result<double> Field::number() const {
    if (!is(Kind::Number) && !is(Kind::Integer)) return wrong("a number");
    return value_->number_or(0);
}

Result<bool> Field::boolean() const {
    if (!is(Kind::Boolean)) return wrong("true or false");
    return value_->boolean_or(false);
}

Result<std::vector<Field>> Field::items() const {
    if (!is(Kind::Array)) return wrong("an array");
    std::vector<Field> fields;
    fields.reserve(value_->items().size());
    for (std::size_t index = 0; index < value_->items().size(); ++index)
        fields.push_back(at(index));
    return fields;
}

Result<std::vector<std::pair<std::string, Field>>> Field::members() const {
    if (!is(Kind::Object)) return wrong("an object");
    std::vector<std::pair<std::string, Field>> fields;
    fields.reserve(value_->members().size());
    for (const Member& member : value_->members())
        fields.emplace_back(member.name, at(member.name));
    return fields;
}

Result<std::vector<std::string>> Field::texts() const {
    TW_TRY(const std::vector<Field> fields, items());
    std::vector<std::string> texts;
    texts.reserve(fields.size());
    for (const Field& field : fields) {
        TW_TRY(std::string text, field.text());
        texts.push_back(std::move(text));
    }
    return texts;
}

Result<const Value*> Field::value() const {
    if (wanted_ || value_ == nullptr) return wrong("a value");
    return value_;
}

Result<std::optional<std::string>> Field::optional_text() const {
    if (is_absent()) return std::nullopt;
    return text();
}

Result<std::optional<std::int64_t>> Field::optional_integer() const {
    if (is_absent()) return std::nullopt;
    return integer();
}

Result<std::optional<bool>> Field::optional_boolean() const {
    if (is_absent()) return std::nullopt;
    TW_TRY(const bool value, boolean());
    return std::optional<bool>(value);
}

Status Field::only(std::initializer_list<std::string_view> names) const {
    if (!is(Kind::Object)) return wrong("an object");
    for (const Member& member : value_->members()) {
        if (std::ranges::find(names, member.name) != names.end()) continue;
        std::string known;
        for (const std::string_view name : names) {
            if (!known.empty()) known += ", ";
            known += name;
        }
        return fail("json.unknown-field", at(member.name).path() + ": is not known here; known are " + known);
    }
    return {};
}

} // namespace tidewaiter::json
