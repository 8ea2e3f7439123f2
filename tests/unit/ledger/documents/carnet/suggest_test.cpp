#include "ledger/documents/carnet/suggest.hpp"

#include "ledger/documents/carnet/pool.hpp"
#include "tests/support/carnet_sample.hpp"
#include "tests/support/carnet_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter::test {
namespace {

using carnet::Operation;
using documents::NextOperation;

carnet::Suggestion suggest_at(const CarnetWorld& world, const std::string& place, const std::string& at,
                              const std::optional<carnet::Sheet>& sheet = {}) {
    return carnet::suggest(world.carnet, world.fold(), world.reference, {{}, place, "UN:" + place},
                           local_time(at), sheet);
}

TEST(CarnetSuggest, ValidatesThenExportsAtHome) {
    const CarnetWorld world;
    const auto suggestion = suggest_at(world, "USJFK", "2026-03-02T14:55-05:00");
    EXPECT_THAT(suggestion.next, testing::ElementsAre(NextOperation{"VALIDATE", 0, "", {}},
                                                      NextOperation{"EXPORT", 1, "1-4", {}}));
    EXPECT_EQ(suggestion.proposal->operation, Operation::Validate);
}

TEST(CarnetSuggest, ImportsWhatWasExported) {
    CarnetWorld world;
    world.exported("1,2x3");
    const auto suggestion = suggest_at(world, "GBLHR", "2026-03-03T07:45+00:00");
    EXPECT_THAT(suggestion.next, testing::ElementsAre(NextOperation{"IMPORT", 1, "1,2x3", {}},
                                                      NextOperation{"TRANSIT_OPEN", 1, "1,2x3", {}}));
    EXPECT_EQ(suggestion.proposal->operation, Operation::Import);
    EXPECT_EQ(carnet::to_text(suggestion.proposal->lines), "1,2x3");
}

TEST(CarnetSuggest, ReexportsTheRestOnTheNextSheet) {
    CarnetWorld world;
    world.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00");
    world.stamp(Operation::Reexport, 1, "GBLHR", "2026-03-05T07:45+00:00", "1-2", {.references = {1}});
    const auto suggestion = suggest_at(world, "GBLHR", "2026-03-06T07:45+00:00");
    ASSERT_FALSE(suggestion.next.empty());
    EXPECT_EQ(suggestion.next.front(), (NextOperation{"REEXPORT", 2, "3-4", {1}}));
    EXPECT_EQ(suggestion.proposal->operation, Operation::Reexport);
    EXPECT_THAT(suggestion.proposal->references, testing::ElementsAre(1));
}

TEST(CarnetSuggest, ClosesTransitsFirst) {
    CarnetWorld world;
    world.exported().stamp(Operation::TransitOpen, 2, "CHBSL", "2026-03-10T14:00+01:00", "1-4",
                           {.destination = "CHGVA"});
    const auto suggestion = suggest_at(world, "CHGVA", "2026-03-11T10:00+01:00");
    ASSERT_FALSE(suggestion.next.empty());
    EXPECT_EQ(suggestion.next.front(), (NextOperation{"TRANSIT_CLOSE", 2, "1-4", {}}));
}

TEST(CarnetSuggest, OffersNothingNewOnAnExpiredCarnet) {
    CarnetWorld world;
    world.exported();
    EXPECT_TRUE(suggest_at(world, "GBLHR", "2027-02-15T10:00+00:00").next.empty());
    EXPECT_THAT(suggest_at(world, "USJFK", "2027-02-15T10:00-05:00").next,
                testing::ElementsAre(NextOperation{"REIMPORT", 1, "1-4", {1}}));
}

TEST(CarnetSuggest, OffersNothingWhereTheCarnetDoesNotCount) {
    CarnetWorld world;
    world.exported();
    EXPECT_TRUE(suggest_at(world, "NOOSL", "2026-03-03T10:00+01:00").next.empty());
}

TEST(CarnetSuggest, FollowsTheSheetThatWasScanned) {
    CarnetWorld world;
    world.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00", "1-2");
    const auto by = [&](carnet::Colour colour, int number, carnet::Half half) {
        return *suggest_at(world, "GBLHR", "2026-03-06T07:45+00:00", carnet::Sheet{colour, number, half})
                    .proposal;
    };
    const carnet::Proposal closing = by(carnet::Colour::White, 1, carnet::Half::Closing);
    EXPECT_EQ(closing.operation, Operation::Reexport);
    EXPECT_EQ(carnet::to_text(closing.lines), "1-2");
    EXPECT_THAT(closing.references, testing::ElementsAre(1));
    const carnet::Proposal opening = by(carnet::Colour::White, 2, carnet::Half::Opening);
    EXPECT_EQ(opening.operation, Operation::Import);
    EXPECT_EQ(opening.sheet, 2);
    EXPECT_EQ(carnet::to_text(opening.lines), "3-4") << "what is not admitted yet";
    EXPECT_EQ(by(carnet::Colour::Blue, 1, carnet::Half::Opening).operation, Operation::TransitOpen);
    EXPECT_EQ(by(carnet::Colour::Yellow, 1, carnet::Half::Closing).operation, Operation::Reimport);
}

TEST(CarnetSuggest, KeepsWhatTheOfficerSaid) {
    CarnetWorld world;
    world.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00", "1-2");
    carnet::Proposal proposal;
    proposal.operation = Operation::Reexport;
    proposal.lines = lines("1");
    const carnet::Proposal whole =
        carnet::complete(proposal, world.carnet, world.fold(), world.reference, {{}, "GBLHR", "UN:GBLHR"});
    EXPECT_EQ(carnet::to_text(whole.lines), "1");
    EXPECT_EQ(whole.sheet, 1);
    EXPECT_THAT(whole.references, testing::ElementsAre(1));
}

/// On an ordinary journey the suggestion is each time what customs then did.
TEST(CarnetSuggest, FollowsAnOrdinaryJourney) {
    const CarnetSample sample = load_carnet_sample("S1");
    CarnetRun run(sample);
    for (const CarnetStep& step : sample.steps) {
        if (step.operation != "RETURN") {
            SCOPED_TRACE("step " + std::to_string(step.number));
            const carnet::Carnet now = run.current();
            const auto suggestion =
                carnet::suggest(now, carnet::fold(now, sample.reference), sample.reference,
                                {{}, step.place, "UN:" + step.place}, step.at, {});
            EXPECT_EQ(carnet::name(suggestion.proposal->operation), step.operation);
            EXPECT_EQ(suggestion.proposal->sheet, step.sheet);
            EXPECT_EQ(carnet::to_text(suggestion.proposal->lines), step.items);
            EXPECT_EQ(suggestion.proposal->references, step.references);
        }
        run.play(step);
    }
}

TEST(CarnetDescribe, GivesTwoFactsToCompare) {
    CarnetWorld world;
    world.exported();
    const auto plain = carnet::describe(world.carnet, world.fold(), "", day("2026-03-03"));
    EXPECT_EQ(plain.title, "ATA carnet US26/1");
    EXPECT_THAT(plain.compare,
                testing::ElementsAre(testing::Pair("item", "1: Camera, S/N 1"),
                                     testing::Pair("totals", "13 pieces, 4 items, 600.00 USD")));
    const auto named = carnet::describe(world.carnet, world.fold(), "Harborlight", day("2026-03-03"));
    EXPECT_THAT(named.compare, testing::ElementsAre(testing::Pair("holder", "Harborlight"),
                                                    testing::Pair("item", "1: Camera, S/N 1")));
    EXPECT_THAT(named.details, testing::Contains(testing::Pair("out of home", "US 1: 1-4 until 2027-02-14")));
}

} // namespace
} // namespace tidewaiter::test
