#pragma once

#include "daemon/wire/messages.hpp"

#include <variant>

/// What a device asks a relay and what it gets (docs/formats.cddl section 9). Errors as in messages.hpp.
namespace tidewaiter::wire {

struct LightBlockRequest {
    std::uint64_t height = 0; ///< 0: the newest
    bool operator==(const LightBlockRequest&) const = default;
};
struct DeltasRequest {
    std::string name_space;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    bool operator==(const DeltasRequest&) const = default;
};
struct ManifestRequest {
    std::string name_space;
    std::optional<std::uint64_t> state; ///< nothing: the newest
    bool operator==(const ManifestRequest&) const = default;
};
struct ChunkRequest {
    std::string name_space;
    std::uint64_t state = 0;
    std::uint64_t first_bucket = 0;
    std::uint64_t last_bucket = 0;
    bool operator==(const ChunkRequest&) const = default;
};
struct BlobsRequest {
    std::string name_space;
    std::vector<Hash> hashes; ///< 1 … 64
    bool operator==(const BlobsRequest&) const = default;
};
struct OutcomeRequest {
    Hash id{}; ///< core hash or transaction id
    bool operator==(const OutcomeRequest&) const = default;
};

struct Request {
    std::uint32_t id = 0;
    std::variant<LightBlockRequest, DeltasRequest, ManifestRequest, ChunkRequest, BlobsRequest,
                 OutcomeRequest>
        body;
    bool operator==(const Request&) const = default;
};

/// The buckets of a namespace at a state; folds to `root`.
struct Manifest {
    std::string name_space;
    std::uint64_t state = 0;
    Hash root{};
    std::uint32_t bits = 0; ///< k: 2^k buckets, at most 12
    Bytes buckets;          ///< 2^k times (kind ‖ hash), 33 bytes each
    bool operator==(const Manifest&) const = default;
};

/// The records of whole buckets, in order of path; part `part` of `parts`.
struct Chunk {
    std::string name_space;
    std::uint64_t state = 0;
    std::uint64_t first_bucket = 0;
    std::uint64_t last_bucket = 0;
    std::uint32_t part = 1;
    std::uint32_t parts = 1;
    std::vector<Change> records;
    std::vector<Bytes> blobs;
    bool operator==(const Chunk&) const = default;
};

struct BlobsReply {
    std::vector<Bytes> blobs; ///< 1 … 64
    bool has_more = false;
    bool operator==(const BlobsReply&) const = default;
};

struct OutcomeReply {
    ReceiptState state = ReceiptState::Unknown;
    /// Namespace and key of the record to look at in verified state.
    std::optional<std::pair<std::string, std::string>> record;
    bool operator==(const OutcomeReply&) const = default;
};

enum class Refusal : std::uint8_t { Unknown = 1, NotKept, NotYours, TooMany, Busy };

struct Reply {
    std::uint32_t id = 0; ///< of the request
    std::variant<HeadMessage, Delta, Manifest, Chunk, BlobsReply, OutcomeReply, Refusal> body;
    bool operator==(const Reply&) const = default;
};

[[nodiscard]] Bytes encode(const Request& message);
[[nodiscard]] Bytes encode(const Reply& message);
[[nodiscard]] Result<Request> decode_request(ByteView payload);
[[nodiscard]] Result<Reply> decode_reply(ByteView payload);

} // namespace tidewaiter::wire
