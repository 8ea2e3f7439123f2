#pragma once

#include "ledger/documents/origin/disclosure.hpp"

/// The values that slots hold, alone: what a digest covers beside its salt and slot number.
namespace tidewaiter::origin {

[[nodiscard]] Party read_party(cbor::Reader& reader);
[[nodiscard]] Line read_line(cbor::Reader& reader);

void write_value(cbor::Writer& writer, const Party& party);
void write_value(cbor::Writer& writer, const Signer& signer);
void write_value(cbor::Writer& writer, const std::string& text);
void write_value(cbor::Writer& writer, const LanguageStatement& value);
void write_value(cbor::Writer& writer, const Hash& hash);
void write_value(cbor::Writer& writer, bool value);
void write_value(cbor::Writer& writer, const Line& line);

inline constexpr std::uint16_t kHeaderSlotBase = 0x8000;

/// SHA-256(CBOR [salt, 0x8000 + slot, value]); of a decoy without the value.
template <class T>
[[nodiscard]] Bytes slot_preimage(const Salt& salt, std::uint16_t slot, const T& value) {
    cbor::Writer writer;
    writer.array([&](cbor::Writer& list) {
        list.bytes(salt).unsigned_integer(slot);
        write_value(list, value);
    });
    return writer.take();
}
[[nodiscard]] Bytes decoy_preimage(const Salt& salt, std::uint16_t slot);
[[nodiscard]] Hash header_digest(ByteView preimage);
[[nodiscard]] Hash line_leaf(ByteView preimage);
[[nodiscard]] Hash inner_node(const Hash& left, const Hash& right);

} // namespace tidewaiter::origin
