#pragma once

#include <cstddef>
#include <cstdint>

/// Every bound on what comes from outside, in one place. Reasons stand in docs/limits.md.
namespace tidewaiter::limits {

inline constexpr std::size_t kMaxCborDepth = 16;
inline constexpr std::size_t kMaxTransactionBytes = 196'608;      ///< 192 KiB
inline constexpr std::size_t kMaxDeviceTransactionBytes = 16'384; ///< a stamp or record, 16 KiB
inline constexpr std::size_t kMaxRecordValueBytes = 131'072;      ///< 128 KiB
inline constexpr std::size_t kMaxRecordKeyBytes = 200;
inline constexpr std::size_t kMaxMqttPayloadBytes = 262'144; ///< 256 KiB
inline constexpr std::size_t kMaxScanChars = 4'296;          ///< the largest alphanumeric QR
inline constexpr std::size_t kMaxCodeChars = 1'450;          ///< codes of ours: version 25 at M
inline constexpr std::size_t kMaxClaimInflatedBytes = 4'096;
inline constexpr std::size_t kMaxForeignInflatedBytes = 16'384;
inline constexpr std::size_t kMaxPictureBytes = 16U * 1024 * 1024;
inline constexpr std::size_t kMaxPicturePixels = 50'000'000; ///< a 50-megapixel phone camera
inline constexpr std::size_t kMaxLightBlockBytes = 196'608; ///< 192 KiB on the wire
inline constexpr std::size_t kMaxValidators = 10'000;
inline constexpr std::int64_t kMaxTotalVotingPower = INT64_MAX / 8;

} // namespace tidewaiter::limits
