#include "ledger/store/light_blocks.hpp"

#include <set>

namespace tidewaiter::store {

namespace {

constexpr std::string_view kColumns =
    "SELECT height, hash, seconds, nanos, verified_by, trusted, cross_checked, block FROM light_blocks ";

VerifiedBlock read_block(const Statement& row) {
    VerifiedBlock block;
    block.height = row.natural(0);
    block.header_hash = row.hash(1);
    block.time = {row.integer(2), static_cast<std::uint32_t>(row.natural(3))};
    block.by = static_cast<VerifiedBy>(row.natural(4));
    block.trusted_height = row.natural(5);
    block.is_cross_checked = row.integer(6) != 0;
    block.light_block = to_bytes(row.blob(7));
    return block;
}

Result<std::optional<VerifiedBlock>> first_block(Statement& statement) {
    TW_TRY(const bool is_row, statement.step());
    if (!is_row) return std::nullopt;
    return read_block(statement);
}

} // namespace

Status LightBlocks::put(const VerifiedBlock& block) {
    return database_->run("INSERT OR REPLACE INTO light_blocks "
                          "(height, hash, seconds, nanos, verified_by, trusted, cross_checked, block) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                          block.height, block.header_hash, block.time.seconds, std::int64_t{block.time.nanos},
                          static_cast<std::int64_t>(block.by), block.trusted_height,
                          std::int64_t{block.is_cross_checked ? 1 : 0}, block.light_block);
}

Result<std::optional<VerifiedBlock>> LightBlocks::get(std::uint64_t height) const {
    TW_TRY(Statement statement, database_->statement(std::string(kColumns) + "WHERE height = ?1"));
    statement.bind(1, height);
    return first_block(statement);
}

Result<std::optional<VerifiedBlock>> LightBlocks::newest() const {
    return at_or_below(INT64_MAX);
}

Result<std::optional<VerifiedBlock>> LightBlocks::at_or_below(std::uint64_t height) const {
    TW_TRY(Statement statement,
           database_->statement(std::string(kColumns) + "WHERE height <= ?1 ORDER BY height DESC LIMIT 1"));
    statement.bind(1, height);
    return first_block(statement);
}

Result<std::optional<VerifiedBlock>> LightBlocks::at_or_above(std::uint64_t height) const {
    TW_TRY(Statement statement,
           database_->statement(std::string(kColumns) + "WHERE height >= ?1 ORDER BY height LIMIT 1"));
    statement.bind(1, height);
    return first_block(statement);
}

Status LightBlocks::set_cross_checked(std::uint64_t height) {
    return database_->run("UPDATE light_blocks SET cross_checked = 1 WHERE height = ?1", height);
}

Result<std::vector<VerifiedBlock>> LightBlocks::chain_of(std::uint64_t height) const {
    std::vector<VerifiedBlock> chain;
    std::set<std::uint64_t> seen;
    while (true) {
        TW_TRY(const std::optional<VerifiedBlock> block, get(height));
        if (!block) {
            return fail("light.unknown", "height " + std::to_string(height) +
                                             " is not among the verified heights" +
                                             (chain.empty() ? "" : ": the chain to the anchor has a gap"));
        }
        chain.push_back(*block);
        if (block->by == VerifiedBy::Anchor) return chain;
        if (!seen.insert(height).second) {
            return fail("light.unknown",
                        "the chain of steps from height " + std::to_string(height) + " leads back to itself");
        }
        height = block->trusted_height;
    }
}

Status LightBlocks::prune(TimeNs before) {
    // Kept: what is young enough, the newest, and every link below a kept one.
    TW_CHECK(database_->run(
        "WITH RECURSIVE kept (height) AS ("
        " SELECT height FROM light_blocks WHERE seconds > ?1 OR (seconds = ?1 AND nanos >= ?2)"
        " UNION SELECT max(height) FROM light_blocks"
        " UNION SELECT l.trusted FROM light_blocks l JOIN kept k ON l.height = k.height) "
        "DELETE FROM light_blocks WHERE height NOT IN (SELECT height FROM kept WHERE height IS NOT NULL)",
        before.seconds, std::int64_t{before.nanos}));
    return database_->run(
        "UPDATE light_blocks SET block = x'' WHERE (seconds < ?1 OR (seconds = ?1 AND nanos < ?2)) "
        "AND length(block) > 0 AND height < (SELECT max(height) FROM light_blocks)",
        before.seconds, std::int64_t{before.nanos});
}

Status LightBlocks::clear() {
    return database_->run("DELETE FROM light_blocks");
}

Result<std::uint64_t> LightBlocks::count() const {
    TW_TRY(Statement statement, database_->statement("SELECT count(*) FROM light_blocks"));
    TW_CHECK(statement.step());
    return statement.natural(0);
}

} // namespace tidewaiter::store
