#include "tests/unit/drivers/folder/scan_folder_fixture.hpp"

#include <algorithm>
#include <fstream>
#include <thread>

namespace tidewaiter::test {
namespace {
constexpr std::chrono::seconds kPatience{10};
}

void ScanFolderTest::watch(std::size_t max_bytes, std::chrono::milliseconds settle) {
    std::filesystem::create_directories(path());
    folder::Options options;
    options.path = path().string();
    options.device = "folder:scan";
    options.max_bytes = max_bytes;
    options.settle = settle;
    options.now = [] { return UnixTime{1'764'000'000}; };
    options.on_problem = [this](const Error& error) {
        const std::scoped_lock lock(mutex_);
        problems_.push_back(error);
        changed_.notify_all();
    };
    auto opened = folder::ScanFolder::open(std::move(options), [this](drivers::Reading reading) {
        const std::scoped_lock lock(mutex_);
        readings_.push_back(std::move(reading));
        changed_.notify_all();
    });
    ASSERT_TRUE(opened) << opened.error().detail;
    folder_ = std::move(*opened);
}

void ScanFolderTest::put(const std::string& name, std::string_view content) const {
    std::filesystem::create_directories(path());
    std::ofstream(path(name), std::ios::binary) << content;
}

void ScanFolderTest::put_by_rename(const std::string& name, std::string_view content) const {
    std::ofstream(root_ / "elsewhere", std::ios::binary) << content;
    std::filesystem::rename(root_ / "elsewhere", path(name));
}

std::string ScanFolderTest::content(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool ScanFolderTest::exists(const std::string& name) const {
    return std::filesystem::exists(std::filesystem::symlink_status(path(name)));
}

drivers::Reading ScanFolderTest::next() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [&] { return !readings_.empty(); })) {
        ADD_FAILURE() << "nothing was handed over";
        return {};
    }
    drivers::Reading reading = std::move(readings_.front());
    readings_.erase(readings_.begin());
    return reading;
}

bool ScanFolderTest::nothing_for(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [&] { return !readings_.empty(); });
}

bool ScanFolderTest::complains_of(std::string_view code) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] {
        return std::any_of(problems_.begin(), problems_.end(), [&](const Error& error) { return error.code == code; });
    });
}

bool ScanFolderTest::waits_until(const std::function<bool()>& condition) const {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

} // namespace tidewaiter::test
