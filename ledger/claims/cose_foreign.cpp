#include "ledger/claims/cose_foreign.hpp"

#include "ledger/base/limits.hpp"
#include "ledger/claims/envelope.hpp"
#include "ledger/codec/base45.hpp"
#include "ledger/codec/cbor.hpp"
#include "ledger/codec/zlib/inflate.hpp"

#include <algorithm>

namespace tidewaiter::claims {

namespace {

constexpr std::uint64_t kTagSign1 = 18;
constexpr std::uint64_t kTagCwt = 61;
constexpr std::uint8_t kZlibHead = 0x78;
constexpr std::uint8_t kEmptyMap = 0xa0;
constexpr std::size_t kMaxHeaders = 64;
constexpr std::string_view kOurType = "tidewaiter-";

constexpr std::int64_t kLabelAlgorithm = 1;
constexpr std::int64_t kLabelCritical = 2;
constexpr std::int64_t kLabelKeyId = 4;
constexpr std::int64_t kLabelType = 16;
/// What we act upon, or know to be without effect on the signature: algorithm, critical, content type, kid,
/// typ.
constexpr std::array<std::int64_t, 5> kUnderstood = {1, 2, 3, 4, 16};

/// What the signature check needs of one header map.
struct Headers {
    std::vector<std::int64_t> labels;
    std::optional<std::int64_t> algorithm;
    std::string algorithm_text; ///< an algorithm named by text
    std::optional<Bytes> key_id;
    std::optional<std::vector<std::int64_t>> critical;
    std::string critical_text; ///< a critical label that is a text: none is understood
    std::string type;
};

void read_critical(cbor::Reader& reader, Headers& headers) {
    headers.critical.emplace();
    reader.array(1, kMaxHeaders, [&](std::size_t) {
        if (reader.peek() == cbor::Kind::Text)
            headers.critical_text = reader.text();
        else
            headers.critical->push_back(reader.integer());
    });
}

void read_value(cbor::Reader& reader, std::int64_t label, Headers& headers) {
    const cbor::Kind kind = reader.peek();
    const bool is_integer = kind == cbor::Kind::Unsigned || kind == cbor::Kind::Negative;
    if (label == kLabelAlgorithm && is_integer) {
        headers.algorithm = reader.integer();
    } else if (label == kLabelAlgorithm && kind == cbor::Kind::Text) {
        headers.algorithm_text = reader.text();
    } else if (label == kLabelCritical) {
        read_critical(reader, headers);
    } else if (label == kLabelKeyId && kind == cbor::Kind::Bytes) {
        headers.key_id = to_bytes(reader.bytes());
    } else if (label == kLabelType && kind == cbor::Kind::Text) {
        headers.type = reader.text();
    } else {
        reader.skip();
    }
}

Result<Headers> read_headers(ByteView map) {
    Headers headers;
    if (map.empty()) return headers;
    cbor::Reader reader(map, cbor::kRelaxed);
    reader.entries(0, kMaxHeaders, [&] {
        if (reader.peek() == cbor::Kind::Text) {
            reader.skip();
            reader.skip();
            return;
        }
        const std::int64_t label = reader.integer();
        headers.labels.push_back(label);
        read_value(reader, label, headers);
    });
    TW_CHECK(reader.finish());
    return headers;
}

std::string text_of(const Error& error) {
    return std::string(error.code) + ": " + error.detail;
}

std::string notation_of(ByteView bytes) {
    if (bytes.empty()) return "h''";
    const Result<std::string> notation = cbor::diagnostic(bytes, cbor::kRelaxed);
    return notation ? *notation : "h'" + to_hex(bytes) + "'";
}

std::int64_t usual_algorithm(crypto::ForeignKey::Type type) {
    using Type = crypto::ForeignKey::Type;
    switch (type) {
    case Type::P256: return crypto::cose_algorithm::kEs256;
    case Type::P384: return crypto::cose_algorithm::kEs384;
    case Type::P521: return crypto::cose_algorithm::kEs512;
    case Type::Ed25519:
    case Type::Ed448: return crypto::cose_algorithm::kEdDsa;
    case Type::Rsa: break;
    }
    return crypto::cose_algorithm::kPs256;
}

/// Empty when nothing critical stands in the way.
std::string critical_obstacle(const Headers& protected_headers, const Headers& unprotected_headers) {
    if (unprotected_headers.critical) return "critical labels stand outside the protected header";
    if (!protected_headers.critical) return {};
    if (!protected_headers.critical_text.empty())
        return "critical header '" + printable(protected_headers.critical_text, 40) + "' is not understood";
    for (const std::int64_t label : *protected_headers.critical) {
        if (std::ranges::find(kUnderstood, label) == kUnderstood.end())
            return "critical header " + std::to_string(label) + " is not understood";
        if (std::ranges::find(protected_headers.labels, label) == protected_headers.labels.end())
            return "critical header " + std::to_string(label) + " is missing";
    }
    return {};
}

bool goes_by(const crypto::TrustedKey& key, const std::optional<Bytes>& kid) {
    return !kid || key.kids.empty() || std::ranges::find(key.kids, *kid) != key.kids.end();
}

/// Our own codes are held to our own rule: low s.
crypto::ForeignCheck check_with(const crypto::ForeignKey& key, std::int64_t algorithm, ByteView message,
                                ByteView signature, bool is_ours) {
    const crypto::ForeignCheck answer = key.check(algorithm, message, signature);
    if (answer != crypto::ForeignCheck::Valid || !is_ours) return answer;
    const std::optional<crypto::PublicKey> ours = key.ours();
    return ours && crypto::verify(*ours, message, signature) ? answer : crypto::ForeignCheck::Invalid;
}

void settle(InspectedCode& code, SignatureState state, std::string reason) {
    code.signature = state;
    code.signature_reason = std::move(reason);
}

void judge_signature(InspectedCode& code, const Headers& protected_headers, ByteView message,
                     ByteView signature, bool is_ours, const InspectOptions& options) {
    std::size_t candidates = 0;
    std::string unsupported;
    bool is_refuted = false;
    for (const crypto::TrustedKey& key : options.trust) {
        if (!goes_by(key, code.key_id)) continue;
        ++candidates;
        // Key type decides, header confirms: an algorithm outside the protected header counts for nothing.
        const std::int64_t algorithm = protected_headers.algorithm.value_or(usual_algorithm(key.key.type()));
        switch (check_with(key.key, algorithm, message, signature, is_ours)) {
        case crypto::ForeignCheck::Valid:
            code.signer = key.name;
            settle(code, SignatureState::Valid, {});
            return;
        case crypto::ForeignCheck::Invalid: is_refuted = true; break;
        case crypto::ForeignCheck::Unsupported:
            unsupported = crypto::cose_algorithm_name(algorithm) + " does not go with a key of type " +
                          key.key.description();
            break;
        }
    }
    if (is_refuted) {
        settle(code, SignatureState::Invalid,
               "the signature of " + std::to_string(signature.size()) +
                   " bytes does not hold under any trusted key" +
                   (is_ours ? " for this chain id (external data), with low s" : ""));
    } else if (candidates == 0) {
        settle(code, SignatureState::NoKey,
               options.trust.empty()
                   ? "no trusted keys were given"
                   : "no trusted key goes by key id " + (code.key_id ? to_hex(*code.key_id) : ""));
    } else {
        settle(code, SignatureState::Unsupported, unsupported);
    }
}

Status take_apart(InspectedCode& code, const InspectOptions& options) {
    TW_TRY(const ForeignSign1 sign1, parse_sign1(code.cose));
    code.protected_header = sign1.protected_header.empty() ? "{}" : notation_of(sign1.protected_header);
    code.unprotected_header = notation_of(sign1.unprotected);
    code.payload = sign1.is_detached ? "nil" : notation_of(sign1.payload);
    TW_TRY(const Headers protected_headers, read_headers(sign1.protected_header));
    TW_TRY(const Headers unprotected_headers, read_headers(sign1.unprotected));
    code.key_id_is_protected = protected_headers.key_id.has_value();
    code.key_id = code.key_id_is_protected ? protected_headers.key_id : unprotected_headers.key_id;
    code.algorithm = protected_headers.algorithm;
    code.algorithm_name =
        code.algorithm ? crypto::cose_algorithm_name(*code.algorithm) : "not in the protected header";
    if (const std::string obstacle = critical_obstacle(protected_headers, unprotected_headers);
        !obstacle.empty()) {
        settle(code, SignatureState::Unsupported, obstacle);
        return {};
    }
    if (!protected_headers.algorithm_text.empty()) {
        code.algorithm_name = printable(protected_headers.algorithm_text, 40);
        settle(code, SignatureState::Unsupported,
               "algorithm '" + code.algorithm_name + "' is not known here");
        return {};
    }
    if (sign1.is_detached && !options.detached_payload) {
        settle(code, SignatureState::NoKey, "the payload is detached: give the signed content beside it");
        return {};
    }
    const ByteView payload =
        sign1.is_detached ? ByteView(*options.detached_payload) : ByteView(sign1.payload);
    judge_signature(code, protected_headers,
                    foreign_signature_structure(sign1.protected_header, options.external_aad, payload),
                    sign1.signature, protected_headers.type.starts_with(kOurType), options);
    return {};
}

void add_envelope_layer(InspectedCode& code) {
    const Result<Envelope> envelope = parse_envelope(code.cose);
    code.layers.push_back(
        {.name = "envelope",
         .is_ok = envelope.has_value(),
         .detail = envelope ? std::string(type_name(envelope->type)) : text_of(envelope.error())});
}

void add_cose_layer(InspectedCode& code, const InspectOptions& options) {
    const Status status = take_apart(code, options);
    code.layers.push_back({.name = "cose",
                           .is_ok = status.has_value(),
                           .detail = status ? std::to_string(code.cose.size()) + " bytes of COSE_Sign1"
                                            : text_of(status.error())});
}

/// "HC1", "TWZ1": one to six capitals and digits in front of a colon.
std::optional<std::string_view> prefix_of(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == 0 || colon > 6) return std::nullopt;
    const std::string_view prefix = text.substr(0, colon);
    const bool is_plain =
        std::ranges::all_of(prefix, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
    return is_plain ? std::optional(prefix) : std::nullopt;
}

/// Records a step; false ends the taking apart.
bool add_layer(InspectedCode& code, std::string name, const Result<Bytes>& bytes) {
    code.layers.push_back(
        {.name = std::move(name),
         .is_ok = bytes.has_value(),
         .detail = bytes ? std::to_string(bytes->size()) + " bytes" : text_of(bytes.error())});
    if (bytes) code.cose = *bytes;
    return bytes.has_value();
}

} // namespace

std::string_view word(SignatureState state) {
    switch (state) {
    case SignatureState::NotRead: return "not read";
    case SignatureState::Valid: return "valid";
    case SignatureState::Invalid: return "invalid";
    case SignatureState::NoKey: return "no key";
    case SignatureState::Unsupported: return "unsupported";
    }
    return "not read";
}

Result<ForeignSign1> parse_sign1(ByteView cose) {
    cbor::Reader reader(cose, cbor::kRelaxed);
    if (reader.peek() == cbor::Kind::Tag) {
        std::uint64_t tag = reader.tag();
        if (tag == kTagCwt && reader.peek() == cbor::Kind::Tag) tag = reader.tag();
        if (reader.ok() && tag != kTagSign1)
            return fail("cose.tag", "tag " + std::to_string(tag) +
                                        ": a COSE_Sign1 has tag 18, tag 61 in front of 18, or none");
    }
    ForeignSign1 result;
    reader.enter_array(4);
    result.protected_header = to_bytes(reader.bytes());
    if (reader.ok() && reader.peek() != cbor::Kind::Map)
        return fail("cose.shape",
                    "at byte " + std::to_string(reader.offset()) + ": the unprotected header is no map");
    result.unprotected = to_bytes(reader.raw());
    if (reader.peek() == cbor::Kind::Null) {
        reader.null();
        result.is_detached = true;
    } else {
        result.payload = to_bytes(reader.bytes());
    }
    result.signature = to_bytes(reader.bytes());
    reader.leave();
    TW_CHECK(reader.finish());
    if (!result.protected_header.empty()) {
        if (Status status = cbor::check(result.protected_header, cbor::kRelaxed); !status)
            return within("protected header", std::move(status).error());
        if (cbor::Reader(result.protected_header, cbor::kRelaxed).peek() != cbor::Kind::Map)
            return fail("cose.shape", "the protected header is no map");
    }
    return result;
}

Bytes foreign_signature_structure(ByteView protected_header, ByteView external_aad, ByteView payload) {
    const bool is_empty_map = protected_header.size() == 1 && protected_header.front() == kEmptyMap;
    cbor::Writer writer;
    writer.array([&](cbor::Writer& parts) {
        parts.text("Signature1")
            .bytes(is_empty_map ? ByteView() : protected_header)
            .bytes(external_aad)
            .bytes(payload);
    });
    return writer.take();
}

InspectedCode inspect_cose(ByteView cose, const InspectOptions& options) {
    InspectedCode code;
    code.cose = to_bytes(cose);
    add_cose_layer(code, options);
    if (code.protected_header.find(kOurType) != std::string::npos) add_envelope_layer(code);
    return code;
}

InspectedCode inspect_text(std::string_view text, const InspectOptions& options) {
    InspectedCode code;
    if (text.size() > limits::kMaxScanChars) {
        code.layers.push_back(
            {.name = "prefix",
             .is_ok = false,
             .detail = "text.length: " + std::to_string(text.size()) + " characters, at most 4,296"});
        return code;
    }
    const std::optional<std::string_view> prefix = prefix_of(text);
    const bool is_locator = prefix == "TW1L";
    code.layers.push_back({.name = "prefix",
                           .is_ok = prefix && !is_locator,
                           .detail = is_locator ? "TW1L: a locator; it is not signed"
                                     : prefix
                                         ? std::string(*prefix)
                                         : "text.prefix: no prefix of letters and digits before a colon"});
    if (!prefix || is_locator) return code;
    if (!add_layer(code, "base45", base45::decode(text.substr(prefix->size() + 1)))) return code;
    const bool is_ours = prefix->starts_with("TW");
    const bool is_zipped = is_ours ? *prefix == "TWZ1" : !code.cose.empty() && code.cose.front() == kZlibHead;
    const std::size_t cap = is_ours ? limits::kMaxClaimInflatedBytes : limits::kMaxForeignInflatedBytes;
    if (is_zipped && !add_layer(code, "inflate", zlib::inflate(code.cose, cap))) return code;
    add_cose_layer(code, options);
    if (is_ours) add_envelope_layer(code);
    return code;
}

} // namespace tidewaiter::claims
