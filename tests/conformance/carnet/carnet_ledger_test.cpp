#include "ledger/application/application.hpp"
#include "ledger/application/judge.hpp"
#include "ledger/application/stamping.hpp"
#include "ledger/claims/envelope.hpp"
#include "ledger/claims/text.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/documents/carnet/acts.hpp"
#include "ledger/documents/identity/identity.hpp"
#include "tests/support/carnet_sample.hpp"

#include <gtest/gtest.h>
#include <map>

/// The sample journeys once more, as a port lives them: scan, verdict, drafted and signed stamp, block.
namespace tidewaiter::test {
namespace {

constexpr std::string_view kChain = "tw-samples-1";
constexpr UnixTime kKeysFrom = 1'735'689'600; // 2025-01-01

class Ledger {
  public:
    explicit Ledger(const CarnetSample& sample)
        : sample_(sample), time_(sample.record.cover.issued.days * UnixTime{86'400}) {
        state::Overlay overlay(state_);
        add_key(overlay, "issuer", identity::Role::IssuingAssociation,
                sample.record.cover.issuing_association, sample.record.key.key, {},
                {sample.record.key.name_space});
        for (const CarnetStep& step : sample.steps)
            if (!keys_.contains(step.place)) add_port(overlay, step.place);
        put_reference(overlay);
        state_.apply(overlay.changes());
    }

    application::TransactionResult organisation(std::uint32_t kind, const Bytes& body) {
        cbor::Writer writer;
        writer.map([&](cbor::Writer& w) {
            w.key(1).unsigned_integer(kind);
            w.key(2).raw(body);
            w.key(3).integer(time_);
        });
        return apply(claims::seal(claims::Type::Transaction, writer.view(), kChain, keys_.at("issuer")));
    }

    /// What the port's scanner and desk do with a step; the verdict is what the officer sees.
    documents::Verdict judge(const CarnetStep& step) const {
        return application::judge({.text = locator(step), .declaration = declaration(step)}, state_,
                                  port(step), facts(step));
    }

    application::TransactionResult stamp(const CarnetStep& step, const documents::Verdict& verdict) {
        const crypto::PrivateKey& key = keys_.at(step.place);
        application::StampRequest request;
        request.record = sample_.record.key;
        request.declaration = declaration(step);
        request.officer = step.place.substr(0, 2) + "-7Q4K2M";
        request.reason = verdict.outcome == documents::Outcome::Clear ? "" : "seen and decided";
        request.office = "UN:" + step.place;
        request.place = step.place;
        request.at = step.at;
        request.sequence = ++sequences_[step.place];
        request.height = height_;
        request.signer = key.public_key().id();
        request.journal_head = crypto::sha256(as_bytes("journal"));
        const auto draft = application::draft_stamp(request, verdict, state_);
        if (!draft)
            return {.code = 255, .error = std::string(draft.error().code), .detail = draft.error().detail};
        stamps_[step.number] = draft->id;
        return apply(
            claims::seal(claims::Type::Transaction, application::transaction_payload(*draft), kChain, key));
    }

    void wait_until(UnixTime time) { time_ = std::max(time_, time); }
    [[nodiscard]] const state::MemoryView& state() const { return state_; }

  private:
    void add_key(state::Overlay& overlay, const std::string& name, identity::Role role,
                 const std::string& owner, const std::string& seed, std::vector<std::string> offices,
                 std::vector<std::string> namespaces) {
        crypto::PrivateKey secret = std::move(
            *crypto::PrivateKey::from_bytes(crypto::Algorithm::Es256, crypto::sha256(as_bytes(name + seed))));
        const identity::Key key{.key = secret.public_key(),
                                .role = role,
                                .owner = owner,
                                .territory = role == identity::Role::Device ? name.substr(0, 2) : home(),
                                .offices = std::move(offices),
                                .from = kKeysFrom,
                                .to = {},
                                .since = {},
                                .reason = {},
                                .revoked_at = {},
                                .successor = {},
                                .namespaces = std::move(namespaces)};
        if (role == identity::Role::Device) {
            const identity::Device device{.keys = {secret.public_key().id()},
                                          .territory = key.territory,
                                          .offices = key.offices,
                                          .newest_sequence = {},
                                          .checkpoint_head = {},
                                          .checkpoint_at = {}};
            overlay.put("identity", identity::device_record(owner),
                        identity::encode(identity::Value(device)));
        }
        overlay.put("identity", identity::key_record(secret.public_key().id()),
                    identity::encode(identity::Value(key)));
        keys_.emplace(name, std::move(secret));
    }

    [[nodiscard]] std::string home() const { return carnet::split_key(sample_.record.key)->territory; }

    void add_port(state::Overlay& overlay, const std::string& place) {
        std::string device = "lane-";
        for (const char c : place)
            device += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        add_key(overlay, place, identity::Role::Device, device, "", {"UN:" + place}, {});
        const identity::Office office{.territory = place.substr(0, 2), .name = place, .from = {}, .to = {}};
        overlay.put("identity", identity::office_record("UN:" + place),
                    identity::encode(identity::Value(office)));
        const identity::Officer officer{.from = kKeysFrom, .to = {}, .offices = {}};
        overlay.put("identity", identity::officer_record(place.substr(0, 2) + "-7Q4K2M"),
                    identity::encode(identity::Value(officer)));
    }

    void put_reference(state::Overlay& overlay) {
        const auto put = [&](std::string name, Bytes data) {
            const reference::Put value{.name = std::move(name),
                                       .from = Date{20'000},
                                       .to = {},
                                       .version = 1,
                                       .data = std::move(data)};
            ASSERT_TRUE(
                reference::put(overlay, value, keys_.at("issuer").public_key().id(), {0, {kKeysFrom, 0}}));
        };
        put("carnet/territories", reference::encode(sample_.reference.territories));
        put("carnet/places", reference::encode(sample_.reference.places));
        // Records carry no days before 1970: who was approved before then was approved always.
        reference::Associations associations = sample_.reference.associations;
        for (reference::Association& row : associations.list)
            if (row.from && row.from->days < 0) row.from.reset();
        put("carnet/associations", reference::encode(associations));
        put("carnet/schemes", reference::encode(sample_.reference.schemes));
        put("carnet/limits", reference::encode(sample_.reference.limits));
    }

    application::TransactionResult apply(const Bytes& transaction) {
        state::Overlay overlay(state_);
        const application::BlockContext block{
            .chain_id = std::string(kChain), .predecessors = {}, .height = ++height_, .time = {time_, 0}};
        EXPECT_TRUE(application::begin_block(overlay, block));
        const auto result = application::apply(overlay, transaction, block);
        state_.apply(overlay.changes());
        return result;
    }

    [[nodiscard]] std::string locator(const CarnetStep& step) const {
        const auto parts = carnet::split_key(sample_.record.key);
        const auto sheet =
            carnet::sheet_for(*carnet::operation_from(step.operation), std::max(1, step.sheet));
        return claims::format_locator({.territory = parts->territory,
                                       .scheme = parts->scheme,
                                       .number = parts->number,
                                       .colour = sheet ? static_cast<int>(sheet->colour) : 1,
                                       .sheet = std::max(1, step.sheet),
                                       .half = sheet ? static_cast<int>(sheet->half) : 1});
    }

    [[nodiscard]] application::Declaration declaration(const CarnetStep& step) const {
        application::Declaration form;
        form.operation = step.operation;
        form.sheet = step.sheet;
        form.lines = step.items;
        form.references = step.references;
        form.final_date = step.final_date;
        if (!step.destination.empty()) form.destination = "UN:" + step.destination;
        form.not_reexported = step.not_reexported;
        form.not_produced = step.not_produced;
        form.not_reimported = step.not_reimported;
        if (step.branch > 0) form.branch = stamps_.at(step.branch);
        return form;
    }

    [[nodiscard]] application::Port port(const CarnetStep& step) const {
        application::Port port;
        port.territory = step.place.substr(0, 2);
        port.place = step.place;
        port.office = "UN:" + step.place;
        port.namespaces = {sample_.record.key.name_space, "identity", "reference"};
        return port;
    }

    [[nodiscard]] application::CopyFacts facts(const CarnetStep& step) const {
        application::CopyFacts facts;
        facts.chain_id = kChain;
        facts.now = step.at.utc;
        facts.utc_offset_minutes = step.at.offset_minutes;
        facts.state_height = height_;
        facts.header_time = {step.at.utc - 40, 0};
        facts.age_seconds = 40;
        facts.is_cross_checked = true;
        return facts;
    }

    const CarnetSample& sample_;
    std::map<std::string, crypto::PrivateKey> keys_;
    std::map<std::string, std::uint32_t> sequences_;
    std::map<int, Hash> stamps_;
    state::MemoryView state_;
    std::uint64_t height_ = 0;
    UnixTime time_ = 0;
};

std::vector<std::string> carnet_rules(const documents::Verdict& verdict) {
    std::vector<std::string> rules;
    for (const documents::Finding& finding : verdict.findings)
        if (finding.rule.starts_with("CAR-")) rules.push_back(finding.rule);
    return rules;
}

/// Where a step needs a kind of transaction that this version does not apply, the journey is played up to
/// there.
class SamplesOnTheLedger : public testing::TestWithParam<std::string> {};

TEST_P(SamplesOnTheLedger, ScanJudgeStampInclude) {
    const CarnetSample sample = load_carnet_sample(GetParam());
    Ledger ledger(sample);
    const auto issue = ledger.organisation(1, carnet::encode(sample.record));
    ASSERT_EQ(issue.code, 0U) << issue.error << ' ' << issue.detail;
    const auto list = ledger.organisation(2, carnet::encode(sample.list));
    ASSERT_EQ(list.code, 0U) << list.error << ' ' << list.detail;

    CarnetStep validation;
    validation.operation = "VALIDATE";
    validation.place = sample.validated_place;
    validation.at = sample.validated_at;
    std::vector<CarnetStep> steps{validation};
    steps.insert(steps.end(), sample.steps.begin(), sample.steps.end());
    for (const CarnetStep& step : steps) {
        SCOPED_TRACE("step " + std::to_string(step.number) + " " + step.operation + " at " + step.place);
        ledger.wait_until(step.at.utc + 10);
        if (step.operation == "RETURN") {
            carnet::CarnetAct act;
            act.key = sample.record.key;
            act.on = local_date(step.at);
            const auto result = ledger.organisation(9, carnet::encode(act));
            EXPECT_EQ(result.code, 0U) << result.error << ' ' << result.detail;
            continue;
        }
        const documents::Verdict verdict = ledger.judge(step);
        EXPECT_EQ(documents::word(verdict.outcome), step.number == 0 ? "clear" : step.verdict);
        EXPECT_EQ(carnet_rules(verdict), step.rules);
        if (step.outcome == "rejected") continue;
        const auto result = ledger.stamp(step, verdict);
        EXPECT_EQ(result.code, 0U) << result.error << ' ' << result.detail;
        EXPECT_EQ(result.outcome, application::StampOutcome::Effective);
    }
    const auto carnet = carnet::load(ledger.state(), sample.record.key);
    ASSERT_TRUE(carnet && *carnet);
    const carnet::Balances balances = carnet::fold(**carnet, sample.reference);
    EXPECT_EQ(carnet::word(carnet::status_on((*carnet)->head, balances, sample.as_of)), sample.end.state);
}

// S2 regularises by a record and S5 stamps by copies that miss each other's stamps: carnet_samples_test plays
// both.
INSTANTIATE_TEST_SUITE_P(Journeys, SamplesOnTheLedger, testing::Values("S1", "S3", "S4", "S6"),
                         [](const auto& sample) { return sample.param; });

} // namespace
} // namespace tidewaiter::test
