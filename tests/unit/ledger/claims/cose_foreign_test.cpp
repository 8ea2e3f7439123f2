#include "ledger/claims/cose_foreign.hpp"

#include "ledger/claims/envelope.hpp"
#include "ledger/claims/foreign.hpp"
#include "ledger/claims/text.hpp"
#include "ledger/codec/base45.hpp"
#include "ledger/codec/cbor.hpp"
#include "ledger/codec/zlib/inflate.hpp"
#include "tests/support/objects.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

namespace tidewaiter::claims {
namespace {

Bytes certificate_file(const std::string& name) {
    return test::read_test_file("tests/data/certificates/" + name);
}

std::vector<crypto::TrustedKey> trust_in(const std::vector<std::string>& names) {
    std::vector<crypto::TrustedKey> all;
    for (const std::string& name : names) {
        std::vector<crypto::TrustedKey> keys = crypto::parse_trust(certificate_file(name)).value();
        std::ranges::move(keys, std::back_inserter(all));
    }
    return all;
}

InspectOptions with_trust(const std::vector<std::string>& names) {
    return {.trust = trust_in(names), .external_aad = {}, .detached_payload = {}};
}

const CodeLayer& layer(const InspectedCode& code, std::string_view name) {
    const auto found = std::ranges::find(code.layers, name, &CodeLayer::name);
    EXPECT_NE(found, code.layers.end()) << name;
    return found == code.layers.end() ? code.layers.front() : *found;
}

TEST(InspectCose, TakesAHealthCertificatesLayersApart) {
    const Bytes token = certificate_file("es256.cose");
    const std::string text = "HC1:" + base45::encode(zlib::deflate(token));
    const InspectedCode code = inspect_text(text, with_trust({"rsa2048.pem", "p256.pem"}));
    ASSERT_EQ(code.layers.size(), 4U);
    for (const std::string_view name : {"prefix", "base45", "inflate", "cose"})
        EXPECT_TRUE(layer(code, name).is_ok) << name;
    EXPECT_EQ(code.cose, token);
    EXPECT_EQ(code.payload, "{1: \"UT\", 4: 1800000000, 6: 1744830464}");
    EXPECT_EQ(code.unprotected_header, "{}");
    EXPECT_EQ(code.algorithm_name, "ES256");
    EXPECT_TRUE(code.key_id_is_protected);
    EXPECT_EQ(code.signature, SignatureState::Valid) << code.signature_reason;
    EXPECT_EQ(code.signer, "C=UT, CN=Test p256");
    EXPECT_TRUE(code.signature_reason.empty());
}

TEST(InspectCose, ReadsHealthCertificatesThatWereNotCompressed) {
    const InspectedCode code =
        inspect_text("HC1:" + base45::encode(certificate_file("es256.cose")), with_trust({"p256.pem"}));
    EXPECT_EQ(code.layers.size(), 3U);
    EXPECT_EQ(code.signature, SignatureState::Valid);
}

struct TokenCase {
    std::string token;
    std::vector<std::string> trust;
    SignatureState expected;
    std::string_view reason; ///< part of the reason
};

class Tokens : public testing::TestWithParam<TokenCase> {};

TEST_P(Tokens, AreJudged) {
    const InspectedCode code = inspect_cose(certificate_file(GetParam().token), with_trust(GetParam().trust));
    EXPECT_TRUE(layer(code, "cose").is_ok) << layer(code, "cose").detail;
    EXPECT_EQ(word(code.signature), word(GetParam().expected)) << code.signature_reason;
    EXPECT_NE(code.signature_reason.find(GetParam().reason), std::string::npos) << code.signature_reason;
}

INSTANTIATE_TEST_SUITE_P(
    Each, Tokens,
    testing::Values(
        TokenCase{"es256.cose", {"p256.pem"}, SignatureState::Valid, ""},
        TokenCase{"es384.cose", {"p384.pem"}, SignatureState::Valid, ""},
        TokenCase{"ps256.cose", {"rsa2048.pem"}, SignatureState::Valid, ""},
        TokenCase{"ps256.cose", {"rsa2048.pub.pem"}, SignatureState::Valid, ""},
        TokenCase{"ps256-short-salt.cose", {"rsa2048.pem"}, SignatureState::Invalid, "256 bytes"},
        TokenCase{"es256-on-p384.cose",
                  {"p384.pem"},
                  SignatureState::Unsupported,
                  "ES256 does not go with a key of type EC P-384"},
        TokenCase{"es256-der.cose", {"p256.pem"}, SignatureState::Invalid, "bytes does not hold"},
        TokenCase{"es256.cose", {}, SignatureState::NoKey, "no trusted keys were given"},
        TokenCase{"es256.cose", {"p384.pem"}, SignatureState::NoKey, "goes by key id"},
        // A bare key is known by its thumbprint, the token names the certificate: not the same key id.
        TokenCase{"es256.cose", {"p256.pub.pem"}, SignatureState::NoKey, "goes by key id"}));

/// A token over "payload" that this test's own key signed.
struct Made {
    Bytes header; ///< encoded map; empty for none
    std::string_view unprotected = "a0";
    Bytes external;
    bool is_detached = false;
    std::string_view head = "d284";
};

const crypto::PrivateKey& test_key() {
    static const crypto::PrivateKey key =
        crypto::PrivateKey::from_bytes(crypto::Algorithm::Es256, Bytes(32, 0x31)).value();
    return key;
}

Bytes token_of(const Made& made) {
    const Bytes payload = to_bytes(as_bytes("payload"));
    const crypto::Signature signature =
        test_key().sign(foreign_signature_structure(made.header, made.external, payload));
    cbor::Writer tail;
    tail.bytes(made.header).raw(from_hex(made.unprotected).value());
    made.is_detached ? tail.null() : tail.bytes(payload);
    tail.bytes(signature);
    Bytes token = from_hex(made.head).value();
    append(token, tail.view());
    return token;
}

InspectOptions own_trust(std::vector<Bytes> kids = {}) {
    InspectOptions options;
    options.trust.push_back({.name = "test key",
                             .key = crypto::ForeignKey::from(test_key().public_key()),
                             .kids = std::move(kids),
                             .certificate = {}});
    return options;
}

Bytes header(std::string_view hex) {
    return from_hex(hex).value();
}

TEST(InspectCose, CountsAnEmptyProtectedMapAsZeroBytes) {
    // RFC 9052: 41 A0 on the wire, 40 under the signature.
    EXPECT_EQ(to_hex(foreign_signature_structure(header("a0"), {}, as_bytes("x"))),
              to_hex(foreign_signature_structure({}, {}, as_bytes("x"))));
    for (const std::string_view protected_map : {"a0", ""}) {
        const InspectedCode code = inspect_cose(token_of({.header = header(protected_map)}), own_trust());
        EXPECT_EQ(code.signature, SignatureState::Valid) << code.signature_reason;
        EXPECT_EQ(code.protected_header, "{}");
        EXPECT_EQ(code.algorithm_name, "not in the protected header");
    }
}

TEST(InspectCose, TakesNoAlgorithmFromTheUnprotectedHeader) {
    // alg −37 outside: the key's type decides.
    const InspectedCode code = inspect_cose(token_of({.header = {}, .unprotected = "a1013824"}), own_trust());
    EXPECT_EQ(code.signature, SignatureState::Valid) << code.signature_reason;
    EXPECT_FALSE(code.algorithm.has_value());
}

TEST(InspectCose, AcceptsTag18AndTag61BeforeItAndNone) {
    for (const std::string_view head : {"d284", "d83dd284", "84"}) {
        EXPECT_EQ(inspect_cose(token_of({.header = header("a10126"), .head = head}), own_trust()).signature,
                  SignatureState::Valid)
            << head;
    }
    for (const std::string_view head : {"d83d84", "d862d284", "d86284",
                                        "d1"
                                        "84",
                                        "d9d9f7d284"}) {
        const InspectedCode code =
            inspect_cose(token_of({.header = header("a10126"), .head = head}), own_trust());
        EXPECT_EQ(code.signature, SignatureState::NotRead) << head;
        EXPECT_FALSE(layer(code, "cose").is_ok);
        EXPECT_TRUE(layer(code, "cose").detail.starts_with("cose.tag: ")) << layer(code, "cose").detail;
    }
}

TEST(InspectCose, ReadsLooseEncodings) {
    // An array of indefinite length, a length not in its shortest form.
    Bytes loose = header("9f"
                         "590003"
                         "a10126"
                         "a0"
                         "47");
    append(loose, as_bytes("payload"));
    const crypto::Signature signature =
        test_key().sign(foreign_signature_structure(header("a10126"), {}, as_bytes("payload")));
    append(loose, header("5840"));
    append(loose, signature);
    loose.push_back(0xff);
    EXPECT_EQ(inspect_cose(loose, own_trust()).signature, SignatureState::Valid);
}

TEST(InspectCose, RefusesCriticalHeadersItDoesNotUnderstand) {
    const auto state = [](std::string_view map, std::string_view unprotected = "a0") {
        return inspect_cose(token_of({.header = header(map), .unprotected = unprotected}), own_trust());
    };
    EXPECT_EQ(state("a2"
                    "0126"
                    "028101")
                  .signature,
              SignatureState::Valid)
        << "alg";
    EXPECT_EQ(state("a3"
                    "0126"
                    "028118fa"
                    "18fa01")
                  .signature,
              SignatureState::Unsupported);
    EXPECT_NE(state("a3"
                    "0126"
                    "028118fa"
                    "18fa01")
                  .signature_reason.find("250"),
              std::string::npos);
    EXPECT_EQ(state("a3"
                    "0126"
                    "02816161"
                    "616101")
                  .signature,
              SignatureState::Unsupported)
        << "a label that is a text";
    EXPECT_EQ(state("a2"
                    "0126"
                    "028104")
                  .signature,
              SignatureState::Unsupported)
        << "named and not there";
    EXPECT_EQ(state("a10126", "a1028101").signature, SignatureState::Unsupported)
        << "outside the protected header";
    EXPECT_EQ(state("a2"
                    "0126"
                    "0280")
                  .signature,
              SignatureState::NotRead)
        << "an empty list";
}

TEST(InspectCose, KnowsWhatItDoesNotKnow) {
    EXPECT_EQ(inspect_cose(token_of({.header = header("a1013903e6")}), own_trust()).signature,
              SignatureState::Unsupported)
        << "-999";
    EXPECT_EQ(inspect_cose(token_of({.header = header("a10167756e6b6e6f776e")}), own_trust()).signature,
              SignatureState::Unsupported);
    EXPECT_EQ(inspect_cose(token_of({.header = header("a10105")}), own_trust()).signature,
              SignatureState::Unsupported)
        << "HMAC";
}

TEST(InspectCose, LetsTheProtectedKeyIdWin) {
    const Bytes token = token_of({.header = header("a2"
                                                   "0126"
                                                   "044101"),
                                  .unprotected = "a1044102"});
    EXPECT_EQ(inspect_cose(token, own_trust({header("01")})).signature, SignatureState::Valid);
    EXPECT_EQ(inspect_cose(token, own_trust({header("02")})).signature, SignatureState::NoKey);
    const Bytes outside = token_of({.header = header("a10126"), .unprotected = "a1044102"});
    const InspectedCode code = inspect_cose(outside, own_trust({header("02")}));
    EXPECT_EQ(code.signature, SignatureState::Valid);
    EXPECT_FALSE(code.key_id_is_protected);
    EXPECT_EQ(code.key_id, header("02"));
}

TEST(InspectCose, TriesEveryKeyOfOneId) {
    InspectOptions options = own_trust({header("01")});
    const crypto::PrivateKey other =
        crypto::PrivateKey::from_bytes(crypto::Algorithm::Es256, Bytes(32, 0x32)).value();
    options.trust.insert(options.trust.begin(), {.name = "other",
                                                 .key = crypto::ForeignKey::from(other.public_key()),
                                                 .kids = {header("01")},
                                                 .certificate = {}});
    const InspectedCode code = inspect_cose(token_of({.header = header("a2"
                                                                       "0126"
                                                                       "044101")}),
                                            options);
    EXPECT_EQ(code.signature, SignatureState::Valid);
    EXPECT_EQ(code.signer, "test key");
}

TEST(InspectCose, BindsExternalDataAndDetachedPayloads) {
    const Bytes bound = token_of({.header = header("a10126"), .external = header("11aa")});
    InspectOptions options = own_trust();
    EXPECT_EQ(inspect_cose(bound, options).signature, SignatureState::Invalid);
    options.external_aad = header("11aa");
    EXPECT_EQ(inspect_cose(bound, options).signature, SignatureState::Valid);
    const Bytes detached = token_of({.header = header("a10126"), .is_detached = true});
    InspectOptions beside = own_trust();
    EXPECT_EQ(inspect_cose(detached, beside).payload, "nil");
    EXPECT_EQ(inspect_cose(detached, beside).signature, SignatureState::NoKey);
    beside.detached_payload = to_bytes(as_bytes("payload"));
    EXPECT_EQ(inspect_cose(detached, beside).signature, SignatureState::Valid);
}

TEST(InspectText, HoldsOurOwnCodesToOurOwnRules) {
    const std::string chain = "tw-test-1";
    const Bytes cose = seal(Type::Receipt, header("a10101"), chain, test_key());
    InspectOptions options = own_trust();
    options.external_aad = to_bytes(as_bytes(chain));
    const InspectedCode code = inspect_text(to_text(cose), options);
    EXPECT_TRUE(layer(code, "envelope").is_ok);
    EXPECT_EQ(layer(code, "envelope").detail, "tidewaiter-receipt-v1+cbor");
    EXPECT_EQ(code.signature, SignatureState::Valid);
    options.external_aad = to_bytes(as_bytes("another-chain"));
    EXPECT_EQ(inspect_text(to_text(cose), options).signature, SignatureState::Invalid);
    const test::Sample high = test::load_sample("negative-high-s");
    InspectOptions sample_options;
    sample_options.trust.push_back({.name = "device",
                                    .key = crypto::ForeignKey::from(high.keys.front().public_key),
                                    .kids = {},
                                    .certificate = {}});
    sample_options.external_aad = to_bytes(as_bytes(high.chain_id));
    const InspectedCode refused = inspect_text(high.text, sample_options);
    EXPECT_EQ(refused.signature, SignatureState::Invalid);
    EXPECT_NE(refused.signature_reason.find("low s"), std::string::npos);
}

TEST(InspectText, StopsAtTheLayerThatBreaks) {
    const auto broken = [](std::string_view text, std::string_view name, std::string_view code) {
        const InspectedCode inspected = inspect_text(text, {});
        EXPECT_EQ(inspected.layers.back().name, name) << text;
        EXPECT_FALSE(inspected.layers.back().is_ok) << text;
        EXPECT_TRUE(inspected.layers.back().detail.starts_with(code)) << inspected.layers.back().detail;
        EXPECT_EQ(inspected.signature, SignatureState::NotRead);
    };
    broken("hello", "prefix", "text.prefix");
    broken("https://example.org", "prefix", "text.prefix");
    broken("TW1L:DE*ATA*DEF/2026/03355*W12*R", "prefix", "TW1L");
    broken("HC1:abc", "base45", "base45.character");
    broken("TWZ1:BB8", "inflate", "inflate.");
    broken("HC1:" + base45::encode(header("780102")), "inflate", "inflate.");
    broken("HC1:" + base45::encode(zlib::deflate(Bytes(20'000, 0))), "inflate", "inflate.too-large");
    broken("HC1:BB8", "cose", "cbor.");
    broken(std::string(4'297, 'A'), "prefix", "text.length");
    broken("HC1:" + base45::encode(header("8440a04161")), "cose", "cbor.");
    broken("HC1:" + base45::encode(header("8441"
                                          "01"
                                          "a0"
                                          "4161"
                                          "4161")),
           "cose", "cose.shape");
    broken("HC1:" + base45::encode(header("8440"
                                          "80"
                                          "4161"
                                          "4161")),
           "cose", "cose.shape");
}

TEST(InspectText, ShowsAPayloadThatIsNoCborAsHex) {
    EXPECT_EQ(inspect_cose(token_of({.header = header("a10126")}), {}).payload, "h'7061796c6f6164'");
}

TEST(ForeignCode, ShowsIssuerAndDatesOfAHealthCertificateAlone) {
    const std::optional<ForeignCode> code =
        recognise_foreign("HC1:" + base45::encode(zlib::deflate(certificate_file("es256.cose"))));
    ASSERT_TRUE(code.has_value());
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"issuer", "UT"}, {"expires", "2027-01-15T08:00:00Z"}, {"issued", "2025-04-16T19:07:44Z"}};
    EXPECT_EQ(code->contents, expected);
}

} // namespace
} // namespace tidewaiter::claims
