#pragma once

#include "drivers/symbols/picture.hpp"
#include "drivers/symbols/symbol.hpp"

#include <optional>
#include <string>

/// ZXing as it comes: the side to compare with.
namespace tidewaiter::bench {

struct ProgramRun {
    bool has_ended_well = false;
    std::string output;
    double milliseconds = 0; ///< wall clock, start of the process included
};

/// ZXingReader at its defaults on one picture. Nothing when it is not installed.
[[nodiscard]] std::optional<ProgramRun> run_zxing_reader(const std::string& file, bool bytes_only = false);

/// The library at its defaults, in a process of its own since it may abort: processor milliseconds of reading
/// alone, and the texts. Nothing when it aborted.
struct LibraryRun {
    double milliseconds = 0;
    std::string texts; ///< one after the other
};
[[nodiscard]] std::optional<LibraryRun> run_zxing_library(const symbols::GreyImage& image);
/// The same for our ladder.
[[nodiscard]] std::optional<LibraryRun> run_our_library(const symbols::GreyImage& image);

} // namespace tidewaiter::bench
