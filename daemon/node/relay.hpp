#pragma once

#include "daemon/node/solo.hpp"
#include "daemon/wire/requests.hpp"

#include <map>

namespace tidewaiter::node {

/// Answers devices from archive and state. Pure but for the engine's databases: bytes in, bytes out. One
/// thread.
class Relay {
  public:
    /// The engine outlives the relay.
    Relay(SoloEngine& engine, crypto::PrivateKey key);

    /// The head message of a height with this relay's signature; nothing when there is no such block.
    [[nodiscard]] Result<std::optional<wire::HeadMessage>> head(std::uint64_t height);
    /// Deltas of one state in parts that fit a message, with the blobs that their records name.
    [[nodiscard]] Result<std::vector<wire::Delta>> deltas_at(std::uint64_t state);

    /// The replies to one request, each a whole payload. A malformed request has none: the device's name for
    /// it cannot be known.
    [[nodiscard]] std::vector<Bytes> answer(ByteView request, Moment now);
    /// Admits a device's transactions; what became of each.
    [[nodiscard]] Result<wire::ReceiptHint> submit(ByteView message, Moment now);
    /// Gives up snapshots that nobody asked for lately.
    void tick(Moment now);

  private:
    struct Pinned {
        store::Snapshot snapshot;
        std::int64_t used_ms = 0;
    };

    using Replies = Result<std::vector<wire::Reply>>;
    [[nodiscard]] Replies reply_to(const wire::Request& request, Moment now);
    [[nodiscard]] Replies light_block(std::uint32_t id, const wire::LightBlockRequest& request);
    [[nodiscard]] Replies deltas(std::uint32_t id, const wire::DeltasRequest& request);
    [[nodiscard]] Replies manifest(std::uint32_t id, const wire::ManifestRequest& request, Moment now);
    [[nodiscard]] Replies chunk(std::uint32_t id, const wire::ChunkRequest& request, Moment now);
    [[nodiscard]] Replies blobs(std::uint32_t id, const wire::BlobsRequest& request);
    [[nodiscard]] Replies outcome(std::uint32_t id, const wire::OutcomeRequest& request);

    [[nodiscard]] Result<std::vector<wire::Delta>> in_parts(wire::Delta whole);
    [[nodiscard]] Result<bool> is_present_state(std::uint64_t state);
    /// The snapshot of a state, or null when that state is neither pinned nor the present one.
    [[nodiscard]] Result<store::Snapshot*> pinned(std::uint64_t state, Moment now);

    SoloEngine& engine_;
    crypto::PrivateKey key_;
    std::map<std::uint64_t, Pinned> pinned_; ///< by state height; at most two
};

/// Every 32-byte string that stands as such in these CBOR bytes: candidates for blob digests.
[[nodiscard]] std::vector<Hash> digests_in(ByteView cbor);

} // namespace tidewaiter::node
