#pragma once

#include "drivers/symbols/symbol.hpp"

#include <filesystem>
#include <optional>

/// The published sample pictures and what each of them holds.
namespace tidewaiter::test {

struct Sample {
    std::string file;
    std::string format; ///< as the index names it; "None" for a picture that holds no symbol
    Bytes picture;
    std::optional<std::string> text;
    std::optional<Bytes> bytes;

    /// A symbology that we read.
    [[nodiscard]] bool is_readable() const { return format != "None" && !format.starts_with("DataBar"); }
    [[nodiscard]] bool is_empty() const { return format == "None"; }
};

/// Nothing when the samples are not there.
[[nodiscard]] std::optional<std::vector<Sample>> load_samples();

enum class Outcome { Read, Missed, Wrong };
/// Read when one of the symbols is the expected one; wrong when there are symbols and none is. Where nothing definite
/// is expected, any symbol will do.
[[nodiscard]] Outcome judge(const Sample& sample, const std::vector<symbols::Symbol>& found);

} // namespace tidewaiter::test
