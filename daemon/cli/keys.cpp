#include "daemon/cli/keys.hpp"

namespace tidewaiter::cli {

namespace {

constexpr std::size_t kMaxKeyFileBytes = 4'096;

} // namespace

Result<crypto::PrivateKey> read_key(const files::Path& path) {
    TW_CHECK(files::require_private(path));
    TW_TRY(std::string text, files::read_text(path, kMaxKeyFileBytes));
    Result<crypto::PrivateKey> key = crypto::parse_key_file(text);
    crypto::wipe(text);
    if (!key) return within(path.string(), std::move(key).error());
    return key;
}

Status create_key(const files::Path& path, const crypto::PrivateKey& key) {
    const crypto::SecretText text = crypto::format_key_file(key);
    return files::create_exclusively(path, as_bytes(text.view()), files::kPrivate);
}

std::string public_key_line(const crypto::PublicKey& key) {
    return "tidewaiter-public-key-1 " + std::string(crypto::algorithm_name(key.algorithm())) + " " + to_hex(key.raw());
}

Result<crypto::Algorithm> algorithm_from(std::string_view word) {
    if (word == "ES256") return crypto::Algorithm::Es256;
    if (word == "EdDSA" || word == "Ed25519") return crypto::Algorithm::EdDsa;
    return fail("keys.algorithm", "'" + printable(word, 20) + "': ES256 or EdDSA is expected");
}

} // namespace tidewaiter::cli
