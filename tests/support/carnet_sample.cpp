#include "tests/support/carnet_sample.hpp"

#include "ledger/crypto/hash.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace tidewaiter::test {
namespace {

using nlohmann::json;

[[noreturn]] void give_up(const std::string& why) {
    std::cerr << "carnet sample: " << why << '\n';
    std::exit(2);
}

template <class T>
T must(Result<T> result, const std::string& what) {
    if (!result) give_up(what + ": " + std::string(result.error().code) + " " + result.error().detail);
    return std::move(*result);
}
void must(const Status& status, const std::string& what) {
    if (!status) give_up(what + ": " + std::string(status.error().code) + " " + status.error().detail);
}

std::string text(const json& object, const char* key, const std::string& otherwise = {}) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? otherwise : found->get<std::string>();
}

std::optional<Date> date(const json& object, const char* key) {
    const std::string value = text(object, key);
    if (value.empty()) return std::nullopt;
    return must(parse_date(value), key);
}

std::string lower(std::string value) {
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return value;
}

/// 108.2 as written in the file.
documents::Decimal decimal(double value) {
    std::ostringstream out;
    out << value;
    const std::string written = out.str();
    const std::size_t point = written.find('.');
    documents::Decimal result;
    if (point == std::string::npos) {
        result.mantissa = std::stoll(written);
        return result;
    }
    result.exponent = -static_cast<int>(written.size() - point - 1);
    result.mantissa = std::stoll(written.substr(0, point) + written.substr(point + 1));
    return result;
}

carnet::Item read_item(const json& row) {
    carnet::Item item;
    item.number = row.at(0).get<std::uint32_t>();
    item.text = row.at(1).get<std::string>();
    item.pieces = row.at(2).get<std::int64_t>();
    item.measure = documents::Measure{decimal(row.at(3).get<double>()), "KGM"};
    item.value = row.at(4).get<std::uint64_t>() * 100;
    item.origin = row.at(5).get<std::string>();
    return item;
}

std::uint8_t chain_number(const std::string& word) {
    if (word == "ICC_WCF") return 1;
    return word == "AIT_FIA" ? 2 : 3;
}

void read_territories(const json& source, reference::Territories& out) {
    for (const auto& [name, body] : source.items()) {
        reference::Territory row;
        row.name = name;
        row.members = body.value("members", std::vector<std::string>{});
        row.uses = body.value("uses", std::vector<std::string>{});
        row.accepts_post = body.value("postal", true);
        row.accepts_replacement = body.value("replacement", true);
        for (const std::string& operation : body.value("split_refused", std::vector<std::string>{}))
            row.split_refused.push_back(static_cast<std::uint8_t>(*carnet::operation_from(operation)));
        row.annex_minimum_months = body.value("annex_minimum_months", std::map<std::string, int>{});
        for (const auto& [rule, letter] : body.value("severity", std::map<std::string, std::string>{}))
            row.severity[rule] = *documents::severity_from(letter.at(0));
        out.list.push_back(std::move(row));
    }
}

carnet::ReferenceData read_reference(const json& source) {
    carnet::ReferenceData data;
    read_territories(source.at("territories"), data.territories);
    for (const auto& [locode, body] : source.at("places").items())
        data.places.list.push_back({locode, text(body, "territory"), body.value("inside", true)});
    for (const json& row : source.at("associations")) {
        reference::Association association;
        association.id = lower(row.at("id").get<std::string>());
        association.territory = row.at("territory").get<std::string>();
        for (const std::string& role : row.at("roles").get<std::vector<std::string>>())
            association.roles.push_back(role == "issuing" ? reference::AssociationRole::Issuing
                                                          : reference::AssociationRole::Guaranteeing);
        for (const std::string& chain : row.at("chains").get<std::vector<std::string>>())
            association.chains.push_back(chain_number(chain));
        association.from = date(row, "from");
        association.to = date(row, "to");
        data.associations.list.push_back(std::move(association));
    }
    for (const auto& [name, territories] : source.at("schemes").items())
        data.schemes.list.push_back({name, territories.get<std::vector<std::string>>()});
    const json& limits = source.at("copy_limits");
    data.limits.soft_hours = limits.value("soft_hours", 12U);
    data.limits.hard_hours = limits.value("hard_hours", 72U);
    data.limits.unanchored_stamps = limits.value("unanchored_stamps", 200U);
    data.limits.clock_tolerance_seconds = source.at("clock_tolerance_s").get<std::uint32_t>();
    return data;
}

/// The number that stands behind the country: "US 26/104417" keeps its prefix in the key, spaces dropped.
void read_carnet(const json& source, const json& items, CarnetSample& sample) {
    carnet::Cover& cover = sample.record.cover;
    sample.record.key =
        carnet::carnet_key(text(source, "home"), text(source, "scheme"), text(source, "number"));
    cover.issued = *date(source, "issued");
    cover.valid_until = *date(source, "valid_until");
    cover.holder_blob = crypto::sha256(as_bytes(text(source, "holder")));
    cover.use = text(source, "use");
    cover.use_text = text(source, "use_text");
    cover.issuing_association = lower(text(source, "association"));
    cover.guaranteeing_association = cover.issuing_association;
    cover.chain = chain_number(text(source, "guarantee_chain"));
    cover.countries = source.at("countries").get<std::vector<std::string>>();
    cover.continuation_sheets = source.at("continuation_sheets").get<int>();
    const json& sets = source.at("sets");
    cover.sets = {sets.at("yellow").get<int>(), sets.at("white").get<int>(), sets.at("blue").get<int>()};
    cover.currency = text(source, "currency");
    cover.total_pieces = source.at("total_pieces").get<std::int64_t>();
    cover.total_value = source.at("total_value").get<std::uint64_t>() * 100;
    cover.total_weight = decimal(source.at("total_weight_kg").get<double>());
    sample.list.key = sample.record.key;
    for (const json& row : items)
        sample.list.items.push_back(read_item(row));
    cover.list_digest = carnet::list_digest(sample.list.items);
    cover.page_digests = {carnet::page_digest(sample.list)};
    const json& validated = source.at("validated");
    sample.validated_place = text(validated, "loc");
    sample.validated_at = must(parse_local_time(text(validated, "at")), "validated");
}

CarnetStep read_step(const json& row) {
    CarnetStep step;
    step.number = row.at("s").get<int>();
    step.operation = text(row, "op");
    step.sheet = row.at("cf").get<int>();
    step.place = text(row, "loc");
    step.at = must(parse_local_time(text(row, "at")), "at");
    step.anchored = row.contains("anchored") ? must(parse_local_time(text(row, "anchored")), "anchored").utc
                                             : step.at.utc;
    step.device = text(row, "device", step.place);
    step.items = text(row, "items");
    step.not_reexported = text(row, "not_reexported");
    step.not_produced = text(row, "not_produced");
    step.not_reimported = text(row, "not_reimported");
    step.processed_abroad = text(row, "processed_abroad");
    step.how = text(row, "how");
    step.document = text(row, "doc");
    step.final_date = date(row, "final");
    step.references = row.value("ref", std::vector<int>{});
    step.branch = row.value("branch", 0);
    step.destination = text(row, "dest");
    step.is_offline = row.value("offline", false);
    if (row.contains("copy_as_of"))
        step.copy_as_of = must(parse_local_time(text(row, "copy_as_of")), "copy_as_of").utc;
    for (const auto& [rule, answer] : row.value("answers", std::map<std::string, bool>{}))
        step.answers.emplace_back(rule, answer);
    step.verdict = text(row, "verdict");
    step.rules = row.value("rules", std::vector<std::string>{});
    step.rules_at_merge = row.value("rules_at_merge", std::vector<std::string>{});
    step.outcome = text(row, "outcome");
    return step;
}

carnet::Pieces pieces_of(const json& counts, const std::vector<carnet::Item>& items) {
    carnet::Pieces pieces(items.size(), 0);
    for (const auto& [number, count] : counts.items()) {
        for (std::size_t i = 0; i < items.size(); ++i)
            if (std::to_string(items[i].number) == number) pieces[i] = count.get<std::int64_t>();
    }
    return pieces;
}

void read_end(const json& source, CarnetSample& sample) {
    const json& open = source.at("open_at_end");
    const auto& items = sample.list.items;
    sample.as_of = *date(source, "as_of");
    sample.end.state = text(source, "end");
    sample.end.home = carnet::to_text(pieces_of(open.at("home"), items), items);
    sample.end.regularised = carnet::to_text(pieces_of(open.at("regularised"), items), items);
    for (const json& row : open.at("admitted"))
        sample.end.admitted.push_back({row.at(0).get<std::string>(), row.at(1).get<int>(),
                                       carnet::to_text(pieces_of(row.at(2), items), items),
                                       row.size() > 3 ? row.at(3).get<int>() : 0});
    for (const json& row : open.at("transit"))
        sample.end.transit.emplace_back(row.at(0).get<std::string>(), row.at(1).get<int>());
    for (const json& row : source.at("calendar"))
        sample.end.calendar.emplace_back(row.at(0).get<std::string>(), row.at(1).get<std::string>());
}

carnet::Lines lines_of(const std::string& text) {
    return text.empty() ? carnet::Lines{} : must(carnet::read_typed_lines(text), "lines");
}

std::string strict(const std::string& text) {
    return carnet::to_text(lines_of(text));
}

carnet::KeyId device_key(const std::string& device) {
    const Hash hash = crypto::sha256(as_bytes("device " + device));
    carnet::KeyId kid{};
    std::copy_n(hash.begin(), kid.size(), kid.begin());
    return kid;
}

} // namespace

CarnetSample load_carnet_sample(const std::string& id) {
    const std::string path = std::string(TW_SOURCE_DIR) + "/config/demonstration/carnets/" + id + ".json";
    std::ifstream file(path);
    if (!file) give_up("cannot open " + path);
    const json source = json::parse(file);
    CarnetSample sample;
    sample.id = text(source, "id");
    sample.title = text(source, "title");
    sample.reference = read_reference(source.at("reference"));
    read_carnet(source.at("carnet"), source.at("items"), sample);
    for (const json& row : source.at("moves"))
        sample.steps.push_back(read_step(row));
    read_end(source, sample);
    return sample;
}

CarnetRun::CarnetRun(const CarnetSample& sample) : sample_(sample) {
    const carnet::Inclusion inclusion{height_++, {sample.record.cover.issued.days * std::int64_t{86'400}, 0}};
    must(carnet::issue(state_, sample.record, device_key("issuer"), inclusion, sample.reference), "issue");
    must(carnet::add_list_page(state_, sample.list, inclusion, sample.reference), "list page");
    validate();
}

void CarnetRun::validate() {
    CarnetStep step;
    step.operation = "VALIDATE";
    step.place = step.device = sample_.validated_place;
    step.at = sample_.validated_at;
    step.anchored = step.at.utc;
    add(step, current());
}

carnet::Carnet CarnetRun::current() const {
    return std::move(*must(carnet::load(state_, sample_.record.key), "load"));
}

carnet::Carnet CarnetRun::copy_of(const CarnetStep& step) const {
    carnet::Carnet copy = current();
    if (!step.copy_as_of) return copy;
    std::erase_if(copy.stamps, [&](const carnet::Stamp& stamp) {
        const auto& [anchored, device] = anchored_.at(stamp.id);
        return anchored > *step.copy_as_of && device != step.device;
    });
    return copy;
}

carnet::Proposal CarnetRun::proposal_of(const CarnetStep& step) const {
    carnet::Proposal proposal;
    proposal.operation = *carnet::operation_from(step.operation);
    proposal.sheet = step.sheet;
    proposal.lines = lines_of(step.items);
    proposal.not_reexported = lines_of(step.not_reexported);
    proposal.not_produced = lines_of(step.not_produced);
    proposal.not_reimported = lines_of(step.not_reimported);
    proposal.processed_abroad = lines_of(step.processed_abroad);
    if (!step.how.empty()) proposal.regularised = carnet::BadGoods::DutyPaid;
    proposal.references = step.references;
    if (step.branch > 0) proposal.branch = stamps_.at(step.branch);
    proposal.date = step.final_date;
    if (!step.destination.empty()) proposal.destination = "UN:" + step.destination;
    for (const auto& [rule, answer] : step.answers)
        proposal.answers[rule] = answer;
    return proposal;
}

StepResult CarnetRun::play(const CarnetStep& step) {
    if (step.operation == "RETURN") {
        carnet::CarnetAct act;
        act.key = sample_.record.key;
        act.on = local_date(step.at);
        const carnet::Inclusion inclusion{height_++, {step.anchored, 0}};
        must(carnet::act(state_, carnet::ActKind::Return, act, step.at.utc, device_key("issuer"), inclusion,
                         sample_.reference),
             "return");
        return {"clear", {}, {}};
    }
    const carnet::Carnet copy = copy_of(step);
    const carnet::Balances balances = carnet::fold(copy, sample_.reference);
    carnet::Facts facts;
    facts.now = step.at;
    facts.is_offline = step.is_offline;
    if (step.copy_as_of) facts.copy_age_seconds = step.at.utc - *step.copy_as_of;
    const carnet::Port port{{}, step.place, "UN:" + step.place};
    const carnet::Judgement judgement =
        carnet::judge_stamp(proposal_of(step), copy, balances, sample_.reference, port, facts);
    StepResult result;
    result.verdict = documents::word(documents::outcome_of(judgement.findings));
    for (const documents::Finding& finding : judgement.findings)
        result.rules.push_back(finding.rule);
    if (step.outcome == "rejected") return result;
    add(step, copy);
    const carnet::Carnet after = current();
    for (const carnet::Conflict& conflict : carnet::fold(after, sample_.reference).conflicts)
        if (after.stamps[conflict.second].id == stamps_.at(step.number))
            result.rules_at_merge.emplace_back(conflict.rule);
    std::sort(result.rules_at_merge.begin(), result.rules_at_merge.end());
    return result;
}

void CarnetRun::add(const CarnetStep& step, const carnet::Carnet& copy) {
    carnet::Core core;
    core.key = sample_.record.key;
    core.operation = *carnet::operation_from(step.operation);
    core.sheet = carnet::sheet_for(core.operation, step.sheet);
    core.office = "UN:" + step.place;
    core.at = step.at;
    core.sequence = ++sequences_[step.device];
    core.lines = strict(step.items);
    core.references = step.references;
    if (step.branch > 0) core.branch = stamps_.at(step.branch);
    core.date = step.final_date;
    if (!step.destination.empty()) core.destination = "UN:" + step.destination;
    carnet::Nots nots{strict(step.not_reexported), strict(step.not_produced), strict(step.processed_abroad),
                      strict(step.not_reimported), std::nullopt};
    if (nots != carnet::Nots{}) core.nots = nots;
    core.previous = carnet::last_stamp(copy, carnet::fold(copy, sample_.reference));
    for (const carnet::Stamp& stamp : copy.stamps)
        core.height_seen = std::max(core.height_seen, stamp.entry.inclusion.height);
    core.is_offline = step.is_offline;
    core.revision = 1;
    core.signer = device_key(step.device);
    if (core.operation == carnet::Operation::Regularise)
        core.body = carnet::RegulariseBody{carnet::BadGoods::DutyPaid, step.document, std::nullopt};
    carnet::Attachments attachments;
    attachments.officer = "US-7Q4K2M";
    carnet::StampEntry entry;
    entry.attachments = carnet::encode(attachments);
    core.attachments = crypto::sha256(entry.attachments);
    entry.core = carnet::encode(core);
    entry.inclusion = {height_++, {step.anchored, 0}};
    must(carnet::add_entry(state_, entry, sample_.reference), "step " + std::to_string(step.number));
    const Hash id = crypto::sha256(entry.core);
    stamps_[step.number] = id;
    anchored_[id] = {step.anchored, step.device};
    entries_.push_back(std::move(entry));
}

CarnetEnd CarnetRun::end() const {
    const carnet::Carnet carnet = current();
    const carnet::Balances balances = carnet::fold(carnet, sample_.reference);
    CarnetEnd end;
    end.state = carnet::word(carnet::status_on(carnet.head, balances, sample_.as_of));
    carnet::Pieces home(carnet.items.size(), 0);
    for (const carnet::Position& position : balances.positions) {
        if (carnet::none(position.open)) continue;
        if (position.kind == carnet::ObligationKind::Home)
            for (std::size_t i = 0; i < home.size(); ++i)
                home[i] += position.open[i];
        if (position.kind == carnet::ObligationKind::Transit)
            end.transit.emplace_back(position.territory, position.sheet);
        if (position.kind != carnet::ObligationKind::Admission) continue;
        const carnet::Stamp& opened_by = carnet.stamps[position.stamp];
        int branch = 0;
        if (opened_by.entry.in_open_branch)
            for (const auto& [step, id] : stamps_)
                branch = id == opened_by.id ? step : branch;
        end.admitted.push_back(
            {position.territory, position.sheet, carnet::to_text(position.open, carnet.items), branch});
    }
    end.home = carnet::to_text(home, carnet.items);
    end.regularised = carnet::to_text(balances.regularised, carnet.items);
    for (const auto& [rule, since] : carnet::calendar(carnet, balances, sample_.as_of))
        end.calendar.emplace_back(rule, format_date(since));
    return end;
}

} // namespace tidewaiter::test
