#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Codes of others: recognised and shown as "read, not ours", never judged.
namespace tidewaiter::claims {

enum class ForeignKind : std::uint8_t {
    EuHealth,     ///< HC1: and its relatives
    SmartHealth,  ///< shc:/
    Gs1Elements,  ///< GS1 element string
    Gs1Link,      ///< GS1 Digital Link
    Aamva,        ///< driving licence, PDF417
    OpenId4Vp,    ///< request to a wallet
    Mdoc,         ///< ISO 18013-5 device engagement
    IcaoSeal,     ///< ICAO digital seal as text (RDB1)
    CarnetDigits, ///< digits alone: may be ICC's carnet id and transaction code, whose form is not published
    Web,          ///< an address; never followed
};

struct ForeignCode {
    ForeignKind kind{};
    std::string_view name; ///< stable word: "eu-health", "gs1-elements" …
    std::string_view what; ///< one English sentence for people
    /// What can be read without any key, as (name, value); values as scanned, to be escaped where shown.
    std::vector<std::pair<std::string, std::string>> contents;
};

/// Nothing when no known form fits. Never reads more than limits::kMaxScanChars.
[[nodiscard]] std::optional<ForeignCode> recognise_foreign(std::string_view text);
[[nodiscard]] std::string_view foreign_name(ForeignKind kind);

} // namespace tidewaiter::claims
