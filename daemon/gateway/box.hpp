#pragma once

#include "ledger/application/application.hpp"
#include "ledger/application/stamping.hpp"
#include "ledger/documents/verdict.hpp"
#include "ledger/store/blobs.hpp"
#include "ledger/store/database.hpp"

namespace tidewaiter::gateway {

/// 16 random bytes.
using VerdictId = std::array<std::uint8_t, 16>;

struct JournalHead {
    std::uint64_t rows = 0;
    Hash hash{};
    bool operator==(const JournalHead&) const = default;
};

enum class JournalKind : std::uint8_t { Start = 1, Scan, Verdict, Stamp, Outcome };

/// Waiting: not yet handed over. Sent: a broker took it. Parked: a member's mempool refused it; another
/// member's relay gets it. Anchored: its outcome was seen in verified state.
enum class OutboxStatus : std::uint8_t { Waiting = 1, Sent, Parked, Anchored };
[[nodiscard]] std::string_view word(OutboxStatus status); ///< "stamped", "sent", "parked", "anchored"

struct OutboxRow {
    Hash stamp{}; ///< SHA-256 of the core
    std::uint32_t sequence = 0;
    Bytes transaction; ///< COSE
    documents::RecordKey record;
    std::string operation;
    std::string lines;
    std::string officer;
    UnixTime at = 0;
    OutboxStatus status = OutboxStatus::Waiting;
    std::string note; ///< why parked
    std::optional<application::StampOutcome> outcome;
    std::uint64_t height = 0; ///< of the block that has it
};

/// A verdict as it was shown.
struct KeptVerdict {
    VerdictId id{};
    UnixTime at = 0;
    std::string source; ///< "folder", "console", "command"
    std::string text;   ///< what was scanned; empty once erased
    Bytes verdict;      ///< documents::encode
};

/// box.db: journal, outbox, sequence, verdicts. Never thrown away, durable at every commit. Loop thread only.
/// Errors: store.*; store.full means nothing of the step was kept.
class Box {
  public:
    /// Opens or creates `folder`/box.db and checks the journal's tail and the check-point file beside it,
    /// which `device` signed.
    [[nodiscard]] static Result<Box> open(const std::string& folder, std::uint64_t max_bytes,
                                          const crypto::PublicKey& device);

    /// Why this box must not stamp (its journal is broken, or behind its check-point), or nothing.
    [[nodiscard]] const std::optional<std::string>& distrust() const { return distrust_; }
    [[nodiscard]] const JournalHead& journal() const { return head_; }
    /// The sequence number for the next stamp, from 1.
    [[nodiscard]] std::uint32_t next_sequence() const { return next_sequence_; }

    [[nodiscard]] Status append_start(UnixTime now, std::string_view what);
    /// Journal rows, verdict and scanned text in one transaction; before the verdict is shown.
    [[nodiscard]] Status keep_verdict(const KeptVerdict& verdict, const Hash& code);
    /// Removes verdicts and scanned texts from before a moment; their rows in the journal stay.
    [[nodiscard]] Status forget_verdicts(UnixTime before);
    /// Sequence, outbox row, blobs and journal row in one transaction; before "stamped" is said.
    [[nodiscard]] Status keep_stamp(const OutboxRow& row, const application::StampDraft& draft,
                                    const std::optional<VerdictId>& verdict);

    [[nodiscard]] Status set_sent(const std::vector<Hash>& stamps);
    [[nodiscard]] Status park(const Hash& stamp, std::string_view note);
    /// Parked rows wait again: another relay is there, or the ledger has moved on.
    [[nodiscard]] Status unpark();
    [[nodiscard]] Status anchor(const Hash& stamp, const application::Recorded& recorded, UnixTime now);

    /// Not yet anchored, by sequence.
    [[nodiscard]] Result<std::vector<OutboxRow>> open_rows();
    [[nodiscard]] Result<std::optional<OutboxRow>> row(const Hash& stamp);
    /// Newest first.
    [[nodiscard]] Result<std::vector<OutboxRow>> rows(std::size_t limit);
    [[nodiscard]] Result<std::vector<KeptVerdict>> verdicts(std::size_t limit);
    [[nodiscard]] Result<std::optional<KeptVerdict>> verdict(const VerdictId& id);
    [[nodiscard]] store::Blobs blobs() { return store::Blobs(*database_); }

    /// Recomputes the hash chain over the last `rows` rows. Error: box.journal.
    [[nodiscard]] Status check_journal(std::uint64_t rows);
    /// Writes rows and head, signed, to the check-point file beside the database.
    [[nodiscard]] Status write_checkpoint(const crypto::PrivateKey& device) const;

  private:
    Box(store::Database database, std::string folder);
    [[nodiscard]] Status restore(const crypto::PublicKey& device);
    [[nodiscard]] Status compare_checkpoint(const crypto::PublicKey& device);
    /// Within a transaction; the new head counts once that is committed.
    [[nodiscard]] Result<JournalHead> append(const JournalHead& after, JournalKind kind, UnixTime at,
                                             ByteView content);

    std::unique_ptr<store::Database> database_;
    std::string folder_;
    JournalHead head_;
    std::uint32_t next_sequence_ = 1;
    std::optional<std::string> distrust_;
};

} // namespace tidewaiter::gateway
