#include "ledger/base/assert.hpp"
#include "ledger/crypto/random.hpp"
#include "ledger/crypto/wipe.hpp"

#include <sodium.h>

namespace tidewaiter::crypto {

namespace {

class SystemRandom final : public Random {
  public:
    // Without it libsodium's generator is not safe to start from two threads at once.
    SystemRandom() { TW_ASSERT(sodium_init() >= 0); }
    void fill(std::span<std::uint8_t> out) override { randombytes_buf(out.data(), out.size()); }
};

} // namespace

Random& system_random() {
    static SystemRandom source;
    return source;
}

void wipe(std::span<std::uint8_t> bytes) {
    if (!bytes.empty()) sodium_memzero(bytes.data(), bytes.size());
}

void wipe(std::string& text) {
    if (!text.empty()) sodium_memzero(text.data(), text.size());
    text.clear();
}

} // namespace tidewaiter::crypto
