#include "daemon/cli/demonstration/parties.hpp"

#include "daemon/cli/keys.hpp"

#include <algorithm>

namespace tidewaiter::cli {

namespace {

constexpr std::size_t kMaxFileBytes = 4U * 1024 * 1024;

Result<identity::Role> role_from(std::string_view word) {
    using enum identity::Role;
    constexpr std::array kRoles{
        std::pair{std::string_view("administrator"), Administrator},
        std::pair{std::string_view("relay"), Relay},
        std::pair{std::string_view("authority"), Authority},
        std::pair{std::string_view("registrar"), Registrar},
        std::pair{std::string_view("certifier"), Certifier},
        std::pair{std::string_view("issuing-association"), IssuingAssociation},
        std::pair{std::string_view("guaranteeing-association"), GuaranteeingAssociation}};
    for (const auto& [name, role] : kRoles)
        if (name == word) return role;
    return fail("demonstration.role", "parties.json names no role '" + printable(word, 30) + "'");
}

Status take(const json::Field& object, std::string_view name, std::string& into) {
    TW_TRY(std::optional<std::string> text, object.at(name).optional_text());
    if (text) into = *std::move(text);
    return {};
}

Result<Party> read_party(const json::Field& row) {
    Party party;
    TW_TRY(party.name, row.at("name").text(32));
    TW_TRY(party.owner, row.at("owner").text(32));
    TW_CHECK(take(row, "territory", party.territory));
    TW_CHECK(take(row, "title", party.title));
    TW_TRY(const std::optional<std::string> role, row.at("role").optional_text());
    TW_TRY(party.role, role_from(role.value_or("certifier")));
    if (!row.at("namespaces").is_absent()) {
        TW_TRY(party.namespaces, row.at("namespaces").texts());
    }
    TW_TRY(const std::string algorithm, row.at("algorithm").text(10));
    TW_TRY(party.algorithm, algorithm_from(algorithm));
    return party;
}

Result<Party> read_device(const json::Field& row) {
    Party party;
    TW_TRY(party.name, row.at("name").text(32));
    party.owner = party.name;
    TW_TRY(party.territory, row.at("territory").text(2));
    TW_TRY(const std::string office, row.at("office").text(15));
    party.offices = {office};
    TW_TRY(party.timezone, row.at("timezone").text(40));
    TW_TRY(party.officer, row.at("officer").text(20));
    return party;
}

template <class Read, class List>
Status read_list(const json::Value& file, std::string_view name, List& into, const Read& read) {
    TW_TRY(const std::vector<json::Field> rows, file.at(name).items());
    for (const json::Field& row : rows) {
        TW_TRY(auto value, read(row));
        into.push_back(std::move(value));
    }
    return {};
}

Result<Parties::Organisation> read_organisation(const json::Field& row) {
    Parties::Organisation organisation;
    TW_TRY(organisation.id, row.at("id").text(32));
    TW_TRY(organisation.value.name, row.at("name").text(140));
    TW_TRY(organisation.value.territory, row.at("territory").text(2));
    TW_TRY(const std::vector<std::string> roles, row.at("roles").texts());
    for (const std::string& word : roles) {
        TW_TRY(const identity::Role role, role_from(word));
        organisation.value.roles.push_back(role);
    }
    return organisation;
}

Result<Parties::Office> read_office(const json::Field& row) {
    Parties::Office office;
    TW_TRY(office.office, row.at("office").text(15));
    TW_TRY(office.value.territory, row.at("territory").text(2));
    TW_TRY(office.value.name, row.at("name").text(100));
    return office;
}

const Party* find_in(const std::vector<Party>& list, std::string_view name) {
    const auto found = std::ranges::find(list, name, &Party::name);
    return found == list.end() ? nullptr : &*found;
}

} // namespace

const Party* Parties::find(std::string_view name) const {
    for (const std::vector<Party>* list : {&genesis, &devices, &certifiers})
        if (const Party* party = find_in(*list, name)) return party;
    return nullptr;
}

const Party* Parties::device(std::string_view name) const {
    return find_in(devices, name);
}

const Party* Parties::registrar(std::string_view territory) const {
    const auto found = std::ranges::find_if(genesis, [&](const Party& party) {
        return party.role == identity::Role::Registrar && party.territory == territory;
    });
    return found == genesis.end() ? nullptr : &*found;
}

Result<json::Value> read_json(const files::Path& path) {
    TW_TRY(const std::string text, files::read_text(path, kMaxFileBytes));
    Result<json::Value> value = json::parse(text);
    if (!value) return within(path.string(), std::move(value).error());
    return value;
}

Result<Parties> read_parties(const files::Path& folder) {
    TW_TRY(const json::Value file, read_json(folder / "parties.json"));
    Parties parties;
    TW_TRY(parties.chain, file.at("chain").text(50));
    TW_TRY(const std::int64_t days, file.at("keys_from_days_ago").integer(1, 3'650));
    parties.keys_from_days_ago = static_cast<int>(days);
    const json::Field governance = file.at("governance");
    TW_TRY(parties.member, governance.at("member").text(32));
    TW_TRY(parties.administrators, governance.at("administrators").texts());
    TW_TRY(const std::int64_t threshold, governance.at("threshold").integer(1, 16));
    parties.threshold = static_cast<int>(threshold);
    TW_TRY(parties.relays, governance.at("relays").texts());
    TW_CHECK(read_list(file, "genesis", parties.genesis, read_party));
    TW_CHECK(read_list(file, "devices", parties.devices, read_device));
    TW_CHECK(read_list(file, "certifiers", parties.certifiers, read_party));
    TW_CHECK(read_list(file, "organisations", parties.organisations, read_organisation));
    TW_CHECK(read_list(file, "offices", parties.offices, read_office));
    TW_TRY(parties.holders, file.at("holders").texts());
    return parties;
}

identity::Key key_record_of(const Party& party, const crypto::PublicKey& key, UnixTime from) {
    return {.key = key,
            .role = party.role,
            .owner = party.owner,
            .territory = party.territory,
            .offices = party.offices,
            .from = from,
            .to = std::nullopt,
            .since = std::nullopt,
            .reason = std::nullopt,
            .revoked_at = std::nullopt,
            .successor = std::nullopt,
            .namespaces = party.namespaces};
}

files::Path key_path(const files::Path& data, std::string_view name) {
    return data / "keys" / (std::string(name) + ".key");
}

} // namespace tidewaiter::cli
