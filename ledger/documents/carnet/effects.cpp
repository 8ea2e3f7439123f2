#include "ledger/documents/carnet/effects.hpp"

#include "ledger/crypto/hash.hpp"
#include "ledger/documents/carnet/fields.hpp"
#include "ledger/documents/carnet/pool.hpp"

#include <algorithm>
#include <map>

namespace tidewaiter::carnet {
namespace {

constexpr std::size_t kEntriesPerPage = 32;
constexpr std::size_t kPageBytes = 98'304; ///< 96 KiB
constexpr std::size_t kMaxStamps = 1'000;  ///< of one carnet: far above any booklet, and cheap to fold
constexpr std::size_t kMaxObligations = 512;
constexpr std::size_t kMaxBranches = 64;
constexpr std::uint32_t kMaxEvents = 65'535;

Result<Carnet> load_known(const state::View& view, const RecordKey& key) {
    TW_TRY(std::optional<Carnet> carnet, load(view, key));
    if (!carnet || !carnet->has_head)
        return fail("carnet.unknown",
                    "no carnet " + printable(key.key) + " is on the ledger; issue it first");
    return std::move(*carnet);
}

Status check_revision(const Carnet& carnet, int revision) {
    if (carnet.head.revision == revision) return {};
    return fail("carnet.revision", "the carnet has revision " + std::to_string(carnet.head.revision) +
                                       ", not " + std::to_string(revision));
}

Status check_alive(const Carnet& carnet) {
    const CarnetStatus status = carnet.head.status;
    const bool is_over = status == CarnetStatus::Withdrawn || status == CarnetStatus::Superseded ||
                         status == CarnetStatus::Discharged || is_returned(carnet.head);
    if (!is_over) return {};
    return fail("carnet.status",
                "the carnet is " + std::string(word(status)) + "; nothing of it changes any more");
}

void touch(Head& head, const Inclusion& inclusion) {
    head.last = std::max(head.last, inclusion);
}

/// A record that stays as it is shall not look changed.
Status put_if_changed(state::Overlay& state, const RecordKey& carnet, const std::string& key, Bytes value) {
    TW_TRY(const std::optional<Bytes> there, state.get(carnet.name_space, key));
    if (!there || *there != value) state.put(carnet.name_space, key, std::move(value));
    return {};
}

Status put_head(state::Overlay& state, const Carnet& carnet) {
    return put_if_changed(state, carnet.key, carnet.key.key, encode(carnet.head));
}

Obligation to_obligation(const Position& position, const Carnet& carnet) {
    Obligation obligation;
    obligation.kind = position.kind;
    obligation.territory = position.territory;
    obligation.sheet = position.sheet;
    obligation.lines = to_text(position.open, carnet.items);
    obligation.date = position.final_date;
    obligation.stamp = carnet.stamps[position.stamp].id;
    obligation.held = to_text(position.held, carnet.items);
    obligation.destination = position.destination;
    return obligation;
}

/// The written status: what holds whatever the date.
void write_status(Carnet& carnet, const Balances& balances) {
    Head& head = carnet.head;
    head.set(Flag::Returned, is_returned(head));
    const bool is_final = head.status == CarnetStatus::Withdrawn || head.status == CarnetStatus::Superseded ||
                          head.status == CarnetStatus::UnderClaim;
    if (is_final) return;
    const bool is_locked = std::any_of(carnet.stamps.begin(), carnet.stamps.end(), [](const Stamp& stamp) {
        return stamp.counts() && is_stamp(stamp.operation());
    });
    CarnetStatus status = head.holder_signed ? CarnetStatus::Signed : CarnetStatus::Issued;
    if (is_locked || head.is_paper) status = CarnetStatus::Active;
    if (head.has(Flag::Returned))
        status = balances.nothing_open() ? CarnetStatus::Discharged : CarnetStatus::Returned;
    if (is_suspended(head, balances)) status = CarnetStatus::Suspended;
    head.status = status;
}

/// Head fields that follow from all stamps.
void refresh_head(Carnet& carnet, const Balances& balances) {
    Head& head = carnet.head;
    head.obligations.clear();
    for (const Position& position : balances.positions) {
        if (none(position.open) || head.obligations.size() == kMaxObligations) continue;
        head.obligations.push_back(to_obligation(position, carnet));
    }
    std::vector<Hash> branches;
    for (const Conflict& conflict : balances.conflicts) {
        branches.push_back(carnet.stamps[conflict.first].id);
        branches.push_back(carnet.stamps[conflict.second].id);
    }
    std::sort(branches.begin(), branches.end());
    branches.erase(std::unique(branches.begin(), branches.end()), branches.end());
    if (branches.size() > kMaxBranches) branches.resize(kMaxBranches);
    head.branches = std::move(branches);
    head.set(Flag::Branch, !head.branches.empty());
    head.set(Flag::IncompleteList, !carnet.list_is_complete);
    head.set(
        Flag::LateStamps, std::any_of(carnet.stamps.begin(), carnet.stamps.end(), [](const Stamp& stamp) {
            return stamp.entry.outcome == StampOutcome::Late && !stamp.entry.is_annulled && !stamp.counts();
        }));
    head.set(Flag::Held, std::any_of(balances.positions.begin(), balances.positions.end(),
                                     [](const Position& position) { return !none(position.held); }));
    head.stamp_pages = carnet.pages;
    head.stamps = static_cast<std::uint32_t>(std::count_if(
        carnet.stamps.begin(), carnet.stamps.end(), [](const Stamp& stamp) { return stamp.page > 0; }));
    write_status(carnet, balances);
}

/// Folds again, marks branches, and writes the head and every page that changed.
Status refresh(state::Overlay& state, Carnet& carnet, const ReferenceData& reference) {
    mark_annulled(carnet);
    const Balances balances = fold(carnet, reference);
    std::vector<bool> in_branch(carnet.stamps.size(), false);
    for (const Conflict& conflict : balances.conflicts)
        in_branch[conflict.first] = in_branch[conflict.second] = true;
    for (std::size_t i = 0; i < carnet.stamps.size(); ++i)
        carnet.stamps[i].entry.in_open_branch = in_branch[i];
    std::map<unsigned, std::vector<StampEntry>> pages;
    for (const Stamp& stamp : carnet.stamps) {
        if (stamp.page > 0) pages[stamp.page].push_back(stamp.entry);
    }
    for (const auto& [page, entries] : pages)
        TW_CHECK(put_if_changed(state, carnet.key, stamps_page_key(carnet.key.key, page),
                                encode_stamps_page(entries)));
    if (!carnet.has_head) return {};
    refresh_head(carnet, balances);
    return put_head(state, carnet);
}

/// The page for one more entry: the last one while it has room.
unsigned page_for(const Carnet& carnet, const StampEntry& entry) {
    if (carnet.pages == 0) return 1;
    std::size_t count = 0;
    std::size_t bytes = entry.core.size() + entry.attachments.size();
    for (const Stamp& stamp : carnet.stamps) {
        if (stamp.page != carnet.pages) continue;
        ++count;
        bytes +=
            stamp.entry.core.size() + stamp.entry.attachments.size() + 160; // marks and heads of an entry
    }
    return count >= kEntriesPerPage || bytes > kPageBytes ? carnet.pages + 1 : carnet.pages;
}

Status check_cover(const CoverRecord& record) {
    const Cover& cover = record.cover;
    if (record.revision != 1) return fail("carnet.revision", "a new carnet has revision 1");
    if (cover.valid_until < cover.issued)
        return fail("carnet.cover", "valid until lies before the date of issue");
    if (cover.replaces == record.key || cover.substitute_of == record.key)
        return fail("carnet.cover", "a carnet cannot take its own place");
    return {};
}

Bytes act_event(ActKind kind, ByteView body, UnixTime at, const KeyId& signer, const Inclusion& inclusion) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        w.key(0).unsigned_integer(1);
        w.key(1).enumeration(kind);
        w.key(2).raw(body);
        w.key(3).unsigned_integer(static_cast<std::uint64_t>(at));
        w.key(4).bytes(signer);
        documents::write(w.key(5), inclusion);
    });
    return writer.take();
}

Status apply_act(Head& head, ActKind kind, const CarnetAct& body) {
    switch (kind) {
    case ActKind::Withdraw:
        if (head.status == CarnetStatus::Withdrawn)
            return fail("carnet.status", "the carnet is withdrawn already");
        head.status = CarnetStatus::Withdrawn;
        return {};
    case ActKind::Return:
        if (is_returned(head)) return fail("carnet.status", "the carnet was returned already");
        head.set(Flag::Returned, true);
        return {};
    case ActKind::ReportLost:
        if (head.has(Flag::Lost)) return fail("carnet.status", "the carnet is reported lost already");
        head.set(Flag::Lost, true);
        return {};
    case ActKind::Found:
        if (!head.has(Flag::Lost)) return fail("carnet.status", "the carnet is not reported lost");
        head.set(Flag::Lost, false);
        return {};
    case ActKind::Supersede:
        if (!body.successor || *body.successor == body.key)
            return fail("carnet.kind", "SUPERSEDE names the carnet that takes this one's place");
        if (head.status == CarnetStatus::Superseded || head.status == CarnetStatus::Withdrawn)
            return fail("carnet.status", "the carnet is " + std::string(word(head.status)) + " already");
        head.status = CarnetStatus::Superseded;
        return {};
    case ActKind::HandOver:
        if (!body.blob) return fail("carnet.kind", "HAND_OVER names the representative's blob");
        return {};
    case ActKind::Discharge:
        if (!head.obligations.empty())
            return fail("carnet.status", "pieces are still open: " + head.obligations.front().territory +
                                             " " + head.obligations.front().lines);
        head.set(Flag::Returned, true);
        return {};
    default: return fail("carnet.kind", std::string(name(kind)) + " is not handled here");
    }
}

/// The stamp that a supervisor may annul (RESOLVE) or let take effect (ADMIT_LATE).
Result<Stamp*> find_actionable(Carnet& carnet, const Hash& id, ActKind kind, const Supervisor& supervisor,
                               const ReferenceData& reference) {
    const auto stamp = std::find_if(carnet.stamps.begin(), carnet.stamps.end(),
                                    [&](const Stamp& other) { return other.id == id && other.page > 0; });
    const std::string who = to_hex(id).substr(0, 16);
    if (stamp == carnet.stamps.end()) return fail("carnet.stamp", "the carnet has no stamp " + who);
    if (territory_of_office(reference, stamp->office()) !=
        reference.territories.union_of(supervisor.territory))
        return fail("carnet.territory", "stamp " + who + " was made in another territory");
    const bool fits = kind == ActKind::Resolve ? stamp->entry.in_open_branch && stamp->counts()
                                               : stamp->entry.outcome == StampOutcome::Late &&
                                                     !stamp->counts() && !stamp->entry.is_annulled;
    if (!fits)
        return fail("carnet.stamp",
                    "stamp " + who + (kind == ActKind::Resolve ? " is in no open conflict" : " is not late"));
    return &*stamp;
}

/// Annuls a stamp and those that name it as their branch.
void annul_branch(Carnet& carnet, const Hash& id, const Hash& by) {
    for (Stamp& stamp : carnet.stamps) {
        if (stamp.page == 0 || (stamp.id != id && stamp.core.branch != id)) continue;
        stamp.entry.is_annulled = true;
        stamp.entry.by = by;
    }
}

} // namespace

Status issue(state::Overlay& state, const CoverRecord& record, const KeyId& issuer,
             const Inclusion& inclusion, const ReferenceData& reference) {
    TW_CHECK(check_cover(record));
    TW_TRY(std::optional<Carnet> known, load(state, record.key));
    if (known && known->has_head && !known->head.is_paper)
        return fail("carnet.exists",
                    "carnet " + printable(record.key.key) + " was issued before; amend it instead");
    Carnet carnet;
    if (known) carnet = std::move(*known);
    carnet.key = record.key;
    TW_TRY(carnet.parts, split_key(record.key));
    carnet.has_head = true;
    carnet.list_is_complete = false;
    carnet.items.clear();
    carnet.head.revision = record.revision;
    carnet.head.cover = record.cover;
    carnet.head.issuer = issuer;
    carnet.head.first = carnet.head.last = inclusion;
    for (const Stamp& stamp : carnet.stamps)
        touch(carnet.head, stamp.entry.inclusion);
    carnet.head.holder_key = record.cover.holder_key;
    return refresh(state, carnet, reference);
}

Status add_list_page(state::Overlay& state, const ListPage& page, const Inclusion& inclusion,
                     const ReferenceData& reference) {
    TW_TRY(Carnet carnet, load_known(state, page.key));
    TW_CHECK(check_revision(carnet, page.revision));
    const std::vector<Hash>& digests = carnet.head.cover.page_digests;
    const auto number = static_cast<std::size_t>(page.page);
    if (number > digests.size() || page_digest(page) != digests[number - 1])
        return fail("carnet.page",
                    "page " + std::to_string(page.page) + " is not the one that the cover names");
    for (std::size_t i = 1; i < page.items.size(); ++i) {
        if (page.items[i].number <= page.items[i - 1].number)
            return fail("carnet.page",
                        "item numbers ascend; item " + std::to_string(page.items[i].number) + " does not");
    }
    const std::string key = list_page_key(page.key.key, static_cast<unsigned>(page.page));
    TW_TRY(const std::optional<Bytes> there, state.get(page.key.name_space, key));
    if (there)
        return fail("carnet.exists", "page " + std::to_string(page.page) + " is on the ledger already");
    state.put(page.key.name_space, key, encode(ListValue{page, inclusion}));
    TW_TRY(carnet, load_known(state, page.key));
    touch(carnet.head, inclusion);
    return refresh(state, carnet, reference);
}

Status bind_holder(state::Overlay& state, const HolderBind& act, const Inclusion& inclusion) {
    TW_TRY(Carnet carnet, load_known(state, act.key));
    TW_CHECK(check_revision(carnet, act.revision));
    TW_CHECK(check_alive(carnet));
    carnet.head.holder_key = act.holder_key;
    touch(carnet.head, inclusion);
    return put_head(state, carnet);
}

Status sign_holder(state::Overlay& state, const HolderSign& act, const Inclusion& inclusion) {
    TW_TRY(Carnet carnet, load_known(state, act.key));
    TW_CHECK(check_revision(carnet, act.revision));
    TW_CHECK(check_alive(carnet));
    if (act.cover != cover_digest(carnet.head.cover))
        return fail("carnet.cover", "the holder signed another cover than the ledger has");
    carnet.head.holder_signed = act.cover;
    if (carnet.head.status == CarnetStatus::Issued) carnet.head.status = CarnetStatus::Signed;
    touch(carnet.head, inclusion);
    return put_head(state, carnet);
}

Status add_sheets(state::Overlay& state, const AddSheets& act, const Inclusion& inclusion) {
    TW_TRY(Carnet carnet, load_known(state, act.key));
    TW_CHECK(check_alive(carnet));
    SheetSets& sets = carnet.head.cover.sets;
    if (sets.yellow + act.added.yellow > 99 || sets.white + act.added.white > 99 ||
        sets.blue + act.added.blue > 99)
        return fail("carnet.cover", "a carnet has at most 99 sheets of a colour");
    sets.yellow += act.added.yellow;
    sets.white += act.added.white;
    sets.blue += act.added.blue;
    touch(carnet.head, inclusion);
    return put_head(state, carnet);
}

Status act(state::Overlay& state, ActKind kind, const CarnetAct& body, UnixTime at, const KeyId& signer,
           const Inclusion& inclusion, const ReferenceData& reference) {
    TW_TRY(Carnet carnet, load_known(state, body.key));
    if (carnet.head.events == kMaxEvents)
        return fail("carnet.full", "the carnet has no room for another event");
    TW_CHECK(apply_act(carnet.head, kind, body));
    carnet.head.events += 1;
    state.put(carnet.key.name_space, event_key(carnet.key.key, carnet.head.events),
              act_event(kind, encode(body), at, signer, inclusion));
    touch(carnet.head, inclusion);
    return refresh(state, carnet, reference);
}

Status act_on_branches(state::Overlay& state, ActKind kind, const BranchAct& body,
                       const Supervisor& supervisor, const ReferenceData& reference) {
    TW_TRY(Carnet carnet, load_known(state, body.key));
    if (carnet.head.events == kMaxEvents)
        return fail("carnet.full", "the carnet has no room for another event");
    switch (kind) {
    case ActKind::Suspend:
    case ActKind::Lift: {
        const bool suspends = kind == ActKind::Suspend;
        if (carnet.head.has(Flag::GuaranteeDispute) == suspends)
            return fail("carnet.status",
                        suspends ? "the carnet is suspended already" : "no suspension is to be lifted");
        carnet.head.set(Flag::GuaranteeDispute, suspends);
        break;
    }
    case ActKind::Resolve:
    case ActKind::AdmitLate: {
        if (body.stamps.empty()) return fail("carnet.stamp", "name the stamps that are meant");
        for (const Hash& id : body.stamps) {
            TW_TRY(Stamp* const stamp, find_actionable(carnet, id, kind, supervisor, reference));
            stamp->entry.by = supervisor.transaction;
            if (kind == ActKind::Resolve) annul_branch(carnet, id, supervisor.transaction);
        }
        break;
    }
    default: return fail("carnet.kind", std::string(name(kind)) + " is not handled here");
    }
    carnet.head.events += 1;
    state.put(carnet.key.name_space, event_key(carnet.key.key, carnet.head.events),
              act_event(kind, encode(body), supervisor.at, supervisor.signer, supervisor.inclusion));
    touch(carnet.head, supervisor.inclusion);
    return refresh(state, carnet, reference);
}

Status add_entry(state::Overlay& state, const StampEntry& entry, const ReferenceData& reference) {
    TW_TRY(Core core, decode_core(entry.core));
    if (!core.key) return fail("carnet.core", "the record names no carnet");
    TW_TRY(std::optional<Carnet> known, load(state, *core.key));
    Carnet carnet;
    if (known) carnet = std::move(*known);
    carnet.key = *core.key;
    TW_TRY(carnet.parts, split_key(*core.key));
    Stamp stamp;
    stamp.id = crypto::sha256(entry.core);
    const bool is_there = std::any_of(carnet.stamps.begin(), carnet.stamps.end(),
                                      [&](const Stamp& other) { return other.id == stamp.id; });
    if (is_there) return {};
    if (carnet.stamps.size() >= kMaxStamps)
        return fail("carnet.full", "a carnet holds " + std::to_string(kMaxStamps) + " stamps at most");
    if (!carnet.has_head && entry.outcome == StampOutcome::Effective)
        return fail("carnet.outcome", "a stamp of a carnet that is not on the ledger is an orphan");
    if (carnet.has_head && entry.outcome == StampOutcome::Orphan)
        return fail("carnet.outcome", "the carnet is on the ledger: its stamps are no orphans");
    stamp.entry = entry;
    stamp.core = std::move(core);
    const bool is_event = !is_stamp(stamp.core.operation);
    if (is_event && !carnet.has_head)
        return fail("carnet.unknown", "records other than stamps need the carnet on the ledger");
    if (is_event) {
        if (carnet.head.events == kMaxEvents)
            return fail("carnet.full", "the carnet has no room for another event");
        carnet.head.events += 1;
        stamp.page = 0;
        state.put(carnet.key.name_space, event_key(carnet.key.key, carnet.head.events),
                  encode_device_event(entry));
    } else {
        stamp.page = page_for(carnet, entry);
        carnet.pages = std::max(carnet.pages, stamp.page);
    }
    carnet.stamps.push_back(std::move(stamp));
    touch(carnet.head, entry.inclusion);
    return refresh(state, carnet, reference);
}

} // namespace tidewaiter::carnet
