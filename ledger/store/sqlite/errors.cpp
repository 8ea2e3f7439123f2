#include "ledger/store/sqlite/errors.hpp"

#include <sqlite3.h>

namespace tidewaiter::store {

namespace {

struct Row {
    int code; ///< primary
    std::string_view error;
    std::string_view advice;
};

constexpr Row kRows[] = {
    {SQLITE_FULL, "store.full",
     "free space on the volume or raise the file's cap; nothing of this change was kept"},
    {SQLITE_BUSY, "store.busy", "another connection or program is writing; try again"},
    {SQLITE_LOCKED, "store.busy", "another statement is at work on it; try again"},
    {SQLITE_CORRUPT, "store.corrupt", "restore it from a backup, or remove it if it can be loaded again"},
    {SQLITE_NOTADB, "store.corrupt", "this is not a database; check the path"},
    {SQLITE_IOERR, "store.io", "the medium failed; check the disk and the system's log"},
    {SQLITE_READONLY, "store.readonly", "check the owner and mode of the file and its folder"},
    {SQLITE_PERM, "store.readonly", "check the owner and mode of the file and its folder"},
    {SQLITE_CANTOPEN, "store.cannot-open", "check that the folder exists and may be written"},
    {SQLITE_CONSTRAINT, "store.constraint", "a row of that kind is already there or is not allowed"},
    {SQLITE_NOMEM, "store.memory", "the machine is out of memory"},
};

} // namespace

std::unexpected<Error> sqlite_failure(int code, const std::string& path, sqlite3* handle) {
    std::string detail = path + ": " + (handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code)) +
                         " (" + std::to_string(code) + ")";
    for (const Row& row : kRows) {
        if (row.code == (code & 0xff)) return fail(row.error, detail + "; " + std::string(row.advice));
    }
    return fail("store.internal", detail + "; report this as a defect");
}

} // namespace tidewaiter::store
