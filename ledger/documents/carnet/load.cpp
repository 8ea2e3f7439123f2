#include "ledger/documents/carnet/history.hpp"

#include "ledger/codec/cbor.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/documents/carnet/pool.hpp"

#include <algorithm>
#include <map>

namespace tidewaiter::carnet {
namespace {

/// An error with the record's key in front of it.
std::unexpected<Error> in_record(const RecordKey& key, std::string_view part, Error error) {
    return within(key.name_space + "|" + std::string(part), std::move(error));
}

Result<Stamp> to_stamp(StampEntry entry, unsigned page) {
    Stamp stamp;
    TW_TRY(stamp.core, decode_core(entry.core));
    stamp.id = crypto::sha256(entry.core);
    stamp.entry = std::move(entry);
    stamp.page = page;
    return stamp;
}

/// Reads one page of the list; its digest comes from the bytes as they lie.
Result<Hash> read_list_page(ByteView bytes, std::vector<Item>& items) {
    TW_TRY(ListValue value, decode_list_value(bytes));
    const Hash digest = page_digest(value.page);
    std::move(value.page.items.begin(), value.page.items.end(), std::back_inserter(items));
    return digest;
}

Status load_list(const state::View& view, Carnet& carnet) {
    const std::vector<Hash>& digests = carnet.head.cover.page_digests;
    bool is_complete = true;
    for (unsigned page = 1; page <= digests.size(); ++page) {
        const std::string key = list_page_key(carnet.key.key, page);
        TW_TRY(const std::optional<Bytes> value, view.get(carnet.key.name_space, key));
        if (!value) {
            is_complete = false;
            continue;
        }
        const auto digest = read_list_page(*value, carnet.items);
        if (!digest) return in_record(carnet.key, key, digest.error());
        if (*digest != digests[page - 1]) carnet.list_matches = false;
    }
    if (!std::is_sorted(carnet.items.begin(), carnet.items.end(),
                        [](const Item& a, const Item& b) { return a.number < b.number; }))
        std::sort(carnet.items.begin(), carnet.items.end(),
                  [](const Item& a, const Item& b) { return a.number < b.number; });
    carnet.list_is_complete = is_complete;
    if (is_complete && list_digest(carnet.items) != carnet.head.cover.list_digest)
        carnet.list_matches = false;
    return {};
}

/// Pages 1 … `known`; where no head says how many there are, as many as exist.
Status load_stamps(const state::View& view, Carnet& carnet) {
    const unsigned known = carnet.has_head ? carnet.head.stamp_pages : UINT32_MAX;
    for (unsigned page = 1; page <= known; ++page) {
        const std::string key = stamps_page_key(carnet.key.key, page);
        TW_TRY(const std::optional<Bytes> value, view.get(carnet.key.name_space, key));
        if (!value) break;
        auto entries = decode_stamps_page(*value);
        if (!entries) return in_record(carnet.key, key, std::move(entries).error());
        for (StampEntry& entry : *entries) {
            auto stamp = to_stamp(std::move(entry), page);
            if (!stamp) return in_record(carnet.key, key, std::move(stamp).error());
            carnet.stamps.push_back(std::move(*stamp));
        }
        carnet.pages = page;
    }
    return {};
}

/// Device records stand as {0: 1, 1: entry}, what organisations did as {0: 1, 1: kind, …}.
bool is_device_event(ByteView bytes) {
    cbor::Reader reader(bytes);
    bool is_device = false;
    reader.map({0, 1}, [&](std::int64_t key) {
        if (key == 1) is_device = reader.peek() == cbor::Kind::Map;
        reader.skip();
        return true;
    });
    return is_device;
}

Status load_events(const state::View& view, Carnet& carnet) {
    for (unsigned number = 1; number <= carnet.head.events; ++number) {
        const std::string key = event_key(carnet.key.key, number);
        TW_TRY(const std::optional<Bytes> value, view.get(carnet.key.name_space, key));
        if (!value || !is_device_event(*value)) continue;
        auto entry = decode_device_event(*value);
        if (!entry) return in_record(carnet.key, key, std::move(entry).error());
        auto stamp = to_stamp(std::move(*entry), 0);
        if (!stamp) return in_record(carnet.key, key, std::move(stamp).error());
        carnet.stamps.push_back(std::move(*stamp));
    }
    return {};
}

} // namespace

bool Stamp::counts() const {
    if (entry.is_annulled) return false;
    // A late stamp takes effect once a supervisor has admitted it.
    if (entry.outcome == StampOutcome::Late) return entry.by.has_value();
    return entry.outcome != StampOutcome::Refused;
}

Operation Stamp::operation() const {
    if (const auto* paper = std::get_if<PaperBody>(&core.body)) return paper->operation;
    if (const auto* target = std::get_if<TargetBody>(&core.body); target != nullptr && target->operation)
        return *target->operation;
    return core.operation;
}

LocalTime Stamp::at() const {
    if (const auto* paper = std::get_if<PaperBody>(&core.body)) return paper->at;
    return core.at;
}

std::string_view Stamp::office() const {
    if (const auto* paper = std::get_if<PaperBody>(&core.body)) return paper->office;
    return core.office;
}

void mark_annulled(Carnet& carnet) {
    std::map<Hash, Hash> undone; // target -> the first record that undoes it
    for (const Stamp& stamp : carnet.stamps) {
        const auto* body = std::get_if<TargetBody>(&stamp.core.body);
        if (body == nullptr || !stamp.counts()) continue;
        const auto [place, is_new] = undone.emplace(body->target, stamp.id);
        if (!is_new) place->second = std::min(place->second, stamp.id);
    }
    for (Stamp& stamp : carnet.stamps) {
        const auto by = undone.find(stamp.id);
        if (by == undone.end()) continue;
        stamp.entry.is_annulled = true;
        stamp.entry.by = by->second;
    }
}

Result<std::optional<Carnet>> load(const state::View& view, const RecordKey& key) {
    Carnet carnet;
    carnet.key = key;
    TW_TRY(carnet.parts, split_key(key));
    TW_TRY(const std::optional<Bytes> value, view.get(key.name_space, key.key));
    if (value) {
        auto head = decode_head(*value);
        if (!head) return in_record(key, key.key, std::move(head).error());
        carnet.head = std::move(*head);
        carnet.has_head = true;
        TW_CHECK(load_list(view, carnet));
    }
    TW_CHECK(load_stamps(view, carnet));
    if (carnet.has_head) TW_CHECK(load_events(view, carnet));
    mark_annulled(carnet);
    if (!carnet.has_head && carnet.stamps.empty()) return std::nullopt;
    return carnet;
}

} // namespace tidewaiter::carnet
