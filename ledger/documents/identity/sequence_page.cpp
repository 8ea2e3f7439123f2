#include "ledger/documents/identity/identity.hpp"

#include <algorithm>

namespace tidewaiter::identity {

namespace {

constexpr std::uint32_t kPerPage = 256;
constexpr std::size_t kMaxCores = 8;

} // namespace

Result<SequencePage> decode_sequence_page(ByteView bytes) {
    TW_CHECK(documents::check_version(bytes, "identity.version"));
    SequencePage page;
    cbor::Reader reader(bytes);
    reader.map({0, 1}, [&](std::int64_t key) {
        switch (key) {
        case 0: reader.unsigned_integer(1, 1); return true;
        case 1:
            reader.array(1, kPerPage, [&](std::size_t) {
                SequencePage::Entry entry;
                reader.array(2, 1 + kMaxCores, [&](std::size_t index) {
                    if (index == 0)
                        entry.sequence = static_cast<std::uint32_t>(reader.unsigned_integer(1, UINT32_MAX));
                    else
                        entry.cores.push_back(reader.fixed_bytes<16>());
                });
                if (reader.ok() && !page.entries.empty() && entry.sequence <= page.entries.back().sequence)
                    reader.reject("identity.order", "sequence numbers must ascend");
                page.entries.push_back(std::move(entry));
            });
            return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return page;
}

Result<std::vector<SequenceCount>> count_cores(ByteView bytes) {
    TW_CHECK(documents::check_version(bytes, "identity.version"));
    std::vector<SequenceCount> counts;
    counts.reserve(kPerPage);
    cbor::Reader reader(bytes);
    reader.map({0, 1}, [&](std::int64_t key) {
        if (key == 0) {
            reader.unsigned_integer(1, 1);
            return true;
        }
        if (key != 1) return false;
        reader.array(1, kPerPage, [&](std::size_t) {
            const ByteView entry = reader.raw();
            if (!reader.ok()) return;
            // An array of at most 9 items: its head is one byte.
            const std::uint8_t head = entry[0];
            cbor::Reader number(entry.subspan(1));
            const auto sequence = static_cast<std::uint32_t>(number.unsigned_integer(1, UINT32_MAX));
            if ((head >> 5U) != 4 || !number.ok())
                return reader.reject("cbor.type", "expected an array of a number and its cores");
            if ((head & 31U) < 2 || (head & 31U) > 1 + kMaxCores)
                return reader.reject("cbor.range", "a number has 1 to 8 cores");
            if (!counts.empty() && sequence <= counts.back().sequence)
                return reader.reject("identity.order", "sequence numbers must ascend");
            counts.push_back({.sequence = sequence, .cores = (head & 31U) - 1});
        });
        return true;
    });
    TW_CHECK(reader.finish());
    return counts;
}

Bytes encode(const SequencePage& page) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(1);
        map.key(1).array([&](cbor::Writer& list) {
            for (const SequencePage::Entry& entry : page.entries) {
                list.array([&](cbor::Writer& row) {
                    row.unsigned_integer(entry.sequence);
                    for (const auto& core : entry.cores)
                        row.bytes(core);
                });
            }
        });
    });
    return writer.take();
}

std::string sequence_page_record(std::string_view device, std::uint32_t sequence) {
    return std::string(device) + "/" + std::to_string(sequence / kPerPage);
}

SequenceNote note_sequence(SequencePage& page, std::uint32_t sequence, const Hash& core) {
    std::array<std::uint8_t, 16> half{};
    std::copy_n(core.begin(), half.size(), half.begin());
    const auto at = std::ranges::lower_bound(page.entries, sequence, {}, &SequencePage::Entry::sequence);
    if (at == page.entries.end() || at->sequence != sequence) {
        page.entries.insert(at, {.sequence = sequence, .cores = {half}});
        return SequenceNote::New;
    }
    if (std::ranges::find(at->cores, half) != at->cores.end()) return SequenceNote::Known;
    // More clones than fit change nothing: the two flags are raised already.
    if (at->cores.size() < kMaxCores) at->cores.push_back(half);
    return SequenceNote::Cloned;
}

} // namespace tidewaiter::identity
