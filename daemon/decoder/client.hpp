#pragma once

#include "drivers/symbols/symbol.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tidewaiter::decoder {

/// The reader of pictures as another process, which may die at any picture without harm to this one.
/// One caller at a time: the owner gives it to one worker thread. The kernel ends a child with the thread that started
/// it; should that thread be gone, the next call starts another. The destructor ends the child.
class DecoderProcess {
  public:
    struct Options {
        std::string program; ///< path of tidewaiter-decoder
        /// A child that does not say that it has shut itself in within this time is ended.
        std::chrono::milliseconds start_deadline{3'000};
    };
    struct Counters {
        std::uint64_t pictures = 0; ///< handed to a child
        std::uint64_t starts = 0;   ///< children started
        std::uint64_t deaths = 0;   ///< children that died or spoke nonsense
        std::uint64_t timeouts = 0; ///< children ended at a deadline
    };

    explicit DecoderProcess(Options options);
    ~DecoderProcess();
    DecoderProcess(const DecoderProcess&) = delete;
    DecoderProcess& operator=(const DecoderProcess&) = delete;

    /// Starts the child ahead of the first picture, so that this one need not wait. decode() starts it as needed.
    /// Errors: decoder.start (the program is missing, or did not get ready).
    [[nodiscard]] Status start();

    /// Reads one picture file. Blocks for at most `deadline` (plus the start of a child, if one is needed). An
    /// empty list: the picture is fine and holds no symbol that could be read. A picture that ends a child or runs
    /// past the deadline is never tried again, and the next child is started at once.
    /// Errors: picture.empty, picture.too-large, picture.format, picture.truncated, picture.corrupt (the picture's
    /// fault); decoder.died, decoder.timeout (nothing can be read in it either); decoder.protocol (the child
    /// spoke nonsense and was ended); decoder.start.
    [[nodiscard]] Result<std::vector<symbols::Symbol>> decode(ByteView picture,
                                                              std::chrono::milliseconds deadline);

    [[nodiscard]] const Counters& counters() const;
    /// The child's process id, 0 when there is none.
    [[nodiscard]] int child() const;

  private:
    class Child;
    Options options_;
    Counters counters_;
    std::unique_ptr<Child> child_;
};

/// True for every error that means "this picture cannot be read", as opposed to "the decoder cannot be had".
[[nodiscard]] bool is_unreadable(const Error& error);

} // namespace tidewaiter::decoder
