#include "daemon/gateway/desk.hpp"

#include "ledger/claims/envelope.hpp"
#include "ledger/claims/receipt.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/documents/carnet/record.hpp"
#include "ledger/documents/identity/blob.hpp"
#include "ledger/documents/identity/identity.hpp"
#include "ledger/documents/rulebook.hpp"

#include <algorithm>

namespace tidewaiter::gateway {

namespace {

constexpr std::size_t kMaxMissingBlobs = 64;

std::unexpected<NotStamped> not_stamped(Error error, std::optional<Judged> judged = std::nullopt) {
    return std::unexpected(NotStamped{std::move(error), std::move(judged)});
}

/// The record that a verdict is about, when it is a carnet.
std::optional<documents::RecordKey> carnet_of(const documents::Verdict& verdict) {
    if (verdict.subject.kind != "carnet" || verdict.subject.key.empty()) return std::nullopt;
    return documents::RecordKey{verdict.subject.name_space, verdict.subject.key};
}

} // namespace

Desk::Desk(sync::Copy& copy, Box& box, DeskOptions options, crypto::PrivateKey key, crypto::Random& random)
    : copy_(copy), box_(box), options_(std::move(options)), key_(std::move(key)), random_(random) {}

application::BlockContext Desk::next_block(const Surroundings& around) const {
    application::BlockContext context{.chain_id = copy_.options().chain_id,
                                      .predecessors = copy_.anchor().predecessors,
                                      .height = copy_.state_height() + 1,
                                      .time = copy_.floor(around.now.wall)};
    return context;
}

application::CopyFacts Desk::facts(const Surroundings& around) const {
    const TimeNs now = around.now.wall;
    return {.chain_id = copy_.options().chain_id,
            .predecessors = copy_.anchor().predecessors,
            .now = now.seconds,
            .utc_offset_minutes = around.utc_offset_minutes,
            .clock = around.clock,
            // A clock behind the newest verified header is wrong by at least that much.
            .clock_error_seconds = copy_.floor(now).seconds - now.seconds,
            .state_height = copy_.state_height(),
            .header_time = copy_.header_time(),
            .age_seconds = std::max<std::int64_t>(0, now.seconds - copy_.header_time().seconds),
            .is_loaded = copy_.is_loaded(),
            .is_solo = options_.is_solo,
            .is_frozen = copy_.frozen().has_value(),
            .is_offline = !around.is_connected,
            .is_past_trusting_period = copy_.is_past_trusting_period(now),
            .unanchored_stamps = static_cast<std::uint32_t>(pending_),
            .device = options_.device};
}

Result<const state::View*> Desk::view(const Surroundings& around) {
    if (overlay_) return &*overlay_;
    TW_TRY(const std::vector<OutboxRow> rows, box_.open_rows());
    std::vector<Bytes> transactions;
    for (const OutboxRow& row : rows)
        transactions.push_back(row.transaction);
    overlay_.emplace(copy_.view());
    const auto results = application::overlay_pending(*overlay_, transactions, next_block(around));
    ignore(results, "what the state has already, or cannot place yet, changes nothing");
    pending_ = rows.size();
    return &*overlay_;
}

Result<documents::Verdict> Desk::bare_verdict(const application::Scan& scan, const Surroundings& around) {
    TW_TRY(const state::View* view_now, view(around));
    application::CopyFacts now = facts(around);
    const Date today = local_date({now.now, now.utc_offset_minutes});
    if (!lists_ || lists_->first != today) {
        lists_.reset();
        if (auto lists = carnet::reference_data(*view_now, today)) lists_.emplace(today, *std::move(lists));
    }
    if (lists_) now.reference = &lists_->second;
    return application::judge(scan, *view_now, options_.port, now);
}

void Desk::add_people(Judged& judged) {
    const auto record = carnet_of(judged.verdict);
    if (!record) return;
    const auto value = copy_.view().get(record->name_space, record->key);
    if (!value || !*value) return;
    const auto head = carnet::decode_head(**value);
    if (!head) return;
    const auto bytes = copy_.blobs().get(head->cover.holder_blob);
    const auto blob = bytes && *bytes ? documents::decode_blob(**bytes) : fail("blob.missing", "");
    if (blob) {
        if (blob->name) judged.people.emplace_back("holder", *blob->name);
        if (blob->address) judged.people.emplace_back("address", *blob->address);
        return;
    }
    judged.verdict.findings.push_back(documents::general_finding("GEN-07"));
    documents::sort_findings(judged.verdict.findings);
    if (missing_blobs_.size() < kMaxMissingBlobs)
        missing_blobs_.emplace_back(record->name_space, head->cover.holder_blob);
}

std::vector<std::pair<std::string, Hash>> Desk::take_missing_blobs() {
    return std::exchange(missing_blobs_, {});
}

Result<Judged> Desk::keep(Judged judged) {
    random_.fill(judged.id);
    TW_CHECK(box_.keep_verdict({.id = judged.id,
                                .at = judged.at,
                                .source = judged.source,
                                .text = judged.text,
                                .verdict = documents::encode(judged.verdict)},
                               judged.verdict.basis.code));
    return judged;
}

Result<Judged> Desk::judge(const application::Scan& scan, const std::string& source,
                           const Surroundings& around) {
    TW_TRY(documents::Verdict verdict, bare_verdict(scan, around));
    Judged judged{
        .at = around.now.wall.seconds, .source = source, .text = scan.text, .verdict = std::move(verdict)};
    add_people(judged);
    return keep(std::move(judged));
}

Result<Judged> Desk::unreadable(const std::string& source, const std::string& why,
                                const Surroundings& around) {
    // An empty text is what "nothing could be read" looks like to the judge.
    TW_TRY(documents::Verdict verdict, bare_verdict({.text = ""}, around));
    verdict.subject.kind = "unreadable";
    verdict.subject.title = "Nothing could be read";
    verdict.subject.details.emplace_back("why", why);
    return keep({.at = around.now.wall.seconds, .source = source, .verdict = std::move(verdict)});
}

Result<std::uint32_t> Desk::newest_known_sequence() const {
    TW_TRY(const std::optional<identity::Device> device,
           identity::find_device(copy_.view(), options_.device));
    std::uint32_t known = device ? device->newest_sequence.value_or(0) : 0;
    // The ledger notes each stamp's number at once; the device's entry only follows its check-points.
    const std::string name_space = identity::device_namespace(options_.port.territory);
    const std::string record = identity::sequence_page_record(options_.device, box_.next_sequence());
    const auto bytes = copy_.view().get(name_space, record);
    if (!bytes && !bytes.error().code.starts_with("view.")) return std::unexpected(bytes.error());
    if (!bytes || !*bytes) return known;
    TW_TRY(const identity::SequencePage page, identity::decode_sequence_page(**bytes));
    for (const auto& entry : page.entries)
        known = std::max(known, entry.sequence);
    return known;
}

Result<std::optional<std::string>> Desk::why_not_stamping() const {
    if (box_.distrust()) return box_.distrust();
    const auto known = newest_known_sequence();
    if (!known) {
        if (known.error().code.starts_with("view."))
            return std::nullopt; // no copy yet: nothing to compare with
        return std::unexpected(known.error());
    }
    if (*known >= box_.next_sequence()) {
        return "the ledger knows stamp " + std::to_string(*known) + " of this device, its own box ends at " +
               std::to_string(box_.next_sequence() - 1) +
               ": box.db is an old one or the device was cloned; the registrar must lift it before it stamps "
               "again";
    }
    return std::nullopt;
}

Result<application::StampDraft> Desk::draft(const StampOrder& order, const documents::Verdict& verdict,
                                            const Surroundings& around) {
    const auto record = carnet_of(verdict);
    if (!record) return fail("stamp.record", "nothing here can be stamped: " + verdict.subject.title);
    application::StampRequest request{.record = *record,
                                      .declaration = order.declaration,
                                      .officer = order.officer,
                                      .second_person = order.second_person,
                                      .reason = order.reason,
                                      .office = options_.port.office,
                                      .at = {around.now.wall.seconds, around.utc_offset_minutes},
                                      .sequence = box_.next_sequence(),
                                      .height = copy_.state_height(),
                                      .is_offline = !around.is_connected,
                                      .signer = key_.public_key().id(),
                                      .journal_head = box_.journal().hash};
    random_.fill(request.salt);
    TW_TRY(const state::View* view_now, view(around));
    return application::draft_stamp(request, verdict, *view_now);
}

Status Desk::check_officer(std::string_view pseudonym, UnixTime now) const {
    const auto refuse = [&](const std::string& why) {
        return fail("desk.officer", "officer " + printable(pseudonym, 40) + " " + why);
    };
    if (!pseudonym.starts_with(options_.port.territory + "-")) {
        return refuse("is not of this port's territory, " + options_.port.territory);
    }
    const auto officer = identity::find_officer(copy_.view(), pseudonym);
    // Without a copy nobody can be looked up; the stamp says that it was made so.
    if (!officer && officer.error().code.starts_with("view.")) return {};
    if (!officer) return std::unexpected(officer.error());
    if (!*officer) return refuse("is not registered; the territory's registrar registers officers");
    if (now < (*officer)->from || ((*officer)->to && now > *(*officer)->to))
        return refuse("is not in office today");
    const auto& offices = (*officer)->offices;
    if (!offices.empty() && std::ranges::find(offices, options_.port.office) == offices.end()) {
        return refuse("is not of the office " + options_.port.office);
    }
    return {};
}

std::expected<Stamped, NotStamped> Desk::stamp(const StampOrder& order, const Surroundings& around) {
    if (const Status form = application::check_declaration(order.declaration); !form)
        return not_stamped(form.error());
    if (const Status known = check_officer(order.officer, around.now.wall.seconds); !known)
        return not_stamped(known.error());
    if (!order.second_person.empty()) {
        if (const Status known = check_officer(order.second_person, around.now.wall.seconds); !known)
            return not_stamped(known.error());
    }
    auto why_not = why_not_stamping();
    if (!why_not) return not_stamped(why_not.error());
    if (*why_not) return not_stamped({"desk.distrusted", **why_not});

    auto judged = judge({.text = order.text, .declaration = order.declaration}, order.source, around);
    if (!judged) return not_stamped(judged.error());
    const auto drafted = draft(order, judged->verdict, around);
    if (!drafted) return not_stamped(drafted.error(), *judged);

    const std::string& chain = copy_.options().chain_id;
    Bytes transaction =
        claims::seal(claims::Type::Transaction, application::transaction_payload(*drafted), chain, key_);
    // The rulebook of the validators has the last word before anything is promised.
    if (const auto admitted = application::check(*overlay_, transaction, next_block(around)); !admitted) {
        return not_stamped(admitted.error(), *judged);
    }
    const auto core = carnet::decode_core(drafted->core);
    if (!core) return not_stamped(core.error(), *judged);
    OutboxRow row{.stamp = drafted->id,
                  .sequence = drafted->sequence,
                  .transaction = std::move(transaction),
                  .record = *core->key,
                  .operation = std::string(carnet::name(core->operation)),
                  .lines = core->lines,
                  .officer = order.officer,
                  .at = around.now.wall.seconds};
    if (const Status kept = box_.keep_stamp(row, *drafted, judged->id); !kept)
        return not_stamped(kept.error(), *judged);
    refresh();
    ++pending_;
    const auto receipt = claims::receipt_text(drafted->core, chain, key_);
    return Stamped{.row = std::move(row), .receipt = receipt.value_or(""), .judged = *std::move(judged)};
}

} // namespace tidewaiter::gateway
