#pragma once

#include "daemon/settings/endpoint.hpp"
#include "ledger/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// Settings files in TOML, read strictly: what a program does not declare is an error, and every error says
/// file, line, column, key and what was expected.
///
///     Config config;                                          // its initial values are the defaults
///     settings::Schema schema;
///     schema.text("device", config.device, {.required = true});
///     schema.endpoint("listen", config.listen, {.loopback_only = true});
///     schema.duration("verify_every", config.verify_every, {.min = 1s, .max = 1h});
///     schema.table("port", [&](settings::Schema& port) { port.text("office", config.office, {.required =
///     true}); }); schema.tables("relay", config.relays, [](settings::Schema& s, Relay& relay) { s.text("id",
///     relay.id); }); TW_CHECK(settings::read_file("tidewaiterd.toml", schema));
namespace tidewaiter::settings {

/// A further check of a text; its error's detail ends up in the message, its code is replaced by
/// settings.value.
using Check = std::function<Status(std::string_view)>;

struct TextRule {
    bool required = false;
    std::size_t max_bytes = 1000;
    bool may_be_empty = false;
    Check check = nullptr;
};
struct IntegerRule {
    bool required = false;
    std::int64_t min = 0;
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
};
struct BooleanRule {
    bool required = false;
};
struct DurationRule {
    bool required = false;
    std::chrono::milliseconds min = std::chrono::milliseconds(0);
    std::chrono::milliseconds max = std::chrono::hours(24 * 366);
};
struct SizeRule {
    bool required = false;
    std::uint64_t min = 0;
    std::uint64_t max = std::uint64_t{1} << 50;
};
struct EndpointRule {
    bool required = false;
    bool loopback_only = false;
    bool may_be_zero = false; ///< port 0: the kernel chooses
};
struct PathRule {
    bool required = false;
};
struct TextsRule {
    bool required = false;
    std::size_t min_count = 0;
    std::size_t max_count = 100;
    Check check = nullptr; ///< of each text
};
struct TableRule {
    bool required = false;
};
struct TablesRule {
    std::size_t min_count = 0;
    std::size_t max_count = 100;
};

/// The keys of one table and where their values go. Targets must outlive the read; they keep their value when
/// the key is absent. Keys are literals of ours. Declaring a key twice aborts.
class Schema {
  public:
    Schema();
    ~Schema();
    Schema(Schema&&) noexcept;
    Schema& operator=(Schema&&) noexcept;

    void text(std::string_view key, std::string& into, TextRule rule = {});
    void integer(std::string_view key, std::int64_t& into, IntegerRule rule = {});
    void integer(std::string_view key, std::int32_t& into, IntegerRule rule = {});
    void integer(std::string_view key, std::uint32_t& into, IntegerRule rule = {});
    void integer(std::string_view key, std::uint16_t& into, IntegerRule rule = {});
    void boolean(std::string_view key, bool& into, BooleanRule rule = {});
    /// TOML text such as "30 s".
    void duration(std::string_view key, std::chrono::milliseconds& into, DurationRule rule = {});
    /// TOML text such as "64 KiB".
    void size(std::string_view key, std::uint64_t& into, SizeRule rule = {});
    void endpoint(std::string_view key, Endpoint& into, EndpointRule rule = {});
    /// Taken from the settings file's folder when it is relative.
    void path(std::string_view key, std::filesystem::path& into, PathRule rule = {});
    void texts(std::string_view key, std::vector<std::string>& into, TextsRule rule = {});
    /// One of these words; the words appear in the error.
    template <class Enum>
    void choice(std::string_view key, Enum& into, std::vector<std::pair<std::string, Enum>> words,
                bool required = false) {
        std::vector<std::string> names;
        names.reserve(words.size());
        for (const auto& [name, value] : words)
            names.push_back(name);
        choose(key, std::move(names), required,
               [&into, words = std::move(words)](std::size_t index) { into = words[index].second; });
    }

    /// A table below this one: declare its keys in `declare`, which runs at once. When the table is left out
    /// and not required, neither are its keys.
    void table(std::string_view key, const std::function<void(Schema&)>& declare, TableRule rule = {});
    /// An array of tables, `[[key]]`: each makes a T; `declare` binds the schema to it.
    template <class T>
    void tables(std::string_view key, std::vector<T>& into,
                std::type_identity_t<std::function<void(Schema&, T&)>> declare, TablesRule rule = {}) {
        repeat(
            key, rule, [&into] { into.clear(); },
            [&into, declare = std::move(declare)](Schema& schema) { declare(schema, into.emplace_back()); });
    }

  private:
    struct Body;
    friend struct Reader;

    void choose(std::string_view key, std::vector<std::string> names, bool required,
                std::function<void(std::size_t)> take);
    void repeat(std::string_view key, TablesRule rule, std::function<void()> clear,
                std::function<void(Schema&)> declare);

    std::unique_ptr<Body> body_;
};

/// Errors, all with "file:line:column: key: …": settings.syntax, settings.unknown (with the nearest known key
/// when it looks like a slip), settings.type, settings.value, settings.missing; settings.file when the file
/// cannot be read.
[[nodiscard]] Status read_file(const std::filesystem::path& path, Schema& schema);
/// As above from memory; `name` stands for the file in errors and its folder for relative paths.
[[nodiscard]] Status read_text(std::string_view toml, const std::filesystem::path& name, Schema& schema);

} // namespace tidewaiter::settings
