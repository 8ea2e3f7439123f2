#include "daemon/decoder/frames.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::decoder {
namespace {

Result<Answer> through(const Answer& answer) {
    const Bytes frame = encode_answer(answer);
    std::array<std::uint8_t, kAnswerHeadBytes> head{};
    std::copy_n(frame.begin(), head.size(), head.begin());
    const Result<std::size_t> size = parse_answer_head(head);
    EXPECT_TRUE(size && *size == frame.size() - head.size());
    return decode_answer(ByteView(frame).subspan(head.size()));
}

symbols::Symbol symbol_of_size(std::size_t size) {
    return {symbols::Format::UpcE, std::string(size * 3, 'x'), Bytes(size, 0xFF), true, "]E0"};
}

TEST(Frames, CarryEveryKindOfAnswer) {
    EXPECT_TRUE(std::holds_alternative<Ready>(*through(Ready{})));
    EXPECT_TRUE(std::get<Symbols>(*through(Symbols{})).empty());
    const Symbols symbols{symbol_of_size(1), {symbols::Format::QrCode, "", {0}, false, ""}};
    EXPECT_EQ(std::get<Symbols>(*through(symbols)), symbols);
    const Error error = std::get<Error>(*through(Error{"picture.corrupt", "PNG: bad\n"}));
    EXPECT_EQ(error.code, "picture.corrupt");
    EXPECT_EQ(error.detail, printable("PNG: bad\n"));
}

TEST(Frames, CarryTheLargestAnswer) {
    const Symbols symbols(symbols::kMaxSymbols, symbol_of_size(symbols::kMaxSymbolBytes));
    EXPECT_EQ(std::get<Symbols>(*through(symbols)).size(), symbols::kMaxSymbols);
}

TEST(Frames, RefuseMoreThanTheLimits) {
    EXPECT_EQ(through(Symbols(symbols::kMaxSymbols + 1, symbol_of_size(1))).error().code, "decoder.protocol");
    EXPECT_EQ(through(Symbols{symbol_of_size(symbols::kMaxSymbolBytes + 1)}).error().code, "decoder.protocol");
    symbols::Symbol empty = symbol_of_size(1);
    empty.bytes.clear();
    EXPECT_EQ(through(Symbols{empty}).error().code, "decoder.protocol");
    symbols::Symbol unknown = symbol_of_size(1);
    unknown.format = static_cast<symbols::Format>(13);
    EXPECT_EQ(through(Symbols{unknown}).error().code, "decoder.protocol");
    EXPECT_EQ(through(Error{"store.full", ""}).error().code, "decoder.protocol");
    EXPECT_EQ(parse_answer_head({0, 0x10, 0, 0}).value(), kMaxAnswerBytes);
    EXPECT_EQ(parse_answer_head({0, 0x10, 0, 1}).error().code, "decoder.protocol");
    EXPECT_EQ(parse_answer_head({0, 0, 0, 0}).error().code, "decoder.protocol");
}

TEST(Frames, RefuseAnAnswerCutOrChangedAnywhere) {
    const Bytes frame = encode_answer(Symbols{symbol_of_size(5)});
    const ByteView body = ByteView(frame).subspan(kAnswerHeadBytes);
    for (std::size_t size = 0; size < body.size(); ++size) {
        const Result<Answer> answer = decode_answer(body.first(size));
        ASSERT_FALSE(answer) << size;
        EXPECT_EQ(answer.error().code, "decoder.protocol");
    }
}

TEST(Frames, AnnounceAPicture) {
    const auto head = picture_head(limits::kMaxPictureBytes, std::chrono::milliseconds(1'200));
    const Result<PictureHead> parsed = parse_picture_head(head);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->size, limits::kMaxPictureBytes);
    EXPECT_EQ(parsed->allowed, std::chrono::milliseconds(1'200));
    EXPECT_EQ(parse_picture_head(picture_head(0, {})).error().code, "decoder.protocol");
    EXPECT_EQ(parse_picture_head(picture_head(limits::kMaxPictureBytes + 1, {})).error().code, "decoder.protocol");
    EXPECT_EQ(parse_picture_head(picture_head(1, std::chrono::milliseconds(-5)))->allowed.count(), 0);
}

} // namespace
} // namespace tidewaiter::decoder
