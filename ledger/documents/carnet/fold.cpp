#include "ledger/documents/carnet/pool.hpp"

#include <algorithm>

namespace tidewaiter::carnet {
namespace {

std::int64_t unproven(const Position& position, std::size_t item) {
    return position.open[item] - position.proven[item];
}

/// Exportation and pre-exportation compete for one half; EXIT completes it.
bool competes(Operation a, Operation b) {
    const bool both_halves_of_two_step = (a == Operation::PreExport && b == Operation::Exit) ||
                                         (a == Operation::Exit && b == Operation::PreExport);
    return !both_halves_of_two_step;
}

class Folder {
  public:
    Folder(const Carnet& carnet, const ReferenceData& reference)
        : carnet_(carnet), reference_(reference), knowledge_(carnet), count_(carnet.items.size()) {
        out_.listed.resize(count_);
        for (std::size_t i = 0; i < count_; ++i)
            out_.listed[i] = carnet.items[i].pieces;
        out_.regularised.assign(count_, 0);
        out_.reimported.assign(count_, 0);
        out_.missing.assign(count_, 0);
        home_ = reference.territories.union_of(carnet.parts.territory);
    }

    Balances run() {
        out_.order = stamp_order(carnet_);
        for (const std::size_t index : out_.order) {
            if (carnet_.stamps[index].counts()) apply(index);
        }
        return std::move(out_);
    }

  private:
    void apply(std::size_t index) {
        const Stamp& stamp = carnet_.stamps[index];
        const UnixTime at = stamp.at().utc;
        if (is_stamp(stamp.operation())) {
            out_.latest = std::max(out_.latest.value_or(at), at);
            find_half_conflicts(index);
        }
        switch (stamp.operation()) {
        case Operation::Validate: validate(stamp); break;
        case Operation::Export: export_pieces(index, ObligationKind::Home); break;
        case Operation::PreExport: export_pieces(index, ObligationKind::PreExport); break;
        case Operation::Exit: exit(index); break;
        case Operation::Import: import(index); break;
        case Operation::TransitOpen: open_transit(index); break;
        case Operation::Reexport: reexport(stamp); break;
        case Operation::Reimport: reimport(index); break;
        case Operation::TransitClose: close_transit(stamp); break;
        case Operation::Regularise: regularise(stamp); break;
        case Operation::ExtendFinal: extend_final(stamp); break;
        case Operation::Seize: seize(stamp); break;
        case Operation::Release: release(stamp); break;
        default: break; // no effect on balances
        }
    }

    [[nodiscard]] std::string territory(const Stamp& stamp) const {
        return territory_of_office(reference_, stamp.office());
    }

    void validate(const Stamp& stamp) {
        if (!out_.validated || stamp.at().utc < out_.validated->utc) out_.validated = stamp.at();
    }

    /// `pieces` cut to what is listed is what a stamp can open.
    void open(std::size_t index, ObligationKind kind, std::string where, Pieces pieces) {
        const Stamp& stamp = carnet_.stamps[index];
        Position position;
        position.kind = kind;
        position.territory = std::move(where);
        position.sheet = stamp.core.sheet ? stamp.core.sheet->number : 1;
        position.open = pieces;
        position.opened = std::move(pieces);
        position.held.assign(count_, 0);
        position.proven.assign(count_, 0);
        position.has_own_date = stamp.core.date.has_value();
        position.final_date = stamp.core.date.value_or(carnet_.head.cover.valid_until);
        position.stamp = index;
        position.office = stamp.office();
        position.destination = stamp.core.destination;
        out_.positions.push_back(std::move(position));
    }

    void export_pieces(std::size_t index, ObligationKind kind) {
        out_.has_exportation = true;
        open(index, kind, carnet_.parts.territory, stamp_pieces(carnet_, carnet_.stamps[index].core.lines));
    }

    void exit(std::size_t index) {
        const Stamp& stamp = carnet_.stamps[index];
        out_.has_exportation = true;
        Pieces pieces = stamp_pieces(carnet_, stamp.core.lines);
        bool was_reserved = false;
        Pieces reserved(count_, 0);
        for (Position& position : out_.positions) {
            if (carnet_.stamps[position.stamp].operation() != Operation::PreExport) continue;
            if (position.sheet != stamp.core.sheet->number) continue;
            was_reserved = true;
            if (position.kind != ObligationKind::PreExport) continue; // implied before
            for (std::size_t i = 0; i < count_; ++i)
                reserved[i] += std::exchange(position.open[i], 0);
        }
        if (was_reserved) {
            for (std::size_t i = 0; i < count_; ++i)
                pieces[i] = std::min(pieces[i], reserved[i]);
            if (none(pieces)) return;
        }
        open(index, ObligationKind::Home, carnet_.parts.territory, std::move(pieces));
    }

    /// A foreign stamp of pieces that only a pre-exportation covers opens HOME with all of it (CAR-40).
    void imply_exits(const Pieces& pieces, std::string_view where, bool counts_here) {
        if (where == home_) return;
        Pieces abroad = pieces;
        bool has_reserved = false;
        for (const Position& position : out_.positions) {
            has_reserved = has_reserved || position.kind == ObligationKind::PreExport;
            if (position.kind != ObligationKind::Admission || (!counts_here && position.territory == where))
                continue;
            for (std::size_t i = 0; i < count_; ++i)
                abroad[i] += unproven(position, i);
        }
        if (!has_reserved) return;
        Pieces home = out_.home();
        for (Position& position : out_.positions) {
            if (position.kind != ObligationKind::PreExport) continue;
            bool is_needed = false;
            for (std::size_t i = 0; i < count_ && !is_needed; ++i)
                is_needed = pieces[i] > 0 && position.open[i] > 0 && abroad[i] > home[i];
            if (!is_needed) continue;
            position.kind = ObligationKind::Home;
            for (std::size_t i = 0; i < count_; ++i)
                home[i] = std::min(out_.listed[i], home[i] + position.open[i]);
        }
    }

    void import(std::size_t index) {
        const Stamp& stamp = carnet_.stamps[index];
        const std::string where = territory(stamp);
        const Pieces pieces = stamp_pieces(carnet_, stamp.core.lines);
        imply_exits(pieces, where, /*counts_here=*/true);
        find_admission_conflicts(index, pieces);
        open(index, ObligationKind::Admission, where, pieces);
        const Pieces limit = covered();
        for (std::size_t i = 0; i < count_; ++i)
            if (pieces[i] > 0) prove(index, i, admitted_unproven(i) - limit[i], where);
    }

    void open_transit(std::size_t index) {
        const Stamp& stamp = carnet_.stamps[index];
        const std::string where = territory(stamp);
        const Pieces pieces = stamp_pieces(carnet_, stamp.core.lines);
        imply_exits(pieces, where, /*counts_here=*/false);
        open(index, ObligationKind::Transit, where, pieces);
    }

    void reexport(const Stamp& stamp) {
        const Pool pool = select_pool(out_, carnet_, ObligationKind::Admission, territory(stamp),
                                      stamp.core.references, stamp.core.branch);
        take(pool.positions, stamp_pieces(carnet_, stamp.core.lines));
        if (!stamp.core.nots) return;
        for (const std::string* lines : {&stamp.core.nots->not_reexported, &stamp.core.nots->not_produced}) {
            const Pieces pieces = stamp_pieces(carnet_, *lines);
            if (stamp.core.nots->regularised)
                add(out_.regularised, take(pool.positions, pieces));
            else
                add(out_.missing, pieces);
        }
        limit_regularised(stamp_pieces(carnet_, stamp.core.lines));
    }

    void reimport(std::size_t index) {
        const Stamp& stamp = carnet_.stamps[index];
        const Pieces pieces = stamp_pieces(carnet_, stamp.core.lines);
        const Pieces home = out_.home();
        const Pool pool =
            select_pool(out_, carnet_, ObligationKind::Home, {}, stamp.core.references, stamp.core.branch);
        add(out_.reimported, take(pool.positions, pieces));
        if (stamp.core.nots) take(pool.positions, stamp_pieces(carnet_, stamp.core.nots->not_reimported));
        for (std::size_t i = 0; i < count_; ++i) {
            const std::int64_t left = std::max<std::int64_t>(0, home[i] - pieces[i]);
            if (pieces[i] > 0) prove(index, i, admitted_unproven(i) - left, territory(stamp));
        }
        limit_regularised(pieces);
    }

    void close_transit(const Stamp& stamp) {
        std::vector<std::size_t> meant;
        for (const std::size_t index : open_positions(out_, ObligationKind::Transit, territory(stamp))) {
            const Position& position = out_.positions[index];
            const bool is_branch =
                !stamp.core.branch || carnet_.stamps[position.stamp].id == *stamp.core.branch;
            if (stamp.core.sheet && position.sheet == stamp.core.sheet->number && is_branch)
                meant.push_back(index);
        }
        take(meant, stamp_pieces(carnet_, stamp.core.lines));
    }

    void regularise(const Stamp& stamp) {
        const Pool pool = select_pool(out_, carnet_, ObligationKind::Admission, territory(stamp),
                                      stamp.core.references, stamp.core.branch);
        Pieces wanted = stamp.core.lines.empty() ? open_pieces(out_, pool.positions)
                                                 : stamp_pieces(carnet_, stamp.core.lines);
        // What is proven to have left is taken first: only its duty is settled, the pieces may move again.
        for (const std::size_t index : pool.positions) {
            Position& position = out_.positions[index];
            for (std::size_t i = 0; i < count_; ++i) {
                const std::int64_t gone = std::min(wanted[i], position.proven[i]);
                position.proven[i] -= gone;
                position.open[i] -= gone;
                wanted[i] -= gone;
            }
        }
        add(out_.regularised, take(pool.positions, wanted));
    }

    void extend_final(const Stamp& stamp) {
        const auto* body = std::get_if<ExtendBody>(&stamp.core.body);
        if (body == nullptr) return;
        const Pool pool = select_pool(out_, carnet_, ObligationKind::Admission, territory(stamp),
                                      stamp.core.references, stamp.core.branch);
        for (const std::size_t index : pool.positions) {
            out_.positions[index].final_date = body->final_date;
            out_.positions[index].has_own_date = true;
        }
    }

    void seize(const Stamp& stamp) {
        const Pool pool = select_pool(out_, carnet_, ObligationKind::Admission, territory(stamp),
                                      stamp.core.references, stamp.core.branch);
        Pieces wanted = stamp.core.lines.empty() ? open_pieces(out_, pool.positions)
                                                 : stamp_pieces(carnet_, stamp.core.lines);
        for (const std::size_t index : pool.positions) {
            Position& position = out_.positions[index];
            if (none(position.held)) position.held_since = local_date(stamp.at());
            for (std::size_t i = 0; i < count_; ++i) {
                const std::int64_t held = std::min(wanted[i], position.open[i] - position.held[i]);
                position.held[i] += held;
                wanted[i] -= held;
            }
        }
    }

    void release(const Stamp& stamp) {
        const Pool pool = select_pool(out_, carnet_, ObligationKind::Admission, territory(stamp),
                                      stamp.core.references, stamp.core.branch);
        Pieces wanted = stamp.core.lines.empty() ? out_.listed : stamp_pieces(carnet_, stamp.core.lines);
        for (const std::size_t index : pool.positions) {
            Position& position = out_.positions[index];
            if (none(position.held)) continue;
            for (std::size_t i = 0; i < count_; ++i) {
                const std::int64_t freed = std::min(wanted[i], position.held[i]);
                position.held[i] -= freed;
                wanted[i] -= freed;
            }
            // The clock of the sheet stood still while anything on it was held.
            if (none(position.held))
                position.final_date.days += local_date(stamp.at()).days - position.held_since.days;
        }
    }

    // ---- counting ----

    /// h: open HOME and pre-exported, at most what is listed.
    [[nodiscard]] Pieces covered() const {
        Pieces sum = out_.home();
        const Pieces reserved = out_.pre_exported();
        for (std::size_t i = 0; i < count_; ++i)
            sum[i] = std::min(out_.listed[i], sum[i] + reserved[i]);
        return sum;
    }

    [[nodiscard]] std::int64_t admitted_unproven(std::size_t item) const {
        std::int64_t sum = 0;
        for (const Position& position : out_.positions)
            if (position.kind == ObligationKind::Admission) sum += unproven(position, item);
        return sum;
    }

    static void add(Pieces& to, const Pieces& what) {
        for (std::size_t i = 0; i < to.size(); ++i)
            to[i] += what[i];
    }

    /// Takes pieces off open obligations, oldest first; what is not open moves nothing. Returns what was
    /// taken.
    Pieces take(const std::vector<std::size_t>& positions, Pieces wanted) {
        Pieces taken(count_, 0);
        for (const std::size_t index : positions) {
            Position& position = out_.positions[index];
            for (std::size_t i = 0; i < count_; ++i) {
                const std::int64_t part = std::min(wanted[i], position.open[i]);
                position.open[i] -= part;
                position.held[i] = std::min(position.held[i], position.open[i]);
                position.proven[i] = std::min(position.proven[i], position.open[i]);
                taken[i] += part;
                wanted[i] -= part;
            }
        }
        return taken;
    }

    /// Marks `excess` pieces of an item as proven to have left, oldest first, elsewhere only, and never on an
    /// admission that the stamping port did not know.
    void prove(std::size_t index, std::size_t item, std::int64_t excess, std::string_view where) {
        for (std::size_t p = 0; p < out_.positions.size() && excess > 0; ++p) {
            Position& position = out_.positions[p];
            if (position.kind != ObligationKind::Admission || position.territory == where) continue;
            const std::int64_t part = std::min(excess, unproven(position, item));
            if (part <= 0 || !knowledge_.knew(index, position.stamp)) continue;
            position.proven[item] += part;
            excess -= part;
        }
    }

    /// Pieces that moved although regularised (CAR-52 decided) no longer count as regularised.
    void limit_regularised(const Pieces& moved) {
        for (std::size_t i = 0; i < count_; ++i) {
            const std::int64_t excess = moved[i] + out_.regularised[i] - out_.listed[i];
            if (moved[i] > 0 && excess > 0)
                out_.regularised[i] = std::max<std::int64_t>(0, out_.regularised[i] - excess);
        }
    }

    // ---- conflicts ----

    void add_conflict(std::string_view rule, std::size_t a, std::size_t b) {
        const Stamp& left = carnet_.stamps[a];
        const Stamp& right = carnet_.stamps[b];
        const bool is_left_later =
            left.at().utc > right.at().utc || (left.at().utc == right.at().utc && left.id > right.id);
        out_.conflicts.push_back({rule, is_left_later ? b : a, is_left_later ? a : b});
    }

    [[nodiscard]] bool are_strangers(std::size_t a, std::size_t b) const {
        return !knowledge_.knew(a, b) && !knowledge_.knew(b, a);
    }

    void find_half_conflicts(std::size_t index) {
        const Stamp& stamp = carnet_.stamps[index];
        if (!stamp.core.sheet) return;
        for (const std::size_t other : folded_) {
            const Stamp& earlier = carnet_.stamps[other];
            if (earlier.core.sheet == stamp.core.sheet && competes(earlier.operation(), stamp.operation()) &&
                are_strangers(index, other))
                add_conflict("CAR-65", other, index);
        }
        folded_.push_back(index);
    }

    /// Two importations that did not know each other and together exceed what is exported (CAR-66).
    void find_admission_conflicts(std::size_t index, const Pieces& pieces) {
        const Pieces limit = covered();
        Pieces admitted(count_, 0);
        for (std::size_t i = 0; i < count_; ++i)
            admitted[i] = admitted_unproven(i);
        for (const Position& position : out_.positions) {
            if (position.kind != ObligationKind::Admission || !are_strangers(index, position.stamp)) continue;
            for (std::size_t i = 0; i < count_; ++i) {
                if (pieces[i] > 0 && unproven(position, i) > 0 && pieces[i] + admitted[i] > limit[i]) {
                    add_conflict("CAR-66", position.stamp, index);
                    break;
                }
            }
        }
    }

    const Carnet& carnet_;
    const ReferenceData& reference_;
    Knowledge knowledge_;
    std::size_t count_;
    std::string home_;
    std::vector<std::size_t> folded_;
    Balances out_;
};

} // namespace

bool Balances::nothing_open() const {
    return std::all_of(positions.begin(), positions.end(), [](const Position& p) { return none(p.open); });
}

Pieces Balances::home() const {
    if (!has_exportation) return listed;
    Pieces sum(listed.size(), 0);
    for (const Position& position : positions) {
        if (position.kind != ObligationKind::Home) continue;
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] = std::min(listed[i], sum[i] + position.open[i]);
    }
    return sum;
}

Pieces Balances::pre_exported() const {
    Pieces sum(listed.size(), 0);
    for (const Position& position : positions) {
        if (position.kind != ObligationKind::PreExport) continue;
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += position.open[i];
    }
    return sum;
}

Balances fold(const Carnet& carnet, const ReferenceData& reference) {
    return Folder(carnet, reference).run();
}

} // namespace tidewaiter::carnet
