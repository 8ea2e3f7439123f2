#include "daemon/decoder/child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace tidewaiter::decoder {
namespace {

/// What the child may take of its deadline for new attempts; the rest is for the attempt under way.
constexpr std::int64_t kAttemptPercent = 60;

struct FileActions {
    FileActions() { posix_spawn_file_actions_init(&value); }
    ~FileActions() { posix_spawn_file_actions_destroy(&value); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    posix_spawn_file_actions_t value{};
};

struct Attributes {
    Attributes() { posix_spawnattr_init(&value); }
    ~Attributes() { posix_spawnattr_destroy(&value); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    posix_spawnattr_t value{};
};

/// Default signals, none blocked, a process group of its own: a Ctrl-C at the terminal is for the parent, which
/// ends its child in order, and whatever the child starts is ended with it.
void set_attributes(posix_spawnattr_t& attributes) {
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, static_cast<short>(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                             POSIX_SPAWN_SETPGROUP));
}

} // namespace

Result<std::unique_ptr<DecoderProcess::Child>> DecoderProcess::Child::spawn(const std::string& program) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail("decoder.start", std::string("socketpair: ") + std::strerror(errno));
    drivers::Descriptor ours(ends[0]);
    const drivers::Descriptor theirs(ends[1]);

    FileActions actions;
    posix_spawn_file_actions_adddup2(&actions.value, theirs.get(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions.value, theirs.get(), STDOUT_FILENO);
    // What dying libraries print must not fill the parent's journal.
    posix_spawn_file_actions_addopen(&actions.value, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions.value, STDERR_FILENO + 1);
    Attributes attributes;
    set_attributes(attributes.value);

    std::string name = program;
    std::array<char*, 2> arguments{name.data(), nullptr};
    std::string locale = "LC_ALL=C";
    std::array<char*, 2> environment{locale.data(), nullptr};
    pid_t process = 0;
    const int error = ::posix_spawn(&process, program.c_str(), &actions.value, &attributes.value, arguments.data(),
                                    environment.data());
    if (error != 0) return fail("decoder.start", printable(program) + ": " + std::strerror(error));
    return std::make_unique<Child>(process, std::move(ours));
}

DecoderProcess::Child::Child(int process, drivers::Descriptor socket)
    : process_(process), channel_(std::move(socket)) {}

DecoderProcess::Child::~Child() { end(); }

Status DecoderProcess::Child::await_ready(SteadyTime until) {
    if (ready_) return {};
    const Result<Answer> answer = channel_.receive(until);
    if (answer && std::holds_alternative<Ready>(*answer)) {
        ready_ = true;
        return {};
    }
    const Error* const refusal = answer ? std::get_if<Error>(&*answer) : nullptr;
    const std::string why = refusal != nullptr ? refusal->detail
                            : answer           ? "it did not say that it is ready"
                                               : answer.error().detail;
    return fail("decoder.start", "the decoder did not get ready (" + why + "; " + end() + ")");
}

Result<Symbols> DecoderProcess::Child::read(ByteView picture, SteadyTime until) {
    ++pictures_;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    TW_CHECK(channel_.send(picture_head(picture.size(), left * kAttemptPercent / 100), until));
    TW_CHECK(channel_.send(picture, until));
    TW_TRY(Answer answer, channel_.receive(until));
    if (auto* error = std::get_if<Error>(&answer)) return std::unexpected(std::move(*error));
    if (auto* found = std::get_if<Symbols>(&answer)) return std::move(*found);
    return fail("decoder.protocol", "the decoder says that it is ready instead of answering");
}

std::string DecoderProcess::Child::end() {
    if (process_ <= 0) return "ended before";
    ::kill(-process_, SIGKILL);
    ::kill(process_, SIGKILL);
    int status = 0;
    pid_t waited = 0;
    do waited = ::waitpid(process_, &status, 0);
    while (waited < 0 && errno == EINTR);
    process_ = 0;
    if (waited > 0 && WIFEXITED(status)) return "exit status " + std::to_string(WEXITSTATUS(status));
    if (waited > 0 && WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
        return "signal " + std::to_string(WTERMSIG(status));
    return "ended by us";
}

} // namespace tidewaiter::decoder
