#include "ledger/documents/carnet/fields.hpp"

#include "ledger/crypto/hash.hpp"

#include <algorithm>
#include <array>

namespace tidewaiter::carnet {
namespace {

constexpr std::uint64_t kMaxMoney = 999'999'999'999'999'999;
constexpr std::array<std::string_view, 5> kSchemes{"ATA", "TECRO_AIT", "CPD_CN_TW", "CA_TW", "CPD"};

bool is_lower_pair(std::string_view text) {
    return text.size() == 2 && text[0] >= 'a' && text[0] <= 'z' && text[1] >= 'a' && text[1] <= 'z';
}

bool is_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void read_totals(cbor::Reader& reader, Cover& cover) {
    reader.array(2, 3, [&](std::size_t index) {
        if (index == 0) cover.total_pieces = reader.integer(1, kMaxPieces);
        if (index == 1) cover.total_value = reader.unsigned_integer(0, kMaxMoney);
        if (index == 2) cover.total_weight = documents::read_decimal(reader);
    });
}

Document read_document(cbor::Reader& reader) {
    Document document;
    reader.array(2, 3, [&](std::size_t index) {
        if (index == 0) document.kind = static_cast<std::uint8_t>(fields::number(reader, 1, 5));
        if (index == 1) document.digest = reader.hash();
        if (index == 2) document.title = fields::text(reader, 1, 100);
    });
    return document;
}

void write_document(cbor::Writer& writer, const Document& document) {
    writer.array([&](cbor::Writer& w) {
        w.unsigned_integer(document.kind).bytes(document.digest);
        if (!document.title.empty()) w.text(document.title);
    });
}

void read_use(cbor::Reader& reader, Cover& cover) {
    reader.enter_array(2);
    cover.use = documents::read_alpha2(reader);
    cover.use_text = fields::text(reader, 1, 100);
    reader.leave();
}

bool read_cover_field(cbor::Reader& reader, std::int64_t key, Cover& cover) {
    switch (key) {
    case 1: cover.issued = documents::read_date(reader); return true;
    case 2: cover.valid_until = documents::read_date(reader); return true;
    case 3: cover.holder_blob = reader.hash(); return true;
    case 4: cover.representatives_blob = reader.hash(); return true;
    case 5: read_use(reader, cover); return true;
    case 6: cover.issuing_association = documents::read_id_text(reader); return true;
    case 7: cover.guaranteeing_association = documents::read_id_text(reader); return true;
    case 8: cover.chain = static_cast<std::uint8_t>(fields::number(reader, 1, 3)); return true;
    case 9:
        reader.array(1, 100, [&](std::size_t) { cover.countries.push_back(documents::read_alpha2(reader)); });
        return true;
    case 10: cover.continuation_sheets = fields::number(reader, 1, 999); return true;
    case 11: cover.sets = fields::sets(reader); return true;
    case 12: cover.currency = documents::read_currency(reader); return true;
    case 13: read_totals(reader, cover); return true;
    case 14: cover.list_digest = reader.hash(); return true;
    case 15: cover.page_digests = fields::hashes(reader, 1'000); return true;
    case 16: cover.replaces = documents::read_record_key(reader); return true;
    case 17: cover.substitute_of = documents::read_record_key(reader); return true;
    case 18: cover.cross_reference = documents::read_record_key(reader); return true;
    case 19:
        reader.array(1, 32, [&](std::size_t) { cover.documents.push_back(read_document(reader)); });
        return true;
    case 20: cover.holder_key = documents::read_cose_key(reader); return true;
    default: return false;
    }
}

void read_translations(cbor::Reader& reader, Item& item) {
    reader.array(1, 8, [&](std::size_t) {
        reader.enter_array(2);
        std::string language = fields::text(reader, 2, 2);
        if (reader.ok() && !is_lower_pair(language))
            reader.reject("field.language", "two lower-case letters belong here");
        std::string text = fields::text(reader, 1, 4'000);
        reader.leave();
        item.translations.emplace_back(std::move(language), std::move(text));
    });
}

void read_customs_marks(cbor::Reader& reader, Item& item) {
    reader.array(1, 50, [&](std::size_t) {
        CustomsMark mark;
        reader.enter_array(3);
        mark.text = fields::text(reader, 1, 250);
        mark.author = documents::read_pseudonym(reader);
        mark.time = documents::read_time(reader);
        reader.leave();
        item.customs_marks.push_back(std::move(mark));
    });
}

void read_hs(cbor::Reader& reader, Item& item) {
    item.hs = fields::text(reader, 4, 10);
    if (reader.ok() && (item.hs.size() % 2 != 0 || !is_digits(item.hs)))
        reader.reject("field.hs", "4, 6, 8 or 10 digits belong here");
}

Item read_item(cbor::Reader& reader) {
    Item item;
    reader.map({1, 2, 3, 5}, [&](std::int64_t key) {
        switch (key) {
        case 1:
            item.number = static_cast<std::uint32_t>(fields::number(reader, 1, kMaxItemNumber));
            return true;
        case 2: item.text = fields::text(reader, 1, 4'000); return true;
        case 3: item.pieces = reader.integer(1, kMaxPieces); return true;
        case 4: item.measure = documents::read_measure(reader); return true;
        case 5: item.value = reader.unsigned_integer(0, kMaxMoney); return true;
        case 6: item.origin = documents::read_alpha2(reader); return true;
        case 7: read_translations(reader, item); return true;
        case 8: item.marks = fields::texts(reader, 200, 100); return true;
        case 9: item.serials = fields::texts(reader, 200, 100); return true;
        case 10: read_hs(reader, item); return true;
        case 11: read_customs_marks(reader, item); return true;
        case 12: item.unit = documents::read_unit(reader); return true;
        default: return false;
        }
    });
    return item;
}

/// Columns 1 to 6, which the list digest covers.
void write_columns(cbor::Writer& w, const Item& item) {
    w.key(1).unsigned_integer(item.number);
    w.key(2).text(item.text);
    w.key(3).integer(item.pieces);
    if (item.measure) documents::write(w.key(4), *item.measure);
    w.key(5).unsigned_integer(item.value);
    if (!item.origin.empty()) w.key(6).text(item.origin);
}

void write_rest(cbor::Writer& w, const Item& item) {
    if (!item.translations.empty()) {
        w.key(7).array([&](cbor::Writer& list) {
            for (const auto& [language, text] : item.translations)
                list.array([&](cbor::Writer& pair) { pair.text(language).text(text); });
        });
    }
    if (!item.marks.empty()) fields::write_texts(w.key(8), item.marks);
    if (!item.serials.empty()) fields::write_texts(w.key(9), item.serials);
    if (!item.hs.empty()) w.key(10).text(item.hs);
    if (!item.customs_marks.empty()) {
        w.key(11).array([&](cbor::Writer& list) {
            for (const CustomsMark& mark : item.customs_marks) {
                list.array([&](cbor::Writer& parts) {
                    parts.text(mark.text)
                        .text(mark.author)
                        .unsigned_integer(static_cast<std::uint64_t>(mark.time));
                });
            }
        });
    }
    if (!item.unit.empty()) w.key(12).text(item.unit);
}

void write_totals(cbor::Writer& writer, const Cover& cover) {
    writer.array([&](cbor::Writer& w) {
        w.integer(cover.total_pieces).unsigned_integer(cover.total_value);
        if (cover.total_weight) documents::write(w, *cover.total_weight);
    });
}

void write_optional_part(cbor::Writer& w, const Cover& cover) {
    if (cover.replaces) documents::write(w.key(16), *cover.replaces);
    if (cover.substitute_of) documents::write(w.key(17), *cover.substitute_of);
    if (cover.cross_reference) documents::write(w.key(18), *cover.cross_reference);
    if (!cover.documents.empty()) {
        w.key(19).array([&](cbor::Writer& list) {
            for (const Document& document : cover.documents)
                write_document(list, document);
        });
    }
    if (cover.holder_key) w.key(20).raw(cover.holder_key->to_cose());
}

} // namespace

namespace fields {

Cover cover(cbor::Reader& reader) {
    Cover value;
    reader.map({1, 2, 3, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15},
               [&](std::int64_t key) { return read_cover_field(reader, key, value); });
    return value;
}

void write(cbor::Writer& writer, const Cover& value) {
    writer.map([&](cbor::Writer& w) {
        documents::write(w.key(1), value.issued);
        documents::write(w.key(2), value.valid_until);
        w.key(3).bytes(value.holder_blob);
        if (value.representatives_blob) w.key(4).bytes(*value.representatives_blob);
        w.key(5).array([&](cbor::Writer& use) { use.text(value.use).text(value.use_text); });
        w.key(6).text(value.issuing_association);
        w.key(7).text(value.guaranteeing_association);
        w.key(8).unsigned_integer(value.chain);
        write_texts(w.key(9), value.countries);
        if (value.continuation_sheets > 0) write_number(w.key(10), value.continuation_sheets);
        write(w.key(11), value.sets);
        w.key(12).text(value.currency);
        write_totals(w.key(13), value);
        w.key(14).bytes(value.list_digest);
        write_hashes(w.key(15), value.page_digests);
        write_optional_part(w, value);
    });
}

std::vector<Item> items(cbor::Reader& reader) {
    std::vector<Item> values;
    reader.array(1, 100, [&](std::size_t) { values.push_back(read_item(reader)); });
    return values;
}

void write(cbor::Writer& writer, const std::vector<Item>& values) {
    writer.array([&](cbor::Writer& list) {
        for (const Item& item : values) {
            list.map([&](cbor::Writer& w) {
                write_columns(w, item);
                write_rest(w, item);
            });
        }
    });
}

ListPage list_page(cbor::Reader& reader) {
    ListPage value;
    reader.map({1, 2, 3, 4}, [&](std::int64_t key) {
        switch (key) {
        case 1: value.key = documents::read_record_key(reader); return true;
        case 2: value.revision = number(reader, 1, 99); return true;
        case 3: value.page = number(reader, 1, 1'000); return true;
        case 4: value.items = items(reader); return true;
        default: return false;
        }
    });
    return value;
}

void write(cbor::Writer& writer, const ListPage& value) {
    writer.map([&](cbor::Writer& w) {
        documents::write(w.key(1), value.key);
        write_number(w.key(2), value.revision);
        write_number(w.key(3), value.page);
        write(w.key(4), value.items);
    });
}

} // namespace fields

std::string_view name(Scheme scheme) {
    return kSchemes[static_cast<std::size_t>(scheme)];
}

std::optional<Scheme> scheme_from(std::string_view name) {
    const auto found = std::find(kSchemes.begin(), kSchemes.end(), name);
    if (found == kSchemes.end()) return std::nullopt;
    return static_cast<Scheme>(found - kSchemes.begin());
}

RecordKey carnet_key(std::string_view territory, std::string_view scheme, std::string_view number) {
    RecordKey key;
    key.name_space = "carnet/";
    for (const char c : territory)
        key.name_space += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    key.key = std::string(scheme) + ':';
    for (const char c : number) {
        if (c == ' ' || c == '\t') continue;
        key.key += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return key;
}

Result<KeyParts> split_key(const RecordKey& key) {
    constexpr std::string_view prefix = "carnet/";
    const std::size_t colon = key.key.find(':');
    if (!key.name_space.starts_with(prefix) || key.name_space.size() != prefix.size() + 2 ||
        colon == std::string::npos || colon + 1 >= key.key.size() || !scheme_from(key.key.substr(0, colon)))
        return fail("carnet.key", "'" + printable(key.name_space + "|" + key.key) +
                                      "' is no carnet; keys look like carnet/us and ATA:US26/104417");
    KeyParts parts;
    for (const char c : std::string_view(key.name_space).substr(prefix.size())) {
        if (c < 'a' || c > 'z') return fail("carnet.key", "a carnet's namespace ends with two letters");
        parts.territory += static_cast<char>(c - 'a' + 'A');
    }
    parts.scheme = key.key.substr(0, colon);
    parts.number = key.key.substr(colon + 1);
    return parts;
}

std::string list_page_key(std::string_view carnet, unsigned page) {
    return std::string(carnet) + "/list/" + std::to_string(page);
}
std::string stamps_page_key(std::string_view carnet, unsigned page) {
    return std::string(carnet) + "/stamps/" + std::to_string(page);
}
std::string event_key(std::string_view carnet, unsigned number) {
    return std::string(carnet) + "/event/" + std::to_string(number);
}

int SheetSets::of(Colour colour) const {
    switch (colour) {
    case Colour::Yellow: return yellow;
    case Colour::White: return white;
    case Colour::Blue: return blue;
    }
    return 0;
}

Result<CoverRecord> decode_cover_record(ByteView bytes) {
    cbor::Reader reader(bytes);
    CoverRecord record;
    reader.map({1, 2, 3}, [&](std::int64_t key) {
        switch (key) {
        case 1: record.key = documents::read_record_key(reader); return true;
        case 2: record.revision = fields::number(reader, 1, 99); return true;
        case 3: record.cover = fields::cover(reader); return true;
        default: return false;
        }
    });
    return fields::finish(reader, std::move(record));
}

Bytes encode(const CoverRecord& record) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        documents::write(w.key(1), record.key);
        fields::write_number(w.key(2), record.revision);
        fields::write(w.key(3), record.cover);
    });
    return writer.take();
}

Bytes encode(const Cover& cover) {
    cbor::Writer writer;
    fields::write(writer, cover);
    return writer.take();
}

Result<ListPage> decode_list_page(ByteView bytes) {
    cbor::Reader reader(bytes);
    ListPage page = fields::list_page(reader);
    return fields::finish(reader, std::move(page));
}

Bytes encode(const ListPage& page) {
    cbor::Writer writer;
    fields::write(writer, page);
    return writer.take();
}

Hash list_digest(const std::vector<Item>& items) {
    cbor::Writer writer;
    writer.array([&](cbor::Writer& list) {
        for (const Item& item : items)
            list.map([&](cbor::Writer& w) { write_columns(w, item); });
    });
    return crypto::sha256(writer.view());
}

Hash page_digest(const ListPage& page) {
    return crypto::sha256(encode(page));
}
Hash cover_digest(const Cover& cover) {
    return crypto::sha256(encode(cover));
}

} // namespace tidewaiter::carnet
