#include "daemon/decoder/sandbox.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TW_TEST_UNDER_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TW_TEST_UNDER_SANITIZER 1
#endif
#endif

namespace tidewaiter::decoder {
namespace {

class Sandbox : public testing::Test {
  protected:
    void SetUp() override {
#ifdef TW_TEST_UNDER_SANITIZER
        GTEST_SKIP() << "the filter is left out of builds with a sanitizer";
#endif
    }

    /// How a process ends that shuts itself in and then does this; its exit status is what `act` returns.
    static int fate(const std::function<int()>& act) {
        const pid_t process = ::fork();
        if (process == 0) {
            if (!shut_in()) ::_exit(99);
            ::_exit(act());
        }
        int status = 0;
        ::waitpid(process, &status, 0);
        return status;
    }
    static void expect_killed(const std::function<int()>& act, const char* what) {
        const int status = fate(act);
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) << what << ": status " << status;
    }
    static void expect_exit(int code, const std::function<int()>& act, const char* what) {
        const int status = fate(act);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == code) << what << ": status " << status;
    }
};

TEST_F(Sandbox, LetsMemoryAndTheEndPass) {
    expect_exit(7, [] { return std::malloc(50'000'000) != nullptr ? 7 : 1; }, "malloc");
    expect_exit(5, [] { return ::write(STDERR_FILENO, "", 0) == 0 ? 5 : 1; }, "write to 2");
}

TEST_F(Sandbox, OpensNoFile) {
    expect_exit(EACCES, [] { return ::open("/etc/passwd", O_RDONLY) < 0 ? errno : 0; }, "open");
    expect_exit(EACCES, [] { return ::openat(AT_FDCWD, "/tmp/x", O_WRONLY | O_CREAT, 0600) < 0 ? errno : 0; }, "create");
    expect_killed([] { return ::unlink("/tmp/nothing"); }, "unlink");
    expect_killed([] { return ::chdir("/"); }, "chdir");
}

TEST_F(Sandbox, HasNoNetworkAndNoOtherProcess) {
    expect_killed([] { return ::socket(AF_INET, SOCK_STREAM, 0); }, "socket");
    expect_killed([] { return ::socket(AF_UNIX, SOCK_STREAM, 0); }, "local socket");
    expect_killed([] { return ::fork(); }, "fork");
    expect_killed([] { return ::execl("/bin/true", "true", nullptr); }, "exec");
    expect_killed([] { return ::kill(::getppid(), 0); }, "getppid and kill");
}

TEST_F(Sandbox, ReadsAndWritesOnlyItsOwnDescriptors) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    char byte = 0;
    expect_killed([&] { return static_cast<int>(::write(ends[1], "x", 1)); }, "write to another");
    expect_killed([&] { return static_cast<int>(::read(ends[0], &byte, 1)); }, "read from another");
    expect_killed([&] { return static_cast<int>(::write(STDIN_FILENO, "x", 1)); }, "write to 0");
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_F(Sandbox, RunsNoNewCodeAndHasAMemoryLimit) {
    expect_killed(
        [] {
            return ::mmap(nullptr, 4'096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == nullptr
                       ? 0
                       : 1;
        },
        "executable memory");
    expect_exit(
        3,
        [] {
            return ::mmap(nullptr, std::size_t{2} << 30U, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? 3
                                                                                                                    : 1;
        },
        "two gibibytes");
}

} // namespace
} // namespace tidewaiter::decoder
