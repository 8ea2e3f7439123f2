#include "daemon/cli/desk.hpp"

#include "daemon/cli/node_client.hpp"
#include "daemon/cli/report.hpp"
#include "daemon/files/files.hpp"
#include "ledger/base/limits.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

namespace tidewaiter::cli {

namespace {

constexpr std::chrono::milliseconds kPoll{100};
constexpr std::chrono::seconds kPatience{60};

Result<loop::HttpClient> gateway_at(const DeskCommand& command) {
    return client_for(command.gateway, "tidewaiterd");
}

std::string line_of(const json::Value& object, std::string_view name) {
    const json::Value* member = object.find(name);
    if (member == nullptr) return {};
    return member->is_text() ? printable(member->text_or("")) : member->dump();
}

/// Everything an object holds, indented, for people.
void show_value(const std::string& name, const json::Value& value, int depth) {
    const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
    if (value.is_object()) {
        if (!name.empty()) say(indent + name);
        for (const json::Member& member : value.members())
            show_value(printable(member.name), member.value, name.empty() ? depth : depth + 1);
        return;
    }
    if (value.is_array()) {
        say(indent + name + (value.items().empty() ? ": none" : ""));
        for (const json::Value& item : value.items()) {
            std::string line;
            for (const json::Member& member : item.members())
                line +=
                    (line.empty() ? "" : ", ") + printable(member.name) + " " + line_of(item, member.name);
            if (line.empty()) line = item.is_text() ? printable(item.text_or("")) : item.dump();
            say(indent + "  - " + line);
        }
        return;
    }
    say(indent + name + ": " + (value.is_text() ? printable(value.text_or("")) : value.dump()));
}

int get_and_show(const DeskCommand& command, const std::string& target) {
    const auto client = gateway_at(command);
    if (!client) return report(client.error());
    const Result<json::Value> body = answer_json(client->get(target));
    if (!body) return report(body.error());
    if (command.is_json)
        say_json(*body);
    else
        show_value("", *body, 0);
    return kOk;
}

Result<json::Value> scan_one(const loop::HttpClient& client, const std::string& input,
                             const std::vector<std::string>& receipts) {
    if (is_picture(input)) {
        TW_TRY(const Bytes picture, files::read(input, limits::kMaxPictureBytes));
        return answer_json(client.post("/api/scan", "application/octet-stream", as_text(picture)));
    }
    std::string target = "/api/scan";
    for (const std::string& receipt : receipts)
        target += (target.size() == 9 ? "?" : "&") + ("receipt=" + url_encoded(receipt));
    return answer_json(client.post(target, "text/plain", input));
}

/// How grave an exit code is, for a row of scans.
int gravity(int code) {
    constexpr std::array kOrder{int{kOk},     int{kDecide}, int{kCannotTell},
                                int{kRefuse}, int{kError},  int{kUnreachable}};
    return static_cast<int>(std::ranges::find(kOrder, code) - kOrder.begin());
}

Result<json::Value> stamp_fields(const loop::HttpClient& client, const StampCommand& stamp) {
    json::Value fields = stamp.fields;
    if (!stamp.answers.empty()) {
        json::Value answers = json::object();
        for (const std::string& text : stamp.answers) {
            TW_TRY(const auto answer, parse_answer(text));
            answers.set(answer.first, answer.second);
        }
        fields.set("answers", std::move(answers));
    }
    if (!is_picture(stamp.input)) {
        fields.set("code", stamp.input);
        return fields;
    }
    TW_TRY(const json::Value verdict, scan_one(client, stamp.input, {}));
    TW_TRY(const std::string id, verdict.at("verdict").text());
    fields.set("verdict", id);
    return fields;
}

/// 409: the verdict and why.
int not_stamped(const DeskCommand& command, const json::Value& body) {
    const json::Value* verdict = body.find("verdict");
    const json::Value* error = body.find("error");
    if (command.is_json) {
        say_json(body);
    } else {
        if (verdict != nullptr) say(verdict_text(*verdict, ""));
        if (error != nullptr)
            say("not stamped: " + line_of(*error, "detail") + " [" + line_of(*error, "code") + "]");
    }
    if (verdict == nullptr) return kError;
    const int code =
        exit_for(verdict->find("outcome") == nullptr ? "" : verdict->find("outcome")->text_or(""));
    return code == kOk ? kError : code;
}

Result<json::Value> wait_anchored(const loop::HttpClient& client, const std::string& stamp) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (true) {
        TW_TRY(json::Value row, answer_json(client.get("/api/stamps/" + stamp)));
        if (line_of(row, "status") == "anchored") return row;
        if (std::chrono::steady_clock::now() > deadline)
            return fail("stamp.waiting", "the stamp is kept and still '" + line_of(row, "status") +
                                             "' after a minute; it goes on by itself, see tidewaiter stamps");
        std::this_thread::sleep_for(kPoll);
    }
}

} // namespace

bool is_picture(const std::string& input) {
    for (const std::string_view suffix : {".png", ".jpg", ".jpeg", ".PNG", ".JPG", ".JPEG"})
        if (input.ends_with(suffix)) return true;
    std::error_code ignored;
    return std::filesystem::is_regular_file(input, ignored);
}

Result<std::pair<std::string, bool>> parse_answer(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string_view word = equals == std::string_view::npos ? "" : text.substr(equals + 1);
    if (equals == 0 || (word != "yes" && word != "no"))
        return fail("cli.answer",
                    "'" + printable(text, 40) + "': expected RULE=yes or RULE=no, such as CAR-09=no");
    return std::pair(std::string(text.substr(0, equals)), word == "yes");
}

int run_status(const DeskCommand& command) {
    return get_and_show(command, "/api/status");
}
int run_stamps(const DeskCommand& command) {
    return get_and_show(command, "/api/stamps");
}
int run_show(const DeskCommand& command, const std::string& text) {
    return get_and_show(command, "/api/show?code=" + url_encoded(text));
}
int run_explain(const DeskCommand& command, std::uint64_t height) {
    return get_and_show(command, "/api/explain/" + std::to_string(height));
}

int run_scan(const DeskCommand& command, const std::vector<std::string>& inputs,
             const std::vector<std::string>& receipts) {
    const auto client = gateway_at(command);
    if (!client) return report(client.error());
    int worst = kOk;
    for (const std::string& input : inputs) {
        int code = kOk;
        const Result<json::Value> verdict = scan_one(*client, input, receipts);
        if (!verdict) {
            code = report({verdict.error().code, printable(input) + ": " + verdict.error().detail});
        } else {
            code = exit_for(line_of(*verdict, "outcome"));
            if (command.is_json) {
                json::Value line{{"input", input}};
                for (const json::Member& member : verdict->members())
                    line.set(member.name, member.value);
                say_json(line);
            } else {
                say(verdict_text(*verdict, is_picture(input) ? input : ""));
            }
        }
        if (gravity(code) > gravity(worst)) worst = code;
        if (code == kUnreachable) break;
    }
    return worst;
}

int run_stamp(const DeskCommand& command, const StampCommand& stamp) {
    const auto client = gateway_at(command);
    if (!client) return report(client.error());
    const Result<json::Value> fields = stamp_fields(*client, stamp);
    if (!fields) return report(fields.error());
    const Result<loop::Response> response = client->post("/api/stamp", "application/json", fields->dump());
    if (response && response->status == 409) {
        const Result<json::Value> body = json::parse(response->body);
        return body ? not_stamped(command, *body) : report(body.error());
    }
    Result<json::Value> body = answer_json(response);
    if (!body) return report(body.error());
    const std::string id = line_of(*body, "stamp");
    if (!command.is_json) {
        if (const json::Value* verdict = body->find("verdict")) say(verdict_text(*verdict, ""));
        say("stamped " + line_of(*body, "operation") + " " + line_of(*body, "lines") + ", number " +
            line_of(*body, "sequence"));
        say("  stamp   " + id);
        if (const std::string receipt = line_of(*body, "receipt"); !receipt.empty()) {
            const json::Value* text = body->find("receipt");
            say("  receipt " + printable(text->text_or(""), limits::kMaxScanChars));
        }
    }
    if (stamp.waits) {
        const Result<json::Value> row = wait_anchored(*client, id);
        if (!row) return report(row.error());
        for (const json::Member& member : row->members())
            body->set(member.name, member.value);
        if (!command.is_json)
            say("  anchored in block " + line_of(*row, "height") + ", " + line_of(*row, "outcome"));
    } else if (!command.is_json) {
        say("  status  " + line_of(*body, "status"));
    }
    if (command.is_json) say_json(*body);
    return kOk;
}

} // namespace tidewaiter::cli
