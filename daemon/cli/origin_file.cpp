#include "daemon/cli/origin_file.hpp"

#include "ledger/crypto/random.hpp"

#include <array>

namespace tidewaiter::cli {

namespace {

template <class T, std::size_t Size>
Result<T> read_word(const json::Field& field, const std::array<std::pair<std::string_view, T>, Size>& words) {
    TW_TRY(const std::string text, field.text(20));
    std::string expected;
    for (const auto& [word, value] : words) {
        if (word == text) return value;
        expected += (expected.empty() ? "" : ", ") + std::string(word);
    }
    return fail("origin-file.word", field.path() + ": '" + printable(text, 20) + "' is none of " + expected);
}

constexpr std::array kAgreements{std::pair{std::string_view("NAFTA"), origin::Agreement::Nafta},
                                 std::pair{std::string_view("USMCA"), origin::Agreement::Usmca},
                                 std::pair{std::string_view("CAFTA"), origin::Agreement::Cafta}};
constexpr std::array kKinds{
    std::pair{std::string_view("CBP434"), origin::Kind::Cbp434},
    std::pair{std::string_view("DATASET"), origin::Kind::Dataset},
    std::pair{std::string_view("INVOICE_DECLARATION"), origin::Kind::InvoiceDeclaration}};
constexpr std::array kRoles{std::pair{std::string_view("IMPORTER"), origin::CertifierRole::Importer},
                            std::pair{std::string_view("EXPORTER"), origin::CertifierRole::Exporter},
                            std::pair{std::string_view("PRODUCER"), origin::CertifierRole::Producer},
                            std::pair{std::string_view("AGENT"), origin::CertifierRole::Agent}};
constexpr std::array kParties{std::pair{std::string_view("SAME"), origin::PartyCode::Same},
                              std::pair{std::string_view("VARIOUS"), origin::PartyCode::Various},
                              std::pair{std::string_view("UNKNOWN"), origin::PartyCode::Unknown},
                              std::pair{std::string_view("ON_REQUEST"), origin::PartyCode::OnRequest},
                              std::pair{std::string_view("LIST"), origin::PartyCode::List}};

Result<Date> read_date(const json::Field& field) {
    TW_TRY(const std::string text, field.text(10));
    const Result<Date> date = parse_date(text);
    if (!date) return within(field.path(), date.error());
    return *date;
}

Status take(const json::Field& object, std::string_view name, std::string& into) {
    TW_TRY(std::optional<std::string> text, object.at(name).optional_text());
    if (text) into = *std::move(text);
    return {};
}

Status take_party(const json::Value& file, std::string_view name, std::optional<origin::Party>& into) {
    const json::Field field = file.at(name);
    if (field.is_absent()) return {};
    TW_TRY(const json::Value* value, field.value());
    if (value->is_text()) {
        TW_TRY(const origin::PartyCode code, read_word(field, kParties));
        into = code;
        return {};
    }
    TW_CHECK(field.only({"name", "street", "city", "region", "postcode", "country", "telephone", "email"}));
    origin::PartyData data;
    TW_TRY(data.name, field.at("name").text(140));
    TW_CHECK(take(field, "street", data.street));
    TW_CHECK(take(field, "city", data.city));
    TW_CHECK(take(field, "region", data.region));
    TW_CHECK(take(field, "postcode", data.postcode));
    TW_CHECK(take(field, "country", data.country));
    TW_CHECK(take(field, "telephone", data.telephone));
    TW_CHECK(take(field, "email", data.email));
    into = std::move(data);
    return {};
}

Result<origin::Line> read_line(const json::Field& field) {
    TW_CHECK(field.only({"description", "sku", "hs", "edition", "criterion", "origin", "rule"}));
    origin::Line line;
    TW_TRY(line.description, field.at("description").text(512));
    TW_TRY(line.hs, field.at("hs").text(10));
    TW_TRY(line.criterion, field.at("criterion").text(3));
    TW_TRY(line.origin, field.at("origin").text(2));
    TW_CHECK(take(field, "sku", line.sku));
    TW_CHECK(take(field, "rule", line.rule));
    if (!field.at("edition").is_absent()) {
        TW_TRY(const std::int64_t edition, field.at("edition").integer(2000, 2100));
        line.edition = static_cast<std::uint16_t>(edition);
    }
    return line;
}

Result<origin::Shipment> read_shipment(const json::Field& field) {
    TW_CHECK(field.only({"entry", "bill", "invoice", "import_date", "conveyance", "port"}));
    origin::Shipment shipment;
    TW_CHECK(take(field, "entry", shipment.entry));
    TW_CHECK(take(field, "bill", shipment.bill));
    TW_CHECK(take(field, "invoice", shipment.invoice));
    TW_CHECK(take(field, "conveyance", shipment.conveyance));
    TW_CHECK(take(field, "port", shipment.port));
    if (!field.at("import_date").is_absent()) {
        TW_TRY(shipment.import_date, read_date(field.at("import_date")));
    }
    return shipment;
}

} // namespace

Result<OriginFile> read_origin_file(const json::Value& file) {
    TW_CHECK(file.root().only({"agreement", "kind", "role", "signed_on", "blanket", "invoice", "certifier",
                               "exporter", "producer", "importer", "lines", "shipment"}));
    OriginFile out;
    origin::Certificate& certificate = out.certificate;
    crypto::system_random().fill(certificate.id);
    crypto::system_random().fill(out.seed);
    TW_TRY(certificate.agreement, read_word(file.at("agreement"), kAgreements));
    TW_TRY(certificate.kind, read_word(file.at("kind"), kKinds));
    TW_TRY(certificate.role, read_word(file.at("role"), kRoles));
    TW_TRY(certificate.signed_on, read_date(file.at("signed_on")));
    if (!file.at("blanket").is_absent()) {
        certificate.scope.is_blanket = true;
        TW_TRY(certificate.scope.from, read_date(file.at("blanket").at("from")));
        TW_TRY(certificate.scope.to, read_date(file.at("blanket").at("to")));
    }
    TW_TRY(certificate.invoice, file.at("invoice").optional_text());
    TW_CHECK(take_party(file, "certifier", certificate.certifier));
    TW_CHECK(take_party(file, "exporter", certificate.exporter));
    TW_CHECK(take_party(file, "producer", certificate.producer));
    TW_CHECK(take_party(file, "importer", certificate.importer));
    TW_TRY(const std::vector<json::Field> lines, file.at("lines").items());
    for (const json::Field& field : lines) {
        TW_TRY(origin::Line line, read_line(field));
        certificate.lines.push_back(std::move(line));
    }
    if (!file.at("shipment").is_absent()) {
        TW_TRY(out.shipment, read_shipment(file.at("shipment")));
    }
    return out;
}

} // namespace tidewaiter::cli
