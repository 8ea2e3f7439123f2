#include "daemon/loop/worker.hpp"

#include <csignal>
#include <pthread.h>

namespace tidewaiter::loop {

Worker::Worker(std::string name, std::size_t capacity)
    : name_(name.substr(0, 15)), capacity_(capacity), thread_([this] { work(); }) {}

Worker::~Worker() {
    std::deque<Task> dropped;
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        dropped.swap(jobs_);
    }
    changed_.notify_all();
    thread_.join();
}

bool Worker::submit(Task job) {
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_ || jobs_.size() >= capacity_) return false;
        jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
}

void Worker::work() {
    ::pthread_setname_np(::pthread_self(), name_.c_str());
    // Signals are the loop thread's.
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    for (;;) {
        Task job;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
            if (stopping_) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        job();
    }
}

} // namespace tidewaiter::loop
