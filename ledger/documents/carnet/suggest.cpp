#include "ledger/documents/carnet/suggest.hpp"

#include "ledger/documents/carnet/context.hpp"

#include <algorithm>
#include <array>

namespace tidewaiter::carnet {
namespace {

using documents::NextOperation;

/// Everything a suggestion looks at.
class Desk {
  public:
    Desk(const Carnet& carnet, const Balances& balances, const ReferenceData& reference, const Port& port)
        : carnet_(carnet), balances_(balances), reference_(reference),
          where_(locate(reference, port.place, port.territory, carnet.parts.territory, &carnet.head.cover)) {
        is_home_ = where_.territory == reference.territories.union_of(carnet.parts.territory);
    }

    [[nodiscard]] bool is_home() const { return is_home_; }

    [[nodiscard]] bool is_in_box_p() const {
        const auto& countries = carnet_.head.cover.countries;
        return std::any_of(countries.begin(), countries.end(), [&](const std::string& country) {
            return reference_.territories.union_of(country) == where_.territory;
        });
    }

    [[nodiscard]] bool is_half_free(Operation operation, int sheet) const {
        const auto wanted = sheet_for(operation, sheet);
        return std::none_of(carnet_.stamps.begin(), carnet_.stamps.end(),
                            [&](const Stamp& stamp) { return stamp.counts() && stamp.core.sheet == wanted; });
    }

    /// The lowest issued sheet whose half is free, `preferred` first; 0 when all are used.
    [[nodiscard]] int free_sheet(Operation operation, int preferred) const {
        const auto sheet = sheet_for(operation, 1);
        if (!sheet) return 0;
        const int issued = carnet_.head.cover.sets.of(sheet->colour);
        if (preferred >= 1 && preferred <= issued && is_half_free(operation, preferred)) return preferred;
        for (int number = 1; number <= issued; ++number) {
            if (is_half_free(operation, number)) return number;
        }
        return 0;
    }

    /// Pieces that may leave home: listed, and neither out nor reserved.
    [[nodiscard]] Pieces at_home() const {
        Pieces pieces = balances_.listed;
        for (const Position& position : balances_.positions) {
            if (position.kind == ObligationKind::Home || position.kind == ObligationKind::PreExport)
                subtract(pieces, position.open);
        }
        return pieces;
    }

    /// Pieces that may come in here: exported and open, and not admitted here yet.
    [[nodiscard]] Pieces at_the_border(ObligationKind already) const {
        Pieces pieces = balances_.home();
        const Pieces reserved = balances_.pre_exported();
        for (std::size_t i = 0; i < pieces.size(); ++i)
            pieces[i] = std::min(balances_.listed[i], pieces[i] + reserved[i]);
        for (const Position& position : balances_.positions) {
            if (position.kind == already && position.territory == where_.territory)
                subtract(pieces, position.open);
        }
        return pieces;
    }

    [[nodiscard]] std::vector<std::size_t> open(ObligationKind kind) const {
        return open_positions(balances_, kind, where_.territory);
    }

    [[nodiscard]] std::string text(const Pieces& pieces) const { return to_text(pieces, carnet_.items); }

    /// The discharges of open obligations of one kind: a sheet for each, oldest first.
    void add_discharges(Operation operation, ObligationKind kind, std::vector<NextOperation>& next) const {
        for (const std::size_t index : open(kind)) {
            const Position& position = balances_.positions[index];
            const bool keeps_number = operation == Operation::TransitClose || operation == Operation::Exit;
            const int sheet = keeps_number ? position.sheet : free_sheet(operation, position.sheet);
            NextOperation entry{std::string(name(operation)), sheet, text(position.open), {}};
            if (!keeps_number) entry.references = {position.sheet};
            next.push_back(std::move(entry));
        }
    }

    void add_opening(Operation operation, const Pieces& pieces, std::vector<NextOperation>& next) const {
        const int sheet = free_sheet(operation, 0);
        if (sheet > 0 && !none(pieces))
            next.push_back({std::string(name(operation)), sheet, text(pieces), {}});
    }

    [[nodiscard]] bool is_validated() const { return balances_.validated.has_value(); }

  private:
    static void subtract(Pieces& from, const Pieces& what) {
        for (std::size_t i = 0; i < from.size(); ++i)
            from[i] = std::max<std::int64_t>(0, from[i] - what[i]);
    }

    const Carnet& carnet_;
    const Balances& balances_;
    const ReferenceData& reference_;
    Location where_;
    bool is_home_ = false;
};

/// Nothing new may begin: expired, withdrawn, lost, superseded or returned.
bool is_closed_for_new(const Carnet& carnet, Date today) {
    const Head& head = carnet.head;
    return today > head.cover.valid_until || head.status == CarnetStatus::Withdrawn || head.has(Flag::Lost) ||
           head.status == CarnetStatus::Superseded || head.has(Flag::Superseded) || is_returned(head);
}

std::vector<NextOperation> next_operations(const Carnet& carnet, const Desk& desk, Date today) {
    std::vector<NextOperation> next;
    const bool may_begin = !is_closed_for_new(carnet, today);
    if (desk.is_home()) {
        desk.add_discharges(Operation::Reimport, ObligationKind::Home, next);
        if (!may_begin) return next;
        if (!desk.is_validated()) next.push_back({std::string(name(Operation::Validate)), 0, {}, {}});
        desk.add_discharges(Operation::Exit, ObligationKind::PreExport, next);
        desk.add_opening(Operation::Export, desk.at_home(), next);
        return next;
    }
    desk.add_discharges(Operation::TransitClose, ObligationKind::Transit, next);
    desk.add_discharges(Operation::Reexport, ObligationKind::Admission, next);
    if (!may_begin || !desk.is_in_box_p()) return next;
    desk.add_opening(Operation::Import, desk.at_the_border(ObligationKind::Admission), next);
    desk.add_opening(Operation::TransitOpen, desk.at_the_border(ObligationKind::Transit), next);
    return next;
}

Operation operation_of(const Sheet& sheet, const Carnet& carnet) {
    const bool opens = sheet.half == Half::Opening;
    if (sheet.colour == Colour::White) return opens ? Operation::Import : Operation::Reexport;
    if (sheet.colour == Colour::Blue) return opens ? Operation::TransitOpen : Operation::TransitClose;
    if (!opens) return Operation::Reimport;
    const bool was_pre_exported =
        std::any_of(carnet.stamps.begin(), carnet.stamps.end(), [&](const Stamp& stamp) {
            return stamp.counts() && stamp.operation() == Operation::PreExport && stamp.core.sheet == sheet;
        });
    return was_pre_exported ? Operation::Exit : Operation::Export;
}

/// What a bare scan without a sheet means: home by what is out, abroad by what is admitted or in transit.
Operation operation_by_direction(const Desk& desk) {
    if (desk.is_home()) {
        if (!desk.open(ObligationKind::Home).empty()) return Operation::Reimport;
        return desk.is_validated() ? Operation::Export : Operation::Validate;
    }
    return desk.open(ObligationKind::Admission).empty() ? Operation::Import : Operation::Reexport;
}

Lines to_lines(const std::string& text) {
    if (text.empty()) return {};
    auto lines = parse_lines(text);
    return lines ? *lines : Lines{};
}

/// Sheet, lines and references of a proposal where it has none.
Proposal fill(Proposal proposal, const Carnet& carnet, const Desk& desk) {
    const Operation operation = proposal.operation;
    const bool discharges = operation == Operation::Reexport || operation == Operation::Reimport ||
                            operation == Operation::TransitClose || operation == Operation::Exit;
    std::vector<NextOperation> candidates;
    if (operation == Operation::Reexport)
        desk.add_discharges(operation, ObligationKind::Admission, candidates);
    if (operation == Operation::Reimport) desk.add_discharges(operation, ObligationKind::Home, candidates);
    if (operation == Operation::TransitClose)
        desk.add_discharges(operation, ObligationKind::Transit, candidates);
    if (operation == Operation::Exit) desk.add_discharges(operation, ObligationKind::PreExport, candidates);
    if (operation == Operation::Export || operation == Operation::PreExport)
        desk.add_opening(operation, desk.at_home(), candidates);
    if (operation == Operation::Import)
        desk.add_opening(operation, desk.at_the_border(ObligationKind::Admission), candidates);
    if (operation == Operation::TransitOpen)
        desk.add_opening(operation, desk.at_the_border(ObligationKind::Transit), candidates);
    // The candidate that the references or the sheet mean, else the oldest.
    const auto is_meant = [&](const NextOperation& candidate) {
        if (!proposal.references.empty()) return candidate.references == proposal.references;
        if (candidate.references.empty()) return proposal.sheet == 0 || candidate.sheet == proposal.sheet;
        return std::find(candidate.references.begin(), candidate.references.end(), proposal.sheet) !=
               candidate.references.end();
    };
    auto chosen = std::find_if(candidates.begin(), candidates.end(), is_meant);
    const bool any_will_do = proposal.references.empty() && operation != Operation::TransitClose;
    if (chosen == candidates.end() && any_will_do) chosen = candidates.begin();
    if (chosen != candidates.end()) {
        if (proposal.sheet == 0) proposal.sheet = chosen->sheet;
        if (proposal.lines.empty()) proposal.lines = to_lines(chosen->lines);
        if (proposal.references.empty()) proposal.references = chosen->references;
    } else if (proposal.lines.empty() && !discharges && operation != Operation::Validate) {
        // Nothing is left to open: judge the whole list, so that the findings say why.
        Pieces all(carnet.items.size(), 0);
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = carnet.items[i].pieces;
        proposal.lines = to_lines(desk.text(all));
    }
    return proposal;
}

// ---- subject ----------------------------------------------------------------------------------------------

/// Digits after the point by ISO 4217; two where not listed. For display only.
int minor_digits(std::string_view currency) {
    constexpr std::array<std::string_view, 8> none{"JPY", "KRW", "VND", "CLP", "ISK", "XAF", "XOF", "PYG"};
    constexpr std::array<std::string_view, 6> three{"BHD", "JOD", "KWD", "OMR", "TND", "IQD"};
    if (std::find(none.begin(), none.end(), currency) != none.end()) return 0;
    return std::find(three.begin(), three.end(), currency) != three.end() ? 3 : 2;
}

std::string money(std::uint64_t minor_units, const std::string& currency) {
    const auto digits = static_cast<std::size_t>(minor_digits(currency));
    std::string text = std::to_string(minor_units);
    if (text.size() <= digits) text.insert(0, digits + 1 - text.size(), '0');
    if (digits > 0) text.insert(text.size() - digits, ".");
    return text + " " + currency;
}

bool shows_serial(const Item& item) {
    return !item.serials.empty() || item.text.find("S/N") != std::string::npos ||
           item.text.find("serial") != std::string::npos;
}

std::string item_fact(const Item& item) {
    std::string text = std::to_string(item.number) + ": " + item.text;
    if (!item.serials.empty() && item.text.find(item.serials.front()) == std::string::npos)
        text += ", S/N " + item.serials.front();
    return text;
}

std::string_view kind_word(ObligationKind kind) {
    switch (kind) {
    case ObligationKind::Home: return "out of home";
    case ObligationKind::Admission: return "admitted";
    case ObligationKind::Transit: return "in transit";
    case ObligationKind::PreExport: return "pre-exported";
    }
    return "open";
}

} // namespace

Suggestion suggest(const Carnet& carnet, const Balances& balances, const ReferenceData& reference,
                   const Port& port, LocalTime now, const std::optional<Sheet>& sheet) {
    const Desk desk(carnet, balances, reference, port);
    Suggestion suggestion;
    suggestion.next = next_operations(carnet, desk, local_date(now));
    Proposal proposal;
    proposal.operation = sheet ? operation_of(*sheet, carnet) : operation_by_direction(desk);
    proposal.sheet = sheet ? sheet->number : 0;
    suggestion.proposal = fill(std::move(proposal), carnet, desk);
    return suggestion;
}

Proposal complete(const Proposal& proposal, const Carnet& carnet, const Balances& balances,
                  const ReferenceData& reference, const Port& port) {
    return fill(proposal, carnet, Desk(carnet, balances, reference, port));
}

documents::Subject describe(const Carnet& carnet, const Balances& balances, std::string_view holder,
                            Date today) {
    documents::Subject subject;
    subject.name_space = carnet.key.name_space;
    subject.key = carnet.key.key;
    subject.kind = "carnet";
    subject.title = carnet.parts.scheme + " carnet " + carnet.parts.number;
    const Cover& cover = carnet.head.cover;
    if (!holder.empty()) subject.compare.emplace_back("holder", holder);
    if (!carnet.items.empty()) {
        auto item = std::find_if(carnet.items.begin(), carnet.items.end(), shows_serial);
        if (item == carnet.items.end()) item = carnet.items.begin();
        subject.compare.emplace_back("item", printable(item_fact(*item)));
    }
    const std::string totals = std::to_string(cover.total_pieces) + " pieces, " +
                               std::to_string(carnet.items.size()) + " items, " +
                               money(cover.total_value, cover.currency);
    if (subject.compare.size() < 2)
        subject.compare.emplace_back("totals", totals);
    else
        subject.details.emplace_back("totals", totals);
    subject.details.emplace_back("state", word(status_on(carnet.head, balances, today)));
    subject.details.emplace_back("home", carnet.parts.territory);
    subject.details.emplace_back("issued", format_date(cover.issued));
    subject.details.emplace_back("valid until", format_date(cover.valid_until));
    subject.details.emplace_back("use", cover.use);
    for (const Position& position : balances.positions) {
        if (none(position.open)) continue;
        subject.details.emplace_back(kind_word(position.kind),
                                     position.territory + " " + std::to_string(position.sheet) + ": " +
                                         to_text(position.open, carnet.items) + " until " +
                                         format_date(position.final_date));
    }
    return subject;
}

} // namespace tidewaiter::carnet
