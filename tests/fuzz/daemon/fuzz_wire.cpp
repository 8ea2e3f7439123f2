// What is read as a message is written back to the same bytes.
#include "daemon/wire/requests.hpp"

#include <cstdlib>

namespace {

template <class Decode>
void expect_same(tidewaiter::ByteView bytes, Decode decode) {
    const auto message = decode(bytes);
    if (!message) {
        if (message.error().detail.empty()) std::abort();
        return;
    }
    if (!tidewaiter::equal(tidewaiter::wire::encode(*message), bytes)) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidewaiter;
    const ByteView bytes(data, size);
    expect_same(bytes, wire::decode_head);
    expect_same(bytes, wire::decode_delta);
    expect_same(bytes, wire::decode_receipt_hint);
    expect_same(bytes, wire::decode_submit);
    expect_same(bytes, wire::decode_device_state);
    expect_same(bytes, wire::decode_request);
    expect_same(bytes, wire::decode_reply);
    return 0;
}
