#include "daemon/gateway/box.hpp"

#include "daemon/files/files.hpp"
#include "ledger/codec/cbor.hpp"
#include "ledger/crypto/hash.hpp"

#include <charconv>

namespace tidewaiter::gateway {

namespace {

constexpr std::string_view kTables =
    "CREATE TABLE journal (row INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind INTEGER NOT NULL, content BLOB "
    "NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE verdicts (row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, at INTEGER NOT NULL, source "
    "TEXT NOT NULL,"
    " text BLOB NOT NULL, verdict BLOB NOT NULL) STRICT;"
    "CREATE TABLE outbox (sequence INTEGER PRIMARY KEY, stamp BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL,"
    " namespace TEXT NOT NULL, key TEXT NOT NULL, operation TEXT NOT NULL, lines TEXT NOT NULL, officer TEXT "
    "NOT NULL,"
    " at INTEGER NOT NULL, status INTEGER NOT NULL, note TEXT NOT NULL, outcome INTEGER, height INTEGER NOT "
    "NULL) STRICT;"
    "CREATE INDEX outbox_open ON outbox (sequence) WHERE status <> 4;";
constexpr std::string_view kMigrations[] = {kTables, store::kBlobsTable};
constexpr std::uint32_t kApplicationId = 0x5457'424f; // "TWBO"
constexpr std::uint64_t kTailRows = 1'000;
constexpr std::string_view kCheckpointFile = "/journal.checkpoint";
constexpr std::string_view kSelectRow = "SELECT sequence, stamp, bytes, namespace, key, operation, lines, "
                                        "officer, at, status, note, outcome, height"
                                        " FROM outbox ";

Hash row_hash(const Hash& previous, std::uint64_t row, JournalKind kind, UnixTime at, ByteView content) {
    cbor::Writer writer;
    writer.array([&](cbor::Writer& fields) {
        fields.unsigned_integer(row).enumeration(kind).integer(at).bytes(content);
    });
    return crypto::sha256({previous, writer.view()});
}

/// "tidewaiter-journal-1 <rows> <head in hex>": what the check-point file says and its signature covers.
std::string checkpoint_statement(const JournalHead& head) {
    return "tidewaiter-journal-1 " + std::to_string(head.rows) + " " + to_hex(head.hash);
}

/// Statement, space, signature in hex, line end; nothing when anything in it is not as written.
std::optional<JournalHead> read_checkpoint(std::string_view text, const crypto::PublicKey& device) {
    const std::size_t space = text.rfind(' ');
    if (space == std::string_view::npos || !text.ends_with('\n')) return std::nullopt;
    const std::string_view statement = text.substr(0, space);
    const auto signature = from_hex(text.substr(space + 1, text.size() - space - 2));
    if (!signature || !crypto::verify(device, as_bytes(statement), *signature)) return std::nullopt;
    const std::size_t rows_at = statement.find(' ');
    const std::size_t hash_at = statement.rfind(' ');
    if (rows_at == std::string_view::npos || hash_at <= rows_at) return std::nullopt;
    const std::string_view rows = statement.substr(rows_at + 1, hash_at - rows_at - 1);
    JournalHead head;
    const auto hash = from_hex_fixed<32>(statement.substr(hash_at + 1));
    const auto [end, error] = std::from_chars(rows.data(), rows.data() + rows.size(), head.rows);
    if (!hash || error != std::errc() || end != rows.data() + rows.size()) return std::nullopt;
    head.hash = *hash;
    return head;
}

OutboxRow read_row(const store::Statement& row) {
    OutboxRow out{.stamp = row.hash(1),
                  .sequence = static_cast<std::uint32_t>(row.integer(0)),
                  .transaction = to_bytes(row.blob(2)),
                  .record = {std::string(row.text(3)), std::string(row.text(4))},
                  .operation = std::string(row.text(5)),
                  .lines = std::string(row.text(6)),
                  .officer = std::string(row.text(7)),
                  .at = row.integer(8),
                  .status = static_cast<OutboxStatus>(row.integer(9)),
                  .note = std::string(row.text(10))};
    if (!row.is_null(11)) out.outcome = static_cast<application::StampOutcome>(row.integer(11));
    out.height = row.natural(12);
    return out;
}

Result<std::vector<OutboxRow>> read_rows(store::Statement& statement) {
    std::vector<OutboxRow> rows;
    while (true) {
        TW_TRY(const bool found, statement.step());
        if (!found) return rows;
        rows.push_back(read_row(statement));
    }
}

KeptVerdict read_verdict(const store::Statement& row) {
    KeptVerdict kept{.at = row.integer(1), .source = std::string(row.text(2))};
    std::ranges::copy(row.blob(0).first(std::min<std::size_t>(row.blob(0).size(), kept.id.size())),
                      kept.id.begin());
    kept.text = as_text(row.blob(3));
    kept.verdict = to_bytes(row.blob(4));
    return kept;
}

constexpr std::string_view kSelectVerdict = "SELECT id, at, source, text, verdict FROM verdicts ";

} // namespace

std::string_view word(OutboxStatus status) {
    switch (status) {
    case OutboxStatus::Waiting: return "stamped";
    case OutboxStatus::Sent: return "sent";
    case OutboxStatus::Parked: return "parked";
    case OutboxStatus::Anchored: return "anchored";
    }
    return "stamped";
}

Box::Box(store::Database database, std::string folder)
    : database_(std::make_unique<store::Database>(std::move(database))), folder_(std::move(folder)) {}

Result<Box> Box::open(const std::string& folder, std::uint64_t max_bytes, const crypto::PublicKey& device) {
    TW_TRY(store::Database database,
           store::Database::open(folder + "/box.db",
                                 {.name = "box", .application_id = kApplicationId, .migrations = kMigrations},
                                 {.durability = store::Durability::Full, .max_bytes = max_bytes}));
    Box box(std::move(database), folder);
    TW_CHECK(box.restore(device));
    return box;
}

Status Box::restore(const crypto::PublicKey& device) {
    TW_TRY(store::Statement last,
           database_->statement("SELECT row, hash FROM journal ORDER BY row DESC LIMIT 1"));
    TW_TRY(const bool has_rows, last.step());
    if (has_rows) head_ = {.rows = last.natural(0), .hash = last.hash(1)};
    last.reset();
    TW_TRY(store::Statement sequence, database_->statement("SELECT COALESCE(MAX(sequence), 0) FROM outbox"));
    TW_CHECK(sequence.step());
    next_sequence_ = static_cast<std::uint32_t>(sequence.integer(0)) + 1;
    sequence.reset();
    if (const Status tail = check_journal(kTailRows); !tail) {
        distrust_ = tail.error().detail;
        return {};
    }
    return compare_checkpoint(device);
}

Status Box::check_journal(std::uint64_t rows) {
    const std::uint64_t first = head_.rows > rows ? head_.rows - rows : 0;
    Hash previous{};
    if (first > 0) {
        TW_TRY(store::Statement before, database_->statement("SELECT hash FROM journal WHERE row = ?1"));
        TW_TRY(const bool found, before.bind(1, first).step());
        if (found) previous = before.hash(0);
    }
    TW_TRY(
        store::Statement row,
        database_->statement("SELECT row, at, kind, content, hash FROM journal WHERE row > ?1 ORDER BY row"));
    row.bind(1, first);
    for (std::uint64_t expected = first + 1;; ++expected) {
        TW_TRY(const bool found, row.step());
        if (!found) {
            if (expected == head_.rows + 1) return {};
            return fail("box.journal", "the journal ends at row " + std::to_string(expected - 1));
        }
        const Hash hash = row_hash(previous, row.natural(0), static_cast<JournalKind>(row.integer(2)),
                                   row.integer(1), row.blob(3));
        if (row.natural(0) != expected || row.hash(4) != hash) {
            return fail("box.journal",
                        "row " + std::to_string(expected) +
                            " of the journal in box.db was altered or is "
                            "missing; keep the file for the registrar and restore it from a backup");
        }
        previous = hash;
    }
}

Status Box::write_checkpoint(const crypto::PrivateKey& device) const {
    const std::string statement = checkpoint_statement(head_);
    return files::write_atomically(folder_ + std::string(kCheckpointFile),
                                   statement + " " + to_hex(device.sign(as_bytes(statement))) + "\n");
}

Status Box::compare_checkpoint(const crypto::PublicKey& device) {
    const auto text = files::read_text(folder_ + std::string(kCheckpointFile), 1'000);
    if (!text) {
        if (text.error().code == "files.missing") return {};
        return std::unexpected(text.error());
    }
    const auto checkpoint = read_checkpoint(*text, device);
    if (!checkpoint) {
        distrust_ =
            "journal.checkpoint is damaged or was not signed by this device; restore it from a backup";
        return {};
    }
    if (checkpoint->rows == 0) return {};
    TW_TRY(store::Statement row, database_->statement("SELECT hash FROM journal WHERE row = ?1"));
    TW_TRY(const bool found, row.bind(1, checkpoint->rows).step());
    if (!found || row.hash(0) != checkpoint->hash) {
        distrust_ =
            "box.db is older than its check-point (row " + std::to_string(checkpoint->rows) +
            "): stamps may be missing in it; the registrar must lift this device before it stamps again";
    }
    return {};
}

Result<JournalHead> Box::append(const JournalHead& after, JournalKind kind, UnixTime at, ByteView content) {
    const JournalHead next{.rows = after.rows + 1,
                           .hash = row_hash(after.hash, after.rows + 1, kind, at, content)};
    TW_CHECK(database_->run("INSERT INTO journal (row, at, kind, content, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
                            next.rows, at, std::int64_t{static_cast<std::uint8_t>(kind)}, content,
                            next.hash));
    return next;
}

Status Box::append_start(UnixTime now, std::string_view what) {
    TW_TRY(store::Transaction transaction, database_->begin());
    TW_TRY(const JournalHead next, append(head_, JournalKind::Start, now, as_bytes(what)));
    TW_CHECK(transaction.commit());
    head_ = next;
    return {};
}

Status Box::keep_verdict(const KeptVerdict& verdict, const Hash& code) {
    cbor::Writer scan;
    scan.map([&](cbor::Writer& map) {
        map.key(1).bytes(code);
        map.key(2).text(verdict.source);
    });
    cbor::Writer judged;
    judged.map([&](cbor::Writer& map) {
        map.key(1).bytes(verdict.id);
        map.key(2).bytes(crypto::sha256(verdict.verdict));
    });
    TW_TRY(store::Transaction transaction, database_->begin());
    TW_TRY(const JournalHead scanned, append(head_, JournalKind::Scan, verdict.at, scan.view()));
    TW_TRY(const JournalHead next, append(scanned, JournalKind::Verdict, verdict.at, judged.view()));
    TW_CHECK(database_->run(
        "INSERT INTO verdicts (id, at, source, text, verdict) VALUES (?1, ?2, ?3, ?4, ?5)",
        ByteView(verdict.id), verdict.at, verdict.source, as_bytes(verdict.text), verdict.verdict));
    TW_CHECK(transaction.commit());
    head_ = next;
    return {};
}

Status Box::keep_stamp(const OutboxRow& row, const application::StampDraft& draft,
                       const std::optional<VerdictId>& verdict) {
    cbor::Writer content;
    content.map([&](cbor::Writer& map) {
        map.key(1).bytes(row.stamp);
        map.key(2).unsigned_integer(row.sequence);
        map.key(3).text(row.officer);
        if (verdict) map.key(4).bytes(*verdict);
    });
    TW_TRY(store::Transaction transaction, database_->begin());
    TW_CHECK(database_->run("INSERT INTO outbox (sequence, stamp, bytes, namespace, key, operation, lines, "
                            "officer, at, status, note, outcome,"
                            " height) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, '', NULL, 0)",
                            std::int64_t{row.sequence}, row.stamp, row.transaction, row.record.name_space,
                            row.record.key, row.operation, row.lines, row.officer, row.at));
    store::Blobs table(*database_);
    for (std::size_t i = 0; i < draft.blobs.size(); ++i) {
        TW_CHECK(table.put(draft.blob_namespaces[i], draft.blobs[i].bytes));
    }
    TW_TRY(const JournalHead next, append(head_, JournalKind::Stamp, row.at, content.view()));
    TW_CHECK(transaction.commit());
    head_ = next;
    next_sequence_ = row.sequence + 1;
    return {};
}

Status Box::forget_verdicts(UnixTime before) {
    return database_->run("DELETE FROM verdicts WHERE at < ?1", before);
}

Status Box::set_sent(const std::vector<Hash>& stamps) {
    TW_TRY(store::Transaction transaction, database_->begin());
    for (const Hash& stamp : stamps) {
        TW_CHECK(database_->run("UPDATE outbox SET status = 2 WHERE stamp = ?1 AND status = 1", stamp));
    }
    return transaction.commit();
}

Status Box::park(const Hash& stamp, std::string_view note) {
    return database_->run("UPDATE outbox SET status = 3, note = ?2 WHERE stamp = ?1 AND status <> 4", stamp,
                          note);
}

Status Box::unpark() {
    return database_->run("UPDATE outbox SET status = 1 WHERE status = 3");
}

Status Box::anchor(const Hash& stamp, const application::Recorded& recorded, UnixTime now) {
    const auto outcome = std::int64_t{static_cast<std::uint8_t>(recorded.outcome)};
    cbor::Writer content;
    content.map([&](cbor::Writer& map) {
        map.key(1).bytes(stamp);
        map.key(2).integer(outcome);
        map.key(3).unsigned_integer(recorded.inclusion.height);
    });
    TW_TRY(store::Transaction transaction, database_->begin());
    TW_CHECK(database_->run("UPDATE outbox SET status = 4, outcome = ?2, height = ?3 WHERE stamp = ?1", stamp,
                            outcome, recorded.inclusion.height));
    TW_TRY(const JournalHead next, append(head_, JournalKind::Outcome, now, content.view()));
    TW_CHECK(transaction.commit());
    head_ = next;
    return {};
}

Result<std::vector<OutboxRow>> Box::open_rows() {
    TW_TRY(store::Statement rows,
           database_->statement(std::string(kSelectRow) + "WHERE status <> 4 ORDER BY sequence"));
    return read_rows(rows);
}

Result<std::optional<OutboxRow>> Box::row(const Hash& stamp) {
    TW_TRY(store::Statement row, database_->statement(std::string(kSelectRow) + "WHERE stamp = ?1"));
    TW_TRY(const bool found, row.bind(1, stamp).step());
    if (!found) return std::nullopt;
    return read_row(row);
}

Result<std::vector<OutboxRow>> Box::rows(std::size_t limit) {
    TW_TRY(store::Statement rows,
           database_->statement(std::string(kSelectRow) + "ORDER BY sequence DESC LIMIT ?1"));
    rows.bind(1, static_cast<std::uint64_t>(limit));
    return read_rows(rows);
}

Result<std::vector<KeptVerdict>> Box::verdicts(std::size_t limit) {
    TW_TRY(store::Statement row,
           database_->statement(std::string(kSelectVerdict) + "ORDER BY row DESC LIMIT ?1"));
    row.bind(1, static_cast<std::uint64_t>(limit));
    std::vector<KeptVerdict> verdicts;
    while (true) {
        TW_TRY(const bool found, row.step());
        if (!found) return verdicts;
        verdicts.push_back(read_verdict(row));
    }
}

Result<std::optional<KeptVerdict>> Box::verdict(const VerdictId& id) {
    TW_TRY(store::Statement row, database_->statement(std::string(kSelectVerdict) + "WHERE id = ?1"));
    TW_TRY(const bool found, row.bind(1, ByteView(id)).step());
    if (!found) return std::nullopt;
    return read_verdict(row);
}

} // namespace tidewaiter::gateway
