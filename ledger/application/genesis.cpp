#include "ledger/application/genesis.hpp"

#include "ledger/application/seen.hpp"
#include "ledger/base/limits.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/documents/identity/identity.hpp"
#include "ledger/documents/reference/reference.hpp"

#include <algorithm>
#include <set>

namespace tidewaiter::application {

using namespace documents;

namespace {

constexpr std::string_view kGovernance = "governance";
constexpr std::size_t kMaxRecords = 10'000'000;
constexpr std::size_t kMaxPredecessors = 8;
constexpr std::uint64_t kMaxPower = 1'000'000'000;

std::string read_chain_id(cbor::Reader& reader) {
    const std::string_view text = reader.text();
    if (reader.ok() && !is_chain_id(text))
        reader.reject("genesis.chain",
                      "'" + printable(text, 60) + "' is not a chain id (a-z, 0-9 and -, at most 50)");
    return std::string(text);
}

GenesisValidator read_validator(cbor::Reader& reader) {
    GenesisValidator validator;
    reader.enter_array(2);
    validator.public_key = reader.fixed_bytes<32>();
    validator.power = static_cast<std::int64_t>(reader.unsigned_integer(1, kMaxPower));
    reader.leave();
    return validator;
}

GenesisRecord read_record(cbor::Reader& reader) {
    GenesisRecord record;
    reader.enter_array(3);
    record.name_space = read_namespace(reader);
    record.key = read_key_text(reader);
    record.value = to_bytes(reader.bytes(1, limits::kMaxRecordValueBytes));
    reader.leave();
    return record;
}

Predecessor read_predecessor(cbor::Reader& reader) {
    Predecessor predecessor;
    reader.enter_array(3);
    predecessor.chain_id = read_chain_id(reader);
    predecessor.last_height = read_height(reader);
    predecessor.app_hash = reader.hash();
    reader.leave();
    return predecessor;
}

bool is_before(const GenesisRecord& a, const GenesisRecord& b) {
    return std::tie(a.name_space, a.key) < std::tie(b.name_space, b.key);
}

Status check(const Genesis& genesis) {
    if (genesis.validators.size() > limits::kMaxValidators)
        return fail("genesis.validators", "at most 10,000 validators are possible");
    std::set<std::array<std::uint8_t, 32>> keys;
    for (const GenesisValidator& validator : genesis.validators)
        if (!keys.insert(validator.public_key).second)
            return fail("genesis.validators",
                        "validator key " + to_hex(validator.public_key) + " occurs twice");
    for (std::size_t i = 1; i < genesis.records.size(); ++i)
        if (!is_before(genesis.records[i - 1], genesis.records[i]))
            return fail("genesis.order", "record " + printable(genesis.records[i].name_space) + " " +
                                             printable(genesis.records[i].key) +
                                             " is out of order or occurs twice; sort by namespace and key");
    return {};
}

Bytes governance_value(std::uint64_t kind, const auto& rest) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(1);
        map.key(1).unsigned_integer(kind);
        rest(map);
    });
    return writer.take();
}

} // namespace

bool is_chain_id(std::string_view text) {
    constexpr std::size_t kMaxChainId = 50;
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !text.empty() && text.size() <= kMaxChainId && is_plain(text.front()) &&
           std::ranges::all_of(text, [&](char c) { return is_plain(c) || c == '-'; });
}

Result<Genesis> decode_genesis(ByteView bytes) {
    TW_CHECK(check_version(bytes, "genesis.version"));
    Genesis genesis;
    cbor::Reader reader(bytes);
    reader.map({0, 1, 2, 3, 4}, [&](std::int64_t key) {
        switch (key) {
        case 0: reader.unsigned_integer(1, 1); return true;
        case 1: genesis.chain_id = read_chain_id(reader); return true;
        case 2: genesis.time = read_time_ns(reader); return true;
        case 3:
            reader.array(1, limits::kMaxValidators,
                         [&](std::size_t) { genesis.validators.push_back(read_validator(reader)); });
            return true;
        case 4:
            reader.array(1, kMaxRecords,
                         [&](std::size_t) { genesis.records.push_back(read_record(reader)); });
            return true;
        case 5:
            reader.array(1, kMaxPredecessors,
                         [&](std::size_t) { genesis.predecessors.push_back(read_predecessor(reader)); });
            return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    TW_CHECK(check(genesis));
    return genesis;
}

Bytes encode(const Genesis& genesis) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(1);
        map.key(1).text(genesis.chain_id);
        write(map.key(2), genesis.time);
        map.key(3).array([&](cbor::Writer& list) {
            for (const GenesisValidator& validator : genesis.validators)
                list.array(
                    [&](cbor::Writer& row) { row.bytes(validator.public_key).integer(validator.power); });
        });
        map.key(4).array([&](cbor::Writer& list) {
            for (const GenesisRecord& record : genesis.records)
                list.array([&](cbor::Writer& row) {
                    row.text(record.name_space).text(record.key).bytes(record.value);
                });
        });
        if (genesis.predecessors.empty()) return;
        map.key(5).array([&](cbor::Writer& list) {
            for (const Predecessor& predecessor : genesis.predecessors)
                list.array([&](cbor::Writer& row) {
                    row.text(predecessor.chain_id)
                        .unsigned_integer(predecessor.last_height)
                        .bytes(predecessor.app_hash);
                });
        });
    });
    return writer.take();
}

Hash genesis_hash(const Genesis& genesis) {
    return crypto::sha256(encode(genesis));
}

state::Overlay::Changes initial_changes(const Genesis& genesis) {
    state::Overlay::Changes changes;
    changes[std::string(kGovernance)]["sequence"] =
        governance_value(4, [](cbor::Writer& map) { map.key(2).unsigned_integer(0); });
    for (const Predecessor& predecessor : genesis.predecessors)
        changes[std::string(kGovernance)]["predecessor/" + predecessor.chain_id] =
            governance_value(6, [&](cbor::Writer& map) {
                map.key(2).unsigned_integer(predecessor.last_height);
                map.key(3).bytes(predecessor.app_hash);
            });
    for (const GenesisRecord& record : genesis.records)
        changes[record.name_space][record.key] = record.value;
    return changes;
}

std::vector<std::string> namespaces(const Genesis& genesis) {
    std::set<std::string> names{std::string(kGovernance), std::string(identity::kNamespace),
                                std::string(reference::kNamespace), std::string(kSeenNamespace)};
    for (const GenesisRecord& record : genesis.records) {
        names.insert(record.name_space);
        if (record.name_space != identity::kNamespace || !record.key.starts_with("key/")) continue;
        const Result<identity::Value> value = identity::decode(record.value);
        if (!value) continue;
        const auto* key = std::get_if<identity::Key>(&*value);
        if (key == nullptr) continue;
        names.insert(key->namespaces.begin(), key->namespaces.end());
        if (key->role == identity::Role::Device && !key->territory.empty())
            names.insert(identity::device_namespace(key->territory));
    }
    return {names.begin(), names.end()};
}

} // namespace tidewaiter::application
