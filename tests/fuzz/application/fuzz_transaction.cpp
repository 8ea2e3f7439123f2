#include "tests/support/ledger_fixture.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/claims/envelope.hpp"
#include "ledger/documents/carnet/acts.hpp"

#include <algorithm>

// The first byte says how the rest is used: as a transaction, as edits of a lawful one, as edits of a lawful
// payload that is then signed again, or as a payload. So the code behind the signature is reached too.

namespace {

using namespace tidewaiter;
using test::LedgerFixture;

struct World {
    LedgerFixture ledger;
    std::vector<Bytes> lawful;
    std::vector<std::pair<Bytes, std::string>> payloads;

    World() {
        const auto carnet = ledger.issue_carnet("US26/1");
        const auto made = ledger.make_carnet("US26/2");
        add(made.issue, "association-us");
        add(ledger.stamp("lax-lane1", carnet.key, {}).transaction, "lax-lane1");
        add(ledger.organisation(9, carnet::encode(carnet::CarnetAct{.key = carnet.key}), "association-us"),
            "association-us");
        const carnet::HolderSign sign{
            .key = carnet.key, .revision = 1, .cover = carnet::cover_digest(carnet.record.cover)};
        add(ledger.organisation(7, carnet::encode(sign), "holder"), "holder");
    }
    void add(const Bytes& transaction, std::string signer) {
        const auto envelope = claims::parse_envelope(transaction);
        TW_ASSERT(envelope.has_value());
        lawful.push_back(transaction);
        payloads.emplace_back(envelope->payload, std::move(signer));
    }
};

Bytes edited(Bytes bytes, ByteView edits) {
    for (std::size_t i = 0; i + 2 < edits.size(); i += 3) {
        const std::size_t at = (edits[i] * 256U + edits[i + 1]) % bytes.size();
        bytes[at] = edits[i + 2];
    }
    return bytes;
}

Bytes transaction_of(const World& world, ByteView input) {
    const std::uint8_t mode = input[0] % 4;
    const std::size_t which = input[0] / 4U % world.lawful.size();
    const ByteView rest = input.subspan(1);
    const auto& [payload, signer] = world.payloads[which];
    switch (mode) {
    case 0: return to_bytes(rest);
    case 1: return edited(world.lawful[which], rest);
    case 2:
        return claims::seal(claims::Type::Transaction, edited(payload, rest), LedgerFixture::kChain,
                            world.ledger.key(signer));
    default:
        return claims::seal(claims::Type::Transaction, rest, LedgerFixture::kChain, world.ledger.key(signer));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const World world;
    if (size < 2) return 0;
    const Bytes transaction = transaction_of(world, {data, size});
    const application::BlockContext block = world.ledger.next_block();
    const auto checked = application::check(world.ledger.state(), transaction, block);
    state::Overlay overlay(world.ledger.state());
    const auto result = application::apply(overlay, transaction, block);
    TW_ASSERT(checked.has_value() == (result.code == 0));
    TW_ASSERT(overlay.changes().empty() == (result.code != 0));
    const state::Overlay::Changes after = overlay.changes();
    const auto again = application::apply(overlay, transaction, block);
    TW_ASSERT(again.code != 0 && overlay.changes() == after);
    return 0;
}
