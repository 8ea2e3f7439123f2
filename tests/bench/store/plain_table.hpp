#pragma once

#include "ledger/store/records.hpp"

/// What SQLite alone would cost: the same rows in the same table with the same settings, and nothing
/// verified, hashed or counted. Paths and leaves are given, not computed.
namespace tidewaiter::bench {

struct PlainRow {
    state::Path path{};
    Hash leaf{};
    std::string key;
    Bytes value;
};

[[nodiscard]] PlainRow plain_row(const state::Record& record);

class PlainTable {
  public:
    [[nodiscard]] static Result<PlainTable> open(const std::string& path);
    /// All rows of a copy's file.
    [[nodiscard]] Status fill_from(const std::string& copy);
    /// In one transaction.
    [[nodiscard]] Status insert(const std::vector<PlainRow>& rows);
    [[nodiscard]] Status replace(const std::vector<PlainRow>& rows);
    [[nodiscard]] store::Database& database() { return database_; }

  private:
    explicit PlainTable(store::Database database) : database_(std::move(database)) {}
    [[nodiscard]] Status write(std::string_view sql, const std::vector<PlainRow>& rows);
    store::Database database_;
};

} // namespace tidewaiter::bench
