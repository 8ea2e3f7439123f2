#include "ledger/store/settings.hpp"

#include <charconv>

namespace tidewaiter::store {

Result<std::optional<Bytes>> Settings::get(std::string_view name) const {
    TW_TRY(Statement statement, database_->statement("SELECT value FROM settings WHERE name = ?1"));
    statement.bind(1, name);
    TW_TRY(const bool is_row, statement.step());
    if (!is_row) return std::nullopt;
    return to_bytes(statement.blob(0));
}

Status Settings::put(std::string_view name, ByteView value) {
    return database_->run("INSERT INTO settings (name, value) VALUES (?1, ?2) "
                          "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                          name, value);
}

Result<std::optional<std::string>> Settings::get_text(std::string_view name) const {
    TW_TRY(const std::optional<Bytes> value, get(name));
    if (!value) return std::nullopt;
    return std::string(as_text(*value));
}

Status Settings::put_text(std::string_view name, std::string_view value) {
    return put(name, as_bytes(value));
}

Result<std::optional<std::uint64_t>> Settings::get_number(std::string_view name) const {
    TW_TRY(const std::optional<std::string> text, get_text(name));
    if (!text) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc() || end != text->data() + text->size()) {
        return fail("store.corrupt",
                    database_->path() + ": the setting " + printable(name) + " is not a number");
    }
    return value;
}

Status Settings::put_number(std::string_view name, std::uint64_t value) {
    return put_text(name, std::to_string(value));
}

Status Settings::erase(std::string_view name) {
    return database_->run("DELETE FROM settings WHERE name = ?1", name);
}

} // namespace tidewaiter::store
