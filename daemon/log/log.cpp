#include "daemon/log/log.hpp"

#include "ledger/base/bytes.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <unistd.h>

namespace tidewaiter::log {

namespace {

constexpr std::size_t kMaxValueBytes = 200;
/// Warnings of one event within one window; the rest is counted and told with the next window's first.
constexpr unsigned kWarningsPerWindow = 10;
constexpr std::chrono::seconds kWindow{10};
constexpr std::size_t kMaxEvents = 500;

/// systemd reads "<3>" and so on at the start of a line as syslog's priority.
int priority_of(spdlog::level::level_enum level) {
    switch (level) {
    case spdlog::level::critical:
    case spdlog::level::err: return 3;
    case spdlog::level::warn: return 4;
    case spdlog::level::info: return 6;
    default: return 7;
    }
}

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
    case Level::Error: return spdlog::level::err;
    case Level::Warning: return spdlog::level::warn;
    case Level::Info: return spdlog::level::info;
    case Level::Debug: return spdlog::level::debug;
    }
    return spdlog::level::err;
}

std::string_view word_of(Level level) {
    switch (level) {
    case Level::Error: return "error";
    case Level::Warning: return "warning";
    case Level::Info: return "info";
    case Level::Debug: return "debug";
    }
    return "";
}

/// Each line in one write, so that lines of several processes on one terminal or pipe do not mix.
class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    StderrSink() : prefixed_(std::getenv("JOURNAL_STREAM") != nullptr && ::isatty(STDERR_FILENO) == 0) {}

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        std::string line;
        if (prefixed_) {
            line = fmt::format("<{}>", priority_of(message.level));
        } else {
            line = time_of(message.time);
        }
        line.append(message.payload.data(), message.payload.size());
        line += '\n';
        // Nobody could be told that the log itself does not work.
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    }
    void flush_() override {}

  private:
    static std::string time_of(spdlog::log_clock::time_point time) {
        const auto since = time.time_since_epoch();
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
        const auto milliseconds =
            std::chrono::duration_cast<std::chrono::milliseconds>(since - seconds).count();
        const std::time_t whole = seconds.count();
        std::tm parts{};
        ::gmtime_r(&whole, &parts);
        return fmt::format("{:02}:{:02}:{:02}.{:03}Z ", parts.tm_hour, parts.tm_min, parts.tm_sec,
                           milliseconds);
    }

    bool prefixed_;
};

/// The one state of a process that is global: a logger passed through every signature helps nobody.
struct State {
    State() : logger("tidewaiter", std::make_shared<StderrSink>()) {
        logger.set_level(spdlog::level::debug);
        logger.set_error_handler([](const std::string&) {});
    }

    spdlog::logger logger;
    std::atomic<Level> level{Level::Info};
    std::atomic<bool> any_debug{false};

    struct Rate {
        std::chrono::steady_clock::time_point since;
        unsigned written = 0;
        unsigned held_back = 0;
    };
    std::mutex mutex;
    std::set<std::string, std::less<>> debug_categories; // guarded by mutex
    std::map<std::string, Rate, std::less<>> rates;      // guarded by mutex
    Sink sink;                                           // guarded by mutex
};

State& state() {
    // Never destroyed: threads of libraries may log while the process ends.
    static State& single = *new State;
    return single;
}

bool is_wanted(Level level, std::string_view event) {
    State& all = state();
    if (level != Level::Debug) return level <= all.level.load();
    if (!all.any_debug.load()) return false;
    const std::scoped_lock lock(all.mutex);
    return all.debug_categories.contains("*") ||
           all.debug_categories.contains(event.substr(0, event.find('.')));
}

/// How many warnings of this event were held back before this one; nothing when this one is held back, too.
std::optional<unsigned> admit_warning(std::string_view event) {
    State& all = state();
    const auto now = std::chrono::steady_clock::now();
    const std::scoped_lock lock(all.mutex);
    auto found = all.rates.find(event);
    if (found == all.rates.end()) {
        if (all.rates.size() >= kMaxEvents) all.rates.clear();
        found = all.rates.emplace(std::string(event), State::Rate{.since = now}).first;
    }
    State::Rate& rate = found->second;
    if (now - rate.since >= kWindow) {
        const unsigned held_back = rate.held_back;
        rate = {.since = now, .written = 1, .held_back = 0};
        return held_back;
    }
    if (rate.written < kWarningsPerWindow) {
        ++rate.written;
        return 0U;
    }
    ++rate.held_back;
    return std::nullopt;
}

bool needs_quotes(std::string_view text) {
    return text.empty() || std::ranges::any_of(text, [](char c) { return c == ' ' || c == '"' || c == '='; });
}

void append_value(std::string& line, const Value& value) {
    if (value.is_plain()) {
        line += value.text();
        return;
    }
    std::string shown = printable(value.text(), kMaxValueBytes);
    if (!needs_quotes(shown)) {
        line += shown;
        return;
    }
    line += '"';
    for (const char character : shown) {
        if (character == '"') line += '\\';
        line += character;
    }
    line += '"';
}

std::string message_of(std::string_view event, Fields fields) {
    std::string line(event);
    for (const Field& field : fields) {
        line += ' ';
        line += field.key;
        line += '=';
        append_value(line, field.value);
    }
    return line;
}

void write(Level level, std::string_view event, Fields fields) {
    if (!is_wanted(level, event)) return;
    std::string line = message_of(event, fields);
    if (level == Level::Warning) {
        const auto held_back = admit_warning(event);
        if (!held_back) return;
        if (*held_back > 0) line += fmt::format(" held_back={}", *held_back);
    }
    line.insert(0, fmt::format("{} ", word_of(level)));
    State& all = state();
    all.logger.log(to_spdlog(level), spdlog::string_view_t(line));
    const std::scoped_lock lock(all.mutex);
    if (all.sink) all.sink(level, line);
}

} // namespace

Value::Value(double value) : text_(fmt::format("{:.6g}", value)), is_plain_(true) {}

Value::Value(const Error& error) : text_(fmt::format("{}: {}", error.code, error.detail)) {}

void error(std::string_view event, Fields fields) {
    write(Level::Error, event, fields);
}
void warning(std::string_view event, Fields fields) {
    write(Level::Warning, event, fields);
}
void info(std::string_view event, Fields fields) {
    write(Level::Info, event, fields);
}
void debug(std::string_view event, Fields fields) {
    write(Level::Debug, event, fields);
}

void enable_debug(std::string_view category) {
    State& all = state();
    const std::scoped_lock lock(all.mutex);
    all.debug_categories.emplace(category);
    all.any_debug = true;
}

void set_level(Level level) {
    state().level = level;
}

void set_sink(Sink sink) {
    State& all = state();
    const std::scoped_lock lock(all.mutex);
    all.sink = std::move(sink);
}

std::string format(Level level, std::string_view event, Fields fields) {
    return fmt::format("{} {}", word_of(level), message_of(event, fields));
}

} // namespace tidewaiter::log
