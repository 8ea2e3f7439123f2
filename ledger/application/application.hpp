#pragma once

#include "ledger/crypto/keys.hpp"
#include "ledger/documents/identity/fields.hpp"
#include "ledger/state/view.hpp"

/// The state machine: what a transaction does to the state. Validators run it to admit and apply, gateways
/// run the very same code to see their own stamps in advance.
namespace tidewaiter::application {

struct BlockContext {
    std::string chain_id;
    std::vector<std::string> predecessors; ///< chain ids whose signatures still count
    std::uint64_t height = 0;              ///< of the block that carries (or would carry) the transaction
    TimeNs time;                           ///< that block's time
    std::uint32_t heartbeat_seconds = 30;  ///< how far the header of an idle chain may lag
};

/// What a transaction is, as far as its bytes and the state tell.
struct TransactionInfo {
    Hash id{}; ///< SHA-256 of its Sig_structure
    crypto::KeyId signer{};
    bool is_device = false;        ///< a stamp or another record that a device signs
    std::uint32_t kind = 0;        ///< kind (organisations) or op (devices)
    std::optional<Hash> core_hash; ///< devices: the stamp id
    std::optional<documents::RecordKey> record;
    std::uint32_t sequence = 0; ///< devices
    std::string signed_for;     ///< the chain id that its signature names
};

/// Admission to the mempool: form, size, signature, right, window of time, repetition, effect. Give it the state
/// with the transactions that wait before this one, where there are any. Errors: cbor.*, envelope.*, field.*,
/// key.*, lines.*, identity.*, reference.*, carnet.*, and application.* (docs/result-codes.md).
[[nodiscard]] Result<TransactionInfo> check(const state::View& view, ByteView transaction,
                                            const BlockContext& block);

/// Outcome of a stamp or another record that a device signed (protocol, section 4).
enum class StampOutcome : std::uint8_t { Effective = 1, Late = 2, Orphan = 3, Refused = 4 };
enum class WhyNot : std::uint8_t { Revoked = 1, RanAhead, TooOld, WrongOffice, OutsideDates };

struct TransactionResult {
    std::uint32_t code = 0; ///< 0 done; else the stable number of `error` (result_code)
    std::string error;      ///< "application.not-entitled"; empty when done
    std::string detail;     ///< for people
    Hash id{};
    std::optional<Hash> core_hash; ///< devices
    std::optional<StampOutcome> outcome;
    std::vector<std::string> namespaces; ///< touched, ascending
};

/// Applies one transaction. On failure, and for what was applied before, nothing changes in `state`.
[[nodiscard]] TransactionResult apply(state::Overlay& state, ByteView transaction, const BlockContext& block);

/// Housekeeping that belongs to a block with transactions, before its first: forgets identities older than 48
/// h.
[[nodiscard]] Status begin_block(state::Overlay& state, const BlockContext& block);

/// 1 … 255 by family of error; 255 for codes without a number of their own.
[[nodiscard]] std::uint32_t result_code(std::string_view error);

/// What verified state says of a device's record; nothing when it is not there (yet).
struct Recorded {
    StampOutcome outcome = StampOutcome::Effective;
    std::optional<WhyNot> why;
    documents::Inclusion inclusion;
};
[[nodiscard]] Result<std::optional<Recorded>> find_recorded(const state::View& view, ByteView transaction);

[[nodiscard]] std::string_view word(StampOutcome outcome); ///< "effective" …

} // namespace tidewaiter::application
