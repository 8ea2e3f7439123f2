#include "ledger/application/application.hpp"

#include <algorithm>
#include <array>

namespace tidewaiter::application {

namespace {

struct Code {
    std::string_view error;
    std::uint32_t number;
};

/// Stable: a number is never given to another error.
constexpr std::array kCodes{
    Code{"application.too-large", 1},
    Code{"application.type", 2},
    Code{"application.kind", 3},
    Code{"application.unknown-signer", 4},
    Code{"application.signature", 5},
    Code{"application.low-s", 6},
    Code{"application.signer", 7},
    Code{"application.attachments", 8},
    Code{"application.cosigned", 9},
    Code{"application.not-entitled", 10},
    Code{"application.revoked", 11},
    Code{"application.key-dates", 12},
    Code{"application.time", 13},
    Code{"application.duplicate", 14},
    Code{"application.unknown-record", 15},
    Code{"application.state", 16},
    Code{"application.record", 17},
    Code{"application.kid", 18},
    Code{"application.full", 19},
    Code{"application.chain", 20},
    Code{"reference.name", 30},
    Code{"reference.dates", 31},
    Code{"reference.retroactive", 32},
    Code{"reference.full", 33},
    Code{"carnet.exists", 40},
    Code{"carnet.unknown", 41},
    Code{"carnet.revision", 42},
    Code{"carnet.cover", 43},
    Code{"carnet.page", 44},
    Code{"carnet.status", 45},
    Code{"carnet.kind", 46},
    Code{"carnet.core", 47},
    Code{"carnet.full", 48},
    Code{"carnet.outcome", 49},
    Code{"carnet.key", 50},
};

struct Family {
    std::string_view prefix;
    std::uint32_t number;
};
/// Everything else, by where it comes from.
constexpr std::array kFamilies{
    Family{"cbor.", 100},   Family{"envelope.", 101}, Family{"field.", 102},    Family{"key.", 103},
    Family{"lines.", 104},  Family{"carnet.", 105},   Family{"identity.", 106}, Family{"reference.", 107},
    Family{"origin.", 108}, Family{"view.", 120},     Family{"store.", 121},
};

} // namespace

std::uint32_t result_code(std::string_view error) {
    constexpr std::uint32_t kOther = 255;
    if (error.empty()) return 0;
    const auto* code = std::ranges::find(kCodes, error, &Code::error);
    if (code != kCodes.end()) return code->number;
    const auto* family =
        std::ranges::find_if(kFamilies, [&](const Family& f) { return error.starts_with(f.prefix); });
    return family != kFamilies.end() ? family->number : kOther;
}

std::string_view word(StampOutcome outcome) {
    switch (outcome) {
    case StampOutcome::Effective: return "effective";
    case StampOutcome::Late: return "late";
    case StampOutcome::Orphan: return "orphan";
    case StampOutcome::Refused: return "refused";
    }
    return "";
}

} // namespace tidewaiter::application
