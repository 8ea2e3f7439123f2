// From a scanned text to its verdict over a large copy on disk: `bench_verdict FOLDER`, a folder that
// bench_make_copy filled. Judging alone; the journal's disk sync is shown beside it.

#include "daemon/gateway/box.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/crypto/random.hpp"
#include "tests/bench/support/made_copy.hpp"
#include "tests/bench/support/measure.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidewaiter::bench {
namespace {

constexpr std::size_t kRounds = 5;
constexpr std::size_t kJournalled = 200;
constexpr double kMicro = 1e6;

struct Times {
    std::vector<double> processor;
    std::vector<double> wall;
    void add(const Spent& spent) {
        processor.push_back(spent.processor * kMicro);
        wall.push_back(spent.wall * kMicro);
    }
};

/// Medians over the rounds.
struct Summary {
    std::vector<double> p50, p99, wall_p99;
    void add(const Times& times) {
        p50.push_back(quantile(times.processor, 0.5));
        p99.push_back(quantile(times.processor, 0.99));
        wall_p99.push_back(quantile(times.wall, 0.99));
    }
};

class Bench {
  public:
    explicit Bench(const CopyFolder& folder)
        : records_(expect(store::Records::open(folder.copy(), {}))), locators_(read_lines(folder.locators())),
          claims_(read_lines(folder.claims())), facts_(judging_facts(records_.height())),
          lists_(
              expect(carnet::reference_data(records_, local_date({facts_.now, facts_.utc_offset_minutes})))),
          port_(judging_port(names())) {
        if (locators_.size() < 5'000 || claims_.size() < 500)
            give_up({"bench.folder", "this folder has too few locators or claims; make it anew"});
        facts_.reference = &lists_;
    }

    /// Locators, claims and bare signature checks take turns.
    void round(std::size_t number) {
        Times locators, claims, signatures;
        const std::size_t share = locators_.size() / kRounds;
        std::size_t next_claim = 0;
        for (std::size_t i = number * share; i < (number + 1) * share; ++i) {
            locators.add(judge(locators_[i], "carnet"));
            if (i % 4 != 0) continue;
            claims.add(judge(claims_[next_claim++ % claims_.size()], "origin"));
            signatures.add(check_signature());
        }
        locator_.add(locators);
        claim_.add(claims);
        signature_.push_back(median(signatures.processor));
    }

    void report() {
        show("locator to verdict, p50", median(locator_.p50), "us");
        show_at_most("locator to verdict, p99", median(locator_.p99), "us", 300);
        show("locator to verdict, p99 on the wall", median(locator_.wall_p99), "us");
        const double signature = median(signature_);
        show("bare signature check, p50", signature, "us");
        show("claim to verdict, p50", median(claim_.p50), "us");
        show_at_most("claim to verdict, p99", median(claim_.p99), "us", 1.5 * signature + 100);
        show("claim to verdict, p99 on the wall", median(claim_.wall_p99), "us");
    }

    void journal() {
        const support::TemporaryFolder folder;
        gateway::Box box =
            expect(gateway::Box::open(folder.path().string(), std::uint64_t{1} << 30, key_.public_key()));
        Times times;
        for (std::size_t i = 0; i < kJournalled; ++i) {
            const std::string& text = locators_[i];
            gateway::KeptVerdict kept{
                .id = {}, .at = facts_.now, .source = "bench", .text = text, .verdict = {}};
            crypto::system_random().fill(kept.id);
            const state::Overlay overlay(records_);
            kept.verdict = documents::encode(application::judge({.text = text}, overlay, port_, facts_));
            const Watch watch(Watch::Of::Thread);
            expect(box.keep_verdict(kept, crypto::sha256(as_bytes(text))));
            times.add(watch.spent());
        }
        show("journal of one verdict to disk, p50 on the wall", quantile(times.wall, 0.5), "us");
        show("journal of one verdict to disk, p99 on the wall", quantile(times.wall, 0.99), "us");
    }

  private:
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const store::NamespaceInfo& info : records_.namespaces())
            names.push_back(info.name);
        return names;
    }

    Spent judge(const std::string& text, std::string_view kind) {
        const Watch watch(Watch::Of::Thread);
        const state::Overlay overlay(records_);
        const documents::Verdict verdict = application::judge({.text = text}, overlay, port_, facts_);
        const Spent spent = watch.spent();
        if (verdict.subject.kind != kind || verdict.outcome == documents::Outcome::CannotTell)
            give_up({"bench.verdict", text + " did not come to a verdict"});
        return spent;
    }

    Spent check_signature() {
        const Watch watch(Watch::Of::Thread);
        const bool is_good = crypto::verify(key_.public_key(), message_, signed_);
        const Spent spent = watch.spent();
        if (!is_good) give_up({"bench.signature", "our own signature does not verify"});
        return spent;
    }

    store::Records records_;
    std::vector<std::string> locators_;
    std::vector<std::string> claims_;
    application::CopyFacts facts_;
    carnet::ReferenceData lists_; ///< kept decoded between judgements, as the desk keeps them
    application::Port port_;
    crypto::PrivateKey key_ = test::test_key("certifier-mx");
    Bytes message_ = Bytes(500, 7);
    crypto::Signature signed_ = key_.sign(message_);
    Summary locator_, claim_;
    std::vector<double> signature_;
};

int run(const CopyFolder& folder) {
    Bench bench(folder);
    for (std::size_t round = 0; round < kRounds; ++round)
        bench.round(round);
    bench.report();
    bench.journal();
    return exit_status();
}

} // namespace
} // namespace tidewaiter::bench

int main(int count, char** arguments) {
    if (count != 2) {
        std::fputs("usage: bench_verdict FOLDER\n", stderr);
        return 2;
    }
    return tidewaiter::bench::run({arguments[1]});
}
