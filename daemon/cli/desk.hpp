#pragma once

#include "daemon/json/json.hpp"

/// What an officer asks of the gateway, from a terminal.
namespace tidewaiter::cli {

struct DeskCommand {
    std::string gateway = "http://127.0.0.1:8080";
    bool is_json = false;
};

[[nodiscard]] int run_status(const DeskCommand& command);
/// Each input is a picture's path or a code's text. The exit code is that of the gravest verdict.
[[nodiscard]] int run_scan(const DeskCommand& command, const std::vector<std::string>& inputs,
                           const std::vector<std::string>& receipts);
struct StampCommand {
    std::string input;                   ///< a picture's path or a text
    json::Value fields = json::object(); ///< of POST /api/stamp
    std::vector<std::string> answers;    ///< "CAR-09=no"
    bool waits = false;                  ///< until it is anchored
};
[[nodiscard]] int run_stamp(const DeskCommand& command, const StampCommand& stamp);
[[nodiscard]] int run_stamps(const DeskCommand& command);
[[nodiscard]] int run_show(const DeskCommand& command, const std::string& text);
[[nodiscard]] int run_explain(const DeskCommand& command, std::uint64_t height);

/// A picture by its name or by being there.
[[nodiscard]] bool is_picture(const std::string& input);
/// "CAR-09=no" -> ("CAR-09", false). Error: cli.answer.
[[nodiscard]] Result<std::pair<std::string, bool>> parse_answer(std::string_view text);
/// A verdict as lines for a terminal; everything untrusted is escaped.
[[nodiscard]] std::string verdict_text(const json::Value& verdict, std::string_view input);

} // namespace tidewaiter::cli
