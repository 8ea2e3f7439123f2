#include "daemon/cli/carnet_file.hpp"

#include "ledger/crypto/hash.hpp"
#include "ledger/crypto/random.hpp"

#include <cmath>

namespace tidewaiter::cli {

namespace {

constexpr std::size_t kLinesPerPage = 100;
constexpr std::size_t kPageBytes = 90'000; ///< of items; the page's own fields come on top, 96 KiB in all
constexpr std::int64_t kMaxPieces = 1'000'000'000;
constexpr double kMaxValue = 9e15;

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

Result<Date> read_date(const json::Field& field) {
    TW_TRY(const std::string text, field.text(10));
    const Result<Date> date = parse_date(text);
    if (!date) return within(field.path(), date.error());
    return *date;
}

/// ISO 4217 in the two-digit form that carnets use.
Result<std::uint64_t> read_value(const json::Field& field) {
    TW_TRY(const double value, field.number());
    const double minor = std::round(value * 100);
    if (value < 0 || minor > kMaxValue || std::abs(value * 100 - minor) > 1e-6)
        return fail("carnet-file.value", field.path() + ": an amount from 0 with at most two decimal places");
    return static_cast<std::uint64_t>(minor);
}

Result<std::uint8_t> read_chain(const json::Field& field) {
    TW_TRY(const std::string word, field.text(20));
    if (word == "ICC_WCF") return 1;
    if (word == "AIT_FIA") return 2;
    if (word == "BILATERAL") return 3;
    return fail("carnet-file.chain",
                field.path() + ": ICC_WCF, AIT_FIA or BILATERAL, not '" + printable(word, 20) + "'");
}

/// [number, text, pieces, weight in kg, value, origin]
json::Value named(const json::Value& row) {
    constexpr std::array<std::string_view, 6> kNames{"number",    "text",  "pieces",
                                                     "weight_kg", "value", "origin"};
    json::Value item = json::object();
    for (std::size_t i = 0; i < row.items().size() && i < kNames.size(); ++i)
        item.set(kNames.at(i), row.items()[i]);
    return item;
}

Result<carnet::Item> read_item(const json::Field& field) {
    TW_TRY(const json::Value* row, field.value());
    const json::Value value = row->is_array() ? named(*row) : *row;
    const json::Field named_field = value.root();
    TW_CHECK(named_field.only(
        {"number", "text", "pieces", "weight_kg", "value", "origin", "serials", "marks", "hs", "unit"}));
    carnet::Item item;
    TW_TRY(const std::int64_t number, value.at("number").integer(1, 100'000));
    item.number = static_cast<std::uint32_t>(number);
    TW_TRY(item.text, value.at("text").text(1'000));
    TW_TRY(item.pieces, value.at("pieces").integer(1, kMaxPieces));
    TW_TRY(item.value, read_value(value.at("value")));
    if (!value.at("weight_kg").is_absent()) {
        TW_TRY(const double weight, value.at("weight_kg").number());
        TW_TRY(const documents::Decimal quantity, to_decimal(weight));
        item.measure = documents::Measure{quantity, "KGM"};
    }
    TW_TRY(const std::optional<std::string> origin, value.at("origin").optional_text());
    item.origin = origin.value_or("");
    if (!value.at("serials").is_absent()) {
        TW_TRY(item.serials, value.at("serials").texts());
    }
    if (!value.at("marks").is_absent()) {
        TW_TRY(item.marks, value.at("marks").texts());
    }
    TW_TRY(const std::optional<std::string> hs, value.at("hs").optional_text());
    item.hs = hs.value_or("");
    TW_TRY(const std::optional<std::string> unit, value.at("unit").optional_text());
    item.unit = unit.value_or("");
    return item;
}

Result<std::vector<carnet::Item>> read_items(const json::Field& field) {
    TW_TRY(const std::vector<json::Field> rows, field.items());
    if (rows.empty()) return fail("carnet-file.items", field.path() + ": a carnet lists at least one item");
    std::vector<carnet::Item> items;
    for (const json::Field& row : rows) {
        Result<carnet::Item> item = read_item(row);
        if (!item) return within(row.path(), std::move(item).error());
        items.push_back(*std::move(item));
        if (items.size() > 1 && items[items.size() - 2].number >= items.back().number)
            return fail("carnet-file.items", row.path() + ": item numbers ascend");
    }
    return items;
}

std::vector<carnet::ListPage> paginate(const documents::RecordKey& key,
                                       const std::vector<carnet::Item>& items) {
    std::vector<carnet::ListPage> pages;
    std::size_t bytes = 0;
    for (const carnet::Item& item : items) {
        carnet::ListPage alone{.key = key, .revision = 1, .page = 1, .items = {item}};
        const std::size_t size = carnet::encode(alone).size();
        if (pages.empty() || pages.back().items.size() == kLinesPerPage || bytes + size > kPageBytes) {
            pages.push_back(
                {.key = key, .revision = 1, .page = static_cast<int>(pages.size()) + 1, .items = {}});
            bytes = 0;
        }
        pages.back().items.push_back(item);
        bytes += size;
    }
    return pages;
}

/// "Harborlight Films LLC, 410 W 14th St, New York": name, then address.
Result<Bytes> read_holder(const json::Value& carnet) {
    TW_TRY(const std::string holder, carnet.at("holder").text(500));
    documents::Blob blob;
    crypto::system_random().fill(blob.salt);
    const std::size_t comma = holder.find(", ");
    blob.name = holder.substr(0, comma);
    if (comma != std::string::npos) blob.address = holder.substr(comma + 2);
    if (!carnet.at("represented_by").is_absent()) {
        TW_TRY(blob.persons, carnet.at("represented_by").texts());
    }
    return documents::encode(blob);
}

Result<carnet::SheetSets> read_sets(const json::Field& field) {
    TW_CHECK(field.only({"yellow", "white", "blue"}));
    TW_TRY(const std::int64_t yellow, field.at("yellow").integer(0, 99));
    TW_TRY(const std::int64_t white, field.at("white").integer(0, 99));
    TW_TRY(const std::int64_t blue, field.at("blue").integer(0, 99));
    return carnet::SheetSets{static_cast<int>(yellow), static_cast<int>(white), static_cast<int>(blue)};
}

Status check_totals(const json::Value& carnet, const carnet::Cover& cover) {
    if (!carnet.at("total_pieces").is_absent()) {
        TW_TRY(const std::int64_t pieces, carnet.at("total_pieces").integer());
        if (pieces != cover.total_pieces)
            return fail("carnet-file.totals", "carnet.total_pieces: the items have " +
                                                  std::to_string(cover.total_pieces) +
                                                  " pieces, the file says " + std::to_string(pieces));
    }
    if (!carnet.at("total_value").is_absent()) {
        TW_TRY(const std::uint64_t value, read_value(carnet.at("total_value")));
        if (value != cover.total_value)
            return fail("carnet-file.totals", "carnet.total_value: the items come to " +
                                                  std::to_string(cover.total_value / 100) +
                                                  ", the file says " + std::to_string(value / 100));
    }
    return {};
}

Result<carnet::Cover> read_cover(const json::Value& carnet) {
    carnet::Cover cover;
    TW_TRY(cover.issued, read_date(carnet.at("issued")));
    TW_TRY(cover.valid_until, read_date(carnet.at("valid_until")));
    TW_TRY(cover.use, carnet.at("use").text(2));
    TW_TRY(cover.use_text, carnet.at("use_text").text(100));
    TW_TRY(const std::string association, carnet.at("association").text(32));
    cover.issuing_association = lower(association);
    TW_TRY(const std::optional<std::string> guarantor, carnet.at("guarantor").optional_text());
    cover.guaranteeing_association = lower(guarantor.value_or(association));
    TW_TRY(cover.chain, read_chain(carnet.at("guarantee_chain")));
    TW_TRY(cover.countries, carnet.at("countries").texts());
    TW_TRY(const std::optional<std::int64_t> continuation,
           carnet.at("continuation_sheets").optional_integer());
    cover.continuation_sheets = static_cast<int>(continuation.value_or(0));
    TW_TRY(cover.sets, read_sets(carnet.at("sets")));
    TW_TRY(cover.currency, carnet.at("currency").text(3));
    if (!carnet.at("total_weight_kg").is_absent()) {
        TW_TRY(const double weight, carnet.at("total_weight_kg").number());
        TW_TRY(cover.total_weight, to_decimal(weight));
    }
    return cover;
}

} // namespace

Result<documents::Decimal> to_decimal(double value) {
    constexpr double kScale = 1e6;
    if (!(value >= 0) || value > 1e9)
        return fail("carnet-file.number", "a number from 0 to 1,000,000,000 is expected");
    documents::Decimal decimal{static_cast<std::int64_t>(std::llround(value * kScale)), -6};
    while (decimal.exponent < 0 && decimal.mantissa % 10 == 0) {
        decimal.mantissa /= 10;
        ++decimal.exponent;
    }
    return decimal;
}

Result<CarnetFile> read_carnet_file(const json::Value& file,
                                    const std::optional<crypto::PublicKey>& holder_key) {
    const json::Value* carnet = file.find("carnet");
    if (carnet == nullptr || !carnet->is_object())
        return fail("carnet-file.carnet", "the file needs an object \"carnet\" and a list \"items\"");
    CarnetFile out;
    TW_TRY(const std::string home, carnet->at("home").text(2));
    TW_TRY(const std::string scheme, carnet->at("scheme").text(20));
    TW_TRY(const std::string number, carnet->at("number").text(40));
    if (!documents::is_alpha2(home))
        return fail("carnet-file.home", "carnet.home: two capital letters, such as US");
    out.record.key = carnet::carnet_key(home, scheme, number);
    if (const auto parts = carnet::split_key(out.record.key); !parts)
        return within("carnet.number", parts.error());
    TW_TRY(out.record.cover, read_cover(*carnet));
    TW_TRY(const std::vector<carnet::Item> items, read_items(file.at("items")));
    out.pages = paginate(out.record.key, items);
    carnet::Cover& cover = out.record.cover;
    for (const carnet::Item& item : items) {
        cover.total_pieces += item.pieces;
        cover.total_value += item.value;
    }
    TW_CHECK(check_totals(*carnet, cover));
    cover.list_digest = carnet::list_digest(items);
    for (const carnet::ListPage& page : out.pages)
        cover.page_digests.push_back(carnet::page_digest(page));
    TW_TRY(out.holder_blob, read_holder(*carnet));
    cover.holder_blob = crypto::sha256(out.holder_blob);
    cover.holder_key = holder_key;
    // What we sign must be what everybody else will accept.
    TW_CHECK(carnet::decode_cover_record(carnet::encode(out.record)));
    for (const carnet::ListPage& page : out.pages)
        TW_CHECK(carnet::decode_list_page(carnet::encode(page)));
    return out;
}

} // namespace tidewaiter::cli
