// Pictures to symbols, side by side with ZXing as Debian ships it: `bench_barcodes [--json]`. Exit status 1 when a bar
// is missed. Times are of one run, taken in turns; each sample counts with the best of its rounds.

#include "daemon/decoder/client.hpp"
#include "tests/bench/barcodes/frames.hpp"
#include "tests/bench/barcodes/plain_reader.hpp"
#include "tests/conformance/barcodes/sample_set.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace tidewaiter::bench {
namespace {

constexpr int kRounds = 5;
constexpr std::chrono::milliseconds kDeadline{10'000};
using Steady = std::chrono::steady_clock;

struct Row {
    std::string name;
    double value;
    std::string unit;
    std::string bar; ///< empty: shown beside
    bool ok = true;
};

struct Tally {
    std::size_t read = 0;
    std::size_t wrong = 0;
    std::size_t aborted = 0;
    std::size_t false_positives = 0;
    double milliseconds = 0;
};

std::string path_of(const test::Sample& sample) {
    return (std::filesystem::path(TW_SOURCE_DIR) / "../shared/vectors/barcodes" / sample.file).string();
}

/// What the program's output says of a sample, by the rule of test::judge.
test::Outcome judge_output(const test::Sample& sample, const ProgramRun& run) {
    if (!run.has_ended_well || run.output.find("Format:") == std::string::npos) return test::Outcome::Missed;
    if (sample.text)
        return run.output.find('"' + *sample.text + '"') != std::string::npos ? test::Outcome::Read : test::Outcome::Wrong;
    if (!sample.bytes) return test::Outcome::Read;
    const auto raw = run_zxing_reader(path_of(sample), /*bytes_only=*/true);
    return raw && raw->output == as_text(*sample.bytes) ? test::Outcome::Read : test::Outcome::Wrong;
}

void count(Tally& tally, const test::Sample& sample, test::Outcome outcome) {
    if (sample.is_empty())
        tally.false_positives += outcome == test::Outcome::Missed ? 0U : 1U;
    else if (sample.is_readable()) {
        tally.read += outcome == test::Outcome::Read ? 1U : 0U;
        tally.wrong += outcome == test::Outcome::Wrong ? 1U : 0U;
    }
}

/// Both programs over the sample set, one picture each in turn.
bool compare_programs(const std::vector<test::Sample>& samples, Tally& theirs, Tally& ours) {
    decoder::DecoderProcess decoder({.program = TW_DECODER});
    if (!decoder.start()) return false;
    for (const test::Sample& sample : samples) {
        double their_best = 1e9;
        double our_best = 1e9;
        std::optional<ProgramRun> run;
        Result<std::vector<symbols::Symbol>> found;
        for (int round = 0; round < kRounds; ++round) {
            run = run_zxing_reader(path_of(sample));
            if (!run) return false;
            their_best = std::min(their_best, run->milliseconds);
            const auto begin = Steady::now();
            found = decoder.decode(sample.picture, kDeadline);
            our_best = std::min(our_best, std::chrono::duration<double, std::milli>(Steady::now() - begin).count());
        }
        theirs.milliseconds += their_best;
        ours.milliseconds += our_best;
        theirs.aborted += run->has_ended_well ? 0U : 1U;
        count(theirs, sample, judge_output(sample, *run));
        count(ours, sample, found ? test::judge(sample, *found) : test::Outcome::Missed);
    }
    ours.aborted = decoder.counters().deaths + decoder.counters().timeouts;
    return true;
}

/// Reading alone, in processor time, over the samples that the plain library survives.
double compare_libraries(const std::vector<test::Sample>& samples) {
    double theirs = 0;
    double ours = 0;
    for (const test::Sample& sample : samples) {
        const auto image = symbols::load_picture(sample.picture);
        if (!image) continue;
        double their_best = 1e9;
        double our_best = 1e9;
        for (int round = 0; round < kRounds; ++round) {
            const auto plain = run_zxing_library(*image);
            const auto ladder = run_our_library(*image);
            if (!plain || !ladder) break;
            their_best = std::min(their_best, plain->milliseconds);
            our_best = std::min(our_best, ladder->milliseconds);
        }
        if (their_best > 1e8) continue;
        theirs += their_best;
        ours += our_best;
    }
    return ours / theirs;
}

void compare_frames(std::vector<Row>& rows, double pixels, const std::string& name) {
    std::size_t theirs = 0;
    std::size_t ours = 0;
    const std::vector<Frame> frames = make_frames(pixels);
    for (const Frame& frame : frames) {
        const auto plain = run_zxing_library(frame.image);
        const auto ladder = run_our_library(frame.image);
        theirs += plain && plain->texts == frame.text ? 1U : 0U;
        ours += ladder && ladder->texts == frame.text ? 1U : 0U;
    }
    const std::string of = "of " + std::to_string(frames.size());
    rows.push_back({"frames at " + name + " pixels a module, plain ZXing", static_cast<double>(theirs), of, "", true});
    rows.push_back({"frames at " + name + " pixels a module", static_cast<double>(ours), of,
                    ">= " + std::to_string(theirs), ours >= theirs});
}

std::vector<Row> rows_of(const Tally& theirs, const Tally& ours, std::size_t readable) {
    const std::string of = "of " + std::to_string(readable);
    const double ratio = ours.milliseconds / theirs.milliseconds;
    return {
        {"samples read by ZXingReader", static_cast<double>(theirs.read), of, "", true},
        {"samples read", static_cast<double>(ours.read), of, "> " + std::to_string(theirs.read), ours.read > theirs.read},
        {"samples misread", static_cast<double>(ours.wrong), of, "<= " + std::to_string(theirs.wrong), ours.wrong <= theirs.wrong},
        {"symbols seen where there are none", static_cast<double>(ours.false_positives), "pictures",
         "<= " + std::to_string(theirs.false_positives), ours.false_positives <= theirs.false_positives},
        {"pictures on which ZXingReader aborts", static_cast<double>(theirs.aborted), "pictures", "", true},
        {"pictures on which the decoder dies", static_cast<double>(ours.aborted), "pictures", "<= 0", ours.aborted == 0},
        {"all samples by ZXingReader", theirs.milliseconds, "ms", "", true},
        {"all samples by the decoder", ours.milliseconds, "ms", "", true},
        {"time beside ZXingReader", ratio, "ratio", "<= 1", ratio <= 1.0},
    };
}

void print(const std::vector<Row>& rows, bool json) {
    if (json) std::puts("[");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        if (json)
            std::printf(R"(  {"name": "pictures: %s", "value": %.4g, "unit": "%s", "bar": %s, "ok": %s}%s)" "\n",
                        row.name.c_str(), row.value, row.unit.c_str(),
                        row.bar.empty() ? "null" : ('"' + row.bar + '"').c_str(), row.ok ? "true" : "false",
                        i + 1 < rows.size() ? "," : "");
        else
            std::printf("%-55s %8.4g %-10s %-8s %s\n", row.name.c_str(), row.value, row.unit.c_str(), row.bar.c_str(),
                        row.bar.empty() ? "" : row.ok ? "ok" : "MISSED");
    }
    if (json) std::puts("]");
}

int run(bool json) {
    const auto samples = test::load_samples();
    if (!samples) {
        std::fputs("bench_barcodes: the published barcode pictures are not at ../shared/vectors/barcodes\n", stderr);
        return 2;
    }
    Tally theirs;
    Tally ours;
    if (!compare_programs(*samples, theirs, ours)) {
        std::fputs("bench_barcodes: ZXingReader (package zxing-cpp-tools) or the decoder cannot be started\n", stderr);
        return 2;
    }
    const auto readable = std::count_if(samples->begin(), samples->end(), [](const auto& sample) { return sample.is_readable(); });
    std::vector<Row> rows = rows_of(theirs, ours, static_cast<std::size_t>(readable));
    const double alone = compare_libraries(*samples);
    rows.push_back({"reading alone beside the plain library", alone, "ratio", "<= 1", alone <= 1.0});
    compare_frames(rows, 2.0, "2");
    compare_frames(rows, 2.5, "2.5");
    print(rows, json);
    return std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.ok; }) ? 0U : 1U;
}

} // namespace
} // namespace tidewaiter::bench

int main(int count, char** arguments) {
    return tidewaiter::bench::run(count > 1 && std::string_view(arguments[1]) == "--json");
}
