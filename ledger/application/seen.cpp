#include "ledger/application/seen.hpp"

#include <algorithm>

namespace tidewaiter::application {

namespace {

constexpr std::size_t kPerPage = 3'800;
constexpr unsigned kMaxPages = 1'000;
constexpr UnixTime kHour = 3'600;
constexpr std::int64_t kKeptHours = 48;
/// How far back pages are looked for. Only a chain without any transaction for a week leaves older ones
/// behind.
constexpr std::int64_t kSweptHours = 7 * 24;

std::string page_key(std::int64_t hour, unsigned page) {
    return std::to_string(hour) + "/" + std::to_string(page);
}

Result<std::vector<Hash>> decode_page(ByteView bytes) {
    std::vector<Hash> ids;
    cbor::Reader reader(bytes);
    reader.map({0, 1}, [&](std::int64_t key) {
        switch (key) {
        case 0: reader.unsigned_integer(1, 1); return true;
        case 1: reader.array(1, kPerPage, [&](std::size_t) { ids.push_back(reader.hash()); }); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return ids;
}

Bytes encode_page(const std::vector<Hash>& ids) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(1);
        map.key(1).array([&](cbor::Writer& list) {
            for (const Hash& id : ids)
                list.bytes(id);
        });
    });
    return writer.take();
}

Result<std::optional<std::vector<Hash>>> find_page(const state::View& view, std::int64_t hour,
                                                   unsigned page) {
    TW_TRY(const std::optional<Bytes> bytes, view.get(kSeenNamespace, page_key(hour, page)));
    if (!bytes) return std::optional<std::vector<Hash>>{};
    TW_TRY(std::vector<Hash> ids, decode_page(*bytes));
    return std::optional(std::move(ids));
}

} // namespace

Result<bool> was_seen(const state::View& view, const Hash& id, UnixTime at) {
    for (unsigned page = 0; page < kMaxPages; ++page) {
        TW_TRY(const std::optional<std::vector<Hash>> ids, find_page(view, at / kHour, page));
        if (!ids) return false;
        if (std::ranges::binary_search(*ids, id)) return true;
    }
    return false;
}

Status remember(state::Overlay& state, const Hash& id, UnixTime at) {
    const std::int64_t hour = at / kHour;
    for (unsigned page = 0; page < kMaxPages; ++page) {
        TW_TRY(std::optional<std::vector<Hash>> ids, find_page(state, hour, page));
        if (!ids) ids.emplace();
        if (ids->size() == kPerPage) continue;
        ids->insert(std::ranges::lower_bound(*ids, id), id);
        state.put(kSeenNamespace, page_key(hour, page), encode_page(*ids));
        return {};
    }
    return fail("application.full", "too many transactions in one hour; send this one with a later time");
}

Status forget_old(state::Overlay& state, UnixTime now) {
    const std::int64_t current = now / kHour;
    // Once in an hour is enough: before its first identity is filed.
    TW_TRY(const std::optional<Bytes> begun, state.get(kSeenNamespace, page_key(current, 0)));
    if (begun) return {};
    const std::int64_t horizon = current - kKeptHours;
    for (std::int64_t hour = horizon - 1; hour >= 0 && hour >= horizon - kSweptHours; --hour) {
        for (unsigned page = 0; page < kMaxPages; ++page) {
            const std::string key = page_key(hour, page);
            TW_TRY(const std::optional<Bytes> bytes, state.get(kSeenNamespace, key));
            if (!bytes) break;
            state.erase(kSeenNamespace, key);
        }
    }
    return {};
}

} // namespace tidewaiter::application
