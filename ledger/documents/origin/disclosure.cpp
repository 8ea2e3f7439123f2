#include "ledger/documents/origin/disclosure.hpp"

#include "ledger/documents/origin/values.hpp"

#include <algorithm>

namespace tidewaiter::origin {

using namespace documents;

namespace {

using documents::write;

constexpr std::size_t kMaxOpenedLines = 100;
constexpr std::size_t kMinProofBytes = 32;
constexpr std::size_t kMaxProofBytes = 8'192;

PartyData read_party_data(cbor::Reader& reader) {
    PartyData party;
    reader.map({1}, [&](std::int64_t key) {
        switch (key) {
        case 1: party.name = reader.text(1, 140); return true;
        case 2: party.street = reader.text(1, 140); return true;
        case 3: party.city = reader.text(1, 60); return true;
        case 4: party.region = reader.text(1, 35); return true;
        case 5: party.postcode = reader.text(1, 16); return true;
        case 6: party.country = read_alpha2(reader); return true;
        case 7: party.telephone = reader.text(1, 24); return true;
        case 8: party.email = reader.text(1, 96); return true;
        case 9: party.tax_id_kind = static_cast<std::uint8_t>(reader.unsigned_integer(1, 11)); return true;
        case 10: party.tax_id = reader.text(1, 64); return true;
        case 11: party.key = read_kid(reader); return true;
        default: return false;
        }
    });
    return party;
}

Signer read_signer(cbor::Reader& reader) {
    Signer signer;
    reader.map({1}, [&](std::int64_t key) {
        switch (key) {
        case 1: signer.name = reader.text(1, 96); return true;
        case 2: signer.title = reader.text(1, 64); return true;
        case 3: signer.telephone = reader.text(1, 24); return true;
        case 4: signer.email = reader.text(1, 96); return true;
        default: return false;
        }
    });
    return signer;
}

bool is_hs(std::string_view text) {
    return text.size() >= 6 && text.size() <= 10 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// [salt, value]
template <class T>
Opened<T> read_opened(cbor::Reader& reader, const std::function<T()>& value) {
    Opened<T> opened;
    reader.enter_array(2);
    opened.salt = reader.fixed_bytes<16>();
    opened.value = value();
    reader.leave();
    return opened;
}

void write_text(cbor::Writer& map, std::int64_t key, const std::string& text) {
    if (!text.empty()) map.key(key).text(text);
}

template <class T>
void write_opened(cbor::Writer& map, std::int64_t slot, const std::optional<Opened<T>>& opened) {
    if (!opened) return;
    map.key(slot).array([&](cbor::Writer& pair) {
        pair.bytes(opened->salt);
        write_value(pair, opened->value);
    });
}

} // namespace

Party read_party(cbor::Reader& reader) {
    if (reader.peek() == cbor::Kind::Unsigned) return reader.enumeration(PartyCode::Same, PartyCode::List);
    return read_party_data(reader);
}

Line read_line(cbor::Reader& reader) {
    Line line;
    const auto number = [&](std::uint64_t min, std::uint64_t max) {
        return static_cast<std::uint8_t>(reader.unsigned_integer(min, max));
    };
    reader.map({1, 3, 4, 5, 12}, [&](std::int64_t key) {
        switch (key) {
        case 1: line.description = reader.text(1, 512); return true;
        case 2: line.sku = reader.text(1, 40); return true;
        case 3: line.hs = reader.text(); return true;
        case 4: line.edition = static_cast<std::uint16_t>(reader.unsigned_integer(2000, 2100)); return true;
        case 5: line.criterion = reader.text(1, 3); return true;
        case 6:
            reader.array(1, 8, [&](std::size_t) { line.processes.push_back(number(1, 99)); });
            return true;
        case 7: line.vessel_flag = read_alpha2(reader); return true;
        case 8: line.farmed = reader.boolean(); return true;
        case 9: line.producer_basis = number(1, 4); return true;
        case 10: line.rvc_method = number(1, 6); return true;
        case 11: {
            reader.enter_array(2);
            const Date from = read_date(reader);
            line.rvc_period = std::pair(from, read_date(reader));
            reader.leave();
            return true;
        }
        case 12: line.origin = read_alpha2(reader); return true;
        case 13: line.rule = reader.text(1, 64); return true;
        case 14: line.limit = read_measure(reader); return true;
        default: return false;
        }
    });
    if (reader.ok() && !is_hs(line.hs))
        reader.reject("field.hs", "an HS number has 6 to 10 digits and nothing else");
    return line;
}

void write_value(cbor::Writer& writer, const Party& party) {
    if (const auto* code = std::get_if<PartyCode>(&party)) {
        writer.enumeration(*code);
        return;
    }
    const PartyData& data = std::get<PartyData>(party);
    writer.map([&](cbor::Writer& map) {
        map.key(1).text(data.name);
        write_text(map, 2, data.street);
        write_text(map, 3, data.city);
        write_text(map, 4, data.region);
        write_text(map, 5, data.postcode);
        write_text(map, 6, data.country);
        write_text(map, 7, data.telephone);
        write_text(map, 8, data.email);
        if (data.tax_id_kind != 0) map.key(9).unsigned_integer(data.tax_id_kind);
        write_text(map, 10, data.tax_id);
        if (data.key) map.key(11).bytes(*data.key);
    });
}

void write_value(cbor::Writer& writer, const Signer& signer) {
    writer.map([&](cbor::Writer& map) {
        map.key(1).text(signer.name);
        write_text(map, 2, signer.title);
        write_text(map, 3, signer.telephone);
        write_text(map, 4, signer.email);
    });
}

void write_value(cbor::Writer& writer, const std::string& text) {
    writer.text(text);
}
void write_value(cbor::Writer& writer, const Hash& hash) {
    writer.bytes(hash);
}
void write_value(cbor::Writer& writer, bool value) {
    writer.boolean(value);
}

void write_value(cbor::Writer& writer, const LanguageStatement& value) {
    writer.array([&](cbor::Writer& pair) { pair.text(value.language).unsigned_integer(value.statement); });
}

void write_value(cbor::Writer& writer, const Line& line) {
    writer.map([&](cbor::Writer& map) {
        map.key(1).text(line.description);
        write_text(map, 2, line.sku);
        map.key(3).text(line.hs);
        map.key(4).unsigned_integer(line.edition);
        map.key(5).text(line.criterion);
        if (!line.processes.empty())
            map.key(6).array([&](cbor::Writer& list) {
                for (const std::uint8_t process : line.processes)
                    list.unsigned_integer(process);
            });
        write_text(map, 7, line.vessel_flag);
        if (line.farmed) map.key(8).boolean(*line.farmed);
        if (line.producer_basis) map.key(9).unsigned_integer(*line.producer_basis);
        if (line.rvc_method) map.key(10).unsigned_integer(*line.rvc_method);
        if (line.rvc_period)
            map.key(11).array([&](cbor::Writer& pair) {
                write(pair, line.rvc_period->first);
                write(pair, line.rvc_period->second);
            });
        map.key(12).text(line.origin);
        write_text(map, 13, line.rule);
        if (line.limit) write(map.key(14), *line.limit);
    });
}

bool OpenedHeader::is_empty() const {
    return *this == OpenedHeader{};
}

OpenedHeader read_opened_header(cbor::Reader& reader) {
    OpenedHeader header;
    const std::function party = [&] { return read_party(reader); };
    reader.map({}, [&](std::int64_t slot) {
        switch (slot) {
        case 0: header.certifier = read_opened<Party>(reader, party); return true;
        case 1: header.exporter = read_opened<Party>(reader, party); return true;
        case 2: header.producer = read_opened<Party>(reader, party); return true;
        case 3: header.importer = read_opened<Party>(reader, party); return true;
        case 4: header.signer = read_opened<Signer>(reader, [&] { return read_signer(reader); }); return true;
        case 5:
            header.invoice =
                read_opened<std::string>(reader, [&] { return std::string(reader.text(1, 35)); });
            return true;
        case 6:
            header.language = read_opened<LanguageStatement>(reader, [&] {
                LanguageStatement value;
                reader.enter_array(2);
                value.language = reader.text(2, 2);
                value.statement = static_cast<std::uint8_t>(reader.unsigned_integer(1, 3));
                reader.leave();
                if (reader.ok() &&
                    !std::ranges::all_of(value.language, [](char c) { return c >= 'a' && c <= 'z'; }))
                    reader.reject("field.language", "a language has two small letters");
                return value;
            });
            return true;
        case 7: header.rules_pack = read_opened<Hash>(reader, [&] { return reader.hash(); }); return true;
        case 8:
            header.schedule_two = read_opened<bool>(reader, [&] { return reader.boolean(); });
            return true;
        default: return false;
        }
    });
    return header;
}

void write(cbor::Writer& writer, const OpenedHeader& header) {
    writer.map([&](cbor::Writer& map) {
        write_opened(map, 0, header.certifier);
        write_opened(map, 1, header.exporter);
        write_opened(map, 2, header.producer);
        write_opened(map, 3, header.importer);
        write_opened(map, 4, header.signer);
        write_opened(map, 5, header.invoice);
        write_opened(map, 6, header.language);
        write_opened(map, 7, header.rules_pack);
        write_opened(map, 8, header.schedule_two);
    });
}

OpenedLines read_opened_lines(cbor::Reader& reader) {
    OpenedLines opened;
    reader.enter_array(2);
    reader.map({}, [&](std::int64_t number) {
        if (number < 1 || number > static_cast<std::int64_t>(kLineSlots)) {
            reader.reject("field.line", "lines are numbered from 1 to 256");
            return true;
        }
        if (opened.lines.size() == kMaxOpenedLines) {
            reader.reject("cbor.count", "at most 100 lines are opened in one code");
            return true;
        }
        opened.lines[static_cast<std::uint16_t>(number)] =
            read_opened<Line>(reader, [&] { return read_line(reader); });
        return true;
    });
    const ByteView proof = reader.bytes(kMinProofBytes, kMaxProofBytes);
    if (reader.ok() && proof.size() % 32 != 0)
        reader.reject("field.proof", "a proof is made of hashes of 32 bytes");
    opened.proof = to_bytes(proof);
    reader.leave();
    return opened;
}

void write(cbor::Writer& writer, const OpenedLines& lines) {
    writer.array([&](cbor::Writer& pair) {
        pair.map([&](cbor::Writer& map) {
            for (const auto& [number, opened] : lines.lines)
                map.key(number).array([&](cbor::Writer& row) {
                    row.bytes(opened.salt);
                    write_value(row, opened.value);
                });
        });
        pair.bytes(lines.proof);
    });
}

} // namespace tidewaiter::origin
