#include "tests/unit/drivers/folder/scan_folder_fixture.hpp"

#include <atomic>
#include <fstream>

namespace tidewaiter::test {
namespace {

using std::chrono::milliseconds;

TEST_F(ScanFolderTest, HandsOverWhatLiesThereAtTheStart) {
    put("before.png", "picture");
    watch();
    const drivers::Reading reading = next();
    EXPECT_EQ(reading.name, "before.png");
    EXPECT_EQ(as_text(reading.bytes), "picture");
    EXPECT_EQ(reading.content, drivers::Content::Picture);
    EXPECT_EQ(reading.device, "folder:scan");
    EXPECT_EQ(reading.received, 1'764'000'000);
}

TEST_F(ScanFolderTest, HandsOverAClosedFileAtOnceAndOnlyOnce) {
    watch(/*max_bytes=*/1'000, /*settle=*/std::chrono::minutes(1));
    put("a.png", "one");
    EXPECT_EQ(next().name, "a.png");
    EXPECT_TRUE(nothing_for(milliseconds(2'300))); // longer than a listing takes to come round
}

TEST_F(ScanFolderTest, HandsOverAFileRenamedIn) {
    watch(/*max_bytes=*/1'000, /*settle=*/std::chrono::minutes(1));
    put_by_rename("renamed.jpg", "two");
    EXPECT_EQ(as_text(next().bytes), "two");
}

TEST_F(ScanFolderTest, WaitsForAFileThatIsStillWritten) {
    watch(/*max_bytes=*/1'000, /*settle=*/milliseconds(600));
    std::ofstream file(path("slow.png"), std::ios::binary);
    for (const char part : {'a', 'b', 'c'}) {
        file << part << std::flush;
        EXPECT_TRUE(nothing_for(milliseconds(150)));
    }
    // Never closed: taken once it stands still.
    EXPECT_EQ(as_text(next().bytes), "abc");
}

TEST_F(ScanFolderTest, TakesAFileMadeEmptyAndFilledLater) {
    watch();
    put("late.png", "");
    put("late.png", "filled");
    EXPECT_EQ(as_text(next().bytes), "filled");
}

TEST_F(ScanFolderTest, LeavesWorkInProgressAndFoldersAlone) {
    watch();
    put(".hidden", "x");
    put("scan.part", "x");
    put("scan.tmp", "x");
    std::filesystem::create_directory(path("folder.png"));
    EXPECT_TRUE(nothing_for(milliseconds(500)));
    std::filesystem::rename(path("scan.part"), path("scan.png"));
    EXPECT_EQ(next().name, "scan.png");
    EXPECT_TRUE(exists("folder.png"));
}

TEST_F(ScanFolderTest, MovesOnTheCallersWordWithoutOverwriting) {
    watch();
    for (const char* text : {"first", "second", "third"}) {
        put("a.b.png", text);
        ASSERT_EQ(as_text(next().bytes), text);
        const Status accepted = folder().accept("a.b.png");
        ASSERT_TRUE(accepted) << accepted.error().detail;
        EXPECT_FALSE(exists("a.b.png"));
    }
    EXPECT_EQ(content("done/a.b.png"), "first");
    EXPECT_EQ(content("done/a.b-1.png"), "second");
    EXPECT_EQ(content("done/a.b-2.png"), "third");
}

TEST_F(ScanFolderTest, RefusingLeavesTheReasonBesideTheFile) {
    watch();
    put("blurred", "x");
    ASSERT_EQ(next().name, "blurred");
    ASSERT_TRUE(folder().refuse("blurred", "no symbol\nwas found \x01"));
    EXPECT_EQ(content("unreadable/blurred"), "x");
    EXPECT_EQ(content("unreadable/blurred.reason.txt"), printable("no symbol\nwas found \x01") + "\n");
}

TEST_F(ScanFolderTest, KnowsOnlyNamesItHandedOver) {
    watch();
    put("a.png", "x");
    ASSERT_EQ(next().name, "a.png");
    for (const char* name : {"b.png", "../a.png", "done", ""}) {
        EXPECT_EQ(folder().accept(name).error().code, "folder.unknown") << name;
        EXPECT_EQ(folder().refuse(name, "why").error().code, "folder.unknown") << name;
    }
    ASSERT_TRUE(folder().accept("a.png"));
    EXPECT_EQ(folder().accept("a.png").error().code, "folder.unknown");
}

TEST_F(ScanFolderTest, AFileThatChangedMeanwhileIsHandedOverAgain) {
    watch();
    put("a.png", "old");
    ASSERT_EQ(as_text(next().bytes), "old");
    put("a.png", "newer");
    ASSERT_TRUE(folder().accept("a.png"));
    EXPECT_EQ(as_text(next().bytes), "newer");
    ASSERT_TRUE(folder().accept("a.png"));
    EXPECT_EQ(content("done/a.png"), "newer");
}

TEST_F(ScanFolderTest, APostponedFileIsHandedOverAgain) {
    watch();
    put("a.png", "x");
    ASSERT_EQ(next().name, "a.png");
    ASSERT_TRUE(folder().postpone("a.png"));
    EXPECT_EQ(next().name, "a.png");
    ASSERT_TRUE(folder().accept("a.png"));
    EXPECT_EQ(folder().postpone("a.png").error().code, "folder.unknown");
}

TEST_F(ScanFolderTest, HandsOverNoMoreThanTheCallerHasInHand) {
    for (int i = 0; i < 12; ++i) put("f" + std::to_string(i), "x");
    watch();
    std::vector<std::string> in_hand;
    for (int i = 0; i < 8; ++i) in_hand.push_back(next().name);
    EXPECT_TRUE(nothing_for(milliseconds(400)));
    for (std::size_t answered = 0; answered < 12; ++answered) {
        ASSERT_TRUE(folder().accept(in_hand[answered]));
        if (answered < 4) in_hand.push_back(next().name);
    }
    EXPECT_TRUE(nothing_for(milliseconds(400)));
    EXPECT_TRUE(exists("done/f11"));
}

TEST_F(ScanFolderTest, TheSinkItselfMayAccept) {
    std::filesystem::create_directories(path());
    std::unique_ptr<folder::ScanFolder> opened;
    std::atomic<int> accepted = 0;
    std::mutex ready; // held until `opened` is set
    ready.lock();
    folder::Options options;
    options.path = path().string();
    options.settle = milliseconds(50);
    auto result = folder::ScanFolder::open(std::move(options), [&](const drivers::Reading& reading) {
        const std::scoped_lock lock(ready);
        if (opened->accept(reading.name)) ++accepted;
    });
    ASSERT_TRUE(result);
    opened = std::move(*result);
    ready.unlock();
    for (int i = 0; i < 20; ++i) put("f" + std::to_string(i), "x");
    EXPECT_TRUE(waits_until([&] { return accepted == 20; }));
    opened.reset();
}

TEST_F(ScanFolderTest, FindsTheFolderAgainAfterItWasReplaced) {
    watch();
    std::filesystem::remove_all(path());
    ASSERT_TRUE(complains_of("folder.gone"));
    put("again.png", "back");
    EXPECT_EQ(as_text(next().bytes), "back");
    ASSERT_TRUE(folder().accept("again.png"));
    EXPECT_EQ(content("done/again.png"), "back");
}

TEST_F(ScanFolderTest, EndsWhileFilesWait) {
    watch(/*max_bytes=*/1'000, /*settle=*/std::chrono::minutes(1));
    put("waiting.png", "");
    const auto begin = std::chrono::steady_clock::now();
    stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
    EXPECT_TRUE(exists("waiting.png"));
}

} // namespace
} // namespace tidewaiter::test
