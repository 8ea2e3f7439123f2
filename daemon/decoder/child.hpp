#pragma once

#include "daemon/decoder/channel.hpp"
#include "daemon/decoder/client.hpp"

#include <optional>

namespace tidewaiter::decoder {

/// One running decoder. Its destructor ends it and waits for its end.
class DecoderProcess::Child {
  public:
    /// Error: decoder.start.
    [[nodiscard]] static Result<std::unique_ptr<Child>> spawn(const std::string& program);
    Child(int process, drivers::Descriptor socket);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Waits for its word that it is shut in, once. Error: decoder.start.
    [[nodiscard]] Status await_ready(SteadyTime until);
    /// False when it has ended or said something unasked.
    [[nodiscard]] bool is_usable() { return channel_.is_quiet(); }
    [[nodiscard]] Result<Symbols> read(ByteView picture, SteadyTime until);
    [[nodiscard]] int process() const { return process_; }
    [[nodiscard]] std::size_t pictures() const { return pictures_; }
    [[nodiscard]] bool is_ready() const { return ready_; }

  private:
    /// Kills it; how it ended, in words.
    std::string end();

    int process_;
    Channel channel_;
    bool ready_ = false;
    std::size_t pictures_ = 0;
};

} // namespace tidewaiter::decoder
