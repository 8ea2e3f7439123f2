#include "ledger/documents/identity/blob.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/codec/cbor.hpp"

namespace tidewaiter::documents {

namespace {

constexpr std::size_t kMaxPersons = 32;
constexpr std::size_t kMaxContent = 131'072;
constexpr std::uint64_t kMaxDays = 65'535;

bool has_field(const Blob& blob) {
    return blob.name || blob.address || blob.legal_id || !blob.persons.empty() || blob.place ||
           blob.capacity || blob.date || blob.text || !blob.bytes.empty();
}

bool read_field(cbor::Reader& reader, std::int64_t key, Blob& blob) {
    switch (key) {
    case 1: blob.name = std::string(reader.text(1, 500)); return true;
    case 2: blob.address = std::string(reader.text(1, 1'000)); return true;
    case 3: blob.legal_id = std::string(reader.text(1, 64)); return true;
    case 4:
        reader.array(1, kMaxPersons, [&](std::size_t) { blob.persons.emplace_back(reader.text(1, 200)); });
        return true;
    case 5: blob.place = std::string(reader.text(1, 100)); return true;
    case 6: blob.capacity = std::string(reader.text(1, 100)); return true;
    case 7: blob.date = Date{static_cast<std::int32_t>(reader.unsigned_integer(0, kMaxDays))}; return true;
    case 8: blob.text = std::string(reader.text(1, 4'000)); return true;
    case 9: blob.bytes = to_bytes(reader.bytes(1, kMaxContent)); return true;
    default: return false;
    }
}

} // namespace

Bytes encode(const Blob& blob) {
    TW_ASSERT(has_field(blob));
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(1).bytes(blob.salt);
        map.key(2).map([&](cbor::Writer& fields) {
            if (blob.name) fields.key(1).text(*blob.name);
            if (blob.address) fields.key(2).text(*blob.address);
            if (blob.legal_id) fields.key(3).text(*blob.legal_id);
            if (!blob.persons.empty()) {
                fields.key(4).array([&](cbor::Writer& list) {
                    for (const std::string& person : blob.persons)
                        list.text(person);
                });
            }
            if (blob.place) fields.key(5).text(*blob.place);
            if (blob.capacity) fields.key(6).text(*blob.capacity);
            if (blob.date) fields.key(7).integer(blob.date->days);
            if (blob.text) fields.key(8).text(*blob.text);
            if (!blob.bytes.empty()) fields.key(9).bytes(blob.bytes);
        });
    });
    return writer.take();
}

Result<Blob> decode_blob(ByteView bytes) {
    Blob blob;
    cbor::Reader reader(bytes);
    reader.map({1, 2}, [&](std::int64_t key) {
        switch (key) {
        case 1: blob.salt = reader.fixed_bytes<16>(); return true;
        case 2:
            reader.map({}, [&](std::int64_t field) { return read_field(reader, field, blob); });
            return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    if (!has_field(blob)) return fail("blob.empty", "a blob without a field");
    return blob;
}

} // namespace tidewaiter::documents
