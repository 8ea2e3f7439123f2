// Fills a folder with a gateway's copy of a large ledger and all that a tidewaiterd needs beside it:
// `bench_make_copy FOLDER CARNETS`. Each carnet is two records.

#include "tests/bench/support/made_copy.hpp"
#include "tests/bench/support/measure.hpp"

#include <cstdio>
#include <ctime>

int main(int count, char** arguments) {
    using namespace tidewaiter;
    constexpr std::uint32_t kHandled = 500;
    if (count != 3) {
        std::fputs("usage: bench_make_copy FOLDER CARNETS\n", stderr);
        return 2;
    }
    const bench::MadeLedger ledger(static_cast<std::uint32_t>(std::stoul(arguments[2])), kHandled);
    bench::expect(bench::make_copy({arguments[1]}, ledger, {std::time(nullptr) - 5, 0}));
    return 0;
}
