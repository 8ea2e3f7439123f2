#pragma once

#include "ledger/base/result.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

/// Structured log: an event name ("relay.connected") and key=value pairs, one line each, to standard error.
/// Under systemd each line carries its priority. Any thread may log. Values are escaped and cut here, not by
/// the caller.
namespace tidewaiter::log {

/// error: a person is needed. warning: wrong but handled; limited in rate per event. info: rare life-cycle
/// events. debug: off until enabled.
enum class Level { Error, Warning, Info, Debug };

/// What stands behind the "=": text, numbers, truth values, an Error (its code and detail).
class Value {
  public:
    Value(std::string_view text) : text_(text) {}
    Value(const std::string& text) : text_(text) {}
    Value(const char* text) : text_(text) {}
    Value(bool value) : text_(value ? "yes" : "no"), is_plain_(true) {}
    Value(double value);
    Value(const Error& error);
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    Value(T value) : text_(std::to_string(value)), is_plain_(true) {}
    template <class T>
    Value(const T*) = delete; // would silently become "yes"

    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] bool is_plain() const { return is_plain_; }

  private:
    std::string text_;
    bool is_plain_ = false;
};

struct Field {
    std::string_view key; ///< ours: [a-z0-9_]
    Value value;
};
using Fields = std::initializer_list<Field>;

void error(std::string_view event, Fields fields = {});
void warning(std::string_view event, Fields fields = {});
void info(std::string_view event, Fields fields = {});
void debug(std::string_view event, Fields fields = {});

/// Debug lines of one category (what stands before the first dot of the event) or, with "*", of all.
void enable_debug(std::string_view category);
/// The least important level that is written; Info at start. Debug lines also need enable_debug().
void set_level(Level level);

/// The line without its end: "warning relay.lost relay=relay-1 reason=\"connection reset\"". For tests, and
/// to keep the newest lines for a person; an empty function takes the sink away. Runs on the logging thread;
/// must not log.
using Sink = std::function<void(Level, std::string_view line)>;
void set_sink(Sink sink);
/// As the logger writes it.
[[nodiscard]] std::string format(Level level, std::string_view event, Fields fields);

} // namespace tidewaiter::log
