#include "ledger/chain/hashes.hpp"
#include "ledger/chain/verify.hpp"
#include "tests/support/chain_maker.hpp"

#include <functional>

#include <gtest/gtest.h>

/// Every field that carries trust, changed in a block that is otherwise good, and the reason it is refused
/// for.
namespace tidewaiter::chain {
namespace {

struct Mutation {
    const char* field;
    std::function<void(LightBlock&)> change;
    Reason reason;
};

Header& header_of(LightBlock& block) {
    return block.signed_header.header;
}
Commit& commit_of(LightBlock& block) {
    return block.signed_header.commit;
}
CommitSig& entry_of(LightBlock& block, std::size_t index) {
    return commit_of(block).signatures[index];
}

ValidatorSet with(const ValidatorSet& set, const std::function<void(std::vector<Validator>&)>& change) {
    std::vector<Validator> validators = set.validators();
    change(validators);
    return ValidatorSet::make(std::move(validators)).value();
}

/// What of the header is not checked by itself is covered by the header hash that the commit signs.
std::vector<Mutation> header_mutations() {
    using B = LightBlock&;
    return {
        {"version.block", [](B b) { header_of(b).version.block = 12; }, Reason::BlockProtocol},
        {"version.app", [](B b) { header_of(b).version.app += 1; }, Reason::CommitForOtherHeader},
        {"chain_id", [](B b) { header_of(b).chain_id = "harbour-2"; }, Reason::ChainId},
        {"chain_id length", [](B b) { header_of(b).chain_id.assign(51, 'h'); }, Reason::ChainIdLength},
        {"height", [](B b) { header_of(b).height += 1; }, Reason::CommitForOtherHeight},
        {"height zero", [](B b) { header_of(b).height = 0; }, Reason::HeaderHeight},
        {"time", [](B b) { header_of(b).time.nanos += 1; }, Reason::CommitForOtherHeader},
        {"last_block_id.hash", [](B b) { (*header_of(b).last_block_id.hash)[3] ^= 4; },
         Reason::CommitForOtherHeader},
        {"last_block_id none", [](B b) { header_of(b).last_block_id = {}; }, Reason::CommitForOtherHeader},
        {"last_block_id.parts.total", [](B b) { header_of(b).last_block_id.parts.total += 1; },
         Reason::CommitForOtherHeader},
        {"last_block_id.parts.hash", [](B b) { (*header_of(b).last_block_id.parts.hash)[3] ^= 4; },
         Reason::CommitForOtherHeader},
        {"last_commit_hash", [](B b) { (*header_of(b).last_commit_hash)[3] ^= 4; },
         Reason::CommitForOtherHeader},
        {"data_hash", [](B b) { (*header_of(b).data_hash)[3] ^= 4; }, Reason::CommitForOtherHeader},
        {"validators_hash", [](B b) { header_of(b).validators_hash[3] ^= 4; }, Reason::CommitForOtherHeader},
        {"next_validators_hash", [](B b) { header_of(b).next_validators_hash[3] ^= 4; },
         Reason::CommitForOtherHeader},
        {"consensus_hash", [](B b) { (*header_of(b).consensus_hash)[3] ^= 4; }, Reason::CommitForOtherHeader},
        {"app_hash", [](B b) { header_of(b).app_hash[3] ^= 4; }, Reason::CommitForOtherHeader},
        {"app_hash longer", [](B b) { header_of(b).app_hash.push_back(0); }, Reason::CommitForOtherHeader},
        {"last_results_hash", [](B b) { (*header_of(b).last_results_hash)[3] ^= 4; },
         Reason::CommitForOtherHeader},
        {"evidence_hash", [](B b) { (*header_of(b).evidence_hash)[3] ^= 4; }, Reason::CommitForOtherHeader},
        {"evidence_hash none", [](B b) { header_of(b).evidence_hash.reset(); }, Reason::CommitForOtherHeader},
        {"proposer_address", [](B b) { header_of(b).proposer_address[3] ^= 4; },
         Reason::CommitForOtherHeader},
    };
}

std::vector<Mutation> commit_mutations() {
    using B = LightBlock&;
    return {
        {"commit.height", [](B b) { commit_of(b).height += 1; }, Reason::CommitForOtherHeight},
        {"commit.height negative", [](B b) { commit_of(b).height = -1; }, Reason::CommitHeight},
        {"commit.round", [](B b) { commit_of(b).round += 1; }, Reason::Signature},
        {"commit.round negative", [](B b) { commit_of(b).round = -1; }, Reason::CommitRound},
        {"block_id.hash", [](B b) { (*commit_of(b).block_id.hash)[3] ^= 4; }, Reason::CommitForOtherHeader},
        {"block_id none", [](B b) { commit_of(b).block_id = {}; }, Reason::CommitBlockId},
        {"block_id.parts.total", [](B b) { commit_of(b).block_id.parts.total += 1; }, Reason::Signature},
        {"block_id.parts.total zero", [](B b) { commit_of(b).block_id.parts.total = 0; },
         Reason::CommitBlockId},
        {"block_id.parts.hash", [](B b) { (*commit_of(b).block_id.parts.hash)[3] ^= 4; }, Reason::Signature},
        {"no entries", [](B b) { commit_of(b).signatures.clear(); }, Reason::CommitEmpty},
        {"an entry less", [](B b) { commit_of(b).signatures.pop_back(); }, Reason::EntryCount},
        {"an entry more", [](B b) { commit_of(b).signatures.emplace_back(); }, Reason::EntryCount},
        {"entries swapped", [](B b) { std::swap(entry_of(b, 0), entry_of(b, 1)); }, Reason::EntryAddress},
        {"flag unknown", [](B b) { entry_of(b, 0).flag = BlockIdFlag::Unknown; }, Reason::EntryFlag},
        {"flag nil", [](B b) { entry_of(b, 0).flag = BlockIdFlag::Nil; }, Reason::NotEnoughSigned},
        {"flag absent alone", [](B b) { entry_of(b, 0).flag = BlockIdFlag::Absent; }, Reason::EntryAbsent},
        {"entry absent", [](B b) { entry_of(b, 0) = {}; }, Reason::NotEnoughSigned},
        {"entry address", [](B b) { entry_of(b, 0).address[3] ^= 4; }, Reason::EntryAddress},
        {"entry time", [](B b) { entry_of(b, 0).time.nanos ^= 1; }, Reason::Signature},
        {"entry time impossible", [](B b) { entry_of(b, 0).time.seconds = INT64_MAX; }, Reason::EntryTime},
        {"signature R", [](B b) { entry_of(b, 0).signature[3] ^= 4; }, Reason::Signature},
        {"signature S", [](B b) { entry_of(b, 0).signature[40] ^= 4; }, Reason::Signature},
        {"signature zeros", [](B b) { entry_of(b, 0).signature.assign(64, 0); }, Reason::Signature},
        {"signature short", [](B b) { entry_of(b, 0).signature.resize(63); }, Reason::Signature},
        {"signature long", [](B b) { entry_of(b, 0).signature.resize(65); }, Reason::EntrySignature},
        {"signature none", [](B b) { entry_of(b, 0).signature.clear(); }, Reason::EntrySignature},
        {"signature of another", [](B b) { entry_of(b, 0).signature = entry_of(b, 1).signature; },
         Reason::Signature},
        {"another's entry in its place", [](B b) { entry_of(b, 0) = entry_of(b, 1); }, Reason::EntryAddress},
    };
}

std::vector<Mutation> set_mutations() {
    using B = LightBlock&;
    return {
        {"no validators", [](B b) { b.validators = {}; }, Reason::SetEmpty},
        {"power",
         [](B b) {
             b.validators =
                 with(b.validators, [](auto& v) { v[3] = Validator(v[3].key(), v[3].power() + 1); });
         },
         Reason::ValidatorsHash},
        {"key",
         [](B b) {
             b.validators = with(b.validators, [](auto& v) {
                 ValidatorKey key = v[3].key();
                 key[0] ^= 1;
                 v[3] = Validator(key, v[3].power());
             });
         },
         Reason::ValidatorsHash},
        {"a validator less", [](B b) { b.validators = with(b.validators, [](auto& v) { v.pop_back(); }); },
         Reason::ValidatorsHash},
        {"a validator more",
         [](B b) { b.validators = with(b.validators, [](auto& v) { v.emplace_back(ValidatorKey{9}, 0); }); },
         Reason::ValidatorsHash},
    };
}

class Mutations : public testing::Test {
  protected:
    test::ChainMaker maker; // 50, 40, 30, 20
    Options options = test::ChainMaker::options();

    Mutations() {
        maker.grow(3);
        maker.add({.app_hash = Bytes(32, 5)});
    }
    void expect_refused(const std::vector<Mutation>& mutations) {
        for (const std::int64_t from : {3, 1}) {
            const TrustedBlock trusted = trust(maker.at(from));
            ASSERT_TRUE(verify(trusted, maker.at(4), options, maker.now()).is_success());
            for (const Mutation& mutation : mutations) {
                LightBlock block = maker.at(4);
                mutation.change(block);
                ASSERT_NE(block, maker.at(4)) << mutation.field;
                const Judgement judgement = verify(trusted, block, options, maker.now());
                EXPECT_EQ(judgement.verdict, Verdict::Invalid) << mutation.field << " from " << from;
                // By address, a swapped or foreign entry is found false by its signature or by its second
                // vote.
                Reason expected = mutation.reason;
                if (from == 1 && std::string_view(mutation.field) == "another's entry in its place")
                    expected = Reason::DoubleVote;
                EXPECT_EQ(name_of(judgement.reason()), name_of(expected))
                    << mutation.field << " from " << from << ": " << judgement.refusal.detail;
            }
        }
    }
};

TEST_F(Mutations, OfTheHeaderAreRefused) {
    expect_refused(header_mutations());
}
TEST_F(Mutations, OfTheCommitAreRefused) {
    expect_refused(commit_mutations());
}
TEST_F(Mutations, OfTheSetAreRefused) {
    expect_refused(set_mutations());
}

TEST_F(Mutations, OfTheTrustedSideAreNoticed) {
    const TrustedBlock good = trust(maker.at(3));
    const auto reason_after = [&](const std::function<void(TrustedBlock&)>& change) {
        TrustedBlock trusted = good;
        change(trusted);
        return verify(trusted, maker.at(4), options, maker.now()).reason();
    };
    EXPECT_EQ(reason_after([](TrustedBlock&) {}), Reason::None);
    EXPECT_EQ(reason_after([](TrustedBlock& t) { t.chain_id = "harbour-2"; }), Reason::ChainId);
    EXPECT_EQ(reason_after([](TrustedBlock& t) { t.height = 4; }), Reason::HeightNotAbove);
    EXPECT_EQ(reason_after([&](TrustedBlock& t) { t.time = maker.at(4).header().time; }),
              Reason::TimeNotAfter);
    EXPECT_EQ(reason_after([](TrustedBlock& t) { t.time.seconds -= 40 * 86'400; }), Reason::Expired);
    EXPECT_EQ(reason_after([](TrustedBlock& t) { t.next_validators_hash[0] ^= 1; }),
              Reason::NextValidatorsHash);
    EXPECT_EQ(reason_after([&](TrustedBlock& t) {
                  t.height = 2;
                  t.overlap = maker.set_of(test::equal_shares(4, 10, 70));
              }),
              Reason::NotEnoughOverlap);
}

TEST_F(Mutations, VotesBehindTheThresholdAreNotLookedAt) {
    // 50 + 40 + 30 exceeds 93: the fourth entry is never read, whatever stands in it.
    LightBlock block = maker.at(4);
    entry_of(block, 3).signature[0] ^= 1;
    EXPECT_TRUE(verify(trust(maker.at(3)), block, options, maker.now()).is_success());
    EXPECT_TRUE(verify(trust(maker.at(1)), block, options, maker.now()).is_success());
    block = maker.at(4);
    entry_of(block, 3).address[0] ^= 1;
    EXPECT_TRUE(verify(trust(maker.at(3)), block, options, maker.now()).is_success());
    block = maker.at(4);
    entry_of(block, 3).time.nanos ^= 1;
    EXPECT_TRUE(verify(trust(maker.at(3)), block, options, maker.now()).is_success());
    // But the rules for an entry by itself hold for all of them.
    entry_of(block, 3).signature.clear();
    EXPECT_EQ(verify(trust(maker.at(3)), block, options, maker.now()).reason(), Reason::EntrySignature);
    // And when the threshold comes later, the same entry counts.
    block = maker.at(4);
    entry_of(block, 2) = {};
    EXPECT_TRUE(verify(trust(maker.at(3)), block, options, maker.now()).is_success());
    entry_of(block, 3).signature[0] ^= 1;
    EXPECT_EQ(verify(trust(maker.at(3)), block, options, maker.now()).reason(), Reason::Signature);
}

TEST_F(Mutations, ABadNilVoteIsNotLookedAt) {
    LightBlock block = maker.at(4);
    entry_of(block, 2).flag = BlockIdFlag::Nil; // its signature is for the block: false now
    EXPECT_TRUE(verify(trust(maker.at(3)), block, options, maker.now()).is_success());
}

TEST_F(Mutations, AWholeForgedBlockWithoutEnoughKeysIsNotTrusted) {
    // Signers 2 and 3 (50 of 140) turn: enough for the overlap of one third, never for two thirds of the set.
    Header header = maker.at(4).header();
    header.app_hash = Bytes(32, 0xEE);
    const LightBlock forged = maker.seal(header, test::shares({50, 40, 30, 20}), {.absent = {0, 1}});
    EXPECT_EQ(verify(trust(maker.at(3)), forged, options, maker.now()).reason(), Reason::NotEnoughSigned);
    EXPECT_EQ(verify(trust(maker.at(1)), forged, options, maker.now()).reason(), Reason::NotEnoughSigned);
    // A set of their own: adjacent it was not announced, further away it is more than a third. That is the
    // light client's assumption: below one third is faulty.
    const std::vector<test::Share> own{{.signer = 3, .power = 20}};
    header.validators_hash = validators_hash(maker.set_of(own));
    EXPECT_EQ(verify(trust(maker.at(3)), maker.seal(header, own), options, maker.now()).reason(),
              Reason::NextValidatorsHash);
    EXPECT_EQ(verify(trust(maker.at(1)), maker.seal(header, own), options, maker.now()).verdict,
              Verdict::NotEnoughTrust);
}

TEST_F(Mutations, OneSignatureNeverCountsTwice) {
    // A set in which one key stands under several addresses cannot be made; entries that repeat one vote are
    // found.
    LightBlock block = maker.at(4);
    Commit& commit = commit_of(block);
    for (std::size_t i = 1; i < commit.signatures.size(); ++i)
        commit.signatures[i] = commit.signatures[0];
    EXPECT_EQ(verify(trust(maker.at(3)), block, options, maker.now()).reason(), Reason::EntryAddress);
    // 50 of 140 exceeds one third at once; at level 2/3 the second entry is looked at.
    options.trust_level = {.numerator = 2, .denominator = 3};
    EXPECT_EQ(verify(trust(maker.at(1)), block, options, maker.now()).reason(), Reason::DoubleVote);
}

} // namespace
} // namespace tidewaiter::chain
