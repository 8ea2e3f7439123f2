#include "daemon/node/solo.hpp"

#include "ledger/chain/hashes.hpp"
#include "ledger/chain/protobuf.hpp"
#include "ledger/chain/sign_bytes.hpp"

#include <algorithm>

namespace tidewaiter::node {

namespace {

constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr std::size_t kMaxBlockMessageBytes = 8U * 1024 * 1024;

chain::ExecutionResult result_of(const application::TransactionResult& result) {
    return {.code = result.code, .data = {}, .gas_wanted = 0, .gas_used = 0};
}

Hash root_in(const state::Roots& roots, const std::string& name) {
    const auto root = roots.find(name);
    return root == roots.end() ? state::kEmptyRoot : root->second;
}

} // namespace

SoloEngine::SoloEngine(Archive archive, store::Records records, application::Genesis genesis,
                       crypto::PrivateKey key, SoloOptions options)
    : archive_(std::move(archive)), records_(std::move(records)), genesis_(std::move(genesis)),
      key_(std::move(key)), options_(std::move(options)), ahead_(records_) {}

Result<std::unique_ptr<SoloEngine>> SoloEngine::open(const std::string& folder,
                                                     const application::Genesis& genesis,
                                                     crypto::PrivateKey key, SoloOptions options,
                                                     Moment now) {
    TW_TRY(Archive archive, Archive::open(folder + "/blocks.db"));
    TW_TRY(store::Records records, store::Records::open(folder + "/state.db", {.holds_all = true}));
    std::unique_ptr<SoloEngine> engine(
        new SoloEngine(std::move(archive), std::move(records), genesis, std::move(key), std::move(options)));
    TW_CHECK(engine->start(now));
    return engine;
}

void SoloEngine::announce_write(std::string_view what) const {
    if (options_.before_write) options_.before_write(what);
}

Status SoloEngine::start(Moment now) {
    if (genesis_.validators.size() != 1 ||
        !equal(genesis_.validators.front().public_key, key_.public_key().raw())) {
        return fail("node.key",
                    "the validator key is not the one validator that the genesis names; the solo engine "
                    "needs exactly that one");
    }
    const application::GenesisValidator& validator = genesis_.validators.front();
    TW_TRY(validators_, chain::ValidatorSet::make({chain::Validator(validator.public_key, validator.power)}));

    const Hash genesis_hash = application::genesis_hash(genesis_);
    TW_TRY(const std::optional<Hash> known, archive_.genesis());
    if (known && *known != genesis_hash) {
        return fail("node.genesis", "this folder belongs to the chain of genesis " + to_hex(*known) +
                                        ", the configuration names " + to_hex(genesis_hash) +
                                        "; use the right genesis file or another folder");
    }
    if (!known) TW_CHECK(archive_.set_genesis(genesis_hash));
    TW_TRY(tip_, archive_.tip());
    if (records_.height() == 0 && records_.roots().empty()) TW_CHECK(start_from_genesis());
    TW_CHECK(catch_up());
    made_ms_ = now.monotonic_ms - options_.heartbeat_ms;
    TW_TRY(const std::optional<Proposal> unfinished, archive_.proposal());
    if (unfinished && unfinished->height != tip_ + 1) {
        return fail("node.replay",
                    "the unfinished block in blocks.db does not follow the last one; restore the folder from "
                    "a backup that was taken as a whole");
    }
    if (unfinished) {
        TW_TRY([[maybe_unused]] const NewBlock block, finish(*unfinished, now));
    }
    return {};
}

Status SoloEngine::start_from_genesis() {
    TW_TRY(store::Update update, records_.begin());
    for (const std::string& name : application::namespaces(genesis_))
        TW_CHECK(update.declare(name));
    TW_CHECK(update.apply(application::initial_changes(genesis_)));
    announce_write("genesis");
    return update.commit(0);
}

Status SoloEngine::catch_up() {
    if (records_.height() > tip_) {
        return fail("node.replay",
                    "state.db is ahead of blocks.db, which has lost blocks; restore blocks.db from a "
                    "backup or start a new chain");
    }
    for (std::uint64_t height = records_.height() + 1; height <= tip_; ++height) {
        TW_TRY(const std::optional<ArchivedBlock> archived, archive_.block(height));
        if (!archived)
            return fail("node.replay", "block " + std::to_string(height) + " is missing in blocks.db");
        TW_TRY(const chain::Block block, chain::decode_block(archived->block, kMaxBlockMessageBytes));
        if (!equal(block.header.app_hash, records_.app_hash())) {
            return fail("node.replay", "block " + std::to_string(height) +
                                           " does not follow from state.db; remove "
                                           "state.db, it is made again from the blocks");
        }
        TW_CHECK(execute(block));
    }
    if (tip_ == 0) return {};
    TW_TRY(const std::optional<ArchivedBlock> archived, archive_.block(tip_));
    TW_TRY(const chain::LightBlock block, chain::decode_light_block(archived->light_block));
    tip_time_ = block.header().time;
    last_vote_time_ = chain::median_time(block.commit(), validators_);
    is_change_unproven_ = !equal(block.header().app_hash, records_.app_hash());
    return {};
}

application::BlockContext SoloEngine::context(std::uint64_t height, TimeNs time) const {
    application::BlockContext context{.chain_id = genesis_.chain_id, .height = height, .time = time};
    for (const application::Predecessor& predecessor : genesis_.predecessors) {
        context.predecessors.push_back(predecessor.chain_id);
    }
    context.heartbeat_seconds = static_cast<std::uint32_t>(options_.heartbeat_ms / 1000);
    return context;
}

bool SoloEngine::is_waiting(const Hash& id) const {
    return std::ranges::any_of(mempool_, [&](const Waiting& w) { return w.id == id || w.core_hash == id; });
}

Result<application::TransactionInfo> SoloEngine::submit(ByteView transaction, Moment now) {
    if (mempool_.size() >= options_.max_waiting ||
        mempool_bytes_ + transaction.size() > options_.max_waiting_bytes) {
        return fail("node.full",
                    std::to_string(mempool_.size()) + " transactions wait already; try again in a moment");
    }
    const application::BlockContext next = context(tip_ + 1, std::max(now.wall, last_vote_time_));
    auto info = application::check(ahead_, transaction, next);
    if (!info) {
        // What waits already is judged against a state that has it.
        const auto again = application::check(records_, transaction, next);
        if (again && is_waiting(again->id)) return again;
        return info;
    }
    const application::TransactionResult applied = application::apply(ahead_, transaction, next);
    if (applied.code != 0)
        return fail(info->is_device ? "application.state" : "application.refused", applied.detail);
    if (is_waiting(info->id)) return info;
    mempool_.push_back({.id = info->id, .core_hash = info->core_hash, .bytes = to_bytes(transaction)});
    mempool_bytes_ += transaction.size();
    return info;
}

bool SoloEngine::is_due(Moment now) const {
    if (tip_ == 0 || is_change_unproven_) return true;
    const std::int64_t since = now.monotonic_ms - made_ms_;
    return since >= options_.heartbeat_ms || (!mempool_.empty() && since >= options_.block_delay_ms);
}

std::vector<Bytes> SoloEngine::take_transactions() const {
    std::vector<Bytes> taken;
    std::size_t bytes = 0;
    for (const Waiting& waiting : mempool_) {
        if (bytes + waiting.bytes.size() > options_.max_block_bytes && !taken.empty()) break;
        bytes += waiting.bytes.size();
        taken.push_back(waiting.bytes);
    }
    return taken;
}

Result<chain::BlockPlan> SoloEngine::plan(std::vector<Bytes> transactions) {
    chain::BlockPlan plan{.chain_id = genesis_.chain_id,
                          .height = static_cast<std::int64_t>(tip_ + 1),
                          .time = genesis_.time,
                          .transactions = std::move(transactions),
                          .app_hash = to_bytes(records_.app_hash()),
                          .validators = validators_,
                          .next_validators = validators_,
                          .proposer = validators_[0].address()};
    if (tip_ == 0) return plan;
    TW_TRY(const std::optional<ArchivedBlock> archived, archive_.block(tip_));
    TW_TRY(const chain::LightBlock last, chain::decode_light_block(archived->light_block));
    plan.previous = chain::Previous{.block_id = last.commit().block_id, .commit = last.commit()};
    plan.time = chain::median_time(last.commit(), validators_);
    TW_TRY(const std::optional<Hash> results, archive_.results_hash(tip_));
    if (results) plan.last_results_hash = *results;
    return plan;
}

Result<NewBlock> SoloEngine::make_block(Moment now) {
    // The block that proves a change is empty: it changes nothing that would have to be proven again.
    TW_TRY(const chain::BlockPlan plan_of_block,
           plan(is_change_unproven_ ? std::vector<Bytes>{} : take_transactions()));
    const chain::MadeBlock made = chain::make_block(plan_of_block);
    const TimeNs vote_time = std::max(now.wall, add_nanos(made.header.time, kMillisecondNs));
    const Proposal proposal{.height = tip_ + 1,
                            .block = made.block,
                            .sign_bytes = chain::vote_sign_bytes(
                                chain::precommit(made, /*round=*/0, vote_time), genesis_.chain_id),
                            .vote_time = vote_time};
    announce_write("proposal");
    TW_CHECK(archive_.propose(proposal));
    return finish(proposal, now);
}

Result<NewBlock> SoloEngine::finish(const Proposal& proposal, Moment now) {
    TW_TRY(const chain::Block block, chain::decode_block(proposal.block, kMaxBlockMessageBytes));
    const chain::BlockId block_id{.hash = chain::header_hash(block.header),
                                  .parts = chain::part_set_header(proposal.block)};
    const crypto::Signature signature = key_.sign(proposal.sign_bytes);
    const chain::SignedVote vote{.address = validators_[0].address(),
                                 .time = proposal.vote_time,
                                 .signature = to_bytes(signature),
                                 .for_block = true};
    TW_TRY(const chain::Commit commit,
           chain::make_commit(block.header.height, /*round=*/0, block_id, validators_, std::span(&vote, 1)));
    const chain::LightBlock light{.signed_header = {.header = block.header, .commit = commit},
                                  .validators = validators_};
    announce_write("block");
    TW_CHECK(archive_.add({.height = proposal.height,
                           .block = proposal.block,
                           .light_block = chain::encode(light),
                           .roots = records_.roots()}));
    const Hash before = records_.app_hash();
    TW_TRY(std::vector<ArchivedTransaction> transactions, execute(block));
    tip_ = proposal.height;
    tip_time_ = block.header.time;
    last_vote_time_ = proposal.vote_time;
    made_ms_ = now.monotonic_ms;
    is_change_unproven_ = before != records_.app_hash();
    refresh_mempool();
    return NewBlock{.height = tip_, .transactions = std::move(transactions)};
}

Result<std::vector<ArchivedTransaction>> SoloEngine::execute(const chain::Block& block) {
    const auto height = static_cast<std::uint64_t>(block.header.height);
    const application::BlockContext at = context(height, block.header.time);
    state::Overlay overlay(records_);
    if (!block.transactions.empty()) TW_CHECK(application::begin_block(overlay, at));
    Execution execution{.height = height};
    std::vector<chain::ExecutionResult> results;
    for (const Bytes& transaction : block.transactions) {
        // What a transaction is about can only be told before it is applied.
        const auto info = application::check(overlay, transaction, at);
        const application::TransactionResult result = application::apply(overlay, transaction, at);
        results.push_back(result_of(result));
        ArchivedTransaction done{.id = result.id,
                                 .core_hash = result.core_hash,
                                 .height = height,
                                 .code = result.code,
                                 .error = result.error};
        if (info && info->record) {
            done.name_space = info->record->name_space;
            done.key = info->record->key;
        }
        execution.transactions.push_back(std::move(done));
    }
    execution.results_hash = chain::results_hash(results);
    const state::Roots before = records_.roots();
    TW_TRY(store::Update update, records_.begin());
    TW_CHECK(update.apply(overlay.changes()));
    TW_TRY(const state::Roots after, update.roots());
    TW_TRY(execution.deltas, deltas(overlay, height, before, after));
    announce_write("execution");
    TW_CHECK(archive_.executed(execution));
    announce_write("state");
    TW_CHECK(update.commit(height));
    return execution.transactions;
}

Result<std::vector<wire::Delta>> SoloEngine::deltas(const state::Overlay& overlay, std::uint64_t height,
                                                    const state::Roots& before, const state::Roots& after) {
    std::vector<wire::Delta> deltas;
    for (const auto& [name, changes] : overlay.changes()) {
        wire::Delta delta{.name_space = name,
                          .state = height,
                          .root_before = root_in(before, name),
                          .root_after = root_in(after, name)};
        if (delta.root_before == delta.root_after) continue;
        for (const auto& [key, value] : changes)
            delta.changes.push_back({.key = key, .value = value});
        deltas.push_back(std::move(delta));
    }
    return deltas;
}

void SoloEngine::refresh_mempool() {
    ahead_.clear();
    std::deque<Waiting> kept;
    mempool_bytes_ = 0;
    const application::BlockContext next = context(tip_ + 1, last_vote_time_);
    for (Waiting& waiting : mempool_) {
        const auto known = archive_.transaction(waiting.id);
        if (known && *known) continue;
        if (application::apply(ahead_, waiting.bytes, next).code != 0) continue;
        mempool_bytes_ += waiting.bytes.size();
        kept.push_back(std::move(waiting));
    }
    mempool_ = std::move(kept);
}

} // namespace tidewaiter::node
