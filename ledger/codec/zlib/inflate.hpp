#pragma once

#include "ledger/base/bytes.hpp"

/// zlib streams (RFC 1950) with a cap on what comes out.
namespace tidewaiter::zlib {

/// Exactly one whole stream, its checksum right, without a preset dictionary. Errors: inflate.too-large (more
/// than `max_output` bytes), inflate.corrupt, inflate.truncated, inflate.trailing (bytes after the stream).
[[nodiscard]] Result<Bytes> inflate(ByteView input, std::size_t max_output);

/// A stream that inflate() reads, at the highest level.
[[nodiscard]] Bytes deflate(ByteView input);

} // namespace tidewaiter::zlib
