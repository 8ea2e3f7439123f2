#include "ledger/documents/carnet/judge.hpp"
#include "ledger/documents/carnet/suggest.hpp"
#include "tests/support/carnet_sample.hpp"

#include <benchmark/benchmark.h>

/// What a verdict on a carnet costs, part by part, on an ordinary one: 7 items, 7 stamps.
namespace tidewaiter::test {
namespace {

struct Fixture {
    CarnetSample sample = load_carnet_sample("S1");
    CarnetRun run{sample};
    carnet::Port port{{}, "USJFK", "UN:USJFK"};
    LocalTime now = sample.steps[5].at;

    Fixture() {
        for (const CarnetStep& step : sample.steps) {
            if (step.number <= 5) run.play(step);
        }
    }
};

void load_records(benchmark::State& state) {
    const Fixture fixture;
    for (auto _ : state) benchmark::DoNotOptimize(carnet::load(fixture.run.state(), fixture.sample.record.key));
}
BENCHMARK(load_records);

void fold_stamps(benchmark::State& state) {
    const Fixture fixture;
    const carnet::Carnet carnet = fixture.run.current();
    for (auto _ : state) benchmark::DoNotOptimize(carnet::fold(carnet, fixture.sample.reference));
}
BENCHMARK(fold_stamps);

void judge_by_rules(benchmark::State& state) {
    const Fixture fixture;
    const carnet::Carnet carnet = fixture.run.current();
    const carnet::Balances balances = carnet::fold(carnet, fixture.sample.reference);
    const carnet::Proposal proposal =
        *carnet::suggest(carnet, balances, fixture.sample.reference, fixture.port, fixture.now, {}).proposal;
    carnet::Facts facts;
    facts.now = fixture.now;
    for (auto _ : state)
        benchmark::DoNotOptimize(
            carnet::judge_stamp(proposal, carnet, balances, fixture.sample.reference, fixture.port, facts));
}
BENCHMARK(judge_by_rules);

void all_of_it(benchmark::State& state) {
    const Fixture fixture;
    carnet::Facts facts;
    facts.now = fixture.now;
    for (auto _ : state) {
        const auto carnet = carnet::load(fixture.run.state(), fixture.sample.record.key);
        const carnet::Balances balances = carnet::fold(**carnet, fixture.sample.reference);
        const auto suggestion =
            carnet::suggest(**carnet, balances, fixture.sample.reference, fixture.port, fixture.now, {});
        benchmark::DoNotOptimize(carnet::judge_stamp(*suggestion.proposal, **carnet, balances,
                                                     fixture.sample.reference, fixture.port, facts));
        benchmark::DoNotOptimize(carnet::describe(**carnet, balances, {}, local_date(fixture.now)));
    }
}
BENCHMARK(all_of_it);

} // namespace
} // namespace tidewaiter::test
