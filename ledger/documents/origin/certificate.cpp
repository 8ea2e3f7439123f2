#include "ledger/documents/origin/certificate.hpp"

#include <algorithm>

namespace tidewaiter::origin {

using namespace documents;

namespace {

using documents::write;

bool is_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::uint16_t read_version(cbor::Reader& reader) {
    return static_cast<std::uint16_t>(reader.unsigned_integer(1, 65'535));
}

Scope read_scope(cbor::Reader& reader) {
    Scope scope;
    std::size_t count = 0;
    reader.array(1, 3, [&](std::size_t index) {
        ++count;
        if (index == 0) scope.is_blanket = reader.unsigned_integer(1, 2) == 2;
        if (index == 1) scope.from = read_date(reader);
        if (index == 2) scope.to = read_date(reader);
    });
    if (reader.ok() && count != (scope.is_blanket ? 3U : 1U))
        reader.reject("cbor.count",
                      "a scope is [1] for a single shipment or [2, from, to] for a blanket period");
    return scope;
}

EntryLine read_entry_line(cbor::Reader& reader) {
    EntryLine line;
    reader.map({1, 2, 3, 4}, [&](std::int64_t key) {
        switch (key) {
        case 1: line.entry_line = read_version(reader); return true;
        case 2:
            line.certificate_line = static_cast<std::uint16_t>(reader.unsigned_integer(1, kLineSlots));
            return true;
        case 3: line.hts = reader.text(10, 10); return true;
        case 4: line.spi = reader.text(1, 2); return true;
        case 5: line.value = reader.unsigned_integer(0, 999'999'999'999'999'999); return true;
        case 6: line.quantity = read_measure(reader); return true;
        default: return false;
        }
    });
    if (reader.ok() && !is_digits(line.hts)) reader.reject("field.hts", "an HTS number has ten digits");
    return line;
}

void write(cbor::Writer& writer, const EntryLine& line) {
    writer.map([&](cbor::Writer& map) {
        map.key(1).unsigned_integer(line.entry_line);
        map.key(2).unsigned_integer(line.certificate_line);
        map.key(3).text(line.hts);
        map.key(4).text(line.spi);
        if (line.value) map.key(5).unsigned_integer(*line.value);
        if (line.quantity) write(map.key(6), *line.quantity);
    });
}

Head::Version read_head_version(cbor::Reader& reader) {
    Head::Version version;
    reader.map({1, 2}, [&](std::int64_t key) {
        switch (key) {
        case 1: version.issue = read_issue(reader); return true;
        case 2: version.inclusion = read_inclusion(reader); return true;
        default: return false;
        }
    });
    return version;
}

} // namespace

Issue read_issue(cbor::Reader& reader) {
    Issue issue;
    reader.map({1, 2, 3, 4, 5, 6, 7, 8, 9}, [&](std::int64_t key) {
        switch (key) {
        case 1: issue.id = reader.fixed_bytes<16>(); return true;
        case 2: issue.version = read_version(reader); return true;
        case 3: issue.agreement = reader.enumeration(Agreement::Nafta, Agreement::Cafta); return true;
        case 4: issue.kind = reader.enumeration(Kind::Cbp434, Kind::InvoiceDeclaration); return true;
        case 5: issue.role = reader.enumeration(CertifierRole::Importer, CertifierRole::Agent); return true;
        case 6: issue.signed_on = read_date(reader); return true;
        case 7: issue.scope = read_scope(reader); return true;
        case 8:
            reader.array(kHeaderSlots, kHeaderSlots,
                         [&](std::size_t i) { issue.digests.at(i) = reader.hash(); });
            return true;
        case 9: issue.line_root = reader.hash(); return true;
        case 10: issue.statement = static_cast<std::uint8_t>(reader.unsigned_integer(1, 3)); return true;
        case 11: {
            reader.enter_array(2);
            const CertificateId superseded = reader.fixed_bytes<16>();
            issue.supersedes = std::pair(superseded, read_version(reader));
            reader.leave();
            return true;
        }
        case 12: issue.amend_reason = static_cast<std::uint8_t>(reader.unsigned_integer(1, 4)); return true;
        default: return false;
        }
    });
    return issue;
}

void write(cbor::Writer& writer, const Issue& issue) {
    writer.map([&](cbor::Writer& map) {
        map.key(1).bytes(issue.id);
        map.key(2).unsigned_integer(issue.version);
        map.key(3).enumeration(issue.agreement);
        map.key(4).enumeration(issue.kind);
        map.key(5).enumeration(issue.role);
        write(map.key(6), issue.signed_on);
        map.key(7).array([&](cbor::Writer& scope) {
            scope.unsigned_integer(issue.scope.is_blanket ? 2 : 1);
            if (!issue.scope.is_blanket) return;
            write(scope, issue.scope.from);
            write(scope, issue.scope.to);
        });
        map.key(8).array([&](cbor::Writer& list) {
            for (const Hash& digest : issue.digests)
                list.bytes(digest);
        });
        map.key(9).bytes(issue.line_root);
        if (issue.statement) map.key(10).unsigned_integer(*issue.statement);
        if (issue.supersedes)
            map.key(11).array([&](cbor::Writer& pair) {
                pair.bytes(issue.supersedes->first).unsigned_integer(issue.supersedes->second);
            });
        if (issue.amend_reason) map.key(12).unsigned_integer(*issue.amend_reason);
    });
}

Event read_event(cbor::Reader& reader) {
    Event event;
    reader.map({1, 2}, [&](std::int64_t key) {
        switch (key) {
        case 1: event.record = read_record_key(reader); return true;
        case 2: event.version = read_version(reader); return true;
        case 3:
            reader.array(1, kLineSlots, [&](std::size_t) {
                event.lines.push_back(static_cast<std::uint16_t>(reader.unsigned_integer(1, kLineSlots)));
            });
            return true;
        case 4: event.reason = static_cast<std::uint8_t>(reader.unsigned_integer(1, 32)); return true;
        case 5: event.case_digest = reader.hash(); return true;
        case 6: event.from = read_date(reader); return true;
        case 7: event.claim = read_record_key(reader); return true;
        case 8:
            reader.array(1, kLineSlots,
                         [&](std::size_t) { event.entry_lines.push_back(read_entry_line(reader)); });
            return true;
        default: return false;
        }
    });
    return event;
}

void write(cbor::Writer& writer, const Event& event) {
    writer.map([&](cbor::Writer& map) {
        write(map.key(1), event.record);
        map.key(2).unsigned_integer(event.version);
        if (!event.lines.empty())
            map.key(3).array([&](cbor::Writer& list) {
                for (const std::uint16_t line : event.lines)
                    list.unsigned_integer(line);
            });
        if (event.reason) map.key(4).unsigned_integer(*event.reason);
        if (event.case_digest) map.key(5).bytes(*event.case_digest);
        if (event.from) write(map.key(6), *event.from);
        if (event.claim) write(map.key(7), *event.claim);
        if (!event.entry_lines.empty())
            map.key(8).array([&](cbor::Writer& list) {
                for (const EntryLine& line : event.entry_lines)
                    write(list, line);
            });
    });
}

const Head::Version* Head::find(std::uint16_t version) const {
    const auto at =
        std::ranges::find_if(versions, [&](const Version& v) { return v.issue.version == version; });
    return at == versions.end() ? nullptr : &*at;
}

Result<Head> decode_head(ByteView bytes) {
    TW_CHECK(check_version(bytes, "origin.version"));
    Head head;
    cbor::Reader reader(bytes);
    reader.map({0, 1, 2, 3}, [&](std::int64_t key) {
        switch (key) {
        case 0: reader.unsigned_integer(1, 1); return true;
        case 1:
            head.status = reader.enumeration(CertificateStatus::Issued, CertificateStatus::Revoked);
            return true;
        case 2: head.certifier = read_kid(reader); return true;
        case 3:
            reader.array(1, kMaxVersions,
                         [&](std::size_t) { head.versions.push_back(read_head_version(reader)); });
            return true;
        case 4: head.events = read_version(reader); return true;
        case 5: head.status_changed = read_inclusion(reader); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return head;
}

Bytes encode(const Head& head) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(1);
        map.key(1).enumeration(head.status);
        map.key(2).bytes(head.certifier);
        map.key(3).array([&](cbor::Writer& list) {
            for (const Head::Version& version : head.versions)
                list.map([&](cbor::Writer& row) {
                    write(row.key(1), version.issue);
                    write(row.key(2), version.inclusion);
                });
        });
        if (head.events != 0) map.key(4).unsigned_integer(head.events);
        if (head.status_changed) write(map.key(5), *head.status_changed);
    });
    return writer.take();
}

Result<EventRecord> decode_event_record(ByteView bytes) {
    TW_CHECK(check_version(bytes, "origin.version"));
    EventRecord record;
    cbor::Reader reader(bytes);
    reader.map({0, 1, 2, 3, 4, 5}, [&](std::int64_t key) {
        switch (key) {
        case 0: reader.unsigned_integer(1, 1); return true;
        case 1: record.kind = static_cast<std::uint8_t>(reader.unsigned_integer(33, 45)); return true;
        case 2: record.event = read_event(reader); return true;
        case 3: record.at = read_time(reader); return true;
        case 4: record.signer = read_kid(reader); return true;
        case 5: record.inclusion = read_inclusion(reader); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return record;
}

Bytes encode(const EventRecord& record) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(0).unsigned_integer(1);
        map.key(1).unsigned_integer(record.kind);
        write(map.key(2), record.event);
        map.key(3).integer(record.at);
        map.key(4).bytes(record.signer);
        write(map.key(5), record.inclusion);
    });
    return writer.take();
}

std::string_view agreement_name(Agreement agreement) {
    switch (agreement) {
    case Agreement::Nafta: return "NAFTA";
    case Agreement::Usmca: return "USMCA";
    case Agreement::Cafta: return "CAFTA-DR";
    }
    return "";
}

std::string name_space(Agreement agreement) {
    switch (agreement) {
    case Agreement::Nafta: return "origin/nafta";
    case Agreement::Usmca: return "origin/usmca";
    case Agreement::Cafta: return "origin/cafta";
    }
    return "";
}

std::optional<Agreement> agreement_of(std::string_view text) {
    for (const Agreement agreement : {Agreement::Nafta, Agreement::Usmca, Agreement::Cafta})
        if (name_space(agreement) == text) return agreement;
    return std::nullopt;
}

std::string head_key(const CertificateId& id) {
    return to_hex(id);
}

std::string event_key(std::string_view head_key, std::uint16_t number) {
    return std::string(head_key) + "/event/" + std::to_string(number);
}

Result<std::optional<Head>> find_head(const state::View& view, const RecordKey& key) {
    TW_TRY(const std::optional<Bytes> bytes, view.get(key.name_space, key.key));
    if (!bytes) return std::optional<Head>{};
    TW_TRY(Head head, decode_head(*bytes));
    return std::optional<Head>(std::move(head));
}

Result<std::vector<EventRecord>> find_events(const state::View& view, const RecordKey& key,
                                             const Head& head) {
    std::vector<EventRecord> events;
    for (std::uint32_t n = 1; n <= head.events; ++n) {
        const std::string event = event_key(key.key, static_cast<std::uint16_t>(n));
        TW_TRY(const std::optional<Bytes> bytes, view.get(key.name_space, event));
        if (!bytes) return fail("origin.event", "event record " + event + " is missing; load the copy again");
        TW_TRY(EventRecord record, decode_event_record(*bytes));
        events.push_back(std::move(record));
    }
    return events;
}

} // namespace tidewaiter::origin
