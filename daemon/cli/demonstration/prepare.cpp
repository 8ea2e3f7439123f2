#include "daemon/cli/demonstration/prepare.hpp"

#include "daemon/cli/keys.hpp"
#include "ledger/codec/cbor.hpp"
#include "ledger/crypto/hash.hpp"

#include <algorithm>

namespace tidewaiter::cli {

namespace {

constexpr std::string_view kGovernance = "governance";
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::size_t kAddressBytes = 20;

Bytes governance_value(std::uint64_t kind, const auto& rest) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(1);
        map.key(1).unsigned_integer(kind);
        rest(map);
    });
    return writer.take();
}

Result<const crypto::PublicKey*> find(const PublicKeys& keys, std::string_view name) {
    const auto found = keys.find(name);
    if (found == keys.end()) return fail("demonstration.key", "there is no key '" + std::string(name) + "'");
    return &found->second;
}

void write_kids(cbor::Writer& writer, const std::vector<crypto::KeyId>& kids) {
    writer.array([&](cbor::Writer& list) {
        for (const crypto::KeyId& kid : kids)
            list.bytes(kid);
    });
}

Result<std::vector<crypto::KeyId>> kids_of(const PublicKeys& keys, const std::vector<std::string>& names) {
    std::vector<crypto::KeyId> kids;
    for (const std::string& name : names) {
        TW_TRY(const crypto::PublicKey* key, find(keys, name));
        kids.push_back(key->id());
    }
    return kids;
}

Status add_governance(application::Genesis& genesis, const Parties& parties, const PublicKeys& keys,
                      const crypto::PublicKey& validator) {
    TW_TRY(const std::vector<crypto::KeyId> administrators, kids_of(keys, parties.administrators));
    TW_TRY(const std::vector<crypto::KeyId> relays, kids_of(keys, parties.relays));
    const auto add = [&](std::string key, Bytes value) {
        genesis.records.push_back({std::string(kGovernance), std::move(key), std::move(value)});
    };
    add("member/" + parties.member, governance_value(1, [&](cbor::Writer& map) {
            map.key(2).text(parties.member);
            write_kids(map.key(3), administrators);
            write_kids(map.key(4), relays);
        }));
    const Hash hash = crypto::sha256(validator.raw());
    add("validator/" + to_hex(ByteView(hash).first(kAddressBytes)),
        governance_value(2, [&](cbor::Writer& map) {
            map.key(2).bytes(validator.raw());
            map.key(3).unsigned_integer(1);
            map.key(4).text(parties.member);
        }));
    add("threshold", governance_value(3, [&](cbor::Writer& map) {
            map.key(2).unsigned_integer(static_cast<std::uint64_t>(parties.threshold));
            map.key(3).unsigned_integer(administrators.size());
        }));
    add("version", governance_value(5, [](cbor::Writer& map) { map.key(2).unsigned_integer(1); }));
    return {};
}

Result<crypto::PublicKey> key_at(const files::Path& path, crypto::Algorithm algorithm) {
    if (std::filesystem::exists(path)) {
        TW_TRY(const crypto::PrivateKey key, read_key(path));
        return key.public_key();
    }
    const crypto::PrivateKey key = crypto::PrivateKey::generate(algorithm);
    TW_CHECK(create_key(path, key));
    return key.public_key();
}

Status write_public(const files::Path& path, const PublicKeys& keys, const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        TW_TRY(const crypto::PublicKey* key, find(keys, name));
        text += "# " + name + "\n" + public_key_line(*key) + "\n";
    }
    return files::write_atomically(path, text, files::kPublic);
}

} // namespace

Result<application::Genesis> make_genesis(const Parties& parties, const PublicKeys& keys,
                                          const crypto::PublicKey& validator, TimeNs now) {
    application::Genesis genesis;
    genesis.chain_id = parties.chain;
    genesis.time = now;
    application::GenesisValidator entry;
    std::ranges::copy(validator.raw(), entry.public_key.begin());
    entry.power = 1;
    genesis.validators = {entry};
    TW_CHECK(add_governance(genesis, parties, keys, validator));
    const UnixTime from = now.seconds - parties.keys_from_days_ago * kSecondsPerDay;
    const std::string name_space(identity::kNamespace);
    for (const Party& party : parties.genesis) {
        TW_TRY(const crypto::PublicKey* key, find(keys, party.name));
        genesis.records.push_back({name_space, identity::key_record(key->id()),
                                   identity::encode(identity::Value(key_record_of(party, *key, from)))});
    }
    for (const Parties::Organisation& organisation : parties.organisations) {
        identity::Organisation value = organisation.value;
        for (const Party& party : parties.genesis) {
            if (party.owner != organisation.id) continue;
            TW_TRY(const crypto::PublicKey* key, find(keys, party.name));
            value.keys.push_back(key->id());
        }
        genesis.records.push_back({name_space, identity::organisation_record(organisation.id),
                                   identity::encode(identity::Value(value))});
    }
    std::ranges::sort(genesis.records, {}, [](const application::GenesisRecord& record) {
        return std::tie(record.name_space, record.key);
    });
    TW_CHECK(application::decode_genesis(application::encode(genesis)));
    return genesis;
}

Status prepare_demonstration(const files::Path& data, const files::Path& from, TimeNs now) {
    TW_TRY(const Parties parties, read_parties(from));
    TW_CHECK(files::make_private_folder(data / "keys"));
    TW_CHECK(files::make_private_folder(data / "node"));
    PublicKeys keys;
    for (const std::vector<Party>* list : {&parties.genesis, &parties.devices, &parties.certifiers}) {
        for (const Party& party : *list) {
            TW_TRY(const crypto::PublicKey key, key_at(key_path(data, party.name), party.algorithm));
            keys.emplace(party.name, key);
        }
    }
    for (const std::string& holder : parties.holders)
        TW_CHECK(key_at(key_path(data, holder), crypto::Algorithm::Es256));
    TW_TRY(const crypto::PublicKey validator,
           key_at(data / "node" / "validator.key", crypto::Algorithm::EdDsa));
    TW_CHECK(write_public(data / "keys" / "administrators.pub", keys, parties.administrators));
    for (const auto& [name, key] : keys)
        TW_CHECK(write_public(data / "keys" / (name + ".pub"), keys, {name}));
    TW_TRY(const application::Genesis genesis, make_genesis(parties, keys, validator, now));
    const Bytes bytes = application::encode(genesis);
    // Last: whoever finds it finds everything.
    return files::write_atomically(data / "genesis.cbor", bytes, files::kPublic);
}

} // namespace tidewaiter::cli
