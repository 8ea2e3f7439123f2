#include "ledger/documents/identity/fields.hpp"

#include "ledger/base/assert.hpp"

#include <algorithm>

namespace tidewaiter::documents {

namespace {

constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::int64_t kMaxMantissa = 999'999'999'999'999'999;

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_upper_or_digit(char c) {
    return is_upper(c) || (c >= '0' && c <= '9');
}

/// Reads text of a form; what does not have it is rejected under `code`.
std::string read_form(cbor::Reader& reader, bool (*has_form)(std::string_view), std::string_view code,
                      std::string_view expected) {
    const std::string_view text = reader.text();
    if (reader.ok() && !has_form(text))
        reader.reject(code, "'" + printable(text, 60) + "' is not " + std::string(expected));
    return std::string(text);
}

bool is_currency(std::string_view text) {
    return text.size() == 3 && std::ranges::all_of(text, is_upper);
}
bool is_unit(std::string_view text) {
    return !text.empty() && text.size() <= 3 && std::ranges::all_of(text, is_upper_or_digit);
}

} // namespace

bool is_namespace(std::string_view text) {
    return !text.empty() && text.size() <= 40 && is_lower_or_digit(text.front()) &&
           std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '/' || c == '-'; });
}

bool is_id_text(std::string_view text) {
    return !text.empty() && text.size() <= 32 && is_lower_or_digit(text.front()) &&
           std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

bool is_alpha2(std::string_view text) {
    return text.size() == 2 && std::ranges::all_of(text, is_upper);
}

bool is_office(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return false;
    const std::string_view scheme = text.substr(0, colon);
    const std::string_view code = text.substr(colon + 1);
    if (scheme.size() < 2 || !is_alpha2(scheme.substr(0, 2))) return false;
    if (scheme.size() > 2) {
        const std::string_view suffix = scheme.substr(3);
        if (scheme[2] != '-' || suffix.empty() || suffix.size() > 3 || !std::ranges::all_of(suffix, is_upper))
            return false;
    }
    return !code.empty() && code.size() <= 8 && std::ranges::all_of(code, is_upper_or_digit);
}

bool is_pseudonym(std::string_view text) {
    if (text.size() < 9 || text.size() > 15 || !is_alpha2(text.substr(0, 2)) || text[2] != '-') return false;
    return std::ranges::all_of(text.substr(3), [](char c) { return kCrockford.contains(c); });
}

std::string_view territory_of(std::string_view office_or_pseudonym) {
    return office_or_pseudonym.substr(0, 2);
}

std::string to_text(const Decimal& value) {
    if (value.exponent == 0) return std::to_string(value.mantissa);
    const auto places = static_cast<std::size_t>(-value.exponent);
    const bool is_negative = value.mantissa < 0;
    std::string digits = std::to_string(is_negative ? -value.mantissa : value.mantissa);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, ".");
    return (is_negative ? "-" : "") + digits;
}

Status check_version(ByteView record, std::string_view code) {
    // Any map head of definite length, then key 0, then the version.
    if (record.empty() || (record[0] >> 5U) != 5) return {};
    const unsigned info = record[0] & 0x1fU;
    if (info > 27) return {};
    const std::size_t key_at = 1 + (info < 24 ? 0U : std::size_t{1} << (info - 24));
    if (record.size() < key_at + 2 || record[key_at] != 0x00 || record[key_at + 1] == 0x01) return {};
    if ((record[key_at + 1] >> 5U) != 0 || record[key_at + 1] == 0x00) return {};
    return fail(code, "this record was written by a newer version of the protocol; upgrade to read it");
}

std::string read_namespace(cbor::Reader& reader) {
    return read_form(reader, is_namespace, "field.namespace", "a namespace (lower case, digits, / and -)");
}

std::string read_key_text(cbor::Reader& reader) {
    return std::string(reader.text(1, limits::kMaxRecordKeyBytes));
}

std::string read_id_text(cbor::Reader& reader) {
    return read_form(reader, is_id_text, "field.id", "an id (lower case letters, digits and -, at most 32)");
}

std::string read_alpha2(cbor::Reader& reader) {
    return read_form(reader, is_alpha2, "field.country", "a country code of two capital letters");
}

std::string read_office(cbor::Reader& reader) {
    return read_form(reader, is_office, "field.office", "an office such as US-D:2720");
}

std::string read_pseudonym(cbor::Reader& reader) {
    return read_form(reader, is_pseudonym, "field.pseudonym", "an officer's pseudonym such as US-7Q4K2M");
}

std::string read_currency(cbor::Reader& reader) {
    return read_form(reader, is_currency, "field.currency", "a currency of three capital letters");
}

std::string read_unit(cbor::Reader& reader) {
    return read_form(reader, is_unit, "field.unit", "a unit of measure of one to three capitals or digits");
}

RecordKey read_record_key(cbor::Reader& reader) {
    RecordKey key;
    reader.enter_array(2);
    key.name_space = read_namespace(reader);
    key.key = read_key_text(reader);
    reader.leave();
    return key;
}

std::uint64_t read_height(cbor::Reader& reader) {
    return reader.unsigned_integer(0, kMaxHeight);
}

UnixTime read_time(cbor::Reader& reader) {
    return static_cast<UnixTime>(reader.unsigned_integer(0, kMaxTime));
}

TimeNs read_time_ns(cbor::Reader& reader) {
    TimeNs time;
    reader.enter_array(2);
    time.seconds = read_time(reader);
    time.nanos = static_cast<std::uint32_t>(reader.unsigned_integer(0, 999'999'999));
    reader.leave();
    return time;
}

LocalTime read_local_time(cbor::Reader& reader) {
    LocalTime time;
    reader.enter_array(2);
    time.utc = read_time(reader);
    time.offset_minutes = static_cast<std::int32_t>(reader.integer(-720, 840));
    reader.leave();
    return time;
}

Inclusion read_inclusion(cbor::Reader& reader) {
    Inclusion inclusion;
    reader.enter_array(2);
    inclusion.height = read_height(reader);
    inclusion.time = read_time_ns(reader);
    reader.leave();
    return inclusion;
}

Date read_date(cbor::Reader& reader) {
    return Date{static_cast<std::int32_t>(reader.unsigned_integer(0, 65'535))};
}

KeyId read_kid(cbor::Reader& reader) {
    return reader.fixed_bytes<8>();
}

Decimal read_decimal(cbor::Reader& reader) {
    Decimal value;
    reader.enter_array(2);
    value.mantissa = reader.integer(-kMaxMantissa, kMaxMantissa);
    value.exponent = static_cast<int>(reader.integer(-6, 0));
    reader.leave();
    return value;
}

Measure read_measure(cbor::Reader& reader) {
    Measure measure;
    reader.enter_array(2);
    measure.quantity = read_decimal(reader);
    measure.unit = read_unit(reader);
    reader.leave();
    return measure;
}

Amount read_amount(cbor::Reader& reader) {
    Amount amount;
    reader.enter_array(2);
    amount.minor_units = reader.unsigned_integer(0, static_cast<std::uint64_t>(kMaxMantissa));
    amount.currency = read_currency(reader);
    reader.leave();
    return amount;
}

std::optional<crypto::PublicKey> read_cose_key(cbor::Reader& reader) {
    const ByteView bytes = reader.raw();
    if (!reader.ok()) return std::nullopt;
    Result<crypto::PublicKey> key = crypto::PublicKey::from_cose(bytes);
    if (key) return *key;
    reader.reject(key.error().code, key.error().detail);
    return std::nullopt;
}

void write(cbor::Writer& writer, const RecordKey& value) {
    writer.array([&](cbor::Writer& w) { w.text(value.name_space).text(value.key); });
}

void write(cbor::Writer& writer, TimeNs value) {
    writer.array([&](cbor::Writer& w) { w.integer(value.seconds).unsigned_integer(value.nanos); });
}

void write(cbor::Writer& writer, LocalTime value) {
    writer.array([&](cbor::Writer& w) { w.integer(value.utc).integer(value.offset_minutes); });
}

void write(cbor::Writer& writer, const Inclusion& value) {
    writer.array([&](cbor::Writer& w) {
        w.unsigned_integer(value.height);
        write(w, value.time);
    });
}

void write(cbor::Writer& writer, Date value) {
    TW_ASSERT(value.days >= 0);
    writer.integer(value.days);
}

void write(cbor::Writer& writer, const Decimal& value) {
    writer.array([&](cbor::Writer& w) { w.integer(value.mantissa).integer(value.exponent); });
}

void write(cbor::Writer& writer, const Measure& value) {
    writer.array([&](cbor::Writer& w) {
        write(w, value.quantity);
        w.text(value.unit);
    });
}

void write(cbor::Writer& writer, const Amount& value) {
    writer.array([&](cbor::Writer& w) { w.unsigned_integer(value.minor_units).text(value.currency); });
}

} // namespace tidewaiter::documents
