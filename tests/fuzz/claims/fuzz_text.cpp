#include "ledger/base/limits.hpp"
#include "ledger/claims/foreign.hpp"
#include "ledger/claims/text.hpp"

#include <cstdlib>

using namespace tidewaiter;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text(ByteView(data, size));
    const Result<Bytes> cose = claims::from_text(text);
    // Another's compression may be a little better than ours: only what still fits a symbol comes back.
    if (cose) {
        const std::string again = claims::to_text(*cose);
        if (again.size() <= limits::kMaxScanChars && claims::from_text(again) != *cose) std::abort();
    }
    const Result<claims::Locator> locator = claims::parse_locator(text);
    if (locator && claims::parse_locator(claims::format_locator(*locator)) != *locator) std::abort();
    const auto foreign = claims::recognise_foreign(text);
    if (foreign && (cose || locator)) std::abort(); // ours is never taken for another's
    return 0;
}
