#include "daemon/wire/messages.hpp"

#include "daemon/wire/fields.hpp"

namespace tidewaiter::wire {

namespace {

constexpr std::size_t kMaxRoots = 200;
constexpr std::size_t kMaxDeltaChanges = 4096;
constexpr std::size_t kMaxEntries = 64;
constexpr std::size_t kMaxRelaySignatureBytes = 512;
constexpr std::size_t kMaxSoftwareBytes = 32;
constexpr std::int64_t kMaxTime = 253'402'300'799;

Roots read_roots(cbor::Reader& reader) {
    Roots roots;
    reader.array(1, kMaxRoots, [&](std::size_t) {
        reader.enter_array(2);
        NamespaceRoot root;
        root.name = fields::name_space(reader);
        root.root = reader.hash();
        reader.leave();
        if (!roots.empty() && roots.back().name >= root.name) {
            reader.reject("wire.order", "namespace " + root.name + " is not in ascending order");
        }
        roots.push_back(std::move(root));
    });
    return roots;
}

ReceiptHint::Entry read_receipt(cbor::Reader& reader) {
    // The height is optional, so the array has two or three elements.
    ReceiptHint::Entry entry;
    reader.array(2, 3, [&](std::size_t index) {
        switch (index) {
        case 0: entry.id = reader.hash(); break;
        case 1: entry.state = reader.enumeration(ReceiptState::Received, ReceiptState::Unknown); break;
        default: entry.height = fields::height(reader); break;
        }
    });
    return entry;
}

} // namespace

namespace fields {

Status check_size(ByteView payload) {
    if (payload.size() <= limits::kMaxMqttPayloadBytes) return {};
    return fail("wire.too-large", "a message of " + std::to_string(payload.size()) + " bytes; at most " +
                                      std::to_string(limits::kMaxMqttPayloadBytes) + " are read");
}

void version(cbor::Reader& reader) {
    const std::uint64_t version = reader.unsigned_integer(1, 65'535);
    if (reader.ok() && version > kVersion) {
        reader.reject("wire.newer-version", "message version " + std::to_string(version) +
                                                "; this program knows 1: update it to follow this relay");
    }
}

std::uint64_t height(cbor::Reader& reader) {
    return reader.unsigned_integer(0, kMaxHeight);
}

std::string name_space(cbor::Reader& reader) {
    const std::string_view text = reader.text(1, kMaxNamespaceBytes);
    for (const char c : text) {
        const bool is_allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '-';
        if (!is_allowed) {
            reader.reject("wire.namespace", "a namespace holds a-z, 0-9, / and - only: " + printable(text));
            break;
        }
    }
    return std::string(text);
}

std::vector<Change> changes(cbor::Reader& reader, std::size_t max) {
    std::vector<Change> changes;
    reader.array(1, max, [&](std::size_t) {
        Change change;
        reader.array(1, 2, [&](std::size_t index) {
            if (index == 0) {
                change.key = reader.text(1, limits::kMaxRecordKeyBytes);
            } else {
                change.value = to_bytes(reader.bytes(1, limits::kMaxRecordValueBytes));
            }
        });
        changes.push_back(std::move(change));
    });
    return changes;
}

std::vector<Bytes> blobs(cbor::Reader& reader, std::size_t max) {
    std::vector<Bytes> blobs;
    reader.array(1, max, [&](std::size_t) { blobs.push_back(to_bytes(reader.bytes(1, kMaxBlobBytes))); });
    return blobs;
}

HeadMessage head(cbor::Reader& reader) {
    HeadMessage message;
    reader.map({0, 1, 2, 3}, [&](std::int64_t key) {
        switch (key) {
        case 0: version(reader); return true;
        case 1: message.light_block = to_bytes(reader.bytes(1, limits::kMaxTransactionBytes)); return true;
        case 2: message.roots = read_roots(reader); return true;
        case 3: message.relay_signature = to_bytes(reader.bytes(1, kMaxRelaySignatureBytes)); return true;
        default: return false;
        }
    });
    return message;
}

Delta delta(cbor::Reader& reader) {
    Delta message;
    reader.map({0, 1, 2, 3, 4, 5, 6}, [&](std::int64_t key) {
        switch (key) {
        case 0: version(reader); return true;
        case 1: message.name_space = name_space(reader); return true;
        case 2: message.state = height(reader); return true;
        case 3: message.root_before = reader.hash(); return true;
        case 4: message.root_after = reader.hash(); return true;
        case 5: message.part = static_cast<std::uint32_t>(reader.unsigned_integer(1, kMaxParts)); return true;
        case 6:
            message.parts = static_cast<std::uint32_t>(reader.unsigned_integer(1, kMaxParts));
            return true;
        case 7:
            message.changes = changes(reader, kMaxDeltaChanges);
            for (std::size_t i = 1; i < message.changes.size(); ++i) {
                if (message.changes[i - 1].key >= message.changes[i].key) {
                    reader.reject("wire.order", "changes are not in ascending order of key");
                }
            }
            return true;
        case 8: message.blobs = blobs(reader, kMaxBlobs); return true;
        default: return false;
        }
    });
    if (reader.ok() && message.part > message.parts) {
        reader.reject("wire.part",
                      "part " + std::to_string(message.part) + " of " + std::to_string(message.parts));
    }
    return message;
}

void write(cbor::Writer& writer, const std::vector<Change>& changes) {
    writer.array([&](cbor::Writer& list) {
        for (const Change& change : changes) {
            list.array([&](cbor::Writer& pair) {
                pair.text(change.key);
                if (change.value) pair.bytes(*change.value);
            });
        }
    });
}

void write_blobs(cbor::Writer& writer, const std::vector<Bytes>& blobs) {
    writer.array([&](cbor::Writer& list) {
        for (const Bytes& blob : blobs)
            list.bytes(blob);
    });
}

void write(cbor::Writer& writer, const HeadMessage& message) {
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(kVersion);
        map.key(1).bytes(message.light_block);
        map.key(2).array([&](cbor::Writer& list) {
            for (const NamespaceRoot& root : message.roots) {
                list.array([&](cbor::Writer& pair) { pair.text(root.name).bytes(root.root); });
            }
        });
        map.key(3).bytes(message.relay_signature);
    });
}

void write(cbor::Writer& writer, const Delta& message) {
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(kVersion);
        map.key(1).text(message.name_space);
        map.key(2).unsigned_integer(message.state);
        map.key(3).bytes(message.root_before);
        map.key(4).bytes(message.root_after);
        map.key(5).unsigned_integer(message.part);
        map.key(6).unsigned_integer(message.parts);
        if (!message.changes.empty()) {
            map.key(7);
            write(map, message.changes);
        }
        if (!message.blobs.empty()) {
            map.key(8);
            write_blobs(map, message.blobs);
        }
    });
}

} // namespace fields

Bytes encode(const HeadMessage& message) {
    cbor::Writer writer;
    fields::write(writer, message);
    return writer.take();
}

Bytes encode(const Delta& message) {
    cbor::Writer writer;
    fields::write(writer, message);
    return writer.take();
}

Bytes encode(const ReceiptHint& message) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(fields::kVersion);
        map.key(1).array([&](cbor::Writer& list) {
            for (const ReceiptHint::Entry& entry : message.entries) {
                list.array([&](cbor::Writer& item) {
                    item.bytes(entry.id).enumeration(entry.state);
                    if (entry.height) item.unsigned_integer(*entry.height);
                });
            }
        });
    });
    return writer.take();
}

Bytes encode(const Submit& message) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(fields::kVersion);
        map.key(1).unsigned_integer(message.id);
        if (!message.transactions.empty()) {
            map.key(2).array([&](cbor::Writer& list) {
                for (const Bytes& transaction : message.transactions)
                    list.bytes(transaction);
            });
        } else {
            map.key(3).bytes(message.evidence);
        }
    });
    return writer.take();
}

Bytes encode(const DeviceState& message) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(fields::kVersion);
        map.key(1).enumeration(message.kind);
        map.key(2).integer(message.time);
        if (message.software) map.key(3).text(*message.software);
        if (message.state) map.key(4).unsigned_integer(*message.state);
        if (message.open_outbox_rows) map.key(5).unsigned_integer(*message.open_outbox_rows);
        if (message.freshness) map.key(6).enumeration(*message.freshness);
        if (message.is_frozen) map.key(7).boolean(*message.is_frozen);
        if (message.sequence) map.key(8).unsigned_integer(*message.sequence);
    });
    return writer.take();
}

Result<HeadMessage> decode_head(ByteView payload) {
    TW_CHECK(fields::check_size(payload));
    cbor::Reader reader(payload);
    HeadMessage message = fields::head(reader);
    TW_CHECK(reader.finish());
    return message;
}

Result<Delta> decode_delta(ByteView payload) {
    TW_CHECK(fields::check_size(payload));
    cbor::Reader reader(payload);
    Delta message = fields::delta(reader);
    TW_CHECK(reader.finish());
    return message;
}

Result<ReceiptHint> decode_receipt_hint(ByteView payload) {
    TW_CHECK(fields::check_size(payload));
    cbor::Reader reader(payload);
    ReceiptHint message;
    reader.map({0, 1}, [&](std::int64_t key) {
        switch (key) {
        case 0: fields::version(reader); return true;
        case 1:
            reader.array(1, kMaxEntries,
                         [&](std::size_t) { message.entries.push_back(read_receipt(reader)); });
            return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return message;
}

Result<Submit> decode_submit(ByteView payload) {
    TW_CHECK(fields::check_size(payload));
    cbor::Reader reader(payload);
    Submit message;
    reader.map({0, 1}, [&](std::int64_t key) {
        switch (key) {
        case 0: fields::version(reader); return true;
        case 1: message.id = static_cast<std::uint32_t>(reader.unsigned_integer(0, UINT32_MAX)); return true;
        case 2:
            reader.array(1, kMaxEntries, [&](std::size_t) {
                message.transactions.push_back(to_bytes(reader.bytes(1, limits::kMaxTransactionBytes)));
            });
            return true;
        case 3: message.evidence = to_bytes(reader.bytes(1, limits::kMaxTransactionBytes)); return true;
        default: return false;
        }
    });
    if (reader.ok() && message.transactions.empty() == message.evidence.empty()) {
        reader.reject("wire.submit", "either transactions (key 2) or evidence (key 3), exactly one");
    }
    TW_CHECK(reader.finish());
    return message;
}

Result<DeviceState> decode_device_state(ByteView payload) {
    TW_CHECK(fields::check_size(payload));
    cbor::Reader reader(payload);
    DeviceState message;
    reader.map({0, 1, 2}, [&](std::int64_t key) {
        switch (key) {
        case 0: fields::version(reader); return true;
        case 1:
            message.kind = reader.enumeration(DeviceState::Kind::Birth, DeviceState::Kind::LastWill);
            return true;
        case 2: message.time = reader.integer(0, kMaxTime); return true;
        case 3: message.software = std::string(reader.text(1, kMaxSoftwareBytes)); return true;
        case 4: message.state = fields::height(reader); return true;
        case 5: message.open_outbox_rows = reader.unsigned_integer(); return true;
        case 6:
            message.freshness =
                reader.enumeration(DeviceState::Freshness::Fresh, DeviceState::Freshness::Clock);
            return true;
        case 7: message.is_frozen = reader.boolean(); return true;
        case 8:
            message.sequence = static_cast<std::uint32_t>(reader.unsigned_integer(1, UINT32_MAX));
            return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return message;
}

} // namespace tidewaiter::wire
