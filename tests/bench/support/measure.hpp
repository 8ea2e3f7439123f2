#pragma once

#include "ledger/base/result.hpp"

#include <cstddef>
#include <string>
#include <vector>

/// Rows of the report, and the clocks they are measured with.
namespace tidewaiter::bench {

/// Processor time, which others on the same machine disturb least, and time on the wall.
struct Spent {
    double processor = 0; ///< seconds
    double wall = 0;
    Spent& operator+=(const Spent& other);
};

/// Runs from its making. `OfThread` is the finer one: for what takes microseconds.
class Watch {
  public:
    enum class Of { Process, Thread };
    explicit Watch(Of of = Of::Process);
    [[nodiscard]] Spent spent() const;

  private:
    Of of_;
    Spent begin_;
};

/// The value below which `share` (0 … 1) of the values lie. Not empty.
[[nodiscard]] double quantile(std::vector<double> values, double share);
[[nodiscard]] inline double median(std::vector<double> values) {
    return quantile(std::move(values), 0.5);
}

/// One line {"name","value","unit","bar","ok"} on standard output. A row without a bar is shown beside
/// others.
void show(const std::string& name, double value, const std::string& unit);
void show_at_most(const std::string& name, double value, const std::string& unit, double bar);
void show_at_least(const std::string& name, double value, const std::string& unit, double bar);
/// 1 when a row missed its bar.
[[nodiscard]] int exit_status();

/// Says what went wrong and ends the program with status 2: a measurement of failures is none.
[[noreturn]] void give_up(const Error& error);
void expect(const Status& status);
template <class T>
T expect(Result<T> result) {
    if (!result) give_up(result.error());
    return *std::move(result);
}

} // namespace tidewaiter::bench
