#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/time.hpp"
#include "ledger/codec/cbor.hpp"
#include "ledger/crypto/keys.hpp"

#include <string>
#include <vector>

/// The small values that every record is made of (formats, section 2). The readers reject through the Reader:
/// the first error sticks there. Codes beside cbor.*: field.namespace, field.key, field.id, field.country,
/// field.office, field.pseudonym, field.currency, field.unit.
namespace tidewaiter::documents {

using crypto::KeyId;

struct RecordKey {
    std::string name_space;
    std::string key;
    auto operator<=>(const RecordKey&) const = default;
};

/// Block height and time, written by the application.
struct Inclusion {
    std::uint64_t height = 0;
    TimeNs time;
    auto operator<=>(const Inclusion&) const = default;
};

/// mantissa × 10^exponent, exponent -6 … 0. Makers write the shortest mantissa; readers take [13230, -1] too,
/// which the formats give as an example.
struct Decimal {
    std::int64_t mantissa = 0;
    int exponent = 0;
    bool operator==(const Decimal&) const = default;
};

struct Measure {
    Decimal quantity;
    std::string unit; ///< UN/ECE Recommendation 20
    bool operator==(const Measure&) const = default;
};

struct Amount {
    std::uint64_t minor_units = 0;
    std::string currency;
    bool operator==(const Amount&) const = default;
};

inline constexpr std::uint64_t kMaxHeight = 9'007'199'254'740'991;
inline constexpr std::uint64_t kMaxTime = 253'402'300'799;

[[nodiscard]] RecordKey read_record_key(cbor::Reader& reader);
[[nodiscard]] Inclusion read_inclusion(cbor::Reader& reader);
[[nodiscard]] std::uint64_t read_height(cbor::Reader& reader);
[[nodiscard]] UnixTime read_time(cbor::Reader& reader);
[[nodiscard]] TimeNs read_time_ns(cbor::Reader& reader);
[[nodiscard]] LocalTime read_local_time(cbor::Reader& reader);
[[nodiscard]] Date read_date(cbor::Reader& reader);
[[nodiscard]] KeyId read_kid(cbor::Reader& reader);
[[nodiscard]] std::string read_namespace(cbor::Reader& reader);
[[nodiscard]] std::string read_key_text(cbor::Reader& reader);
[[nodiscard]] std::string read_id_text(cbor::Reader& reader);
[[nodiscard]] std::string read_alpha2(cbor::Reader& reader);
[[nodiscard]] std::string read_office(cbor::Reader& reader);
[[nodiscard]] std::string read_pseudonym(cbor::Reader& reader);
[[nodiscard]] std::string read_currency(cbor::Reader& reader);
[[nodiscard]] std::string read_unit(cbor::Reader& reader);
[[nodiscard]] Decimal read_decimal(cbor::Reader& reader);
[[nodiscard]] Measure read_measure(cbor::Reader& reader);
[[nodiscard]] Amount read_amount(cbor::Reader& reader);
/// Checked by crypto::PublicKey::from_cose; its error becomes the reader's.
[[nodiscard]] std::optional<crypto::PublicKey> read_cose_key(cbor::Reader& reader);

void write(cbor::Writer& writer, const RecordKey& value);
void write(cbor::Writer& writer, const Inclusion& value);
void write(cbor::Writer& writer, TimeNs value);
void write(cbor::Writer& writer, LocalTime value);
void write(cbor::Writer& writer, Date value);
void write(cbor::Writer& writer, const Decimal& value);
void write(cbor::Writer& writer, const Measure& value);
void write(cbor::Writer& writer, const Amount& value);

/// A state value begins with key 0, its version. Error: `code` when it is greater than this reader knows, 1.
[[nodiscard]] Status check_version(ByteView record, std::string_view code);

[[nodiscard]] bool is_namespace(std::string_view text);
[[nodiscard]] bool is_id_text(std::string_view text);
[[nodiscard]] bool is_alpha2(std::string_view text);
/// "US-D:2720", "EU:DE004851".
[[nodiscard]] bool is_office(std::string_view text);
/// "US-7Q4K2M": two letters, then Crockford base 32.
[[nodiscard]] bool is_pseudonym(std::string_view text);
/// The territory in front of an office or a pseudonym: "US".
[[nodiscard]] std::string_view territory_of(std::string_view office_or_pseudonym);
[[nodiscard]] std::string to_text(const Decimal& value);

} // namespace tidewaiter::documents
