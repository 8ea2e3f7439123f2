#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <string>

namespace tidewaiter::test {

/// Published vectors lie beside the repository; without them a test is skipped, and says so.
inline std::filesystem::path vector_path(const std::string& name) {
    return std::filesystem::path(TW_SOURCE_DIR) / ".." / "shared" / "vectors" / name;
}

/// Objects keep the order of the file.
inline nlohmann::ordered_json read_vectors(const std::string& name) {
    std::ifstream file(vector_path(name));
    return nlohmann::ordered_json::parse(file);
}

} // namespace tidewaiter::test

#define TW_NEEDS_VECTORS(name)                                                                               \
    if (!std::filesystem::exists(::tidewaiter::test::vector_path(name)))                                     \
    GTEST_SKIP() << "NOT RUN: the published vectors " << ::tidewaiter::test::vector_path(name) << " are absent"
