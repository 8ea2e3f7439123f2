#include "ledger/claims/cose_foreign.hpp"

#include <cstdlib>

using namespace tidewaiter;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const claims::InspectOptions options = [] {
        claims::InspectOptions made;
        const auto key = crypto::PrivateKey::from_bytes(crypto::Algorithm::Es256, Bytes(32, 1)).value();
        made.trust.push_back({.name = "key",
                              .key = crypto::ForeignKey::from(key.public_key()),
                              .kids = {},
                              .certificate = {}});
        return made;
    }();
    const claims::InspectedCode code = claims::inspect_cose(ByteView(data, size), options);
    // Nobody signed the fuzzer's input with this key.
    if (code.signature == claims::SignatureState::Valid || code.layers.empty()) std::abort();
    if (claims::inspect_text(as_text(ByteView(data, size)), options).layers.empty()) std::abort();
    return 0;
}
