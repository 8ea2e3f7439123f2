#include "ledger/crypto/certificate.hpp"

#include <cstdlib>

using namespace tidewaiter;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    const auto keys = crypto::parse_trust(input);
    if (keys) {
        for (const crypto::TrustedKey& key : *keys) {
            if (crypto::ForeignKey::from_spki(key.key.spki())->type() != key.key.type()) std::abort();
            if (key.key.description().empty()) std::abort();
        }
    }
    ignore(crypto::parse_certificate(input), "only crashes count");
    return 0;
}
