#include "daemon/gateway/options.hpp"

#include "daemon/files/files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::gateway {
namespace {

constexpr std::string_view kEs256 =
    "tidewaiter-public-key-1 ES256 "
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
constexpr std::string_view kEdDsa =
    "tidewaiter-public-key-1 EdDSA d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

class KeyList : public ::testing::Test {
  protected:
    [[nodiscard]] Result<std::vector<crypto::PublicKey>> read(std::string text) const {
        EXPECT_TRUE(files::write_atomically(folder_ / "keys.pub", text));
        return read_public_keys(folder_ / "keys.pub");
    }
    support::TemporaryFolder folder_;
};

TEST_F(KeyList, HoldsKeysOfBothKindsAndRemarks) {
    const auto keys = read("# administrators\n" + std::string(kEs256) + "\n\n" + std::string(kEdDsa) + "\n");
    ASSERT_TRUE(keys) << keys.error().detail;
    EXPECT_EQ(keys->size(), 2U);
}

TEST_F(KeyList, ErrorsNameTheLine) {
    for (const std::string& line :
         {std::string("tidewaiter-key-1 ES256 00"), std::string("tidewaiter-public-key-1 RSA 00"),
          std::string("tidewaiter-public-key-1 ES256"), std::string(kEs256).substr(0, 100)}) {
        SCOPED_TRACE(line);
        const auto keys = read(std::string(kEdDsa) + "\n" + line + "\n");
        ASSERT_FALSE(keys);
        EXPECT_NE(keys.error().detail.find("keys.pub:2"), std::string::npos) << keys.error().detail;
    }
}

TEST_F(KeyList, WithoutAnyKeyIsAnError) {
    const auto keys = read("# none yet\n");
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().code, "key-list.format");
}

} // namespace
} // namespace tidewaiter::gateway
