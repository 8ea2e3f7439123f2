// A delta of 1,000 records, verified and applied, beside a plain SQLite insert of the same rows:
// `bench_delta FOLDER`, a folder that bench_make_copy filled. Deltas and inserts take turns.

#include "daemon/gateway/sync/copy.hpp"
#include "tests/bench/store/plain_table.hpp"
#include "tests/bench/support/made_copy.hpp"
#include "tests/bench/support/measure.hpp"
#include "tests/support/temporary_folder.hpp"

#include <algorithm>
#include <random>

namespace tidewaiter::bench {
namespace {

constexpr std::size_t kRecords = 1'000;
constexpr std::size_t kRounds = 15;
constexpr std::string_view kNamespace = "carnet/us";

struct Delta {
    state::Overlay::Changes changes;
    std::vector<PlainRow> rows; ///< as a plain insert would have them: in the table's order
    state::Roots roots;         ///< after it
};

Delta make_delta(const std::vector<state::Record>& records) {
    Delta delta;
    for (const state::Record& record : records) {
        delta.changes[std::string(kNamespace)][record.key] = record.value;
        delta.rows.push_back(plain_row(record));
    }
    std::ranges::sort(delta.rows, {}, &PlainRow::path);
    return delta;
}

/// Records of carnets beyond `first`, which the copy does not have.
Delta new_records(const MadeLedger& pattern, std::uint32_t first) {
    std::vector<state::Record> records;
    for (std::uint32_t carnet = first; records.size() < kRecords; ++carnet)
        for (state::Record& record : pattern.records_of(carnet)) {
            record.key.insert(record.key.find('/'), "N");
            records.push_back(std::move(record));
        }
    return make_delta(records);
}

Delta changed_records(const MadeLedger& pattern, std::uint32_t carnets, std::mt19937& random,
                      std::uint32_t round) {
    std::map<std::string, state::Record> records;
    while (records.size() < kRecords)
        for (state::Record& record :
             pattern.records_of(static_cast<std::uint32_t>(random() % carnets), round + 1))
            records.insert_or_assign(record.key, std::move(record));
    std::vector<state::Record> list;
    for (auto& [key, record] : records)
        list.push_back(std::move(record));
    return make_delta(list);
}

/// What a relay would name: computed in a transaction that is rolled back.
void find_roots(store::Records& records, std::vector<Delta>& deltas) {
    store::Update update = expect(records.begin());
    for (Delta& delta : deltas) {
        expect(update.apply(delta.changes));
        delta.roots = records.roots();
        for (const auto& [name, root] : expect(update.roots()))
            delta.roots[name] = root;
    }
}

struct Times {
    std::vector<double> processor;
    std::vector<double> wall;
    void add(const Spent& ours, const Spent& plain) {
        processor.push_back(plain.processor / ours.processor);
        wall.push_back(plain.wall / ours.wall);
    }
};

int run(const CopyFolder& made, std::uint32_t carnets) {
    const support::TemporaryFolder folder;
    const std::string path = folder / "copy.db";
    std::filesystem::copy_file(made.copy(), path);
    store::Records records = expect(store::Records::open(path, {}));
    PlainTable plain = expect(PlainTable::open(folder / "plain.db"));
    expect(plain.fill_from(made.copy()));
    const auto pages = [](store::Database& database) {
        return static_cast<double>(expect(database.usage()).pages);
    };
    const double shape = pages(plain.database()) / pages(records.database());

    const MadeLedger pattern(0, 0);
    std::mt19937 random(4);
    std::vector<Delta> deltas;
    for (std::uint32_t round = 0; round < kRounds; ++round) {
        deltas.push_back(new_records(pattern, round * 1'000));
        deltas.push_back(changed_records(pattern, carnets, random, round));
    }
    find_roots(records, deltas);

    Times added;
    Times changed;
    std::vector<double> milliseconds;
    std::uint64_t height = records.height();
    for (std::size_t i = 0; i < deltas.size(); ++i) {
        const Delta& delta = deltas[i];
        const bool is_new = i % 2 == 0;
        Spent ours;
        Spent plains;
        const auto apply = [&] {
            const Watch watch;
            store::Update update = expect(records.begin());
            expect(update.apply(delta.changes));
            expect(update.commit({.height = ++height, .roots = delta.roots}));
            ours = watch.spent();
        };
        const auto write = [&] {
            const Watch watch;
            expect(is_new ? plain.insert(delta.rows) : plain.replace(delta.rows));
            plains = watch.spent();
        };
        if (i % 4 < 2) {
            write();
            apply();
        } else {
            apply();
            write();
        }
        (is_new ? added : changed).add(ours, plains);
        if (is_new) milliseconds.push_back(ours.wall * 1e3);
    }
    show("delta: pages of the plain table beside the copy's, at the start", shape, "ratio");
    show("delta: 1,000 new records applied, on the wall", median(milliseconds), "ms");
    show_at_least("delta: speed beside a plain insert, processor", median(added.processor), "ratio", 0.5);
    show("delta: speed beside a plain insert, wall", median(added.wall), "ratio");
    show("delta: changed records beside a plain replace, processor", median(changed.processor), "ratio");
    return exit_status();
}

} // namespace
} // namespace tidewaiter::bench

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("usage: bench_delta FOLDER CARNETS\n", stderr);
        return 2;
    }
    return tidewaiter::bench::run({arguments[1]}, static_cast<std::uint32_t>(std::stoul(arguments[2])));
}
