#include "daemon/gateway/box.hpp"

#include "daemon/files/files.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/crypto/keys.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::gateway {
namespace {

constexpr std::uint64_t kRoomy = 64U << 20;
constexpr UnixTime kNow = 1'764'000'000;

class BoxTest : public ::testing::Test {
  protected:
    [[nodiscard]] Result<Box> open(std::uint64_t max_bytes = kRoomy) const {
        return Box::open(folder_.path().string(), max_bytes, key_.public_key());
    }
    /// As an intruder with a database tool would.
    void run(std::string_view statement) const {
        auto database = store::Database::open(
            (folder_ / "box.db").string(),
            {.name = "box", .application_id = 0x5457'424f, .migrations = kVersions}, {});
        ASSERT_TRUE(database) << database.error().detail;
        ASSERT_TRUE(database->run(std::string(statement)));
    }

    static constexpr std::string_view kVersions[] = {"", ""};
    support::TemporaryFolder folder_;
    crypto::PrivateKey key_ = crypto::PrivateKey::generate(crypto::Algorithm::Es256);
};

KeptVerdict verdict_of(std::uint8_t number, std::size_t size = 100) {
    KeptVerdict kept{.at = kNow, .source = "console", .text = "ATA US US26/104417", .verdict = Bytes(size, number)};
    kept.id.fill(number);
    return kept;
}

OutboxRow row_of(std::uint32_t sequence) {
    OutboxRow row{.sequence = sequence,
                  .transaction = Bytes(300, static_cast<std::uint8_t>(sequence)),
                  .record = {"carnet/us", "ATA:US26/104417"},
                  .operation = "EXPORT",
                  .lines = "1-7",
                  .officer = "US-7Q4K2M",
                  .at = kNow};
    row.stamp = crypto::sha256(row.transaction);
    return row;
}

void keep_stamps(Box& box, int count) {
    for (int i = 0; i < count; ++i) {
        const Status kept = box.keep_stamp(row_of(box.next_sequence()), {}, std::nullopt);
        ASSERT_TRUE(kept) << kept.error().detail;
    }
}

TEST_F(BoxTest, StartsEmptyAndTrusted) {
    const auto box = open();
    ASSERT_TRUE(box) << box.error().detail;
    EXPECT_EQ(box->journal(), JournalHead{});
    EXPECT_EQ(box->next_sequence(), 1U);
    EXPECT_FALSE(box->distrust());
}

TEST_F(BoxTest, RemembersEverythingOverARestart) {
    JournalHead head;
    {
        auto box = open();
        ASSERT_TRUE(box);
        ASSERT_TRUE(box->append_start(kNow, "lane1"));
        ASSERT_TRUE(box->keep_verdict(verdict_of(7), Hash{}));
        keep_stamps(*box, 3);
        head = box->journal();
        EXPECT_EQ(head.rows, 6U) << "a start, a scan and its verdict, three stamps";
    }
    auto box = open();
    ASSERT_TRUE(box);
    EXPECT_EQ(box->journal(), head);
    EXPECT_EQ(box->next_sequence(), 4U);
    EXPECT_FALSE(box->distrust());
    const auto kept = box->verdict(verdict_of(7).id);
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ((*kept)->text, "ATA US US26/104417");
    EXPECT_EQ((*kept)->verdict, verdict_of(7).verdict);
    const auto rows = box->open_rows();
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 3U);
    EXPECT_EQ(rows->front().sequence, 1U);
    EXPECT_EQ(rows->front().transaction, row_of(1).transaction);
    EXPECT_EQ(rows->back().sequence, 3U);
}

TEST_F(BoxTest, ARowGoesItsWayAndNeverBack) {
    auto box = open();
    ASSERT_TRUE(box);
    keep_stamps(*box, 1);
    const Hash stamp = row_of(1).stamp;
    const auto status = [&] { return (*box->row(stamp))->status; };
    EXPECT_EQ(status(), OutboxStatus::Waiting);
    ASSERT_TRUE(box->set_sent({stamp}));
    EXPECT_EQ(status(), OutboxStatus::Sent);
    ASSERT_TRUE(box->park(stamp, "refused by relay r"));
    EXPECT_EQ(status(), OutboxStatus::Parked);
    ASSERT_TRUE(box->unpark());
    EXPECT_EQ(status(), OutboxStatus::Waiting);
    ASSERT_TRUE(box->anchor(stamp, {.outcome = application::StampOutcome::Late, .why = {}, .inclusion = {.height = 9, .time = {}}},
                            kNow));
    EXPECT_EQ(status(), OutboxStatus::Anchored);
    ASSERT_TRUE(box->park(stamp, "too late"));
    ASSERT_TRUE(box->set_sent({stamp}));
    ASSERT_TRUE(box->unpark());
    const auto row = box->row(stamp);
    EXPECT_EQ((*row)->status, OutboxStatus::Anchored) << "an outcome of the ledger was undone by a relay's word";
    EXPECT_EQ((*row)->outcome, application::StampOutcome::Late);
    EXPECT_EQ((*row)->height, 9U);
    EXPECT_TRUE(box->open_rows()->empty());
}

TEST_F(BoxTest, TheSameSequenceTwiceIsRefusedAndLeavesNothing) {
    auto box = open();
    ASSERT_TRUE(box);
    keep_stamps(*box, 1);
    const JournalHead head = box->journal();
    OutboxRow again = row_of(1);
    again.stamp = crypto::sha256(Bytes{1});
    const Status kept = box->keep_stamp(again, {}, std::nullopt);
    ASSERT_FALSE(kept);
    EXPECT_TRUE(kept.error().code.starts_with("store.")) << kept.error().code;
    EXPECT_EQ(box->journal(), head);
    EXPECT_TRUE(box->check_journal(100));
    EXPECT_EQ(box->next_sequence(), 2U);
}

TEST_F(BoxTest, EveryAlteredRowIsFound) {
    {
        auto box = open();
        ASSERT_TRUE(box);
        keep_stamps(*box, 5);
    }
    for (const char* change :
         {"UPDATE journal SET content = x'00' WHERE row = 3", "UPDATE journal SET at = at + 1 WHERE row = 1",
          "UPDATE journal SET kind = 1 WHERE row = 5", "UPDATE journal SET hash = zeroblob(32) WHERE row = 2"}) {
        SCOPED_TRACE(change);
        const auto original = files::read(folder_ / "box.db", kRoomy);
        ASSERT_TRUE(original);
        run(change);
        auto box = open();
        ASSERT_TRUE(box) << "it must go on judging: " << box.error().detail;
        ASSERT_TRUE(box->distrust());
        EXPECT_NE(box->distrust()->find("was altered or is missing"), std::string::npos) << *box->distrust();
        const Status checked = box->check_journal(100);
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().code, "box.journal");
        box = fail("test.closed", "");
        ASSERT_TRUE(files::write_atomically(folder_ / "box.db", *original));
    }
    EXPECT_FALSE(open()->distrust()) << "the original is trusted again";
}

TEST_F(BoxTest, AMissingRowIsFound) {
    {
        auto box = open();
        ASSERT_TRUE(box);
        keep_stamps(*box, 5);
    }
    run("DELETE FROM journal WHERE row = 3");
    const auto box = open();
    ASSERT_TRUE(box && box->distrust());
    EXPECT_NE(box->distrust()->find("row 3"), std::string::npos) << *box->distrust();
}

TEST_F(BoxTest, TheCheckpointTellsARestoredBox) {
    Bytes old;
    {
        auto box = open();
        ASSERT_TRUE(box);
        keep_stamps(*box, 2);
    }
    old = files::read(folder_ / "box.db", kRoomy).value();
    {
        auto box = open();
        ASSERT_TRUE(box);
        keep_stamps(*box, 1);
        ASSERT_TRUE(box->write_checkpoint(key_));
    }
    EXPECT_FALSE(open()->distrust()) << "level with its check-point";
    ASSERT_TRUE(files::write_atomically(folder_ / "box.db", old));
    const auto box = open();
    ASSERT_TRUE(box && box->distrust());
    EXPECT_NE(box->distrust()->find("older than its check-point (row 3)"), std::string::npos) << *box->distrust();
}

TEST_F(BoxTest, ADamagedCheckpointIsNoReasonToTrust) {
    {
        auto box = open();
        ASSERT_TRUE(box);
        keep_stamps(*box, 1);
    }
    for (const char* text : {"", "x", "1", "1 ", "1 00", "99999999999999999999 00", "-1 00"}) {
        SCOPED_TRACE(text);
        ASSERT_TRUE(files::write_atomically(folder_ / "journal.checkpoint", std::string_view(text)));
        const auto box = open();
        ASSERT_TRUE(box && box->distrust());
        EXPECT_TRUE(box->distrust()->starts_with("journal.checkpoint is damaged")) << *box->distrust();
    }
}

TEST_F(BoxTest, ACheckpointThatAnotherKeySignedIsNone) {
    {
        auto box = open();
        ASSERT_TRUE(box);
        keep_stamps(*box, 2);
        ASSERT_TRUE(box->write_checkpoint(crypto::PrivateKey::generate(crypto::Algorithm::Es256)));
    }
    const auto box = open();
    ASSERT_TRUE(box && box->distrust());
    EXPECT_NE(box->distrust()->find("not signed by this device"), std::string::npos) << *box->distrust();
}

TEST_F(BoxTest, WhenFullNothingOfAStepIsKept) {
    auto box = open(200'000);
    ASSERT_TRUE(box);
    std::uint8_t number = 0;
    Status kept;
    while ((kept = box->keep_verdict(verdict_of(number, 8'000), Hash{}))) ASSERT_LT(++number, 200);
    EXPECT_EQ(kept.error().code, "store.full");
    EXPECT_EQ(box->journal().rows, 2U * number);
    EXPECT_FALSE(*box->verdict(verdict_of(number).id)) << "half of a step was kept";
    EXPECT_TRUE(box->check_journal(10'000));

    OutboxRow large = row_of(box->next_sequence());
    large.transaction.resize(60'000);
    const Status stamped = box->keep_stamp(large, {}, std::nullopt);
    ASSERT_FALSE(stamped);
    EXPECT_EQ(stamped.error().code, "store.full");
    EXPECT_EQ(box->next_sequence(), 1U) << "a number was used up";
    EXPECT_TRUE(box->open_rows()->empty());
    EXPECT_EQ(box->verdicts(1000)->size(), number);
}

} // namespace
} // namespace tidewaiter::gateway
