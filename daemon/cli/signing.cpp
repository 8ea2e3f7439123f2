#include "daemon/cli/signing.hpp"

#include "ledger/codec/cbor.hpp"
#include "ledger/crypto/hash.hpp"

namespace tidewaiter::cli {

Bytes organisation_transaction(std::uint32_t kind, ByteView body, UnixTime at, std::string_view chain,
                               const crypto::PrivateKey& key) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(1).unsigned_integer(kind);
        map.key(2).raw(body);
        map.key(3).integer(at);
    });
    return claims::seal(claims::Type::Transaction, writer.view(), chain, key);
}

Result<DeviceRecord> device_transaction(carnet::Core core, const carnet::Attachments& attachments,
                                        std::string_view chain, const crypto::PrivateKey& key) {
    const Bytes attachment_bytes = carnet::encode(attachments);
    TW_CHECK(carnet::decode_attachments(attachment_bytes));
    core.attachments = crypto::sha256(attachment_bytes);
    core.signer = key.public_key().id();
    const Bytes core_bytes = carnet::encode(core);
    TW_CHECK(carnet::decode_core(core_bytes));
    cbor::Writer payload;
    payload.map([&](cbor::Writer& map) { map.key(1).bytes(core_bytes).key(2).bytes(attachment_bytes); });
    return DeviceRecord{crypto::sha256(core_bytes),
                        claims::seal(claims::Type::Transaction, payload.view(), chain, key)};
}

} // namespace tidewaiter::cli
