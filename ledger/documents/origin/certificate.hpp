#pragma once

#include "ledger/documents/identity/fields.hpp"
#include "ledger/state/view.hpp"

/// What stands on the ledger of an origin certificate: digests, dates, status; never the fields themselves.
namespace tidewaiter::origin {

using documents::Inclusion;
using documents::RecordKey;

enum class Agreement : std::uint8_t { Nafta = 1, Usmca, Cafta };
enum class Kind : std::uint8_t { Cbp434 = 1, Dataset, InvoiceDeclaration };
enum class CertifierRole : std::uint8_t { Importer = 1, Exporter, Producer, Agent };
enum class CertificateStatus : std::uint8_t { Issued = 1, Suspended, Revoked };

using CertificateId = std::array<std::uint8_t, 16>;
inline constexpr std::size_t kHeaderSlots = 16;
inline constexpr std::size_t kLineSlots = 256;
inline constexpr std::size_t kMaxVersions = 100;

/// SINGLE (the invoice number lies in slot 5) or BLANKET (both days included).
struct Scope {
    bool is_blanket = false;
    Date from;
    Date to;
    bool operator==(const Scope&) const = default;
};

/// The body of ISSUE (32) and AMEND (34).
struct Issue {
    CertificateId id{};
    std::uint16_t version = 1;
    Agreement agreement = Agreement::Usmca;
    Kind kind = Kind::Dataset;
    CertifierRole role = CertifierRole::Exporter;
    Date signed_on;
    Scope scope;
    std::array<Hash, kHeaderSlots> digests{};
    Hash line_root{};
    std::optional<std::uint8_t> statement; ///< 1 182.12(a)(5), 2 10.584(a)(4), 3 CBP 434 box 11
    std::optional<std::pair<CertificateId, std::uint16_t>> supersedes;
    std::optional<std::uint8_t> amend_reason;
    bool operator==(const Issue&) const = default;
};
/// From an open reader, as it stands inside a transaction or a head.
[[nodiscard]] Issue read_issue(cbor::Reader& reader);
void write(cbor::Writer& writer, const Issue& issue);

/// An entry line, in events 44 and 45.
struct EntryLine {
    std::uint16_t entry_line = 1;
    std::uint16_t certificate_line = 1;
    std::string hts;
    std::string spi;
    std::optional<std::uint64_t> value;
    std::optional<documents::Measure> quantity;
    bool operator==(const EntryLine&) const = default;
};
/// The body of kinds 33 and 35 … 45.
struct Event {
    RecordKey record;
    std::uint16_t version = 1;
    std::vector<std::uint16_t> lines;
    std::optional<std::uint8_t> reason;
    std::optional<Hash> case_digest;
    std::optional<Date> from;
    std::optional<RecordKey> claim;
    std::vector<EntryLine> entry_lines;
    bool operator==(const Event&) const = default;
};
[[nodiscard]] Event read_event(cbor::Reader& reader);
void write(cbor::Writer& writer, const Event& event);

/// `origin/<agreement>` `<certId hex>`
struct Head {
    struct Version {
        Issue issue;
        Inclusion inclusion;
        bool operator==(const Version&) const = default;
    };
    CertificateStatus status = CertificateStatus::Issued;
    crypto::KeyId certifier{};
    std::vector<Version> versions; ///< ascending
    std::uint16_t events = 0;
    std::optional<Inclusion> status_changed;
    [[nodiscard]] const Version* find(std::uint16_t version) const;
    bool operator==(const Head&) const = default;
};
/// Errors: cbor.*, field.*, origin.version (a newer record: GEN-10).
[[nodiscard]] Result<Head> decode_head(ByteView bytes);
[[nodiscard]] Bytes encode(const Head& head);

/// `origin/<agreement>` `<certId hex>/event/<n>`
struct EventRecord {
    std::uint8_t kind = 36; ///< transaction kind
    Event event;
    UnixTime at = 0;
    crypto::KeyId signer{};
    Inclusion inclusion;
    bool operator==(const EventRecord&) const = default;
};
[[nodiscard]] Result<EventRecord> decode_event_record(ByteView bytes);
[[nodiscard]] Bytes encode(const EventRecord& record);

[[nodiscard]] std::string name_space(Agreement agreement); ///< "origin/usmca"
[[nodiscard]] std::optional<Agreement> agreement_of(std::string_view name_space);
[[nodiscard]] std::string head_key(const CertificateId& id);
[[nodiscard]] std::string event_key(std::string_view head_key, std::uint16_t number);
[[nodiscard]] std::string_view agreement_name(Agreement agreement); ///< "USMCA"

/// Nothing when the record is absent.
[[nodiscard]] Result<std::optional<Head>> find_head(const state::View& view, const RecordKey& key);
[[nodiscard]] Result<std::vector<EventRecord>> find_events(const state::View& view, const RecordKey& key,
                                                           const Head& head);

/// Effects of ISSUE and of REVOKE, SUSPEND, LIFT. Errors: application.state (the certificate is not in a
/// state that allows it, with the reason), application.unknown-record, application.full.
[[nodiscard]] Status apply_issue(state::Overlay& state, const Issue& issue, const crypto::KeyId& signer,
                                 const Inclusion& inclusion);
[[nodiscard]] Status apply_event(state::Overlay& state, const EventRecord& record);

} // namespace tidewaiter::origin
