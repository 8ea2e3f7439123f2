#include "ledger/claims/envelope.hpp"

#include "ledger/base/limits.hpp"
#include "ledger/codec/cbor.hpp"
#include "ledger/crypto/hash.hpp"

#include <algorithm>

namespace tidewaiter::claims {

namespace {

constexpr std::uint64_t kTagSign1 = 18;
constexpr std::string_view kContext = "Signature1";
constexpr std::size_t kMaxHeaderBytes = 64;
constexpr std::size_t kMaxCosigned = 16;
constexpr int kKeyCosigned = 3;

constexpr std::array<std::string_view, 11> kTypeNames = {
    "tidewaiter-tx-v1+cbor",         "tidewaiter-receipt-v1+cbor",    "tidewaiter-presentation-v1+cbor",
    "tidewaiter-claim-v1+cbor",      "tidewaiter-permit-v1+cbor",     "tidewaiter-head-v1+cbor",
    "tidewaiter-anchor-v1+cbor",     "tidewaiter-governance-v1+cbor", "tidewaiter-bundle-v1+cbor",
    "tidewaiter-checkpoint-v1+cbor", "tidewaiter-evidence-v1+cbor"};

bool may_be_cosigned(Type type) {
    switch (type) {
    case Type::Transaction:
    case Type::Anchor:
    case Type::Governance:
    case Type::Checkpoint: return true;
    case Type::Receipt:
    case Type::Presentation:
    case Type::Claim:
    case Type::Permit:
    case Type::Head:
    case Type::Bundle:
    case Type::Evidence: break;
    }
    return false;
}

Status read_protected(ByteView header, Envelope& envelope) {
    cbor::Reader reader(header);
    reader.map({1, 4, 16}, [&](std::int64_t key) {
        switch (key) {
        case 1: {
            const std::int64_t algorithm = reader.integer();
            if (algorithm == static_cast<std::int64_t>(crypto::Algorithm::Es256)) {
                envelope.algorithm = crypto::Algorithm::Es256;
            } else if (algorithm == static_cast<std::int64_t>(crypto::Algorithm::EdDsa)) {
                envelope.algorithm = crypto::Algorithm::EdDsa;
            } else {
                reader.reject("envelope.algorithm", "algorithm " + std::to_string(algorithm) +
                                                        ": only -7 (ES256) and -8 (EdDSA) are used");
            }
            return true;
        }
        case 4: envelope.key_id = reader.fixed_bytes<8>(); return true;
        case 16: {
            const std::string_view name = reader.text();
            const auto* found = std::ranges::find(kTypeNames, name);
            if (found == kTypeNames.end()) {
                reader.reject("envelope.type", "type '" + printable(name, 60) + "' is none of this version");
            } else {
                envelope.type = static_cast<Type>(found - kTypeNames.begin());
            }
            return true;
        }
        default: return false;
        }
    });
    return reader.finish();
}

/// The payload is a deterministic map. Cosignatures are COSE's own shape (a tag, an empty map, nil) and the
/// only place where that is let pass.
Status check_payload(const Envelope& envelope) {
    if (!may_be_cosigned(envelope.type)) {
        cbor::Reader reader(envelope.payload);
        if (reader.peek() != cbor::Kind::Map) return fail("cbor.type", "the payload is not a map");
        reader.skip();
        return reader.finish();
    }
    cbor::Reader reader(envelope.payload, {.allow_null = true, .allow_empty = true, .allow_tags = true});
    Status values;
    reader.map({1}, [&](std::int64_t key) {
        if (key == kKeyCosigned && reader.peek() == cbor::Kind::Array) {
            reader.array(1, kMaxCosigned, [&](std::size_t) { reader.skip(); });
            return true;
        }
        const std::size_t offset = reader.offset();
        const ByteView value = reader.raw();
        if (!reader.ok()) return true;
        if (Status status = cbor::check(value); !status && values)
            values = within("value at byte " + std::to_string(offset), std::move(status).error());
        return true;
    });
    TW_CHECK(reader.finish());
    return values;
}

bool is_signed_by(const Envelope& envelope, std::string_view chain_id, ByteView payload,
                  const crypto::PublicKey& key) {
    return key.algorithm() == envelope.algorithm && key.id() == envelope.key_id &&
           crypto::verify(key, signature_structure(envelope.protected_header, chain_id, payload),
                          envelope.signature);
}

Bytes protected_header(Type type, const crypto::PublicKey& key) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(1).integer(static_cast<std::int64_t>(key.algorithm()));
        map.key(4).bytes(key.id());
        map.key(16).text(type_name(type));
    });
    return writer.take();
}

Bytes seal_with(Type type, ByteView payload, bool is_detached, std::string_view chain_id,
                const crypto::PrivateKey& key) {
    const Bytes header = protected_header(type, key.public_key());
    const crypto::Signature signature = key.sign(signature_structure(header, chain_id, payload));
    cbor::Writer writer;
    writer.tag(kTagSign1).array([&](cbor::Writer& parts) {
        parts.bytes(header).empty_map();
        is_detached ? parts.null() : parts.bytes(payload);
        parts.bytes(signature);
    });
    return writer.take();
}

} // namespace

std::string_view type_name(Type type) {
    return kTypeNames.at(static_cast<std::size_t>(type));
}

Result<Envelope> parse_envelope(ByteView cose) {
    Envelope envelope;
    cbor::Reader reader(cose, {.allow_null = true, .allow_empty = true});
    reader.expect_tag(kTagSign1);
    reader.enter_array(4);
    envelope.protected_header = to_bytes(reader.bytes(1, kMaxHeaderBytes));
    reader.entries(0, 0, [] {});
    if (reader.peek() == cbor::Kind::Null) {
        reader.null();
        envelope.is_detached = true;
    } else {
        envelope.payload = to_bytes(reader.bytes(1, limits::kMaxTransactionBytes));
    }
    const ByteView signature = reader.bytes();
    if (reader.ok() && signature.size() != envelope.signature.size())
        reader.reject("envelope.signature-length",
                      "a signature of " + std::to_string(signature.size()) + " bytes, expected 64");
    reader.leave();
    TW_CHECK(reader.finish());
    std::ranges::copy(signature, envelope.signature.begin());
    if (Status status = read_protected(envelope.protected_header, envelope); !status)
        return within("protected header", std::move(status).error());
    if (envelope.is_detached) return envelope;
    if (Status status = check_payload(envelope); !status) return within("payload", std::move(status).error());
    return envelope;
}

Bytes signature_structure(ByteView header, std::string_view chain_id, ByteView payload) {
    cbor::Writer writer;
    writer.array([&](cbor::Writer& parts) {
        parts.text(kContext).bytes(header).bytes(as_bytes(chain_id)).bytes(payload);
    });
    return writer.take();
}

Hash envelope_id(const Envelope& envelope, std::string_view chain_id) {
    return crypto::sha256(signature_structure(envelope.protected_header, chain_id, envelope.payload));
}

bool verify_envelope(const Envelope& envelope, std::string_view chain_id, const crypto::PublicKey& key) {
    return !envelope.is_detached && is_signed_by(envelope, chain_id, envelope.payload, key);
}

bool verify_detached(const Envelope& envelope, std::string_view chain_id, ByteView payload,
                     const crypto::PublicKey& key) {
    return envelope.is_detached && is_signed_by(envelope, chain_id, payload, key);
}

Bytes seal(Type type, ByteView payload, std::string_view chain_id, const crypto::PrivateKey& key) {
    return seal_with(type, payload, /*is_detached=*/false, chain_id, key);
}

Bytes seal_detached(Type type, ByteView payload, std::string_view chain_id, const crypto::PrivateKey& key) {
    return seal_with(type, payload, /*is_detached=*/true, chain_id, key);
}

} // namespace tidewaiter::claims
