#include "daemon/log/log.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace tidewaiter::log {
namespace {

struct Capture {
    Capture() {
        set_sink([this](Level, std::string_view line) { lines.emplace_back(line); });
    }
    ~Capture() { set_sink(nullptr); }
    std::vector<std::string> lines;
};

TEST(Log, OneEventOneLine) {
    EXPECT_EQ(format(Level::Info, "relay.connected",
                     {{"relay", "relay-1"},
                      {"port", 1883},
                      {"tls", true},
                      {"age", 1.5},
                      {"reason", "connection reset"}}),
              "info relay.connected relay=relay-1 port=1883 tls=yes age=1.5 reason=\"connection reset\"");
    EXPECT_EQ(format(Level::Error, "store.full", {{"error", Error{"files.full", "no space"}}}),
              "error store.full error=\"files.full: no space\"");
    EXPECT_EQ(format(Level::Info, "x.y", {{"empty", ""}}), "info x.y empty=\"\"");
}

TEST(Log, UntrustedTextCannotForgeALineOrAField) {
    const std::string line =
        format(Level::Warning, "scan.refused", {{"text", "a\nerror evil.event key=\"x\" \x1b[31m\xff"}});
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
    EXPECT_NE(line.find("\\x0a"), std::string::npos) << line;
    EXPECT_NE(line.find("key=\\\"x\\\""), std::string::npos) << line;
}

TEST(Log, LongTextIsCut) {
    const std::string line = format(Level::Info, "e", {{"text", std::string(5000, 'x')}});
    EXPECT_LT(line.size(), 250U);
    EXPECT_GT(line.size(), 200U);
}

/// The logger remembers categories and rates for the life of the process: each round needs names of its own.
std::string fresh_name(const std::string& stem) {
    static int round = 0;
    return stem + std::to_string(++round);
}

TEST(Log, DebugIsByCategory) {
    const Capture capture;
    const std::string category = fresh_name("sync");
    debug(category + ".step", {{"height", 5}});
    EXPECT_TRUE(capture.lines.empty());
    enable_debug(category);
    debug(category + ".step", {{"height", 5}});
    debug(category + "x.step");
    debug("store.step");
    EXPECT_EQ(capture.lines, std::vector<std::string>{"debug " + category + ".step height=5"});
}

TEST(Log, LevelHidesLessImportantLines) {
    Capture capture;
    set_level(Level::Error);
    info("level.info");
    warning("level.warning");
    error("level.error");
    set_level(Level::Info);
    EXPECT_EQ(capture.lines, std::vector<std::string>{"error level.error"});
}

TEST(Log, WarningsOfOneEventAreLimited) {
    const Capture capture;
    const std::string event = fresh_name("flood.seen");
    const std::string other = fresh_name("other.event");
    for (int i = 0; i < 100; ++i)
        warning(event, {{"i", i}});
    warning(other);
    EXPECT_EQ(capture.lines.size(), 11U);
    EXPECT_EQ(capture.lines.back(), "warning " + other);
}

/// What a child with such an environment writes to standard error when that is a pipe.
std::string written_by_child(bool under_journal) {
    std::array<int, 2> pipe{};
    EXPECT_EQ(::pipe(pipe.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        if (under_journal) {
            ::setenv("JOURNAL_STREAM", "8:1234", 1);
        } else {
            ::unsetenv("JOURNAL_STREAM");
        }
        ::dup2(pipe[1], STDERR_FILENO);
        // A fresh process image: the logger looks at its surroundings once.
        ::execl("/proc/self/exe", "log_test", "--gtest_also_run_disabled_tests",
                "--gtest_filter=Log.DISABLED_WriteTwoLines", static_cast<char*>(nullptr));
        ::_exit(1);
    }
    ::close(pipe[1]);
    std::string text;
    std::array<char, 4096> chunk{};
    for (ssize_t got = 0; (got = ::read(pipe[0], chunk.data(), chunk.size())) > 0;)
        text.append(chunk.data(), static_cast<std::size_t>(got));
    ::close(pipe[0]);
    int state = 0;
    ::waitpid(child, &state, 0);
    EXPECT_EQ(state, 0);
    return text;
}

TEST(Log, DISABLED_WriteTwoLines) {
    error("first.event", {{"a", 1}});
    info("second.event");
}

TEST(Log, UnderSystemdLinesCarryTheirPriority) {
    EXPECT_EQ(written_by_child(/*under_journal=*/true), "<3>error first.event a=1\n<6>info second.event\n");
    const std::string plain = written_by_child(/*under_journal=*/false);
    EXPECT_EQ(plain.find('<'), std::string::npos);
    EXPECT_NE(plain.find("Z error first.event a=1\n"), std::string::npos) << plain;
}

} // namespace
} // namespace tidewaiter::log
