#include "daemon/decoder/frames.hpp"
#include "ledger/base/assert.hpp"

/// What a decoder that was taken over may answer: refused, or within every limit and the same when written again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidewaiter;
    const auto answer = decoder::decode_answer(ByteView(data, size));
    if (!answer) {
        TW_ASSERT(answer.error().code == "decoder.protocol");
        return 0;
    }
    const Bytes frame = decoder::encode_answer(*answer);
    const auto again = decoder::decode_answer(ByteView(frame).subspan(decoder::kAnswerHeadBytes));
    TW_ASSERT(again && again->index() == answer->index());
    if (const auto* found = std::get_if<decoder::Symbols>(&*answer)) {
        TW_ASSERT(found->size() <= symbols::kMaxSymbols);
        TW_ASSERT(std::get<decoder::Symbols>(*again) == *found);
    }
    return 0;
}
