#pragma once

#include "daemon/json/json.hpp"
#include "ledger/documents/carnet/record.hpp"
#include "ledger/documents/identity/blob.hpp"

/// A carnet as an issuing association writes it down (docs/cli.md), turned into what goes on the ledger.
namespace tidewaiter::cli {

struct CarnetFile {
    carnet::CoverRecord record;
    std::vector<carnet::ListPage> pages;
    Bytes holder_blob; ///< encoded; the cover names its digest
};

/// {"carnet": {scheme, home, number, issued, valid_until, holder, represented_by, use, use_text, association,
/// guarantor?, guarantee_chain, countries, sets, currency, continuation_sheets?, holder_key?}, "items":
/// [[number, text, pieces, weight in kg, value, origin] or {…}]}. Totals and digests are computed; totals
/// that the file states must agree. Errors: json.*, time.date, carnet-file.* naming the field.
[[nodiscard]] Result<CarnetFile>
read_carnet_file(const json::Value& file, const std::optional<crypto::PublicKey>& holder_key = std::nullopt);

/// "12.5" of a JSON number, exactly to six places. Error: carnet-file.number.
[[nodiscard]] Result<documents::Decimal> to_decimal(double value);

} // namespace tidewaiter::cli
