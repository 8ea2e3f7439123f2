#include "tests/support/ledger_fixture.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/claims/claim_code.hpp"
#include "ledger/claims/presentation.hpp"
#include "ledger/claims/receipt.hpp"
#include "ledger/claims/text.hpp"

// Any text must give a verdict, the same one twice. The first byte picks: the text itself, or a payload that
// is signed as a claim, a receipt or a holder's code.

namespace {

using namespace tidewaiter;
using test::LedgerFixture;

struct World {
    LedgerFixture ledger;
    World() {
        const auto carnet = ledger.issue_carnet("US26/1");
        TW_ASSERT(ledger.apply(ledger.stamp("lax-lane1", carnet.key, {}).transaction).code == 0);
    }
};

std::string text_of(const World& world, ByteView input) {
    const ByteView rest = input.subspan(1);
    const auto code = [&](claims::Type type, std::string_view signer) {
        return claims::to_text(claims::seal(type, rest, LedgerFixture::kChain, world.ledger.key(signer)));
    };
    switch (input[0] % 4) {
    case 0: return std::string(as_text(rest));
    case 1: return code(claims::Type::Claim, "certifier-mx");
    case 2: return code(claims::Type::Receipt, "lax-lane1");
    default: return code(claims::Type::Presentation, "holder");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const World world;
    if (size < 2) return 0;
    application::Scan scan;
    scan.text = text_of(world, {data, size});
    if (data[0] >= 128) scan.receipts = {scan.text};
    const auto judged = [&] {
        return application::judge(scan, world.ledger.state(), world.ledger.port(), world.ledger.facts());
    };
    const documents::Verdict verdict = judged();
    const Bytes encoded = documents::encode(verdict);
    TW_ASSERT(encoded == documents::encode(judged()));
    TW_ASSERT(cbor::check(encoded).has_value());
    TW_ASSERT(!verdict.subject.kind.empty());
    return 0;
}
