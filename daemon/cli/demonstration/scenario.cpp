#include "daemon/cli/demonstration/scenario.hpp"

#include "ledger/claims/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>

namespace tidewaiter::cli {

namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kSecondsPerHour = 3'600;
constexpr int kValidMonths = 12;
constexpr std::int64_t kMaxDaysAgo = 80; ///< older stamps would count as late

Date days_before(UnixTime now, std::int64_t days) {
    return date_of(now - days * kSecondsPerDay);
}

Result<std::string> text_or(const json::Field& field, std::string otherwise) {
    TW_TRY(std::optional<std::string> text, field.optional_text());
    return text.value_or(std::move(otherwise));
}

Result<StampPlan> plan_stamp(const json::Field& row, UnixTime now) {
    TW_CHECK(row.only(
        {"device", "operation", "sheet", "lines", "references", "days_ago", "hours_ago", "final_days_ago"}));
    StampPlan plan;
    TW_TRY(plan.device, row.at("device").text(32));
    TW_TRY(const std::string operation, row.at("operation").text(20));
    const std::optional<carnet::Operation> known = carnet::operation_from(operation);
    if (!known || !carnet::is_stamp(*known))
        return fail("demonstration.word", row.path() + ": '" + printable(operation, 20) + "' is no stamp");
    plan.operation = *known;
    TW_TRY(const std::optional<std::int64_t> sheet, row.at("sheet").optional_integer());
    plan.sheet = static_cast<int>(sheet.value_or(0));
    TW_TRY(plan.lines, text_or(row.at("lines"), ""));
    if (!row.at("references").is_absent()) {
        TW_TRY(const std::vector<json::Field> references, row.at("references").items());
        for (const json::Field& field : references) {
            TW_TRY(const std::int64_t number, field.integer(1, 99));
            plan.references.push_back(static_cast<int>(number));
        }
    }
    TW_TRY(const std::int64_t days, row.at("days_ago").integer(0, kMaxDaysAgo));
    TW_TRY(const std::optional<std::int64_t> hours, row.at("hours_ago").optional_integer());
    plan.at = now - days * kSecondsPerDay - hours.value_or(0) * kSecondsPerHour;
    TW_TRY(const std::optional<std::int64_t> final_days, row.at("final_days_ago").optional_integer());
    if (final_days) plan.final_date = days_before(now, *final_days);
    return plan;
}

Result<std::uint8_t> chain_number(const json::Field& field) {
    TW_TRY(const std::string word, field.text());
    constexpr std::array<std::string_view, 3> kChains{"ICC_WCF", "AIT_FIA", "BILATERAL"};
    const auto found = std::ranges::find(kChains, word);
    if (found == kChains.end())
        return fail("demonstration.word", field.path() + ": no chain '" + printable(word, 20) + "'");
    return static_cast<std::uint8_t>(found - kChains.begin() + 1);
}

Result<documents::Severity> severity_from(const json::Field& field) {
    TW_TRY(const std::string word, field.text(1));
    if (const auto severity = documents::severity_from(word.front())) return *severity;
    return fail("demonstration.word", field.path() + ": no severity '" + printable(word, 5) + "'");
}

Result<reference::Territory> read_territory(const json::Field& row) {
    reference::Territory territory;
    TW_TRY(territory.name, row.at("name").text(2));
    if (!row.at("members").is_absent()) {
        TW_TRY(territory.members, row.at("members").texts());
    }
    if (!row.at("uses").is_absent()) {
        TW_TRY(territory.uses, row.at("uses").texts());
    }
    TW_TRY(const std::optional<bool> post, row.at("accepts_post").optional_boolean());
    territory.accepts_post = post.value_or(true);
    TW_TRY(const std::optional<bool> replacement, row.at("accepts_replacement").optional_boolean());
    territory.accepts_replacement = replacement.value_or(true);
    if (!row.at("split_refused").is_absent()) {
        TW_TRY(const std::vector<std::string> operations, row.at("split_refused").texts());
        for (const std::string& word : operations) {
            const auto operation = carnet::operation_from(word);
            if (!operation)
                return fail("demonstration.word",
                            row.path() + ": no operation '" + printable(word, 20) + "'");
            territory.split_refused.push_back(static_cast<std::uint8_t>(*operation));
        }
    }
    if (!row.at("annex_minimum_months").is_absent()) {
        TW_TRY(const auto months, row.at("annex_minimum_months").members());
        for (const auto& [use, field] : months) {
            TW_TRY(const std::int64_t number, field.integer(1, 120));
            territory.annex_minimum_months[use] = static_cast<int>(number);
        }
    }
    if (!row.at("severity").is_absent()) {
        TW_TRY(const auto severities, row.at("severity").members());
        for (const auto& [rule, field] : severities) {
            TW_TRY(territory.severity[rule], severity_from(field));
        }
    }
    return territory;
}

Result<reference::Place> read_place(const json::Field& row) {
    reference::Place place;
    TW_TRY(place.locode, row.at("locode").text(5));
    TW_TRY(place.territory, text_or(row.at("territory"), ""));
    TW_TRY(const std::optional<bool> inside, row.at("inside").optional_boolean());
    place.is_inside = inside.value_or(true);
    return place;
}

Result<std::optional<Date>> optional_date(const json::Field& field) {
    TW_TRY(const std::optional<std::string> text, field.optional_text());
    if (!text) return std::optional<Date>{};
    TW_TRY(const Date date, parse_date(*text));
    return std::optional(date);
}

Result<reference::Association> read_association(const json::Field& row) {
    reference::Association association;
    TW_TRY(association.id, row.at("id").text(32));
    TW_TRY(association.territory, row.at("territory").text(2));
    TW_TRY(const std::vector<std::string> roles, row.at("roles").texts());
    for (const std::string& role : roles)
        association.roles.push_back(role == "issuing" ? reference::AssociationRole::Issuing
                                                      : reference::AssociationRole::Guaranteeing);
    TW_TRY(const std::vector<json::Field> chains, row.at("chains").items());
    for (const json::Field& chain : chains) {
        TW_TRY(const std::uint8_t number, chain_number(chain));
        association.chains.push_back(number);
    }
    TW_TRY(association.from, optional_date(row.at("from")));
    return association;
}

Result<reference::Limits> read_limits(const json::Field& field) {
    reference::Limits limits;
    const auto read = [&](std::string_view name, std::uint32_t& into) -> Status {
        TW_TRY(const std::int64_t number, field.at(name).integer(1, 1'000'000));
        into = static_cast<std::uint32_t>(number);
        return {};
    };
    TW_CHECK(read("soft_hours", limits.soft_hours));
    TW_CHECK(read("hard_hours", limits.hard_hours));
    TW_CHECK(read("unanchored_stamps", limits.unanchored_stamps));
    TW_CHECK(read("clock_tolerance_seconds", limits.clock_tolerance_seconds));
    return limits;
}

Result<reference::Agreement> read_agreement(const json::Field& row) {
    reference::Agreement agreement;
    TW_TRY(const std::int64_t id, row.at("id").integer(1, 3));
    agreement.id = static_cast<std::uint8_t>(id);
    TW_TRY(const std::vector<json::Field> parties, row.at("parties").items());
    for (const json::Field& field : parties) {
        reference::Agreement::Party party;
        TW_TRY(party.country, field.at("country").text(2));
        TW_TRY(const std::string from, field.at("from").text(10));
        TW_TRY(party.from, parse_date(from));
        agreement.parties.push_back(std::move(party));
    }
    return agreement;
}

template <class List, class Read>
Status read_list(const json::Field& field, List& into, const Read& read) {
    TW_TRY(const std::vector<json::Field> rows, field.items());
    for (const json::Field& row : rows) {
        TW_TRY(auto value, read(row));
        into.push_back(std::move(value));
    }
    return {};
}

Result<reference::Scheme> read_scheme(const json::Field& row) {
    reference::Scheme scheme;
    TW_TRY(scheme.name, row.at("name").text(20));
    TW_TRY(scheme.territories, row.at("territories").texts());
    return scheme;
}

} // namespace

Result<CarnetPlan> plan_carnet(const json::Field& row, const json::Value& carnet,
                               const crypto::PublicKey& holder_key, UnixTime now) {
    TW_CHECK(row.only({"file", "territory", "number", "issuer", "holder_key", "issued_days_ago", "stamps"}));
    TW_TRY(const std::int64_t issued_days, row.at("issued_days_ago").integer(1, 300));
    TW_TRY(const std::string number, row.at("number").text(40));
    const json::Value* body = carnet.find("carnet");
    if (body == nullptr) return fail("demonstration.carnet", row.path() + ": its file has no \"carnet\"");
    json::Value dated = *body;
    const Date issued = days_before(now, issued_days);
    dated.set("number", number)
        .set("issued", format_date(issued))
        .set("valid_until", format_date(Date{add_months(issued, kValidMonths).days - 1}));
    json::Value file{{"carnet", std::move(dated)}};
    if (const json::Value* items = carnet.find("items")) file.set("items", *items);
    CarnetPlan plan;
    TW_TRY(plan.file, read_carnet_file(file, holder_key));
    TW_TRY(plan.issuer, row.at("issuer").text(32));
    TW_TRY(plan.holder_key, row.at("holder_key").text(32));
    TW_TRY(const std::vector<json::Field> stamps, row.at("stamps").items());
    for (const json::Field& field : stamps) {
        TW_TRY(StampPlan stamp, plan_stamp(field, now));
        if (date_of(stamp.at) < issued || (!plan.stamps.empty() && stamp.at <= plan.stamps.back().at))
            return fail("demonstration.order",
                        field.path() + ": lies before the carnet's issue or its last stamp");
        plan.stamps.push_back(std::move(stamp));
    }
    return plan;
}

Result<CertificatePlan> plan_certificate(const json::Field& row, const json::Value& common, UnixTime now) {
    TW_CHECK(row.only({"name", "certifier", "signed_days_ago", "invoice", "revoke"}));
    CertificatePlan plan;
    TW_TRY(plan.name, row.at("name").text(40));
    TW_TRY(plan.certifier, row.at("certifier").text(32));
    TW_TRY(plan.is_revoked, row.at("revoke").boolean());
    TW_TRY(const std::int64_t days, row.at("signed_days_ago").integer(0, 300));
    TW_TRY(const std::string invoice, row.at("invoice").text(35));
    json::Value file = common;
    file.set("signed_on", format_date(days_before(now, days))).set("invoice", invoice);
    file.set("shipment", {{"invoice", invoice}, {"import_date", format_date(date_of(now))}});
    TW_TRY(plan.file, read_origin_file(file));
    return plan;
}

Result<std::vector<PackPlan>> plan_packs(const json::Value& file) {
    reference::Territories territories;
    TW_CHECK(read_list(file.at("territories"), territories.list, read_territory));
    reference::Places places;
    TW_CHECK(read_list(file.at("places"), places.list, read_place));
    reference::Associations associations;
    TW_CHECK(read_list(file.at("associations"), associations.list, read_association));
    reference::Schemes schemes;
    TW_CHECK(read_list(file.at("schemes"), schemes.list, read_scheme));
    TW_TRY(const reference::Limits limits, read_limits(file.at("limits")));
    reference::Agreements agreements;
    TW_CHECK(read_list(file.at("agreements"), agreements.list, read_agreement));
    return std::vector<PackPlan>{{"carnet/territories", reference::encode(territories)},
                                 {"carnet/places", reference::encode(places)},
                                 {"carnet/associations", reference::encode(associations)},
                                 {"carnet/schemes", reference::encode(schemes)},
                                 {"carnet/limits", reference::encode(limits)},
                                 {"origin/agreements", reference::encode(agreements)}};
}

Result<std::string> locator_text(const json::Field& field) {
    TW_CHECK(field.only({"territory", "scheme", "number", "sheet"}));
    claims::Locator locator;
    TW_TRY(locator.territory, field.at("territory").text(2));
    TW_TRY(locator.scheme, field.at("scheme").text(20));
    TW_TRY(locator.number, field.at("number").text(20));
    TW_TRY(const std::string sheet, field.at("sheet").text(4));
    constexpr std::string_view kColours = "YWB";
    const std::size_t colour = kColours.find(sheet.front());
    if (sheet.size() != 3 || colour == std::string_view::npos)
        return fail("demonstration.word",
                    field.path() + ".sheet: such as W11, not '" + printable(sheet, 5) + "'");
    locator.colour = static_cast<int>(colour) + 1;
    locator.sheet = sheet[1] - '0';
    locator.half = sheet[2] - '0';
    std::string text = claims::format_locator(locator);
    TW_CHECK(claims::parse_locator(text));
    return text;
}

int offset_minutes(const std::string& timezone, UnixTime utc) {
    setenv("TZ", timezone.c_str(), 1);
    tzset();
    const auto time = static_cast<time_t>(utc);
    tm local{};
    localtime_r(&time, &local);
    return static_cast<int>(local.tm_gmtoff / 60);
}

} // namespace tidewaiter::cli
