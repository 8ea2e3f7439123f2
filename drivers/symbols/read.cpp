#include "drivers/symbols/read.hpp"

#include "drivers/symbols/readers.hpp"

#include <algorithm>
#include <array>

namespace tidewaiter::symbols {
namespace {

using Clock = std::chrono::steady_clock;

/// Above this a picture is read reduced, and as it is only quickly: a photographed symbol is larger than it need be,
/// and the thorough looks at fifty million pixels would take most of a minute.
constexpr std::size_t kReducePixels = 4'000'000;
/// What it is reduced to, at most.
constexpr std::size_t kReducedPixels = 2'000'000;
/// Up to this a picture is read enlarged: that makes four pixels of each.
constexpr std::size_t kEnlargePixels = 2'000'000;
constexpr std::size_t kSecondReaderPixels = 12'000'000;

std::uint32_t reduction_for(const GreyImage& image) {
    std::uint32_t factor = 2;
    while (image.pixels.size() / (factor * factor) > kReducedPixels) ++factor;
    return factor;
}

/// One picture on its way through the attempts. The order is that of yield per millisecond, measured over sample
/// pictures and synthetic frames: quick looks first, then what finds small and dark symbols, then the rest.
class Ladder {
  public:
    Ladder(const GreyImage& image, const ReadOptions& options)
        : original_(image), options_(options), end_(Clock::now() + options.budget) {
        if (image.pixels.size() > kReducePixels) reduced_ = reduced(image, reduction_for(image));
    }

    std::vector<Symbol> climb() {
        using Step = std::vector<Symbol> (Ladder::*)();
        constexpr std::array<Step, 8> steps{
            &Ladder::quickly,    &Ladder::quickly_at_full_size, &Ladder::enlarged_once, &Ladder::by_second_reader,
            &Ladder::thoroughly, &Ladder::by_histogram,         &Ladder::made_smaller,  &Ladder::light_on_dark,
        };
        for (const Step step : steps) {
            std::vector<Symbol> found = (this->*step)();
            if (!found.empty()) return found;
            if (Clock::now() >= end_) break;
        }
        return {};
    }

  private:
    [[nodiscard]] Look look(Family family, bool thorough) const {
        return {.family = family, .thorough = thorough, .max_symbols = options_.max_symbols};
    }
    [[nodiscard]] bool is_large() const { return !reduced_.pixels.empty(); }
    /// What the costly looks are at.
    [[nodiscard]] const GreyImage& image() const { return is_large() ? reduced_ : original_; }

    std::vector<Symbol> quickly() { return read_by_zxing(image(), look(Family::All, /*thorough=*/false)); }

    std::vector<Symbol> quickly_at_full_size() {
        if (!is_large()) return {};
        return read_by_zxing(original_, look(Family::All, /*thorough=*/false));
    }

    std::vector<Symbol> enlarged_once() {
        if (original_.pixels.size() > kEnlargePixels) return {};
        return read_by_zxing(enlarged(original_), look(Family::Qr, /*thorough=*/false));
    }

    std::vector<Symbol> by_second_reader() {
        if (!options_.second_reader) return {};
        const bool fits = original_.pixels.size() <= kSecondReaderPixels;
        return read_by_zbar(fits ? original_ : reduced_, options_.max_symbols);
    }

    std::vector<Symbol> thoroughly() { return read_by_zxing(image(), look(Family::All, /*thorough=*/true)); }

    std::vector<Symbol> by_histogram() {
        Look by = look(Family::Matrix, /*thorough=*/false);
        by.threshold = Threshold::Global;
        return read_by_zxing(image(), by);
    }

    std::vector<Symbol> made_smaller() {
        return read_by_zxing(reduced(image(), 2), look(Family::Sure, /*thorough=*/false));
    }

    std::vector<Symbol> light_on_dark() {
        return read_by_zxing(inverted(image()), look(Family::Matrix, /*thorough=*/false));
    }

    const GreyImage& original_;
    const ReadOptions& options_;
    Clock::time_point end_;
    GreyImage reduced_; ///< empty unless the original is large
};

/// The same symbol seen twice (as two sizes of it, say) is one.
void drop_repeats(std::vector<Symbol>& symbols) {
    std::vector<Symbol> once;
    for (Symbol& symbol : symbols)
        if (std::find(once.begin(), once.end(), symbol) == once.end()) once.push_back(std::move(symbol));
    symbols = std::move(once);
}

} // namespace

Result<std::vector<Symbol>> read_symbols(const GreyImage& image, const ReadOptions& options) {
    if (image.width == 0 || image.height == 0 || image.width > PictureLimits{}.max_side ||
        image.height > PictureLimits{}.max_side || image.pixels.size() != std::size_t{image.width} * image.height)
        return fail("symbols.image", std::to_string(image.width) + " x " + std::to_string(image.height) + " with " +
                                         std::to_string(image.pixels.size()) + " pixels");
    std::vector<Symbol> symbols = Ladder(image, options).climb();
    drop_repeats(symbols);
    if (symbols.size() > options.max_symbols) symbols.resize(options.max_symbols);
    return symbols;
}

} // namespace tidewaiter::symbols
