#include "daemon/node/relay.hpp"

#include "ledger/chain/protobuf.hpp"
#include "ledger/claims/envelope.hpp"
#include "ledger/codec/cbor.hpp"
#include "ledger/crypto/hash.hpp"

#include <algorithm>

namespace tidewaiter::node {

namespace {

/// Leaves room for the message's own fields below 256 KiB.
constexpr std::size_t kPartBytes = 240'000;
constexpr std::size_t kChangesPerPart = 4'096;
constexpr std::size_t kBlobsPerPart = 256;
constexpr std::size_t kMaxDeltaStates = 512;
constexpr std::size_t kMaxPinned = 2;
constexpr std::int64_t kPinnedMs = 120'000;

wire::Reply refusal(std::uint32_t id, wire::Refusal why) {
    return {.id = id, .body = why};
}

/// What names a transaction to its sender: devices know theirs by the core's hash, others by the id.
Hash name_of(const claims::Envelope& envelope, std::string_view chain_id) {
    cbor::Reader reader(envelope.payload, cbor::kRelaxed);
    std::optional<Hash> core_hash;
    reader.map({}, [&](std::int64_t key) {
        if (key == 1 && reader.peek() == cbor::Kind::Bytes) {
            core_hash = crypto::sha256(reader.bytes());
        } else {
            reader.skip();
        }
        return true;
    });
    return core_hash && reader.ok() ? *core_hash : claims::envelope_id(envelope, chain_id);
}

std::size_t size_of(const wire::Change& change) {
    return 16 + change.key.size() + (change.value ? change.value->size() : 0);
}

} // namespace

std::vector<Hash> digests_in(ByteView cbor) {
    constexpr std::uint8_t kHead[] = {0x58, 0x20}; // a byte string of 32 bytes
    std::vector<Hash> found;
    for (std::size_t i = 0; i + 2 + 32 <= cbor.size(); ++i) {
        if (cbor[i] != kHead[0] || cbor[i + 1] != kHead[1]) continue;
        Hash hash{};
        std::ranges::copy(cbor.subspan(i + 2, 32), hash.begin());
        found.push_back(hash);
    }
    return found;
}

Relay::Relay(SoloEngine& engine, crypto::PrivateKey key) : engine_(engine), key_(std::move(key)) {}

Result<std::optional<wire::HeadMessage>> Relay::head(std::uint64_t height) {
    TW_TRY(const std::optional<ArchivedBlock> archived, engine_.archive().block(height));
    if (!archived) return std::nullopt;
    TW_TRY(const chain::LightBlock block, chain::decode_light_block(archived->light_block));
    cbor::Writer payload;
    payload.map([&](cbor::Writer& map) {
        map.key(1).text(engine_.chain_id());
        map.key(2).unsigned_integer(height);
        map.key(3).bytes(*block.commit().block_id.hash);
        map.key(4).array([&](cbor::Writer& time) {
            time.integer(block.header().time.seconds).unsigned_integer(block.header().time.nanos);
        });
    });
    wire::HeadMessage message{.light_block = archived->light_block};
    for (const auto& [name, root] : archived->roots)
        message.roots.push_back({.name = name, .root = root});
    message.relay_signature = claims::seal(claims::Type::Head, payload.view(), engine_.chain_id(), key_);
    return message;
}

Result<std::vector<wire::Delta>> Relay::deltas_at(std::uint64_t state) {
    TW_TRY(std::vector<wire::Delta> wholes, engine_.archive().deltas_at(state));
    std::vector<wire::Delta> all;
    for (wire::Delta& whole : wholes) {
        TW_TRY(std::vector<wire::Delta> parts, in_parts(std::move(whole)));
        std::ranges::move(parts, std::back_inserter(all));
    }
    return all;
}

Result<std::vector<wire::Delta>> Relay::in_parts(wire::Delta whole) {
    std::vector<wire::Delta> parts;
    std::size_t bytes = 0;
    const auto begin_part = [&] {
        wire::Delta part = whole;
        part.changes.clear();
        part.blobs.clear();
        parts.push_back(std::move(part));
        bytes = 0;
    };
    begin_part();
    const std::vector<wire::Change> changes = std::exchange(whole.changes, {});
    const store::Blobs table = engine_.blobs();
    for (const wire::Change& change : changes) {
        if (bytes + size_of(change) > kPartBytes || parts.back().changes.size() == kChangesPerPart)
            begin_part();
        bytes += size_of(change);
        parts.back().changes.push_back(change);
        if (!change.value) continue;
        for (const Hash& hash : digests_in(*change.value)) {
            TW_TRY(std::optional<Bytes> blob, table.get(whole.name_space, hash));
            if (!blob) continue;
            if (bytes + blob->size() > kPartBytes || parts.back().blobs.size() == kBlobsPerPart) begin_part();
            bytes += blob->size();
            parts.back().blobs.push_back(*std::move(blob));
        }
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        parts[i].part = static_cast<std::uint32_t>(i + 1);
        parts[i].parts = static_cast<std::uint32_t>(parts.size());
    }
    return parts;
}

std::vector<Bytes> Relay::answer(ByteView request, Moment now) {
    const auto decoded = wire::decode_request(request);
    if (!decoded) return {};
    auto replies = reply_to(*decoded, now);
    std::vector<Bytes> payloads;
    if (!replies) {
        payloads.push_back(wire::encode(refusal(decoded->id, wire::Refusal::Busy)));
        return payloads;
    }
    for (const wire::Reply& reply : *replies)
        payloads.push_back(wire::encode(reply));
    return payloads;
}

Relay::Replies Relay::reply_to(const wire::Request& request, Moment now) {
    struct Visitor {
        Relay& relay;
        std::uint32_t id;
        Moment now;
        Replies operator()(const wire::LightBlockRequest& body) const { return relay.light_block(id, body); }
        Replies operator()(const wire::DeltasRequest& body) const { return relay.deltas(id, body); }
        Replies operator()(const wire::ManifestRequest& body) const { return relay.manifest(id, body, now); }
        Replies operator()(const wire::ChunkRequest& body) const { return relay.chunk(id, body, now); }
        Replies operator()(const wire::BlobsRequest& body) const { return relay.blobs(id, body); }
        Replies operator()(const wire::OutcomeRequest& body) const { return relay.outcome(id, body); }
    };
    return std::visit(Visitor{*this, request.id, now}, request.body);
}

Relay::Replies Relay::light_block(std::uint32_t id, const wire::LightBlockRequest& request) {
    TW_TRY(std::optional<wire::HeadMessage> message,
           head(request.height == 0 ? engine_.height() : request.height));
    if (!message) return std::vector{refusal(id, wire::Refusal::NotKept)};
    return std::vector{wire::Reply{.id = id, .body = *std::move(message)}};
}

Relay::Replies Relay::deltas(std::uint32_t id, const wire::DeltasRequest& request) {
    if (request.from > request.to) return std::vector{refusal(id, wire::Refusal::Unknown)};
    TW_TRY(std::vector<wire::Delta> wholes,
           engine_.archive().deltas(request.name_space, request.from, request.to, kMaxDeltaStates + 1));
    // So many changes are better loaded as a snapshot.
    if (wholes.empty() || wholes.size() > kMaxDeltaStates)
        return std::vector{refusal(id, wire::Refusal::NotKept)};
    std::vector<wire::Reply> replies;
    for (wire::Delta& whole : wholes) {
        TW_TRY(std::vector<wire::Delta> parts, in_parts(std::move(whole)));
        for (wire::Delta& part : parts)
            replies.push_back({.id = id, .body = std::move(part)});
    }
    return replies;
}

Result<bool> Relay::is_present_state(std::uint64_t state) {
    if (state == engine_.records().height()) return true;
    // Blocks without transactions raise the height and leave the state: what header s + 1 commits to may
    // still stand.
    TW_TRY(const std::optional<ArchivedBlock> next, engine_.archive().block(state + 1));
    return next && next->roots == engine_.records().roots();
}

Result<store::Snapshot*> Relay::pinned(std::uint64_t state, Moment now) {
    if (const auto found = pinned_.find(state); found != pinned_.end()) {
        found->second.used_ms = now.monotonic_ms;
        return &found->second.snapshot;
    }
    TW_TRY(const bool is_present, is_present_state(state));
    if (!is_present) return nullptr;
    if (pinned_.size() == kMaxPinned) {
        pinned_.erase(
            std::ranges::min_element(pinned_, {}, [](const auto& entry) { return entry.second.used_ms; }));
    }
    TW_TRY(store::Snapshot snapshot, engine_.records().snapshot());
    const auto [entry, is_new] =
        pinned_.emplace(state, Pinned{.snapshot = std::move(snapshot), .used_ms = now.monotonic_ms});
    return &entry->second.snapshot;
}

Relay::Replies Relay::manifest(std::uint32_t id, const wire::ManifestRequest& request, Moment now) {
    const std::uint64_t state = request.state.value_or(engine_.records().height());
    TW_TRY(const store::Snapshot* snapshot, pinned(state, now));
    if (snapshot == nullptr) return std::vector{refusal(id, wire::Refusal::NotKept)};
    const auto manifest = snapshot->manifest(request.name_space);
    if (!manifest) return std::vector{refusal(id, wire::Refusal::Unknown)};
    return std::vector{
        wire::Reply{.id = id,
                    .body = wire::Manifest{.name_space = manifest->name_space,
                                           .state = state,
                                           .root = manifest->root,
                                           .bits = manifest->bits,
                                           .buckets = state::encode_nodes(manifest->buckets)}}};
}

Relay::Replies Relay::chunk(std::uint32_t id, const wire::ChunkRequest& request, Moment now) {
    TW_TRY(const store::Snapshot* snapshot, pinned(request.state, now));
    if (snapshot == nullptr) return std::vector{refusal(id, wire::Refusal::NotKept)};
    auto records = snapshot->chunk(request.name_space, static_cast<std::uint32_t>(request.first_bucket),
                                   static_cast<std::uint32_t>(request.last_bucket), kPartBytes);
    if (!records) return std::vector{refusal(id, wire::Refusal::Unknown)};
    std::vector<wire::Chunk> parts;
    std::size_t bytes = 0;
    const auto begin_part = [&] {
        parts.push_back({.name_space = request.name_space,
                         .state = request.state,
                         .first_bucket = records->first,
                         .last_bucket = records->last});
        bytes = 0;
    };
    begin_part();
    const store::Blobs table = engine_.blobs();
    for (state::Record& record : records->records) {
        wire::Change change{.key = std::move(record.key), .value = std::move(record.value)};
        const std::vector<Hash> digests = digests_in(*change.value);
        if (bytes + size_of(change) > kPartBytes && bytes > 0) begin_part();
        bytes += size_of(change);
        parts.back().records.push_back(std::move(change));
        for (const Hash& hash : digests) {
            // Blobs are welcome beside the records but not owed: a reader asks for what it misses.
            TW_TRY(std::optional<Bytes> blob, table.get(request.name_space, hash));
            if (!blob || bytes + blob->size() > kPartBytes || parts.back().blobs.size() == kBlobsPerPart)
                continue;
            bytes += blob->size();
            parts.back().blobs.push_back(*std::move(blob));
        }
    }
    std::vector<wire::Reply> replies;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        parts[i].part = static_cast<std::uint32_t>(i + 1);
        parts[i].parts = static_cast<std::uint32_t>(parts.size());
        replies.push_back({.id = id, .body = std::move(parts[i])});
    }
    return replies;
}

Relay::Replies Relay::blobs(std::uint32_t id, const wire::BlobsRequest& request) {
    wire::BlobsReply reply;
    std::vector<wire::Reply> replies;
    std::size_t bytes = 0;
    for (const Hash& hash : request.hashes) {
        TW_TRY(std::optional<Bytes> blob, engine_.blobs().get(request.name_space, hash));
        if (!blob) continue;
        if (bytes + blob->size() > kPartBytes && !reply.blobs.empty()) {
            reply.has_more = true;
            replies.push_back({.id = id, .body = std::exchange(reply, {})});
            bytes = 0;
        }
        bytes += blob->size();
        reply.blobs.push_back(*std::move(blob));
    }
    if (reply.blobs.empty()) return std::vector{refusal(id, wire::Refusal::Unknown)};
    replies.push_back({.id = id, .body = std::move(reply)});
    return replies;
}

Relay::Replies Relay::outcome(std::uint32_t id, const wire::OutcomeRequest& request) {
    wire::OutcomeReply reply;
    TW_TRY(const std::optional<ArchivedTransaction> done, engine_.archive().transaction(request.id));
    if (done) {
        reply.state = done->code == 0 ? wire::ReceiptState::Included : wire::ReceiptState::Refused;
        if (!done->key.empty()) reply.record = {done->name_space, done->key};
    } else if (engine_.is_waiting(request.id)) {
        reply.state = wire::ReceiptState::Waiting;
    }
    return std::vector{wire::Reply{.id = id, .body = std::move(reply)}};
}

Result<wire::ReceiptHint> Relay::submit(ByteView message, Moment now) {
    TW_TRY(const wire::Submit submit, wire::decode_submit(message));
    wire::ReceiptHint hint;
    for (const Bytes& transaction : submit.transactions) {
        wire::ReceiptHint::Entry entry;
        const auto admitted = engine_.submit(transaction, now);
        if (admitted) {
            entry.id = admitted->core_hash.value_or(admitted->id);
            entry.state = wire::ReceiptState::Waiting;
        } else if (admitted.error().code == "node.full" || admitted.error().code.starts_with("store.")) {
            continue; // our want of room is no word on the stamp: the device sends it again
        } else {
            const auto envelope = claims::parse_envelope(transaction);
            if (!envelope)
                continue; // no id to answer for: the device keeps it and its operator sees the row wait
            entry.id = name_of(*envelope, engine_.chain_id());
            TW_TRY(const std::optional<ArchivedTransaction> done, engine_.archive().transaction(entry.id));
            const bool is_malformed = !admitted.error().code.starts_with("application.");
            entry.state = done           ? wire::ReceiptState::Included
                          : is_malformed ? wire::ReceiptState::Malformed
                                         : wire::ReceiptState::Refused;
            if (done) entry.height = done->height;
        }
        hint.entries.push_back(entry);
    }
    return hint;
}

void Relay::tick(Moment now) {
    std::erase_if(pinned_,
                  [&](const auto& entry) { return now.monotonic_ms - entry.second.used_ms > kPinnedMs; });
}

} // namespace tidewaiter::node
