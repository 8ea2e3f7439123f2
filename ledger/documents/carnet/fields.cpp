#include "ledger/documents/carnet/fields.hpp"

namespace tidewaiter::carnet::fields {

std::string text(cbor::Reader& reader, std::size_t min, std::size_t max) {
    return std::string(reader.text(min, max));
}

std::vector<Hash> hashes(cbor::Reader& reader, std::size_t max) {
    std::vector<Hash> values;
    reader.array(1, max, [&](std::size_t) { values.push_back(reader.hash()); });
    return values;
}

void write_hashes(cbor::Writer& writer, const std::vector<Hash>& values) {
    writer.array([&](cbor::Writer& w) {
        for (const Hash& value : values)
            w.bytes(value);
    });
}

std::vector<std::string> texts(cbor::Reader& reader, std::size_t max_count, std::size_t max_bytes) {
    std::vector<std::string> values;
    reader.array(1, max_count, [&](std::size_t) { values.push_back(text(reader, 1, max_bytes)); });
    return values;
}

void write_texts(cbor::Writer& writer, const std::vector<std::string>& values) {
    writer.array([&](cbor::Writer& w) {
        for (const std::string& value : values)
            w.text(value);
    });
}

int number(cbor::Reader& reader, int min, int max) {
    return static_cast<int>(
        reader.unsigned_integer(static_cast<std::uint64_t>(min), static_cast<std::uint64_t>(max)));
}

void write_number(cbor::Writer& writer, int value) {
    writer.unsigned_integer(static_cast<std::uint64_t>(value));
}

std::string lines(cbor::Reader& reader) {
    std::string value = text(reader, 1, kMaxLinesBytes);
    if (!reader.ok()) return {};
    if (auto parsed = parse_lines(value); !parsed) {
        reader.reject(parsed.error().code, parsed.error().detail);
        return {};
    }
    return value;
}

Sheet sheet(cbor::Reader& reader) {
    Sheet value;
    reader.enter_array(3);
    value.colour = reader.enumeration(Colour::Yellow, Colour::Blue);
    value.number = number(reader, 1, 99);
    value.half = reader.enumeration(Half::Opening, Half::Closing);
    reader.leave();
    return value;
}

void write(cbor::Writer& writer, const Sheet& value) {
    writer.array([&](cbor::Writer& w) {
        w.enumeration(value.colour);
        write_number(w, value.number);
        w.enumeration(value.half);
    });
}

SheetSets sets(cbor::Reader& reader) {
    SheetSets value;
    reader.enter_array(3);
    value.yellow = number(reader, 0, 99);
    value.white = number(reader, 0, 99);
    value.blue = number(reader, 0, 99);
    reader.leave();
    return value;
}

void write(cbor::Writer& writer, const SheetSets& value) {
    writer.array([&](cbor::Writer& w) {
        write_number(w, value.yellow);
        write_number(w, value.white);
        write_number(w, value.blue);
    });
}

} // namespace tidewaiter::carnet::fields
