#include "ledger/crypto/hash.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::crypto {
namespace {

struct HashCase {
    std::string text;
    std::string_view digest;
};

class Sha256Vectors : public testing::TestWithParam<HashCase> {};

TEST_P(Sha256Vectors, Match) {
    EXPECT_EQ(to_hex(sha256(as_bytes(GetParam().text))), GetParam().digest);
}

// FIPS 180-4 examples.
INSTANTIATE_TEST_SUITE_P(
    Fips, Sha256Vectors,
    testing::Values(HashCase{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                    HashCase{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                    HashCase{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                             "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
                    HashCase{std::string(1'000'000, 'a'),
                             "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}));

TEST(Sha256, PartsCountAsTheirConcatenation) {
    EXPECT_EQ(sha256({as_bytes("a"), as_bytes(""), as_bytes("bc")}), sha256(as_bytes("abc")));
    EXPECT_EQ(sha256({}), sha256(as_bytes("")));
}

struct HmacCase {
    Bytes key;
    std::string_view message;
    std::string_view digest;
};

class HmacVectors : public testing::TestWithParam<HmacCase> {};

TEST_P(HmacVectors, Match) {
    EXPECT_EQ(to_hex(hmac_sha256(GetParam().key, as_bytes(GetParam().message))), GetParam().digest);
}

// RFC 4231, cases 1, 2 and 6 (a key longer than a block).
INSTANTIATE_TEST_SUITE_P(
    Rfc4231, HmacVectors,
    testing::Values(HmacCase{Bytes(20, 0x0b), "Hi There",
                             "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
                    HmacCase{to_bytes(as_bytes("Jefe")), "what do ya want for nothing?",
                             "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
                    HmacCase{Bytes(131, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First",
                             "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"}));

} // namespace
} // namespace tidewaiter::crypto
