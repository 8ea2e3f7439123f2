#pragma once

#include "drivers/folder/folder.hpp"
#include "tests/support/temporary_folder.hpp"

#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>

namespace tidewaiter::test {

/// A scan folder under watch, with what it hands over and complains of kept for the test's thread.
class ScanFolderTest : public testing::Test {
  protected:
    void watch(std::size_t max_bytes = 1'000, std::chrono::milliseconds settle = std::chrono::milliseconds(150));
    void stop() { folder_.reset(); }
    [[nodiscard]] folder::ScanFolder& folder() { return *folder_; }

    void put(const std::string& name, std::string_view content) const;
    /// Written elsewhere in the folder's file system first, then renamed in.
    void put_by_rename(const std::string& name, std::string_view content) const;
    [[nodiscard]] std::string content(const std::string& name) const;
    [[nodiscard]] bool exists(const std::string& name) const;
    [[nodiscard]] std::filesystem::path path(const std::string& name = "") const { return root_ / "scan" / name; }

    /// The next reading, or a failure after ten seconds.
    [[nodiscard]] drivers::Reading next();
    /// True when nothing is handed over for so long.
    [[nodiscard]] bool nothing_for(std::chrono::milliseconds time);
    /// Waits for a complaint with this code.
    [[nodiscard]] bool complains_of(std::string_view code);
    [[nodiscard]] bool waits_until(const std::function<bool()>& condition) const;

  private:
    support::TemporaryFolder root_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<drivers::Reading> readings_;
    std::vector<Error> problems_;
    std::unique_ptr<folder::ScanFolder> folder_; // last: its thread uses all of the above
};

} // namespace tidewaiter::test
