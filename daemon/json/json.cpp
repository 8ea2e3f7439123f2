#include "daemon/json/json.hpp"

#include "ledger/base/bytes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace tidewaiter::json {

namespace {

/// Lets the handler know how far the parser has read; the events themselves carry no position.
class CountingIterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    CountingIterator(const char* at, std::size_t* read) : at_(at), read_(read) {}
    reference operator*() const { return *at_; }
    CountingIterator& operator++() {
        ++at_;
        ++*read_;
        return *this;
    }
    CountingIterator operator++(int) {
        CountingIterator old = *this;
        ++*this;
        return old;
    }
    bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

  private:
    const char* at_;
    std::size_t* read_;
};

std::string position(std::string_view text, std::size_t offset) {
    offset = std::min(offset, text.size());
    const std::string_view before = text.substr(0, offset);
    const auto lines = std::ranges::count(before, '\n');
    const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    return "line " + std::to_string(lines + 1) + ", column " + std::to_string(offset - line_start + 1) +
           " (byte " + std::to_string(offset) + ")";
}

/// Builds the value without recursion, so that depth costs no stack.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
  public:
    Builder(std::string_view text, std::size_t max_depth, const std::size_t& read)
        : text_(text), max_depth_(max_depth), read_(read) {}

    bool null() override { return place(Value()); }
    bool boolean(bool value) override { return place(Value(value)); }
    bool number_integer(number_integer_t value) override { return place(Value(value)); }
    bool number_unsigned(number_unsigned_t value) override { return place(Value(std::uint64_t{value})); }
    bool number_float(number_float_t value, const string_t&) override { return place(Value(value)); }
    bool string(string_t& value) override { return place(Value(std::move(value))); }
    bool binary(binary_t&) override { return false; }

    bool start_object(std::size_t) override { return open(); }
    bool key(string_t& name) override {
        stack_.back().names.push_back(name);
        return true;
    }
    bool end_object() override {
        Level& level = stack_.back();
        std::vector<std::string>& names = level.names;
        Members members;
        members.reserve(names.size());
        for (std::size_t index = 0; index < names.size(); ++index) {
            members.push_back(Member{names[index], std::move(level.values[index])});
        }
        std::ranges::sort(names);
        const auto twice = std::ranges::adjacent_find(names);
        if (twice != names.end()) {
            return stop("json.duplicate",
                        "the object that ends here has \"" + printable(*twice) + "\" twice");
        }
        return close(Value(std::move(members)));
    }
    bool start_array(std::size_t) override { return open(); }
    bool end_array() override { return close(Value(std::move(stack_.back().values))); }

    bool parse_error(std::size_t offset, const std::string& last_token,
                     const nlohmann::json::exception& reason) override {
        const std::size_t at = offset > 0 ? offset - 1 : 0;
        std::string what = at >= text_.size() ? "the text ends too early"
                                              : "unexpected \"" + printable(last_token, 40) + "\"";
        // nlohmann's 406: a number beyond double.
        if (reason.id == 406) what = "the number " + printable(last_token, 40) + " is too large";
        error = Error{"json.syntax", position(text_, at) + ": " + what};
        return false;
    }

    Value result;
    std::optional<Error> error;

  private:
    struct Level {
        std::vector<std::string> names; ///< of an object
        std::vector<Value> values;
    };

    bool stop(std::string_view code, std::string what) {
        error = Error{code, position(text_, read_ > 0 ? read_ - 1 : 0) + ": " + std::move(what)};
        return false;
    }
    bool open() {
        if (stack_.size() >= max_depth_) {
            return stop("json.depth", "nested deeper than " + std::to_string(max_depth_) + " levels");
        }
        stack_.emplace_back();
        return true;
    }
    bool close(Value value) {
        stack_.pop_back();
        return place(std::move(value));
    }
    bool place(Value value) {
        if (stack_.empty()) {
            result = std::move(value);
        } else {
            stack_.back().values.push_back(std::move(value));
        }
        return true;
    }

    std::string_view text_;
    std::size_t max_depth_;
    const std::size_t& read_;
    std::vector<Level> stack_;
};

} // namespace

Result<Value> parse(std::string_view text, const Limits& limits) {
    if (text.size() > limits.max_bytes) {
        return fail("json.size", "the text has " + std::to_string(text.size()) + " bytes; at most " +
                                     std::to_string(limits.max_bytes) + " are allowed");
    }
    std::size_t read = 0;
    Builder builder(text, limits.max_depth, read);
    const CountingIterator first(text.data(), &read);
    const CountingIterator last(text.data() + text.size(), &read);
    const bool good = nlohmann::json::sax_parse(first, last, &builder);
    if (!good || builder.error) {
        return std::unexpected(builder.error.value_or(Error{"json.syntax", "this is not JSON"}));
    }
    return std::move(builder.result);
}

} // namespace tidewaiter::json
