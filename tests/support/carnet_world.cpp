#include "tests/support/carnet_world.hpp"

#include "ledger/crypto/hash.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace tidewaiter::test {
namespace {

using carnet::Operation;

template <class T>
T must(Result<T> result) {
    if (!result) {
        std::cerr << "carnet world: " << result.error().detail << '\n';
        std::exit(2);
    }
    return std::move(*result);
}

carnet::Item item(std::uint32_t number, const std::string& text, std::int64_t pieces, std::uint64_t value) {
    carnet::Item row;
    row.number = number;
    row.text = text;
    row.pieces = pieces;
    row.value = value;
    return row;
}

reference::Association association(const std::string& id, const std::string& territory) {
    return {id,  territory, {reference::AssociationRole::Issuing, reference::AssociationRole::Guaranteeing},
            {1}, {},        {}};
}

carnet::ReferenceData make_reference() {
    carnet::ReferenceData data;
    reference::Territory us{.name = "US",
                            .members = {},
                            .uses = {"CS", "PE"},
                            .accepts_post = false,
                            .accepts_replacement = false,
                            .split_refused = {},
                            .annex_minimum_months = {},
                            .severity = {}};
    us.severity["CAR-22"] = documents::Severity::Note;
    reference::Territory eu{.name = "EU",
                            .members = {"DE", "FR"},
                            .uses = {},
                            .split_refused = {},
                            .annex_minimum_months = {{"PE", 12}},
                            .severity = {}};
    reference::Territory gb{.name = "GB",
                            .members = {},
                            .uses = {},
                            .split_refused = {},
                            .annex_minimum_months = {},
                            .severity = {}};
    reference::Territory ch{.name = "CH",
                            .members = {},
                            .uses = {"CS"},
                            .accepts_post = false,
                            .split_refused = {5},
                            .annex_minimum_months = {},
                            .severity = {}};
    data.territories.list = {us, eu, gb, ch};
    data.places.list = {{"PRSJU", "US", true}, {"VICHA", "US", false}};
    data.associations.list = {association("uscib", "US"), association("lcci", "GB"),
                              association("dihk", "DE"), association("accs", "CH")};
    data.schemes.list = {{"TECRO_AIT", {"TW", "US"}}};
    return data;
}

} // namespace

LocalTime local_time(const std::string& text) {
    return must(parse_local_time(text));
}
Date day(const std::string& text) {
    return must(parse_date(text));
}
carnet::Lines lines(const std::string& text) {
    return text.empty() ? carnet::Lines{} : must(carnet::read_typed_lines(text));
}

CarnetWorld::CarnetWorld() : reference(make_reference()) {
    carnet.key = carnet::carnet_key("US", "ATA", "US 26/1");
    carnet.parts = must(carnet::split_key(carnet.key));
    carnet.has_head = true;
    carnet.list_is_complete = true;
    carnet.items = {item(1, "Camera, S/N 1", 1, 100'00), item(2, "Microphones", 4, 400'00),
                    item(3, "Cases", 6, 60'00), item(4, "Lamps", 2, 40'00)};
    carnet::Cover& cover = carnet.head.cover;
    cover.issued = day("2026-02-15");
    cover.valid_until = day("2027-02-14");
    cover.use = "PE";
    cover.issuing_association = cover.guaranteeing_association = "uscib";
    cover.countries = {"GB", "EU", "CH"};
    cover.sets = {2, 4, 2};
    cover.currency = "USD";
    cover.total_pieces = 13;
    cover.total_value = 600'00;
    carnet.head.status = carnet::CarnetStatus::Signed;
    carnet.head.holder_signed = Hash{1};
}

Hash CarnetWorld::add(carnet::Core core, const StampOptions& options) {
    core.key = carnet.key;
    core.sequence = ++sequence_;
    core.revision = 1;
    if (!options.is_stranger) {
        core.previous = carnet::last_stamp(carnet, fold());
        core.height_seen = height_ - 1;
    }
    const Hash device =
        crypto::sha256(as_bytes(core.office + (options.is_stranger ? std::to_string(sequence_) : "")));
    std::copy_n(device.begin(), core.signer.size(), core.signer.begin());
    carnet::Stamp stamp;
    stamp.entry.core = carnet::encode(core);
    stamp.entry.outcome = options.outcome;
    stamp.entry.inclusion = {height_++, {core.at.utc, 0}};
    stamp.id = crypto::sha256(stamp.entry.core);
    stamp.core = std::move(core);
    carnet.stamps.push_back(std::move(stamp));
    return carnet.stamps.back().id;
}

Hash CarnetWorld::stamp(Operation operation, int sheet, const std::string& place, const std::string& at,
                        const std::string& text, const StampOptions& options) {
    carnet::Core core;
    core.operation = operation;
    core.sheet = carnet::sheet_for(operation, sheet);
    core.office = "UN:" + place;
    core.at = local_time(at);
    core.lines = text;
    core.references = options.references;
    if (!options.final_date.empty()) core.date = day(options.final_date);
    if (!options.destination.empty()) core.destination = "UN:" + options.destination;
    carnet::Nots nots;
    nots.not_produced = options.not_produced;
    nots.not_reimported = options.not_reimported;
    if (options.is_regularised) nots.regularised = carnet::BadGoods::DutyPaid;
    if (nots != carnet::Nots{}) core.nots = nots;
    return add(std::move(core), options);
}

Hash CarnetWorld::record(Operation operation, const std::string& place, const std::string& at,
                         const std::string& text, const std::vector<int>& references, carnet::Body body) {
    carnet::Core core;
    core.operation = operation;
    core.office = "UN:" + place;
    core.at = local_time(at);
    core.lines = text;
    core.references = references;
    core.body = std::move(body);
    return add(std::move(core), {});
}

CarnetWorld& CarnetWorld::exported(const std::string& text) {
    stamp(Operation::Validate, 0, "USJFK", "2026-03-02T14:55-05:00", "");
    stamp(Operation::Export, 1, "USJFK", "2026-03-02T15:10-05:00", text);
    return *this;
}

CarnetWorld& CarnetWorld::imported(int sheet, const std::string& place, const std::string& at,
                                   const std::string& text) {
    stamp(Operation::Import, sheet, place, at, text);
    return *this;
}

CarnetWorld& CarnetWorld::propose(Operation operation, int sheet, const std::string& place,
                                  const std::string& at, const std::string& text,
                                  std::vector<int> references) {
    proposal.operation = operation;
    proposal.sheet = sheet;
    proposal.lines = lines(text);
    proposal.references = std::move(references);
    port = {{}, place, "UN:" + place};
    facts.now = local_time(at);
    return *this;
}

CarnetWorld& CarnetWorld::final_date(const std::string& date) {
    proposal.date = day(date);
    return *this;
}

carnet::Judgement CarnetWorld::judge() const {
    return carnet::judge_stamp(proposal, carnet, fold(), reference, port, facts);
}

std::optional<documents::Severity> CarnetWorld::fires(const std::string& rule) const {
    for (const documents::Finding& finding : judge().findings) {
        if (finding.rule == rule) return finding.severity;
    }
    return std::nullopt;
}

} // namespace tidewaiter::test
