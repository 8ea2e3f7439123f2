#pragma once

#include "daemon/decoder/frames.hpp"
#include "drivers/descriptor.hpp"

/// The parent's end of the socket to a decoder. Private to this folder.
namespace tidewaiter::decoder {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Neither side's behaviour makes it wait beyond the time it is given.
class Channel {
  public:
    /// A connected, non-blocking stream socket.
    explicit Channel(drivers::Descriptor socket) : socket_(std::move(socket)) {}

    /// Errors: decoder.timeout, decoder.died.
    [[nodiscard]] Status send(ByteView bytes, SteadyTime until);
    /// Errors: decoder.timeout, decoder.died, decoder.protocol.
    [[nodiscard]] Result<Answer> receive(SteadyTime until);
    /// True when nothing is to be read: between pictures, an end or stray bytes mean a child that is gone or
    /// out of step.
    [[nodiscard]] bool is_quiet();

  private:
    [[nodiscard]] Status wait_for(short events, SteadyTime until);
    [[nodiscard]] Status fill(std::span<std::uint8_t> buffer, SteadyTime until);

    drivers::Descriptor socket_;
};

} // namespace tidewaiter::decoder
