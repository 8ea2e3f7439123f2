#include "ledger/codec/zlib/inflate.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

std::string inflate_code(ByteView input, std::size_t cap = 4096) {
    const auto output = zlib::inflate(input, cap);
    return output ? "ok" : std::string(output.error().code);
}

Bytes sample(std::size_t size) {
    Bytes bytes(size);
    std::uint32_t state = 1;
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>((state = state * 1'103'515'245 + 12'345) >> 20U & 63U);
    return bytes;
}

TEST(Inflate, GivesBackWhatWasDeflated) {
    for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 70'000U}) {
        const Bytes plain = sample(size);
        const Bytes packed = zlib::deflate(plain);
        EXPECT_EQ(zlib::inflate(packed, size).value(), plain) << size;
        EXPECT_EQ(packed[0], 0x78) << "a window of 32 KiB";
    }
}

TEST(Inflate, TheCapIsExact) {
    for (const std::size_t size : {1U, 100U, 4096U, 10'000U}) {
        const Bytes packed = zlib::deflate(sample(size));
        EXPECT_EQ(inflate_code(packed, size), "ok") << size;
        EXPECT_EQ(inflate_code(packed, size - 1), "inflate.too-large") << size;
        EXPECT_EQ(inflate_code(packed, 0), "inflate.too-large") << size;
    }
}

TEST(Inflate, ABombStopsAtTheCap) {
    const Bytes packed = zlib::deflate(Bytes(50'000'000));
    ASSERT_LT(packed.size(), 60'000U);
    EXPECT_EQ(inflate_code(packed, 4096), "inflate.too-large");
}

TEST(Inflate, EveryCutIsTruncated) {
    const Bytes packed = zlib::deflate(sample(500));
    for (std::size_t size = 0; size < packed.size(); ++size)
        ASSERT_EQ(inflate_code(ByteView(packed).first(size)), "inflate.truncated") << size;
}

TEST(Inflate, AWrongChecksumIsCorrupt) {
    Bytes packed = zlib::deflate(sample(500));
    packed.back() ^= 1U;
    EXPECT_EQ(inflate_code(packed), "inflate.corrupt");
}

TEST(Inflate, BytesAfterTheStreamAreRefusedAndCounted) {
    Bytes packed = zlib::deflate(sample(20));
    const std::size_t size = packed.size();
    append(packed, Bytes{0, 0});
    const auto output = zlib::inflate(packed, 4096);
    ASSERT_FALSE(output.has_value());
    EXPECT_EQ(output.error().code, "inflate.trailing");
    EXPECT_EQ(output.error().detail, "at byte " + std::to_string(size) + ": 2 bytes follow the compressed stream");
}

TEST(Inflate, OtherFormatsAndDictionariesAreCorrupt) {
    EXPECT_EQ(inflate_code(Bytes{0x1F, 0x8B, 8, 0}), "inflate.corrupt") << "gzip";
    EXPECT_EQ(inflate_code(Bytes{0x63, 0x00, 0x00}), "inflate.corrupt") << "raw deflate";
    EXPECT_EQ(inflate_code(Bytes{0x78, 0x00}), "inflate.corrupt") << "the header's check bits";
    EXPECT_EQ(inflate_code(Bytes{0x88, 0x1C, 0x63, 0x00}), "inflate.corrupt") << "a window of 64 KiB";
    const auto dictionary = zlib::inflate(Bytes{0x78, 0xBB, 0, 0, 0, 1, 3, 0, 0, 0, 0, 1}, 4096);
    ASSERT_FALSE(dictionary.has_value());
    EXPECT_EQ(dictionary.error().code, "inflate.corrupt");
    EXPECT_NE(dictionary.error().detail.find("dictionary"), std::string::npos);
}

TEST(Inflate, NothingIsTruncated) {
    EXPECT_EQ(inflate_code({}), "inflate.truncated");
}

} // namespace
} // namespace tidewaiter
