#include "daemon/cli/desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter::cli {
namespace {

using testing::HasSubstr;

json::Value verdict() {
    const auto value =
        json::parse(R"({"verdict":"00ff","outcome":"decide","findings":[{"rule":"CAR-21","severity":"D",
        "text":"The final date has passed","citation":"ATA 5","facts":{"final date":"2026-11-13"}}],
        "subject":{"title":"ATA carnet F/1","compare":[["holder","Rhein\u001b[2J"]],"details":[["home","DE"]]},
        "next":[{"operation":"REEXPORT","sheet":2,"lines":"1-3","references":[1]}],"possession":"bearer only",
        "basis":{"state_height":7,"age_seconds":12,"freshness":"fresh","solo":true}})");
    EXPECT_TRUE(value.has_value());
    return *value;
}

TEST(VerdictText, ShowsOutcomeFindingsNextAndBasis) {
    const std::string text = verdict_text(verdict(), "5.png");
    EXPECT_TRUE(text.starts_with("OFFICER DECIDES  ATA carnet F/1  (5.png)\n")) << text;
    EXPECT_THAT(text, HasSubstr("[D] CAR-21 The final date has passed (final date 2026-11-13) <ATA 5>"));
    EXPECT_THAT(text, HasSubstr("next: REEXPORT sheet 2 lines 1-3 of sheet 1"));
    EXPECT_THAT(text, HasSubstr("as of block 7, 12 s old, fresh; a chain of one member"));
    EXPECT_THAT(text, HasSubstr("possession: bearer only"));
}

TEST(VerdictText, EscapesWhatOthersWrote) {
    const std::string text = verdict_text(verdict(), "");
    EXPECT_THAT(text, HasSubstr("holder: Rhein\\x1b[2J"));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(VerdictText, AnEmptyVerdictIsNotClear) {
    EXPECT_TRUE(verdict_text(json::object(), "").starts_with("CANNOT TELL"));
}

} // namespace
} // namespace tidewaiter::cli
