#include "ledger/crypto/key_file.hpp"

#include "ledger/crypto/random.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::crypto {
namespace {

const std::string kSecretHex(64, '1');

TEST(KeyFile, RoundTripsBothAlgorithms) {
    for (const Algorithm algorithm : {Algorithm::Es256, Algorithm::EdDsa}) {
        const PrivateKey key = PrivateKey::from_bytes(algorithm, Bytes(32, 0x11)).value();
        const SecretText text = format_key_file(key);
        EXPECT_EQ(text.view(),
                  "tidewaiter-key-1 " + std::string(algorithm_name(algorithm)) + " " + kSecretHex + "\n");
        const Result<PrivateKey> read = parse_key_file(text.view());
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(read->public_key(), key.public_key());
    }
}

TEST(KeyFile, DoesWithoutTheLastNewline) {
    EXPECT_TRUE(parse_key_file("tidewaiter-key-1 ES256 " + kSecretHex).has_value());
}

struct BadFile {
    std::string text;
    std::string_view code;
};

class BadKeyFiles : public testing::TestWithParam<BadFile> {};

TEST_P(BadKeyFiles, AreRefusedWithoutRepeatingTheSecret) {
    const Result<PrivateKey> key = parse_key_file(GetParam().text);
    ASSERT_FALSE(key.has_value());
    EXPECT_EQ(key.error().code, GetParam().code);
    EXPECT_EQ(key.error().detail.find("1111"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadKeyFiles,
    testing::Values(BadFile{"", "key-file.format"}, BadFile{kSecretHex, "key-file.format"},
                    BadFile{"tidewaiter-key-2 ES256 " + kSecretHex, "key-file.format"},
                    BadFile{"tidewaiter-key-1 ES256", "key-file.format"},
                    BadFile{"tidewaiter-key-1 ES256 " + kSecretHex + "11", "key-file.format"},
                    BadFile{"tidewaiter-key-1 ES256 " + kSecretHex.substr(2) + "zz", "key-file.format"},
                    BadFile{"tidewaiter-key-1 ES256 " + kSecretHex + "\n\n", "key-file.format"},
                    BadFile{"tidewaiter-key-1 ES384 " + kSecretHex, "key-file.algorithm"},
                    BadFile{"tidewaiter-key-1 ES256 " + std::string(64, '0'), "key.scalar"}));

TEST(Wipe, LeavesZerosAndAnEmptyText) {
    Bytes bytes = {1, 2, 3};
    wipe(bytes);
    EXPECT_EQ(bytes, Bytes(3, 0));
    std::string text = "secret";
    wipe(text);
    EXPECT_TRUE(text.empty());
}

TEST(SystemRandom, FillsDifferently) {
    Bytes one(32, 0);
    Bytes two(32, 0);
    system_random().fill(one);
    system_random().fill(two);
    EXPECT_NE(one, two);
    EXPECT_NE(one, Bytes(32, 0));
}

} // namespace
} // namespace tidewaiter::crypto
