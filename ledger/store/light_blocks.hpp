#pragma once

#include "ledger/base/time.hpp"
#include "ledger/store/database.hpp"

#include <vector>

/// Verified heights, each with the step that verified it: "why do you believe this?".
namespace tidewaiter::store {

enum class VerifiedBy : std::uint8_t { Adjacent = 1, Skipping = 2, Backwards = 3, Anchor = 4 };

struct VerifiedBlock {
    std::uint64_t height = 0;
    Hash header_hash{};
    TimeNs time;
    VerifiedBy by = VerifiedBy::Anchor;
    std::uint64_t trusted_height = 0; ///< from which it was verified; its own height for an anchor
    Bytes light_block;                ///< protobuf; empty for an anchor, and for old steps after prune()
    bool is_cross_checked = false;    ///< a witness of another member agreed
};

/// Tables of a copy's database; the Database outlives it.
class LightBlocks {
  public:
    explicit LightBlocks(Database& database) : database_(&database) {}

    /// Inserts or replaces.
    [[nodiscard]] Status put(const VerifiedBlock& block);
    [[nodiscard]] Result<std::optional<VerifiedBlock>> get(std::uint64_t height) const;
    [[nodiscard]] Result<std::optional<VerifiedBlock>> newest() const;
    /// The newest at or below `height`, the oldest at or above it.
    [[nodiscard]] Result<std::optional<VerifiedBlock>> at_or_below(std::uint64_t height) const;
    [[nodiscard]] Result<std::optional<VerifiedBlock>> at_or_above(std::uint64_t height) const;
    [[nodiscard]] Status set_cross_checked(std::uint64_t height);
    /// From `height` step by step down to its anchor. Error: light.unknown when a link is missing.
    [[nodiscard]] Result<std::vector<VerifiedBlock>> chain_of(std::uint64_t height) const;
    /// Removes what is older than `before`, except the newest block and every link of a kept one to its
    /// anchor; old links keep their step, not their block (relays archive blocks for ever).
    [[nodiscard]] Status prune(TimeNs before);
    /// Everything: a new anchor starts anew.
    [[nodiscard]] Status clear();
    [[nodiscard]] Result<std::uint64_t> count() const;

  private:
    Database* database_;
};

} // namespace tidewaiter::store
