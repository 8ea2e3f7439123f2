#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tidewaiter::carnet {

/// What customs do, numbered as in the records. 1 … 9 are stamps, the others are records.
enum class Operation : std::uint8_t {
    Validate = 1,
    Export,
    PreExport,
    Exit,
    Import,
    Reexport,
    Reimport,
    TransitOpen,
    TransitClose,
    Regularise = 10,
    ExtendFinal,
    TransferHolder,
    Seize,
    Release,
    Adopt,
    RecordPaper,
    AcceptSubstitute,
    AcceptReplacement,
    Cancel = 20,
    Correct,
    ClaimUsed,
    Checkpoint,
    PermitUsed,
};

/// "REEXPORT", "TRANSIT_OPEN" …
[[nodiscard]] std::string_view name(Operation operation);
[[nodiscard]] std::optional<Operation> operation_from(std::string_view name);
[[nodiscard]] constexpr bool is_stamp(Operation operation) {
    return operation <= Operation::TransitClose;
}

enum class Colour : std::uint8_t { Yellow = 1, White, Blue };
enum class Half : std::uint8_t { Opening = 1, Closing = 2 }; ///< EXP, IMP, DEP; REI, REX, DES

struct Sheet {
    Colour colour = Colour::Yellow;
    int number = 1; ///< 1 … 99
    Half half = Half::Opening;
    auto operator<=>(const Sheet&) const = default;
};

[[nodiscard]] std::string_view word(Colour colour); ///< "yellow", "white", "blue"
/// The half that an operation stamps; nothing for VALIDATE and for records.
[[nodiscard]] std::optional<Sheet> sheet_for(Operation operation, int number);
/// Exportation, importation, opening of a transit.
[[nodiscard]] bool opens_sheet(Operation operation);
/// Re-export, closing of a transit, re-import: what must not be made impossible.
[[nodiscard]] bool is_exit(Operation operation);

} // namespace tidewaiter::carnet
