#include "daemon/wire/requests.hpp"

#include "daemon/wire/fields.hpp"

namespace tidewaiter::wire {

namespace {

using fields::kVersion;

/// Key 2 of requests and replies; a reply with kind 0 is a refusal.
enum class Kind : std::uint8_t { Refusal = 0, LightBlock, Deltas, Manifest, Chunk, Blobs, Outcome };

constexpr std::size_t kMaxBlobsAsked = 64;
constexpr std::size_t kMaxChunkRecords = 65'536;
constexpr std::uint64_t kMaxBits = 12;
constexpr std::size_t kBucketBytes = 33;
constexpr std::uint64_t kMaxBucket = std::uint64_t{1} << kMaxBits;

/// Reads field `key` into the body; false when that kind has no such field.
struct RequestField {
    cbor::Reader& reader;
    std::int64_t key;

    bool operator()(LightBlockRequest& body) const {
        if (key != 3) return false;
        body.height = fields::height(reader);
        return true;
    }
    bool operator()(DeltasRequest& body) const {
        switch (key) {
        case 3: body.name_space = fields::name_space(reader); return true;
        case 4: body.from = fields::height(reader); return true;
        case 5: body.to = fields::height(reader); return true;
        default: return false;
        }
    }
    bool operator()(ManifestRequest& body) const {
        switch (key) {
        case 3: body.name_space = fields::name_space(reader); return true;
        case 4: body.state = fields::height(reader); return true;
        default: return false;
        }
    }
    bool operator()(ChunkRequest& body) const {
        switch (key) {
        case 3: body.name_space = fields::name_space(reader); return true;
        case 4: body.state = fields::height(reader); return true;
        case 5: body.first_bucket = reader.unsigned_integer(0, kMaxBucket); return true;
        case 6: body.last_bucket = reader.unsigned_integer(0, kMaxBucket); return true;
        default: return false;
        }
    }
    bool operator()(BlobsRequest& body) const {
        switch (key) {
        case 3: body.name_space = fields::name_space(reader); return true;
        case 4:
            reader.array(1, kMaxBlobsAsked, [&](std::size_t) { body.hashes.push_back(reader.hash()); });
            return true;
        default: return false;
        }
    }
    bool operator()(OutcomeRequest& body) const {
        if (key != 3) return false;
        body.id = reader.hash();
        return true;
    }
};

Manifest read_manifest(cbor::Reader& reader) {
    Manifest body;
    reader.map({1, 2, 3, 4, 5}, [&](std::int64_t key) {
        switch (key) {
        case 1: body.name_space = fields::name_space(reader); return true;
        case 2: body.state = fields::height(reader); return true;
        case 3: body.root = reader.hash(); return true;
        case 4: body.bits = static_cast<std::uint32_t>(reader.unsigned_integer(0, kMaxBits)); return true;
        case 5: body.buckets = to_bytes(reader.bytes(1, kMaxBucket * kBucketBytes)); return true;
        default: return false;
        }
    });
    if (reader.ok() && body.buckets.size() != (std::size_t{1} << body.bits) * kBucketBytes) {
        reader.reject("wire.manifest", std::to_string(body.buckets.size()) +
                                           " bytes of buckets do not make 2^" + std::to_string(body.bits) +
                                           " buckets of 33 bytes");
    }
    return body;
}

Chunk read_chunk(cbor::Reader& reader) {
    Chunk body;
    reader.map({1, 2, 3, 4, 5, 6}, [&](std::int64_t key) {
        switch (key) {
        case 1: body.name_space = fields::name_space(reader); return true;
        case 2: body.state = fields::height(reader); return true;
        case 3: body.first_bucket = reader.unsigned_integer(0, kMaxBucket); return true;
        case 4: body.last_bucket = reader.unsigned_integer(0, kMaxBucket); return true;
        case 5:
            body.part = static_cast<std::uint32_t>(reader.unsigned_integer(1, fields::kMaxParts));
            return true;
        case 6:
            body.parts = static_cast<std::uint32_t>(reader.unsigned_integer(1, fields::kMaxParts));
            return true;
        case 7: body.records = fields::changes(reader, kMaxChunkRecords); return true;
        case 8: body.blobs = fields::blobs(reader, fields::kMaxBlobs); return true;
        default: return false;
        }
    });
    if (reader.ok() && (body.part > body.parts || body.first_bucket > body.last_bucket)) {
        reader.reject("wire.part", "part " + std::to_string(body.part) + " of " + std::to_string(body.parts) +
                                       ", buckets " + std::to_string(body.first_bucket) + " to " +
                                       std::to_string(body.last_bucket));
    }
    return body;
}

std::pair<std::string, std::string> read_record_key(cbor::Reader& reader) {
    reader.enter_array(2);
    std::string name_space = fields::name_space(reader);
    std::string key(reader.text(1, limits::kMaxRecordKeyBytes));
    reader.leave();
    return {std::move(name_space), std::move(key)};
}

/// As RequestField; what lies under key 3 is the answer itself.
struct ReplyField {
    cbor::Reader& reader;
    std::int64_t key;

    bool operator()(HeadMessage& body) const { return key == 3 && (body = fields::head(reader), true); }
    bool operator()(Delta& body) const { return key == 3 && (body = fields::delta(reader), true); }
    bool operator()(Manifest& body) const { return key == 3 && (body = read_manifest(reader), true); }
    bool operator()(Chunk& body) const { return key == 3 && (body = read_chunk(reader), true); }
    bool operator()(BlobsReply& body) const {
        if (key == 3) {
            body.blobs = fields::blobs(reader, kMaxBlobsAsked);
        } else {
            body.has_more = reader.boolean();
            if (!body.has_more) reader.reject("wire.more", "what is false is left out");
        }
        return true;
    }
    bool operator()(OutcomeReply& body) const {
        if (key == 3) {
            body.state = reader.enumeration(ReceiptState::Received, ReceiptState::Unknown);
        } else {
            body.record = read_record_key(reader);
        }
        return true;
    }
    bool operator()(Refusal& body) const {
        return key == 3 && (body = reader.enumeration(Refusal::Unknown, Refusal::Busy), true);
    }
};

void select(decltype(Request::body)& body, Kind kind) {
    switch (kind) {
    case Kind::LightBlock: body = LightBlockRequest{}; break;
    case Kind::Deltas: body = DeltasRequest{}; break;
    case Kind::Manifest: body = ManifestRequest{}; break;
    case Kind::Chunk: body = ChunkRequest{}; break;
    case Kind::Blobs: body = BlobsRequest{}; break;
    case Kind::Outcome: body = OutcomeRequest{}; break;
    case Kind::Refusal: break; // not within the range that is read
    }
}

void select(decltype(Reply::body)& body, Kind kind) {
    switch (kind) {
    case Kind::Refusal: body = Refusal{}; break;
    case Kind::LightBlock: body = HeadMessage{}; break;
    case Kind::Deltas: body = Delta{}; break;
    case Kind::Manifest: body = Manifest{}; break;
    case Kind::Chunk: body = Chunk{}; break;
    case Kind::Blobs: body = BlobsReply{}; break;
    case Kind::Outcome: body = OutcomeReply{}; break;
    }
}

/// The last key that a message of this kind must have; the keys from 3 to it are required.
std::int64_t last_required(const Request& message) {
    struct Visitor {
        std::int64_t operator()(const LightBlockRequest&) const { return 3; }
        std::int64_t operator()(const DeltasRequest&) const { return 5; }
        std::int64_t operator()(const ManifestRequest&) const { return 3; }
        std::int64_t operator()(const ChunkRequest&) const { return 6; }
        std::int64_t operator()(const BlobsRequest&) const { return 4; }
        std::int64_t operator()(const OutcomeRequest&) const { return 3; }
    };
    return std::visit(Visitor{}, message.body);
}

std::int64_t last_required(const Reply&) {
    return 3;
}

/// Keys 0 version, 1 id, 2 kind, then the fields of that kind.
template <class Message, class Field>
Result<Message> decode(ByteView payload, Kind first) {
    TW_CHECK(fields::check_size(payload));
    cbor::Reader reader(payload);
    Message message;
    std::int64_t contiguous = 2;
    reader.map({0, 1, 2}, [&](std::int64_t key) {
        if (key == 0) {
            fields::version(reader);
        } else if (key == 1) {
            message.id = static_cast<std::uint32_t>(reader.unsigned_integer(0, UINT32_MAX));
        } else if (key == 2) {
            select(message.body, reader.enumeration(first, Kind::Outcome));
        } else {
            if (key == contiguous + 1) contiguous = key;
            return (key == 3 || key == 4 || std::is_same_v<Message, Request>) &&
                   std::visit(Field{reader, key}, message.body);
        }
        return true;
    });
    if (reader.ok() && contiguous < last_required(message)) {
        reader.reject("cbor.missing-key", "key " + std::to_string(contiguous + 1) + " is missing");
    }
    TW_CHECK(reader.finish());
    return message;
}

void write_kind(cbor::Writer& map, std::uint32_t id, Kind kind) {
    map.key(0).unsigned_integer(kVersion);
    map.key(1).unsigned_integer(id);
    map.key(2).enumeration(kind);
}

struct RequestWriter {
    cbor::Writer& map;
    std::uint32_t id;

    void operator()(const LightBlockRequest& body) const {
        write_kind(map, id, Kind::LightBlock);
        map.key(3).unsigned_integer(body.height);
    }
    void operator()(const DeltasRequest& body) const {
        write_kind(map, id, Kind::Deltas);
        map.key(3).text(body.name_space);
        map.key(4).unsigned_integer(body.from);
        map.key(5).unsigned_integer(body.to);
    }
    void operator()(const ManifestRequest& body) const {
        write_kind(map, id, Kind::Manifest);
        map.key(3).text(body.name_space);
        if (body.state) map.key(4).unsigned_integer(*body.state);
    }
    void operator()(const ChunkRequest& body) const {
        write_kind(map, id, Kind::Chunk);
        map.key(3).text(body.name_space);
        map.key(4).unsigned_integer(body.state);
        map.key(5).unsigned_integer(body.first_bucket);
        map.key(6).unsigned_integer(body.last_bucket);
    }
    void operator()(const BlobsRequest& body) const {
        write_kind(map, id, Kind::Blobs);
        map.key(3).text(body.name_space);
        map.key(4).array([&](cbor::Writer& list) {
            for (const Hash& hash : body.hashes)
                list.bytes(hash);
        });
    }
    void operator()(const OutcomeRequest& body) const {
        write_kind(map, id, Kind::Outcome);
        map.key(3).bytes(body.id);
    }
};

void write(cbor::Writer& writer, const Manifest& body) {
    writer.map([&](cbor::Writer& map) {
        map.key(1).text(body.name_space);
        map.key(2).unsigned_integer(body.state);
        map.key(3).bytes(body.root);
        map.key(4).unsigned_integer(body.bits);
        map.key(5).bytes(body.buckets);
    });
}

void write(cbor::Writer& writer, const Chunk& body) {
    writer.map([&](cbor::Writer& map) {
        map.key(1).text(body.name_space);
        map.key(2).unsigned_integer(body.state);
        map.key(3).unsigned_integer(body.first_bucket);
        map.key(4).unsigned_integer(body.last_bucket);
        map.key(5).unsigned_integer(body.part);
        map.key(6).unsigned_integer(body.parts);
        if (!body.records.empty()) {
            map.key(7);
            fields::write(map, body.records);
        }
        if (!body.blobs.empty()) {
            map.key(8);
            fields::write_blobs(map, body.blobs);
        }
    });
}

struct ReplyWriter {
    cbor::Writer& map;
    std::uint32_t id;

    void operator()(const HeadMessage& body) const {
        write_kind(map, id, Kind::LightBlock);
        map.key(3);
        fields::write(map, body);
    }
    void operator()(const Delta& body) const {
        write_kind(map, id, Kind::Deltas);
        map.key(3);
        fields::write(map, body);
    }
    void operator()(const Manifest& body) const {
        write_kind(map, id, Kind::Manifest);
        map.key(3);
        write(map, body);
    }
    void operator()(const Chunk& body) const {
        write_kind(map, id, Kind::Chunk);
        map.key(3);
        write(map, body);
    }
    void operator()(const BlobsReply& body) const {
        write_kind(map, id, Kind::Blobs);
        map.key(3);
        fields::write_blobs(map, body.blobs);
        if (body.has_more) map.key(4).boolean(true);
    }
    void operator()(const OutcomeReply& body) const {
        write_kind(map, id, Kind::Outcome);
        map.key(3).enumeration(body.state);
        if (body.record) {
            map.key(4).array(
                [&](cbor::Writer& pair) { pair.text(body.record->first).text(body.record->second); });
        }
    }
    void operator()(Refusal body) const {
        write_kind(map, id, Kind::Refusal);
        map.key(3).enumeration(body);
    }
};

} // namespace

Bytes encode(const Request& message) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) { std::visit(RequestWriter{map, message.id}, message.body); });
    return writer.take();
}

Bytes encode(const Reply& message) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) { std::visit(ReplyWriter{map, message.id}, message.body); });
    return writer.take();
}

Result<Request> decode_request(ByteView payload) {
    return decode<Request, RequestField>(payload, Kind::LightBlock);
}

Result<Reply> decode_reply(ByteView payload) {
    return decode<Reply, ReplyField>(payload, Kind::Refusal);
}

} // namespace tidewaiter::wire
