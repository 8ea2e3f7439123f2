#include "daemon/gateway/show.hpp"

#include "ledger/documents/carnet/history.hpp"
#include "ledger/documents/origin/certificate.hpp"

namespace tidewaiter::gateway {

namespace {

std::string_view word(carnet::ObligationKind kind) {
    switch (kind) {
    case carnet::ObligationKind::Home: return "home";
    case carnet::ObligationKind::Admission: return "admission";
    case carnet::ObligationKind::Transit: return "transit";
    case carnet::ObligationKind::PreExport: return "pre-export";
    }
    return "";
}

std::string_view word(carnet::StampOutcome outcome) {
    switch (outcome) {
    case carnet::StampOutcome::Effective: return "effective";
    case carnet::StampOutcome::Late: return "late";
    case carnet::StampOutcome::Orphan: return "orphan";
    case carnet::StampOutcome::Refused: return "refused";
    }
    return "";
}

std::string_view word(origin::CertificateStatus status) {
    switch (status) {
    case origin::CertificateStatus::Issued: return "issued";
    case origin::CertificateStatus::Suspended: return "suspended";
    case origin::CertificateStatus::Revoked: return "revoked";
    }
    return "";
}

json::Value stamp_json(const carnet::Stamp& stamp) {
    json::Value value{{"stamp", to_hex(stamp.id)},
                      {"operation", carnet::name(stamp.core.operation)},
                      {"office", stamp.core.office},
                      {"at", format_local_time(stamp.core.at)}};
    if (stamp.core.sheet) {
        value.set("sheet",
                  {{"colour", carnet::word(stamp.core.sheet->colour)}, {"number", stamp.core.sheet->number}});
    }
    if (!stamp.core.lines.empty()) value.set("lines", stamp.core.lines);
    if (!stamp.core.references.empty()) value.set("references", json::array_of(stamp.core.references));
    if (stamp.core.date) value.set("final_date", format_date(*stamp.core.date));
    if (stamp.core.previous) value.set("previous", to_hex(*stamp.core.previous));
    value.set("outcome", word(stamp.entry.outcome));
    value.set("block", stamp.entry.inclusion.height);
    if (stamp.entry.in_open_branch) value.set("in_open_branch", true);
    if (stamp.entry.is_annulled) value.set("annulled", true);
    return value;
}

json::Value position_json(const carnet::Position& position, const std::vector<carnet::Item>& items) {
    return {{"kind", word(position.kind)},
            {"territory", position.territory},
            {"sheet", position.sheet},
            {"open", carnet::to_text(position.open, items)},
            {"final_date", format_date(position.final_date)},
            {"office", position.office}};
}

json::Value item_json(const carnet::Item& item) {
    json::Value value{{"number", std::int64_t{item.number}}, {"text", item.text}, {"pieces", item.pieces}};
    value.set("value_minor", item.value);
    if (!item.origin.empty()) value.set("origin", item.origin);
    return value;
}

} // namespace

Result<json::Value> show_carnet(const state::View& view, const documents::RecordKey& key, Date today) {
    TW_TRY(const std::optional<carnet::Carnet> carnet, carnet::load(view, key));
    if (!carnet) {
        return fail("show.absent", key.key + " is not in " + key.name_space +
                                       " of this copy: unknown to the ledger, or a paper carnet");
    }
    TW_TRY(const carnet::ReferenceData reference, carnet::reference_data(view, today));
    const carnet::Balances balances = carnet::fold(*carnet, reference);
    json::Value value{{"namespace", key.name_space}, {"key", key.key}};
    if (carnet->has_head) {
        const carnet::Cover& cover = carnet->head.cover;
        value.set("status", carnet::word(carnet::status_on(carnet->head, balances, today)))
            .set("revision", carnet->head.revision)
            .set("issued", format_date(cover.issued))
            .set("valid_until", format_date(cover.valid_until))
            .set("use", cover.use + " " + cover.use_text)
            .set("association", cover.issuing_association)
            .set("countries", json::array_of(cover.countries))
            .set("sheets",
                 {{"yellow", cover.sets.yellow}, {"white", cover.sets.white}, {"blue", cover.sets.blue}})
            .set("total", {{"pieces", cover.total_pieces},
                           {"value_minor", cover.total_value},
                           {"currency", cover.currency}});
    }
    value.set("items", json::array_of(carnet->items, item_json));
    json::Value history = json::array();
    for (const std::size_t index : balances.order)
        history.push(stamp_json(carnet->stamps[index]));
    value.set("history", std::move(history));
    json::Value open = json::array();
    for (const carnet::Position& position : balances.positions) {
        if (!carnet::none(position.open)) open.push(position_json(position, carnet->items));
    }
    value.set("open", std::move(open));
    return value;
}

Result<json::Value> show_certificate(const state::View& view, const documents::RecordKey& key) {
    TW_TRY(const std::optional<origin::Head> head, origin::find_head(view, key));
    if (!head) {
        return fail("show.absent",
                    "certificate " + key.key + " is not in " + key.name_space + " of this copy");
    }
    TW_TRY(const std::vector<origin::EventRecord> events, origin::find_events(view, key, *head));
    json::Value value{{"namespace", key.name_space},
                      {"key", key.key},
                      {"status", word(head->status)},
                      {"certifier", to_hex(head->certifier)}};
    value.set("versions",
              json::array_of(head->versions, [](const origin::Head::Version& version) -> json::Value {
                  return {{"version", std::int64_t{version.issue.version}},
                          {"signed_on", format_date(version.issue.signed_on)},
                          {"anchored", format_time_ns(version.inclusion.time)},
                          {"block", version.inclusion.height}};
              }));
    value.set("events", json::array_of(events, [](const origin::EventRecord& event) -> json::Value {
                  return {{"kind", std::int64_t{event.kind}},
                          {"at", format_utc(event.at)},
                          {"block", event.inclusion.height}};
              }));
    return value;
}

} // namespace tidewaiter::gateway
