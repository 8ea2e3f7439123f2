#include "daemon/console/order.hpp"

namespace tidewaiter::console {

namespace {

constexpr std::size_t kMaxReferences = 99;
constexpr std::size_t kMaxSeals = 20;
constexpr std::size_t kMaxAnswers = 200;

Status take_text(const json::Value& body, std::string_view name, std::string& into) {
    TW_TRY(const std::optional<std::string> text, body.at(name).optional_text());
    if (text) into = *text;
    return {};
}

Status take_flag(const json::Value& body, std::string_view name, bool& into) {
    TW_TRY(const std::optional<bool> flag, body.at(name).optional_boolean());
    if (flag) into = *flag;
    return {};
}

Status take_number(const json::Value& body, std::string_view name, int min, int max, int& into) {
    if (body.at(name).is_absent()) return {};
    TW_TRY(const std::int64_t number, body.at(name).integer(min, max));
    into = static_cast<int>(number);
    return {};
}

Status take_lists(const json::Value& body, application::Declaration& declaration) {
    if (!body.at("references").is_absent()) {
        TW_TRY(const std::vector<json::Field> items, body.at("references").items());
        if (items.size() > kMaxReferences) return fail("json.range", "references: at most 99 sheet numbers");
        for (const json::Field& item : items) {
            TW_TRY(const std::int64_t number, item.integer(1, 99));
            declaration.references.push_back(static_cast<int>(number));
        }
    }
    if (!body.at("seals").is_absent()) {
        TW_TRY(declaration.seals, body.at("seals").texts());
        if (declaration.seals.size() > kMaxSeals) return fail("json.range", "seals: at most 20");
    }
    if (!body.at("answers").is_absent()) {
        TW_TRY(const auto answers, body.at("answers").members());
        if (answers.size() > kMaxAnswers) return fail("json.range", "answers: at most 200");
        for (const auto& [rule, field] : answers) {
            TW_TRY(const bool answer, field.boolean());
            declaration.answers[rule] = answer;
        }
    }
    return {};
}

Status take_declaration(const json::Value& body, application::Declaration& declaration) {
    TW_CHECK(take_text(body, "operation", declaration.operation));
    TW_CHECK(take_number(body, "sheet", 0, 99, declaration.sheet));
    TW_CHECK(take_text(body, "lines", declaration.lines));
    TW_CHECK(take_lists(body, declaration));
    TW_TRY(const std::optional<std::string> final_date, body.at("final_date").optional_text());
    if (final_date) {
        auto date = parse_date(*final_date);
        if (!date) return fail("order.date", "final_date: " + date.error().detail);
        declaration.final_date = *date;
    }
    TW_TRY(const std::optional<std::string> branch, body.at("branch").optional_text());
    if (branch) {
        auto hash = from_hex_fixed<32>(*branch);
        if (!hash) return fail("order.hash", "branch: " + hash.error().detail);
        declaration.branch = *hash;
    }
    TW_CHECK(take_text(body, "destination", declaration.destination));
    TW_CHECK(take_text(body, "not_reexported", declaration.not_reexported));
    TW_CHECK(take_text(body, "not_produced", declaration.not_produced));
    TW_CHECK(take_text(body, "processed_abroad", declaration.processed_abroad));
    TW_CHECK(take_text(body, "not_reimported", declaration.not_reimported));
    TW_CHECK(take_number(body, "regularised", 0, 5, declaration.regularised));
    TW_CHECK(take_number(body, "transport_mode", 0, 9, declaration.transport_mode));
    TW_CHECK(take_text(body, "transport", declaration.transport));
    TW_CHECK(take_text(body, "colour", declaration.colour));
    TW_CHECK(take_text(body, "registration", declaration.registration));
    TW_CHECK(take_flag(body, "booklet_shows_ink", declaration.booklet_shows_ink));
    TW_CHECK(take_flag(body, "issuer_confirms", declaration.issuer_confirms));
    TW_CHECK(take_flag(body, "stamp_missing_no_abuse", declaration.stamp_missing_no_abuse));
    return {};
}

} // namespace

Result<OrderBody> order_from_json(const json::Value& body) {
    TW_CHECK(body.root().only({"officer",
                               "second_person",
                               "reason",
                               "code",
                               "verdict",
                               "operation",
                               "sheet",
                               "lines",
                               "references",
                               "final_date",
                               "branch",
                               "destination",
                               "not_reexported",
                               "not_produced",
                               "processed_abroad",
                               "not_reimported",
                               "regularised",
                               "seals",
                               "transport_mode",
                               "transport",
                               "colour",
                               "registration",
                               "answers",
                               "booklet_shows_ink",
                               "issuer_confirms",
                               "stamp_missing_no_abuse"}));
    OrderBody out;
    TW_TRY(out.order.officer, body.at("officer").text(20));
    TW_CHECK(take_text(body, "second_person", out.order.second_person));
    TW_CHECK(take_text(body, "reason", out.order.reason));
    TW_TRY(const std::optional<std::string> code, body.at("code").optional_text());
    TW_TRY(const std::optional<std::string> verdict, body.at("verdict").optional_text());
    if (code.has_value() == verdict.has_value()) {
        return fail("order.verdict",
                    "give either \"code\" (what was scanned or typed) or \"verdict\" (its id)");
    }
    if (code) out.order.text = *code;
    if (verdict) {
        auto id = from_hex_fixed<16>(*verdict);
        if (!id) return fail("order.verdict", "verdict: " + id.error().detail);
        out.verdict = *id;
    }
    TW_CHECK(take_declaration(body, out.order.declaration));
    return out;
}

} // namespace tidewaiter::console
