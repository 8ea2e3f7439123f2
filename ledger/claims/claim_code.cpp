#include "ledger/claims/claim_code.hpp"

#include "ledger/base/limits.hpp"
#include "ledger/claims/text.hpp"

#include <array>

namespace tidewaiter::claims {

using namespace documents;

namespace {

using documents::write;

origin::Shipment read_shipment(cbor::Reader& reader) {
    origin::Shipment shipment;
    reader.map({}, [&](std::int64_t key) {
        switch (key) {
        case 1: shipment.entry = reader.text(1, 11); return true;
        case 2: shipment.bill = reader.text(1, 16); return true;
        case 3: shipment.invoice = reader.text(1, 35); return true;
        case 4: shipment.import_date = read_date(reader); return true;
        case 5: shipment.conveyance = reader.text(1, 64); return true;
        case 6: shipment.port = read_office(reader); return true;
        default: return false;
        }
    });
    return shipment;
}

void write_shipment(cbor::Writer& writer, const origin::Shipment& shipment) {
    writer.map([&](cbor::Writer& map) {
        if (!shipment.entry.empty()) map.key(1).text(shipment.entry);
        if (!shipment.bill.empty()) map.key(2).text(shipment.bill);
        if (!shipment.invoice.empty()) map.key(3).text(shipment.invoice);
        if (shipment.import_date) write(map.key(4), *shipment.import_date);
        if (!shipment.conveyance.empty()) map.key(5).text(shipment.conveyance);
        if (!shipment.port.empty()) map.key(6).text(shipment.port);
    });
}

} // namespace

Result<ClaimCode> decode_claim(ByteView payload) {
    ClaimCode code;
    cbor::Reader reader(payload);
    reader.map({1, 2, 5}, [&](std::int64_t key) {
        switch (key) {
        case 1: code.record = read_record_key(reader); return true;
        case 2: code.version = static_cast<std::uint16_t>(reader.unsigned_integer(1, 65'535)); return true;
        case 3: code.header = origin::read_opened_header(reader); return true;
        case 4: code.lines = origin::read_opened_lines(reader); return true;
        case 5: code.shipment = read_shipment(reader); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return code;
}

Bytes encode(const ClaimCode& code) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        write(map.key(1), code.record);
        map.key(2).unsigned_integer(code.version);
        if (code.header) write(map.key(3), *code.header);
        if (code.lines) write(map.key(4), *code.lines);
        write_shipment(map.key(5), code.shipment);
    });
    return writer.take();
}

Result<SealedClaim> make_claim(const origin::Certificate& certificate, const origin::Seed& seed,
                               std::span<const std::uint16_t> lines, const origin::Shipment& shipment,
                               std::string_view chain_id, const crypto::PrivateKey& key) {
    constexpr std::array kSlotOrder{5, 3, 1, 2, 0};
    if (shipment == origin::Shipment{})
        return fail("claim.shipment", "name at least one fact of the shipment, such as its invoice number");
    ClaimCode code{.record = {origin::name_space(certificate.agreement), origin::head_key(certificate.id)},
                   .version = certificate.version,
                   .header = std::nullopt,
                   .lines = std::nullopt,
                   .shipment = shipment};
    TW_TRY(code.lines, origin::open_lines(certificate, seed, lines));
    SealedClaim sealed;
    sealed.cose = seal(Type::Claim, encode(code), chain_id, key);
    sealed.text = to_text(sealed.cose);
    if (sealed.text.size() > limits::kMaxCodeChars)
        return fail("claim.too-large",
                    "the lines alone need " + std::to_string(sealed.text.size()) +
                        " characters, a code has 1,450; open fewer lines or hand over the file");
    for (const int slot : kSlotOrder) {
        std::vector<int> slots = sealed.opened;
        slots.push_back(slot);
        origin::OpenedHeader header = origin::open_header(certificate, seed, slots);
        if (header.is_empty() || header == code.header) continue;
        ClaimCode wider = code;
        wider.header = std::move(header);
        Bytes cose = seal(Type::Claim, encode(wider), chain_id, key);
        std::string text = to_text(cose);
        if (text.size() > limits::kMaxCodeChars) {
            sealed.left_out.push_back(slot);
            continue;
        }
        code = std::move(wider);
        sealed.cose = std::move(cose);
        sealed.text = std::move(text);
        sealed.opened = std::move(slots);
    }
    return sealed;
}

} // namespace tidewaiter::claims
