// A snapshot, verified and usable, beside a plain SQLite load of the same rows: `bench_snapshot FOLDER`, a
// folder that bench_make_copy filled. Chunks come from that copy's own snapshot; ours and the plain load take
// turns.

#include "tests/bench/store/plain_table.hpp"
#include "tests/bench/support/made_copy.hpp"
#include "tests/bench/support/measure.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidewaiter::bench {
namespace {

constexpr std::uint64_t kEnough = 1'000'000;
constexpr std::size_t kChunkBytes = 200'000;
constexpr std::size_t kChunksATurn = 64; ///< also one transaction of the plain load

struct Loads {
    store::Records records;
    PlainTable plain;
    Spent ours;
    Spent plains;
    std::uint64_t count = 0;
};

void load_turn(Loads& loads, const std::string& name, const std::vector<store::Chunk>& chunks) {
    std::vector<PlainRow> rows;
    for (const store::Chunk& chunk : chunks)
        for (const state::Record& record : chunk.records)
            rows.push_back(plain_row(record));
    loads.count += rows.size();
    const Watch plain_watch;
    expect(loads.plain.insert(rows));
    loads.plains += plain_watch.spent();
    const Watch our_watch;
    for (const store::Chunk& chunk : chunks)
        expect(loads.records.load(name, chunk));
    loads.ours += our_watch.spent();
}

void load_namespace(Loads& loads, const store::Snapshot& snapshot, const std::string& name) {
    const state::Manifest manifest = expect(snapshot.manifest(name));
    const Watch watch;
    expect(loads.records.begin_load(manifest));
    loads.ours += watch.spent();
    const auto buckets = static_cast<std::uint32_t>(manifest.buckets.size());
    std::vector<store::Chunk> chunks;
    for (std::uint32_t next = 0; next < buckets; next = chunks.back().last + 1) {
        if (chunks.size() == kChunksATurn) {
            const std::uint32_t last = chunks.back().last;
            load_turn(loads, name, chunks);
            chunks.clear();
            next = last + 1;
        }
        chunks.push_back(expect(snapshot.chunk(name, next, buckets - 1, kChunkBytes)));
    }
    load_turn(loads, name, chunks);
}

int run(const CopyFolder& made) {
    const support::TemporaryFolder folder;
    const store::Records source = expect(store::Records::open(made.copy(), {}));
    const store::Snapshot snapshot = expect(source.snapshot());
    Loads loads{.records = expect(store::Records::open(folder / "copy.db", {})),
                .plain = expect(PlainTable::open(folder / "plain.db")),
                .ours = {},
                .plains = {},
                .count = 0};
    std::vector<std::string> names;
    for (const store::NamespaceInfo& info : source.namespaces())
        names.push_back(info.name);
    expect(loads.records.hold(names));
    for (const std::string& name : names)
        load_namespace(loads, snapshot, name);
    const Watch our_watch;
    expect(loads.records.finish_load({.height = source.height(), .roots = source.roots()}));
    expect(loads.records.database().checkpoint());
    loads.ours += our_watch.spent();
    const Watch plain_watch;
    expect(loads.plain.database().checkpoint());
    loads.plains += plain_watch.spent();
    if (loads.count < kEnough || !loads.records.is_loaded())
        give_up({"bench.snapshot", "the copy has fewer than a million records, or is not whole"});

    show("snapshot: records loaded", static_cast<double>(loads.count), "records");
    show("snapshot: verified and usable after, on the wall", loads.ours.wall, "s");
    show_at_most("snapshot: time beside a plain load, processor",
                 loads.ours.processor / loads.plains.processor, "ratio", 2.0);
    show("snapshot: time beside a plain load, wall", loads.ours.wall / loads.plains.wall, "ratio");
    return exit_status();
}

} // namespace
} // namespace tidewaiter::bench

int main(int count, char** arguments) {
    if (count != 2) {
        std::fputs("usage: bench_snapshot FOLDER\n", stderr);
        return 2;
    }
    return tidewaiter::bench::run({arguments[1]});
}
