#pragma once

#include "ledger/base/bytes.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// SQLite behind a narrow door: one connection, prepared statements kept, errors as store.* codes.
/// A Database and everything taken from it belong to one thread.
///
/// Errors of every call: store.full (disk or page cap; nothing of the transaction was kept), store.busy
/// (another connection writes), store.corrupt (the file is damaged), store.io, store.readonly,
/// store.cannot-open, store.constraint, store.internal. Each detail names the file and says what to do.
namespace tidewaiter::store {

enum class Durability {
    Full,   ///< a commit survives power loss: what is never thrown away
    Normal, ///< consistent after power loss, the last commits may vanish: what can be loaded again
};

struct Options {
    Durability durability = Durability::Full;
    std::uint32_t cache_kib = 2'048;
    std::uint64_t max_bytes = 0; ///< cap of the file, 0 none; a full file still takes delete then insert
    std::uint32_t busy_timeout_ms = 5'000;
    bool secure_delete = true; ///< overwrite what is deleted; off for what holds nobody's data
    bool read_only = false;
};

/// What a file must look like: migrations[i] brings version i to version i + 1, all in one transaction.
struct Schema {
    std::string_view name;            ///< for messages: "copy", "box"
    std::uint32_t application_id = 0; ///< written into the file; another one is refused (store.foreign)
    std::span<const std::string_view> migrations;
};

class Database;

/// A prepared statement, borrowed from the connection; given back, reset and unbound when destroyed.
class Statement {
  public:
    Statement(Statement&&) noexcept;
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    /// Parameters count from 1. Bytes and texts must live until the next step.
    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::uint64_t value); ///< at most 2^63 - 1 (asserted)
    Statement& bind(int index, int value) { return bind(index, std::int64_t{value}); }
    Statement& bind(int index, unsigned value) { return bind(index, std::int64_t{value}); }
    Statement& bind(int index, ByteView value);
    Statement& bind(int index, const Hash& value) { return bind(index, ByteView(value)); }
    Statement& bind(int index, const Bytes& value) { return bind(index, ByteView(value)); }
    Statement& bind(int index, std::string_view value);
    Statement& bind(int index, std::nullopt_t);
    template <class T>
    Statement& bind(int index, const std::optional<T>& value) {
        return value ? bind(index, *value) : bind(index, std::nullopt);
    }

    /// True: a row is there. False: done.
    [[nodiscard]] Result<bool> step();
    /// For statements without rows: steps to the end and resets, ready to be bound again.
    [[nodiscard]] Status run();
    void reset();

    /// Columns count from 0; views are valid until the next step or reset.
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::uint64_t natural(int column) const; ///< negative reads as 0
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] ByteView blob(int column) const;
    /// All zero when the column does not hold 32 bytes.
    [[nodiscard]] Hash hash(int column) const;
    [[nodiscard]] bool is_null(int column) const;

  private:
    friend class Database;
    struct Impl;
    explicit Statement(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// BEGIN IMMEDIATE; rolled back when destroyed without commit().
class Transaction {
  public:
    Transaction(Transaction&&) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    [[nodiscard]] Status commit();
    /// False once it ended: committed, rolled back here, or by SQLite itself when the disk was full.
    [[nodiscard]] bool is_open() const;
    void rollback();

  private:
    friend class Database;
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;
};

class Database {
  public:
    /// Opens or creates the file (mode 0600) and brings it to the newest version. Errors: those above,
    /// store.newer-schema (written by a later release), store.foreign (another program's or another file).
    [[nodiscard]] static Result<Database> open(const std::string& path, const Schema& schema,
                                               const Options& options);

    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    /// A prepared statement for `sql`; prepared once, then reused.
    [[nodiscard]] Result<Statement> statement(std::string_view sql);
    /// Runs one statement without rows: db.run("DELETE FROM t WHERE id = ?1", 5).
    template <class... Values>
    [[nodiscard]] Status run(std::string_view sql, const Values&... values) {
        TW_TRY(Statement prepared, statement(sql));
        [[maybe_unused]] int index = 0;
        (prepared.bind(++index, values), ...);
        return prepared.run();
    }
    /// One or more statements without parameters.
    [[nodiscard]] Status execute(const std::string& sql);
    /// Transactions do not nest (asserted).
    [[nodiscard]] Result<Transaction> begin();
    [[nodiscard]] bool in_transaction() const;
    /// A read transaction that pins the state as of now. It keeps the log from shrinking: end it soon.
    [[nodiscard]] Result<Transaction> begin_read();

    [[nodiscard]] const std::string& path() const;
    /// Rows changed by the last statement.
    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] std::int64_t last_row_id() const;

    struct Usage {
        std::uint64_t page_bytes = 0;
        std::uint64_t pages = 0;
        std::uint64_t free_pages = 0;
        std::uint64_t max_pages = 0;
        /// Share of the cap in use, 0 … 1; 0 without a cap.
        [[nodiscard]] double share() const;
    };
    [[nodiscard]] Result<Usage> usage();
    /// Raises or lowers the cap: a part kept in reserve for what matters most.
    [[nodiscard]] Status set_max_bytes(std::uint64_t bytes);
    /// PRAGMA quick_check (deep: integrity_check). Error: store.corrupt.
    [[nodiscard]] Status check(bool deep);
    /// Moves the log into the file; what a pinned reader still needs stays.
    [[nodiscard]] Status checkpoint();
    /// Gives up to `pages` unused pages back to the volume.
    [[nodiscard]] Status shrink(std::uint32_t pages);
    /// Gives up cached pages.
    void release_memory();
    /// A consistent copy into a new file.
    [[nodiscard]] Status copy_to(const std::string& path);

  private:
    friend class Statement;
    friend class Transaction;
    struct Impl;
    explicit Database(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// A file of `bytes` kept beside the data and deleted first when the volume is full, so that the most
/// important writes still fit. Errors: store.full, store.io.
[[nodiscard]] Status keep_reserve(const std::string& path, std::uint64_t bytes);
[[nodiscard]] Status release_reserve(const std::string& path);

} // namespace tidewaiter::store
