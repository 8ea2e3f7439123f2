#pragma once

#include "daemon/node/archive.hpp"
#include "ledger/application/application.hpp"
#include "ledger/application/genesis.hpp"
#include "ledger/chain/maker.hpp"
#include "ledger/crypto/keys.hpp"
#include "ledger/store/blobs.hpp"
#include "ledger/store/records.hpp"

#include <deque>

namespace tidewaiter::node {

struct Moment {
    TimeNs wall;
    std::int64_t monotonic_ms = 0;
};

struct SoloOptions {
    std::int64_t heartbeat_ms = 30'000; ///< an idle chain's next block
    std::int64_t block_delay_ms = 200;  ///< at least between blocks with transactions
    std::size_t max_block_bytes = 1'048'576;
    std::size_t max_waiting = 10'000;
    std::size_t max_waiting_bytes = 64U * 1024 * 1024;
    /// Called before each durable write with its name; tests die here.
    std::function<void(std::string_view)> before_write;
};

/// A block that was made, executed and kept.
struct NewBlock {
    std::uint64_t height = 0;
    std::vector<ArchivedTransaction> transactions;
};

/// The chain of one validator. Durable before it is told; no clock of its own. One thread.
class SoloEngine {
  public:
    /// Opens or creates `folder`/blocks.db and state.db and catches up with what a crash left.
    /// Errors: store.*, node.genesis (the folder belongs to another genesis), node.key (the key is not the
    /// genesis' validator), node.replay (a block no longer gives its application hash: state.db must go).
    [[nodiscard]] static Result<std::unique_ptr<SoloEngine>> open(const std::string& folder,
                                                                  const application::Genesis& genesis,
                                                                  crypto::PrivateKey key, SoloOptions options,
                                                                  Moment now);

    /// Admits a transaction to the mempool. Errors: application.*, node.full. Already waiting: as the first
    /// time.
    [[nodiscard]] Result<application::TransactionInfo> submit(ByteView transaction, Moment now);

    /// A block should be made now: something waits, a change is not proven yet, or the heartbeat is due.
    [[nodiscard]] bool is_due(Moment now) const;
    [[nodiscard]] Result<NewBlock> make_block(Moment now);

    [[nodiscard]] std::uint64_t height() const { return tip_; }
    [[nodiscard]] TimeNs tip_time() const { return tip_time_; }
    [[nodiscard]] std::size_t waiting() const { return mempool_.size(); }
    [[nodiscard]] bool is_waiting(const Hash& id) const;
    [[nodiscard]] const std::string& chain_id() const { return genesis_.chain_id; }
    [[nodiscard]] Archive& archive() { return archive_; }
    [[nodiscard]] store::Records& records() { return records_; }
    [[nodiscard]] store::Blobs blobs() const { return store::Blobs(records_.database()); }

  private:
    struct Waiting {
        Hash id{};
        std::optional<Hash> core_hash;
        Bytes bytes;
    };

    SoloEngine(Archive archive, store::Records records, application::Genesis genesis, crypto::PrivateKey key,
               SoloOptions options);

    [[nodiscard]] Status start(Moment now);
    [[nodiscard]] Status start_from_genesis();
    [[nodiscard]] Status catch_up();
    [[nodiscard]] Result<chain::BlockPlan> plan(std::vector<Bytes> transactions);
    [[nodiscard]] Result<NewBlock> finish(const Proposal& proposal, Moment now);
    [[nodiscard]] Result<std::vector<ArchivedTransaction>> execute(const chain::Block& block);
    [[nodiscard]] Result<std::vector<wire::Delta>> deltas(const state::Overlay& overlay, std::uint64_t height,
                                                          const state::Roots& before,
                                                          const state::Roots& after);
    [[nodiscard]] std::vector<Bytes> take_transactions() const;
    void refresh_mempool();
    [[nodiscard]] application::BlockContext context(std::uint64_t height, TimeNs time) const;
    void announce_write(std::string_view what) const;

    Archive archive_;
    store::Records records_;
    application::Genesis genesis_;
    crypto::PrivateKey key_;
    SoloOptions options_;
    chain::ValidatorSet validators_;

    std::uint64_t tip_ = 0;
    TimeNs tip_time_;
    TimeNs last_vote_time_;
    std::int64_t made_ms_ = 0;
    bool is_change_unproven_ = false;

    std::deque<Waiting> mempool_;
    std::size_t mempool_bytes_ = 0;
    state::Overlay ahead_; ///< state with everything that waits applied
};

} // namespace tidewaiter::node
