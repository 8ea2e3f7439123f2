#include "daemon/cli/demonstration/pictures.hpp"

#include "drivers/symbols/write.hpp"
#include "ledger/claims/claim_code.hpp"

namespace tidewaiter::cli {

namespace {

Result<std::string> text_of(const json::Field& row,
                            const std::map<std::string, std::string, std::less<>>& claims) {
    if (!row.at("locator").is_absent()) return locator_text(row.at("locator"));
    if (!row.at("text").is_absent()) return row.at("text").text(1'000);
    TW_TRY(const std::string certificate, row.at("certificate").text(40));
    const auto found = claims.find(certificate);
    if (found == claims.end())
        return fail("demonstration.word",
                    row.path() + ": seed.json has no certificate '" + printable(certificate, 40) + "'");
    return found->second;
}

Result<Bytes> draw(std::string_view symbol, std::string_view text) {
    if (symbol == "qr") return symbols::write_qr_png(text);
    if (symbol == "pdf417") return symbols::write_pdf417_png(text);
    if (symbol == "code128") return symbols::write_code128_png(text);
    return fail("demonstration.word",
                "a picture's symbol is qr, pdf417 or code128, not '" + printable(symbol, 20) + "'");
}

} // namespace

Result<std::string> claim_text(const CertificatePlan& plan, std::string_view chain,
                               const crypto::PrivateKey& certifier) {
    std::vector<std::uint16_t> lines;
    for (std::size_t i = 0; i < plan.file.certificate.lines.size(); ++i)
        lines.push_back(static_cast<std::uint16_t>(i + 1));
    TW_TRY(claims::SealedClaim sealed, claims::make_claim(plan.file.certificate, plan.file.seed, lines,
                                                          plan.file.shipment, chain, certifier));
    return std::move(sealed.text);
}

Status draw_pictures(const json::Field& rows, const std::map<std::string, std::string, std::less<>>& claims,
                     const files::Path& folder) {
    TW_TRY(const std::vector<json::Field> pictures, rows.items());
    json::Value texts = json::object();
    for (const json::Field& row : pictures) {
        TW_TRY(const std::string file, row.at("file").text(40));
        TW_TRY(const std::string symbol, row.at("symbol").text(10));
        TW_TRY(const std::string text, text_of(row, claims));
        Result<Bytes> picture = draw(symbol, text);
        if (!picture) return within(file, std::move(picture).error());
        TW_CHECK(files::write_atomically(folder / file, ByteView(*picture), files::kPublic));
        texts.set(file, text);
    }
    return files::write_atomically(folder / "texts.json", texts.dump_pretty() + "\n", files::kPublic);
}

} // namespace tidewaiter::cli
