#include "daemon/decoder/client.hpp"

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/daemon/decoder/process_state.hpp"

#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <unistd.h>

namespace tidewaiter::decoder {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

/// What a decoder says when it is ready: a frame of three bytes, {1: 0}.
constexpr std::string_view kReady = R"(printf '\000\000\000\003\241\001\000'; )";

/// A shell script in the decoder's place.
class HostileChild : public testing::Test {
  protected:
    std::string script(std::string_view body) {
        const auto path = folder_ / "decoder";
        std::ofstream(path) << "#!/bin/sh\n" << body << '\n';
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path.string();
    }

    /// Two pictures to such a child: both end in this error, neither takes much longer than its deadline.
    void expect(std::string_view body, std::string_view code, std::size_t picture_bytes = 100) {
        DecoderProcess decoder({.program = script(body), .start_deadline = milliseconds(500)});
        for (int i = 0; i < 2; ++i) {
            const auto begin = Steady::now();
            const auto found = decoder.decode(Bytes(picture_bytes, 'x'), milliseconds(300));
            EXPECT_LT(Steady::now() - begin, std::chrono::seconds(5)) << body;
            ASSERT_FALSE(found) << body;
            EXPECT_EQ(found.error().code, code) << body << ": " << found.error().detail;
        }
    }

    support::TemporaryFolder folder_;
};

TEST_F(HostileChild, NeverGetsReady) {
    expect("exec sleep 1000", "decoder.start");
    expect("exit 3", "decoder.start");
    expect("kill -9 $$", "decoder.start");
    expect("echo garbage that is no frame; exec sleep 1000", "decoder.start");
    expect("exec cat /dev/zero", "decoder.start");
}

TEST_F(HostileChild, IsNotThere) {
    DecoderProcess missing({.program = (folder_ / "missing").string()});
    const Status started = missing.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, "decoder.start");
    EXPECT_NE(started.error().detail.find("missing: No such file"), std::string::npos) << started.error().detail;
    EXPECT_FALSE(is_unreadable(missing.decode(Bytes(10), milliseconds(100)).error()));
    std::ofstream(folder_ / "plain") << "no program";
    DecoderProcess plain({.program = (folder_ / "plain").string()});
    EXPECT_EQ(plain.start().error().code, "decoder.start");
}

TEST_F(HostileChild, SaysHowItEnded) {
    DecoderProcess decoder({.program = script("exit 3")});
    EXPECT_NE(decoder.start().error().detail.find("exit status 3"), std::string::npos);
}

TEST_F(HostileChild, HangsWithoutReading) {
    expect(std::string(kReady) + "exec sleep 1000", "decoder.timeout");
    expect(std::string(kReady) + "exec sleep 1000", "decoder.timeout", /*picture_bytes=*/4'000'000);
}

TEST_F(HostileChild, ReadsAndNeverAnswers) {
    expect(std::string(kReady) + "exec cat >/dev/null", "decoder.timeout", /*picture_bytes=*/4'000'000);
}

TEST_F(HostileChild, EndsInsteadOfAnswering) {
    expect(std::string(kReady) + "head -c 20 >/dev/null; exit 0", "decoder.died");
    expect(std::string(kReady) + "head -c 20 >/dev/null; kill -SEGV $$", "decoder.died");
    // A part of an answer, then the end.
    expect(std::string(kReady) + R"(head -c 20 >/dev/null; printf '\000\000\000\003\241')", "decoder.died");
}

TEST_F(HostileChild, AnswersInPartAndHangs) {
    expect(std::string(kReady) + R"(head -c 20 >/dev/null; printf '\000\017\000\000\241'; exec sleep 1000)",
           "decoder.timeout");
}

TEST_F(HostileChild, Floods) {
    expect(std::string(kReady) + "head -c 20 >/dev/null; exec cat /dev/zero", "decoder.protocol");
    expect(std::string(kReady) + R"(head -c 20 >/dev/null; while :; do printf '\377\377\377\377'; done)",
           "decoder.protocol");
}

TEST_F(HostileChild, Lies) {
    const std::string read = std::string(kReady) + "head -c 108 >/dev/null; ";
    expect(read + kReady.data() + "exec sleep 1000", "decoder.protocol");
    expect(read + R"(printf '\000\000\000\003\377\377\377'; exec sleep 1000)", "decoder.protocol");
    // {1: 2, 3: "store.full"}: an error that is not a decoder's to give.
    expect(read + R"(printf '\000\000\000\017\242\001\002\003\152store.full'; exec sleep 1000)", "decoder.protocol");
}

TEST_F(HostileChild, IsEndedWithAllItsChildren) {
    const auto note = folder_ / "grandchild";
    int grandchild = 0;
    {
        DecoderProcess decoder(
            {.program = script("sleep 1000 & echo $! >" + note.string() + "; " + std::string(kReady) + "exec sleep 1000")});
        ASSERT_TRUE(decoder.start());
        std::ifstream(note) >> grandchild;
        ASSERT_GT(grandchild, 0);
        ASSERT_EQ(::kill(grandchild, 0), 0);
    }
    // Killed; whoever inherits it may still have to collect it.
    EXPECT_TRUE(test::ends_soon(grandchild));
}

TEST_F(HostileChild, InheritsNothingButItsSocket) {
    const std::ofstream open_in_the_parent(folder_ / "open");
    DecoderProcess decoder({.program = script(std::string(kReady) + "exec sleep 1000")});
    ASSERT_TRUE(decoder.start());
    const std::string process = "/proc/" + std::to_string(decoder.child());
    const auto is_replaced = [&] {
        std::ifstream file(process + "/comm");
        std::string name;
        return std::getline(file, name) && name == "sleep";
    };
    const auto end = Steady::now() + std::chrono::seconds(10);
    while (!is_replaced() && Steady::now() < end) ::usleep(2'000);
    ASSERT_TRUE(is_replaced());
    std::set<std::string> descriptors;
    for (const auto& entry : std::filesystem::directory_iterator(process + "/fd"))
        descriptors.insert(entry.path().filename().string());
    EXPECT_EQ(descriptors, (std::set<std::string>{"0", "1", "2"}));
}

} // namespace
} // namespace tidewaiter::decoder
