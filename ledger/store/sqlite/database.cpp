#include "ledger/store/database.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/store/sqlite/errors.hpp"

#include <sqlite3.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <vector>

namespace tidewaiter::store {

struct Database::Impl {
    std::string path;
    sqlite3* handle = nullptr;
    // Idle statements by their text. One that is in use is not here; a second for the same text is made then.
    std::map<std::string, std::vector<sqlite3_stmt*>, std::less<>> idle;

    ~Impl() {
        for (auto& [sql, statements] : idle) {
            for (sqlite3_stmt* statement : statements)
                sqlite3_finalize(statement);
        }
        sqlite3_close_v2(handle);
    }

    [[nodiscard]] std::unexpected<Error> failure(int code) const {
        return sqlite_failure(code, path, handle);
    }
};

struct Statement::Impl {
    Database::Impl* database;
    sqlite3_stmt* handle;
    std::string_view sql; ///< SQLite's own copy of the text
};

namespace {

constexpr std::size_t kMaxIdlePerText = 4;

int extended(sqlite3* handle) {
    return sqlite3_extended_errcode(handle);
}

} // namespace

Statement::Statement(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Statement::Statement(Statement&&) noexcept = default;

Statement::~Statement() {
    if (!impl_) return;
    sqlite3_reset(impl_->handle);
    sqlite3_clear_bindings(impl_->handle);
    const auto found = impl_->database->idle.find(impl_->sql);
    TW_ASSERT(found != impl_->database->idle.end());
    if (found->second.size() < kMaxIdlePerText) {
        found->second.push_back(impl_->handle);
    } else {
        sqlite3_finalize(impl_->handle);
    }
}

Statement& Statement::bind(int index, std::int64_t value) {
    TW_ASSERT(sqlite3_bind_int64(impl_->handle, index, value) == SQLITE_OK);
    return *this;
}

Statement& Statement::bind(int index, std::uint64_t value) {
    TW_ASSERT(value <= INT64_MAX);
    return bind(index, static_cast<std::int64_t>(value));
}

Statement& Statement::bind(int index, ByteView value) {
    // An empty view may have no address, which SQLite would read as NULL.
    const void* data = value.empty() ? static_cast<const void*>("") : value.data();
    TW_ASSERT(sqlite3_bind_blob64(impl_->handle, index, data, value.size(), SQLITE_STATIC) == SQLITE_OK);
    return *this;
}

Statement& Statement::bind(int index, std::string_view value) {
    const char* data = value.empty() ? "" : value.data();
    TW_ASSERT(sqlite3_bind_text64(impl_->handle, index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8) ==
              SQLITE_OK);
    return *this;
}

Statement& Statement::bind(int index, std::nullopt_t) {
    TW_ASSERT(sqlite3_bind_null(impl_->handle, index) == SQLITE_OK);
    return *this;
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(impl_->handle);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    const auto error = impl_->database->failure(extended(impl_->database->handle));
    sqlite3_reset(impl_->handle);
    return error;
}

Status Statement::run() {
    while (true) {
        TW_TRY(const bool is_row, step());
        if (!is_row) break;
    }
    sqlite3_reset(impl_->handle);
    return {};
}

void Statement::reset() {
    sqlite3_reset(impl_->handle);
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(impl_->handle, column);
}

std::uint64_t Statement::natural(int column) const {
    const std::int64_t value = integer(column);
    return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

std::string_view Statement::text(int column) const {
    return as_text(blob(column));
}

ByteView Statement::blob(int column) const {
    // For a text column this is its UTF-8 form: the encoding of every file of ours.
    const void* data = sqlite3_column_blob(impl_->handle, column);
    const int size = sqlite3_column_bytes(impl_->handle, column);
    return {static_cast<const std::uint8_t*>(data), data == nullptr ? 0 : static_cast<std::size_t>(size)};
}

Hash Statement::hash(int column) const {
    Hash value{};
    const ByteView bytes = blob(column);
    if (bytes.size() == value.size()) std::copy(bytes.begin(), bytes.end(), value.begin());
    return value;
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(impl_->handle, column) == SQLITE_NULL;
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
    rollback();
}

bool Transaction::is_open() const {
    return database_ != nullptr && database_->in_transaction();
}

Status Transaction::commit() {
    TW_ASSERT(database_ != nullptr);
    if (!database_->in_transaction()) {
        return fail("store.full",
                    database_->path() +
                        ": the transaction was already undone because the disk was full; free space");
    }
    TW_CHECK(database_->run("COMMIT"));
    database_ = nullptr;
    return {};
}

void Transaction::rollback() {
    // A full disk makes SQLite roll back by itself; a second ROLLBACK would be an error.
    if (is_open()) ignore(database_->run("ROLLBACK"), "nothing is left to do when undoing fails");
    database_ = nullptr;
}

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Statement> Database::statement(std::string_view sql) {
    auto found = impl_->idle.find(sql);
    if (found == impl_->idle.end())
        found = impl_->idle.emplace(std::string(sql), std::vector<sqlite3_stmt*>()).first;
    sqlite3_stmt* handle = nullptr;
    if (!found->second.empty()) {
        handle = found->second.back();
        found->second.pop_back();
    } else {
        const int code = sqlite3_prepare_v3(impl_->handle, sql.data(), static_cast<int>(sql.size()),
                                            SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
        if (code != SQLITE_OK) return impl_->failure(extended(impl_->handle));
    }
    auto statement = std::make_unique<Statement::Impl>();
    statement->database = impl_.get();
    statement->handle = handle;
    statement->sql = found->first;
    return Statement(std::move(statement));
}

Status Database::execute(const std::string& sql) {
    if (sqlite3_exec(impl_->handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return impl_->failure(extended(impl_->handle));
}

Result<Transaction> Database::begin() {
    TW_ASSERT(!in_transaction());
    TW_CHECK(run("BEGIN IMMEDIATE"));
    return Transaction(*this);
}

Result<Transaction> Database::begin_read() {
    TW_ASSERT(!in_transaction());
    TW_CHECK(run("BEGIN"));
    Transaction transaction(*this);
    // BEGIN alone pins nothing: the first read does.
    TW_TRY(Statement first, statement("SELECT count(*) FROM sqlite_schema"));
    TW_CHECK(first.step());
    return transaction;
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(impl_->handle) == 0;
}

const std::string& Database::path() const {
    return impl_->path;
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(impl_->handle);
}

std::int64_t Database::last_row_id() const {
    return sqlite3_last_insert_rowid(impl_->handle);
}

double Database::Usage::share() const {
    if (max_pages == 0) return 0;
    return static_cast<double>(pages - free_pages) / static_cast<double>(max_pages);
}

namespace {

Result<std::int64_t> pragma_number(Database& database, std::string_view sql) {
    TW_TRY(Statement statement, database.statement(sql));
    TW_TRY(const bool is_row, statement.step());
    return is_row ? statement.integer(0) : 0;
}

// What SQLite reports when no cap was set.
constexpr std::int64_t kNoCap = 1'073'741'823;

} // namespace

Result<Database::Usage> Database::usage() {
    Usage usage;
    TW_TRY(const std::int64_t size, pragma_number(*this, "PRAGMA page_size"));
    TW_TRY(const std::int64_t pages, pragma_number(*this, "PRAGMA page_count"));
    TW_TRY(const std::int64_t free, pragma_number(*this, "PRAGMA freelist_count"));
    TW_TRY(const std::int64_t max, pragma_number(*this, "PRAGMA max_page_count"));
    usage.page_bytes = static_cast<std::uint64_t>(size);
    usage.pages = static_cast<std::uint64_t>(pages);
    usage.free_pages = static_cast<std::uint64_t>(free);
    usage.max_pages = max >= kNoCap ? 0 : static_cast<std::uint64_t>(max);
    return usage;
}

Status Database::set_max_bytes(std::uint64_t bytes) {
    TW_TRY(const std::int64_t size, pragma_number(*this, "PRAGMA page_size"));
    const std::uint64_t pages =
        bytes == 0 ? static_cast<std::uint64_t>(kNoCap) : bytes / static_cast<std::uint64_t>(size);
    return execute("PRAGMA max_page_count = " + std::to_string(pages == 0 ? 1 : pages));
}

Status Database::check(bool deep) {
    TW_TRY(Statement statement,
           this->statement(deep ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)"));
    TW_TRY(const bool is_row, statement.step());
    if (is_row && statement.text(0) == "ok") return {};
    return fail("store.corrupt",
                impl_->path + " is damaged: " + (is_row ? std::string(statement.text(0)) : "no answer") +
                    "; restore it from a backup, or remove it if it can be loaded again");
}

Status Database::checkpoint() {
    const int code =
        sqlite3_wal_checkpoint_v2(impl_->handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code == SQLITE_OK) return {};
    return impl_->failure(extended(impl_->handle));
}

Status Database::shrink(std::uint32_t pages) {
    return execute("PRAGMA incremental_vacuum(" + std::to_string(pages) + ")");
}

void Database::release_memory() {
    sqlite3_db_release_memory(impl_->handle);
}

Status Database::copy_to(const std::string& path) {
    return run("VACUUM INTO ?1", std::string_view(path));
}

namespace {

Status configure(Database& database, const Options& options) {
    std::string sql = "PRAGMA busy_timeout = " + std::to_string(options.busy_timeout_ms) + ";" +
                      "PRAGMA cache_size = -" + std::to_string(options.cache_kib) + ";" +
                      "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;" +
                      "PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON;";
    if (!options.read_only) {
        sql += "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;";
        // Left to grow, the log of one large load would stay on a small disk for ever.
        sql += "PRAGMA journal_size_limit = 16777216;";
        sql += options.durability == Durability::Full ? "PRAGMA synchronous = FULL;"
                                                      : "PRAGMA synchronous = NORMAL;";
        sql += options.secure_delete ? "PRAGMA secure_delete = ON;" : "PRAGMA secure_delete = OFF;";
    }
    return database.execute(sql);
}

Status migrate(Database& database, const Schema& schema, bool read_only) {
    TW_TRY(const std::int64_t id, pragma_number(database, "PRAGMA application_id"));
    TW_TRY(const std::int64_t version, pragma_number(database, "PRAGMA user_version"));
    TW_TRY(const std::int64_t tables, pragma_number(database, "SELECT count(*) FROM sqlite_schema"));
    const bool is_new = version == 0 && tables == 0;
    if (!is_new && id != static_cast<std::int64_t>(schema.application_id)) {
        return fail("store.foreign", database.path() + " is not a \"" + std::string(schema.name) +
                                         "\" database of ours; check the path");
    }
    const auto newest = static_cast<std::int64_t>(schema.migrations.size());
    if (version > newest) {
        return fail("store.newer-schema", database.path() + " was written by a later release (schema " +
                                              std::to_string(version) + ", this one knows " +
                                              std::to_string(newest) +
                                              "); install that release or restore a backup");
    }
    if (version == newest || read_only) {
        if (version == newest) return {};
        return fail("store.readonly", database.path() + " has an older schema; open it once for writing");
    }
    TW_TRY(Transaction transaction, database.begin());
    for (std::int64_t i = version; i < newest; ++i) {
        const Status step = database.execute(std::string(schema.migrations[static_cast<std::size_t>(i)]));
        if (!step) return within("migration to schema " + std::to_string(i + 1), step.error());
    }
    TW_CHECK(database.execute("PRAGMA application_id = " + std::to_string(schema.application_id) +
                              "; PRAGMA user_version = " + std::to_string(newest)));
    return transaction.commit();
}

// SQLite creates files readable by all; ours are the owner's alone from the first moment, and the log and its
// index take over the file's mode. What goes wrong here is reported by the opening that follows.
void restrict_mode(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (file < 0) return;
    ignore(::fchmod(file, S_IRUSR | S_IWUSR), "a file of another owner is refused by its mode");
    ::close(file);
}

} // namespace

Result<Database> Database::open(const std::string& path, const Schema& schema, const Options& options) {
    TW_ASSERT(schema.application_id != 0 && schema.application_id <= INT32_MAX);
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    if (!options.read_only) restrict_mode(path);
    const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    const int code = sqlite3_open_v2(path.c_str(), &impl->handle, flags, nullptr);
    if (code != SQLITE_OK) return impl->failure(code);
    sqlite3_db_config(impl->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(impl->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
    sqlite3_wal_autocheckpoint(impl->handle, 1'000);
    Database database(std::move(impl));
    TW_CHECK(configure(database, options));
    TW_CHECK(migrate(database, schema, options.read_only));
    if (options.max_bytes != 0) TW_CHECK(database.set_max_bytes(options.max_bytes));
    return database;
}

} // namespace tidewaiter::store
