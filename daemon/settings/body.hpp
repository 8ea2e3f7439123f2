#pragma once

#include "daemon/settings/settings.hpp"

#include <optional>

// Forward, so that toml++ is seen by settings.cpp alone.
namespace tidewaiter::settings {

/// One value of the file, as far as the rules of a key need it.
struct Scalar {
    enum class Kind { Text, Integer, Boolean, Texts, Other };
    Kind kind = Kind::Other;
    std::string text;
    std::int64_t integer = 0;
    bool boolean = false;
    std::vector<std::string> texts;
};

struct Key {
    enum class Shape { Value, Table, Tables };
    std::string name;
    Shape shape = Shape::Value;
    bool required = false;
    std::string expected; ///< "text", "a whole number from 1 to 65535" …
    Scalar::Kind kind = Scalar::Kind::Other;
    /// Puts a value of the right kind where it belongs; its error says what is wrong with it.
    std::function<Status(const Scalar&, const std::filesystem::path& folder)> take;
    std::unique_ptr<Schema> table; ///< Shape::Table
    TablesRule count;              ///< Shape::Tables
    std::function<void()> clear;
    std::function<void(Schema&)> declare;
};

struct Schema::Body {
    std::vector<Key> keys;

    Key& add(std::string_view name);
    [[nodiscard]] const Key* find(std::string_view name) const;
};

} // namespace tidewaiter::settings
