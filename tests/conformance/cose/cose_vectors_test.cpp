// Published COSE_Sign1 messages, good and bad, read and judged as `tidewaiter inspect` does.

#include "ledger/claims/cose_foreign.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace tidewaiter::claims {
namespace {

using Json = nlohmann::json;

const std::filesystem::path kVectors = std::filesystem::path(TW_SOURCE_DIR) / "../shared/vectors/cose";

std::string read_vector(const std::filesystem::path& path) {
    std::ifstream file(kVectors / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Bytes from_base64url(std::string text) {
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    return from_base64(text).value();
}

Bytes member(const Json& key, const std::string& name) {
    if (key.contains(name + "_hex")) return from_hex(key.at(name + "_hex").get<std::string>()).value();
    return from_base64url(key.at(name).get<std::string>());
}

crypto::ForeignKey key_from(const Json& key) {
    using Type = crypto::ForeignKey::Type;
    const std::string type = key.at("kty");
    if (type == "RSA") return crypto::ForeignKey::rsa(member(key, "n"), member(key, "e")).value();
    const std::string curve = key.at("crv");
    if (type == "OKP")
        return crypto::ForeignKey::edwards(curve == "Ed448" ? Type::Ed448 : Type::Ed25519, member(key, "x"))
            .value();
    const Type ec = curve == "P-256" ? Type::P256 : curve == "P-384" ? Type::P384 : Type::P521;
    return crypto::ForeignKey::ec(ec, member(key, "x"), member(key, "y")).value();
}

InspectOptions options_with(crypto::ForeignKey key, const std::string& external_hex) {
    InspectOptions options;
    options.trust.push_back({.name = "vector key", .key = std::move(key), .kids = {}, .certificate = {}});
    options.external_aad = from_hex(external_hex).value();
    return options;
}

struct Case {
    std::string file;
    std::string title;
    std::string expected; ///< accept, reject, sign
};

std::vector<Case> read_index() {
    std::istringstream lines(read_vector("index.tsv"));
    std::vector<Case> cases;
    std::string line;
    std::getline(lines, line); // the heading
    while (std::getline(lines, line)) {
        std::istringstream fields(line);
        Case item;
        std::getline(fields, item.file, '\t');
        std::getline(fields, item.title, '\t');
        std::getline(fields, item.expected, '\t');
        cases.push_back(std::move(item));
    }
    return cases;
}

/// What this program refuses although the authors accept it, and why.
struct Stricter {
    std::string_view file;
    std::string_view reason;
};
constexpr std::array<Stricter, 1> kStricter = {
    {{"cose-wg/ecdsa-examples/ecdsa-sig-04.json",
      "ES512 on a P-256 key: an algorithm goes with one curve here"}}};

struct Tally {
    int judged = 0;
    int skipped = 0;
    void skip(const Case& item, const char* why) {
        ++skipped;
        std::printf("SKIPPED %s (%s): %s\n", item.file.c_str(), item.title.c_str(), why);
    }
};

void expect_outcome(const Case& item, const InspectedCode& code) {
    const auto* stricter = std::ranges::find(kStricter, item.file, &Stricter::file);
    if (stricter != kStricter.end()) {
        EXPECT_EQ(code.signature, SignatureState::Unsupported) << item.file << ": " << stricter->reason;
        std::printf("STRICTER %s: %s\n", item.file.c_str(), std::string(stricter->reason).c_str());
    } else if (item.expected == "accept") {
        EXPECT_EQ(code.signature, SignatureState::Valid)
            << item.file << ": " << code.signature_reason << " " << code.layers.back().detail;
    } else {
        EXPECT_NE(code.signature, SignatureState::Valid) << item.file;
    }
}

void judge_working_group_case(const Case& item, const Json& object, Tally& tally) {
    const Json& input = object.at("input");
    const Bytes cose = from_hex(object.at("output").at("cbor").get<std::string>()).value();
    if (!input.contains("sign0")) {
        // Signed by several, encrypted or only authenticated: must be refused as no COSE_Sign1, which is all
        // we say.
        EXPECT_FALSE(parse_sign1(cose).has_value()) << item.file;
        tally.skip(item, input.contains("sign")
                             ? "COSE_Sign, several signers: not read, refused as another kind"
                             : "not a signature: refused as another kind");
        return;
    }
    const Json& sign = input.at("sign0");
    const InspectOptions options = options_with(key_from(sign.at("key")), sign.value("external", ""));
    const InspectedCode code = inspect_cose(cose, options);
    expect_outcome(item, code);
    ++tally.judged;
    if (item.expected != "accept") return;
    const ForeignSign1 parts = parse_sign1(cose).value();
    const std::string to_be_signed = object.at("intermediates").at("ToBeSign_hex");
    EXPECT_EQ(foreign_signature_structure(parts.protected_header, options.external_aad, parts.payload),
              from_hex(to_be_signed).value())
        << item.file;
}

void judge_gluecose_case(const Case& item, const Json& object, Tally& tally) {
    const crypto::ForeignKey key = key_from(object.at("key"));
    ++tally.judged;
    if (item.expected == "accept") {
        const Json& verify = object.at("sign1::verify");
        EXPECT_EQ(verify.at("shouldVerify"), true);
        const InspectOptions options = options_with(key, verify.value("external", ""));
        expect_outcome(
            item,
            inspect_cose(from_hex(verify.at("taggedCOSESign1").at("cborHex").get<std::string>()).value(),
                         options));
        return;
    }
    ASSERT_EQ(item.expected, "sign") << item.file;
    const Json& sign = object.at("sign1::sign");
    const auto bytes_of = [&](const char* name) {
        return from_hex(sign.at(name).at("cborHex").get<std::string>()).value();
    };
    EXPECT_EQ(foreign_signature_structure(bytes_of("protectedHeaders"),
                                          from_hex(sign.value("external", "")).value(),
                                          from_hex(sign.at("payload").get<std::string>()).value()),
              bytes_of("tbsHex"))
        << item.file;
}

TEST(CoseVectors, EachCaseComesOutAsExpected) {
    if (!std::filesystem::exists(kVectors / "index.tsv"))
        GTEST_SKIP()
            << "the published COSE vectors are not at ../shared/vectors/cose: NOTHING of them was checked";
    const std::vector<Case> cases = read_index();
    ASSERT_EQ(cases.size(), 67U);
    Tally tally;
    for (const Case& item : cases) {
        const Json object = Json::parse(read_vector(item.file));
        if (item.file.starts_with("gluecose/"))
            judge_gluecose_case(item, object, tally);
        else
            judge_working_group_case(item, object, tally);
    }
    std::printf("%d cases judged, %d skipped\n", tally.judged, tally.skipped);
    EXPECT_EQ(tally.judged + tally.skipped, 67);
    EXPECT_GE(tally.judged, 30);
}

crypto::ForeignKey draft_key(const Json& keys, const char* who, crypto::ForeignKey::Type type) {
    const Json& key = keys.at(who);
    return crypto::ForeignKey::ec(type, from_hex(key.at("x").get<std::string>()).value(),
                                  from_hex(key.at("y").get<std::string>()).value())
        .value();
}

TEST(CoseVectors, SelectiveDisclosureTokensVerify) {
    if (!std::filesystem::exists(kVectors / "sd-cwt/public_keys.json"))
        GTEST_SKIP()
            << "the SD-CWT vectors are not at ../shared/vectors/cose/sd-cwt: NOTHING of them was checked";
    const Json keys = Json::parse(read_vector("sd-cwt/public_keys.json"));
    const crypto::ForeignKey issuer = draft_key(keys, "issuer", crypto::ForeignKey::Type::P384);
    const crypto::ForeignKey holder = draft_key(keys, "holder", crypto::ForeignKey::Type::P256);
    struct Token {
        const char* file;
        const crypto::ForeignKey& key;
        const crypto::ForeignKey& other;
    };
    for (const Token& token :
         {Token{"issuer_cwt.cbor", issuer, holder}, Token{"kbt.cbor", holder, issuer},
          Token{"nested_issuer_cwt.cbor", issuer, holder}, Token{"nested_kbt.cbor", holder, issuer}}) {
        const std::string bytes = read_vector(std::filesystem::path("sd-cwt") / token.file);
        const InspectedCode code = inspect_cose(as_bytes(bytes), options_with(token.key, ""));
        EXPECT_EQ(code.signature, SignatureState::Valid)
            << token.file << ": " << code.signature_reason << code.layers.back().detail;
        EXPECT_NE(inspect_cose(as_bytes(bytes), options_with(token.other, "")).signature,
                  SignatureState::Valid)
            << token.file;
    }
}

} // namespace
} // namespace tidewaiter::claims
