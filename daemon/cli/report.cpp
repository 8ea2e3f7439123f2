#include "daemon/cli/report.hpp"

#include "ledger/base/bytes.hpp"

#include <cstdio>

namespace tidewaiter::cli {

namespace {

constexpr std::size_t kMaxErrorBytes = 4'000;

void write_line(std::FILE* file, std::string_view line) {
    std::fwrite(line.data(), 1, line.size(), file);
    std::fputc('\n', file);
}

} // namespace

int report(const Error& error) {
    write_line(stderr, "tidewaiter: " + printable(error.detail, kMaxErrorBytes) + " [" +
                           std::string(error.code) + "]");
    return error.code == "http.unreachable" || error.code == "http.timeout" ? kUnreachable : kError;
}

int exit_for(std::string_view outcome) {
    if (outcome == "clear") return kOk;
    if (outcome == "refuse") return kRefuse;
    if (outcome == "decide") return kDecide;
    return kCannotTell;
}

void say(std::string_view line) {
    write_line(stdout, line);
}

void say_json(const json::Value& value) {
    write_line(stdout, value.dump());
}

} // namespace tidewaiter::cli
