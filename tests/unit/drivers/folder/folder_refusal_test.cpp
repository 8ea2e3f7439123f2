#include "tests/unit/drivers/folder/scan_folder_fixture.hpp"

#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace tidewaiter::test {
namespace {

using std::chrono::milliseconds;

TEST_F(ScanFolderTest, RefusesAnEmptyFileOnceItSettled) {
    watch();
    put("empty.png", "");
    EXPECT_TRUE(complains_of("folder.empty"));
    EXPECT_TRUE(waits_until([&] { return exists("unreadable/empty.png.reason.txt"); }));
    EXPECT_TRUE(nothing_for(milliseconds(0)));
}

TEST_F(ScanFolderTest, RefusesAFileAboveTheLimit) {
    watch(/*max_bytes=*/10);
    put("fits.png", "0123456789");
    EXPECT_EQ(next().bytes.size(), 10U);
    put("large.png", "0123456789A");
    EXPECT_TRUE(complains_of("folder.too-large"));
    EXPECT_TRUE(waits_until([&] { return exists("unreadable/large.png.reason.txt"); }));
    EXPECT_NE(content("unreadable/large.png.reason.txt").find("11 bytes"), std::string::npos);
    EXPECT_TRUE(nothing_for(milliseconds(0)));
}

TEST_F(ScanFolderTest, DoesNotFollowASymbolicLink) {
    watch();
    put(".secret", "not for you");
    std::filesystem::create_symlink(path(".secret"), path("link.png"));
    std::filesystem::create_symlink("/nowhere", path("dangling.png"));
    EXPECT_TRUE(waits_until([&] { return exists("unreadable/link.png") && exists("unreadable/dangling.png"); }));
    EXPECT_TRUE(complains_of("folder.kind"));
    EXPECT_TRUE(nothing_for(milliseconds(0)));
    EXPECT_EQ(content(".secret"), "not for you");
}

TEST_F(ScanFolderTest, IsNotBlockedByAFifoOrASocket) {
    watch();
    ASSERT_EQ(::mkfifo(path("pipe.png").c_str(), 0600), 0);
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = path("socket.png").string();
    ASSERT_LT(name.size(), sizeof address.sun_path);
    std::copy(name.begin(), name.end(), address.sun_path);
    ASSERT_EQ(::bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_TRUE(waits_until([&] { return exists("unreadable/pipe.png") && exists("unreadable/socket.png"); }));
    put("after.png", "still alive");
    EXPECT_EQ(as_text(next().bytes), "still alive");
    ::close(server);
}

TEST_F(ScanFolderTest, EscapesHostileNames) {
    watch();
    const std::string name = "bad\n\x1B[31mname";
    put(name, "");
    EXPECT_TRUE(waits_until([&] { return exists("unreadable/" + name + ".reason.txt"); }));
    const std::string reason = content("unreadable/" + name + ".reason.txt");
    EXPECT_EQ(reason.find('\x1B'), std::string::npos);
    EXPECT_EQ(std::count(reason.begin(), reason.end(), '\n'), 1);
}

TEST_F(ScanFolderTest, NeverOverwritesInUnreadable) {
    watch();
    for (int i = 0; i < 2; ++i) {
        put("empty.png", "");
        ASSERT_TRUE(waits_until([&] { return !exists("empty.png"); }));
    }
    EXPECT_TRUE(waits_until([&] { return exists("unreadable/empty-1.png.reason.txt"); }));
    EXPECT_TRUE(exists("unreadable/empty.png"));
    EXPECT_TRUE(exists("unreadable/empty-1.png"));
}

TEST_F(ScanFolderTest, KeepsAnUnreadableFileThatCannotBeMoved) {
    watch();
    std::filesystem::remove(path("unreadable")); // there is no place to put it any more
    put("empty.png", "");
    EXPECT_TRUE(complains_of("folder.move"));
    EXPECT_TRUE(exists("empty.png"));
    put("next.png", "goes on");
    EXPECT_EQ(as_text(next().bytes), "goes on");
}

TEST(ScanFolder, SaysWhyItCannotOpen) {
    const support::TemporaryFolder root;
    const auto open = [&](const std::string& path) {
        folder::Options options;
        options.path = path;
        return folder::ScanFolder::open(std::move(options), [](const drivers::Reading&) {});
    };
    const auto missing = open((root / "missing").string());
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, "folder.open");
    EXPECT_NE(missing.error().detail.find("missing"), std::string::npos);

    std::ofstream(root / "file") << "x";
    EXPECT_EQ(open((root / "file").string()).error().code, "folder.open");

    // done/ must be a folder of its own: a link could lead the files anywhere.
    std::filesystem::create_directory(root / "linked");
    std::filesystem::create_directory_symlink("/tmp", root / "linked" / "done");
    EXPECT_EQ(open((root / "linked").string()).error().code, "folder.open");
}

} // namespace
} // namespace tidewaiter::test
