#include "tests/support/ledger_fixture.hpp"

#include "ledger/claims/claim_code.hpp"

#include <benchmark/benchmark.h>

/// A claim's text to its verdict beside the one signature check it cannot do without (bar: 1.5 times that and
/// 100 µs), and a locator to its verdict (bar: 300 µs). The copy lies in memory: the store is measured apart.
namespace tidewaiter {
namespace {

using carnet::Operation;
using test::LedgerFixture;

struct World {
    LedgerFixture ledger;
    std::string locator;
    std::string claim;

    World() {
        const auto carnet = ledger.issue_carnet("US26/104417", /*items=*/50, /*pieces=*/10);
        const std::string lines = "1-50";
        std::optional<Hash> previous;
        for (const Operation operation :
             {Operation::Export, Operation::Import, Operation::Reexport, Operation::Reimport}) {
            const bool is_home = operation == Operation::Export || operation == Operation::Reimport;
            const bool closes = operation == Operation::Reexport || operation == Operation::Reimport;
            LedgerFixture::StampWish wish;
            wish.operation = operation;
            wish.lines = lines;
            wish.previous = previous;
            if (closes) wish.references = {1};
            const auto stamp = ledger.stamp(is_home ? "lax-lane1" : "lhr-lane1", carnet.key, wish);
            ignore(ledger.apply(stamp.transaction), "the verdict is what is measured");
            previous = stamp.id;
        }
        locator = ledger.locator(carnet.key, "Y21");
        origin::Certificate certificate;
        certificate.id.fill(5);
        certificate.signed_on = Date{20'590};
        certificate.scope = {.is_blanket = true, .from = Date{20'590}, .to = Date{20'900}};
        certificate.importer = origin::PartyData{.name = "Lakeshore Auto Components, Inc.", .country = "US"};
        origin::Line line;
        line.description = "Wiring harness";
        line.hs = "854430";
        line.criterion = "B";
        line.origin = "MX";
        certificate.lines = {line};
        const origin::Seed seed{};
        const auto issue = origin::make_issue(certificate, seed);
        ignore(
            ledger.apply(claims::seal(claims::Type::Transaction, origin::issue_payload(*issue, ledger.now()),
                                      LedgerFixture::kChain, ledger.key("certifier-mx"))),
            "the verdict is what is measured");
        origin::Shipment shipment;
        shipment.invoice = "AB-26-09114";
        shipment.import_date = Date{20'610};
        const std::vector<std::uint16_t> numbers{1};
        claim = claims::make_claim(certificate, seed, numbers, shipment, LedgerFixture::kChain,
                                   ledger.key("certifier-mx"))
                    ->text;
    }
};

const World& world() {
    static const World made;
    return made;
}

void bare_signature(benchmark::State& state) {
    const crypto::PrivateKey key = test::test_key("bench");
    const Bytes message(500, 7);
    const crypto::Signature signature = key.sign(message);
    for (auto _ : state)
        if (!crypto::verify(key.public_key(), message, signature))
            state.SkipWithError("our own signature fails");
}

void judge(benchmark::State& state, const std::string& text, std::string_view kind) {
    const application::Port port = world().ledger.port();
    const application::CopyFacts facts = world().ledger.facts();
    for (auto _ : state) {
        const documents::Verdict verdict =
            application::judge({.text = text}, world().ledger.state(), port, facts);
        if (verdict.subject.kind != kind || verdict.findings.size() > 3)
            state.SkipWithError("not the verdict expected");
    }
}

void claim(benchmark::State& state) {
    judge(state, world().claim, "origin");
}
void locator(benchmark::State& state) {
    judge(state, world().locator, "carnet");
}

BENCHMARK(bare_signature)->Unit(benchmark::kMicrosecond);
BENCHMARK(claim)->Unit(benchmark::kMicrosecond);
BENCHMARK(locator)->Unit(benchmark::kMicrosecond);

} // namespace
} // namespace tidewaiter
