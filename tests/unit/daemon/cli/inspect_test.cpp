#include "daemon/cli/inspect.hpp"
#include "daemon/cli/keys.hpp"
#include "drivers/symbols/read.hpp"
#include "drivers/symbols/write.hpp"
#include "ledger/claims/envelope.hpp"
#include "ledger/claims/text.hpp"
#include "ledger/codec/cbor.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::cli {
namespace {

constexpr std::string_view kChain = "tw-test-1";

struct SignedText {
    crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::Algorithm::Es256);
    std::string text;

    SignedText() {
        cbor::Writer writer;
        writer.map([](cbor::Writer& map) { map.key(1).text("goods"); });
        text = claims::to_text(claims::seal(claims::Type::Claim, writer.view(), kChain, key));
    }
    [[nodiscard]] claims::InspectOptions options(std::string_view chain = kChain) const {
        const crypto::KeyId id = key.public_key().id();
        return {.trust = {{.name = "certifier",
                           .key = crypto::ForeignKey::from(key.public_key()),
                           .kids = {Bytes(id.begin(), id.end())},
                           .certificate = std::nullopt}},
                .external_aad = to_bytes(as_bytes(chain)),
                .detached_payload = std::nullopt};
    }
};

/// Through a picture, as a scanner has it.
json::Value inspected(const Result<Bytes>& picture, const claims::InspectOptions& options) {
    EXPECT_TRUE(picture.has_value());
    const auto image = symbols::load_picture(*picture);
    EXPECT_TRUE(image.has_value());
    const auto found = symbols::read_symbols(*image);
    if (!found || found->size() != 1) {
        ADD_FAILURE() << "one symbol is expected";
        return json::object();
    }
    return inspect_symbol(found->front(), options);
}

std::string_view signature_of(const json::Value& symbol) {
    const json::Value* signature = symbol.find("signature");
    return signature == nullptr ? "no signature" : signature->text_or("");
}

TEST(Inspect, ACodeOfOursIsTakenApartAndVerified) {
    const SignedText made;
    const json::Value symbol = inspected(symbols::write_qr_png(made.text), made.options());
    EXPECT_EQ(symbol.find("format")->text_or(""), "QR");
    EXPECT_EQ(symbol.find("text")->text_or(""), made.text);
    ASSERT_EQ(signature_of(symbol), "valid");
    EXPECT_EQ(symbol.find("signer")->text_or(""), "certifier");
    EXPECT_EQ(symbol.find("payload")->text_or(""), R"({1: "goods"})");
    const json::Value& headers = *symbol.find("headers");
    EXPECT_EQ(headers.find("algorithm")->text_or(""), "ES256");
    EXPECT_EQ(headers.find("kid")->text_or(""), to_hex(made.key.public_key().id()));
    const json::Value& layers = *symbol.find("layers");
    for (const std::string_view layer : {"prefix", "base45", "cose"})
        EXPECT_EQ(layers.find(layer)->text_or(""), "ok") << layers.dump();
}

TEST(Inspect, TellsWhyASignatureDoesNotCount) {
    const SignedText made;
    EXPECT_EQ(signature_of(inspect_typed(made.text, made.options("another-chain"))), "invalid");
    EXPECT_EQ(signature_of(inspect_typed(made.text, SignedText().options())), "no key");
    std::string broken = made.text;
    broken[10] = broken[10] == 'A' ? 'B' : 'A';
    EXPECT_NE(signature_of(inspect_typed(broken, made.options())), "valid");
}

TEST(Inspect, ReadsLocatorsFromEverySymbology) {
    const std::string text = claims::format_locator({"US", "ATA", "US26/104417", 1, 1, 1});
    for (const auto& picture :
         {symbols::write_qr_png(text), symbols::write_pdf417_png(text), symbols::write_code128_png(text)}) {
        const json::Value symbol = inspected(picture, {});
        ASSERT_TRUE(symbol.has("locator")) << symbol.dump();
        EXPECT_EQ(symbol.find("locator")->find("key")->text_or(""), "ATA:US26/104417");
    }
    std::string mistyped = text;
    mistyped.back() = mistyped.back() == 'A' ? 'B' : 'A';
    const json::Value symbol = inspect_typed(mistyped, {});
    EXPECT_TRUE(symbol.find("locator")->find("error")->text_or("").starts_with("locator.check"));
}

TEST(Inspect, SaysWhatAForeignCodeIs) {
    const json::Value symbol = inspect_typed("https://id.gs1.org/01/09506000134352/10/LOT-77", {});
    ASSERT_TRUE(symbol.has("foreign")) << symbol.dump();
    EXPECT_EQ(symbol.find("foreign")->find("name")->text_or(""), "gs1-link");
    EXPECT_FALSE(inspect_typed("hello", {}).has("layers"));
}

TEST(Inspect, BytesThatAreNoTextAreShownInHex) {
    const symbols::Symbol symbol{.format = symbols::Format::DataMatrix,
                                 .text = {},
                                 .bytes = {0x00, 0xff, 0x10},
                                 .is_text = false,
                                 .symbology_identifier = "]d1"};
    const json::Value shown = inspect_symbol(symbol, {});
    EXPECT_EQ(shown.find("bytes_hex")->text_or(""), "00ff10");
    EXPECT_FALSE(shown.has("layers"));
}

TEST(Inspect, TrustFilesMayHoldOurOwnKeys) {
    const SignedText made;
    const support::TemporaryFolder folder;
    const std::string path = (folder / "certifier.pub").string();
    const std::string text = "# the certifier\n" + public_key_line(made.key.public_key()) + "\n";
    ASSERT_TRUE(files::write_atomically(path, text, files::kPublic).has_value());
    const auto trust = read_trust(path);
    ASSERT_TRUE(trust.has_value()) << trust.error().detail;
    claims::InspectOptions options{
        .trust = *trust, .external_aad = to_bytes(as_bytes(kChain)), .detached_payload = std::nullopt};
    EXPECT_EQ(signature_of(inspect_typed(made.text, options)), "valid");
    ASSERT_TRUE(
        files::write_atomically(path, std::string_view("tidewaiter-public-key-1 ES256 00\n")).has_value());
    EXPECT_EQ(read_trust(path).error().code, "key-list.format");
}

} // namespace
} // namespace tidewaiter::cli
