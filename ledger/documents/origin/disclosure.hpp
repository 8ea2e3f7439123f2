#pragma once

#include "ledger/documents/origin/certificate.hpp"

#include <map>
#include <variant>

/// Selective disclosure: 16 salted digests for header fields, one Merkle root over 256 line slots.
namespace tidewaiter::origin {

using Salt = std::array<std::uint8_t, 16>;
using Seed = std::array<std::uint8_t, 32>;

enum class PartyCode : std::uint8_t { Same = 1, Various, Unknown, OnRequest, List };
struct PartyData {
    std::string name;
    std::string street, city, region, postcode, country;
    std::string telephone, email;
    std::uint8_t tax_id_kind = 0; ///< 1 EIN … 11 GLN; 0: not given
    std::string tax_id;
    std::optional<crypto::KeyId> key;
    bool operator==(const PartyData&) const = default;
};
using Party = std::variant<PartyCode, PartyData>;

struct Signer {
    std::string name, title, telephone, email;
    bool operator==(const Signer&) const = default;
};
/// Language of the statement, and which statement.
struct LanguageStatement {
    std::string language;
    std::uint8_t statement = 1;
    bool operator==(const LanguageStatement&) const = default;
};

struct Line {
    std::string description;
    std::string sku;
    std::string hs; ///< 6 … 10 digits
    std::uint16_t edition = 2022;
    std::string criterion;
    std::vector<std::uint8_t> processes;
    std::string vessel_flag;
    std::optional<bool> farmed;
    std::optional<std::uint8_t> producer_basis; ///< 1 YES, 2 NO1, 3 NO2, 4 NO3
    std::optional<std::uint8_t> rvc_method;     ///< 1 NONE, 2 TV, 3 NC, 4 BD, 5 BU, 6 ANC
    std::optional<std::pair<Date, Date>> rvc_period;
    std::string origin;
    std::string rule;
    std::optional<documents::Measure> limit;
    bool operator==(const Line&) const = default;
};

/// Header slots by number; a slot that is not opened is absent.
template <class T>
struct Opened {
    Salt salt{};
    T value{};
    bool operator==(const Opened&) const = default;
};
struct OpenedHeader {
    std::optional<Opened<Party>> certifier, exporter, producer, importer;
    std::optional<Opened<Signer>> signer;
    std::optional<Opened<std::string>> invoice; ///< number, or the blanket's reference
    std::optional<Opened<LanguageStatement>> language;
    std::optional<Opened<Hash>> rules_pack;
    std::optional<Opened<bool>> schedule_two;
    [[nodiscard]] bool is_empty() const;
    bool operator==(const OpenedHeader&) const = default;
};
struct OpenedLines {
    std::map<std::uint16_t, Opened<Line>> lines; ///< by line number, 1 … 256
    Bytes proof; ///< siblings that cannot be computed, level by level from the leaves, ascending
    bool operator==(const OpenedLines&) const = default;
};

[[nodiscard]] OpenedHeader read_opened_header(cbor::Reader& reader);
[[nodiscard]] OpenedLines read_opened_lines(cbor::Reader& reader);
void write(cbor::Writer& writer, const OpenedHeader& header);
void write(cbor::Writer& writer, const OpenedLines& lines);

/// Slots of the header whose digest does not match the issue's (ascending); empty: all open.
[[nodiscard]] std::vector<int> failed_openings(const OpenedHeader& header, const Issue& issue);
/// True when the opened lines and their shared proof give the issue's line root.
[[nodiscard]] bool lines_open(const OpenedLines& lines, const Hash& line_root);

/// salt = first 16 bytes of HMAC-SHA-256(seed, slot as 16-bit big-endian); header slots are 0x8000 + i.
[[nodiscard]] Salt salt_of(const Seed& seed, std::uint16_t slot);

} // namespace tidewaiter::origin
