#include "ledger/base/assert.hpp"
#include "ledger/codec/base45.hpp"

/// Bytes come back from their text, and a text that is accepted is the one text of its bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidewaiter;
    const ByteView input(data, size);
    const auto round = base45::decode(base45::encode(input));
    TW_ASSERT(round && equal(*round, input));
    if (const auto bytes = base45::decode(as_text(input))) TW_ASSERT(base45::encode(*bytes) == as_text(input));
    return 0;
}
