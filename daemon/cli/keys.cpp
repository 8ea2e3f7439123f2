#include "daemon/cli/keys.hpp"

#include <algorithm>

namespace tidewaiter::cli {

namespace {

/// "tidewaiter-public-key-1 ES256 <hex>"
Result<crypto::PublicKey> parse_public_key(std::string_view line) {
    constexpr std::string_view kMagic = "tidewaiter-public-key-1 ";
    const std::size_t space =
        line.starts_with(kMagic) ? line.find(' ', kMagic.size()) : std::string_view::npos;
    if (space == std::string_view::npos)
        return fail("key-list.format", "expected tidewaiter-public-key-1 ES256|EdDSA <hex>");
    TW_TRY(const crypto::Algorithm algorithm,
           algorithm_from(line.substr(kMagic.size(), space - kMagic.size())));
    TW_TRY(const Bytes raw, from_hex(line.substr(space + 1)));
    if (algorithm == crypto::Algorithm::EdDsa) return crypto::PublicKey::ed25519(raw);
    if (raw.size() != 64) return fail("key-list.format", "an ES256 key has 128 hex digits");
    return crypto::PublicKey::p256(ByteView(raw).first(32), ByteView(raw).last(32));
}

} // namespace

Status create_key(const files::Path& path, const crypto::PrivateKey& key) {
    const crypto::SecretText text = crypto::format_key_file(key);
    return files::create_exclusively(path, as_bytes(text.view()), files::kPrivate);
}

std::string public_key_line(const crypto::PublicKey& key) {
    return "tidewaiter-public-key-1 " + std::string(crypto::algorithm_name(key.algorithm())) + " " +
           to_hex(key.raw());
}

Result<std::vector<crypto::PublicKey>> parse_public_keys(std::string_view text) {
    std::vector<crypto::PublicKey> keys;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.starts_with('#')) continue;
        Result<crypto::PublicKey> key = parse_public_key(line);
        if (!key) return within("line " + std::to_string(number), std::move(key).error());
        keys.push_back(*std::move(key));
    }
    if (keys.empty()) return fail("key-list.format", "there is no public key in it");
    return keys;
}

Result<crypto::Algorithm> algorithm_from(std::string_view word) {
    if (word == "ES256") return crypto::Algorithm::Es256;
    if (word == "EdDSA" || word == "Ed25519") return crypto::Algorithm::EdDsa;
    return fail("keys.algorithm", "'" + printable(word, 20) + "': ES256 or EdDSA is expected");
}

} // namespace tidewaiter::cli
