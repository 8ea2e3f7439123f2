#pragma once

#include "ledger/base/result.hpp"

struct sqlite3;

namespace tidewaiter::store {

/// SQLite's (extended) result code as an error of ours: what happened to which file, and what to do.
[[nodiscard]] std::unexpected<Error> sqlite_failure(int code, const std::string& path, sqlite3* handle);

} // namespace tidewaiter::store
