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

/// Where a stored list page and its items lie in the record's bytes. What is hashed need not be written
/// again: the record decoded strictly, so its bytes are the ones a writer would give.
struct PageBytes {
    ByteView page;
    ByteView items; ///< one after the other, without the array's head
};

PageBytes locate_page(ByteView value) {
    PageBytes found;
    cbor::Reader reader(value);
    reader.map({}, [&](std::int64_t key) {
        if (key != 1) {
            reader.skip();
            return true;
        }
        const std::size_t begin = reader.offset();
        reader.map({}, [&](std::int64_t field) {
            if (field != 4) {
                reader.skip();
                return true;
            }
            std::size_t first = 0;
            reader.array(0, SIZE_MAX, [&](std::size_t index) {
                if (index == 0) first = reader.offset();
                reader.skip();
            });
            found.items = value.subspan(first, reader.offset() - first);
            return true;
        });
        found.page = value.subspan(begin, reader.offset() - begin);
        return true;
    });
    return found;
}

/// Only the fields that the list digest covers (keys 1 … 6).
bool is_covered_whole(const Item& item) {
    return item.translations.empty() && item.marks.empty() && item.serials.empty() && item.hs.empty() &&
           item.customs_marks.empty() && item.unit.empty();
}

/// As list_digest, from the items' own bytes.
Hash digest_of_items(std::size_t count, ByteView items) {
    Bytes head;
    if (count < 24) {
        head = {static_cast<std::uint8_t>(0x80 | count)};
    } else if (count < 256) {
        head = {0x98, static_cast<std::uint8_t>(count)};
    } else {
        head = {0x99, static_cast<std::uint8_t>(count >> 8), static_cast<std::uint8_t>(count)};
    }
    return crypto::sha256({head, items});
}

Status load_list(const state::View& view, Carnet& carnet) {
    const std::vector<Hash>& digests = carnet.head.cover.page_digests;
    bool is_complete = true;
    Bytes items;
    for (unsigned page = 1; page <= digests.size(); ++page) {
        const std::string key = list_page_key(carnet.key.key, page);
        TW_TRY(const std::optional<Bytes> value, view.get(carnet.key.name_space, key));
        if (!value) {
            is_complete = false;
            continue;
        }
        Result<ListValue> decoded = decode_list_value(*value);
        if (!decoded) return in_record(carnet.key, key, std::move(decoded).error());
        const PageBytes bytes = locate_page(*value);
        if (crypto::sha256(bytes.page) != digests[page - 1]) carnet.list_matches = false;
        append(items, bytes.items);
        std::ranges::move(decoded->page.items, std::back_inserter(carnet.items));
    }
    const bool is_sorted = std::ranges::is_sorted(carnet.items, {}, &Item::number);
    if (!is_sorted) std::ranges::sort(carnet.items, {}, &Item::number);
    carnet.list_is_complete = is_complete;
    if (!is_complete) return {};
    const bool is_plain =
        is_sorted && carnet.items.size() <= UINT16_MAX && std::ranges::all_of(carnet.items, is_covered_whole);
    const Hash digest = is_plain ? digest_of_items(carnet.items.size(), items) : list_digest(carnet.items);
    if (digest != carnet.head.cover.list_digest) carnet.list_matches = false;
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
