#pragma once

#include "daemon/cli/carnet_file.hpp"
#include "daemon/cli/origin_file.hpp"
#include "ledger/documents/reference/packs.hpp"

/// What has happened at the demonstration before it begins: config/demonstration/seed.json and
/// reference.json, dated relative to now.
namespace tidewaiter::cli {

struct StampPlan {
    std::string device;
    carnet::Operation operation = carnet::Operation::Validate;
    int sheet = 0; ///< 0: none (VALIDATE)
    std::string lines;
    std::vector<int> references;
    UnixTime at = 0;
    std::optional<Date> final_date;
};
struct CarnetPlan {
    CarnetFile file;
    std::string issuer; ///< key names
    std::string holder_key;
    std::vector<StampPlan> stamps; ///< oldest first
};
/// A row of seed.json's "carnets" and the carnet file that it names. Issued that many days before now and
/// valid for a year; its stamps lie after its issue. Errors: json.*, carnet-file.*, demonstration.*.
[[nodiscard]] Result<CarnetPlan> plan_carnet(const json::Field& row, const json::Value& carnet,
                                             const crypto::PublicKey& holder_key, UnixTime now);

struct CertificatePlan {
    std::string name;
    std::string certifier; ///< key name
    bool is_revoked = false;
    OriginFile file;
};
/// `common` is seed.json's "certificate".
[[nodiscard]] Result<CertificatePlan> plan_certificate(const json::Field& row, const json::Value& common,
                                                       UnixTime now);

struct PackPlan {
    std::string name; ///< "carnet/territories"
    Bytes data;
};
/// From reference.json. Errors: json.*, time.date, demonstration.word.
[[nodiscard]] Result<std::vector<PackPlan>> plan_packs(const json::Value& file);

/// The text of a locator as seed.json has it: {territory, scheme, number, sheet "W11"}.
[[nodiscard]] Result<std::string> locator_text(const json::Field& field);

/// Minutes east of UTC at a place of the time zone database, summer time included. One thread.
[[nodiscard]] int offset_minutes(const std::string& timezone, UnixTime utc);

} // namespace tidewaiter::cli
