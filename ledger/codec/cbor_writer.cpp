#include "ledger/codec/cbor.hpp"

#include "ledger/base/assert.hpp"

namespace tidewaiter::cbor {

namespace {

struct EncodedHead {
    std::array<std::uint8_t, 9> bytes{};
    std::size_t size = 0;
    [[nodiscard]] ByteView view() const { return ByteView(bytes).first(size); }
};

/// The shortest head.
EncodedHead encode_head(std::uint8_t major, std::uint64_t argument) {
    const auto type = static_cast<std::uint8_t>(major << 5U);
    if (argument < 24) return {.bytes = {static_cast<std::uint8_t>(type | argument)}, .size = 1};
    const std::uint8_t log = argument <= UINT8_MAX ? 0 : argument <= UINT16_MAX ? 1 : argument <= UINT32_MAX ? 2 : 3;
    const std::size_t width = std::size_t{1} << log;
    EncodedHead head{.bytes = {static_cast<std::uint8_t>(type | (24U + log))}, .size = 1 + width};
    for (std::size_t i = 0; i < width; ++i)
        head.bytes[1 + i] = static_cast<std::uint8_t>(argument >> (8 * (width - 1 - i)));
    return head;
}

EncodedHead encode_integer(std::int64_t value) {
    return value >= 0 ? encode_head(0, static_cast<std::uint64_t>(value))
                      : encode_head(1, static_cast<std::uint64_t>(-1 - value));
}

} // namespace

void Writer::head(std::uint8_t major, std::uint64_t argument) {
    append(out_, encode_head(major, argument).view());
}

void Writer::begin_item() {
    if (is_tagged_) {
        is_tagged_ = false;
        return;
    }
    TW_ASSERT(!level_.is_map || level_.keys == level_.items + 1);
    ++level_.items;
}

void Writer::begin_key(ByteView encoded) {
    TW_ASSERT(level_.is_map && level_.keys == level_.items && !is_tagged_);
    TW_ASSERT(level_.keys == 0 || std::ranges::lexicographical_compare(level_.last_key, encoded));
    ++level_.keys;
    level_.last_key.assign(encoded.begin(), encoded.end());
}

Writer& Writer::unsigned_integer(std::uint64_t value) {
    begin_item();
    head(0, value);
    return *this;
}

Writer& Writer::integer(std::int64_t value) {
    begin_item();
    append(out_, encode_integer(value).view());
    return *this;
}

Writer& Writer::bytes(ByteView value) {
    begin_item();
    head(2, value.size());
    append(out_, value);
    return *this;
}

Writer& Writer::text(std::string_view value) {
    begin_item();
    head(3, value.size());
    append(out_, as_bytes(value));
    return *this;
}

Writer& Writer::boolean(bool value) {
    begin_item();
    head(7, value ? 21 : 20);
    return *this;
}

Writer& Writer::null() {
    begin_item();
    head(7, 22);
    return *this;
}

Writer& Writer::tag(std::uint64_t value) {
    if (!is_tagged_) begin_item();
    head(6, value);
    is_tagged_ = true;
    return *this;
}

Writer& Writer::raw(ByteView item) {
    TW_ASSERT(!item.empty());
    begin_item();
    append(out_, item);
    return *this;
}

Writer& Writer::key(std::int64_t value) {
    const EncodedHead encoded = encode_integer(value);
    begin_key(encoded.view());
    append(out_, encoded.view());
    return *this;
}

Writer& Writer::key(std::string_view value) {
    Bytes encoded = to_bytes(encode_head(3, value.size()).view());
    append(encoded, as_bytes(value));
    begin_key(encoded);
    append(out_, encoded);
    return *this;
}

/// The content is written first and its head then put in front: the count is what was written.
Writer& Writer::container(std::uint8_t major, const std::function<void(Writer&)>& fill) {
    begin_item();
    const std::size_t start = out_.size();
    Level outer = std::exchange(level_, Level{.is_map = major == 5, .items = 0, .keys = 0, .last_key = {}});
    fill(*this);
    TW_ASSERT(!is_tagged_);
    TW_ASSERT(level_.items > 0 && (!level_.is_map || level_.keys == level_.items));
    const EncodedHead encoded = encode_head(major, level_.items);
    out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(start), encoded.view().begin(), encoded.view().end());
    level_ = std::move(outer);
    return *this;
}

Writer& Writer::map(const std::function<void(Writer&)>& fill) {
    return container(5, fill);
}

Writer& Writer::array(const std::function<void(Writer&)>& fill) {
    return container(4, fill);
}

Writer& Writer::empty_map() {
    begin_item();
    head(5, 0);
    return *this;
}

} // namespace tidewaiter::cbor
