#include "daemon/cli/inspect.hpp"

#include "daemon/cli/desk.hpp"
#include "daemon/cli/keys.hpp"
#include "daemon/cli/report.hpp"
#include "daemon/decoder/client.hpp"
#include "ledger/base/limits.hpp"
#include "ledger/claims/foreign.hpp"
#include "ledger/claims/text.hpp"
#include "ledger/documents/carnet/record.hpp"

#include <algorithm>

namespace tidewaiter::cli {

namespace {

constexpr std::chrono::milliseconds kDecodeDeadline{10'000};
constexpr std::size_t kMaxTrustBytes = 1'048'576;
constexpr std::size_t kMaxShown = 20'000;

/// A COSE code's fields, on the symbol that carried it.
void add_code(json::Value& symbol, const claims::InspectedCode& code) {
    json::Value layers = json::object();
    for (const claims::CodeLayer& layer : code.layers)
        layers.set(layer.name, layer.is_ok ? "ok" : layer.detail);
    symbol.set("layers", std::move(layers));
    const bool has_cose = std::ranges::any_of(
        code.layers, [](const claims::CodeLayer& layer) { return layer.name == "cose" && layer.is_ok; });
    if (!has_cose) return;
    json::Value headers{{"protected", code.protected_header}, {"unprotected", code.unprotected_header}};
    if (code.algorithm) headers.set("algorithm", code.algorithm_name);
    if (code.key_id) headers.set("kid", to_hex(*code.key_id)).set("kid_protected", code.key_id_is_protected);
    symbol.set("headers", std::move(headers)).set("payload", code.payload);
    symbol.set("signature", claims::word(code.signature));
    if (!code.signature_reason.empty()) symbol.set("reason", code.signature_reason);
    if (!code.signer.empty()) symbol.set("signer", code.signer);
}

json::Value locator_json(std::string_view text) {
    const Result<claims::Locator> locator = claims::parse_locator(text);
    if (!locator) return {{"error", std::string(locator.error().code) + ": " + locator.error().detail}};
    const documents::RecordKey key = carnet::carnet_key(locator->territory, locator->scheme, locator->number);
    return {{"namespace", key.name_space},
            {"key", key.key},
            {"colour", carnet::word(static_cast<carnet::Colour>(locator->colour))},
            {"sheet", locator->sheet},
            {"half", locator->half}};
}

/// What a text turns out to be.
void add_meaning(json::Value& value, std::string_view text, const claims::InspectOptions& options) {
    if (text.starts_with("TW1L:")) {
        value.set("locator", locator_json(text));
        return;
    }
    claims::InspectOptions own = options;
    if (!text.starts_with("TW")) own.external_aad.clear(); // others sign without it
    const claims::InspectedCode code = claims::inspect_text(text, own);
    const bool is_code = code.layers.size() > 1 && code.layers[1].is_ok;
    const bool is_ours = text.starts_with("TW1:") || text.starts_with("TWZ1:");
    if (is_code || is_ours) {
        add_code(value, code);
        return;
    }
    if (const auto foreign = claims::recognise_foreign(text)) {
        json::Value contents = json::object();
        for (const auto& [name, content] : foreign->contents)
            contents.set(name, content);
        value.set("foreign",
                  {{"name", foreign->name}, {"what", foreign->what}, {"contents", std::move(contents)}});
    }
}

void show_code(const json::Value& symbol) {
    const auto shown = [](const json::Value& value, std::string_view name) {
        const json::Value* member = value.find(name);
        return member == nullptr ? std::string() : printable(member->text_or(""), kMaxShown);
    };
    for (const json::Member& layer : symbol.find("layers")->members())
        say("    " + layer.name + " " + printable(layer.value.text_or(""), kMaxShown));
    const json::Value* headers = symbol.find("headers");
    if (headers == nullptr) return;
    for (const std::string_view name : {"protected", "unprotected", "algorithm", "kid"})
        if (const std::string text = shown(*headers, name); !text.empty())
            say("    " + std::string(name) + " " + text);
    say("    payload " + shown(symbol, "payload"));
    std::string line = "    signature " + shown(symbol, "signature");
    if (const std::string reason = shown(symbol, "reason"); !reason.empty()) line += ": " + reason;
    if (const std::string signer = shown(symbol, "signer"); !signer.empty()) line += ", by " + signer;
    say(line);
}

void show_symbol(const json::Value& symbol) {
    const json::Value* text = symbol.find("text");
    const json::Value* bytes = symbol.find("bytes_hex");
    say("  " + std::string(symbol.find("format")->text_or("")) + " " +
        (text != nullptr ? printable(text->text_or(""), kMaxShown)
                         : "bytes " + std::string(bytes->text_or(""))));
    if (symbol.has("layers")) show_code(symbol);
    for (const std::string_view name : {"locator", "foreign"}) {
        if (const json::Value* what = symbol.find(name))
            say("    " + std::string(name) + " " + printable(what->dump(), kMaxShown));
    }
}

int exit_of(const json::Value& symbol) {
    const json::Value* signature = symbol.find("signature");
    if (const json::Value* layers = symbol.find("layers")) {
        for (const json::Member& layer : layers->members())
            if (layer.value.text_or("") != "ok") return kInvalid;
    }
    return signature != nullptr && signature->text_or("") == "invalid" ? kInvalid : kOk;
}

std::string decoder_beside_us() {
    std::error_code error;
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? "tidewaiter-decoder" : (self.parent_path() / "tidewaiter-decoder").string();
}

/// {"file", "symbols"}, and "error" when the picture cannot be read
json::Value inspect_picture(const std::string& path, decoder::DecoderProcess& decoder,
                            const claims::InspectOptions& options) {
    json::Value value{{"file", path}};
    const Result<Bytes> picture = files::read(path, limits::kMaxPictureBytes);
    const auto failed = [&](const Error& error) {
        value.set("symbols", json::array()).set("error", {{"code", error.code}, {"detail", error.detail}});
        return value;
    };
    if (!picture) return failed(picture.error());
    const auto found = decoder.decode(*picture, kDecodeDeadline);
    if (!found) return failed(found.error());
    value.set("symbols", json::array_of(*found, [&](const symbols::Symbol& symbol) {
                  return inspect_symbol(symbol, options);
              }));
    return value;
}

/// One line of answer; its exit code.
int answer(const InspectCommand& command, const json::Value& value) {
    const json::Value* symbols = value.find("symbols");
    const json::Value* error = value.find("error");
    int code = error != nullptr ? int{kError} : int{kOk};
    if (symbols != nullptr)
        for (const json::Value& symbol : symbols->items())
            code = std::max(code, exit_of(symbol));
    if (command.is_json) {
        say_json(value);
        return code;
    }
    if (const json::Value* file = value.find("file")) say(printable(file->text_or("")));
    if (error != nullptr)
        say("  cannot be read: " + printable(error->find("detail")->text_or("")) + " [" +
            std::string(error->find("code")->text_or("")) + "]");
    if (error == nullptr && symbols != nullptr && symbols->items().empty()) say("  no symbol was found");
    if (symbols != nullptr)
        for (const json::Value& symbol : symbols->items())
            show_symbol(symbol);
    return code;
}

} // namespace

json::Value inspect_symbol(const symbols::Symbol& symbol, const claims::InspectOptions& options) {
    json::Value value{{"format", symbols::format_name(symbol.format)}};
    if (symbol.is_text) {
        const std::string text(as_text(symbol.bytes));
        value.set("text", text);
        add_meaning(value, text, options);
        return value;
    }
    value.set("bytes_hex", to_hex(symbol.bytes));
    if (!symbol.text.empty() && is_utf8(symbol.text)) value.set("text", symbol.text);
    if (claims::parse_sign1(symbol.bytes)) {
        claims::InspectOptions foreign = options;
        foreign.external_aad.clear();
        add_code(value, claims::inspect_cose(symbol.bytes, foreign));
    } else if (!symbol.text.empty()) {
        add_meaning(value, symbol.text, options);
    }
    return value;
}

json::Value inspect_typed(const std::string& text, const claims::InspectOptions& options) {
    json::Value symbol{{"format", "text"}, {"text", text}};
    add_meaning(symbol, text, options);
    return symbol;
}

Result<std::vector<crypto::TrustedKey>> read_trust(const std::string& path) {
    TW_TRY(const Bytes content, files::read(path, kMaxTrustBytes));
    const std::string_view text = as_text(content);
    if (text.find("tidewaiter-public-key-1 ") == std::string_view::npos) {
        Result<std::vector<crypto::TrustedKey>> keys = crypto::parse_trust(content);
        if (!keys) return within(path, std::move(keys).error());
        return keys;
    }
    Result<std::vector<crypto::PublicKey>> keys = parse_public_keys(text);
    if (!keys) return within(path, std::move(keys).error());
    std::vector<crypto::TrustedKey> trusted;
    for (const crypto::PublicKey& key : *keys) {
        const crypto::KeyId id = key.id();
        trusted.push_back({.name = "key " + to_hex(id),
                           .key = crypto::ForeignKey::from(key),
                           .kids = {Bytes(id.begin(), id.end())},
                           .certificate = std::nullopt});
    }
    return trusted;
}

int run_inspect(const InspectCommand& command) {
    claims::InspectOptions options{
        .trust = {}, .external_aad = to_bytes(as_bytes(command.chain)), .detached_payload = {}};
    for (const std::string& path : command.trust) {
        Result<std::vector<crypto::TrustedKey>> keys = read_trust(path);
        if (!keys) return report(keys.error());
        std::ranges::move(*keys, std::back_inserter(options.trust));
    }
    decoder::DecoderProcess decoder(
        {.program = command.decoder.empty() ? decoder_beside_us() : command.decoder});
    int worst = kOk;
    for (const std::string& input : command.inputs) {
        json::Value value;
        if (is_picture(input)) {
            value = inspect_picture(input, decoder, options);
        } else {
            value = {{"text", input}, {"symbols", json::array({inspect_typed(input, options)})}};
        }
        worst = std::max(worst, answer(command, value));
    }
    return worst;
}

} // namespace tidewaiter::cli
