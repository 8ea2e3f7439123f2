#pragma once

#include "ledger/base/time.hpp"
#include "ledger/store/database.hpp"

#include <vector>

/// People's data: CBOR blobs referenced by SHA-256, erasable. Lives in the copy's database and in the node's.
namespace tidewaiter::store {

inline constexpr std::string_view kBlobsTable =
    "CREATE TABLE blobs (hash BLOB NOT NULL, namespace TEXT NOT NULL, erase_after INTEGER, bytes BLOB NOT "
    "NULL,"
    " PRIMARY KEY (hash, namespace)) STRICT;"
    "CREATE INDEX blobs_erase ON blobs (erase_after) WHERE erase_after IS NOT NULL;";

/// The longest blob that fits the formats: bstr .size (1..135168).
inline constexpr std::size_t kMaxBlobBytes = 135'168;

class Blobs {
  public:
    explicit Blobs(Database& database) : database_(&database) {}

    /// Keeps the blob and returns its hash; the same again changes nothing but a later erase_after.
    /// Error: blob.size.
    [[nodiscard]] Result<Hash> put(std::string_view name_space, ByteView bytes,
                                   std::optional<Date> erase_after = std::nullopt);
    /// Error: store.corrupt when the bytes no longer give the hash.
    [[nodiscard]] Result<std::optional<Bytes>> get(const Hash& hash) const;
    [[nodiscard]] Result<bool> has(const Hash& hash) const;
    /// Whether this namespace may see the blob: it was kept under it.
    [[nodiscard]] Result<std::optional<Bytes>> get(std::string_view name_space, const Hash& hash) const;
    /// Those of `wanted` that are not here.
    [[nodiscard]] Result<std::vector<Hash>> missing(const std::vector<Hash>& wanted) const;
    [[nodiscard]] Status erase(const Hash& hash);
    /// Erases what was to be kept until before `today`; returns how many.
    [[nodiscard]] Result<std::uint64_t> erase_due(Date today);

  private:
    Database* database_;
};

} // namespace tidewaiter::store
