#include "ledger/claims/anchor.hpp"
#include "ledger/claims/envelope.hpp"

#include <cstdlib>

using namespace tidewaiter;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    const Result<claims::Envelope> envelope = claims::parse_envelope(input);
    ignore(claims::parse_anchor(input, "tw-pilot-1"), "only crashes count");
    if (!envelope) return 0;
    // The signature's place does not enter the id; all else does.
    const Hash id = claims::envelope_id(*envelope, "tw-pilot-1");
    if (id == claims::envelope_id(*envelope, "tw-pilot-2")) std::abort();
    return 0;
}
