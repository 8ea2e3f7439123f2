#include "daemon/settings/body.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/base/bytes.hpp"

#include <algorithm>

namespace tidewaiter::settings {

namespace {

std::unexpected<Error> wrong_value(std::string detail) {
    return fail("settings.value", std::move(detail));
}

/// The detail of a check's error, under our code.
Status judged(Status status) {
    if (!status) return wrong_value(status.error().detail);
    return {};
}

template <class T>
void declare_integer(Key& key, T& into, const IntegerRule& rule) {
    const std::int64_t lowest = std::max<std::int64_t>(rule.min, std::numeric_limits<T>::min());
    const auto highest = static_cast<std::int64_t>(
        std::min<std::uint64_t>(static_cast<std::uint64_t>(std::max<std::int64_t>(rule.max, 0)),
                                static_cast<std::uint64_t>(std::numeric_limits<T>::max())));
    const std::string range = "from " + std::to_string(lowest) + " to " + std::to_string(highest);
    key.required = rule.required;
    key.kind = Scalar::Kind::Integer;
    key.expected = "a whole number " + range;
    key.take = [&into, lowest, highest, range](const Scalar& value, const std::filesystem::path&) -> Status {
        if (value.integer < lowest || value.integer > highest) {
            return wrong_value(std::to_string(value.integer) + " is not allowed; expected a whole number " +
                               range);
        }
        into = static_cast<T>(value.integer);
        return {};
    };
}

/// A value that is written as text and parsed.
template <class T, class Parse, class Accept>
void declare_parsed(Key& key, T& into, Parse parse, Accept accept) {
    key.kind = Scalar::Kind::Text;
    key.take = [&into, parse, accept](const Scalar& value, const std::filesystem::path&) -> Status {
        const Result<T> parsed = parse(value.text);
        if (!parsed) return wrong_value(parsed.error().detail);
        TW_CHECK(accept(*parsed));
        into = *parsed;
        return {};
    };
}

} // namespace

Key& Schema::Body::add(std::string_view name) {
    TW_ASSERT(find(name) == nullptr);
    Key& key = keys.emplace_back();
    key.name = name;
    return key;
}

const Key* Schema::Body::find(std::string_view name) const {
    const auto found = std::ranges::find(keys, name, &Key::name);
    return found == keys.end() ? nullptr : &*found;
}

Schema::Schema() : body_(std::make_unique<Body>()) {}
Schema::~Schema() = default;
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;

void Schema::text(std::string_view name, std::string& into, TextRule rule) {
    Key& key = body_->add(name);
    key.required = rule.required;
    key.kind = Scalar::Kind::Text;
    key.expected = "text";
    key.take = [&into, rule = std::move(rule)](const Scalar& value, const std::filesystem::path&) -> Status {
        if (value.text.empty() && !rule.may_be_empty) return wrong_value("must not be empty");
        if (value.text.size() > rule.max_bytes) {
            return wrong_value("is longer than the " + std::to_string(rule.max_bytes) + " bytes allowed");
        }
        if (rule.check) TW_CHECK(judged(rule.check(value.text)));
        into = value.text;
        return {};
    };
}

void Schema::integer(std::string_view name, std::int64_t& into, IntegerRule rule) {
    declare_integer(body_->add(name), into, rule);
}
void Schema::integer(std::string_view name, std::int32_t& into, IntegerRule rule) {
    declare_integer(body_->add(name), into, rule);
}
void Schema::integer(std::string_view name, std::uint32_t& into, IntegerRule rule) {
    declare_integer(body_->add(name), into, rule);
}
void Schema::integer(std::string_view name, std::uint16_t& into, IntegerRule rule) {
    declare_integer(body_->add(name), into, rule);
}

void Schema::boolean(std::string_view name, bool& into, BooleanRule rule) {
    Key& key = body_->add(name);
    key.required = rule.required;
    key.kind = Scalar::Kind::Boolean;
    key.expected = "true or false";
    key.take = [&into](const Scalar& value, const std::filesystem::path&) -> Status {
        into = value.boolean;
        return {};
    };
}

void Schema::duration(std::string_view name, std::chrono::milliseconds& into, DurationRule rule) {
    Key& key = body_->add(name);
    key.required = rule.required;
    key.expected = "a duration from " + to_text(rule.min) + " to " + to_text(rule.max) + ", such as \"30 s\"";
    declare_parsed(key, into, parse_duration, [rule](std::chrono::milliseconds value) -> Status {
        if (value >= rule.min && value <= rule.max) return {};
        return wrong_value(to_text(value) + " is not allowed; expected " + to_text(rule.min) + " to " +
                           to_text(rule.max));
    });
}

void Schema::size(std::string_view name, std::uint64_t& into, SizeRule rule) {
    Key& key = body_->add(name);
    key.required = rule.required;
    key.expected =
        "a size from " + size_to_text(rule.min) + " to " + size_to_text(rule.max) + ", such as \"64 KiB\"";
    declare_parsed(key, into, parse_size, [rule](std::uint64_t value) -> Status {
        if (value >= rule.min && value <= rule.max) return {};
        return wrong_value(size_to_text(value) + " is not allowed; expected " + size_to_text(rule.min) +
                           " to " + size_to_text(rule.max));
    });
}

void Schema::endpoint(std::string_view name, Endpoint& into, EndpointRule rule) {
    Key& key = body_->add(name);
    key.required = rule.required;
    key.expected = "host:port, such as \"127.0.0.1:8080\"";
    declare_parsed(key, into, parse_endpoint, [rule](const Endpoint& value) -> Status {
        if (value.port == 0 && !rule.may_be_zero) return wrong_value("port 0 is not allowed here");
        if (rule.loopback_only && !is_loopback(value.host)) {
            return wrong_value("\"" + value.host +
                               "\" is reachable from other machines; expected a loopback address, "
                               "such as 127.0.0.1");
        }
        return {};
    });
}

void Schema::path(std::string_view name, std::filesystem::path& into, PathRule rule) {
    Key& key = body_->add(name);
    key.required = rule.required;
    key.kind = Scalar::Kind::Text;
    key.expected = "a path";
    key.take = [&into](const Scalar& value, const std::filesystem::path& folder) -> Status {
        if (value.text.empty()) return wrong_value("must not be empty");
        if (value.text.contains('\0')) return wrong_value("a path has no zero byte");
        into = (folder / value.text).lexically_normal();
        return {};
    };
}

void Schema::texts(std::string_view name, std::vector<std::string>& into, TextsRule rule) {
    Key& key = body_->add(name);
    key.required = rule.required;
    key.kind = Scalar::Kind::Texts;
    key.expected = "an array of texts";
    key.take = [&into, rule = std::move(rule)](const Scalar& value, const std::filesystem::path&) -> Status {
        if (value.texts.size() < rule.min_count || value.texts.size() > rule.max_count) {
            return wrong_value("has " + std::to_string(value.texts.size()) + " texts; expected " +
                               std::to_string(rule.min_count) + " to " + std::to_string(rule.max_count));
        }
        for (const std::string& text : value.texts) {
            if (rule.check) TW_CHECK(judged(rule.check(text)));
        }
        into = value.texts;
        return {};
    };
}

void Schema::choose(std::string_view name, std::vector<std::string> names, bool required,
                    std::function<void(std::size_t)> take) {
    Key& key = body_->add(name);
    key.required = required;
    key.kind = Scalar::Kind::Text;
    for (const std::string& word : names)
        key.expected += (key.expected.empty() ? "\"" : ", \"") + word + "\"";
    key.expected.insert(0, names.size() > 1 ? "one of " : "");
    key.take = [names = std::move(names), take = std::move(take),
                expected = key.expected](const Scalar& value, const std::filesystem::path&) -> Status {
        const auto found = std::ranges::find(names, value.text);
        if (found == names.end()) {
            return wrong_value("\"" + printable(value.text) + "\" is not allowed; expected " + expected);
        }
        take(static_cast<std::size_t>(found - names.begin()));
        return {};
    };
}

void Schema::table(std::string_view name, const std::function<void(Schema&)>& declare, TableRule rule) {
    Key& key = body_->add(name);
    key.required = rule.required;
    key.shape = Key::Shape::Table;
    key.expected = "a table";
    key.table = std::make_unique<Schema>();
    declare(*key.table);
}

void Schema::repeat(std::string_view name, TablesRule rule, std::function<void()> clear,
                    std::function<void(Schema&)> declare) {
    Key& key = body_->add(name);
    key.required = rule.min_count > 0;
    key.shape = Key::Shape::Tables;
    key.expected = "an array of tables, [[" + key.name + "]]";
    key.count = rule;
    key.clear = std::move(clear);
    key.declare = std::move(declare);
}

} // namespace tidewaiter::settings
