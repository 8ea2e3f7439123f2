#include "tests/support/store_model.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace tidewaiter::store {
namespace {

using support::Content;
using support::TemporaryFolder;

state::Overlay::Changes changes_of(std::uint64_t height, Content& content) {
    std::mt19937_64 random(height);
    return support::random_changes(random, content, 3, 120);
}

RecordOptions crash_options() {
    RecordOptions options;
    options.holds_all = true;
    return options;
}

/// Advances the state until it is killed; each height tells the parent that it was reached.
[[noreturn]] void advance_for_ever(const std::string& path, int pipe) {
    auto records = Records::open(path, crash_options());
    if (!records) ::_exit(1);
    Content ignored;
    for (std::uint64_t height = 1; height <= records->height(); ++height)
        ignore(changes_of(height, ignored), "only the content");
    while (true) {
        const std::uint64_t height = records->height() + 1;
        auto update = records->begin();
        if (!update || !update->apply(changes_of(height, ignored)) || !update->commit(height)) ::_exit(2);
        const char mark = 'x';
        if (::write(pipe, &mark, 1) != 1) ::_exit(3);
    }
}

// Killed at any moment, the file holds one whole state: rows, roots and tree of the same height.
TEST(Crash, KilledInTheMiddleTheStoreHoldsOneWholeState) {
    const TemporaryFolder folder;
    const std::string path = (folder / "state.db").string();
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::uint64_t last_height = 0;
    for (int round = 0; round < 8; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::close(ends[0]);
            advance_for_ever(path, ends[1]);
        }
        ::close(ends[1]);
        std::uint64_t reached = last_height;
        char mark = 0;
        for (std::uint64_t wanted = 1 + random() % 6; wanted > 0; --wanted) {
            ASSERT_EQ(::read(ends[0], &mark, 1), 1) << "the writer ended by itself";
            ++reached;
        }
        ::usleep(static_cast<useconds_t>(random() % 3'000));
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the fault did not happen";
        while (::read(ends[0], &mark, 1) == 1)
            ++reached;
        ::close(ends[0]);

        auto records = Records::open(path, crash_options());
        ASSERT_TRUE(records) << records.error().detail;
        // What was committed is there (a process, not the machine, died), and perhaps one more.
        ASSERT_GE(records->height(), reached);
        ASSERT_LE(records->height(), reached + 1);
        Content content;
        for (std::uint64_t height = 1; height <= records->height(); ++height)
            ignore(changes_of(height, content), "only the content");
        ASSERT_EQ(records->roots(), support::model_roots(content)) << "height " << records->height();
        ASSERT_TRUE(records->audit());
        last_height = records->height();
    }
    EXPECT_GT(last_height, 8U);
}

} // namespace
} // namespace tidewaiter::store
