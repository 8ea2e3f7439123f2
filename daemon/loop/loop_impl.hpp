#pragma once

#include "daemon/loop/loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <mutex>
#include <optional>

// For the adapters of this folder only.
namespace tidewaiter::loop {

struct Loop::Impl {
    boost::asio::io_context context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
    std::optional<boost::asio::signal_set> signals;
    std::function<void(int)> on_signal;
    std::shared_ptr<Poster::State> poster;

    void wait_for_signal();
};

struct Poster::State {
    std::mutex mutex;
    boost::asio::io_context* context = nullptr; ///< guarded by mutex; null once the loop is gone
};

} // namespace tidewaiter::loop
