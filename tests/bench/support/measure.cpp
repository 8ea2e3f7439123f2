#include "tests/bench/support/measure.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace tidewaiter::bench {
namespace {

bool is_missed = false;

double read_clock(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

Spent read_clocks(Watch::Of of) {
    const clockid_t clock = of == Watch::Of::Thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID;
    return {.processor = read_clock(clock), .wall = read_clock(CLOCK_MONOTONIC)};
}

void show_row(const std::string& name, double value, const std::string& unit, const std::string& bar,
              bool is_ok) {
    std::printf(R"({"name": "%s", "value": %.4g, "unit": "%s", "bar": %s, "ok": %s})"
                "\n",
                name.c_str(), value, unit.c_str(), bar.empty() ? "null" : ('"' + bar + '"').c_str(),
                bar.empty() ? "null"
                : is_ok     ? "true"
                            : "false");
    std::fflush(stdout);
    is_missed = is_missed || !is_ok;
}

std::string written(const char* sign, double bar) {
    char text[40];
    std::snprintf(text, sizeof text, "%s %.4g", sign, bar);
    return text;
}

} // namespace

Spent& Spent::operator+=(const Spent& other) {
    processor += other.processor;
    wall += other.wall;
    return *this;
}

Watch::Watch(Of of) : of_(of), begin_(read_clocks(of)) {}

Spent Watch::spent() const {
    const Spent end = read_clocks(of_);
    return {.processor = end.processor - begin_.processor, .wall = end.wall - begin_.wall};
}

double quantile(std::vector<double> values, double share) {
    const auto last = static_cast<double>(values.size() - 1);
    const auto place = static_cast<std::ptrdiff_t>(std::ceil(share * last));
    std::nth_element(values.begin(), values.begin() + place, values.end());
    return values[static_cast<std::size_t>(place)];
}

void show(const std::string& name, double value, const std::string& unit) {
    show_row(name, value, unit, "", true);
}

void show_at_most(const std::string& name, double value, const std::string& unit, double bar) {
    show_row(name, value, unit, written("<=", bar), value <= bar);
}

void show_at_least(const std::string& name, double value, const std::string& unit, double bar) {
    show_row(name, value, unit, written(">=", bar), value >= bar);
}

int exit_status() {
    return is_missed ? 1 : 0;
}

void give_up(const Error& error) {
    std::fprintf(stderr, "bench: %s: %s\n", std::string(error.code).c_str(), error.detail.c_str());
    std::exit(2);
}

void expect(const Status& status) {
    if (!status) give_up(status.error());
}

} // namespace tidewaiter::bench
