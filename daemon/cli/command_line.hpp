#pragma once

namespace tidewaiter::cli {

/// Parses, runs one command, and returns its exit code.
[[nodiscard]] int run_command_line(int argc, char** argv);

} // namespace tidewaiter::cli
