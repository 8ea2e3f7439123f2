// tidewaiter-decoder: pictures in, symbols out, in a process that has nothing to lose. See frames.hpp for the frames.

#include "daemon/decoder/frames.hpp"
#include "daemon/decoder/sandbox.hpp"
#include "drivers/symbols/read.hpp"

#include <cerrno>
#include <cstdio>
#include <malloc.h>
#include <new>
#include <unistd.h>

namespace tidewaiter::decoder {
namespace {

constexpr std::chrono::milliseconds kLeastBudget{50};
constexpr std::chrono::milliseconds kMostBudget{30'000};

/// False at the end of input.
bool read_all(std::span<std::uint8_t> buffer) {
    while (!buffer.empty()) {
        const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count > 0)
            buffer = buffer.subspan(static_cast<std::size_t>(count));
        else if (count == 0 || errno != EINTR)
            return false;
    }
    return true;
}

bool write_all(ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (count >= 0)
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            return false;
    }
    return true;
}

Result<Symbols> read_picture(ByteView file, std::chrono::milliseconds budget) {
    try {
        TW_TRY(const symbols::GreyImage image, symbols::load_picture(file));
        symbols::ReadOptions options;
        options.budget = std::clamp(budget, kLeastBudget, kMostBudget);
        return symbols::read_symbols(image, options);
    } catch (const std::bad_alloc&) {
        return fail("picture.too-large", "reading it takes more memory than the decoder may have");
    }
}

/// One picture after the other until the input ends. True when it ended between pictures.
bool serve() {
    for (;;) {
        std::array<std::uint8_t, kPictureHeadBytes> raw{};
        if (!read_all(std::span(raw).first(1))) return true;
        if (!read_all(std::span(raw).subspan(1))) return false;
        const Result<PictureHead> head = parse_picture_head(raw);
        if (!head) return false;
        Bytes file(head->size);
        if (!read_all(file)) return false;
        const Result<Symbols> found = read_picture(file, head->allowed);
        if (!write_all(encode_answer(found ? Answer(*found) : Answer(found.error())))) return false;
        // A large picture's memory goes back to the system, not to the next picture.
        ::malloc_trim(0);
    }
}

int run() {
    die_with_parent();
    if (::isatty(STDIN_FILENO) != 0) {
        std::fputs("tidewaiter-decoder is started by other programs: it reads framed pictures on its standard input "
                   "and writes framed symbols.\n",
                   stderr);
        return 1;
    }
    if (const Status status = shut_in(); !status) {
        std::fprintf(stderr, "tidewaiter-decoder: %s\n", status.error().detail.c_str());
        // The parent cannot see the text above; it sees this frame instead of the word that all is ready.
        ignore(write_all(encode_answer(status.error())), "the end either way");
        return 1;
    }
    if (!write_all(encode_answer(Ready{}))) return 1;
    return serve() ? 0 : 1;
}

} // namespace
} // namespace tidewaiter::decoder

// _exit: nothing is left to flush, and destructors of libraries might do what the filter kills.
int main() { ::_exit(tidewaiter::decoder::run()); }
