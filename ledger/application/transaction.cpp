#include "ledger/application/transaction.hpp"

#include "ledger/crypto/hash.hpp"

namespace tidewaiter::application {

namespace {

constexpr std::size_t kMaxCosigned = 16;

/// Cosignatures are COSE's own: a tag, an empty map and a nil.
constexpr cbor::Rules kWithCosigned{.allow_null = true, .allow_empty = true, .allow_tags = true};

Result<OrganisationPart> parse_organisation(ByteView payload) {
    OrganisationPart part;
    cbor::Reader reader(payload);
    reader.map({1, 2, 3}, [&](std::int64_t key) {
        switch (key) {
        case 1: part.kind = static_cast<std::uint32_t>(reader.unsigned_integer(1, 65'535)); return true;
        case 2: part.body = to_bytes(reader.raw()); return true;
        case 3: part.at = documents::read_time(reader); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return part;
}

Result<std::vector<claims::Envelope>> parse_cosigned(const std::vector<Bytes>& items, claims::Type type) {
    std::vector<claims::Envelope> parsed;
    for (const Bytes& item : items) {
        TW_TRY(claims::Envelope envelope, claims::parse_envelope(item));
        if (!envelope.is_detached || envelope.type != type)
            return fail("application.cosigned",
                        "a cosignature must be detached and of its transaction's own type");
        parsed.push_back(std::move(envelope));
    }
    return parsed;
}

Result<DevicePart> parse_device(const claims::Envelope& envelope) {
    DevicePart part;
    std::vector<Bytes> cosigned;
    cbor::Reader reader(envelope.payload, kWithCosigned);
    reader.map({1, 2}, [&](std::int64_t key) {
        switch (key) {
        case 1: part.core_bytes = to_bytes(reader.bytes(1)); return true;
        case 2: part.attachments_bytes = to_bytes(reader.bytes(1)); return true;
        case 3:
            reader.array(1, kMaxCosigned, [&](std::size_t) { cosigned.push_back(to_bytes(reader.raw())); });
            return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    TW_TRY(part.core, carnet::decode_core(part.core_bytes));
    TW_TRY(part.attachments, carnet::decode_attachments(part.attachments_bytes));
    TW_TRY(part.cosigned, parse_cosigned(cosigned, envelope.type));
    if (part.core.attachments != crypto::sha256(part.attachments_bytes))
        return fail("application.attachments",
                    "the attachments are not those that the core names; send them as signed");
    if (part.core.signer != envelope.key_id)
        return fail("application.signer", "the core names key " + to_hex(part.core.signer) +
                                              ", the envelope is signed by " + to_hex(envelope.key_id));
    const bool is_checkpoint = part.core.operation == carnet::Operation::Checkpoint;
    if (is_checkpoint != (envelope.type == claims::Type::Checkpoint))
        return fail("application.type",
                    "a check-point, and nothing else, has the type tidewaiter-checkpoint");
    part.core_hash = crypto::sha256(part.core_bytes);
    return part;
}

bool is_device_payload(ByteView payload) {
    // A map, key 1, then the value: a byte string for devices, a number for organisations.
    return payload.size() > 2 && payload[1] == 0x01 && (payload[2] >> 5U) == 2;
}

} // namespace

Result<Transaction> parse_transaction(ByteView bytes) {
    if (bytes.size() > limits::kMaxTransactionBytes)
        return fail("application.too-large", "a transaction has at most 192 KiB; issue a long list in pages");
    Transaction transaction;
    TW_TRY(transaction.envelope, claims::parse_envelope(bytes));
    const claims::Envelope& envelope = transaction.envelope;
    if (envelope.is_detached ||
        (envelope.type != claims::Type::Transaction && envelope.type != claims::Type::Checkpoint))
        return fail("application.type", "this is a " + std::string(claims::type_name(envelope.type)) +
                                            ", not a transaction; submit what was signed as one");
    if (!is_device_payload(envelope.payload)) {
        if (envelope.type == claims::Type::Checkpoint)
            return fail("application.type", "a check-point is a device's record with core and attachments");
        TW_TRY(transaction.part, parse_organisation(envelope.payload));
        return transaction;
    }
    if (bytes.size() > limits::kMaxDeviceTransactionBytes)
        return fail("application.too-large",
                    "a device's record has at most 16 KiB; put long texts into blobs");
    TW_TRY(transaction.part, parse_device(envelope));
    return transaction;
}

Result<std::string> verify_signature(const claims::Envelope& envelope, const BlockContext& block,
                                     const crypto::PublicKey& key) {
    if (claims::verify_envelope(envelope, block.chain_id, key)) return block.chain_id;
    for (const std::string& chain : block.predecessors) {
        if (!claims::verify_envelope(envelope, chain, key)) continue;
        if (envelope.type == claims::Type::Transaction) return chain;
        return fail("application.chain", "this check-point was made for chain '" + chain +
                                             "' and counts there alone; " + "make one for '" +
                                             block.chain_id + "'");
    }
    const Bytes signed_bytes =
        claims::signature_structure(envelope.protected_header, block.chain_id, envelope.payload);
    if (envelope.algorithm == crypto::Algorithm::Es256 && key.algorithm() == envelope.algorithm &&
        crypto::verify_es256_any_s(key, signed_bytes, envelope.signature))
        return fail("application.low-s", "the signature's s is above n/2; normalise it and send again");
    return fail("application.signature",
                "the signature does not verify for chain '" + block.chain_id +
                    "' or one before it; sign for this chain, with the key that is named");
}

} // namespace tidewaiter::application
