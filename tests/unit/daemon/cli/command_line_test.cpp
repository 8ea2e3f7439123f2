#include "daemon/cli/command_line.hpp"
#include "daemon/cli/desk.hpp"
#include "daemon/cli/keys.hpp"
#include "daemon/cli/light.hpp"
#include "daemon/cli/report.hpp"
#include "tests/support/temporary_folder.hpp"

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter::cli {
namespace {

using testing::HasSubstr;

struct Ran {
    int code = 0;
    std::string out;
    std::string err;
};
Ran run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "tidewaiter");
    std::vector<char*> argv;
    for (std::string& argument : arguments)
        argv.push_back(argument.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Ran ran;
    ran.code = run_command_line(static_cast<int>(argv.size()), argv.data());
    std::fflush(stdout);
    ran.out = testing::internal::GetCapturedStdout();
    ran.err = testing::internal::GetCapturedStderr();
    return ran;
}

TEST(CommandLine, WrongUseIsAnErrorThatSaysWhat) {
    const Ran unknown = run({"scn", "x"});
    EXPECT_EQ(unknown.code, kError);
    EXPECT_THAT(unknown.err, HasSubstr("no command 'scn'"));
    EXPECT_EQ(run({}).code, kError);
    EXPECT_THAT(run({"stamp", "ATA US US 26/104417", "--operation", "EXPORT"}).err,
                HasSubstr("--officer is required"));
    EXPECT_THAT(run({"stamp", "X", "--operation", "EXPORT", "--officer", "US-7Q4K2M", "--sheet", "100"}).err,
                HasSubstr("--sheet"));
    EXPECT_THAT(
        run({"stamp", "X", "--operation", "EXPORT", "--officer", "US-7Q4K2M", "--references", "1,0"}).err,
        HasSubstr("--references"));
    EXPECT_THAT(run({"explain", "-3"}).err, HasSubstr("-3"));
    EXPECT_THAT(run({"scan", "X", "--gateway", "ftp://x:1"}).err, HasSubstr("expected http://host:port"));
    EXPECT_EQ(run({"--help"}).code, kOk);
}

TEST(CommandLine, NothingAnswersThere) {
    const Ran ran = run({"status", "--gateway", "http://127.0.0.1:1"});
    EXPECT_EQ(ran.code, kUnreachable);
    EXPECT_THAT(ran.err, HasSubstr("is tidewaiterd running?"));
    EXPECT_EQ(run({"scan", "X", "Y", "--gateway", "127.0.0.1:1"}).code, kUnreachable);
}

TEST(CommandLine, MissingPicturesAndFilesAreNamed) {
    const Ran inspect = run({"inspect", "/nowhere/x.png", "--json"});
    EXPECT_EQ(inspect.code, kError);
    EXPECT_THAT(inspect.out, HasSubstr(R"("file":"/nowhere/x.png","symbols":[],"error":{"code":"files.missing")"));
    const Ran light = run({"light", "/nowhere/run.json"});
    EXPECT_EQ(light.code, kError);
    EXPECT_THAT(light.err, HasSubstr("/nowhere/run.json"));
}

TEST(CommandLine, ForeignTextIsEscaped) {
    const Ran ran = run({"inspect", "bad\x1b[31mtext"});
    EXPECT_EQ(ran.code, kOk);
    EXPECT_THAT(ran.out, HasSubstr("bad\\x1b[31mtext"));
    EXPECT_EQ(ran.out.find('\x1b'), std::string::npos);
}

TEST(CommandLine, KeygenMakesAPrivateFileOnce) {
    const support::TemporaryFolder folder;
    const std::string path = (folder / "device.key").string();
    const Ran made = run({"keygen", path, "--algorithm", "Ed25519"});
    ASSERT_EQ(made.code, kOk) << made.err;
    EXPECT_THAT(made.out, HasSubstr("tidewaiter-public-key-1 EdDSA "));
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_EQ(run({"keygen", path, "--public"}).out, made.out);
    const Ran again = run({"keygen", path});
    EXPECT_EQ(again.code, kError);
    EXPECT_THAT(again.err, HasSubstr("files.exists"));
    ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
    EXPECT_THAT(run({"keygen", path, "--public"}).err, HasSubstr("files.not-private"));
    EXPECT_THAT(run({"keygen", path + "2", "--algorithm", "RSA"}).err, HasSubstr("ES256 or EdDSA"));
}

TEST(CommandLine, RulesListsEachOnce) {
    const Ran ran = run({"rules", "--json"});
    EXPECT_EQ(ran.code, kOk);
    for (const char* rule : {"CAR-28", "GEN-01", "ORI-28"}) {
        const std::string wanted = R"({"rule":")" + std::string(rule) + "\"";
        const std::size_t first = ran.out.find(wanted);
        ASSERT_NE(first, std::string::npos) << rule;
        EXPECT_EQ(ran.out.find(wanted, first + 1), std::string::npos) << rule;
    }
}

TEST(Answers, AreYesOrNo) {
    EXPECT_EQ(*parse_answer("CAR-09=no"), std::pair(std::string("CAR-09"), false));
    EXPECT_EQ(*parse_answer("CAR-10=yes"), std::pair(std::string("CAR-10"), true));
    for (const char* wrong : {"CAR-09", "CAR-09=", "=no", "CAR-09=maybe"})
        EXPECT_EQ(parse_answer(wrong).error().code, "cli.answer") << wrong;
}

TEST(Pictures, AreKnownByTheirName) {
    EXPECT_TRUE(is_picture("1-export.png"));
    EXPECT_TRUE(is_picture("a/b.JPG"));
    EXPECT_FALSE(is_picture("ATA GB LO/26/00981"));
    EXPECT_FALSE(is_picture("TW1L:US*ATA*US26/104417*Y11*C"));
}

TEST(LightLine, SaysVerdictHeightAndReasonInWords) {
    EXPECT_EQ(light_line({{"height", 3}, {"verdict", "SUCCESS"}}), "SUCCESS height 3");
    EXPECT_EQ(light_line(
                  {{"height", 4}, {"verdict", "INVALID"}, {"text", "the chain is another"}, {"detail", "x"}}),
              "INVALID height 4: the chain is another (x)");
    EXPECT_EQ(light_line({{"verdict", "INVALID"}, {"expected", "SUCCESS"}, {"as_expected", false}}),
              "INVALID; EXPECTED SUCCESS");
}

TEST(ExitCodes, FollowTheOutcome) {
    EXPECT_EQ(exit_for("clear"), kOk);
    EXPECT_EQ(exit_for("refuse"), kRefuse);
    EXPECT_EQ(exit_for("decide"), kDecide);
    EXPECT_EQ(exit_for("cannot_tell"), kCannotTell);
}

} // namespace
} // namespace tidewaiter::cli
