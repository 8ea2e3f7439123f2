#pragma once

#include "ledger/chain/maker.hpp"
#include "ledger/chain/verify.hpp"
#include "ledger/crypto/keys.hpp"

#include <map>
#include <set>

/// Signed chains for tests: any powers, nil and absent votes, later rounds, changing sets.
namespace tidewaiter::test {

/// Signer number `signer` holds `power`.
struct Share {
    std::size_t signer = 0;
    std::int64_t power = 10;
};

/// Shares for signers 0, 1, 2 … with these powers.
[[nodiscard]] std::vector<Share> shares(std::initializer_list<std::int64_t> powers);
[[nodiscard]] std::vector<Share> equal_shares(std::size_t count, std::int64_t power = 10,
                                              std::size_t first = 0);

struct VoteOptions {
    std::set<std::size_t> absent; ///< numbers of signers
    std::set<std::size_t> nil;
    std::int32_t round = 0;
};

struct BlockOptions {
    std::vector<Bytes> transactions;
    Bytes app_hash;
    VoteOptions votes;
    std::vector<Share> next_set; ///< empty: the set stays
};

class ChainMaker {
  public:
    explicit ChainMaker(std::vector<Share> set = shares({50, 40, 30, 20}),
                        std::string chain_id = "harbour-1");

    /// Makes the next block (heights 1, 2, 3 …), one second and a fraction after the one before.
    chain::LightBlock& add(const BlockOptions& options = {});
    void grow(std::size_t blocks);

    [[nodiscard]] const chain::LightBlock& at(std::int64_t height) const;
    [[nodiscard]] const chain::MadeBlock& made(std::int64_t height) const;
    [[nodiscard]] const std::string& chain_id() const { return chain_id_; }
    /// A second after the newest block.
    [[nodiscard]] TimeNs now() const;
    /// 30 days, 1/3, 10 s.
    [[nodiscard]] static chain::Options options();

    /// Any header, signed: recomputes the block id and signs with the signers of `set`. What an attacker with
    /// these keys could make.
    [[nodiscard]] chain::LightBlock seal(chain::Header header, const std::vector<Share>& set,
                                         const VoteOptions& votes = {});
    [[nodiscard]] chain::ValidatorSet set_of(const std::vector<Share>& set);
    [[nodiscard]] chain::Commit sign(const chain::Header& header, const chain::BlockId& id,
                                     const std::vector<Share>& set, const VoteOptions& votes);
    /// Signs entry `index` of the block's commit anew, by the signer whose place it is, as the entry now
    /// stands.
    void sign_entry(chain::LightBlock& block, std::size_t index);

    [[nodiscard]] const crypto::PrivateKey& key(std::size_t signer);
    [[nodiscard]] chain::ValidatorKey public_key(std::size_t signer);
    [[nodiscard]] chain::Address address(std::size_t signer);

  private:
    std::string chain_id_;
    std::vector<Share> set_;
    std::vector<Share> next_set_;
    std::map<std::size_t, crypto::PrivateKey> keys_;
    std::map<chain::Address, std::size_t> signers_;
    std::vector<chain::LightBlock> blocks_;
    std::vector<chain::MadeBlock> made_;
};

} // namespace tidewaiter::test
