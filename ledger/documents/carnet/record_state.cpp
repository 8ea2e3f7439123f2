#include "ledger/documents/carnet/fields.hpp"

#include <algorithm>
#include <array>

namespace tidewaiter::carnet {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::array<std::string_view, 12> kStatusWords{
    "DRAFT",        "ISSUED",     "SIGNED",   "ACTIVE",      "SUSPENDED",  "EXPIRED",
    "EXPIRED_OPEN", "SUPERSEDED", "RETURNED", "UNDER_CLAIM", "DISCHARGED", "WITHDRAWN"};

/// Key 0 comes first: a reader that meets a greater version stops there.
void read_version(cbor::Reader& reader) {
    const std::uint64_t version = reader.unsigned_integer();
    if (reader.ok() && version != kVersion)
        reader.reject("carnet.version", "the record has version " + std::to_string(version) +
                                            "; this program knows version 1: update it");
}

/// A mark that is left out when it does not hold.
bool only_true(cbor::Reader& reader) {
    const bool value = reader.boolean();
    if (reader.ok() && !value) reader.reject("cbor.range", "a mark that is false is left out");
    return value;
}

Obligation read_obligation(cbor::Reader& reader) {
    Obligation value;
    reader.map({1, 2, 3, 4, 6}, [&](std::int64_t key) {
        switch (key) {
        case 1: value.kind = reader.enumeration(ObligationKind::Home, ObligationKind::PreExport); return true;
        case 2: value.territory = documents::read_alpha2(reader); return true;
        case 3: value.sheet = fields::number(reader, 1, 99); return true;
        case 4: value.lines = fields::lines(reader); return true;
        case 5: value.date = documents::read_date(reader); return true;
        case 6: value.stamp = reader.hash(); return true;
        case 7: value.held = fields::lines(reader); return true;
        case 8: value.destination = documents::read_office(reader); return true;
        default: return false;
        }
    });
    return value;
}

void write_obligation(cbor::Writer& writer, const Obligation& value) {
    writer.map([&](cbor::Writer& w) {
        w.key(1).enumeration(value.kind);
        w.key(2).text(value.territory);
        fields::write_number(w.key(3), value.sheet);
        w.key(4).text(value.lines);
        if (value.date) documents::write(w.key(5), *value.date);
        w.key(6).bytes(value.stamp);
        if (!value.held.empty()) w.key(7).text(value.held);
        if (!value.destination.empty()) w.key(8).text(value.destination);
    });
}

void read_flags(cbor::Reader& reader, Head& head) {
    reader.array(1, 8, [&](std::size_t) {
        const Flag flag = reader.enumeration(Flag::Lost, Flag::Returned);
        if (!head.flags.empty() && flag <= head.flags.back()) reader.reject("carnet.flags", "flags ascend");
        head.flags.push_back(flag);
    });
}

bool read_head_field(cbor::Reader& reader, std::int64_t key, Head& head) {
    switch (key) {
    case 0: read_version(reader); return true;
    case 1: head.status = reader.enumeration(CarnetStatus::Draft, CarnetStatus::Withdrawn); return true;
    case 2: head.revision = fields::number(reader, 1, 99); return true;
    case 3: head.cover = fields::cover(reader); return true;
    case 4: head.is_paper = fields::number(reader, 1, 2) == 2; return true;
    case 5: head.issuer = documents::read_kid(reader); return true;
    case 6: head.first = documents::read_inclusion(reader); return true;
    case 7: head.last = documents::read_inclusion(reader); return true;
    case 8: head.stamp_pages = static_cast<std::uint32_t>(fields::number(reader, 1, 65'535)); return true;
    case 9: head.stamps = static_cast<std::uint32_t>(reader.unsigned_integer(1, UINT32_MAX)); return true;
    case 10:
        reader.array(1, 512, [&](std::size_t) { head.obligations.push_back(read_obligation(reader)); });
        return true;
    case 11: head.branches = fields::hashes(reader, 64); return true;
    case 12: read_flags(reader, head); return true;
    case 13: head.holder_key = documents::read_cose_key(reader); return true;
    case 14: head.holder_signed = reader.hash(); return true;
    case 15: head.events = static_cast<std::uint32_t>(fields::number(reader, 1, 65'535)); return true;
    case 16: head.claims = static_cast<std::uint32_t>(fields::number(reader, 1, 65'535)); return true;
    default: return false;
    }
}

void write_head_lists(cbor::Writer& w, const Head& head) {
    if (head.stamp_pages > 0) w.key(8).unsigned_integer(head.stamp_pages);
    if (head.stamps > 0) w.key(9).unsigned_integer(head.stamps);
    if (!head.obligations.empty()) {
        w.key(10).array([&](cbor::Writer& list) {
            for (const Obligation& obligation : head.obligations)
                write_obligation(list, obligation);
        });
    }
    if (!head.branches.empty()) fields::write_hashes(w.key(11), head.branches);
    if (!head.flags.empty()) {
        w.key(12).array([&](cbor::Writer& list) {
            for (const Flag flag : head.flags)
                list.enumeration(flag);
        });
    }
}

} // namespace

namespace fields {

StampEntry stamp_entry(cbor::Reader& reader) {
    StampEntry entry;
    const auto embedded = [&reader] {
        const ByteView bytes = reader.bytes(1, limits::kMaxDeviceTransactionBytes);
        if (reader.ok()) {
            if (const Status status = cbor::check(bytes); !status)
                reader.reject(status.error().code, status.error().detail);
        }
        return to_bytes(bytes);
    };
    reader.map({1, 2, 3, 4}, [&](std::int64_t key) {
        switch (key) {
        case 1: entry.core = embedded(); return true;
        case 2: entry.attachments = embedded(); return true;
        case 3:
            entry.outcome = reader.enumeration(StampOutcome::Effective, StampOutcome::Refused);
            return true;
        case 4: entry.inclusion = documents::read_inclusion(reader); return true;
        case 5: entry.why = static_cast<std::uint8_t>(number(reader, 1, 5)); return true;
        case 6: entry.by = reader.hash(); return true;
        case 7: entry.in_open_branch = only_true(reader); return true;
        case 8: entry.is_annulled = only_true(reader); return true;
        default: return false;
        }
    });
    return entry;
}

void write(cbor::Writer& writer, const StampEntry& entry) {
    writer.map([&](cbor::Writer& w) {
        w.key(1).bytes(entry.core);
        w.key(2).bytes(entry.attachments);
        w.key(3).enumeration(entry.outcome);
        documents::write(w.key(4), entry.inclusion);
        if (entry.why > 0) w.key(5).unsigned_integer(entry.why);
        if (entry.by) w.key(6).bytes(*entry.by);
        if (entry.in_open_branch) w.key(7).boolean(true);
        if (entry.is_annulled) w.key(8).boolean(true);
    });
}

} // namespace fields

std::string_view word(CarnetStatus status) {
    return kStatusWords[static_cast<std::size_t>(status) - 1];
}

bool Head::has(Flag flag) const {
    return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

void Head::set(Flag flag, bool on) {
    const auto place = std::lower_bound(flags.begin(), flags.end(), flag);
    const bool is_there = place != flags.end() && *place == flag;
    if (on && !is_there) flags.insert(place, flag);
    if (!on && is_there) flags.erase(place);
}

Result<Head> decode_head(ByteView bytes) {
    cbor::Reader reader(bytes);
    Head head;
    reader.map({0, 1, 2, 3, 4, 5, 6, 7},
               [&](std::int64_t key) { return read_head_field(reader, key, head); });
    return fields::finish(reader, std::move(head));
}

Bytes encode(const Head& head) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        w.key(0).unsigned_integer(kVersion);
        w.key(1).enumeration(head.status);
        fields::write_number(w.key(2), head.revision);
        fields::write(w.key(3), head.cover);
        w.key(4).unsigned_integer(head.is_paper ? 2 : 1);
        w.key(5).bytes(head.issuer);
        documents::write(w.key(6), head.first);
        documents::write(w.key(7), head.last);
        write_head_lists(w, head);
        if (head.holder_key) w.key(13).raw(head.holder_key->to_cose());
        if (head.holder_signed) w.key(14).bytes(*head.holder_signed);
        if (head.events > 0) w.key(15).unsigned_integer(head.events);
        if (head.claims > 0) w.key(16).unsigned_integer(head.claims);
    });
    return writer.take();
}

Result<ListValue> decode_list_value(ByteView bytes) {
    cbor::Reader reader(bytes);
    ListValue value;
    reader.map({0, 1, 2}, [&](std::int64_t key) {
        if (key == 0)
            read_version(reader);
        else if (key == 1)
            value.page = fields::list_page(reader);
        else if (key == 2)
            value.inclusion = documents::read_inclusion(reader);
        else
            return false;
        return true;
    });
    return fields::finish(reader, std::move(value));
}

Bytes encode(const ListValue& value) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        w.key(0).unsigned_integer(kVersion);
        fields::write(w.key(1), value.page);
        documents::write(w.key(2), value.inclusion);
    });
    return writer.take();
}

Result<std::vector<StampEntry>> decode_stamps_page(ByteView bytes) {
    cbor::Reader reader(bytes);
    std::vector<StampEntry> entries;
    reader.map({0, 1}, [&](std::int64_t key) {
        if (key == 0)
            read_version(reader);
        else if (key == 1)
            reader.array(1, 32, [&](std::size_t) { entries.push_back(fields::stamp_entry(reader)); });
        else
            return false;
        return true;
    });
    return fields::finish(reader, std::move(entries));
}

Bytes encode_stamps_page(const std::vector<StampEntry>& entries) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        w.key(0).unsigned_integer(kVersion);
        w.key(1).array([&](cbor::Writer& list) {
            for (const StampEntry& entry : entries)
                fields::write(list, entry);
        });
    });
    return writer.take();
}

Result<StampEntry> decode_device_event(ByteView bytes) {
    cbor::Reader reader(bytes);
    StampEntry entry;
    reader.map({0, 1}, [&](std::int64_t key) {
        if (key == 0)
            read_version(reader);
        else if (key == 1)
            entry = fields::stamp_entry(reader);
        else
            return false;
        return true;
    });
    return fields::finish(reader, std::move(entry));
}

Bytes encode_device_event(const StampEntry& entry) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        w.key(0).unsigned_integer(kVersion);
        fields::write(w.key(1), entry);
    });
    return writer.take();
}

} // namespace tidewaiter::carnet
