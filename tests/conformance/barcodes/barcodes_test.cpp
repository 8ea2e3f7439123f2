#include "daemon/decoder/client.hpp"
#include "tests/conformance/barcodes/sample_set.hpp"

#include <gtest/gtest.h>
#include <iostream>

namespace tidewaiter::test {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr milliseconds kDeadline{10'000};
/// Of the 76 samples in the symbologies that are read, 75 are; qrcode-4/06.png is not.
constexpr std::size_t kLeastRead = 75;

class Barcodes : public testing::Test {
  protected:
    void SetUp() override {
        auto samples = load_samples();
        if (!samples) GTEST_SKIP() << "the published barcode pictures are not at ../shared/vectors/barcodes: NOT ONE was read";
        samples_ = std::move(*samples);
        ASSERT_EQ(samples_.size(), 92U);
    }

    Result<std::vector<symbols::Symbol>> read(const Sample& sample) { return decoder_.decode(sample.picture, kDeadline); }

    std::vector<Sample> samples_;
    decoder::DecoderProcess decoder_{{.program = TW_DECODER}};
};

TEST_F(Barcodes, AreReadAndNeverMisread) {
    std::size_t read_count = 0;
    std::size_t sample_count = 0;
    for (const Sample& sample : samples_) {
        if (!sample.is_readable()) continue;
        ++sample_count;
        const auto found = read(sample);
        ASSERT_TRUE(found) << sample.file << ": " << found.error().code << ' ' << found.error().detail;
        const Outcome outcome = judge(sample, *found);
        EXPECT_NE(outcome, Outcome::Wrong) << sample.file << ": " << printable(found->front().text);
        if (outcome == Outcome::Missed) std::cout << "not read: " << sample.file << '\n';
        read_count += outcome == Outcome::Read ? 1 : 0;
    }
    std::cout << read_count << " of " << sample_count << " read\n";
    EXPECT_GE(read_count, kLeastRead);
    EXPECT_EQ(sample_count, 76U);
}

TEST_F(Barcodes, PicturesWithoutASymbolYieldNone) {
    std::size_t count = 0;
    for (const Sample& sample : samples_) {
        if (!sample.is_empty()) continue;
        ++count;
        const auto found = read(sample);
        ASSERT_TRUE(found) << sample.file << ": " << found.error().detail;
        EXPECT_TRUE(found->empty()) << sample.file << ": " << printable(found->front().text);
    }
    EXPECT_EQ(count, 8U);
}

TEST_F(Barcodes, WhatMakesThePlainReaderAbortIsHarmless) {
    // DataBar, and one Code 128: the installed ZXing's own program ends in SIGABRT on each of them.
    std::size_t count = 0;
    for (const Sample& sample : samples_) {
        if (!sample.format.starts_with("DataBar") && sample.file != "code128-1/4.png") continue;
        ++count;
        const auto found = read(sample);
        EXPECT_TRUE(found || decoder::is_unreadable(found.error())) << sample.file;
        if (found && sample.format.starts_with("DataBar")) {
            EXPECT_TRUE(found->empty()) << sample.file << ": another symbology was seen in it";
        }
        const auto begin = Steady::now();
        const auto next = read(samples_.front());
        EXPECT_LT(Steady::now() - begin, std::chrono::seconds(1));
        ASSERT_TRUE(next);
        EXPECT_EQ(judge(samples_.front(), *next), Outcome::Read);
    }
    EXPECT_EQ(count, 9U);
}

TEST_F(Barcodes, EverySampleCutInTheMiddleIsRefused) {
    for (const Sample& sample : samples_) {
        const auto found = decoder_.decode(ByteView(sample.picture).first(sample.picture.size() / 2), kDeadline);
        ASSERT_FALSE(found) << sample.file;
        EXPECT_TRUE(found.error().code == "picture.truncated" || found.error().code == "picture.corrupt")
            << sample.file << ": " << found.error().code;
    }
    EXPECT_EQ(decoder_.counters().deaths, 0U);
}

} // namespace
} // namespace tidewaiter::test
