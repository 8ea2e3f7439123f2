#pragma once

#include "ledger/base/result.hpp"

namespace tidewaiter::decoder {

/// Ends this process when its parent ends.
void die_with_parent();

/// Gives up, for good, all but reading descriptor 0, writing 1 and 2, memory up to a limit and the end: no files,
/// no network, no other process, no new program, no core file. What tries anyway is killed; opening a file by its
/// name merely fails, because libraries try it and go on. In a build with a sanitizer, whose run-time needs more,
/// the memory limit and the filter are left out.
/// Errors: sandbox.limit, sandbox.filter (the kernel has no seccomp, or refuses).
[[nodiscard]] Status shut_in();

} // namespace tidewaiter::decoder
