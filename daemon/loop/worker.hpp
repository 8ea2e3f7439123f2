#pragma once

#include "daemon/loop/loop.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

namespace tidewaiter::loop {

/// One named thread that does one job after another, for what may block or take long. Full policy: refuse.
/// Results go back by Poster::post.
class Worker {
  public:
    /// The name shows in `top -H`; at most 15 characters count.
    Worker(std::string name, std::size_t capacity);
    /// Jobs that have not begun are dropped; waits for the one that runs.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Any thread. False when the queue is full or the worker stops.
    [[nodiscard]] bool submit(Task job);

  private:
    void work();

    const std::string name_;
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Task> jobs_; // guarded by mutex_
    bool stopping_ = false; // guarded by mutex_
    std::thread thread_;
};

} // namespace tidewaiter::loop
