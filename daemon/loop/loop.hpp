#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>

/// The event loop of a program: one thread runs it and owns all state; other threads only post().
namespace tidewaiter::loop {

using Task = std::move_only_function<void()>;

/// A task in the future. Destroying it cancels it; the task then never runs, even if it was due. Loop thread
/// only. May outlive the loop.
class Timer {
  public:
    Timer();
    ~Timer();
    Timer(Timer&&) noexcept;
    Timer& operator=(Timer&&) noexcept;

    void cancel();
    [[nodiscard]] bool is_set() const;

  private:
    friend class Loop;
    struct State;
    explicit Timer(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

/// Watches a descriptor; destroying it ends the watch. The descriptor stays the caller's and must outlive the
/// watch.
class Watch {
  public:
    Watch();
    ~Watch();
    Watch(Watch&&) noexcept;
    Watch& operator=(Watch&&) noexcept;

  private:
    friend class Loop;
    struct State;
    explicit Watch(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

/// A way into a loop for other threads that may outlive it. Copyable.
class Poster {
  public:
    Poster() = default;
    /// False when the loop is gone; the task is then destroyed unrun, on this thread.
    bool post(Task task) const;

  private:
    friend class Loop;
    struct State;
    std::shared_ptr<State> state_;
};

class Loop {
  public:
    Loop();
    /// After run() has returned. Tasks still queued are destroyed unrun.
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Runs until stop(). Once per Loop.
    void run();
    /// Any thread. run() returns after the task that is running.
    void stop();
    /// Runs what is ready, then returns; for tests and for programs that wait in small steps. At most
    /// `longest` is spent waiting for the first task.
    void run_for(std::chrono::milliseconds longest);

    /// Any thread; first in, first out.
    void post(Task task);
    [[nodiscard]] Poster poster() const;

    /// Loop thread, or before run().
    [[nodiscard]] Timer after(std::chrono::milliseconds delay, Task task);
    /// First after one period. A late tick does not make the following ones hurry.
    [[nodiscard]] Timer every(std::chrono::milliseconds period, Task task);
    /// The task runs whenever reading would not block (also at end of file).
    [[nodiscard]] Watch on_readable(int descriptor, Task task);
    /// Replaces an earlier call. SIGPIPE is ignored by every Loop.
    void on_signals(std::initializer_list<int> signals, std::function<void(int)> handler);

    /// For the adapters in this folder.
    struct Impl;
    [[nodiscard]] Impl& impl() { return *impl_; }

  private:
    std::unique_ptr<Impl> impl_;
};

/// Life token: an object holds an Alive; what it posts or hands out runs only while that lives.
///
///     loop.after(1s, alive_.guard([this] { refresh(); }))
///
/// The guarded function must run on the thread that destroys the Alive.
class Alive {
  public:
    Alive() : token_(std::make_shared<char>()) {}
    Alive(const Alive&) = delete;
    Alive& operator=(const Alive&) = delete;

    template <class Function>
    [[nodiscard]] auto guard(Function function) const {
        return [weak = std::weak_ptr<char>(token_),
                function = std::move(function)](auto&&... arguments) mutable {
            if (!weak.expired()) function(std::forward<decltype(arguments)>(arguments)...);
        };
    }

  private:
    std::shared_ptr<char> token_;
};

} // namespace tidewaiter::loop
