#include "tests/support/carnet_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter::test {
namespace {

using carnet::CarnetStatus;
using carnet::Flag;
using carnet::ObligationKind;
using carnet::Operation;

std::string open_of(const CarnetWorld& world, ObligationKind kind, const std::string& territory = {}) {
    const carnet::Balances balances = world.fold();
    carnet::Pieces sum(world.carnet.items.size(), 0);
    for (const carnet::Position& position : balances.positions) {
        if (position.kind != kind || (!territory.empty() && position.territory != territory)) continue;
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += position.open[i];
    }
    return carnet::to_text(sum, world.carnet.items);
}

std::string proven_of(const CarnetWorld& world, const std::string& territory) {
    const carnet::Balances balances = world.fold();
    carnet::Pieces sum(world.carnet.items.size(), 0);
    for (const carnet::Position& position : balances.positions) {
        if (position.kind != ObligationKind::Admission || position.territory != territory) continue;
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += position.proven[i];
    }
    return carnet::to_text(sum, world.carnet.items);
}

TEST(CarnetFold, ForeignImportImpliesTheExit) {
    CarnetWorld world;
    world.stamp(Operation::PreExport, 1, "USJFK", "2026-03-02T15:10-05:00", "1-3");
    EXPECT_EQ(open_of(world, ObligationKind::PreExport), "1-3");
    world.imported(1, "GBLHR", "2026-03-03T07:45+00:00", "1");
    EXPECT_EQ(open_of(world, ObligationKind::Home), "1-3") << "all of the pre-exportation has left";
    EXPECT_EQ(open_of(world, ObligationKind::PreExport), "");
    world.stamp(Operation::Exit, 1, "USJFK", "2026-03-04T15:10-05:00", "1-3");
    EXPECT_EQ(open_of(world, ObligationKind::Home), "1-3") << "the exit opens nothing more";
}

TEST(CarnetFold, ExitOpensWhatWasReserved) {
    CarnetWorld world;
    world.stamp(Operation::PreExport, 1, "USJFK", "2026-03-02T15:10-05:00", "1,2x2");
    world.stamp(Operation::Exit, 1, "USJFK", "2026-03-02T18:10-05:00", "1-2");
    EXPECT_EQ(open_of(world, ObligationKind::Home), "1,2x2");
    EXPECT_EQ(open_of(world, ObligationKind::PreExport), "");
}

TEST(CarnetFold, ImportElsewhereProvesTheExitButDoesNotCloseIt) {
    CarnetWorld world;
    world.exported()
        .imported(1, "FRCQF", "2026-03-03T07:45+01:00", "1-2")
        .imported(2, "GBLHR", "2026-03-05T07:45+00:00", "1,2x3");
    EXPECT_EQ(open_of(world, ObligationKind::Admission, "EU"), "1-2");
    EXPECT_EQ(proven_of(world, "EU"), "1,2x3");
    EXPECT_EQ(proven_of(world, "GB"), "");
}

TEST(CarnetFold, ReturnProvesExitsInOtherTerritories) {
    CarnetWorld world;
    world.exported().imported(1, "FRCQF", "2026-03-03T07:45+01:00");
    world.stamp(Operation::Reimport, 1, "USJFK", "2026-03-09T15:10-05:00", "1-2", {.references = {1}});
    EXPECT_EQ(proven_of(world, "EU"), "1-2");
    EXPECT_EQ(open_of(world, ObligationKind::Home), "3-4");
}

TEST(CarnetFold, NotReimportedPiecesProveNothing) {
    CarnetWorld world;
    world.exported().imported(1, "FRCQF", "2026-03-03T07:45+01:00");
    world.stamp(Operation::Reimport, 1, "USJFK", "2026-03-09T15:10-05:00", "1-2",
                {.references = {1}, .not_reimported = "3-4"});
    EXPECT_EQ(open_of(world, ObligationKind::Home), "");
    EXPECT_EQ(proven_of(world, "EU"), "1-2") << "items 3 and 4 stayed abroad";
}

TEST(CarnetFold, NothingIsProvenOfAnAdmissionThatThePortDidNotKnow) {
    CarnetWorld world;
    world.exported().imported(1, "FRCQF", "2026-03-03T07:45+01:00");
    world.stamp(Operation::Import, 2, "GBLHR", "2026-03-05T07:45+00:00", "1-4", {.is_stranger = true});
    EXPECT_EQ(proven_of(world, "EU"), "");
    const auto conflicts = world.fold().conflicts;
    ASSERT_EQ(conflicts.size(), 1U);
    EXPECT_EQ(conflicts[0].rule, "CAR-66");
    EXPECT_EQ(conflicts[0].second, 3U) << "reported at the later one";
}

TEST(CarnetFold, StrangersWithPiecesForBothDoNotConflict) {
    CarnetWorld world;
    world.exported().imported(1, "FRCQF", "2026-03-03T07:45+01:00", "2x2");
    world.stamp(Operation::Import, 2, "GBLHR", "2026-03-05T07:45+00:00", "2x2", {.is_stranger = true});
    EXPECT_TRUE(world.fold().conflicts.empty());
}

TEST(CarnetFold, WrongReferencesTakeFromTheOldest) {
    CarnetWorld world;
    world.exported()
        .imported(1, "GBLHR", "2026-03-03T07:45+00:00", "2x2")
        .imported(2, "GBLHR", "2026-03-04T07:45+00:00", "2x2");
    world.stamp(Operation::Reexport, 1, "GBLHR", "2026-03-05T07:45+00:00", "2x3", {.references = {4}});
    const carnet::Balances balances = world.fold();
    ASSERT_EQ(balances.positions.size(), 3U);
    EXPECT_TRUE(carnet::none(balances.positions[1].open));
    EXPECT_EQ(carnet::to_text(balances.positions[2].open, world.carnet.items), "2x1");
}

TEST(CarnetFold, PiecesBeyondWhatIsOpenMoveNothing) {
    CarnetWorld world;
    world.exported("1").stamp(Operation::Reimport, 1, "USJFK", "2026-03-09T15:10-05:00", "1-4",
                              {.references = {1}});
    EXPECT_EQ(open_of(world, ObligationKind::Home), "");
    EXPECT_EQ(carnet::to_text(world.fold().reimported, world.carnet.items), "1");
}

TEST(CarnetFold, LateAndRefusedStampsHaveNoEffect) {
    CarnetWorld world;
    world.exported();
    for (const auto outcome : {carnet::StampOutcome::Late, carnet::StampOutcome::Refused})
        world.stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1", {.outcome = outcome});
    EXPECT_EQ(open_of(world, ObligationKind::Admission), "");
    world.stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "2",
                {.outcome = carnet::StampOutcome::Orphan});
    EXPECT_EQ(open_of(world, ObligationKind::Admission), "2")
        << "an orphan takes effect once its carnet is known";
}

TEST(CarnetFold, NotProducedStaysOpenUnlessRegularised) {
    CarnetWorld world;
    world.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00", "1-2");
    world.stamp(Operation::Reexport, 1, "GBLHR", "2026-03-05T07:45+00:00", "1,2x2",
                {.references = {1}, .not_produced = "2x2"});
    EXPECT_EQ(open_of(world, ObligationKind::Admission), "2x2");
    EXPECT_EQ(carnet::to_text(world.fold().missing, world.carnet.items), "2x2");

    CarnetWorld settled;
    settled.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00", "1-2");
    settled.stamp(Operation::Reexport, 1, "GBLHR", "2026-03-05T07:45+00:00", "1,2x2",
                  {.references = {1}, .not_produced = "2x2", .is_regularised = true});
    EXPECT_EQ(open_of(settled, ObligationKind::Admission), "");
    EXPECT_EQ(carnet::to_text(settled.fold().regularised, settled.carnet.items), "2x2");
}

TEST(CarnetFold, SeizureStopsTheClockOfTheSheet) {
    CarnetWorld world;
    world.exported().stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-2",
                           {.final_date = "2026-04-30"});
    const Hash seizure = world.record(Operation::Seize, "GBLHR", "2026-03-05T07:45+00:00", "1", {1},
                                      carnet::SeizeBody{"SZ-1", 1});
    EXPECT_EQ(carnet::to_text(world.fold().positions[1].held, world.carnet.items), "1");
    world.record(Operation::Release, "GBLHR", "2026-03-15T07:45+00:00", "1", {1},
                 carnet::ReleaseBody{seizure});
    EXPECT_TRUE(carnet::none(world.fold().positions[1].held));
    EXPECT_EQ(format_date(world.fold().positions[1].final_date), "2026-05-10")
        << "ten days held, ten days more";
}

TEST(CarnetFold, ExtensionMovesTheFinalDate) {
    CarnetWorld world;
    world.exported().stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-2",
                           {.final_date = "2026-04-30"});
    world.record(Operation::ExtendFinal, "GBLHR", "2026-04-05T07:45+00:00", "", {1},
                 carnet::ExtendBody{day("2026-08-31"), "EXT-1"});
    EXPECT_EQ(format_date(world.fold().positions[1].final_date), "2026-08-31");
}

TEST(CarnetFold, FollowsTheChainWhereClocksDisagree) {
    CarnetWorld world;
    world.exported();
    // The port's clock runs an hour behind: its time lies before the exportation that it knew.
    world.imported(1, "GBLHR", "2026-03-02T19:45+00:00", "1-4");
    const carnet::Balances balances = world.fold();
    EXPECT_THAT(balances.order, testing::ElementsAre(0, 1, 2));
    EXPECT_TRUE(balances.conflicts.empty());
}

TEST(CarnetStatus, FirstThatHoldsWins) {
    CarnetWorld world;
    world.exported();
    carnet::Head& head = world.carnet.head;
    head.status = CarnetStatus::Active;
    const auto on = [&](const char* date) { return carnet::status_on(head, world.fold(), day(date)); };
    EXPECT_EQ(on("2027-02-14"), CarnetStatus::Active);
    EXPECT_EQ(on("2027-02-15"), CarnetStatus::ExpiredOpen);
    EXPECT_EQ(on("2028-02-14"), CarnetStatus::ExpiredOpen) << "the last day of the claim window";
    EXPECT_EQ(on("2028-02-15"), CarnetStatus::Discharged) << "the claim window has closed";
    head.set(Flag::Returned, true);
    EXPECT_EQ(on("2027-02-15"), CarnetStatus::Returned);
    world.stamp(Operation::Reimport, 1, "USJFK", "2026-03-09T15:10-05:00", "1-4", {.references = {1}});
    EXPECT_EQ(on("2027-02-15"), CarnetStatus::Discharged);
    head.set(Flag::Returned, false);
    EXPECT_EQ(on("2027-02-15"), CarnetStatus::Expired);
    head.set(Flag::GuaranteeDispute, true);
    EXPECT_EQ(on("2027-02-15"), CarnetStatus::Suspended);
    head.set(Flag::Superseded, true);
    EXPECT_EQ(on("2027-02-15"), CarnetStatus::Superseded);
    head.status = CarnetStatus::Withdrawn;
    EXPECT_EQ(on("2027-02-15"), CarnetStatus::Withdrawn);
}

TEST(CarnetCalendar, TellsWhatIsOverdueAndSinceWhen) {
    CarnetWorld world;
    world.exported().stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-2",
                           {.final_date = "2026-04-30"});
    const auto on = [&](const char* date) {
        std::vector<std::pair<std::string, std::string>> rows;
        for (const auto& [rule, since] : carnet::calendar(world.carnet, world.fold(), day(date)))
            rows.emplace_back(rule, format_date(since));
        return rows;
    };
    using testing::ElementsAre;
    using testing::IsEmpty;
    using testing::Pair;
    EXPECT_THAT(on("2026-04-30"), IsEmpty());
    EXPECT_THAT(on("2026-05-01"), ElementsAre(Pair("CAR-74", "2026-05-01")));
    EXPECT_THAT(on("2027-02-15"), ElementsAre(Pair("CAR-74", "2026-05-01"), Pair("CAR-75", "2027-02-15"),
                                              Pair("CAR-84", "2027-02-15")));
    EXPECT_THAT(on("2028-02-15"), ElementsAre(Pair("CAR-84", "2027-02-15")))
        << "no claim can be made any more";
    world.carnet.head.set(Flag::Lost, true);
    EXPECT_THAT(on("2028-02-15"), IsEmpty()) << "a lost carnet cannot be returned";
}

// ---- receipts ---------------------------------------------------------------------------------------------

class Receipts : public testing::Test {
  protected:
    Receipts() {
        ship_.exported();
        port_ = ship_;
        buffalo_ = ship_.stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4");
        port_.propose(Operation::Import, 1, "GBDVR", "2026-03-03T12:45+00:00", "1-4");
        port_.facts.is_offline = true;
    }
    [[nodiscard]] carnet::ReceiptCheck check(std::size_t stamp) const {
        return carnet::check_receipt(port_.carnet, port_.fold(), ship_.carnet.stamps[stamp].core,
                                     ship_.carnet.stamps[stamp].id);
    }
    CarnetWorld ship_; ///< all that happened
    CarnetWorld port_; ///< what the second, offline port knows
    Hash buffalo_{};
};

TEST_F(Receipts, ExtendTheCopyWhereTheyLink) {
    EXPECT_EQ(port_.fires("CAR-37"), std::nullopt);
    EXPECT_EQ(check(1), carnet::ReceiptCheck::Known);
    ASSERT_EQ(check(2), carnet::ReceiptCheck::Extends);
    const carnet::Stamp& stamp = ship_.carnet.stamps[2];
    carnet::extend(port_.carnet, stamp.entry.core, stamp.core, stamp.id);
    port_.facts.receipt = carnet::ReceiptCheck::Extends;
    EXPECT_EQ(port_.fires("CAR-37"), documents::Severity::Refuse) << "the second port sees the sheet as used";
    EXPECT_EQ(port_.fires("CAR-69"), documents::Severity::Note);
}

TEST_F(Receipts, LeaveAGapWhereAStampBetweenIsMissing) {
    ship_.stamp(Operation::Reexport, 1, "GBLHR", "2026-03-04T07:45+00:00", "1-4", {.references = {1}});
    EXPECT_EQ(check(3), carnet::ReceiptCheck::Gap);
}

TEST_F(Receipts, ForkWhereTheCopyHasAnotherStampThere) {
    port_.stamp(Operation::Import, 2, "FRCQF", "2026-03-03T09:45+01:00", "1-4");
    EXPECT_EQ(check(2), carnet::ReceiptCheck::Fork);
}

} // namespace
} // namespace tidewaiter::test
