#include "ledger/documents/reference/reference.hpp"

#include "ledger/documents/identity/identity.hpp"

#include <algorithm>

namespace tidewaiter::reference {

using namespace documents;

namespace {

constexpr std::string_view kIndexPrefix = "index/";
constexpr Date kIndexDate{0};

Put read_put(cbor::Reader& reader) {
    Put put;
    reader.map({1, 2, 4, 5}, [&](std::int64_t key) {
        switch (key) {
        case 1: put.name = read_key_text(reader); return true;
        case 2: put.from = read_date(reader); return true;
        case 3: put.to = read_date(reader); return true;
        case 4: put.version = static_cast<std::uint32_t>(reader.unsigned_integer(1, 65'535)); return true;
        case 5: put.data = to_bytes(reader.raw()); return true;
        default: return false;
        }
    });
    if (reader.ok() && put.data.size() > kMaxDataBytes)
        reader.reject("cbor.range", "the content of a reference record has at most 96 KiB");
    return put;
}

void write_put(cbor::Writer& writer, const Put& put) {
    writer.map([&](cbor::Writer& map) {
        map.key(1).text(put.name);
        map.key(2).integer(put.from.days);
        if (put.to) map.key(3).integer(put.to->days);
        map.key(4).unsigned_integer(put.version);
        map.key(5).raw(put.data);
    });
}

/// First days of a name's versions, ascending.
struct Index {
    crypto::KeyId owner{};
    std::vector<Date> dates;
};

Result<std::optional<Value>> find(const state::View& view, const std::string& key) {
    TW_TRY(const std::optional<Bytes> bytes, view.get(kNamespace, key));
    if (!bytes) return std::optional<Value>{};
    TW_TRY(Value value, decode(*bytes));
    return std::optional<Value>(std::move(value));
}

Result<std::optional<Index>> find_index(const state::View& view, std::string_view name) {
    TW_TRY(const std::optional<Value> value, find(view, index_key(name)));
    if (!value) return std::optional<Index>{};
    Index index{.owner = value->owner, .dates = {}};
    cbor::Reader reader(value->put.data);
    reader.array(1, kMaxVersions, [&](std::size_t) { index.dates.push_back(read_date(reader)); });
    TW_CHECK(reader.finish());
    return std::optional<Index>(std::move(index));
}

Bytes encode_index(std::string_view name, const Index& index, const Inclusion& inclusion) {
    cbor::Writer data;
    data.array([&](cbor::Writer& list) {
        for (const Date date : index.dates)
            write(list, date);
    });
    Value value{.put = {.name = std::string(kIndexPrefix) + std::string(name),
                        .from = kIndexDate,
                        .to = std::nullopt,
                        .version = static_cast<std::uint32_t>(index.dates.size()),
                        .data = data.take()},
                .owner = index.owner,
                .inclusion = inclusion};
    return encode(value);
}

Status check_name(const Put& value) {
    if (value.name.starts_with(kIndexPrefix))
        return fail("reference.name",
                    "names that begin with index/ are kept by the ledger itself; choose another");
    // The record's key and the index's must both fit.
    if (index_key(value.name).size() > limits::kMaxRecordKeyBytes)
        return fail("reference.name", "the name is too long: at most 183 bytes");
    if (value.to && *value.to < value.from)
        return fail("reference.dates", "the version ends before it begins; correct its dates");
    return {};
}

} // namespace

Result<Put> decode_put(ByteView bytes) {
    cbor::Reader reader(bytes);
    Put put = read_put(reader);
    TW_CHECK(reader.finish());
    return put;
}

Bytes encode(const Put& put) {
    cbor::Writer writer;
    write_put(writer, put);
    return writer.take();
}

Result<Value> decode(ByteView bytes) {
    TW_CHECK(check_version(bytes, "reference.version"));
    Value value;
    cbor::Reader reader(bytes);
    reader.map({0, 1, 2, 3}, [&](std::int64_t key) {
        switch (key) {
        case 0: reader.unsigned_integer(1, 1); return true;
        case 1: value.put = read_put(reader); return true;
        case 2: value.owner = read_kid(reader); return true;
        case 3: value.inclusion = read_inclusion(reader); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return value;
}

Bytes encode(const Value& value) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(1);
        map.key(1);
        write_put(map, value.put);
        map.key(2).bytes(value.owner);
        map.key(3);
        write(map, value.inclusion);
    });
    return writer.take();
}

std::string record_key(std::string_view name, Date from) {
    return std::string(name) + "/" + format_date(from);
}

std::string index_key(std::string_view name) {
    return record_key(std::string(kIndexPrefix) + std::string(name), kIndexDate);
}

Result<std::optional<crypto::KeyId>> owner_of(const state::View& view, std::string_view name) {
    TW_TRY(const std::optional<Index> index, find_index(view, name));
    if (!index) return std::optional<crypto::KeyId>{};
    return std::optional(index->owner);
}

Result<std::optional<Value>> in_force(const state::View& view, std::string_view name, Date date) {
    TW_TRY(const std::optional<Index> index, find_index(view, name));
    if (!index) return std::optional<Value>{};
    const auto after = std::ranges::upper_bound(index->dates, date);
    if (after == index->dates.begin()) return std::optional<Value>{};
    TW_TRY(std::optional<Value> value, find(view, record_key(name, *std::prev(after))));
    if (value && value->put.to && *value->put.to < date) return std::optional<Value>{};
    return value;
}

Status put(state::Overlay& overlay, const Put& value, const crypto::KeyId& owner,
           const Inclusion& inclusion) {
    TW_CHECK(check_name(value));
    TW_TRY(std::optional<Index> index, find_index(overlay, value.name));
    const std::string key = record_key(value.name, value.from);
    TW_TRY(const std::optional<Value> present, find(overlay, key));
    if (present && present->put == value) return {};
    const Date today = date_of(inclusion.time.seconds);
    if (index && value.from < today) {
        TW_TRY(const std::optional<Value> ruled, in_force(overlay, value.name, value.from));
        if (ruled)
            return fail("reference.retroactive",
                        value.name + " has a version for " + format_date(value.from) +
                            " already; what was in force is not changed afterwards, begin today or later");
    }
    if (!index) index = Index{.owner = owner, .dates = {}};
    const auto at = std::ranges::lower_bound(index->dates, value.from);
    if (at == index->dates.end() || *at != value.from) {
        if (index->dates.size() == kMaxVersions)
            return fail("reference.full", value.name + " has 1,000 versions; go on under a new name");
        index->dates.insert(at, value.from);
    }
    overlay.put(kNamespace, index_key(value.name), encode_index(value.name, *index, inclusion));
    overlay.put(kNamespace, key, encode(Value{.put = value, .owner = owner, .inclusion = inclusion}));
    return {};
}

} // namespace tidewaiter::reference
