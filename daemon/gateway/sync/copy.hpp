#pragma once

#include "ledger/chain/verify.hpp"
#include "ledger/claims/anchor.hpp"
#include "ledger/store/blobs.hpp"
#include "ledger/store/light_blocks.hpp"
#include "ledger/store/records.hpp"
#include "ledger/store/settings.hpp"

/// The gateway's verified copy of the ledger: what it holds has been proven, what could not be is not in it.
namespace tidewaiter::sync {

struct CopyOptions {
    std::string chain_id;
    std::vector<std::string> namespaces;
    std::int64_t max_clock_drift_ns = 10 * chain::kNanosPerSecond;
};

/// A state that a verified header commits to, not necessarily reached by the records yet.
struct Target {
    std::uint64_t height = 0; ///< s; the header is s + 1
    TimeNs header_time;
    state::Roots roots;
};

/// Loop thread only, like the database it owns.
class Copy {
  public:
    /// Opens or creates `path`. Errors: store.*, copy.anchor (the file was started from another anchor; the
    /// detail says what to remove).
    [[nodiscard]] static Result<Copy> open(const std::string& path, CopyOptions options,
                                           const claims::Anchor& anchor);

    [[nodiscard]] const state::View& view() const { return *records_; }
    [[nodiscard]] store::Records& records() { return *records_; }
    [[nodiscard]] const store::Records& records() const { return *records_; }
    [[nodiscard]] store::LightBlocks light_blocks() const { return store::LightBlocks(records_->database()); }
    [[nodiscard]] store::Blobs blobs() const { return store::Blobs(records_->database()); }
    [[nodiscard]] const CopyOptions& options() const { return options_; }
    [[nodiscard]] const claims::Anchor& anchor() const { return anchor_; }

    /// Every held namespace is complete.
    [[nodiscard]] bool is_loaded() const { return records_->is_loaded(); }
    [[nodiscard]] std::uint64_t state_height() const { return records_->height(); }
    /// Of the header that proves the state; the epoch before the first load.
    [[nodiscard]] TimeNs header_time() const { return header_time_; }
    /// Newest verified header; nothing before the anchor's light block came.
    [[nodiscard]] const std::optional<chain::TrustedBlock>& trusted() const { return trusted_; }
    [[nodiscard]] bool is_past_trusting_period(TimeNs now) const;
    /// Why nothing more is believed, or nothing.
    [[nodiscard]] const std::optional<std::string>& frozen() const { return frozen_; }
    /// The clock that never goes back: at least the newest verified header's time.
    [[nodiscard]] TimeNs floor(TimeNs now) const;

    /// Starts from the anchor's light block.
    [[nodiscard]] chain::Judgement start(const chain::LightBlock& block, ByteView encoded);
    /// Verifies a newer header and remembers the step. Storage errors come as Result; the verdict is a value.
    [[nodiscard]] Result<chain::Judgement> advance_trust(const chain::LightBlock& block, ByteView encoded,
                                                         TimeNs now);
    /// A header at or below the newest: equal to what was verified, unknown, or a second one for its height
    /// that verifies as well, which freezes the copy (the evidence is kept).
    [[nodiscard]] Status compare_known(const chain::LightBlock& block, ByteView encoded, TimeNs now);

    /// Applies the changes and keeps them only if every held namespace then has the target's root.
    /// Errors: state.root (a lie: nothing is kept), store.*.
    [[nodiscard]] Status apply(const state::Overlay::Changes& changes,
                               const std::vector<std::pair<std::string, Bytes>>& blobs, const Target& target);
    /// Ends a load whose buckets are all there. Errors: load.incomplete, state.root, store.*.
    [[nodiscard]] Status finish_load(const Target& target);

  private:
    Copy(store::Records records, CopyOptions options, claims::Anchor anchor);

    [[nodiscard]] chain::Options chain_options() const;
    [[nodiscard]] Status restore();
    [[nodiscard]] Status freeze(std::string why, ByteView evidence);
    [[nodiscard]] Status remember_header_time(const Target& target);
    [[nodiscard]] Status prune(TimeNs newest);

    // Behind a pointer: views handed out stay valid when the Copy moves.
    std::unique_ptr<store::Records> records_;
    CopyOptions options_;
    claims::Anchor anchor_;
    std::optional<chain::TrustedBlock> trusted_;
    std::optional<chain::TrustedBlock> pillar_; ///< from which the recorded steps start
    std::optional<std::string> frozen_;
    TimeNs header_time_;
    std::uint32_t since_pruning_ = 0;
};

} // namespace tidewaiter::sync
