#include "ledger/crypto/key_file.hpp"

namespace tidewaiter::crypto {

namespace {

constexpr std::string_view kMagic = "tidewaiter-key-1 ";
constexpr std::string_view kForm = "a key file is one line: tidewaiter-key-1 ES256|EdDSA <64 hex digits>";

} // namespace

std::string_view algorithm_name(Algorithm algorithm) {
    switch (algorithm) {
    case Algorithm::Es256: return "ES256";
    case Algorithm::EdDsa: return "EdDSA";
    }
    return "unknown";
}

Result<PrivateKey> parse_key_file(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (!text.starts_with(kMagic)) return fail("key-file.format", std::string(kForm));
    text.remove_prefix(kMagic.size());
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return fail("key-file.format", std::string(kForm));
    const std::string_view name = text.substr(0, space);
    Algorithm algorithm = Algorithm::Es256;
    if (name == algorithm_name(Algorithm::EdDsa)) {
        algorithm = Algorithm::EdDsa;
    } else if (name != algorithm_name(Algorithm::Es256)) {
        return fail("key-file.algorithm",
                    "algorithm '" + printable(name, 20) + "': ES256 or EdDSA is expected");
    }
    Result<Bytes> secret = from_hex(text.substr(space + 1));
    if (!secret || secret->size() != 32) {
        if (secret) wipe(*secret);
        return fail("key-file.format", std::string(kForm));
    }
    Result<PrivateKey> key = PrivateKey::from_bytes(algorithm, *secret);
    wipe(*secret);
    return key;
}

SecretText format_key_file(const PrivateKey& key) {
    std::array<std::uint8_t, 32> secret = key.secret();
    std::string hex = to_hex(secret);
    std::string text;
    text.reserve(kMagic.size() + 8 + hex.size() +
                 1); // one allocation, so that no copy of the secret stays behind
    text.append(kMagic)
        .append(algorithm_name(key.public_key().algorithm()))
        .append(1, ' ')
        .append(hex)
        .append(1, '\n');
    wipe(secret);
    wipe(hex);
    return SecretText(std::move(text));
}

} // namespace tidewaiter::crypto
