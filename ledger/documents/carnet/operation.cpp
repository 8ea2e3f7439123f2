#include "ledger/documents/carnet/operation.hpp"

#include <array>
#include <utility>

namespace tidewaiter::carnet {
namespace {

constexpr std::array<std::pair<Operation, std::string_view>, 23> kNames{{
    {Operation::Validate, "VALIDATE"},
    {Operation::Export, "EXPORT"},
    {Operation::PreExport, "PRE_EXPORT"},
    {Operation::Exit, "EXIT"},
    {Operation::Import, "IMPORT"},
    {Operation::Reexport, "REEXPORT"},
    {Operation::Reimport, "REIMPORT"},
    {Operation::TransitOpen, "TRANSIT_OPEN"},
    {Operation::TransitClose, "TRANSIT_CLOSE"},
    {Operation::Regularise, "REGULARISE"},
    {Operation::ExtendFinal, "EXTEND_FINAL"},
    {Operation::TransferHolder, "TRANSFER_HOLDER"},
    {Operation::Seize, "SEIZE"},
    {Operation::Release, "RELEASE"},
    {Operation::Adopt, "ADOPT"},
    {Operation::RecordPaper, "RECORD_PAPER"},
    {Operation::AcceptSubstitute, "ACCEPT_SUBSTITUTE"},
    {Operation::AcceptReplacement, "ACCEPT_REPLACEMENT"},
    {Operation::Cancel, "CANCEL"},
    {Operation::Correct, "CORRECT"},
    {Operation::ClaimUsed, "CLAIM_USED"},
    {Operation::Checkpoint, "CHECKPOINT"},
    {Operation::PermitUsed, "PERMIT_USED"},
}};

} // namespace

std::string_view name(Operation operation) {
    for (const auto& [value, text] : kNames) {
        if (value == operation) return text;
    }
    return "UNKNOWN";
}

std::optional<Operation> operation_from(std::string_view name) {
    for (const auto& [value, text] : kNames) {
        if (text == name) return value;
    }
    return std::nullopt;
}

std::string_view word(Colour colour) {
    switch (colour) {
    case Colour::Yellow: return "yellow";
    case Colour::White: return "white";
    case Colour::Blue: return "blue";
    }
    return "unknown";
}

std::optional<Sheet> sheet_for(Operation operation, int number) {
    switch (operation) {
    case Operation::Export:
    case Operation::PreExport:
    case Operation::Exit: return Sheet{Colour::Yellow, number, Half::Opening};
    case Operation::Reimport: return Sheet{Colour::Yellow, number, Half::Closing};
    case Operation::Import: return Sheet{Colour::White, number, Half::Opening};
    case Operation::Reexport: return Sheet{Colour::White, number, Half::Closing};
    case Operation::TransitOpen: return Sheet{Colour::Blue, number, Half::Opening};
    case Operation::TransitClose: return Sheet{Colour::Blue, number, Half::Closing};
    default: return std::nullopt;
    }
}

bool opens_sheet(Operation operation) {
    return operation == Operation::Export || operation == Operation::PreExport ||
           operation == Operation::Import || operation == Operation::TransitOpen;
}

bool is_exit(Operation operation) {
    return operation == Operation::Reexport || operation == Operation::TransitClose ||
           operation == Operation::Reimport;
}

} // namespace tidewaiter::carnet
