#include "ledger/store/blobs.hpp"

#include "ledger/crypto/hash.hpp"

namespace tidewaiter::store {

namespace {

// A blob altered on disk must not pass for the one that a stamp names.
Result<std::optional<Bytes>> take_blob(const Database& database, Statement& statement, const Hash& hash) {
    TW_TRY(const bool is_row, statement.step());
    if (!is_row) return std::nullopt;
    Bytes bytes = to_bytes(statement.blob(0));
    if (crypto::sha256(bytes) != hash) {
        return fail("store.corrupt", database.path() + ": blob " + to_hex(hash) +
                                         " was altered on disk; erase it and load it again");
    }
    return bytes;
}

} // namespace

Result<Hash> Blobs::put(std::string_view name_space, ByteView bytes, std::optional<Date> erase_after) {
    if (bytes.empty() || bytes.size() > kMaxBlobBytes) {
        return fail("blob.size", "a blob of " + std::to_string(bytes.size()) + " bytes; 1 to " +
                                     std::to_string(kMaxBlobBytes) + " are kept");
    }
    const Hash hash = crypto::sha256(bytes);
    std::optional<std::int64_t> day;
    if (erase_after) day = erase_after->days;
    // No date means for ever, which is later than any date.
    TW_CHECK(database_->run("INSERT INTO blobs (hash, namespace, erase_after, bytes) VALUES (?1, ?2, ?3, ?4) "
                            "ON CONFLICT (hash, namespace) DO UPDATE SET erase_after = CASE "
                            "WHEN erase_after IS NULL OR excluded.erase_after IS NULL THEN NULL "
                            "ELSE max(erase_after, excluded.erase_after) END",
                            hash, name_space, day, bytes));
    return hash;
}

Result<std::optional<Bytes>> Blobs::get(const Hash& hash) const {
    TW_TRY(Statement statement, database_->statement("SELECT bytes FROM blobs WHERE hash = ?1 LIMIT 1"));
    statement.bind(1, hash);
    return take_blob(*database_, statement, hash);
}

Result<std::optional<Bytes>> Blobs::get(std::string_view name_space, const Hash& hash) const {
    TW_TRY(Statement statement,
           database_->statement("SELECT bytes FROM blobs WHERE hash = ?1 AND namespace = ?2"));
    statement.bind(1, hash).bind(2, name_space);
    return take_blob(*database_, statement, hash);
}

Result<bool> Blobs::has(const Hash& hash) const {
    TW_TRY(Statement statement, database_->statement("SELECT 1 FROM blobs WHERE hash = ?1 LIMIT 1"));
    statement.bind(1, hash);
    return statement.step();
}

Result<std::vector<Hash>> Blobs::missing(const std::vector<Hash>& wanted) const {
    std::vector<Hash> missing;
    for (const Hash& hash : wanted) {
        TW_TRY(const bool is_here, has(hash));
        if (!is_here) missing.push_back(hash);
    }
    return missing;
}

Status Blobs::erase(const Hash& hash) {
    return database_->run("DELETE FROM blobs WHERE hash = ?1", hash);
}

Result<std::uint64_t> Blobs::erase_due(Date today) {
    TW_CHECK(database_->run("DELETE FROM blobs WHERE erase_after < ?1", std::int64_t{today.days}));
    return static_cast<std::uint64_t>(database_->changes());
}

} // namespace tidewaiter::store
