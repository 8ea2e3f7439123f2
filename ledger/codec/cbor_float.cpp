#include "ledger/codec/cbor_float.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace tidewaiter::cbor {

namespace {

struct Format {
    int fraction_bits;
    int exponent_bits;
    [[nodiscard]] int max_exponent() const { return (1 << (exponent_bits - 1)) - 1; }
    [[nodiscard]] int min_exponent() const { return 1 - max_exponent(); }
};

constexpr Format kHalf{.fraction_bits = 10, .exponent_bits = 5};
constexpr Format kSingle{.fraction_bits = 23, .exponent_bits = 8};
constexpr Format kDouble{.fraction_bits = 52, .exponent_bits = 11};

struct Parts {
    std::uint64_t fraction = 0;
    std::uint64_t biased_exponent = 0;
    std::uint64_t all_ones = 0;
};

Parts split(const Format& format, std::uint64_t bits) {
    const std::uint64_t all_ones = (std::uint64_t{1} << format.exponent_bits) - 1;
    return {.fraction = bits & ((std::uint64_t{1} << format.fraction_bits) - 1),
            .biased_exponent = bits >> format.fraction_bits & all_ones,
            .all_ones = all_ones};
}

/// Whether a number that is not NaN has the same value in a smaller format.
bool fits(const Format& from, const Parts& parts, const Format& to) {
    if (parts.biased_exponent == parts.all_ones) return true; // infinity
    // The subnormals of a format lie far below the smallest number of the next smaller one.
    if (parts.biased_exponent == 0) return parts.fraction == 0;
    const int exponent = static_cast<int>(parts.biased_exponent) - from.max_exponent();
    if (exponent > to.max_exponent()) return false;
    int lost = from.fraction_bits - to.fraction_bits;
    if (exponent < to.min_exponent()) lost += to.min_exponent() - exponent;
    if (lost > from.fraction_bits) return false;
    return (parts.fraction & ((std::uint64_t{1} << lost) - 1)) == 0;
}

double half_value(std::uint64_t bits) {
    const Parts parts = split(kHalf, bits);
    double value = 0;
    if (parts.biased_exponent == parts.all_ones)
        value = parts.fraction == 0 ? std::numeric_limits<double>::infinity()
                                    : std::numeric_limits<double>::quiet_NaN();
    else if (parts.biased_exponent == 0)
        value = std::ldexp(static_cast<double>(parts.fraction), -24);
    else
        value = std::ldexp(static_cast<double>(parts.fraction + 1024), static_cast<int>(parts.biased_exponent) - 25);
    return (bits & 0x8000U) != 0 ? -value : value;
}

} // namespace

double float_value(std::uint8_t info, std::uint64_t bits) {
    if (info == 25) return half_value(bits);
    if (info == 26) return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    return std::bit_cast<double>(bits);
}

bool is_shortest_float(std::uint8_t info, std::uint64_t bits) {
    const Format& format = info == 25 ? kHalf : info == 26 ? kSingle : kDouble;
    const Parts parts = split(format, bits);
    if (parts.biased_exponent == parts.all_ones && parts.fraction != 0) return info == 25 && bits == 0x7E00;
    if (info == 25) return true;
    return !fits(format, parts, info == 26 ? kHalf : kSingle);
}

} // namespace tidewaiter::cbor
