#pragma once

#include "drivers/symbols/picture.hpp"
#include "drivers/symbols/symbol.hpp"

#include <chrono>
#include <vector>

namespace tidewaiter::symbols {

struct ReadOptions {
    /// No new attempt is begun after this; the attempt under way is not cut off (the process's deadline does that).
    std::chrono::milliseconds budget{2'000};
    std::size_t max_symbols = kMaxSymbols;
    /// Also ask the second reader (zbar) for QR codes that the first did not find.
    bool second_reader = true;
};

/// Every symbol found, in the order found; empty when there is none. Attempts follow each other until one finds
/// something: as it is, other thresholds, other scales, inverted, the second reader. Runs hostile-input code:
/// only the decoder process and tests call it.
/// Error: symbols.image (sides and pixels do not agree).
[[nodiscard]] Result<std::vector<Symbol>> read_symbols(const GreyImage& image, const ReadOptions& options = {});

} // namespace tidewaiter::symbols
