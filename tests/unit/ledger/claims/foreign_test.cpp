#include "ledger/claims/foreign.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tidewaiter::claims {
namespace {

using Contents = std::vector<std::pair<std::string, std::string>>;

std::string_view kind_of(std::string_view text) {
    const std::optional<ForeignCode> code = recognise_foreign(text);
    return code ? code->name : std::string_view("none");
}

TEST(ForeignCode, IsToldByItsForm) {
    EXPECT_EQ(kind_of("HC1:6BFOXN"), "eu-health");
    EXPECT_EQ(kind_of("shc:/5676295953265460346029254077280433602870286471674522280928"), "smart-health");
    EXPECT_EQ(kind_of("openid4vp://?client_id=x"), "openid4vp");
    EXPECT_EQ(kind_of("OPENID4VP://?client_id=x"), "openid4vp");
    EXPECT_EQ(kind_of("mdoc-openid4vp://?client_id=x"), "openid4vp");
    EXPECT_EQ(kind_of("mdoc:owBjMS4w"), "mdoc");
    EXPECT_EQ(kind_of("RDB1BNK6ADJL2PECXOABAHIMWDAQEE6ATAXHCCNJVXVGK5TEHZJGMV22BGPATHQJ"), "icao-seal");
    EXPECT_EQ(kind_of("https://example.org/some/page?x=1"), "web");
}

TEST(ForeignCode, IsNotOursNorTextAtLarge) {
    for (const std::string_view text :
         {"", "TW1:BB8", "TWZ1:BB8", "TW1L:DE*ATA*DEF/2026/03355*W12*R", "hello", "ATA GB LO/26/00981",
          "GB ATA LO/26/00981", "RDB1E23", "RDB1", "12345", "mailto:a@b", "@\n\x1e\rANSI 63600", "hc1:6BF"})
        EXPECT_EQ(kind_of(text), "none") << text;
    EXPECT_EQ(kind_of(std::string(5'000, '1')), "none") << "longer than any symbol";
}

TEST(ForeignCode, DigitsMayBeACarnetPointer) {
    EXPECT_EQ(kind_of("123456"), "carnet-digits");
    EXPECT_EQ(kind_of("8471 2294 1130"), "carnet-digits");
    EXPECT_EQ(kind_of("123456789012345678901234567890123"), "none");
}

TEST(ForeignCode, EveryKindHasANameAndASentence) {
    for (int i = 0; i <= static_cast<int>(ForeignKind::Web); ++i)
        EXPECT_FALSE(foreign_name(static_cast<ForeignKind>(i)).empty());
    EXPECT_FALSE(recognise_foreign("https://example.org/")->what.empty());
}

TEST(ForeignCode, ShowsWhoAsksAWallet) {
    const Contents expected = {{"client_id", "verifier.example"},
                               {"request_uri", "https%3A%2F%2Fv.example%2Fr"}};
    EXPECT_EQ(recognise_foreign(
                  "openid4vp://authorize?client_id=verifier.example&request_uri=https%3A%2F%2Fv.example%2Fr")
                  ->contents,
              expected);
}

TEST(ForeignCode, ShowsAnMdocEngagement) {
    // {0: "1.0"}
    const Contents expected = {{"engagement", "{0: \"1.0\"}"}};
    EXPECT_EQ(recognise_foreign("mdoc:oQBjMS4w")->contents, expected);
    EXPECT_TRUE(recognise_foreign("mdoc:!!!")->contents.empty());
}

constexpr std::string_view kLicence =
    "@\n\x1e\rANSI 636000080002DL00410278ZV03190008DLDAQT64235789\nDCSSAMPLE\nDDEN\nDACMICHAEL\n"
    "DADJOHN\nDBD08242015\nDBB01311970\nDBA01312035\nDCGUSA\nDCF2424244747474786102204\rZVZVA01\r";

TEST(Aamva, ShowsTheElementsOfALicence) {
    const std::optional<ForeignCode> code = recognise_foreign(kLicence);
    ASSERT_TRUE(code.has_value());
    EXPECT_EQ(code->kind, ForeignKind::Aamva);
    const Contents expected = {{"issuer", "636000"},      {"document number", "T64235789"},
                               {"family name", "SAMPLE"}, {"first name", "MICHAEL"},
                               {"middle names", "JOHN"},  {"issued", "08242015"},
                               {"born", "01311970"},      {"expires", "01312035"},
                               {"country", "USA"},        {"document id", "2424244747474786102204"}};
    EXPECT_EQ(code->contents, expected);
}

TEST(Gs1, ReadsElementStrings) {
    const Contents expected = {
        {"01 GTIN", "09501101530003"}, {"17 expiry", "261130"}, {"10 lot", "AB-123"}, {"21 serial", "S1"}};
    for (const std::string_view text : {"]d201095011015300031726113010AB-123\x1d"
                                        "21S1",
                                        "01095011015300031726113010AB-123\x1d"
                                        "21S1",
                                        "]C101095011015300031726113010AB-123\x1d"
                                        "21S1",
                                        "\x1d"
                                        "01095011015300031726113010AB-123\x1d"
                                        "21S1",
                                        "(01)09501101530003(17)261130(10)AB-123(21)S1"}) {
        const std::optional<ForeignCode> code = recognise_foreign(text);
        ASSERT_TRUE(code.has_value()) << text;
        EXPECT_EQ(code->kind, ForeignKind::Gs1Elements);
        EXPECT_EQ(code->contents, expected) << text;
    }
}

TEST(Gs1, ReadsWhatPalletsAndDocumentsCarry) {
    EXPECT_EQ(kind_of("00106141412345678908"), "gs1-elements") << "SSCC";
    const Contents weight = {
        {"01 GTIN", "09501101530003"}, {"3103 net weight kg", "001750"}, {"422 country of origin", "056"}};
    EXPECT_EQ(recognise_foreign("]C101095011015300033103001750422056")->contents, weight);
    const Contents document = {{"253 GDTI (document)", "4012345000016ATA26104417"}};
    EXPECT_EQ(recognise_foreign("(253)4012345000016ATA26104417")->contents, document);
}

TEST(Gs1, RefusesWhatDoesNotFit) {
    EXPECT_NE(kind_of("]d20109501101530004"), "gs1-elements") << "check digit";
    EXPECT_NE(kind_of("(01)09501101530004"), "gs1-elements") << "check digit in brackets";
    EXPECT_NE(kind_of("]d201095011015300031726133210AB"), "gs1-elements") << "month 13";
    EXPECT_NE(kind_of("0109501101530003"
                      "0799"),
              "gs1-elements")
        << "unknown identifier";
    EXPECT_NE(kind_of("]d20109501101530003"
                      "10"
                      "123456789012345678901"),
              "gs1-elements")
        << "a lot of 21 characters";
    EXPECT_NE(kind_of("10ABC"), "gs1-elements") << "nothing checked, nothing marked";
    EXPECT_EQ(kind_of("]d210ABC"), "gs1-elements") << "marked";
    EXPECT_NE(kind_of("]d2"), "gs1-elements");
    EXPECT_NE(kind_of("(01)0950110153000"), "gs1-elements");
    EXPECT_NE(kind_of("(1)1"), "gs1-elements");
}

TEST(Gs1, ReadsDigitalLinks) {
    const Contents expected = {{"01 GTIN", "09506000134352"},
                               {"10 lot", "ABC/123"},
                               {"21 serial", "12345"},
                               {"17 expiry", "180426"}};
    const std::optional<ForeignCode> code = recognise_foreign(
        "https://id.gs1.org/01/09506000134352/10/ABC%2F123/21/12345?17=180426&linkType=all");
    ASSERT_TRUE(code.has_value());
    EXPECT_EQ(code->kind, ForeignKind::Gs1Link);
    EXPECT_EQ(code->contents, expected);
    EXPECT_EQ(kind_of("https://example.com/some/path/00/106141412345678908"), "gs1-link")
        << "any host, any path before";
    EXPECT_EQ(recognise_foreign("http://example.com/01/9506000134352")->contents.front().second,
              "09506000134352");
}

TEST(Gs1, TakesOtherAddressesAsWeb) {
    for (const std::string_view text :
         {"https://id.gs1.org/01/09506000134353", "https://id.gs1.org/01", "https://id.gs1.org/",
          "https://id.gs1.org", "https://id.gs1.org/10/ABC", "https://id.gs1.org/01/09506000134352/zz/1",
          "https://id.gs1.org/01/0950600013435%2", "https://id.gs1.org/01/09506000134352?17=991399"})
        EXPECT_EQ(kind_of(text), "web") << text;
    const Contents host = {{"host", "id.gs1.org"}};
    EXPECT_EQ(recognise_foreign("https://id.gs1.org/01")->contents, host);
}

} // namespace
} // namespace tidewaiter::claims
