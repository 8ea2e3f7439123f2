#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/limits.hpp"
#include "ledger/base/time.hpp"

#include <optional>

/// CometBFT 0.38 data structures. What a type cannot hold is refused where bytes become types (protobuf.hpp);
/// what a type can hold and a block must not is refused by validate.hpp.
namespace tidewaiter::chain {

/// First 20 bytes of SHA-256(public key).
using Address = std::array<std::uint8_t, 20>;
/// An Ed25519 public key as CometBFT carries it; need not be canonical (ZIP-215).
using ValidatorKey = std::array<std::uint8_t, 32>;

inline constexpr std::uint64_t kBlockProtocol = 11;
inline constexpr std::size_t kMaxChainIdBytes = 50;
inline constexpr std::size_t kMaxSignatureBytes = 64;
inline constexpr std::size_t kPartBytes = 65'536;
/// The zero value of a time on the wire, 0001-01-01T00:00:00Z: what an absent vote carries.
inline constexpr TimeNs kZeroTime{-62'135'596'800, 0};
/// 9999-12-31T23:59:59.999999999Z.
inline constexpr TimeNs kMaxTime{253'402'300'799, 999'999'999};

struct PartSetHeader {
    std::uint32_t total = 0;
    std::optional<Hash> hash;
    bool operator==(const PartSetHeader&) const = default;
};

struct BlockId {
    std::optional<Hash> hash;
    PartSetHeader parts;
    bool operator==(const BlockId&) const = default;
    [[nodiscard]] bool is_zero() const { return !hash && parts.total == 0 && !parts.hash; }
    [[nodiscard]] bool is_complete() const { return hash && parts.total > 0 && parts.hash; }
};

enum class BlockIdFlag : std::uint8_t { Unknown = 0, Absent = 1, Commit = 2, Nil = 3 };

/// One validator's place in a commit. Absent: zero address, kZeroTime, no signature.
struct CommitSig {
    BlockIdFlag flag = BlockIdFlag::Absent;
    Address address{};
    TimeNs time = kZeroTime;
    Bytes signature;
    bool operator==(const CommitSig&) const = default;
};

struct Commit {
    std::int64_t height = 0;
    std::int32_t round = 0;
    BlockId block_id;
    std::vector<CommitSig> signatures; ///< one per validator, in the set's order
    bool operator==(const Commit&) const = default;
};

struct Version {
    std::uint64_t block = kBlockProtocol;
    std::uint64_t app = 0;
    bool operator==(const Version&) const = default;
};

struct Header {
    Version version;
    std::string chain_id;
    std::int64_t height = 0;
    TimeNs time;
    BlockId last_block_id;
    std::optional<Hash> last_commit_hash;
    std::optional<Hash> data_hash;
    Hash validators_hash{};
    Hash next_validators_hash{};
    std::optional<Hash> consensus_hash;
    Bytes app_hash;
    std::optional<Hash> last_results_hash;
    std::optional<Hash> evidence_hash;
    Address proposer_address{};
    bool operator==(const Header&) const = default;
};

/// A key and its voting power; the address is always derived, never taken from outside.
class Validator {
  public:
    Validator(const ValidatorKey& key, std::int64_t power);
    [[nodiscard]] const ValidatorKey& key() const { return key_; }
    [[nodiscard]] const Address& address() const { return address_; }
    [[nodiscard]] std::int64_t power() const { return power_; }
    bool operator==(const Validator&) const = default;

  private:
    ValidatorKey key_;
    Address address_;
    std::int64_t power_;
};

/// Validators in canonical order (power descending, then address ascending), unique, powers in range.
/// Default-constructed it is empty, which every check refuses.
class ValidatorSet {
  public:
    ValidatorSet() = default;
    /// Sorts. Errors: chain.set.empty, chain.set.size (> 10,000), chain.set.power (negative), chain.set.total
    /// (above MaxInt64 / 8), chain.set.duplicate.
    [[nodiscard]] static Result<ValidatorSet> make(std::vector<Validator> validators);

    [[nodiscard]] const std::vector<Validator>& validators() const { return validators_; }
    [[nodiscard]] const Validator& operator[](std::size_t index) const { return validators_[index]; }
    [[nodiscard]] std::size_t size() const { return validators_.size(); }
    [[nodiscard]] bool empty() const { return validators_.empty(); }
    [[nodiscard]] std::int64_t total_power() const { return total_power_; }
    [[nodiscard]] std::optional<std::size_t> find(const Address& address) const;
    bool operator==(const ValidatorSet& other) const { return validators_ == other.validators_; }

  private:
    std::vector<Validator> validators_;
    std::vector<std::uint32_t> by_address_;
    std::int64_t total_power_ = 0;
};

struct SignedHeader {
    Header header;
    Commit commit;
    bool operator==(const SignedHeader&) const = default;
};

struct LightBlock {
    SignedHeader signed_header;
    ValidatorSet validators;
    bool operator==(const LightBlock&) const = default;
    [[nodiscard]] const Header& header() const { return signed_header.header; }
    [[nodiscard]] const Commit& commit() const { return signed_header.commit; }
};

/// A whole block. Evidence is not carried: the solo engine has none.
struct Block {
    Header header;
    std::vector<Bytes> transactions;
    Commit last_commit; ///< of the block before; empty in the first block
    bool operator==(const Block&) const = default;
};

/// What of a transaction's result goes into last_results_hash.
struct ExecutionResult {
    std::uint32_t code = 0;
    Bytes data;
    std::int64_t gas_wanted = 0;
    std::int64_t gas_used = 0;
};

/// The consensus parameters that a header commits to.
struct ConsensusParams {
    std::int64_t max_block_bytes = 22'020'096;
    std::int64_t max_block_gas = -1;
};

[[nodiscard]] Address address_of(const ValidatorKey& key);

} // namespace tidewaiter::chain
