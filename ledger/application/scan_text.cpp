#include "ledger/application/scan_text.hpp"

#include "ledger/base/limits.hpp"
#include "ledger/claims/text.hpp"
#include "ledger/documents/carnet/record.hpp"

#include <algorithm>

namespace tidewaiter::application {

namespace {

std::vector<std::string> upper_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text) {
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            if (!word.empty()) words.push_back(std::move(word));
            word.clear();
        } else {
            word += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        }
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

/// "TECRO/AIT", "TECRO-AIT" and "TECRO_AIT" are one scheme.
std::string scheme_of(std::string word) {
    std::ranges::replace_if(word, [](char c) { return c == '/' || c == '-'; }, '_');
    return carnet::scheme_from(word) ? word : std::string();
}

/// A number that can be printed and typed; a scanner may deliver any byte.
std::optional<documents::RecordKey> checked(documents::RecordKey key) {
    if (!std::ranges::all_of(key.key, [](char c) { return c > ' ' && c <= '~'; })) return std::nullopt;
    if (!documents::is_namespace(key.name_space) || key.key.size() > limits::kMaxRecordKeyBytes)
        return std::nullopt;
    if (!carnet::split_key(key)) return std::nullopt;
    return key;
}

std::optional<documents::RecordKey> read_own_key(std::string_view text) {
    constexpr std::string_view kPrefix = "carnet/";
    const std::size_t space = text.find(' ');
    if (!text.starts_with(kPrefix) || space == std::string_view::npos) return std::nullopt;
    return checked({std::string(text.substr(0, space)), std::string(text.substr(space + 1))});
}

} // namespace

std::optional<documents::RecordKey> read_typed_number(std::string_view text) {
    if (text.size() > limits::kMaxRecordKeyBytes) return std::nullopt;
    if (auto own = read_own_key(text)) return own;
    const std::vector<std::string> words = upper_words(text);
    if (words.size() < 3) return std::nullopt;
    const bool scheme_first = !scheme_of(words[0]).empty();
    const std::string scheme = scheme_of(words[scheme_first ? 0 : 1]);
    const std::string& territory = words[scheme_first ? 1 : 0];
    if (scheme.empty() || !documents::is_alpha2(territory)) return std::nullopt;
    std::string number;
    for (std::size_t i = 2; i < words.size(); ++i)
        number += words[i];
    return checked(carnet::carnet_key(territory, scheme, number));
}

ScannedText read_text(std::string_view text) {
    if (text.empty() || text.size() > limits::kMaxScanChars) return Unreadable{};
    if (text.starts_with("TW1L:")) {
        Result<claims::Locator> locator = claims::parse_locator(text);
        if (!locator) return BrokenCode{std::move(locator).error()};
        std::optional<documents::RecordKey> key =
            checked(carnet::carnet_key(locator->territory, locator->scheme, locator->number));
        if (!key) return BrokenCode{{"locator.number", "the number cannot be a carnet's"}};
        return NamedCarnet{.record = std::move(*key),
                           .sheet = carnet::Sheet{.colour = static_cast<carnet::Colour>(locator->colour),
                                                  .number = locator->sheet,
                                                  .half = static_cast<carnet::Half>(locator->half)}};
    }
    if (text.starts_with("TW1:") || text.starts_with("TWZ1:")) {
        Result<Bytes> cose = claims::from_text(text);
        if (!cose) return BrokenCode{std::move(cose).error()};
        Result<claims::Envelope> envelope = claims::parse_envelope(*cose);
        if (!envelope) return BrokenCode{std::move(envelope).error()};
        return SignedCode{*std::move(envelope)};
    }
    if (auto key = read_typed_number(text))
        return NamedCarnet{.record = std::move(*key), .sheet = {}, .is_typed = true};
    if (auto foreign = claims::recognise_foreign(text)) return *std::move(foreign);
    return Unreadable{};
}

} // namespace tidewaiter::application
