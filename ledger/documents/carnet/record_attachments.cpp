#include "ledger/documents/carnet/fields.hpp"

namespace tidewaiter::carnet {
namespace {

bool is_rule_id(std::string_view text) {
    if (text.size() < 6 || text.size() > 7 || text[3] != '-') return false;
    const std::string_view family = text.substr(0, 3);
    if (family != "CAR" && family != "ORI" && family != "PGA" && family != "GEN") return false;
    for (const char c : text.substr(4)) {
        if (c < '0' || c > '9') return false;
    }
    return true;
}

FiredRule read_rule(cbor::Reader& reader) {
    FiredRule fired;
    reader.array(2, 3, [&](std::size_t index) {
        if (index == 0) fired.rule = fields::text(reader, 6, 7);
        if (index == 0 && reader.ok() && !is_rule_id(fired.rule))
            reader.reject("field.rule", "a rule like CAR-41 belongs here");
        if (index == 1) fired.severity = static_cast<std::uint8_t>(fields::number(reader, 1, 5));
        if (index == 2) fired.answer = reader.boolean();
    });
    return fired;
}

RegularisationDocument read_regularisation(cbor::Reader& reader) {
    RegularisationDocument value;
    reader.array(2, 3, [&](std::size_t index) {
        if (index == 0) value.how = reader.enumeration(BadGoods::DutyPaid, BadGoods::OtherProcedure);
        if (index == 1) value.document = fields::text(reader, 1, 100);
        if (index == 2) value.amount = documents::read_amount(reader);
    });
    return value;
}

BlobRef read_blob_ref(cbor::Reader& reader) {
    BlobRef value;
    reader.enter_array(2);
    value.kind = static_cast<std::uint8_t>(fields::number(reader, 1, 9));
    value.digest = reader.hash();
    reader.leave();
    return value;
}

std::pair<std::uint8_t, std::string> read_transport(cbor::Reader& reader) {
    reader.enter_array(2);
    const auto mode = static_cast<std::uint8_t>(fields::number(reader, 0, 9));
    std::string means = fields::text(reader, 1, 250);
    reader.leave();
    return {mode, std::move(means)};
}

bool read_field(cbor::Reader& reader, std::int64_t key, Attachments& value) {
    switch (key) {
    case 1: value.seals = fields::texts(reader, 20, 250); return true;
    case 2:
        reader.array(1, 8,
                     [&](std::size_t) { value.regularisations.push_back(read_regularisation(reader)); });
        return true;
    case 3: value.transport = read_transport(reader); return true;
    case 4: value.decision = reader.enumeration(Decision::Released, Decision::Refused); return true;
    case 5: reader.array(1, 200, [&](std::size_t) { value.rules.push_back(read_rule(reader)); }); return true;
    case 6:
        reader.array(1, 32, [&](std::size_t) { value.blobs.push_back(read_blob_ref(reader)); });
        return true;
    case 7: value.officer = documents::read_pseudonym(reader); return true;
    case 8: value.second_person = documents::read_pseudonym(reader); return true;
    case 9: value.presentation = reader.hash(); return true;
    case 10: value.journal_head = reader.hash(); return true;
    case 11: value.registration = fields::text(reader, 1, 50); return true;
    case 12: value.packaging = fields::text(reader, 1, 100); return true;
    default: return false;
    }
}

void write_lists(cbor::Writer& w, const Attachments& value) {
    if (!value.rules.empty()) {
        w.key(5).array([&](cbor::Writer& list) {
            for (const FiredRule& fired : value.rules) {
                list.array([&](cbor::Writer& parts) {
                    parts.text(fired.rule).unsigned_integer(fired.severity);
                    if (fired.answer) parts.boolean(*fired.answer);
                });
            }
        });
    }
    if (!value.blobs.empty()) {
        w.key(6).array([&](cbor::Writer& list) {
            for (const BlobRef& blob : value.blobs)
                list.array(
                    [&](cbor::Writer& parts) { parts.unsigned_integer(blob.kind).bytes(blob.digest); });
        });
    }
}

void write_regularisations(cbor::Writer& writer, const std::vector<RegularisationDocument>& values) {
    writer.array([&](cbor::Writer& list) {
        for (const RegularisationDocument& value : values) {
            list.array([&](cbor::Writer& parts) {
                parts.enumeration(value.how).text(value.document);
                if (value.amount) documents::write(parts, *value.amount);
            });
        }
    });
}

} // namespace

Result<Attachments> decode_attachments(ByteView bytes) {
    cbor::Reader reader(bytes);
    Attachments value;
    reader.map({7, 10}, [&](std::int64_t key) { return read_field(reader, key, value); });
    return fields::finish(reader, std::move(value));
}

Bytes encode(const Attachments& value) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        if (!value.seals.empty()) fields::write_texts(w.key(1), value.seals);
        if (!value.regularisations.empty()) write_regularisations(w.key(2), value.regularisations);
        if (value.transport) {
            w.key(3).array([&](cbor::Writer& parts) {
                parts.unsigned_integer(value.transport->first).text(value.transport->second);
            });
        }
        if (value.decision) w.key(4).enumeration(*value.decision);
        write_lists(w, value);
        w.key(7).text(value.officer);
        if (!value.second_person.empty()) w.key(8).text(value.second_person);
        if (value.presentation) w.key(9).bytes(*value.presentation);
        w.key(10).bytes(value.journal_head);
        if (!value.registration.empty()) w.key(11).text(value.registration);
        if (!value.packaging.empty()) w.key(12).text(value.packaging);
    });
    return writer.take();
}

} // namespace tidewaiter::carnet
