#pragma once

#include "ledger/documents/carnet/lines.hpp"
#include "ledger/documents/carnet/operation.hpp"
#include "ledger/documents/identity/fields.hpp"

#include <variant>

/// The records of a carnet, typed (formats, sections 3, 4 and 8). Decoding is strict: what decodes encodes to
/// the same bytes. Errors: cbor.*, field.*, lines.*, and carnet.* where named.
namespace tidewaiter::carnet {

using documents::Amount;
using documents::Decimal;
using documents::Inclusion;
using documents::KeyId;
using documents::Measure;
using documents::RecordKey;

enum class Scheme : std::uint8_t { Ata, TecroAit, CpdCnTw, CaTw, Cpd };
[[nodiscard]] std::string_view name(Scheme scheme); ///< "TECRO_AIT"
[[nodiscard]] std::optional<Scheme> scheme_from(std::string_view name);

/// "ATA:US26/104417": number upper-cased, spaces dropped. Namespace "carnet/us".
[[nodiscard]] RecordKey carnet_key(std::string_view territory, std::string_view scheme,
                                   std::string_view number);
/// The parts of a carnet's key. Error: carnet.key.
struct KeyParts {
    std::string territory; ///< "US"
    std::string scheme;
    std::string number;
};
[[nodiscard]] Result<KeyParts> split_key(const RecordKey& key);
[[nodiscard]] std::string list_page_key(std::string_view carnet, unsigned page);   ///< pages from 1
[[nodiscard]] std::string stamps_page_key(std::string_view carnet, unsigned page); ///< pages from 1
[[nodiscard]] std::string event_key(std::string_view carnet, unsigned number);     ///< events from 1

struct Document {
    std::uint8_t kind = 1; ///< photo, licence, authority letter, certificate, other
    Hash digest{};
    std::string title;
    bool operator==(const Document&) const = default;
};

struct SheetSets {
    int yellow = 0;
    int white = 0;
    int blue = 0;
    [[nodiscard]] int of(Colour colour) const;
    bool operator==(const SheetSets&) const = default;
};

struct Cover {
    Date issued;
    Date valid_until; ///< inclusive
    Hash holder_blob{};
    std::optional<Hash> representatives_blob;
    std::string use; ///< "PE"
    std::string use_text;
    std::string issuing_association;
    std::string guaranteeing_association;
    std::uint8_t chain = 1; ///< ICC_WCF, AIT_FIA, BILATERAL
    std::vector<std::string> countries;
    int continuation_sheets = 0;
    SheetSets sets;
    std::string currency;
    std::int64_t total_pieces = 0;
    std::uint64_t total_value = 0; ///< minor units
    std::optional<Decimal> total_weight;
    Hash list_digest{};
    std::vector<Hash> page_digests;
    std::optional<RecordKey> replaces;
    std::optional<RecordKey> substitute_of;
    std::optional<RecordKey> cross_reference;
    std::vector<Document> documents;
    std::optional<crypto::PublicKey> holder_key;
    bool operator==(const Cover&) const = default;
};
/// Body of ISSUE and AMEND.
struct CoverRecord {
    RecordKey key;
    int revision = 1;
    Cover cover;
    bool operator==(const CoverRecord&) const = default;
};

struct CustomsMark {
    std::string text;
    std::string author; ///< pseudonym
    UnixTime time = 0;
    bool operator==(const CustomsMark&) const = default;
};
struct Item {
    std::uint32_t number = 1;
    std::string text;
    std::int64_t pieces = 1;
    std::optional<Measure> measure;
    std::uint64_t value = 0;                                       ///< minor units of the carnet's currency
    std::string origin;                                            ///< empty: the issuing territory
    std::vector<std::pair<std::string, std::string>> translations; ///< language, text
    std::vector<std::string> marks;
    std::vector<std::string> serials;
    std::string hs;
    std::vector<CustomsMark> customs_marks;
    std::string unit; ///< empty: H87, piece
    bool operator==(const Item&) const = default;
};
struct ListPage {
    RecordKey key;
    int revision = 1;
    int page = 1;
    std::vector<Item> items;
    bool operator==(const ListPage&) const = default;
};

[[nodiscard]] Result<CoverRecord> decode_cover_record(ByteView bytes);
[[nodiscard]] Bytes encode(const CoverRecord& record);
[[nodiscard]] Bytes encode(const Cover& cover);
[[nodiscard]] Result<ListPage> decode_list_page(ByteView bytes);
[[nodiscard]] Bytes encode(const ListPage& page);
/// SHA-256(CBOR [each item with keys 1–6 only]), items in the order given.
[[nodiscard]] Hash list_digest(const std::vector<Item>& items);
[[nodiscard]] Hash page_digest(const ListPage& page);
/// What a holder's signature names.
[[nodiscard]] Hash cover_digest(const Cover& cover);

// ---- what devices sign ------------------------------------------------------------------------------------

/// duty_paid, destroyed, abandoned, lost_settled, other_procedure
enum class BadGoods : std::uint8_t { DutyPaid = 1, Destroyed, Abandoned, LostSettled, OtherProcedure };

struct Nots {
    std::string not_reexported;
    std::string not_produced;
    std::string processed_abroad;
    std::string not_reimported;
    std::optional<BadGoods> regularised; ///< how the first two were; absent: MISSING, they stay open
    bool operator==(const Nots&) const = default;
};

struct AdoptBody {
    Cover cover;
    std::vector<Hash> photos;
    std::vector<Item> items;
    int page = 1;
    bool operator==(const AdoptBody&) const = default;
};
struct PaperBody {
    Operation operation{};
    LocalTime at;
    std::string office;
    std::string registration;
    std::uint8_t reason = 1; ///< unconnected port, outage, other
    bool operator==(const PaperBody&) const = default;
};
struct TargetBody {
    Hash target{};
    std::uint8_t reason = 0;            ///< typing, wrong sheet, not carried out, other; 0: none given
    std::optional<Operation> operation; ///< CORRECT: of the corrected stamp
    bool operator==(const TargetBody&) const = default;
};
struct RegulariseBody {
    BadGoods how{};
    std::string document;
    std::optional<Amount> duty;
    bool operator==(const RegulariseBody&) const = default;
};
struct ExtendBody {
    Date final_date;
    std::string reference;
    bool operator==(const ExtendBody&) const = default;
};
struct TransferBody {
    Hash blob{};
    std::string reference;
    bool operator==(const TransferBody&) const = default;
};
struct SeizeBody {
    std::string reference;
    std::uint8_t reason = 1;
    bool operator==(const SeizeBody&) const = default;
};
struct ReleaseBody {
    Hash seizure{};
    bool operator==(const ReleaseBody&) const = default;
};
struct AcceptBody {
    RecordKey successor;
    int sheet = 0; ///< 0: none
    bool operator==(const AcceptBody&) const = default;
};
/// CLAIM_USED on a certificate, PERMIT_USED on a permit.
struct UsedBody {
    std::uint32_t version = 0;
    int line = 1;
    std::optional<Measure> quantity;
    std::optional<Hash> scope; ///< CLAIM_USED only
    Hash entry{};
    std::optional<Hash> invoice;
    std::optional<Hash> arrival;
    bool operator==(const UsedBody&) const = default;
};
struct CheckpointBody {
    std::uint64_t rows = 0;
    Hash head{};
    std::optional<std::uint64_t> verdicts;
    bool operator==(const CheckpointBody&) const = default;
};
using Body = std::variant<std::monostate, AdoptBody, PaperBody, TargetBody, RegulariseBody, ExtendBody,
                          TransferBody, SeizeBody, ReleaseBody, AcceptBody, UsedBody, CheckpointBody>;

/// A stamp core or record core. `body` is empty for stamps and is the body of its operation for records.
struct Core {
    std::optional<RecordKey> key; ///< none: CHECKPOINT
    std::optional<Sheet> sheet;
    Operation operation = Operation::Validate;
    std::string office;
    LocalTime at;
    std::uint32_t sequence = 1;
    std::string lines;
    std::vector<int> references;
    std::optional<Hash> branch;
    std::optional<Date> date; ///< final or limit date
    std::string destination;
    std::optional<Nots> nots;
    std::optional<Hash> previous;
    std::uint64_t height_seen = 0;
    bool is_offline = false;
    int revision = 0; ///< 0: none (not a carnet)
    Hash attachments{};
    KeyId signer{};
    Body body;
    bool operator==(const Core&) const = default;
};
/// Errors also: carnet.core (what a stamp or this record must or must not carry, by name).
[[nodiscard]] Result<Core> decode_core(ByteView bytes);
[[nodiscard]] Bytes encode(const Core& core);

struct FiredRule {
    std::string rule;
    std::uint8_t severity = 1;
    std::optional<bool> answer;
    bool operator==(const FiredRule&) const = default;
};
struct RegularisationDocument {
    BadGoods how{};
    std::string document;
    std::optional<Amount> amount;
    bool operator==(const RegularisationDocument&) const = default;
};
struct BlobRef {
    std::uint8_t kind =
        1; ///< holder, representatives, declarant, remarks, reason, officer, scan, photo, document
    Hash digest{};
    bool operator==(const BlobRef&) const = default;
};
enum class Decision : std::uint8_t { Released = 1, ReleasedWithRemark, Refused };

struct Attachments {
    std::vector<std::string> seals;
    std::vector<RegularisationDocument> regularisations;
    std::optional<std::pair<std::uint8_t, std::string>> transport; ///< Rec 19 digit, means
    std::optional<Decision> decision;
    std::vector<FiredRule> rules;
    std::vector<BlobRef> blobs;
    std::string officer;       ///< pseudonym
    std::string second_person; ///< pseudonym or empty
    std::optional<Hash> presentation;
    Hash journal_head{};
    std::string registration;
    std::string packaging;
    bool operator==(const Attachments&) const = default;
};
[[nodiscard]] Result<Attachments> decode_attachments(ByteView bytes);
[[nodiscard]] Bytes encode(const Attachments& attachments);

// ---- state ------------------------------------------------------------------------------------------------

enum class CarnetStatus : std::uint8_t {
    Draft = 1,
    Issued,
    Signed,
    Active,
    Suspended,
    Expired,
    ExpiredOpen,
    Superseded,
    Returned,
    UnderClaim,
    Discharged,
    Withdrawn,
};
[[nodiscard]] std::string_view word(CarnetStatus status); ///< "EXPIRED_OPEN"

enum class Flag : std::uint8_t {
    Lost = 1,
    Superseded,
    GuaranteeDispute,
    IncompleteList,
    LateStamps,
    Branch,
    Held,
    Clone,
    Returned, ///< the issuer has it back, where another status hides that
};
enum class ObligationKind : std::uint8_t { Home = 1, Admission, Transit, PreExport };

struct Obligation {
    ObligationKind kind{};
    std::string territory;
    int sheet = 1;
    std::string lines; ///< still open
    std::optional<Date> date;
    Hash stamp{}; ///< that opened it
    std::string held;
    std::string destination; ///< office
    bool operator==(const Obligation&) const = default;
};

struct Head {
    CarnetStatus status = CarnetStatus::Draft; ///< as written; expiry is computed
    int revision = 1;
    Cover cover; ///< its sets are the totals
    bool is_paper = false;
    KeyId issuer{};
    Inclusion first;
    Inclusion last;
    std::uint32_t stamp_pages = 0;
    std::uint32_t stamps = 0;
    std::vector<Obligation> obligations;
    std::vector<Hash> branches; ///< stamps in an open conflict
    std::vector<Flag> flags;    ///< ascending
    std::optional<crypto::PublicKey> holder_key;
    std::optional<Hash> holder_signed; ///< cover digest the holder signed
    std::uint32_t events = 0;
    std::uint32_t claims = 0;
    [[nodiscard]] bool has(Flag flag) const;
    void set(Flag flag, bool on);
    bool operator==(const Head&) const = default;
};

enum class StampOutcome : std::uint8_t { Effective = 1, Late, Orphan, Refused };
struct StampEntry {
    Bytes core;
    Bytes attachments;
    StampOutcome outcome = StampOutcome::Effective;
    Inclusion inclusion;
    std::uint8_t why = 0; ///< late or refused: revoked, ran ahead, too old, wrong office, outside key's dates
    std::optional<Hash> by; ///< what annulled, cancelled or admitted it
    bool in_open_branch = false;
    bool is_annulled = false;
    bool operator==(const StampEntry&) const = default;
};
struct ListValue {
    ListPage page;
    Inclusion inclusion;
    bool operator==(const ListValue&) const = default;
};
/// Errors also: carnet.version (a record newer than this program knows).
[[nodiscard]] Result<Head> decode_head(ByteView bytes);
[[nodiscard]] Bytes encode(const Head& head);
[[nodiscard]] Result<ListValue> decode_list_value(ByteView bytes);
[[nodiscard]] Bytes encode(const ListValue& value);
[[nodiscard]] Result<std::vector<StampEntry>> decode_stamps_page(ByteView bytes);
[[nodiscard]] Bytes encode_stamps_page(const std::vector<StampEntry>& entries);
/// A device record as event ({0: 1, 1: stamp-entry}); organisations' events are decode_act's.
[[nodiscard]] Result<StampEntry> decode_device_event(ByteView bytes);
[[nodiscard]] Bytes encode_device_event(const StampEntry& entry);

} // namespace tidewaiter::carnet
