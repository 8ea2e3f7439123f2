#include "ledger/chain/protobuf.hpp"
#include "ledger/chain/verify.hpp"
#include "tests/support/node_bed.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::node {
namespace {

using test::LedgerFixture;
using test::NodeBed;

struct Crash {};

chain::LightBlock light_block(NodeBed& bed, std::uint64_t height) {
    const auto archived = bed.engine().archive().block(height);
    EXPECT_TRUE(archived && *archived) << height;
    return *chain::decode_light_block((*archived)->light_block);
}

TEST(SoloEngine, MakesBlocksThatALightClientFollows) {
    NodeBed bed;
    bed.make_blocks();
    bed.issue("US26/1");
    bed.issue("US26/2");
    chain::TrustedBlock trusted = chain::trust(light_block(bed, 1));
    const chain::Options options{.trusting_period_ns = 86'400 * chain::kNanosPerSecond};
    for (std::uint64_t height = 2; height <= bed.engine().height(); ++height) {
        const chain::LightBlock block = light_block(bed, height);
        const chain::Judgement judged = chain::verify(trusted, block, options, bed.now().wall);
        EXPECT_TRUE(judged.is_success()) << height << ": " << judged.refusal.detail;
        trusted = chain::trust(block);
    }
    EXPECT_GE(bed.engine().height(), 4U);
}

TEST(SoloEngine, ProvesAChangeAtOnceAndThenRests) {
    NodeBed bed;
    bed.make_blocks();
    bed.issue("US26/1");
    // The newest header commits to the state after the carnet, so the chain rests.
    EXPECT_TRUE(
        equal(light_block(bed, bed.engine().height()).header().app_hash, bed.engine().records().app_hash()));
    EXPECT_FALSE(bed.engine().is_due(bed.now()));
    const Hash before = bed.engine().records().app_hash();
    bed.advance_ms(30'000);
    EXPECT_TRUE(bed.engine().is_due(bed.now()));
    bed.make_blocks();
    EXPECT_EQ(bed.engine().records().app_hash(), before); // a block without transactions changes nothing
    EXPECT_FALSE(bed.engine().is_due(bed.now()));
}

TEST(SoloEngine, WaitsBetweenBlocksWithTransactions) {
    NodeBed bed;
    bed.make_blocks();
    bed.submit(bed.ledger().make_carnet("US26/1").issue);
    EXPECT_FALSE(bed.engine().is_due({bed.now().wall, bed.now().monotonic_ms - 10}));
    bed.advance_ms(200);
    EXPECT_TRUE(bed.engine().is_due(bed.now()));
}

TEST(SoloEngine, RefusesWhatTheApplicationRefuses) {
    NodeBed bed;
    const auto malformed = bed.engine().submit(as_bytes("no transaction"), bed.now());
    ASSERT_FALSE(malformed);
    EXPECT_TRUE(malformed.error().code.starts_with("cbor.")) << malformed.error().code;
    const Bytes by_stranger =
        bed.ledger().organisation(1, carnet::encode(bed.ledger().make_carnet("US26/9").record), "stranger");
    const auto refused = bed.engine().submit(by_stranger, bed.now());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "application.unknown-signer");
    EXPECT_EQ(bed.engine().waiting(), 0U);
}

TEST(SoloEngine, TheSameTransactionWaitsOnce) {
    NodeBed bed;
    const Bytes issue = bed.ledger().make_carnet("US26/1").issue;
    bed.submit(issue);
    bed.submit(issue);
    EXPECT_EQ(bed.engine().waiting(), 1U);
}

TEST(SoloEngine, ClocksGoingBackDoNotStopIt) {
    NodeBed bed;
    bed.make_blocks();
    const TimeNs tip = light_block(bed, bed.engine().height()).header().time;
    bed.advance_ms(-3'600'000);
    bed.make_blocks();
    EXPECT_GT(light_block(bed, bed.engine().height()).header().time, tip);
}

/// Dies before the n-th durable write, starts again and goes on: every height has one block, a proposal is
/// finished byte for byte, and nothing that was in a block is lost.
TEST(SoloEngine, SurvivesDeathBeforeEveryWriteWithoutSigningTwice) {
    std::vector<std::string> died_before;
    for (int dies_at = 1; dies_at < 100; ++dies_at) {
        NodeBed bed;
        int writes = 0;
        bool has_died = false;
        std::map<std::uint64_t, Hash> headers;
        bed.before_write = [&](std::string_view what) {
            if (++writes == dies_at) {
                has_died = true;
                died_before.emplace_back(what);
                throw Crash{};
            }
        };
        const LedgerFixture::Issued issued = bed.ledger().make_carnet("US26/1");
        const auto has_carnet = [&] {
            const auto head = bed.engine().records().get("carnet/us", issued.key.key);
            const auto list =
                bed.engine().records().get("carnet/us", carnet::list_page_key(issued.key.key, 1));
            return head && *head && list && *list;
        };
        const auto remember = [&] {
            for (std::uint64_t height = 1; height <= bed.engine().height(); ++height) {
                const auto proposal = bed.engine().archive().block(height);
                if (!proposal || !*proposal) continue;
                const Hash hash = *light_block(bed, height).commit().block_id.hash;
                const auto [known, is_new] = headers.emplace(height, hash);
                EXPECT_EQ(known->second, hash) << "two blocks of height " << height;
            }
        };
        std::optional<Bytes> unfinished;
        for (int step = 0; step < 8; ++step) {
            try {
                if (step == 1) {
                    bed.submit(issued.issue);
                    bed.submit(issued.list);
                }
                bed.advance_ms(300);
                if (step == 0 || bed.engine().is_due(bed.now())) {
                    const auto made = bed.engine().make_block(bed.now());
                    ASSERT_TRUE(made) << made.error().detail;
                }
            } catch (const Crash&) {
                const auto proposal = bed.engine().archive().proposal();
                if (proposal && *proposal) unfinished = (*proposal)->block;
                bed.advance_ms(5'000); // a block made anew would differ
                bed.open();
                if (unfinished) {
                    const auto block = bed.engine().archive().block(bed.engine().height());
                    ASSERT_TRUE(block && *block);
                    EXPECT_EQ((*block)->block, *unfinished) << "another block than the one proposed before";
                }
                // What only waited is gone, as its sender knows.
                if (step >= 1 && !has_carnet()) {
                    (void)bed.engine().submit(issued.issue, bed.now());
                    (void)bed.engine().submit(issued.list, bed.now());
                }
            }
            remember();
        }
        EXPECT_TRUE(has_carnet()) << "died before write " << dies_at;
        EXPECT_TRUE(bed.engine().records().audit());
        if (!has_died) break;
    }
    // The fault did happen, at each kind of write.
    for (const char* what : {"proposal", "block", "execution", "state"}) {
        EXPECT_NE(std::ranges::find(died_before, what), died_before.end()) << what;
    }
}

TEST(SoloEngine, RefusesAnotherGenesisAndAnotherKey) {
    support::TemporaryFolder folder;
    NodeBed bed;
    application::Genesis genesis = bed.genesis();
    const auto open = [&](const application::Genesis& file, std::string_view key) {
        return SoloEngine::open(folder.path().string(), file, test::test_key(key, crypto::Algorithm::EdDsa),
                                {}, bed.now());
    };
    ASSERT_TRUE(open(genesis, "validator"));
    EXPECT_EQ(open(genesis, "relay").error().code, "node.key");
    genesis.time.seconds += 1;
    EXPECT_EQ(open(genesis, "validator").error().code, "node.genesis");
}

} // namespace
} // namespace tidewaiter::node
