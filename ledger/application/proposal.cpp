#include "ledger/application/proposal.hpp"

namespace tidewaiter::application {

namespace {

Result<carnet::Lines> read_lines(std::string_view field, const std::string& text) {
    if (text.empty()) return carnet::Lines{};
    Result<carnet::Lines> lines = carnet::read_typed_lines(text);
    if (!lines) return within(field, std::move(lines).error());
    return lines;
}

Result<carnet::Colour> colour_from(std::string_view word) {
    for (const carnet::Colour colour : {carnet::Colour::Yellow, carnet::Colour::White, carnet::Colour::Blue})
        if (carnet::word(colour) == word) return colour;
    return fail("stamp.colour", "a sheet is yellow, white or blue, not '" + printable(word, 20) + "'");
}

} // namespace

Result<carnet::Proposal> to_proposal(const Declaration& declaration) {
    carnet::Proposal proposal;
    const std::optional<carnet::Operation> operation = carnet::operation_from(declaration.operation);
    if (!operation || !carnet::is_stamp(*operation))
        return fail("stamp.operation",
                    "'" + printable(declaration.operation, 30) +
                        "' is no stamp: name one of VALIDATE, "
                        "EXPORT, PRE_EXPORT, EXIT, IMPORT, REEXPORT, REIMPORT, TRANSIT_OPEN, TRANSIT_CLOSE");
    proposal.operation = *operation;
    if (declaration.sheet < 0 || declaration.sheet > 99)
        return fail("stamp.sheet", "sheets are numbered from 1 to 99; 0 takes the next that fits");
    proposal.sheet = declaration.sheet;
    if (!declaration.colour.empty()) {
        TW_TRY(proposal.presented_colour, colour_from(declaration.colour));
    }
    TW_TRY(proposal.lines, read_lines("lines", declaration.lines));
    TW_TRY(proposal.not_reexported, read_lines("not re-exported", declaration.not_reexported));
    TW_TRY(proposal.not_produced, read_lines("not produced", declaration.not_produced));
    TW_TRY(proposal.processed_abroad, read_lines("processed abroad", declaration.processed_abroad));
    TW_TRY(proposal.not_reimported, read_lines("not re-imported", declaration.not_reimported));
    if (declaration.regularised < 0 || declaration.regularised > 5)
        return fail("stamp.regularised", "a regularisation is numbered 1 to 5, 0 for none");
    if (declaration.regularised > 0)
        proposal.regularised = static_cast<carnet::BadGoods>(declaration.regularised);
    for (const int reference : declaration.references) {
        if (reference < 1 || reference > 99)
            return fail("stamp.sheet", "sheets discharged are numbered from 1 to 99");
        proposal.references.push_back(reference);
    }
    proposal.branch = declaration.branch;
    proposal.date = declaration.final_date;
    if (!declaration.destination.empty() && !documents::is_office(declaration.destination))
        return fail("stamp.office", "a destination is an office such as US-D:2720");
    proposal.destination = declaration.destination;
    if (declaration.transport_mode >= 0) proposal.transport_mode = declaration.transport_mode;
    proposal.answers.insert(declaration.answers.begin(), declaration.answers.end());
    proposal.booklet_shows_ink = declaration.booklet_shows_ink;
    proposal.stamp_missing_no_abuse = declaration.stamp_missing_no_abuse;
    proposal.issuer_confirms = declaration.issuer_confirms;
    return proposal;
}

Status check_declaration(const Declaration& declaration) {
    TW_CHECK(to_proposal(declaration));
    return {};
}

} // namespace tidewaiter::application
