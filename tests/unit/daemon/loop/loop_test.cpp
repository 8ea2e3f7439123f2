#include "daemon/loop/loop.hpp"
#include "daemon/loop/worker.hpp"

#include "tests/support/wait_for.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <future>
#include <thread>
#include <unistd.h>
#include <vector>

namespace tidewaiter::loop {
namespace {

using namespace std::chrono_literals;
using support::wait_for;
using Clock = std::chrono::steady_clock;

TEST(Loop, PostsFromManyThreadsAllRunOnTheLoopThread) {
    Loop loop;
    constexpr int kThreads = 4;
    constexpr int kPosts = 1000;
    std::vector<std::vector<int>> seen(kThreads);
    std::atomic<int> elsewhere{0};
    const auto loop_thread = std::this_thread::get_id();
    int left = kThreads * kPosts;
    std::vector<std::thread> threads;
    for (std::size_t who = 0; who < kThreads; ++who) {
        threads.emplace_back([&, who] {
            for (int number = 0; number < kPosts; ++number) {
                loop.post([&, who, number] {
                    if (std::this_thread::get_id() != loop_thread) ++elsewhere;
                    seen[who].push_back(number);
                    if (--left == 0) loop.stop();
                });
            }
        });
    }
    loop.run();
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(elsewhere, 0);
    for (const std::vector<int>& numbers : seen) {
        ASSERT_EQ(numbers.size(), std::size_t{kPosts});
        EXPECT_TRUE(std::ranges::is_sorted(numbers)) << "each thread's posts keep their order";
    }
}

TEST(Loop, TimersFireOnceInOrderAndNotEarly) {
    Loop loop;
    std::vector<int> order;
    const auto begin = Clock::now();
    const Timer late = loop.after(30ms, [&] {
        order.push_back(2);
        loop.stop();
    });
    const Timer early = loop.after(10ms, [&] { order.push_back(1); });
    loop.run();
    EXPECT_EQ(order, (std::vector<int>{1, 2}));
    EXPECT_GE(Clock::now() - begin, 30ms);
    EXPECT_FALSE(late.is_set());
}

TEST(Loop, ACancelledTimerNeverFires) {
    Loop loop;
    int fired = 0;
    Timer destroyed = loop.after(1ms, [&] { ++fired; });
    destroyed = Timer();
    Timer cancelled = loop.after(1ms, [&] { ++fired; });
    // Both are due when this runs: the one that is cancelled here must not run any more.
    const Timer first = loop.after(0ms, [&] {
        std::this_thread::sleep_for(5ms);
        cancelled.cancel();
    });
    const Timer end = loop.after(20ms, [&] { loop.stop(); });
    loop.run();
    EXPECT_EQ(fired, 0);
}

TEST(Loop, PeriodicTimersTickUntilDestroyedEvenFromInside) {
    Loop loop;
    int ticks = 0;
    Timer timer;
    timer = loop.every(2ms, [&] {
        if (++ticks == 5) {
            timer = Timer();
            loop.post([&] { loop.stop(); });
        }
    });
    loop.run();
    loop.run_for(20ms);
    EXPECT_EQ(ticks, 5);
}

TEST(Loop, ALateTickDoesNotMakeTheNextOnesHurry) {
    Loop loop;
    std::vector<Clock::time_point> ticks;
    const Timer timer = loop.every(20ms, [&] {
        ticks.push_back(Clock::now());
        if (ticks.size() == 1) std::this_thread::sleep_for(100ms);
        if (ticks.size() == 3) loop.stop();
    });
    loop.run();
    EXPECT_GE(ticks[2] - ticks[1], 15ms);
}

TEST(Loop, HandlesMayOutliveTheLoop) {
    Timer timer;
    Watch watch;
    Poster poster;
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    auto held = std::make_shared<int>(1);
    {
        Loop loop;
        timer = loop.after(1h, [held] {});
        watch = loop.on_readable(pipe[0], [held] {});
        poster = loop.poster();
        EXPECT_TRUE(poster.post([held] {}));
    }
    EXPECT_FALSE(poster.post([held] {}));
    timer.cancel();
    watch = Watch();
    EXPECT_EQ(held.use_count(), 1) << "what was queued must be gone with the loop and its handles";
    ::close(pipe[0]);
    ::close(pipe[1]);
}

TEST(Loop, WatchesADescriptorAndLeavesItToItsOwner) {
    Loop loop;
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    std::string got;
    Watch watch = loop.on_readable(pipe[0], [&] {
        char byte = 0;
        if (::read(pipe[0], &byte, 1) == 1) got += byte;
    });
    ASSERT_EQ(::write(pipe[1], "ab", 2), 2);
    ASSERT_TRUE(wait_for(loop, [&] { return got == "ab"; }));
    watch = Watch();
    ASSERT_EQ(::write(pipe[1], "c", 1), 1);
    loop.run_for(5ms);
    EXPECT_EQ(got, "ab");
    char byte = 0;
    EXPECT_EQ(::read(pipe[0], &byte, 1), 1) << "the descriptor is still open";
    ::close(pipe[0]);
    ::close(pipe[1]);
}

TEST(Loop, SignalsArriveAsTasks) {
    Loop loop;
    std::vector<int> signals;
    loop.on_signals({SIGUSR1, SIGUSR2}, [&](int signal) {
        signals.push_back(signal);
        if (signals.size() == 2) loop.stop();
    });
    loop.post([] { ::raise(SIGUSR1); });
    loop.post([] { ::raise(SIGUSR2); });
    loop.run();
    EXPECT_EQ(signals, (std::vector<int>{SIGUSR1, SIGUSR2}));
}

TEST(Loop, StopBeforeRunIsHeard) {
    Loop loop;
    bool ran = false;
    loop.post([&] { ran = true; });
    loop.stop();
    loop.run();
    EXPECT_FALSE(ran);
}

TEST(Alive, GuardedFunctionsDieWithTheirObject) {
    Loop loop;
    int calls = 0;
    auto alive = std::make_unique<Alive>();
    loop.post(alive->guard([&] { ++calls; }));
    loop.post([&] { alive.reset(); });
    loop.post(alive->guard([&] { ++calls; }));
    ASSERT_TRUE(wait_for(loop, [&] { return alive == nullptr; }));
    loop.run_for(1ms);
    EXPECT_EQ(calls, 1);
}

TEST(Worker, DoesItsJobsInOrderOnItsOwnThread) {
    Loop loop;
    Worker worker("decode", 100);
    const Poster poster = loop.poster();
    std::vector<int> order;
    std::thread::id where;
    for (int number = 0; number < 50; ++number) {
        ASSERT_TRUE(worker.submit([&, number] {
            where = std::this_thread::get_id();
            poster.post([&, number] { order.push_back(number); });
        }));
    }
    ASSERT_TRUE(wait_for(loop, [&] { return order.size() == 50; }));
    EXPECT_TRUE(std::ranges::is_sorted(order));
    EXPECT_NE(where, std::this_thread::get_id());
}

TEST(Worker, RefusesWhenFullAndDropsWhatHasNotBegun) {
    std::promise<void> go;
    std::promise<void> begun;
    std::atomic<int> done{0};
    {
        Worker worker("full", 2);
        ASSERT_TRUE(worker.submit([&, wait = go.get_future()] {
            begun.set_value();
            wait.wait();
            ++done;
        }));
        begun.get_future().wait();
        EXPECT_TRUE(worker.submit([&] { ++done; }));
        EXPECT_TRUE(worker.submit([&] { ++done; }));
        EXPECT_FALSE(worker.submit([&] { ++done; }));
        std::thread([&] { go.set_value(); }).join();
    }
    EXPECT_GE(done, 1) << "the job that had begun is waited for";
}

} // namespace
} // namespace tidewaiter::loop
