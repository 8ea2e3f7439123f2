#include "tests/support/ledger_fixture.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/claims/envelope.hpp"
#include "ledger/claims/text.hpp"
#include "ledger/crypto/hash.hpp"

namespace tidewaiter::test {

namespace {

using identity::Role;

constexpr UnixTime kStart = 1'780'000'000;   // 2026-05-28T20:26:40Z
constexpr UnixTime kKeyFrom = 1'767'225'600; // 2026-01-01
constexpr Date kListsFrom{20'454};           // 2026-01-01

Date day(std::string_view text) {
    const Result<Date> date = parse_date(text);
    TW_ASSERT(date.has_value());
    return *date;
}

} // namespace

crypto::PrivateKey test_key(std::string_view name, crypto::Algorithm algorithm) {
    const Hash secret = crypto::sha256(as_bytes("tidewaiter ledger fixture " + std::string(name)));
    Result<crypto::PrivateKey> key = crypto::PrivateKey::from_bytes(algorithm, secret);
    TW_ASSERT(key.has_value());
    return *std::move(key);
}

LedgerFixture::LedgerFixture() : now_(kStart) {
    state::Overlay overlay(state_);
    put_identity(overlay);
    put_reference(overlay);
    state_.apply(overlay.changes());
}

void LedgerFixture::add_key(state::Overlay& overlay, std::string_view name, Role role, std::string owner,
                            std::string territory, std::vector<std::string> offices,
                            std::vector<std::string> namespaces) {
    const bool is_organisation = role == Role::IssuingAssociation;
    crypto::PrivateKey secret =
        test_key(name, is_organisation ? crypto::Algorithm::EdDsa : crypto::Algorithm::Es256);
    identity::Key key{.key = secret.public_key(),
                      .role = role,
                      .owner = std::move(owner),
                      .territory = std::move(territory),
                      .offices = offices,
                      .from = kKeyFrom,
                      .to = std::nullopt,
                      .since = std::nullopt,
                      .reason = std::nullopt,
                      .revoked_at = std::nullopt,
                      .successor = std::nullopt,
                      .namespaces = std::move(namespaces)};
    const crypto::KeyId kid = secret.public_key().id();
    if (role == Role::Device) {
        const identity::Device device{.keys = {kid},
                                      .territory = key.territory,
                                      .offices = offices,
                                      .newest_sequence = std::nullopt,
                                      .checkpoint_head = std::nullopt,
                                      .checkpoint_at = std::nullopt};
        overlay.put("identity", identity::device_record(key.owner),
                    identity::encode(identity::Value(device)));
    }
    overlay.put("identity", identity::key_record(kid), identity::encode(identity::Value(key)));
    offices_[std::string(name)] = std::move(offices);
    keys_.emplace(std::string(name), std::move(secret));
}

void LedgerFixture::put_identity(state::Overlay& overlay) {
    add_key(overlay, "registrar-us", Role::Registrar, "us-cbp", "US", {}, {});
    add_key(overlay, "registrar-gb", Role::Registrar, "gb-hmrc", "GB", {}, {});
    add_key(overlay, "supervisor-us", Role::Supervisor, "super-us", "US", {"US-D:2720"}, {});
    add_key(overlay, "association-us", Role::IssuingAssociation, "uscib", "US", {}, {"carnet/us"});
    add_key(overlay, "association-gb", Role::IssuingAssociation, "lcci", "GB", {}, {"carnet/gb"});
    add_key(overlay, "certifier-mx", Role::Certifier, "arneses", "MX", {}, {"origin/usmca"});
    add_key(overlay, "lax-lane1", Role::Device, "lax-lane1", "US", {"US-D:2720"}, {});
    add_key(overlay, "lax-lane2", Role::Device, "lax-lane2", "US", {"US-D:2720"}, {});
    add_key(overlay, "lhr-lane1", Role::Device, "lhr-lane1", "GB", {"GB:GB000060"}, {});
    keys_.emplace("holder", test_key("holder"));
    keys_.emplace("stranger", test_key("stranger"));
    const identity::Office lax{
        .territory = "US", .name = "Los Angeles", .from = std::nullopt, .to = std::nullopt};
    const identity::Office lhr{
        .territory = "GB", .name = "Heathrow", .from = std::nullopt, .to = std::nullopt};
    overlay.put("identity", identity::office_record("US-D:2720"), identity::encode(identity::Value(lax)));
    overlay.put("identity", identity::office_record("GB:GB000060"), identity::encode(identity::Value(lhr)));
    const identity::Officer officer{.from = kKeyFrom, .to = std::nullopt, .offices = {}};
    for (const std::string_view pseudonym : {"US-7Q4K2M", "GB-7Q4K2M"})
        overlay.put("identity", identity::officer_record(pseudonym),
                    identity::encode(identity::Value(officer)));
}

void LedgerFixture::put_reference(state::Overlay& overlay) {
    using namespace reference;
    Territories territories;
    territories.list = {{.name = "US",
                         .members = {},
                         .uses = {"CS", "PE", "SP", "ED"},
                         .split_refused = {},
                         .annex_minimum_months = {},
                         .severity = {}},
                        {.name = "GB",
                         .members = {},
                         .uses = {},
                         .split_refused = {},
                         .annex_minimum_months = {},
                         .severity = {}}};
    Places places;
    places.list = {{.locode = "USLAX", .territory = "US"}, {.locode = "GBLHR", .territory = "GB"}};
    Associations associations;
    for (const auto& [id, territory] : {std::pair{"uscib", "US"}, std::pair{"lcci", "GB"}})
        associations.list.push_back({.id = id,
                                     .territory = territory,
                                     .roles = {AssociationRole::Issuing, AssociationRole::Guaranteeing},
                                     .chains = {1},
                                     .from = std::nullopt,
                                     .to = std::nullopt});
    Agreements agreements;
    Agreement usmca{.id = 2, .parties = {}};
    for (const char* country : {"US", "CA", "MX"})
        usmca.parties.push_back({.country = country, .from = day("2020-07-01"), .to = std::nullopt});
    agreements.list = {usmca};
    const crypto::KeyId owner = key("supervisor-us").public_key().id();
    const auto put = [&](std::string name, Bytes data) {
        const Put value{.name = std::move(name),
                        .from = kListsFrom,
                        .to = std::nullopt,
                        .version = 1,
                        .data = std::move(data)};
        TW_ASSERT(reference::put(overlay, value, owner, {0, {kKeyFrom, 0}}).has_value());
    };
    put("carnet/territories", encode(territories));
    put("carnet/places", encode(places));
    put("carnet/associations", encode(associations));
    put("carnet/limits", encode(Limits{}));
    put("origin/agreements", encode(agreements));
}

const crypto::PrivateKey& LedgerFixture::key(std::string_view name) const {
    const auto found = keys_.find(name);
    TW_ASSERT(found != keys_.end());
    return found->second;
}

application::BlockContext LedgerFixture::next_block() const {
    return {.chain_id = std::string(kChain),
            .predecessors = {std::string(kPredecessor)},
            .height = height_ + 1,
            .time = {now_, 0}};
}

application::TransactionResult LedgerFixture::apply(ByteView transaction) {
    state::Overlay overlay(state_);
    const application::BlockContext block = next_block();
    TW_ASSERT(application::begin_block(overlay, block).has_value());
    const application::TransactionResult result = application::apply(overlay, transaction, block);
    state_.apply(overlay.changes());
    ++height_;
    now_ += 60;
    return result;
}

Result<application::TransactionInfo> LedgerFixture::check(ByteView transaction) const {
    return application::check(state_, transaction, next_block());
}

Bytes LedgerFixture::organisation(std::uint32_t kind, ByteView body, std::string_view signer,
                                  std::optional<UnixTime> at, std::string_view chain) const {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(1).unsigned_integer(kind);
        map.key(2).raw(body);
        map.key(3).integer(at.value_or(now_));
    });
    return claims::seal(claims::Type::Transaction, writer.view(), chain, key(signer));
}

LedgerFixture::Issued LedgerFixture::make_carnet(std::string_view number, std::uint32_t items,
                                                 std::int64_t pieces) const {
    Issued issued;
    issued.key = carnet::carnet_key("US", "ATA", number);
    issued.page = {.key = issued.key, .revision = 1, .page = 1, .items = {}};
    for (std::uint32_t n = 1; n <= items; ++n) {
        carnet::Item item;
        item.number = n;
        item.text = "Camera body " + std::to_string(n);
        item.pieces = pieces;
        item.value = 100'000;
        issued.page.items.push_back(std::move(item));
    }
    carnet::Cover cover;
    cover.issued = day("2026-05-01");
    cover.valid_until = day("2027-04-30");
    cover.holder_blob = crypto::sha256(as_bytes("holder"));
    cover.use = "PE";
    cover.use_text = "Film equipment";
    cover.issuing_association = "uscib";
    cover.guaranteeing_association = "uscib";
    cover.countries = {"GB"};
    cover.sets = {2, 2, 2};
    cover.currency = "USD";
    cover.total_pieces = static_cast<std::int64_t>(items) * pieces;
    cover.total_value = items * 100'000ULL;
    cover.list_digest = carnet::list_digest(issued.page.items);
    cover.page_digests = {carnet::page_digest(issued.page)};
    cover.holder_key = key("holder").public_key();
    issued.record = {.key = issued.key, .revision = 1, .cover = std::move(cover)};
    issued.issue = organisation(1, carnet::encode(issued.record), "association-us");
    issued.list = organisation(2, carnet::encode(issued.page), "association-us");
    return issued;
}

LedgerFixture::Issued LedgerFixture::issue_carnet(std::string_view number, std::uint32_t items,
                                                  std::int64_t pieces) {
    Issued issued = make_carnet(number, items, pieces);
    const application::TransactionResult issue = apply(issued.issue);
    TW_ASSERT(issue.code == 0);
    const application::TransactionResult list = apply(issued.list);
    TW_ASSERT(list.code == 0);
    return issued;
}

LedgerFixture::Stamp LedgerFixture::stamp(std::string_view device, const documents::RecordKey& carnet,
                                          const StampWish& wish) {
    carnet::Attachments attachments;
    attachments.officer = offices_.find(device)->second.front().substr(0, 2) + "-7Q4K2M";
    attachments.decision = carnet::Decision::Released;
    attachments.journal_head = crypto::sha256(as_bytes("journal"));
    const Bytes attachment_bytes = carnet::encode(attachments);
    Stamp stamp;
    carnet::Core& core = stamp.core;
    core.key = carnet;
    core.sheet = carnet::sheet_for(wish.operation, wish.sheet);
    core.operation = wish.operation;
    core.office = wish.office.empty() ? offices_.find(device)->second.front() : wish.office;
    core.at = {wish.at.value_or(now_), 0};
    core.sequence = wish.sequence.value_or(++sequences_[std::string(device)]);
    core.lines = wish.lines;
    core.references = wish.references;
    core.previous = wish.previous;
    core.height_seen = height_;
    core.revision = 1;
    core.attachments = crypto::sha256(attachment_bytes);
    core.signer = key(device).public_key().id();
    stamp.core_bytes = carnet::encode(core);
    stamp.id = crypto::sha256(stamp.core_bytes);
    cbor::Writer payload;
    payload.map(
        [&](cbor::Writer& map) { map.key(1).bytes(stamp.core_bytes).key(2).bytes(attachment_bytes); });
    stamp.transaction = claims::seal(claims::Type::Transaction, payload.view(), wish.chain, key(device));
    return stamp;
}

application::Port LedgerFixture::port(std::string_view device) const {
    application::Port port;
    port.office = offices_.find(device)->second.front();
    port.territory = port.office.substr(0, 2);
    port.place = port.territory == "US" ? "USLAX" : "GBLHR";
    port.namespaces = {"carnet/us", "carnet/gb", "identity", "reference"};
    return port;
}

application::CopyFacts LedgerFixture::facts() const {
    application::CopyFacts facts;
    facts.chain_id = kChain;
    facts.predecessors = {std::string(kPredecessor)};
    facts.now = now_;
    facts.state_height = height_;
    facts.header_time = {now_ - 40, 0};
    facts.age_seconds = 40;
    facts.is_cross_checked = true;
    return facts;
}

std::string LedgerFixture::locator(const documents::RecordKey& carnet, std::string_view sheet) const {
    const Result<carnet::KeyParts> parts = carnet::split_key(carnet);
    TW_ASSERT(parts.has_value() && sheet.size() == 3);
    const std::string_view colours = "YWB";
    return claims::format_locator({.territory = parts->territory,
                                   .scheme = parts->scheme,
                                   .number = parts->number,
                                   .colour = static_cast<int>(colours.find(sheet[0])) + 1,
                                   .sheet = sheet[1] - '0',
                                   .half = sheet[2] - '0'});
}

} // namespace tidewaiter::test
