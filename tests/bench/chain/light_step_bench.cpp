#include "ledger/chain/protobuf.hpp"
#include "ledger/chain/verify.hpp"
#include "ledger/crypto/zip215.hpp"
#include "tests/support/chain_maker.hpp"

#include <benchmark/benchmark.h>

/// One light-client step over 100 validators beside the 67 signature checks it cannot do without: the bar is
/// a ratio of 1.15 within one run.
namespace tidewaiter {
namespace {

constexpr std::size_t kNeeded = 67;

test::ChainMaker& hundred() {
    static test::ChainMaker maker = [] {
        test::ChainMaker made(test::equal_shares(100));
        made.grow(3);
        return made;
    }();
    return maker;
}

void bare_signatures(benchmark::State& state) {
    const chain::LightBlock& block = hundred().at(2);
    std::vector<Bytes> messages;
    chain::CommitSignBytes sign_bytes(block.commit(), hundred().chain_id());
    for (std::size_t i = 0; i < kNeeded; ++i)
        messages.push_back(to_bytes(sign_bytes.of(i)));
    for (auto _ : state) {
        for (std::size_t i = 0; i < kNeeded; ++i) {
            if (!crypto::verify_zip215(block.validators[i].key(), messages[i],
                                       block.commit().signatures[i].signature))
                state.SkipWithError("a signature of our own does not verify");
        }
    }
}

/// To height 2 the step is adjacent, to 3 it is not.
void light_step(benchmark::State& state) {
    const chain::TrustedBlock trusted = chain::trust(hundred().at(1));
    const TimeNs now = hundred().now();
    for (auto _ : state) {
        if (!chain::verify(trusted, hundred().at(state.range(0)), test::ChainMaker::options(), now)
                 .is_success())
            state.SkipWithError("the step was refused");
    }
}

void decode(benchmark::State& state) {
    const Bytes bytes = chain::encode(hundred().at(2));
    for (auto _ : state)
        benchmark::DoNotOptimize(chain::decode_light_block(bytes));
}

BENCHMARK(bare_signatures);
BENCHMARK(light_step)->Arg(2)->Arg(3);
BENCHMARK(decode);

} // namespace
} // namespace tidewaiter
