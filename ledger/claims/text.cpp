#include "ledger/claims/text.hpp"

#include "ledger/base/limits.hpp"
#include "ledger/codec/base45.hpp"
#include "ledger/codec/zlib/inflate.hpp"

namespace tidewaiter::claims {

namespace {

constexpr std::string_view kPlainPrefix = "TW1:";
constexpr std::string_view kZippedPrefix = "TWZ1:";

} // namespace

std::string to_text(ByteView cose) {
    std::string plain = std::string(kPlainPrefix) + base45::encode(cose);
    std::string zipped = std::string(kZippedPrefix) + base45::encode(zlib::deflate(cose));
    return zipped.size() < plain.size() ? zipped : plain;
}

Result<Bytes> from_text(std::string_view text) {
    if (text.size() > limits::kMaxScanChars)
        return fail("text.length", std::to_string(text.size()) + " characters: a code has at most " +
                                       std::to_string(limits::kMaxScanChars));
    if (text.starts_with(kPlainPrefix)) return base45::decode(text.substr(kPlainPrefix.size()));
    if (!text.starts_with(kZippedPrefix))
        return fail("text.prefix", "the text begins with '" + printable(text.substr(0, 8)) +
                                       "'; codes of this system begin with TW1: or TWZ1:");
    TW_TRY(const Bytes zipped, base45::decode(text.substr(kZippedPrefix.size())));
    return zlib::inflate(zipped, limits::kMaxClaimInflatedBytes);
}

} // namespace tidewaiter::claims
