#include "ledger/codec/zlib/inflate.hpp"

#include "ledger/base/assert.hpp"

#include <limits>
#include <memory>
#include <new>
#include <zlib.h>

namespace tidewaiter::zlib {

namespace {

constexpr int kWindowBits = 15;
constexpr int kMemoryLevel = 8;
constexpr std::size_t kFirstChunk = 4096;

struct InflateEnd {
    void operator()(z_stream* stream) const { ignore(::inflateEnd(stream), "nothing is left to do about it"); }
};
struct DeflateEnd {
    void operator()(z_stream* stream) const { ignore(::deflateEnd(stream), "data may be left unread"); }
};

Bytef* input_pointer(ByteView input) {
    // zlib's type lacks the const; it does not write there.
    return const_cast<Bytef*>(input.data());
}

std::string at_byte(const z_stream& stream) {
    return "at byte " + std::to_string(stream.total_in) + ": ";
}

std::unexpected<Error> corrupt(const z_stream& stream, int code) {
    std::string reason = code == Z_NEED_DICT ? "a preset dictionary is not allowed"
                         : stream.msg != nullptr ? stream.msg
                                                 : "not a zlib stream";
    return fail("inflate.corrupt", at_byte(stream) + reason);
}

} // namespace

Result<Bytes> inflate(ByteView input, std::size_t max_output) {
    if (input.empty()) return fail("inflate.truncated", "the compressed data is empty");
    TW_ASSERT(input.size() <= std::numeric_limits<uInt>::max() && max_output < std::numeric_limits<uInt>::max() / 2);
    z_stream stream{};
    if (::inflateInit2(&stream, kWindowBits) != Z_OK) throw std::bad_alloc();
    const std::unique_ptr<z_stream, InflateEnd> guard(&stream);
    stream.next_in = input_pointer(input);
    stream.avail_in = static_cast<uInt>(input.size());

    Bytes output;
    while (true) {
        // One byte above the cap, so that a stream of exactly the cap is told from a longer one.
        const std::size_t size = std::min(std::max(kFirstChunk, output.size() * 2), max_output + 1);
        output.resize(size);
        stream.next_out = output.data() + stream.total_out;
        stream.avail_out = static_cast<uInt>(size - stream.total_out);
        const int code = ::inflate(&stream, Z_NO_FLUSH);
        if (stream.total_out > max_output)
            return fail("inflate.too-large",
                        at_byte(stream) + "more than " + std::to_string(max_output) + " bytes come out");
        if (code == Z_STREAM_END) break;
        if (code == Z_MEM_ERROR) throw std::bad_alloc();
        if (code != Z_OK && code != Z_BUF_ERROR) return corrupt(stream, code);
        if (stream.avail_out > 0)
            return fail("inflate.truncated", at_byte(stream) + "the compressed data ends before its stream does");
    }
    if (stream.avail_in > 0)
        return fail("inflate.trailing", at_byte(stream) + std::to_string(stream.avail_in) +
                                            " bytes follow the compressed stream");
    output.resize(stream.total_out);
    return output;
}

Bytes deflate(ByteView input) {
    TW_ASSERT(input.size() <= std::numeric_limits<uInt>::max() / 2);
    z_stream stream{};
    if (::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    const std::unique_ptr<z_stream, DeflateEnd> guard(&stream);
    Bytes output(::deflateBound(&stream, static_cast<uLong>(input.size())));
    stream.next_in = input_pointer(input);
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = output.data();
    stream.avail_out = static_cast<uInt>(output.size());
    const int code = ::deflate(&stream, Z_FINISH);
    TW_ASSERT(code == Z_STREAM_END);
    output.resize(stream.total_out);
    return output;
}

} // namespace tidewaiter::zlib
