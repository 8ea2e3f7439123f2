#include "tests/support/chain_maker.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/crypto/hash.hpp"

namespace tidewaiter::test {

namespace {

constexpr TimeNs kStart{1'700'000'000, 123'456'789};
constexpr std::int64_t kInterval = 1'000'000'007;

} // namespace

std::vector<Share> shares(std::initializer_list<std::int64_t> powers) {
    std::vector<Share> out;
    for (const std::int64_t power : powers)
        out.push_back({.signer = out.size(), .power = power});
    return out;
}

std::vector<Share> equal_shares(std::size_t count, std::int64_t power, std::size_t first) {
    std::vector<Share> out;
    for (std::size_t i = 0; i < count; ++i)
        out.push_back({.signer = first + i, .power = power});
    return out;
}

ChainMaker::ChainMaker(std::vector<Share> set, std::string chain_id)
    : chain_id_(std::move(chain_id)), set_(set), next_set_(std::move(set)) {
    blocks_.reserve(1'024); // add() hands out references
}

const crypto::PrivateKey& ChainMaker::key(std::size_t signer) {
    const auto known = keys_.find(signer);
    if (known != keys_.end()) return known->second;
    const Hash seed = crypto::sha256(as_bytes("validator " + std::to_string(signer)));
    auto made = crypto::PrivateKey::from_bytes(crypto::Algorithm::EdDsa, seed);
    TW_ASSERT(made.has_value());
    const auto& key = keys_.emplace(signer, std::move(*made)).first->second;
    chain::ValidatorKey raw{};
    std::ranges::copy(key.public_key().raw(), raw.begin());
    signers_[chain::address_of(raw)] = signer;
    return key;
}

chain::ValidatorKey ChainMaker::public_key(std::size_t signer) {
    chain::ValidatorKey raw{};
    std::ranges::copy(key(signer).public_key().raw(), raw.begin());
    return raw;
}

chain::Address ChainMaker::address(std::size_t signer) {
    return chain::address_of(public_key(signer));
}

chain::ValidatorSet ChainMaker::set_of(const std::vector<Share>& set) {
    std::vector<chain::Validator> validators;
    for (const Share& share : set)
        validators.emplace_back(public_key(share.signer), share.power);
    auto made = chain::ValidatorSet::make(std::move(validators));
    TW_ASSERT(made.has_value());
    return std::move(*made);
}

chain::Commit ChainMaker::sign(const chain::Header& header, const chain::BlockId& id,
                               const std::vector<Share>& set, const VoteOptions& votes) {
    std::vector<chain::SignedVote> signed_votes;
    for (const Share& share : set) {
        if (votes.absent.contains(share.signer)) continue;
        const bool is_nil = votes.nil.contains(share.signer);
        // Every signer has a clock of its own.
        const TimeNs time =
            add_nanos(header.time, 900'000'000 + static_cast<std::int64_t>(share.signer % 1'000) * 1'003);
        const chain::Vote vote{.type = chain::VoteType::Precommit,
                               .height = header.height,
                               .round = votes.round,
                               .block_id = is_nil ? chain::BlockId{} : id,
                               .time = time};
        const crypto::Signature signature =
            key(share.signer).sign(chain::vote_sign_bytes(vote, header.chain_id));
        signed_votes.push_back({.address = address(share.signer),
                                .time = time,
                                .signature = to_bytes(signature),
                                .for_block = !is_nil});
    }
    auto commit = chain::make_commit(header.height, votes.round, id, set_of(set), signed_votes);
    TW_ASSERT(commit.has_value());
    return std::move(*commit);
}

chain::LightBlock& ChainMaker::add(const BlockOptions& options) {
    chain::BlockPlan plan;
    plan.chain_id = chain_id_;
    plan.height = static_cast<std::int64_t>(blocks_.size()) + 1;
    plan.time = blocks_.empty() ? kStart : add_nanos(blocks_.back().header().time, kInterval);
    plan.app_version = 1;
    if (!blocks_.empty())
        plan.previous = chain::Previous{.block_id = made_.back().block_id, .commit = blocks_.back().commit()};
    plan.transactions = options.transactions;
    plan.app_hash = options.app_hash;
    set_ = next_set_;
    if (!options.next_set.empty()) next_set_ = options.next_set;
    plan.validators = set_of(set_);
    plan.next_validators = set_of(next_set_);
    plan.proposer = plan.validators[0].address();
    made_.push_back(chain::make_block(plan));
    const chain::MadeBlock& made = made_.back();
    TW_ASSERT(blocks_.size() < blocks_.capacity());
    return blocks_.emplace_back(
        chain::LightBlock{.signed_header = {.header = made.header,
                                            .commit = sign(made.header, made.block_id, set_, options.votes)},
                          .validators = plan.validators});
}

void ChainMaker::grow(std::size_t blocks) {
    for (std::size_t i = 0; i < blocks; ++i)
        add();
}

const chain::LightBlock& ChainMaker::at(std::int64_t height) const {
    return blocks_.at(static_cast<std::size_t>(height - 1));
}

const chain::MadeBlock& ChainMaker::made(std::int64_t height) const {
    return made_.at(static_cast<std::size_t>(height - 1));
}

TimeNs ChainMaker::now() const {
    return add_nanos(blocks_.back().header().time, chain::kNanosPerSecond);
}

chain::Options ChainMaker::options() {
    return {.trust_level = {},
            .trusting_period_ns = std::int64_t{30} * 24 * 3'600 * chain::kNanosPerSecond,
            .max_clock_drift_ns = 10 * chain::kNanosPerSecond};
}

chain::LightBlock ChainMaker::seal(chain::Header header, const std::vector<Share>& set,
                                   const VoteOptions& votes) {
    const Hash hash = chain::header_hash(header);
    const chain::BlockId id{.hash = hash, .parts = {.total = 1, .hash = hash}};
    chain::Commit commit = sign(header, id, set, votes);
    return {.signed_header = {.header = std::move(header), .commit = std::move(commit)},
            .validators = set_of(set)};
}

void ChainMaker::sign_entry(chain::LightBlock& block, std::size_t index) {
    chain::Commit& commit = block.signed_header.commit;
    const std::size_t signer = signers_.at(block.validators[index].address());
    chain::CommitSignBytes sign_bytes(commit, block.header().chain_id);
    commit.signatures[index].signature = to_bytes(key(signer).sign(sign_bytes.of(index)));
}

} // namespace tidewaiter::test
