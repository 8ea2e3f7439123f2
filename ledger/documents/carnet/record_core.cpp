#include "ledger/documents/carnet/fields.hpp"

namespace tidewaiter::carnet {
namespace {

constexpr std::size_t kMaxReferences = 99;

std::string read_lines_text(cbor::Reader& reader) {
    return fields::lines(reader);
}

Nots read_nots(cbor::Reader& reader) {
    Nots nots;
    reader.map({}, [&](std::int64_t key) {
        switch (key) {
        case 1: nots.not_reexported = read_lines_text(reader); return true;
        case 2: nots.not_produced = read_lines_text(reader); return true;
        case 3: nots.processed_abroad = read_lines_text(reader); return true;
        case 4: nots.not_reimported = read_lines_text(reader); return true;
        case 5:
            nots.regularised = reader.enumeration(BadGoods::DutyPaid, BadGoods::OtherProcedure);
            return true;
        default: return false;
        }
    });
    return nots;
}

void write_nots(cbor::Writer& writer, const Nots& nots) {
    writer.map([&](cbor::Writer& w) {
        if (!nots.not_reexported.empty()) w.key(1).text(nots.not_reexported);
        if (!nots.not_produced.empty()) w.key(2).text(nots.not_produced);
        if (!nots.processed_abroad.empty()) w.key(3).text(nots.processed_abroad);
        if (!nots.not_reimported.empty()) w.key(4).text(nots.not_reimported);
        if (nots.regularised) w.key(5).enumeration(*nots.regularised);
    });
}

AdoptBody read_adopt(cbor::Reader& reader) {
    AdoptBody body;
    reader.map({1, 2, 3}, [&](std::int64_t key) {
        switch (key) {
        case 1: body.cover = fields::cover(reader); return true;
        case 2: body.photos = fields::hashes(reader, 8); return true;
        case 3: body.items = fields::items(reader); return true;
        case 4: body.page = fields::number(reader, 2, 1'000); return true;
        default: return false;
        }
    });
    return body;
}

PaperBody read_paper(cbor::Reader& reader) {
    PaperBody body;
    reader.map({1, 2, 3, 5}, [&](std::int64_t key) {
        switch (key) {
        case 1:
            body.operation = reader.enumeration(Operation::Validate, Operation::TransitClose);
            return true;
        case 2: body.at = documents::read_local_time(reader); return true;
        case 3: body.office = documents::read_office(reader); return true;
        case 4: body.registration = fields::text(reader, 1, 50); return true;
        case 5: body.reason = static_cast<std::uint8_t>(fields::number(reader, 1, 3)); return true;
        default: return false;
        }
    });
    return body;
}

TargetBody read_target(cbor::Reader& reader, Operation operation) {
    TargetBody body;
    reader.map({1}, [&](std::int64_t key) {
        switch (key) {
        case 1: body.target = reader.hash(); return true;
        case 2: body.reason = static_cast<std::uint8_t>(fields::number(reader, 1, 4)); return true;
        case 3:
            body.operation = reader.enumeration(Operation::Validate, Operation::TransitClose);
            return operation == Operation::Correct;
        default: return false;
        }
    });
    return body;
}

RegulariseBody read_regularise(cbor::Reader& reader) {
    RegulariseBody body;
    reader.map({1, 2}, [&](std::int64_t key) {
        switch (key) {
        case 1: body.how = reader.enumeration(BadGoods::DutyPaid, BadGoods::OtherProcedure); return true;
        case 2: body.document = fields::text(reader, 1, 100); return true;
        case 3: body.duty = documents::read_amount(reader); return true;
        default: return false;
        }
    });
    return body;
}

ExtendBody read_extend(cbor::Reader& reader) {
    ExtendBody body;
    reader.map({1, 2}, [&](std::int64_t key) {
        if (key == 1)
            body.final_date = documents::read_date(reader);
        else if (key == 2)
            body.reference = fields::text(reader, 1, 50);
        else
            return false;
        return true;
    });
    return body;
}

TransferBody read_transfer(cbor::Reader& reader) {
    TransferBody body;
    reader.map({1, 2}, [&](std::int64_t key) {
        if (key == 1)
            body.blob = reader.hash();
        else if (key == 2)
            body.reference = fields::text(reader, 1, 50);
        else
            return false;
        return true;
    });
    return body;
}

SeizeBody read_seize(cbor::Reader& reader) {
    SeizeBody body;
    reader.map({1, 2}, [&](std::int64_t key) {
        if (key == 1)
            body.reference = fields::text(reader, 1, 50);
        else if (key == 2)
            body.reason = static_cast<std::uint8_t>(fields::number(reader, 1, 3));
        else
            return false;
        return true;
    });
    return body;
}

ReleaseBody read_release(cbor::Reader& reader) {
    ReleaseBody body;
    reader.map({1}, [&](std::int64_t key) {
        if (key != 1) return false;
        body.seizure = reader.hash();
        return true;
    });
    return body;
}

AcceptBody read_accept(cbor::Reader& reader) {
    AcceptBody body;
    reader.map({1}, [&](std::int64_t key) {
        if (key == 1)
            body.successor = documents::read_record_key(reader);
        else if (key == 2)
            body.sheet = fields::number(reader, 1, 99);
        else
            return false;
        return true;
    });
    return body;
}

void read_used_digests(cbor::Reader& reader, UsedBody& body) {
    reader.map({1}, [&](std::int64_t key) {
        if (key == 1)
            body.entry = reader.hash();
        else if (key == 2)
            body.invoice = reader.hash();
        else if (key == 3)
            body.arrival = reader.hash();
        else
            return false;
        return true;
    });
}

UsedBody read_used(cbor::Reader& reader, Operation operation) {
    UsedBody body;
    reader.map({1, 2, 5}, [&](std::int64_t key) {
        switch (key) {
        case 1: body.version = static_cast<std::uint32_t>(fields::number(reader, 0, 65'535)); return true;
        case 2: body.line = fields::number(reader, 1, 256); return true;
        case 3: body.quantity = documents::read_measure(reader); return true;
        case 4: body.scope = reader.hash(); return operation == Operation::ClaimUsed;
        case 5: read_used_digests(reader, body); return true;
        default: return false;
        }
    });
    if (reader.ok() && operation == Operation::ClaimUsed && !body.scope)
        reader.reject("cbor.missing-key", "CLAIM_USED carries the scope's digest (key 4)");
    return body;
}

CheckpointBody read_checkpoint(cbor::Reader& reader) {
    CheckpointBody body;
    reader.map({1, 2}, [&](std::int64_t key) {
        if (key == 1)
            body.rows = reader.unsigned_integer();
        else if (key == 2)
            body.head = reader.hash();
        else if (key == 3)
            body.verdicts = reader.unsigned_integer();
        else
            return false;
        return true;
    });
    return body;
}

Body read_body(cbor::Reader& reader, Operation operation) {
    switch (operation) {
    case Operation::Adopt: return read_adopt(reader);
    case Operation::RecordPaper: return read_paper(reader);
    case Operation::Cancel:
    case Operation::Correct: return read_target(reader, operation);
    case Operation::Regularise: return read_regularise(reader);
    case Operation::ExtendFinal: return read_extend(reader);
    case Operation::TransferHolder: return read_transfer(reader);
    case Operation::Seize: return read_seize(reader);
    case Operation::Release: return read_release(reader);
    case Operation::AcceptSubstitute:
    case Operation::AcceptReplacement: return read_accept(reader);
    case Operation::ClaimUsed:
    case Operation::PermitUsed: return read_used(reader, operation);
    case Operation::Checkpoint: return read_checkpoint(reader);
    default: break;
    }
    reader.reject("carnet.core", "a stamp carries no body (key 18)");
    return {};
}

/// Writes the keys of each body, inside a map.
struct BodyWriter {
    cbor::Writer& w;

    void operator()(const std::monostate&) const {}
    void operator()(const AdoptBody& body) const {
        fields::write(w.key(1), body.cover);
        fields::write_hashes(w.key(2), body.photos);
        fields::write(w.key(3), body.items);
        if (body.page > 1) fields::write_number(w.key(4), body.page);
    }
    void operator()(const PaperBody& body) const {
        w.key(1).enumeration(body.operation);
        documents::write(w.key(2), body.at);
        w.key(3).text(body.office);
        if (!body.registration.empty()) w.key(4).text(body.registration);
        w.key(5).unsigned_integer(body.reason);
    }
    void operator()(const TargetBody& body) const {
        w.key(1).bytes(body.target);
        if (body.reason > 0) w.key(2).unsigned_integer(body.reason);
        if (body.operation) w.key(3).enumeration(*body.operation);
    }
    void operator()(const RegulariseBody& body) const {
        w.key(1).enumeration(body.how);
        w.key(2).text(body.document);
        if (body.duty) documents::write(w.key(3), *body.duty);
    }
    void operator()(const ExtendBody& body) const {
        documents::write(w.key(1), body.final_date);
        w.key(2).text(body.reference);
    }
    void operator()(const TransferBody& body) const {
        w.key(1).bytes(body.blob);
        w.key(2).text(body.reference);
    }
    void operator()(const SeizeBody& body) const {
        w.key(1).text(body.reference);
        w.key(2).unsigned_integer(body.reason);
    }
    void operator()(const ReleaseBody& body) const { w.key(1).bytes(body.seizure); }
    void operator()(const AcceptBody& body) const {
        documents::write(w.key(1), body.successor);
        if (body.sheet > 0) fields::write_number(w.key(2), body.sheet);
    }
    void operator()(const UsedBody& body) const {
        w.key(1).unsigned_integer(body.version);
        fields::write_number(w.key(2), body.line);
        if (body.quantity) documents::write(w.key(3), *body.quantity);
        if (body.scope) w.key(4).bytes(*body.scope);
        w.key(5).map([&](cbor::Writer& digests) {
            digests.key(1).bytes(body.entry);
            if (body.invoice) digests.key(2).bytes(*body.invoice);
            if (body.arrival) digests.key(3).bytes(*body.arrival);
        });
    }
    void operator()(const CheckpointBody& body) const {
        w.key(1).unsigned_integer(body.rows);
        w.key(2).bytes(body.head);
        if (body.verdicts) w.key(3).unsigned_integer(*body.verdicts);
    }
};

Operation read_operation(cbor::Reader& reader) {
    const auto operation = static_cast<Operation>(reader.unsigned_integer(1, 24));
    if (reader.ok() && static_cast<int>(operation) == 19)
        reader.reject("cbor.range", "19 REJECT is a row of the journal, never a transaction");
    return operation;
}

void read_seen(cbor::Reader& reader, Core& core) {
    reader.enter_array(2);
    core.height_seen = documents::read_height(reader);
    core.is_offline = reader.boolean();
    reader.leave();
}

bool read_core_field(cbor::Reader& reader, std::int64_t key, Core& core) {
    switch (key) {
    case 1: core.key = documents::read_record_key(reader); return true;
    case 2: core.sheet = fields::sheet(reader); return true;
    case 3: core.operation = read_operation(reader); return true;
    case 4: core.office = documents::read_office(reader); return true;
    case 5: core.at = documents::read_local_time(reader); return true;
    case 6: core.sequence = static_cast<std::uint32_t>(reader.unsigned_integer(1, UINT32_MAX)); return true;
    case 7: core.lines = read_lines_text(reader); return true;
    case 8:
        reader.array(1, kMaxReferences,
                     [&](std::size_t) { core.references.push_back(fields::number(reader, 1, 99)); });
        return true;
    case 9: core.branch = reader.hash(); return true;
    case 10: core.date = documents::read_date(reader); return true;
    case 11: core.destination = documents::read_office(reader); return true;
    case 12: core.nots = read_nots(reader); return true;
    case 13: core.previous = reader.hash(); return true;
    case 14: read_seen(reader, core); return true;
    case 15: core.revision = fields::number(reader, 1, 99); return true;
    case 16: core.attachments = reader.hash(); return true;
    case 17: core.signer = documents::read_kid(reader); return true;
    // Keys ascend, so the operation is known by now.
    case 18: core.body = read_body(reader, core.operation); return true;
    default: return false;
    }
}

Status check_stamp(const Core& core) {
    if (!core.key) return fail("carnet.core", "a stamp names its carnet (key 1)");
    const auto wanted = sheet_for(core.operation, core.sheet ? core.sheet->number : 1);
    if (wanted.has_value() != core.sheet.has_value())
        return fail("carnet.core",
                    std::string(name(core.operation)) +
                        (wanted ? " stamps a sheet (key 2)" : " stamps no sheet (key 2 must be left out)"));
    if (wanted && *wanted != *core.sheet)
        return fail("carnet.core",
                    std::string(name(core.operation)) + " stamps another half or colour (key 2)");
    return {};
}

Status check_record(const Core& core) {
    if (std::holds_alternative<std::monostate>(core.body))
        return fail("carnet.core", std::string(name(core.operation)) + " carries its body (key 18)");
    if (!core.key && core.operation != Operation::Checkpoint)
        return fail("carnet.core", std::string(name(core.operation)) + " names its record (key 1)");
    if (core.key && core.operation == Operation::Checkpoint)
        return fail("carnet.core", "CHECKPOINT names no record (key 1 must be left out)");
    return {};
}

} // namespace

Result<Core> decode_core(ByteView bytes) {
    cbor::Reader reader(bytes);
    Core core;
    reader.map({3, 4, 5, 6, 14, 16, 17},
               [&](std::int64_t key) { return read_core_field(reader, key, core); });
    TW_CHECK(reader.finish());
    TW_CHECK(is_stamp(core.operation) ? check_stamp(core) : check_record(core));
    return core;
}

Bytes encode(const Core& core) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        if (core.key) documents::write(w.key(1), *core.key);
        if (core.sheet) fields::write(w.key(2), *core.sheet);
        w.key(3).enumeration(core.operation);
        w.key(4).text(core.office);
        documents::write(w.key(5), core.at);
        w.key(6).unsigned_integer(core.sequence);
        if (!core.lines.empty()) w.key(7).text(core.lines);
        if (!core.references.empty()) {
            w.key(8).array([&](cbor::Writer& list) {
                for (const int reference : core.references)
                    fields::write_number(list, reference);
            });
        }
        if (core.branch) w.key(9).bytes(*core.branch);
        if (core.date) documents::write(w.key(10), *core.date);
        if (!core.destination.empty()) w.key(11).text(core.destination);
        if (core.nots) write_nots(w.key(12), *core.nots);
        if (core.previous) w.key(13).bytes(*core.previous);
        w.key(14).array(
            [&](cbor::Writer& seen) { seen.unsigned_integer(core.height_seen).boolean(core.is_offline); });
        if (core.revision > 0) fields::write_number(w.key(15), core.revision);
        w.key(16).bytes(core.attachments);
        w.key(17).bytes(core.signer);
        if (!std::holds_alternative<std::monostate>(core.body))
            w.key(18).map([&](cbor::Writer& body) { std::visit(BodyWriter{body}, core.body); });
    });
    return writer.take();
}

} // namespace tidewaiter::carnet
