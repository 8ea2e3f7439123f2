#include "ledger/documents/carnet/acts.hpp"

#include "ledger/documents/carnet/fields.hpp"

#include <array>

namespace tidewaiter::carnet {
namespace {

constexpr std::array<std::string_view, 23> kActNames{
    "ISSUE",  "LIST_PAGE",   "AMEND",   "WITHDRAW",   "SUPERSEDE", "HOLDER_BIND", "HOLDER_SIGN", "HAND_OVER",
    "RETURN", "REPORT_LOST", "FOUND",   "ADD_SHEETS", "DISCHARGE", "PROOF",       "CLAIM",       "DEPOSIT",
    "FINAL",  "REFUND",      "PAYMENT", "SUSPEND",    "RESOLVE",   "ADMIT_LATE",  "LIFT"};

} // namespace

std::string_view name(ActKind kind) {
    return kActNames[static_cast<std::size_t>(kind) - 1];
}

Result<CarnetAct> decode_carnet_act(ByteView bytes) {
    cbor::Reader reader(bytes);
    CarnetAct act;
    reader.map({1}, [&](std::int64_t key) {
        switch (key) {
        case 1: act.key = documents::read_record_key(reader); return true;
        case 2: act.reason = static_cast<std::uint8_t>(fields::number(reader, 1, 6)); return true;
        case 3: act.blob = reader.hash(); return true;
        case 4: act.successor = documents::read_record_key(reader); return true;
        case 5: act.on = documents::read_date(reader); return true;
        default: return false;
        }
    });
    return fields::finish(reader, std::move(act));
}

Bytes encode(const CarnetAct& act) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        documents::write(w.key(1), act.key);
        if (act.reason > 0) w.key(2).unsigned_integer(act.reason);
        if (act.blob) w.key(3).bytes(*act.blob);
        if (act.successor) documents::write(w.key(4), *act.successor);
        if (act.on) documents::write(w.key(5), *act.on);
    });
    return writer.take();
}

Result<HolderBind> decode_holder_bind(ByteView bytes) {
    cbor::Reader reader(bytes);
    HolderBind act;
    reader.map({1, 2, 3}, [&](std::int64_t key) {
        if (key == 1)
            act.key = documents::read_record_key(reader);
        else if (key == 2)
            act.revision = fields::number(reader, 1, 99);
        else if (key == 3)
            act.holder_key = documents::read_cose_key(reader);
        else
            return false;
        return true;
    });
    return fields::finish(reader, std::move(act));
}

Bytes encode(const HolderBind& act) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        documents::write(w.key(1), act.key);
        fields::write_number(w.key(2), act.revision);
        if (act.holder_key) w.key(3).raw(act.holder_key->to_cose());
    });
    return writer.take();
}

Result<HolderSign> decode_holder_sign(ByteView bytes) {
    cbor::Reader reader(bytes);
    HolderSign act;
    reader.map({1, 2, 3}, [&](std::int64_t key) {
        if (key == 1)
            act.key = documents::read_record_key(reader);
        else if (key == 2)
            act.revision = fields::number(reader, 1, 99);
        else if (key == 3)
            act.cover = reader.hash();
        else
            return false;
        return true;
    });
    return fields::finish(reader, std::move(act));
}

Bytes encode(const HolderSign& act) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        documents::write(w.key(1), act.key);
        fields::write_number(w.key(2), act.revision);
        w.key(3).bytes(act.cover);
    });
    return writer.take();
}

Result<AddSheets> decode_add_sheets(ByteView bytes) {
    cbor::Reader reader(bytes);
    AddSheets act;
    reader.map({1, 2}, [&](std::int64_t key) {
        if (key == 1)
            act.key = documents::read_record_key(reader);
        else if (key == 2)
            act.added = fields::sets(reader);
        else
            return false;
        return true;
    });
    return fields::finish(reader, std::move(act));
}

Bytes encode(const AddSheets& act) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        documents::write(w.key(1), act.key);
        fields::write(w.key(2), act.added);
    });
    return writer.take();
}

Result<BranchAct> decode_branch_act(ByteView bytes) {
    cbor::Reader reader(bytes);
    BranchAct act;
    reader.map({1, 3}, [&](std::int64_t key) {
        switch (key) {
        case 1: act.key = documents::read_record_key(reader); return true;
        case 2: act.stamps = fields::hashes(reader, 32); return true;
        case 3: act.reason = static_cast<std::uint8_t>(fields::number(reader, 1, 4)); return true;
        case 4: act.blob = reader.hash(); return true;
        default: return false;
        }
    });
    return fields::finish(reader, std::move(act));
}

Bytes encode(const BranchAct& act) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        documents::write(w.key(1), act.key);
        if (!act.stamps.empty()) fields::write_hashes(w.key(2), act.stamps);
        w.key(3).unsigned_integer(act.reason);
        if (act.blob) w.key(4).bytes(*act.blob);
    });
    return writer.take();
}

} // namespace tidewaiter::carnet
