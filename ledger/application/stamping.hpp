#pragma once

#include "ledger/application/judge.hpp"

/// From a declaration and its verdict to the bytes that a device signs.
namespace tidewaiter::application {

/// A blob that goes with a stamp, for the gateway's blob table.
struct DraftBlob {
    Hash hash{};
    Bytes bytes;
};

struct StampRequest {
    documents::RecordKey record;
    Declaration declaration;
    std::string officer;                 ///< pseudonym, "US-7Q4K2M"
    std::string second_person;           ///< pseudonym, four eyes; empty: none
    std::string reason;                  ///< the officer's, in free text; kept as a blob
    std::array<std::uint8_t, 16> salt{}; ///< for that blob
    std::string office;                  ///< "US-D:2720"
    std::string place = {}; ///< UN/LOCODE of the port; empty: the office's territory alone counts
    LocalTime at;
    std::uint32_t sequence = 0; ///< from 1
    std::uint64_t height = 0;   ///< state height seen
    bool is_offline = false;
    crypto::KeyId signer{};
    Hash journal_head{};
};

struct StampDraft {
    Bytes core;
    Bytes attachments;
    Hash id{}; ///< SHA-256 of the core
    std::uint32_t sequence = 0;
    std::vector<DraftBlob> blobs;
    std::vector<std::string> blob_namespaces; ///< where those blobs belong, one for each
};

/// Builds core and attachments. `copy` is the copy with the box's own pending stamps over it; from it come
/// the sheet, the lines, the revision and `prev`. Errors: stamp.refused (the verdict refuses: no stamp),
/// stamp.reason (officer decides or cannot tell needs a reason), stamp.operation, stamp.record, stamp.sheet,
/// stamp.officer, stamp.office, stamp.sequence, stamp.too-large, lines.*.
[[nodiscard]] Result<StampDraft> draft_stamp(const StampRequest& request, const documents::Verdict& verdict,
                                             const state::View& copy);

/// Payload of the transaction, {1: core, 2: attachments}: claims::seal(Type::Transaction, …) makes it one.
[[nodiscard]] Bytes transaction_payload(const StampDraft& draft);

} // namespace tidewaiter::application
