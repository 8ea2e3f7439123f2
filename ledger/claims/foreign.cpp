#include "ledger/claims/foreign.hpp"

#include "ledger/base/limits.hpp"
#include "ledger/base/time.hpp"
#include "ledger/claims/cose_foreign.hpp"
#include "ledger/claims/gs1.hpp"
#include "ledger/codec/cbor.hpp"

#include <algorithm>
#include <array>

namespace tidewaiter::claims {

namespace {

using Contents = std::vector<std::pair<std::string, std::string>>;

struct KindInfo {
    ForeignKind kind;
    std::string_view name;
    std::string_view what;
};
constexpr auto kKinds = std::to_array<KindInfo>({
    {ForeignKind::EuHealth, "eu-health", "a health certificate of the EU's kind (HC1)"},
    {ForeignKind::SmartHealth, "smart-health", "a SMART Health Card"},
    {ForeignKind::Gs1Elements, "gs1-elements", "a GS1 element string, as on goods and pallets; not signed"},
    {ForeignKind::Gs1Link, "gs1-link", "a GS1 Digital Link; not signed, and its address is not opened"},
    {ForeignKind::Aamva, "aamva", "a North American driving licence or identity card; not signed"},
    {ForeignKind::OpenId4Vp, "openid4vp", "a request to a wallet (OpenID4VP); it needs a network"},
    {ForeignKind::Mdoc, "mdoc",
     "the start of a mobile driving licence session (ISO 18013-5); it needs radio"},
    {ForeignKind::IcaoSeal, "icao-seal", "an ICAO digital seal (RDB1)"},
    {ForeignKind::CarnetDigits, "carnet-digits",
     "digits alone; may be ICC's carnet id and transaction code, a pointer that only ICC's system resolves"},
    {ForeignKind::Web, "web", "a web address; it is not opened"},
});

ForeignCode make(ForeignKind kind, Contents contents) {
    const auto* info = std::ranges::find(kKinds, kind, &KindInfo::kind);
    return {.kind = kind, .name = info->name, .what = info->what, .contents = std::move(contents)};
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower) {
    return text.size() >= lower.size() &&
           std::ranges::equal(text.substr(0, lower.size()), lower, [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
}

/// Issuer and dates alone: the rest is about a person's health.
Contents eu_contents(std::string_view text) {
    const InspectedCode code = inspect_text(text, {});
    Contents contents;
    const Result<ForeignSign1> sign1 = parse_sign1(code.cose);
    if (!sign1) return contents;
    cbor::Reader reader(sign1->payload, cbor::kRelaxed);
    reader.entries(0, 64, [&] {
        if (reader.peek() != cbor::Kind::Unsigned && reader.peek() != cbor::Kind::Negative) {
            reader.skip();
            reader.skip();
            return;
        }
        const std::int64_t key = reader.integer();
        const cbor::Kind kind = reader.peek();
        if (key == 1 && kind == cbor::Kind::Text) {
            contents.emplace_back("issuer", reader.text());
        } else if ((key == 4 || key == 6) && kind == cbor::Kind::Unsigned) {
            // Year 9999 is the last that can be written.
            contents.emplace_back(
                key == 4 ? "expires" : "issued",
                format_utc(static_cast<UnixTime>(reader.unsigned_integer(0, 253'402'300'799))));
        } else {
            reader.skip();
        }
    });
    if (!reader.finish()) contents.clear();
    return contents;
}

/// client_id and request_uri say who asks.
Contents query_contents(std::string_view text) {
    Contents contents;
    std::size_t begin = text.find('?');
    while (begin != std::string_view::npos && contents.size() < 16) {
        text.remove_prefix(begin + 1);
        const std::string_view parameter = text.substr(0, text.find('&'));
        const std::size_t equals = parameter.find('=');
        if (equals != std::string_view::npos && equals > 0)
            contents.emplace_back(parameter.substr(0, equals), parameter.substr(equals + 1));
        begin = text.find('&');
    }
    return contents;
}

Contents mdoc_contents(std::string_view text) {
    std::string base64(text.substr(std::string_view("mdoc:").size()));
    std::ranges::replace(base64, '-', '+');
    std::ranges::replace(base64, '_', '/');
    base64.append((4 - base64.size() % 4) % 4, '=');
    const Result<Bytes> bytes = from_base64(base64);
    if (!bytes) return {};
    const Result<std::string> notation = cbor::diagnostic(*bytes, cbor::kRelaxed);
    if (!notation) return {};
    return {{"engagement", *notation}};
}

constexpr std::string_view kAamvaHead = "@\n\x1e\r";

bool is_aamva(std::string_view text) {
    if (!text.starts_with(kAamvaHead)) return false;
    text.remove_prefix(kAamvaHead.size());
    return (text.starts_with("ANSI ") || text.starts_with("AAMVA")) && text.size() >= 17 &&
           std::ranges::all_of(text.substr(5, 6), is_digit);
}

/// Three-letter elements, one to a line, after the table of subfiles.
Contents aamva_contents(std::string_view text) {
    constexpr auto kElements = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"DAQ", "document number"},
        {"DCS", "family name"},
        {"DAC", "first name"},
        {"DAD", "middle names"},
        {"DBB", "born"},
        {"DBD", "issued"},
        {"DBA", "expires"},
        {"DCG", "country"},
        {"DAJ", "region"},
        {"DCF", "document id"},
    });
    Contents contents = {{"issuer", std::string(text.substr(kAamvaHead.size() + 5, 6))}};
    std::size_t line_begin = kAamvaHead.size();
    while (line_begin < text.size()) {
        const std::size_t line_end = std::min(text.find_first_of("\n\r", line_begin), text.size());
        std::string_view line = text.substr(line_begin, line_end - line_begin);
        // The first element follows its subfile's head (DL or ID) without a break.
        if (line.size() > 5 && contents.size() == 1) {
            const std::size_t first = std::min(line.find("DLDAQ"), line.find("IDDAQ"));
            if (first != std::string_view::npos) line.remove_prefix(first + 2);
        }
        for (const auto& [code, name] : kElements) {
            if (line.starts_with(code) && line.size() > code.size())
                contents.emplace_back(name, line.substr(code.size()));
        }
        line_begin = line_end + 1;
    }
    return contents;
}

bool is_icao_seal(std::string_view text) {
    return text.size() > 5 && text.starts_with("RDB1") && text[4] >= 'A' && text[4] <= 'D' &&
           std::ranges::all_of(text.substr(5), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7') || c == '=';
           });
}

bool is_wallet_request(std::string_view text) {
    constexpr auto kSchemes = std::to_array<std::string_view>(
        {"openid4vp:", "mdoc-openid4vp:", "eudi-openid4vp:", "haip:", "openid-vc:"});
    return std::ranges::any_of(
        kSchemes, [&](std::string_view scheme) { return starts_with_ignoring_case(text, scheme); });
}

bool is_web(std::string_view text) {
    return starts_with_ignoring_case(text, "https://") || starts_with_ignoring_case(text, "http://");
}

ForeignCode web_code(std::string_view text) {
    if (auto elements = gs1::read_link(text)) return make(ForeignKind::Gs1Link, std::move(*elements));
    std::string_view host = text.substr(text.find("://") + 3);
    host = host.substr(0, host.find_first_of("/?#"));
    return make(ForeignKind::Web, {{"host", std::string(host)}});
}

/// ICC publishes neither length nor check digits: anything of a plausible length is a "may be".
bool is_plausible_carnet_code(std::string_view text) {
    std::size_t digits = 0;
    for (const char c : text) {
        if (is_digit(c))
            ++digits;
        else if (c != ' ' && c != '-')
            return false;
    }
    return digits >= 6 && digits <= 32;
}

} // namespace

std::string_view foreign_name(ForeignKind kind) {
    return std::ranges::find(kKinds, kind, &KindInfo::kind)->name;
}

std::optional<ForeignCode> recognise_foreign(std::string_view text) {
    if (text.empty() || text.size() > limits::kMaxScanChars) return std::nullopt;
    if (text.starts_with("HC1:")) return make(ForeignKind::EuHealth, eu_contents(text));
    if (starts_with_ignoring_case(text, "shc:/"))
        return make(ForeignKind::SmartHealth, {{"characters", std::to_string(text.size())}});
    if (is_aamva(text)) return make(ForeignKind::Aamva, aamva_contents(text));
    if (is_wallet_request(text)) return make(ForeignKind::OpenId4Vp, query_contents(text));
    if (text.starts_with("mdoc:")) return make(ForeignKind::Mdoc, mdoc_contents(text));
    if (is_icao_seal(text)) return make(ForeignKind::IcaoSeal, {{"variant", std::string(1, text[4])}});
    if (is_web(text)) return web_code(text);
    if (auto elements = gs1::read_elements(text)) return make(ForeignKind::Gs1Elements, std::move(*elements));
    if (is_plausible_carnet_code(text))
        return make(ForeignKind::CarnetDigits, {{"digits", std::string(text)}});
    return std::nullopt;
}

} // namespace tidewaiter::claims
