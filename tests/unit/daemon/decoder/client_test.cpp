#include "daemon/decoder/client.hpp"

#include "drivers/symbols/write.hpp"
#include "tests/unit/daemon/decoder/process_state.hpp"
#include "tests/unit/drivers/symbols/made_pictures.hpp"

#include <csignal>
#include <gtest/gtest.h>
#include <thread>

namespace tidewaiter::decoder {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr milliseconds kPatience{20'000};

Bytes qr(std::string_view text) { return *symbols::write_qr_png(text); }

class Client : public testing::Test {
  protected:
    DecoderProcess decoder_{{.program = TW_DECODER}};

    void expect_reads(std::string_view text) {
        const auto found = decoder_.decode(qr(text), kPatience);
        ASSERT_TRUE(found) << found.error().code << ": " << found.error().detail;
        ASSERT_EQ(found->size(), 1U);
        EXPECT_EQ(as_text(found->front().bytes), text);
    }
    std::string code_of(ByteView picture, milliseconds deadline = kPatience) {
        const auto found = decoder_.decode(picture, deadline);
        return found ? "read" : std::string(found.error().code);
    }
};

TEST_F(Client, ReadsPicturesOneAfterTheOtherInOneChild) {
    ASSERT_TRUE(decoder_.start());
    const int child = decoder_.child();
    EXPECT_GT(child, 0);
    for (int i = 0; i < 20; ++i) expect_reads("TW1:PICTURE " + std::to_string(i));
    EXPECT_EQ(decoder_.child(), child);
    EXPECT_EQ(decoder_.counters().pictures, 20U);
    EXPECT_EQ(decoder_.counters().starts, 1U);
}

TEST_F(Client, PassesOnEverySymbolWhole) {
    const auto found = decoder_.decode(qr(std::string("\x00\xFF caf\xE9", 7)), kPatience);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(as_text(found->front().bytes), std::string_view("\x00\xFF caf\xE9", 7));
    EXPECT_EQ(found->front().format, symbols::Format::QrCode);
    EXPECT_FALSE(found->front().is_text);
    EXPECT_EQ(found->front().symbology_identifier, "]Q1");
}

TEST_F(Client, AnEmptyListIsAPictureWithoutSymbols) {
    const auto found = decoder_.decode(test::make_png(test::slope(200, 200), {}), kPatience);
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_TRUE(found->empty());
}

TEST_F(Client, SaysWhatIsWrongWithAPictureAndGoesOn) {
    const Bytes good = qr("TW1:X");
    EXPECT_EQ(code_of({}), "picture.empty");
    EXPECT_EQ(code_of(as_bytes("no picture")), "picture.format");
    EXPECT_EQ(code_of(ByteView(good).first(good.size() / 2)), "picture.truncated");
    EXPECT_EQ(code_of(test::png_claiming(10'000, 10'000)), "picture.too-large");
    EXPECT_EQ(code_of(test::png_claiming(0x7FFFFFFFU, 0x7FFFFFFFU)), "picture.too-large");
    EXPECT_EQ(code_of(Bytes(limits::kMaxPictureBytes + 1)), "picture.too-large");
    EXPECT_EQ(code_of(Bytes(limits::kMaxPictureBytes)), "picture.format");
    Bytes corrupt = good;
    corrupt[corrupt.size() / 2] ^= 0xFF;
    EXPECT_EQ(code_of(corrupt), "picture.corrupt");
    expect_reads("TW1:AFTER ALL THAT");
    EXPECT_EQ(decoder_.counters().starts, 1U);
    EXPECT_EQ(decoder_.counters().deaths, 0U);
}

TEST_F(Client, TheLargestPictureFitsItsMemory) {
    symbols::GreyImage image{10'000, 5'000, Bytes(50'000'000, 255)};
    const Bytes file = test::make_png(image, {.color_type = 6, .interlaced = true});
    image = {};
    const auto begin = Steady::now();
    const auto found = decoder_.decode(file, kPatience);
    ASSERT_TRUE(found) << found.error().code << ": " << found.error().detail;
    EXPECT_TRUE(found->empty());
    RecordProperty("milliseconds", static_cast<int>(std::chrono::duration_cast<milliseconds>(Steady::now() - begin).count()));
}

TEST_F(Client, AChildKilledBetweenPicturesIsReplacedUnseen) {
    expect_reads("TW1:BEFORE");
    ::kill(decoder_.child(), SIGKILL);
    ASSERT_TRUE(test::ends_soon(decoder_.child()));
    expect_reads("TW1:AFTER");
    EXPECT_EQ(decoder_.counters().starts, 2U);
    EXPECT_EQ(decoder_.counters().deaths, 0U);
}

TEST_F(Client, AChildKilledInMidPictureCostsThatPictureOnly) {
    ASSERT_TRUE(decoder_.start());
    const int child = decoder_.child();
    ::kill(child, SIGSTOP); // else it might be done before it is killed
    std::jthread killer([child] {
        std::this_thread::sleep_for(milliseconds(100));
        ::kill(child, SIGKILL);
    });
    EXPECT_EQ(code_of(qr("TW1:LOST")), "decoder.died");
    EXPECT_EQ(decoder_.counters().deaths, 1U);
    EXPECT_NE(decoder_.child(), child);
    const auto begin = Steady::now();
    expect_reads("TW1:NEXT");
    EXPECT_LT(Steady::now() - begin, std::chrono::seconds(1));
}

TEST_F(Client, AChildThatHangsIsEndedAtTheDeadline) {
    ASSERT_TRUE(decoder_.start());
    const int child = decoder_.child();
    ::kill(child, SIGSTOP);
    const auto begin = Steady::now();
    EXPECT_EQ(code_of(qr("TW1:LATE"), milliseconds(200)), "decoder.timeout");
    EXPECT_GE(Steady::now() - begin, milliseconds(200));
    EXPECT_EQ(decoder_.counters().timeouts, 1U);
    EXPECT_NE(::kill(child, 0), 0) << "it is still there";
    const auto again = Steady::now();
    expect_reads("TW1:NEXT");
    EXPECT_LT(Steady::now() - again, std::chrono::seconds(1));
}

TEST_F(Client, ExchangesTheChildNowAndThen) {
    ASSERT_TRUE(decoder_.start());
    const Bytes small = test::make_png(test::slope(4, 4), {});
    for (int i = 0; i < 401; ++i) ASSERT_TRUE(decoder_.decode(small, kPatience));
    EXPECT_EQ(decoder_.counters().starts, 3U);
}

TEST_F(Client, LeavesNoChildBehind) {
    int child = 0;
    {
        DecoderProcess other({.program = TW_DECODER});
        ASSERT_TRUE(other.start());
        child = other.child();
        ASSERT_EQ(::kill(child, 0), 0);
    }
    EXPECT_NE(::kill(child, 0), 0);
}

TEST(ClientErrors, TellAPictureFromADecoderThatCannotBeHad) {
    for (const char* code : {"picture.truncated", "picture.too-large", "symbols.image", "decoder.died", "decoder.timeout",
                             "decoder.protocol"})
        EXPECT_TRUE(is_unreadable(Error{code, ""})) << code;
    EXPECT_FALSE(is_unreadable(Error{"decoder.start", ""}));
    EXPECT_FALSE(is_unreadable(Error{"store.full", ""}));
}

} // namespace
} // namespace tidewaiter::decoder
