#include "daemon/settings/body.hpp"

#include "daemon/files/files.hpp"
#include "ledger/base/bytes.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <numeric>

namespace tidewaiter::settings {

namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20U;

std::string_view name_of(const toml::node& node) {
    switch (node.type()) {
    case toml::node_type::none: return "nothing";
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "an array";
    case toml::node_type::string: return "text";
    case toml::node_type::integer: return "a whole number";
    case toml::node_type::floating_point: return "a number";
    case toml::node_type::boolean: return "true or false";
    case toml::node_type::date: return "a date";
    case toml::node_type::time: return "a time";
    case toml::node_type::date_time: return "a date and time";
    }
    return "";
}

/// Letters to insert, drop, replace or swap with their neighbour until the words are equal.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(above.begin(), above.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

Scalar scalar_of(const toml::node& node) {
    Scalar scalar;
    if (const auto* text = node.as_string()) {
        scalar.kind = Scalar::Kind::Text;
        scalar.text = text->get();
    } else if (const auto* integer = node.as_integer()) {
        scalar.kind = Scalar::Kind::Integer;
        scalar.integer = integer->get();
    } else if (const auto* boolean = node.as_boolean()) {
        scalar.kind = Scalar::Kind::Boolean;
        scalar.boolean = boolean->get();
    } else if (const auto* array = node.as_array()) {
        for (const toml::node& item : *array) {
            const auto* word = item.as_string();
            if (word == nullptr) return scalar;
            scalar.texts.push_back(word->get());
        }
        scalar.kind = Scalar::Kind::Texts;
    }
    return scalar;
}

} // namespace

/// Walks the parsed file and the schema side by side.
struct Reader {
    const std::string& file;
    const std::filesystem::path& folder;
    const Schema& top;

    using Position = toml::source_position;

    [[nodiscard]] std::unexpected<Error> error(std::string_view code, Position at, std::string_view key,
                                               std::string_view what) const {
        std::string detail = file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": ";
        if (!key.empty()) detail += printable(key) + ": ";
        return fail(code, detail + std::string(what));
    }

    static std::string joined(std::string_view prefix, std::string_view name) {
        return prefix.empty() ? std::string(name) : std::string(prefix) + "." + std::string(name);
    }

    /// Where else in the file a key of that name may stand: keys written below a [table] header belong to
    /// that table, a slip that TOML invites.
    static std::string other_place(const Schema& schema, std::string_view name, const std::string& prefix) {
        for (const Key& key : schema.body_->keys) {
            if (key.name == name)
                return prefix.empty() ? "before the first [table]" : "below [" + prefix + "]";
            if (key.shape != Key::Shape::Table) continue;
            std::string found = other_place(*key.table, name, joined(prefix, key.name));
            if (!found.empty()) return found;
        }
        return {};
    }

    [[nodiscard]] std::string hint(const Schema& schema, std::string_view name) const {
        const Key* nearest = nullptr;
        std::size_t least = 3;
        if (name.size() <= 100) {
            for (const Key& key : schema.body_->keys) {
                const std::size_t apart = distance(name, key.name);
                if (apart < least && apart * 2 < std::max(name.size(), key.name.size())) {
                    least = apart;
                    nearest = &key;
                }
            }
        }
        if (nearest != nullptr) return "; did you mean \"" + nearest->name + "\"?";
        const std::string place = other_place(top, name, "");
        if (!place.empty()) return "; it belongs " + place;
        std::string known;
        for (const Key& key : schema.body_->keys)
            known += (known.empty() ? "" : ", ") + key.name;
        return "; known are " + known;
    }

    Status read(const toml::table& table, const Schema& schema, const std::string& prefix) const {
        for (const auto& [name, node] : table) {
            if (schema.body_->find(name.str()) != nullptr) continue;
            return error("settings.unknown", name.source().begin, joined(prefix, name.str()),
                         "is not a known key here" + hint(schema, name.str()));
        }
        for (const Key& key : schema.body_->keys) {
            const std::string path = joined(prefix, key.name);
            const toml::node* node = table.get(key.name);
            if (node != nullptr) {
                TW_CHECK(read_key(*node, key, path));
            } else if (key.required) {
                return error("settings.missing", table.source().begin, path,
                             "is missing; expected " + key.expected);
            }
        }
        return {};
    }

    Status read_key(const toml::node& node, const Key& key, const std::string& path) const {
        const Position at = node.source().begin;
        const auto wrong_type = [&] {
            return error("settings.type", at, path,
                         "expected " + key.expected + ", found " + std::string(name_of(node)));
        };
        switch (key.shape) {
        case Key::Shape::Value: {
            const Scalar scalar = scalar_of(node);
            if (scalar.kind != key.kind) return wrong_type();
            const Status taken = key.take(scalar, folder);
            if (!taken) return error(taken.error().code, at, path, taken.error().detail);
            return {};
        }
        case Key::Shape::Table:
            if (!node.is_table()) return wrong_type();
            return read(*node.as_table(), *key.table, path);
        case Key::Shape::Tables: break;
        }
        const toml::array* array = node.as_array();
        if (array == nullptr) return wrong_type();
        return read_tables(*array, key, path);
    }

    Status read_tables(const toml::array& array, const Key& key, const std::string& path) const {
        if (array.size() < key.count.min_count || array.size() > key.count.max_count) {
            return error("settings.value", array.source().begin, path,
                         "stands " + std::to_string(array.size()) + " times; expected " +
                             std::to_string(key.count.min_count) + " to " +
                             std::to_string(key.count.max_count));
        }
        key.clear();
        for (std::size_t index = 0; index < array.size(); ++index) {
            const toml::node& item = array[index];
            const std::string place = path + "[" + std::to_string(index) + "]";
            if (!item.is_table()) {
                return error("settings.type", item.source().begin, place,
                             "expected " + key.expected + ", found " + std::string(name_of(item)));
            }
            Schema element;
            key.declare(element);
            TW_CHECK(read(*item.as_table(), element, place));
        }
        return {};
    }
};

Status read_text(std::string_view toml, const std::filesystem::path& name, Schema& schema) {
    const std::string file = name.string();
    const std::filesystem::path folder = name.parent_path();
    const Reader reader{file, folder, schema};
    if (toml.size() > kMaxFileBytes) {
        return fail("settings.file",
                    file + ": is larger than the " + size_to_text(kMaxFileBytes) + " allowed");
    }
    try {
        const toml::table table = toml::parse(toml);
        return reader.read(table, schema, "");
    } catch (const toml::parse_error& failure) {
        return reader.error("settings.syntax", failure.source().begin, "", printable(failure.description()));
    }
}

Status read_file(const std::filesystem::path& path, Schema& schema) {
    const auto text = files::read_text(path, kMaxFileBytes);
    if (!text) return fail("settings.file", text.error().detail);
    return read_text(*text, path, schema);
}

} // namespace tidewaiter::settings
