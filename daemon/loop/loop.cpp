#include "daemon/loop/loop_impl.hpp"

#include "ledger/base/assert.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <csignal>
#include <fcntl.h>

namespace tidewaiter::loop {

namespace asio = boost::asio;
using boost::system::error_code;

/// The pending wait owns this together with the handle; the asio timer belongs to the wait alone, so that a
/// handle that outlives the loop refers to nothing of it.
struct Timer::State {
    Task task;
    std::chrono::milliseconds period{0}; ///< 0: once
    std::weak_ptr<asio::steady_timer> timer;
    bool is_cancelled = false;

    static void arm(const std::shared_ptr<State>& state, const std::shared_ptr<asio::steady_timer>& timer) {
        timer->async_wait([state, timer](error_code failure) {
            if (failure || state->is_cancelled) return;
            if (state->period.count() == 0) {
                state->is_cancelled = true;
                state->task();
                return;
            }
            state->task();
            if (state->is_cancelled) return;
            const auto due = timer->expiry() + state->period;
            const auto now = std::chrono::steady_clock::now();
            timer->expires_at(due > now ? due : now + state->period);
            arm(state, timer);
        });
    }
};

Timer::Timer() = default;
Timer::Timer(std::shared_ptr<State> state) : state_(std::move(state)) {}
Timer::~Timer() {
    cancel();
}
Timer::Timer(Timer&&) noexcept = default;
Timer& Timer::operator=(Timer&& other) noexcept {
    if (this != &other) {
        cancel();
        state_ = std::move(other.state_);
    }
    return *this;
}

void Timer::cancel() {
    if (!state_) return;
    // Taken out first: destroying what the task holds may come back here.
    const std::shared_ptr<State> state = std::move(state_);
    state->is_cancelled = true;
    if (const auto timer = state->timer.lock()) timer->cancel();
}

bool Timer::is_set() const {
    return state_ && !state_->is_cancelled;
}

/// As with timers: the descriptor object belongs to the pending wait. It owns a duplicate, so closing is its
/// own matter.
struct Watch::State {
    Task task;
    std::weak_ptr<asio::posix::stream_descriptor> descriptor;
    bool is_cancelled = false;

    static void arm(const std::shared_ptr<State>& state,
                    const std::shared_ptr<asio::posix::stream_descriptor>& descriptor) {
        descriptor->async_wait(asio::posix::stream_descriptor::wait_read,
                               [state, descriptor](error_code failure) {
                                   if (failure || state->is_cancelled) return;
                                   state->task();
                                   if (!state->is_cancelled) arm(state, descriptor);
                               });
    }
};

Watch::Watch() = default;
Watch::Watch(std::shared_ptr<State> state) : state_(std::move(state)) {}
Watch::Watch(Watch&&) noexcept = default;
Watch& Watch::operator=(Watch&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}
Watch::~Watch() {
    if (!state_) return;
    state_->is_cancelled = true;
    if (const auto descriptor = state_->descriptor.lock()) descriptor->cancel();
}

bool Poster::post(Task task) const {
    if (!state_) return false;
    const std::scoped_lock lock(state_->mutex);
    if (state_->context == nullptr) return false;
    asio::post(*state_->context, std::move(task));
    return true;
}

void Loop::Impl::wait_for_signal() {
    signals->async_wait([this](error_code failure, int number) {
        if (failure) return;
        on_signal(number);
        wait_for_signal();
    });
}

Loop::Loop() : impl_(std::make_unique<Impl>()) {
    // A peer that closes early must not end the program.
    std::signal(SIGPIPE, SIG_IGN);
    impl_->poster = std::make_shared<Poster::State>();
    impl_->poster->context = &impl_->context;
}

Loop::~Loop() {
    const std::scoped_lock lock(impl_->poster->mutex);
    impl_->poster->context = nullptr;
}

void Loop::run() {
    impl_->context.run();
}

void Loop::stop() {
    impl_->context.stop();
}

void Loop::run_for(std::chrono::milliseconds longest) {
    impl_->context.restart();
    if (impl_->context.run_one_for(longest) > 0) impl_->context.poll();
}

void Loop::post(Task task) {
    asio::post(impl_->context, std::move(task));
}

Poster Loop::poster() const {
    Poster poster;
    poster.state_ = impl_->poster;
    return poster;
}

Timer Loop::after(std::chrono::milliseconds delay, Task task) {
    const auto timer =
        std::make_shared<asio::steady_timer>(impl_->context, std::max(delay, std::chrono::milliseconds(0)));
    auto state = std::make_shared<Timer::State>();
    state->task = std::move(task);
    state->timer = timer;
    Timer::State::arm(state, timer);
    return Timer(std::move(state));
}

Timer Loop::every(std::chrono::milliseconds period, Task task) {
    TW_ASSERT(period.count() > 0);
    const auto timer = std::make_shared<asio::steady_timer>(impl_->context, period);
    auto state = std::make_shared<Timer::State>();
    state->task = std::move(task);
    state->period = period;
    state->timer = timer;
    Timer::State::arm(state, timer);
    return Timer(std::move(state));
}

Watch Loop::on_readable(int descriptor, Task task) {
    const int own = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    TW_ASSERT(own >= 0);
    const auto watched = std::make_shared<asio::posix::stream_descriptor>(impl_->context, own);
    auto state = std::make_shared<Watch::State>();
    state->task = std::move(task);
    state->descriptor = watched;
    Watch::State::arm(state, watched);
    return Watch(std::move(state));
}

void Loop::on_signals(std::initializer_list<int> signals, std::function<void(int)> handler) {
    impl_->on_signal = std::move(handler);
    impl_->signals.emplace(impl_->context);
    for (const int number : signals)
        impl_->signals->add(number);
    impl_->wait_for_signal();
}

} // namespace tidewaiter::loop
