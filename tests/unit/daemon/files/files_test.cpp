#include "daemon/files/files.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace tidewaiter::files {
namespace {

using support::TemporaryFolder;

std::size_t count_entries(const Path& folder) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
}

unsigned mode_of(const Path& path) {
    struct ::stat facts{};
    EXPECT_EQ(::stat(path.c_str(), &facts), 0) << path;
    return facts.st_mode & 0777U;
}

TEST(Files, WrittenIsReadAgain) {
    const TemporaryFolder folder;
    const Path path = folder / "note";
    ASSERT_TRUE(write_atomically(path, "one"));
    EXPECT_EQ(mode_of(path), 0600U);
    ASSERT_TRUE(write_atomically(path, "two", kPublic));
    EXPECT_EQ(mode_of(path), 0644U);
    EXPECT_EQ(read_text(path, 3), "two");
    EXPECT_EQ(count_entries(folder.path()), 1U) << "temporary files are left";
}

TEST(Files, ReadingHasACap) {
    const TemporaryFolder folder;
    ASSERT_TRUE(write_atomically(folder / "f", std::string(1000, 'x')));
    EXPECT_EQ(read(folder / "f", 1000)->size(), 1000U);
    const auto large = read(folder / "f", 999);
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().code, "files.too-large");
    // A file that announces no size.
    EXPECT_GT(read("/proc/self/status", 100'000)->size(), 10U);
    EXPECT_EQ(read("/proc/self/status", 10).error().code, "files.too-large");
}

TEST(Files, WhatCannotBeReadIsNamed) {
    const TemporaryFolder folder;
    const auto missing = read(folder / "none", 10);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, "files.missing");
    EXPECT_NE(missing.error().detail.find((folder / "none").string()), std::string::npos);
    EXPECT_EQ(read(folder.path(), 10).error().code, "files.read");
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(read(folder / "pipe", 10).error().code, "files.read");
}

TEST(Files, WritingIntoNoFolderFails) {
    const TemporaryFolder folder;
    const Status status = write_atomically(folder / "no" / "file", "x");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, "files.write");
}

TEST(Files, AFailedWriteLeavesTheOldContent) {
    const TemporaryFolder folder;
    const Path path = folder / "f";
    ASSERT_TRUE(write_atomically(path, "old"));
    // In a child, writing beyond 1000 bytes fails in the middle.
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{1000, 1000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const Status status = write_atomically(path, std::string(5000, 'n'));
        ::_exit(!status && status.error().code == "files.write" ? 0 : 1);
    }
    int state = 0;
    ASSERT_EQ(::waitpid(child, &state, 0), child);
    EXPECT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 0) << "the write did not fail";
    EXPECT_EQ(read_text(path, 100), "old");
    EXPECT_EQ(count_entries(folder.path()), 1U) << "the part that was written is left";
}

TEST(Files, AKilledWriterLeavesOldOrNew) {
    const TemporaryFolder folder;
    const Path path = folder / "f";
    const std::string one(100'000, '1');
    const std::string two(100'000, '2');
    ASSERT_TRUE(write_atomically(path, one));
    int seen_two = 0;
    for (int round = 0; round < 20; ++round) {
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe(pipe.data()), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            for (;;) {
                ignore(write_atomically(path, two), "it is about to be killed");
                ignore(::write(pipe[1], "x", 1), "the parent counts");
                ignore(write_atomically(path, one), "it is about to be killed");
            }
        }
        ::close(pipe[1]);
        char byte = 0;
        ASSERT_EQ(::read(pipe[0], &byte, 1), 1);
        ::close(pipe[0]);
        ::kill(child, SIGKILL);
        int state = 0;
        ::waitpid(child, &state, 0);
        ASSERT_TRUE(WIFSIGNALED(state)) << "it was not killed while it wrote";
        const auto content = read_text(path, 200'000);
        ASSERT_TRUE(content);
        ASSERT_TRUE(*content == one || *content == two) << content->size();
        seen_two += *content == two ? 1 : 0;
    }
    SUCCEED() << seen_two;
}

TEST(Files, KeysAreNeverOverwritten) {
    const TemporaryFolder folder;
    const Bytes key{1, 2, 3};
    ASSERT_TRUE(create_exclusively(folder / "key", key));
    EXPECT_EQ(mode_of(folder / "key"), 0600U);
    const Status again = create_exclusively(folder / "key", Bytes{4});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, "files.exists");
    EXPECT_EQ(read(folder / "key", 10), key);
    EXPECT_EQ(count_entries(folder.path()), 1U);
}

TEST(Files, PrivateFoldersAreClosedToOthers) {
    const TemporaryFolder folder;
    const Path path = folder / "a" / "b";
    ASSERT_TRUE(make_private_folder(path));
    EXPECT_EQ(mode_of(path), 0700U);
    ASSERT_EQ(::chmod(path.c_str(), 0755), 0);
    ASSERT_TRUE(make_private_folder(path));
    EXPECT_EQ(mode_of(path), 0700U);
    ASSERT_TRUE(write_atomically(folder / "file", "x"));
    const Status status = make_private_folder(folder / "file");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, "files.folder");
}

TEST(Files, OpenKeysAreRefused) {
    const TemporaryFolder folder;
    ASSERT_TRUE(write_atomically(folder / "k", "x"));
    EXPECT_TRUE(require_private(folder / "k"));
    ASSERT_EQ(::chmod((folder / "k").c_str(), 0640), 0);
    const Status status = require_private(folder / "k");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, "files.not-private");
}

TEST(Files, FreeSpaceIsToldForTheVolume) {
    const TemporaryFolder folder;
    const auto free = free_bytes(folder.path());
    ASSERT_TRUE(free);
    EXPECT_GT(*free, 0U);
    EXPECT_EQ(free_bytes(folder / "none").error().code, "files.missing");
}

TEST(FolderLock, OneHolderAtATime) {
    const TemporaryFolder folder;
    {
        const auto lock = FolderLock::acquire(folder.path());
        ASSERT_TRUE(lock);
        const auto second = FolderLock::acquire(folder.path());
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code, "files.locked");
        EXPECT_EQ(second.error().detail, folder.path().string() + " is used by process " +
                                             std::to_string(::getpid()) + "; stop it first");
    }
    EXPECT_TRUE(FolderLock::acquire(folder.path()));
}

TEST(FolderLock, AKilledHolderFreesIt) {
    const TemporaryFolder folder;
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto lock = FolderLock::acquire(folder.path());
        ignore(::write(pipe[1], lock ? "y" : "n", 1), "the parent waits for it");
        for (;;)
            ::pause();
    }
    char byte = 0;
    ASSERT_EQ(::read(pipe[0], &byte, 1), 1);
    ASSERT_EQ(byte, 'y');
    const auto refused = FolderLock::acquire(folder.path());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.find("process " + std::to_string(child)), std::string::npos)
        << refused.error().detail;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_TRUE(FolderLock::acquire(folder.path()));
    ::close(pipe[0]);
    ::close(pipe[1]);
}

} // namespace
} // namespace tidewaiter::files
