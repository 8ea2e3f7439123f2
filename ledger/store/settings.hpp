#pragma once

#include "ledger/store/database.hpp"

/// Named values that must survive a restart. The table is created by the schema that includes kSettingsTable.
namespace tidewaiter::store {

inline constexpr std::string_view kSettingsTable =
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;";

class Settings {
  public:
    explicit Settings(Database& database) : database_(&database) {}

    [[nodiscard]] Result<std::optional<Bytes>> get(std::string_view name) const;
    [[nodiscard]] Status put(std::string_view name, ByteView value);
    [[nodiscard]] Result<std::optional<std::string>> get_text(std::string_view name) const;
    [[nodiscard]] Status put_text(std::string_view name, std::string_view value);
    /// Error: store.corrupt when the stored value is not a number.
    [[nodiscard]] Result<std::optional<std::uint64_t>> get_number(std::string_view name) const;
    [[nodiscard]] Status put_number(std::string_view name, std::uint64_t value);
    [[nodiscard]] Status erase(std::string_view name);

  private:
    Database* database_;
};

} // namespace tidewaiter::store
