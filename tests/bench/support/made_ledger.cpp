#include "tests/bench/support/made_ledger.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/claims/claim_code.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/documents/origin/issue.hpp"
#include "tests/bench/support/measure.hpp"

#include <algorithm>
#include <set>

namespace tidewaiter::bench {
namespace {

using carnet::Operation;
using test::LedgerFixture;

constexpr std::string_view kCarnets = "carnet/us";
constexpr std::size_t kChunkBytes = 200'000; ///< as a relay's messages have them

std::string numbered(std::string_view prefix, std::uint32_t number) {
    std::string digits = std::to_string(number);
    digits.insert(0, 6 - std::min<std::size_t>(6, digits.size()), '0');
    return std::string(prefix) + digits;
}

documents::RecordKey issued_key(std::uint32_t carnet) {
    return carnet::carnet_key("US", "ATA", numbered("US27/", carnet));
}

class Leaves final : public state::LeafSource {
  public:
    explicit Leaves(std::vector<state::Leaf> leaves) : leaves_(std::move(leaves)) {}
    [[nodiscard]] Status leaves(const state::PathRange& range,
                                const std::function<void(const state::Leaf&)>& leaf) const override {
        auto next = std::ranges::lower_bound(leaves_, range.first, {}, &state::Leaf::path);
        for (; next != leaves_.end() && next->path <= range.last; ++next)
            leaf(*next);
        return {};
    }

  private:
    std::vector<state::Leaf> leaves_;
};

} // namespace

MadeLedger::MadeLedger(std::uint32_t carnets, std::uint32_t handled) : carnets_(carnets) {
    TW_ASSERT(carnets <= 1'000'000);
    const LedgerFixture::Issued pattern = fixture_.issue_carnet("US26/999999");
    const auto stored = [&](const std::string& key) {
        return *expect(fixture_.state().get(pattern.key.name_space, key));
    };
    head_ = expect(carnet::decode_head(stored(pattern.key.key)));
    list_ = expect(carnet::decode_list_value(stored(carnet::list_page_key(pattern.key.key, 1))));
    for (std::uint32_t number = 0; number < handled; ++number) {
        handle_carnet(number);
        certify(number);
    }
    for (const auto& [key, value] : fixture_.state().records())
        applied_.emplace_back(key.first, state::Record{.key = key.second, .value = value});
}

void MadeLedger::handle_carnet(std::uint32_t number) {
    const auto carnet = fixture_.issue_carnet(numbered("US26/", number), /*items=*/50, /*pieces=*/10);
    std::optional<Hash> previous;
    for (const Operation operation :
         {Operation::Export, Operation::Import, Operation::Reexport, Operation::Reimport}) {
        const bool is_home = operation == Operation::Export || operation == Operation::Reimport;
        LedgerFixture::StampWish wish;
        wish.operation = operation;
        wish.lines = "1-50";
        wish.previous = previous;
        if (operation == Operation::Reexport || operation == Operation::Reimport) wish.references = {1};
        const auto stamp = fixture_.stamp(is_home ? "lax-lane1" : "lhr-lane1", carnet.key, wish);
        TW_ASSERT(fixture_.apply(stamp.transaction).code == 0);
        previous = stamp.id;
    }
    locators_.push_back(fixture_.locator(carnet.key, "Y21"));
}

void MadeLedger::certify(std::uint32_t number) {
    const auto& key = fixture_.key("certifier-mx");
    origin::Certificate certificate;
    std::ranges::copy(
        ByteView(crypto::sha256(as_bytes(numbered("certificate ", number)))).first(certificate.id.size()),
        certificate.id.begin());
    certificate.signed_on = Date{20'590};
    certificate.scope = {.is_blanket = true, .from = Date{20'590}, .to = Date{20'900}};
    certificate.importer = origin::PartyData{.name = "Lakeshore Auto Components, Inc.", .country = "US"};
    origin::Line line;
    line.description = "Wiring harness";
    line.hs = "854430";
    line.criterion = "B";
    line.origin = "MX";
    certificate.lines = {line};
    const origin::Seed seed{};
    const auto issue = expect(origin::make_issue(certificate, seed));
    const Bytes transaction = claims::seal(
        claims::Type::Transaction, origin::issue_payload(issue, fixture_.now()), LedgerFixture::kChain, key);
    TW_ASSERT(fixture_.apply(transaction).code == 0);
    origin::Shipment shipment;
    shipment.invoice = numbered("AB-26-", number);
    shipment.import_date = Date{20'610};
    const std::vector<std::uint16_t> numbers{1};
    claims_.push_back(
        expect(claims::make_claim(certificate, seed, numbers, shipment, LedgerFixture::kChain, key)).text);
}

std::vector<std::string> MadeLedger::namespaces() const {
    std::set<std::string> names{std::string(kCarnets)};
    for (const auto& [name, record] : applied_)
        names.insert(name);
    return {names.begin(), names.end()};
}

std::string MadeLedger::issued_locator(std::uint32_t carnet) const {
    return fixture_.locator(issued_key(carnet), "Y11");
}

std::vector<state::Record> MadeLedger::records_of(std::uint32_t carnet, std::uint32_t variant) const {
    const documents::RecordKey key = issued_key(carnet);
    carnet::ListValue list = list_;
    list.page.key = key;
    list.page.items.front().text = numbered("Camera body, serial ", carnet) + '-' + std::to_string(variant);
    carnet::Head head = head_;
    head.cover.holder_blob = crypto::sha256(as_bytes(key.key));
    head.cover.list_digest = carnet::list_digest(list.page.items);
    head.cover.page_digests = {carnet::page_digest(list.page)};
    return {{.key = key.key, .value = carnet::encode(head)},
            {.key = carnet::list_page_key(key.key, 1), .value = carnet::encode(list)}};
}

std::vector<MadeLedger::Place> MadeLedger::places(std::string_view name_space) const {
    std::vector<Place> all;
    if (name_space == kCarnets) {
        all.reserve(std::size_t{2} * carnets_);
        for (std::uint32_t carnet = 0; carnet < carnets_; ++carnet) {
            const std::string key = issued_key(carnet).key;
            all.push_back({state::path_of(key), 2 * carnet});
            all.push_back({state::path_of(carnet::list_page_key(key, 1)), 2 * carnet + 1});
        }
    }
    for (std::uint32_t i = 0; i < applied_.size(); ++i)
        if (applied_[i].first == name_space)
            all.push_back({state::path_of(applied_[i].second.key), 2 * carnets_ + i});
    std::ranges::sort(all, {}, &Place::path);
    return all;
}

state::Record MadeLedger::record(const Place& place) const {
    if (place.number >= 2 * carnets_) return applied_[place.number - 2 * carnets_].second;
    return records_of(place.number / 2)[place.number % 2];
}

void MadeLedger::each_record(std::string_view name_space,
                             const std::function<void(state::Record)>& take) const {
    for (const Place& place : places(name_space))
        take(record(place));
}

Result<Hash> MadeLedger::load_namespace(store::Records& records, const std::string& name,
                                        std::uint64_t height) const {
    std::vector<state::Leaf> leaves;
    std::size_t bytes = 0;
    each_record(name, [&](const state::Record& record) {
        const state::Path path = state::path_of(record.key);
        leaves.push_back({path, state::leaf_hash(path, crypto::sha256(record.value))});
        bytes += record.key.size() + record.value.size();
    });
    unsigned bits = 0;
    while (bits < state::kMaxManifestBits && bytes >> bits > kChunkBytes / 4)
        ++bits;
    TW_TRY(const state::Tree tree, state::Tree::build(bits, Leaves(std::move(leaves))));
    TW_CHECK(records.begin_load({.name_space = name,
                                 .height = height,
                                 .root = tree.root().hash,
                                 .bits = bits,
                                 .buckets = tree.level(bits)}));
    store::Chunk chunk;
    std::size_t chunk_bytes = 0;
    Status loaded;
    const auto finish_up_to = [&](std::uint32_t last) {
        chunk.last = last;
        if (loaded) loaded = records.load(name, chunk);
        chunk = {.first = last + 1, .last = last + 1, .records = {}};
        chunk_bytes = 0;
    };
    each_record(name, [&](state::Record record) {
        const std::uint32_t bucket = state::bucket_of(state::path_of(record.key), bits);
        if (chunk_bytes > kChunkBytes && bucket > chunk.last) finish_up_to(bucket - 1);
        chunk.last = bucket;
        chunk_bytes += record.key.size() + record.value.size();
        chunk.records.push_back(std::move(record));
    });
    finish_up_to((1U << bits) - 1);
    TW_CHECK(loaded);
    return tree.root().hash;
}

Result<state::Roots> MadeLedger::load_into(store::Records& records, std::uint64_t height) const {
    state::Roots roots;
    for (const std::string& name : namespaces()) {
        TW_TRY(roots[name], load_namespace(records, name, height));
    }
    return roots;
}

} // namespace tidewaiter::bench
