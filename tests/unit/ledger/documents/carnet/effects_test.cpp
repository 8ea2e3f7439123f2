#include "ledger/documents/carnet/effects.hpp"

#include "ledger/crypto/hash.hpp"
#include "ledger/documents/carnet/pool.hpp"
#include "tests/support/carnet_sample.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace tidewaiter::test {
namespace {

using carnet::CarnetStatus;
using carnet::StampEntry;
using carnet::StampOutcome;

std::string_view code_of(const Status& status) {
    return status ? std::string_view("none") : status.error().code;
}

class CarnetEffects : public testing::Test {
  protected:
    explicit CarnetEffects(const std::string& id = "S1") : sample_(load_carnet_sample(id)) {}

    Status issue() { return carnet::issue(state_, sample_.record, issuer_, at(1), sample_.reference); }
    Status list() { return carnet::add_list_page(state_, sample_.list, at(2), sample_.reference); }
    Status add(const StampEntry& entry) { return carnet::add_entry(state_, entry, sample_.reference); }
    [[nodiscard]] carnet::Carnet carnet() const { return **carnet::load(state_, sample_.record.key); }
    [[nodiscard]] static carnet::Inclusion at(std::uint64_t height) { return {height, {1'771'000'000, 0}}; }
    /// What a full run of the sample signed.
    [[nodiscard]] std::vector<StampEntry> entries() const {
        CarnetRun run(sample_);
        for (const CarnetStep& step : sample_.steps)
            run.play(step);
        return run.entries();
    }
    [[nodiscard]] carnet::CarnetAct about() const {
        carnet::CarnetAct act;
        act.key = sample_.record.key;
        return act;
    }
    Status act(carnet::ActKind kind) {
        return carnet::act(state_, kind, about(), 1'771'000'000, issuer_, at(9), sample_.reference);
    }

    CarnetSample sample_;
    carnet::KeyId issuer_{1};
    state::MemoryView base_;
    state::Overlay state_{base_};
};

TEST_F(CarnetEffects, IssueThenListThenSign) {
    ASSERT_TRUE(issue());
    EXPECT_EQ(carnet().head.status, CarnetStatus::Issued);
    EXPECT_TRUE(carnet().head.has(carnet::Flag::IncompleteList));
    ASSERT_TRUE(list());
    EXPECT_FALSE(carnet().head.has(carnet::Flag::IncompleteList));
    EXPECT_TRUE(carnet().list_matches);
    const carnet::HolderSign sign{sample_.record.key, 1, carnet::cover_digest(sample_.record.cover)};
    ASSERT_TRUE(carnet::sign_holder(state_, sign, at(3)));
    EXPECT_EQ(carnet().head.status, CarnetStatus::Signed);
    ASSERT_TRUE(add(entries().front()));
    EXPECT_EQ(carnet().head.status, CarnetStatus::Active) << "any stamp locks the carnet";
}

TEST_F(CarnetEffects, RefusesWhatDoesNotFit) {
    EXPECT_EQ(code_of(list()), "carnet.unknown");
    EXPECT_EQ(code_of(act(carnet::ActKind::Return)), "carnet.unknown");
    ASSERT_TRUE(issue());
    EXPECT_EQ(code_of(issue()), "carnet.exists");
    carnet::ListPage other = sample_.list;
    other.items[0].pieces = 2;
    EXPECT_EQ(code_of(carnet::add_list_page(state_, other, at(2), sample_.reference)), "carnet.page");
    other = sample_.list;
    other.revision = 2;
    EXPECT_EQ(code_of(carnet::add_list_page(state_, other, at(2), sample_.reference)), "carnet.revision");
    ASSERT_TRUE(list());
    EXPECT_EQ(code_of(list()), "carnet.exists");
    EXPECT_EQ(code_of(carnet::sign_holder(state_, {sample_.record.key, 1, Hash{7}}, at(3))), "carnet.cover");
    EXPECT_EQ(code_of(carnet::sign_holder(state_, {sample_.record.key, 2, Hash{7}}, at(3))),
              "carnet.revision");
    EXPECT_EQ(code_of(carnet::add_sheets(state_, {sample_.record.key, {0, 96, 0}}, at(3))), "carnet.cover");
    ASSERT_TRUE(carnet::add_sheets(state_, {sample_.record.key, {0, 2, 0}}, at(3)));
    EXPECT_EQ(carnet().head.cover.sets.white, sample_.record.cover.sets.white + 2);
    EXPECT_EQ(code_of(act(carnet::ActKind::Found)), "carnet.status");
    EXPECT_EQ(code_of(act(carnet::ActKind::Proof)), "carnet.kind");
}

TEST_F(CarnetEffects, LostFoundReturnedWithdrawn) {
    ASSERT_TRUE(issue());
    ASSERT_TRUE(list());
    ASSERT_TRUE(act(carnet::ActKind::ReportLost));
    EXPECT_TRUE(carnet().head.has(carnet::Flag::Lost));
    ASSERT_TRUE(act(carnet::ActKind::Found));
    EXPECT_FALSE(carnet().head.has(carnet::Flag::Lost));
    ASSERT_TRUE(act(carnet::ActKind::Return));
    EXPECT_EQ(carnet().head.status, CarnetStatus::Discharged) << "nothing was ever open";
    EXPECT_EQ(code_of(act(carnet::ActKind::Return)), "carnet.status");
    ASSERT_TRUE(act(carnet::ActKind::Withdraw));
    EXPECT_EQ(carnet().head.status, CarnetStatus::Withdrawn);
    EXPECT_EQ(carnet().head.events, 4U);
    EXPECT_EQ(code_of(carnet::bind_holder(state_, {sample_.record.key, 1, std::nullopt}, at(9))),
              "carnet.status");
}

TEST_F(CarnetEffects, TheSameStampAgainChangesNothing) {
    ASSERT_TRUE(issue());
    ASSERT_TRUE(list());
    const auto stamps = entries();
    for (const StampEntry& entry : stamps)
        ASSERT_TRUE(add(entry));
    const auto before = state_.changes();
    for (const StampEntry& entry : stamps)
        ASSERT_TRUE(add(entry));
    EXPECT_EQ(state_.changes(), before);
}

TEST_F(CarnetEffects, OutcomeAndRecordMustAgree) {
    const StampEntry entry = entries().front();
    EXPECT_EQ(code_of(add(entry)), "carnet.outcome");
    ASSERT_TRUE(issue());
    StampEntry orphan = entry;
    orphan.outcome = StampOutcome::Orphan;
    EXPECT_EQ(code_of(add(orphan)), "carnet.outcome");
    StampEntry damaged = entry;
    damaged.core.pop_back();
    EXPECT_EQ(code_of(add(damaged)), "cbor.truncated");
    EXPECT_TRUE(carnet().stamps.empty()) << "a failure writes nothing";
}

TEST_F(CarnetEffects, OrphansTakeEffectWhenTheirCarnetArrives) {
    for (StampEntry entry : entries()) {
        entry.outcome = StampOutcome::Orphan;
        ASSERT_TRUE(add(entry));
    }
    EXPECT_FALSE(carnet().has_head);
    ASSERT_TRUE(issue());
    ASSERT_TRUE(list());
    EXPECT_EQ(carnet().head.status, CarnetStatus::Active);
    EXPECT_TRUE(carnet().head.obligations.empty()) << "all came back";
    EXPECT_EQ(carnet().head.stamps, entries().size());
}

TEST_F(CarnetEffects, ACancellationFreesTheHalf) {
    ASSERT_TRUE(issue());
    ASSERT_TRUE(list());
    const auto stamps = entries();
    ASSERT_TRUE(add(stamps[0])); // validation
    ASSERT_TRUE(add(stamps[1])); // exportation
    ASSERT_EQ(carnet().head.obligations.size(), 1U);
    carnet::Core core = *carnet::decode_core(stamps[1].core);
    core.operation = carnet::Operation::Cancel;
    core.sheet.reset();
    core.date.reset();
    core.lines.clear();
    core.sequence += 1;
    core.body = carnet::TargetBody{crypto::sha256(stamps[1].core), 1, std::nullopt};
    StampEntry cancel = stamps[1];
    cancel.core = carnet::encode(core);
    cancel.inclusion = at(20);
    ASSERT_TRUE(add(cancel));
    EXPECT_TRUE(carnet().head.obligations.empty());
    EXPECT_TRUE(carnet().stamps[1].entry.is_annulled);
    EXPECT_EQ(carnet().stamps[1].entry.by, crypto::sha256(cancel.core));
    EXPECT_EQ(carnet().head.events, 1U);
}

TEST_F(CarnetEffects, PagesFillAtThirtyTwoStamps) {
    ASSERT_TRUE(issue());
    ASSERT_TRUE(list());
    carnet::Core core = *carnet::decode_core(entries()[0].core); // VALIDATE opens nothing
    StampEntry entry = entries()[0];
    for (std::uint32_t sequence = 1; sequence <= 70; ++sequence) {
        core.sequence = sequence;
        entry.core = carnet::encode(core);
        ASSERT_TRUE(add(entry));
    }
    EXPECT_EQ(carnet().head.stamps, 70U);
    EXPECT_EQ(carnet().head.stamp_pages, 3U);
    EXPECT_EQ(carnet().stamps.size(), 70U);
    EXPECT_EQ(carnet().stamps[32].page, 2U);
}

// ---- branches ---------------------------------------------------------------------------------------------

class CarnetBranches : public CarnetEffects {
  protected:
    CarnetBranches() : CarnetEffects("S5") {}
    void SetUp() override {
        ASSERT_TRUE(issue());
        ASSERT_TRUE(list());
        for (const StampEntry& entry : entries())
            ASSERT_TRUE(add(entry));
        const auto stamps = entries(); // validation, exportation, Buffalo, Detroit, …
        buffalo_ = crypto::sha256(stamps[2].core);
        detroit_ = crypto::sha256(stamps[3].core);
    }
    Status supervise(carnet::ActKind kind, std::vector<Hash> stamps, const std::string& territory = "US") {
        carnet::BranchAct body;
        body.key = sample_.record.key;
        body.stamps = std::move(stamps);
        return carnet::act_on_branches(
            state_, kind, body, {territory, 1'771'000'000, issuer_, Hash{9}, at(30)}, sample_.reference);
    }
    Hash buffalo_{};
    Hash detroit_{};
};

TEST_F(CarnetBranches, ResolvingTheOtherBranchEndsTheSuspension) {
    ASSERT_EQ(carnet().head.status, CarnetStatus::Suspended);
    ASSERT_TRUE(supervise(carnet::ActKind::Resolve, {detroit_}));
    EXPECT_EQ(carnet().head.status, CarnetStatus::Active);
    EXPECT_TRUE(carnet().head.branches.empty());
    EXPECT_TRUE(carnet().head.obligations.empty()) << "the Buffalo branch was discharged";
    EXPECT_TRUE(carnet().stamps[3].entry.is_annulled);
    EXPECT_EQ(carnet().stamps[3].entry.by, Hash{9});
    EXPECT_EQ(carnet().head.events, 1U);
    EXPECT_EQ(code_of(supervise(carnet::ActKind::Resolve, {detroit_})), "carnet.stamp");
}

TEST_F(CarnetBranches, ResolvingABranchAnnulsWhatIsAttachedToIt) {
    ASSERT_TRUE(supervise(carnet::ActKind::Resolve, {buffalo_}));
    EXPECT_TRUE(carnet().stamps[2].entry.is_annulled);
    EXPECT_TRUE(carnet().stamps[4].entry.is_annulled) << "the re-exportation named this branch";
    ASSERT_FALSE(carnet().head.obligations.empty());
    EXPECT_EQ(carnet().head.obligations.back().stamp, detroit_);
}

TEST_F(CarnetBranches, OnlyOwnStampsThatAreInConflict) {
    EXPECT_EQ(code_of(supervise(carnet::ActKind::Resolve, {detroit_}, "CA")), "carnet.territory");
    EXPECT_EQ(code_of(supervise(carnet::ActKind::Resolve, {Hash{4}})), "carnet.stamp");
    EXPECT_EQ(code_of(supervise(carnet::ActKind::Resolve, {})), "carnet.stamp");
    EXPECT_EQ(code_of(supervise(carnet::ActKind::AdmitLate, {detroit_})), "carnet.stamp");
    EXPECT_EQ(code_of(supervise(carnet::ActKind::Claim, {detroit_})), "carnet.kind");
}

TEST_F(CarnetBranches, ADisputeSuspendsUntilItIsLifted) {
    ASSERT_TRUE(supervise(carnet::ActKind::Resolve, {detroit_}));
    ASSERT_TRUE(supervise(carnet::ActKind::Suspend, {}));
    EXPECT_EQ(carnet().head.status, CarnetStatus::Suspended);
    EXPECT_EQ(code_of(supervise(carnet::ActKind::Suspend, {})), "carnet.status");
    ASSERT_TRUE(supervise(carnet::ActKind::Lift, {}));
    EXPECT_EQ(carnet().head.status, CarnetStatus::Active);
    EXPECT_EQ(code_of(supervise(carnet::ActKind::Lift, {})), "carnet.status");
}

TEST_F(CarnetEffects, ALateStampTakesEffectWhenAdmitted) {
    ASSERT_TRUE(issue());
    ASSERT_TRUE(list());
    StampEntry late = entries()[1];
    late.outcome = StampOutcome::Late;
    late.why = 1;
    ASSERT_TRUE(add(late));
    EXPECT_TRUE(carnet().head.has(carnet::Flag::LateStamps));
    EXPECT_TRUE(carnet().head.obligations.empty());
    carnet::BranchAct body;
    body.key = sample_.record.key;
    body.stamps = {crypto::sha256(late.core)};
    const carnet::Supervisor supervisor{"US", 1'771'000'000, issuer_, Hash{9}, at(30)};
    ASSERT_TRUE(
        carnet::act_on_branches(state_, carnet::ActKind::AdmitLate, body, supervisor, sample_.reference));
    EXPECT_EQ(carnet().head.obligations.size(), 1U);
    EXPECT_FALSE(carnet().head.has(carnet::Flag::LateStamps));
    EXPECT_EQ(code_of(carnet::act_on_branches(state_, carnet::ActKind::AdmitLate, body, supervisor,
                                              sample_.reference)),
              "carnet.stamp");
}

TEST_F(CarnetEffects, SupersededCarnetsNameTheirSuccessor) {
    ASSERT_TRUE(issue());
    EXPECT_EQ(code_of(act(carnet::ActKind::Supersede)), "carnet.kind");
    carnet::CarnetAct body = about();
    body.successor = documents::RecordKey{"carnet/us", "ATA:US26/200000"};
    ASSERT_TRUE(carnet::act(state_, carnet::ActKind::Supersede, body, 1'771'000'000, issuer_, at(9),
                            sample_.reference));
    EXPECT_EQ(carnet().head.status, CarnetStatus::Superseded);
}

/// Whatever the order of arrival, the head is the same; pages hold the same stamps.
class AnyOrder : public testing::TestWithParam<std::string> {};

TEST_P(AnyOrder, GivesTheSameState) {
    const CarnetSample sample = load_carnet_sample(GetParam());
    CarnetRun run(sample);
    for (const CarnetStep& step : sample.steps) {
        if (step.operation != "RETURN" && step.operation != "REGULARISE") run.play(step);
    }
    std::vector<StampEntry> entries = run.entries();
    std::optional<Bytes> expected;
    std::mt19937 random(20260302);
    for (int round = 0; round < 30; ++round) {
        state::MemoryView base;
        state::Overlay state(base);
        ASSERT_TRUE(carnet::issue(state, sample.record, {}, {1, {1, 0}}, sample.reference));
        ASSERT_TRUE(carnet::add_list_page(state, sample.list, {1, {1, 0}}, sample.reference));
        for (const StampEntry& entry : entries)
            ASSERT_TRUE(carnet::add_entry(state, entry, sample.reference));
        const Bytes head = **state.get(sample.record.key.name_space, sample.record.key.key);
        if (!expected) expected = head;
        EXPECT_EQ(head, *expected) << "round " << round;
        std::shuffle(entries.begin(), entries.end(), random);
    }
}

INSTANTIATE_TEST_SUITE_P(Samples, AnyOrder, testing::Values("S1", "S2", "S3", "S4", "S5", "S6"),
                         [](const auto& sample) { return sample.param; });

/// A stolen device may stamp without end: the carnet stays cheap to fold, then is full.
TEST_F(CarnetEffects, AFloodOfStampsIsBounded) {
    ASSERT_TRUE(issue());
    ASSERT_TRUE(list());
    carnet::Carnet full = carnet();
    carnet::Core core = *carnet::decode_core(entries()[2].core); // IMPORT on one and the same half
    core.previous.reset();
    core.height_seen = 0;
    const StampEntry template_entry = entries()[2];
    std::vector<StampEntry> page;
    for (std::uint32_t i = 1; i <= 1'000; ++i) {
        core.signer = {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i / 256), 7};
        core.at.utc += 1;
        StampEntry entry = template_entry;
        entry.core = carnet::encode(core);
        entry.inclusion = at(10 + i);
        page.push_back(entry);
        if (page.size() < 32 && i < 1'000) continue;
        const unsigned number = (i + 31) / 32;
        state_.put(sample_.record.key.name_space, carnet::stamps_page_key(sample_.record.key.key, number),
                   carnet::encode_stamps_page(page));
        full.head.stamp_pages = number;
        page.clear();
    }
    full.head.stamps = 1'000;
    state_.put(sample_.record.key.name_space, sample_.record.key.key, carnet::encode(full.head));
    EXPECT_EQ(carnet::fold(carnet(), sample_.reference).conflicts.size(), 2U * 1'000 * 999 / 2)
        << "each against each, on the half and in what was admitted";
    EXPECT_EQ(code_of(add(entries()[1])), "carnet.full");
}

/// Two ports that did not know each other conflict, whichever is included first.
TEST(CarnetConflict, DoesNotDependOnWhoIsIncludedFirst) {
    const CarnetSample sample = load_carnet_sample("S5");
    CarnetRun run(sample);
    for (const CarnetStep& step : sample.steps) {
        if (step.number <= 3) run.play(step);
    }
    std::vector<std::vector<Hash>> branches;
    for (const bool is_swapped : {false, true}) {
        std::vector<StampEntry> entries = run.entries();
        if (is_swapped) {
            std::swap(entries[2], entries[3]);
            std::swap(entries[2].inclusion, entries[3].inclusion);
        }
        state::MemoryView base;
        state::Overlay state(base);
        ASSERT_TRUE(carnet::issue(state, sample.record, {}, {1, {1, 0}}, sample.reference));
        ASSERT_TRUE(carnet::add_list_page(state, sample.list, {1, {1, 0}}, sample.reference));
        for (const StampEntry& entry : entries)
            ASSERT_TRUE(carnet::add_entry(state, entry, sample.reference));
        const carnet::Carnet carnet = **carnet::load(state, sample.record.key);
        EXPECT_EQ(carnet.head.status, CarnetStatus::Suspended);
        EXPECT_EQ(carnet.head.obligations.size(), 3U) << "balances count both branches";
        branches.push_back(carnet.head.branches);
    }
    EXPECT_EQ(branches[0].size(), 2U);
    EXPECT_EQ(branches[0], branches[1]);
}

} // namespace
} // namespace tidewaiter::test
