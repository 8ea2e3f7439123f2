#pragma once

#include "daemon/json/json.hpp"
#include "ledger/documents/origin/issue.hpp"
#include "ledger/documents/origin/rules.hpp"

/// A certificate of origin as its certifier writes it down (docs/cli.md).
namespace tidewaiter::cli {

struct OriginFile {
    origin::Certificate certificate;
    origin::Seed seed{}; ///< new and random: whoever has it can open every field
    origin::Shipment shipment;
};

/// {agreement, kind, role, signed_on, blanket?: {from, to}, invoice?, certifier?, exporter?, producer?,
/// importer? (object, or one of SAME, VARIOUS, UNKNOWN, ON_REQUEST, LIST), lines: [{description, sku?, hs,
/// edition?, criterion, origin, rule?}], shipment: {entry?, bill?, invoice?, import_date?, conveyance?,
/// port?}}. The id is drawn at random. Errors: json.*, time.date, origin-file.* naming the field.
[[nodiscard]] Result<OriginFile> read_origin_file(const json::Value& file);

} // namespace tidewaiter::cli
