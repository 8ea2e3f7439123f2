#pragma once

#include "ledger/base/assert.hpp"
#include "ledger/base/bytes.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>

/// libcrypto's handles as owners. Failures to allocate are failures of the machine, not of input: asserted.
namespace tidewaiter::crypto::openssl {

template <auto function>
struct Deleter {
    template <class T>
    void operator()(T* handle) const {
        function(handle);
    }
};

using BigNumber = std::unique_ptr<BIGNUM, Deleter<BN_clear_free>>;
using BigContext = std::unique_ptr<BN_CTX, Deleter<BN_CTX_free>>;
using Group = std::unique_ptr<EC_GROUP, Deleter<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Deleter<EC_POINT_clear_free>>;
using PublicHandle = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;

/// Takes back what libcrypto writes into the thread's error queue about hostile input: a TLS connection
/// served by the same thread would read it as its own failure.
class ErrorScope {
  public:
    ErrorScope() { ERR_set_mark(); }
    ErrorScope(const ErrorScope&) = delete;
    ErrorScope& operator=(const ErrorScope&) = delete;
    ~ErrorScope() { ERR_pop_to_mark(); }
};

[[nodiscard]] inline BigNumber from_big_endian(ByteView bytes) {
    BigNumber number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    TW_ASSERT(number != nullptr);
    return number;
}

} // namespace tidewaiter::crypto::openssl
