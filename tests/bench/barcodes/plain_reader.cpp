#include "tests/bench/barcodes/plain_reader.hpp"

#include "drivers/symbols/read.hpp"

#include <ZXing/ReadBarcode.h>
#include <array>
#include <chrono>
#include <ctime>
#include <fcntl.h>
#include <functional>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tidewaiter::bench {
namespace {

double processor_milliseconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

std::string read_to_end(int descriptor) {
    std::string text;
    std::array<char, 65'536> block{};
    for (ssize_t count = 0; (count = ::read(descriptor, block.data(), block.size())) > 0;)
        text.append(block.data(), static_cast<std::size_t>(count));
    return text;
}

bool ended_well(pid_t process) {
    int status = 0;
    ::waitpid(process, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Runs `read` in a child; "<milliseconds> <texts>" comes back through a pipe.
std::optional<LibraryRun> in_child(const std::function<std::string()>& read) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return std::nullopt;
    const pid_t process = ::fork();
    if (process == 0) {
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_CORE, &none);
        ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
        const double begin = processor_milliseconds();
        const std::string texts = read();
        const std::string answer = std::to_string(processor_milliseconds() - begin) + " " + texts;
        ignore(::write(ends[1], answer.data(), answer.size()), "the parent sees that it is missing");
        ::_exit(0);
    }
    ::close(ends[1]);
    const std::string answer = read_to_end(ends[0]);
    ::close(ends[0]);
    if (!ended_well(process)) return std::nullopt;
    return LibraryRun{std::stod(answer), answer.substr(answer.find(' ') + 1)};
}

} // namespace

std::optional<ProgramRun> run_zxing_reader(const std::string& file, bool bytes_only) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::string name = "ZXingReader";
    std::string option = "-bytes";
    std::string path = file;
    std::array<char*, 4> arguments{name.data(), bytes_only ? option.data() : path.data(),
                                   bytes_only ? path.data() : nullptr, nullptr};
    const auto begin = std::chrono::steady_clock::now();
    pid_t process = 0;
    const int error = ::posix_spawnp(&process, name.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::optional<ProgramRun> run;
    if (error == 0) {
        run.emplace();
        run->output = read_to_end(ends[0]);
        run->has_ended_well = ended_well(process);
        run->milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    }
    ::close(ends[0]);
    return run;
}

std::optional<LibraryRun> run_zxing_library(const symbols::GreyImage& image) {
    return in_child([&image] {
        const ZXing::ImageView view(image.pixels.data(), static_cast<int>(image.width), static_cast<int>(image.height),
                                    ZXing::ImageFormat::Lum);
        std::string texts;
        for (const ZXing::Result& result : ZXing::ReadBarcodes(view)) texts += result.text();
        return texts;
    });
}

std::optional<LibraryRun> run_our_library(const symbols::GreyImage& image) {
    return in_child([&image] {
        std::string texts;
        const std::vector<symbols::Symbol> found = symbols::read_symbols(image).value();
        for (const symbols::Symbol& symbol : found) texts += symbol.text;
        return texts;
    });
}

} // namespace tidewaiter::bench
