#pragma once

#include <cstdint>

/// Floats of CBOR as bits: info 25 half, 26 single, 27 double precision. Internal to the codec.
namespace tidewaiter::cbor {

[[nodiscard]] double float_value(std::uint8_t info, std::uint64_t bits);
/// False for what a shorter form would hold exactly, and for every NaN but the plain half-precision one.
[[nodiscard]] bool is_shortest_float(std::uint8_t info, std::uint64_t bits);

} // namespace tidewaiter::cbor
