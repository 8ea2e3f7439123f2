#include "ledger/state/view.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::state {
namespace {

Bytes text_value(std::string_view text) {
    return to_bytes(as_bytes(text));
}

TEST(Overlay, ReadsItsOwnChangesBeforeTheBase) {
    MemoryView base;
    base.put("carnet/us", "a", text_value("old"));
    base.put("carnet/us", "b", text_value("kept"));
    Overlay overlay(base);
    overlay.put("carnet/us", "a", text_value("new"));
    overlay.put("carnet/de", "a", text_value("other namespace"));
    EXPECT_EQ(*overlay.get("carnet/us", "a"), text_value("new"));
    EXPECT_EQ(*overlay.get("carnet/us", "b"), text_value("kept"));
    EXPECT_EQ(*overlay.get("carnet/de", "a"), text_value("other namespace"));
    EXPECT_EQ(*base.get("carnet/us", "a"), text_value("old"));
}

TEST(Overlay, HidesWhatItErased) {
    MemoryView base;
    base.put("identity", "a", text_value("x"));
    Overlay overlay(base);
    overlay.erase("identity", "a");
    EXPECT_EQ(*overlay.get("identity", "a"), std::nullopt);
    base.apply(overlay.changes());
    EXPECT_TRUE(base.records().empty());
}

TEST(Overlay, AbsorbLetsTheOtherWin) {
    const MemoryView base;
    Overlay mine(base);
    mine.put("identity", "a", text_value("mine"));
    mine.put("identity", "b", text_value("mine"));
    Overlay theirs(base);
    theirs.put("identity", "a", text_value("theirs"));
    theirs.erase("identity", "b");
    mine.absorb(theirs);
    EXPECT_EQ(*mine.get("identity", "a"), text_value("theirs"));
    EXPECT_EQ(*mine.get("identity", "b"), std::nullopt);
    EXPECT_EQ(mine.changes().at("identity").size(), 2U);
    mine.clear();
    EXPECT_TRUE(mine.changes().empty());
}

} // namespace
} // namespace tidewaiter::state
