#include "ledger/base/assert.hpp"
#include "ledger/base/limits.hpp"
#include "ledger/codec/zlib/inflate.hpp"

/// The cap holds on any input, and what was deflated comes back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidewaiter;
    const ByteView input(data, size);
    if (const auto output = zlib::inflate(input, limits::kMaxClaimInflatedBytes))
        TW_ASSERT(output->size() <= limits::kMaxClaimInflatedBytes);
    const auto round = zlib::inflate(zlib::deflate(input), size);
    TW_ASSERT(round && equal(*round, input));
    return 0;
}
