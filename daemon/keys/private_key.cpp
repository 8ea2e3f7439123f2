#include "daemon/keys/private_key.hpp"

#include "ledger/crypto/key_file.hpp"

namespace tidewaiter::keys {

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

} // namespace tidewaiter::keys
