#pragma once

#include <chrono>
#include <fstream>
#include <string>
#include <thread>

namespace tidewaiter::test {

/// True for a process that has ended, collected by its parent or not.
inline bool has_ended(int process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/stat");
    std::string id;
    std::string name;
    std::string state;
    return !(status >> id >> name >> state) || state == "Z" || state == "X";
}

inline bool ends_soon(int process) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!has_ended(process)) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

} // namespace tidewaiter::test
