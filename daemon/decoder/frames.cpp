#include "daemon/decoder/frames.hpp"

#include "ledger/codec/cbor.hpp"

#include <algorithm>

namespace tidewaiter::decoder {
namespace {

enum class Kind : std::uint8_t { Ready, Symbols, Error };

constexpr std::size_t kMaxTextBytes = 4 * symbols::kMaxSymbolBytes;
constexpr std::size_t kMaxDetailBytes = 1'000;
constexpr std::size_t kMaxIdentifierBytes = 8;

/// The codes a decoder may answer with; an Error's code must outlive it, so each is found here.
constexpr std::array<std::string_view, 8> kErrorCodes{
    "picture.empty",     "picture.format",  "picture.too-large", "picture.truncated",
    "picture.corrupt",   "symbols.image",   "sandbox.limit",     "sandbox.filter",
};

std::uint32_t big_endian(ByteView at) {
    return std::uint32_t{at[0]} << 24U | std::uint32_t{at[1]} << 16U | std::uint32_t{at[2]} << 8U | at[3];
}

void put(std::uint8_t* to, std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i) to[i] = static_cast<std::uint8_t>(value >> (24U - 8U * i));
}

void write_symbol(cbor::Writer& writer, const symbols::Symbol& symbol) {
    writer.array([&](cbor::Writer& fields) {
        fields.enumeration(symbol.format)
            .bytes(symbol.bytes)
            .text(symbol.text)
            .boolean(symbol.is_text)
            .text(symbol.symbology_identifier);
    });
}

symbols::Symbol read_symbol(cbor::Reader& reader) {
    symbols::Symbol symbol;
    reader.enter_array(5);
    symbol.format = reader.enumeration(symbols::kFormats.front(), symbols::kFormats.back());
    symbol.bytes = to_bytes(reader.bytes(1, symbols::kMaxSymbolBytes));
    symbol.text = reader.text(0, kMaxTextBytes);
    symbol.is_text = reader.boolean();
    symbol.symbology_identifier = reader.text(0, kMaxIdentifierBytes);
    reader.leave();
    return symbol;
}

} // namespace

std::array<std::uint8_t, kPictureHeadBytes> picture_head(std::size_t size, std::chrono::milliseconds allowed) {
    std::array<std::uint8_t, kPictureHeadBytes> head{};
    put(head.data(), static_cast<std::uint32_t>(size));
    put(head.data() + 4, static_cast<std::uint32_t>(std::clamp<std::int64_t>(allowed.count(), 0, 3'600'000)));
    return head;
}

Result<PictureHead> parse_picture_head(const std::array<std::uint8_t, kPictureHeadBytes>& head) {
    const ByteView bytes(head);
    const PictureHead parsed{big_endian(bytes), std::chrono::milliseconds(big_endian(bytes.subspan(4)))};
    if (parsed.size == 0 || parsed.size > limits::kMaxPictureBytes)
        return fail("decoder.protocol", "a picture of " + std::to_string(parsed.size) + " bytes is announced");
    return parsed;
}

Bytes encode_answer(const Answer& answer) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& fields) {
        if (const auto* found = std::get_if<Symbols>(&answer)) {
            fields.key(1).enumeration(Kind::Symbols);
            if (!found->empty())
                fields.key(2).array([&](cbor::Writer& list) {
                    for (const symbols::Symbol& symbol : *found) write_symbol(list, symbol);
                });
        } else if (const auto* error = std::get_if<Error>(&answer)) {
            fields.key(1).enumeration(Kind::Error);
            fields.key(3).text(error->code);
            fields.key(4).text(printable(error->detail, kMaxDetailBytes / 2));
        } else {
            fields.key(1).enumeration(Kind::Ready);
        }
    });
    Bytes frame(kAnswerHeadBytes);
    put(frame.data(), static_cast<std::uint32_t>(writer.view().size()));
    append(frame, writer.view());
    return frame;
}

Result<std::size_t> parse_answer_head(const std::array<std::uint8_t, kAnswerHeadBytes>& head) {
    const std::size_t size = big_endian(head);
    if (size == 0 || size > kMaxAnswerBytes)
        return fail("decoder.protocol", "an answer of " + std::to_string(size) + " bytes is announced");
    return size;
}

Result<Answer> decode_answer(ByteView body) {
    cbor::Reader reader(body);
    auto kind = Kind::Ready;
    Symbols found;
    std::string_view code;
    std::string detail;
    reader.map({1}, [&](std::int64_t key) {
        switch (key) {
        case 1: kind = reader.enumeration(Kind::Ready, Kind::Error); return true;
        case 2:
            reader.array(1, symbols::kMaxSymbols, [&](std::size_t) { found.push_back(read_symbol(reader)); });
            return true;
        case 3: code = reader.text(1, kMaxDetailBytes); return true;
        case 4: detail = printable(reader.text(0, kMaxDetailBytes), kMaxDetailBytes); return true;
        default: return false;
        }
    });
    if (auto whole = reader.finish(); !whole)
        return fail("decoder.protocol", std::string(whole.error().code) + ": " + whole.error().detail);
    switch (kind) {
    case Kind::Ready: return Ready{};
    case Kind::Symbols: return found;
    case Kind::Error: break;
    }
    const auto* const known = std::find(kErrorCodes.begin(), kErrorCodes.end(), code);
    if (known == kErrorCodes.end()) return fail("decoder.protocol", "unknown error code '" + printable(code, 40) + "'");
    return Error{*known, std::move(detail)};
}

} // namespace tidewaiter::decoder
