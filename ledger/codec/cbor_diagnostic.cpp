#include "ledger/codec/cbor.hpp"

#include "ledger/codec/cbor_float.hpp"

#include <charconv>
#include <cmath>

namespace tidewaiter::cbor {

namespace {

constexpr std::uint8_t kBreak = 0xFF;

void append_utf16_escape(std::string& out, std::uint32_t unit) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += "\\u";
    for (const std::uint32_t shift : {12U, 8U, 4U, 0U}) out += kDigits[unit >> shift & 15U];
}

/// A JSON string. What could mislead a reader of the text is escaped.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint character = code_point_at(text, at);
        const std::string_view part = text.substr(at, std::max<std::size_t>(1, character.length));
        at += part.size();
        if (character.value == '"' || character.value == '\\')
            (out += '\\') += part;
        else if (character.value == '\n')
            out += "\\n";
        else if (is_deceptive(character.value))
            append_utf16_escape(out, character.value);
        else
            out += part;
    }
    return out + "\"";
}

std::string float_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    std::string text(buffer.data(), end);
    // A float must not look like an integer.
    if (text.find('.') == std::string::npos) text.insert(std::min(text.find('e'), text.size()), ".0");
    return text;
}

/// -1 - argument, which may need 65 bits.
std::string negative_text(std::uint64_t argument) {
    return argument == UINT64_MAX ? "-18446744073709551616" : "-" + std::to_string(argument + 1);
}

} // namespace

/// Writes the notation of an item that was checked before: it is well-formed and not too deep.
class Printer {
  public:
    explicit Printer(ByteView input) : reader_(input, kRelaxed) {}

    std::string print() {
        item();
        return std::move(out_);
    }

  private:
    bool at_end_of(const Reader::Head& head, std::uint64_t count) {
        return head.is_indefinite() ? reader_.input_[reader_.position_] == kBreak : count == head.argument;
    }

    void item() {
        Reader::Head head = reader_.head();
        std::size_t tags = 0;
        for (; head.major == 6; ++tags) {
            out_ += std::to_string(head.argument) + "(";
            head = reader_.head();
        }
        value(head);
        out_.append(tags, ')');
    }

    void value(const Reader::Head& head) {
        switch (head.major) {
        case 0: out_ += std::to_string(head.argument); break;
        case 1: out_ += negative_text(head.argument); break;
        case 2:
        case 3: head.is_indefinite() ? list(head, "(", ")") : string(head); break;
        case 4: list(head, "[", "]"); break;
        case 5: list(head, "{", "}"); break;
        default: simple(head); break;
        }
    }

    void string(const Reader::Head& head) {
        const ByteView content = reader_.take(head);
        out_ += head.major == 3 ? quoted(as_text(content)) : "h'" + to_hex(content) + "'";
    }

    void list(const Reader::Head& head, std::string_view open, std::string_view close) {
        out_ += open;
        if (head.is_indefinite()) out_ += "_ ";
        for (std::uint64_t count = 0; !at_end_of(head, count); ++count) {
            if (count > 0) out_ += ", ";
            item();
            if (head.major != 5) continue;
            out_ += ": ";
            item();
        }
        if (head.is_indefinite()) ++reader_.position_;
        out_ += close;
    }

    void simple(const Reader::Head& head) {
        switch (head.info) {
        case 20: out_ += "false"; break;
        case 21: out_ += "true"; break;
        case 22: out_ += "null"; break;
        case 23: out_ += "undefined"; break;
        case 25:
        case 26:
        case 27: out_ += float_text(float_value(head.info, head.argument)); break;
        default: out_ += "simple(" + std::to_string(head.argument) + ")"; break;
        }
    }

    Reader reader_;
    std::string out_;
};

Result<std::string> diagnostic(ByteView input, Rules rules) {
    TW_CHECK(check(input, rules));
    return Printer(input).print();
}

} // namespace tidewaiter::cbor
