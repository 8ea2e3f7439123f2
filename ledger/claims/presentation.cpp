#include "ledger/claims/presentation.hpp"

namespace tidewaiter::claims {

using namespace documents;

namespace {

constexpr std::size_t kMaxLinesBytes = 4'096;
constexpr std::size_t kMaxBlobBytes = 4'096; ///< a code never carries more
constexpr std::size_t kMaxRecordBytes = 1'024;

} // namespace

Result<Presentation> decode_presentation(ByteView payload) {
    Presentation presentation;
    cbor::Reader reader(payload);
    reader.map({1, 2, 4, 5}, [&](std::int64_t key) {
        switch (key) {
        case 1: presentation.record = read_record_key(reader); return true;
        case 2:
            presentation.operation = static_cast<std::uint8_t>(reader.unsigned_integer(1, 24));
            return true;
        case 3: presentation.lines = reader.text(1, kMaxLinesBytes); return true;
        case 4: presentation.audience = read_office(reader); return true;
        case 5: presentation.issued_at = read_time(reader); return true;
        case 6: presentation.challenge = reader.fixed_bytes<16>(); return true;
        case 7:
            reader.map({}, [&](std::int64_t kind) {
                if (kind < 1 || kind > 9) return false;
                presentation.opened[static_cast<std::uint8_t>(kind)] =
                    to_bytes(reader.bytes(1, kMaxBlobBytes));
                return true;
            });
            return true;
        case 8: presentation.record_transaction = to_bytes(reader.bytes(1, kMaxRecordBytes)); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return presentation;
}

Bytes encode(const Presentation& presentation) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        write(map.key(1), presentation.record);
        map.key(2).unsigned_integer(presentation.operation);
        if (!presentation.lines.empty()) map.key(3).text(presentation.lines);
        map.key(4).text(presentation.audience);
        map.key(5).integer(presentation.issued_at);
        if (presentation.challenge) map.key(6).bytes(*presentation.challenge);
        if (!presentation.opened.empty())
            map.key(7).map([&](cbor::Writer& opened) {
                for (const auto& [kind, blob] : presentation.opened)
                    opened.key(kind).bytes(blob);
            });
        if (!presentation.record_transaction.empty()) map.key(8).bytes(presentation.record_transaction);
    });
    return writer.take();
}

} // namespace tidewaiter::claims
