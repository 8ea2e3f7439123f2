#include "daemon/gateway/sync/machine.hpp"
#include "ledger/chain/hashes.hpp"
#include "ledger/chain/protobuf.hpp"
#include "tests/support/node_bed.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace tidewaiter::sync {
namespace {

using test::LedgerFixture;
using test::NodeBed;

/// A machine and a real chain with a bus between them that the test bends.
class Bed {
  public:
    struct Message {
        std::string topic;
        Bytes payload;
    };

    Bed() {
        node.make_blocks();
        node.make_blocks();
        open();
    }

    void open() {
        machine_.reset();
        copy_.reset();
        auto copy =
            Copy::open((folder_.path() / "copy.db").string(),
                       {.chain_id = std::string(LedgerFixture::kChain), .namespaces = namespaces}, anchor());
        ASSERT_TRUE(copy) << copy.error().detail;
        copy_.emplace(*std::move(copy));
        machine_.emplace(*copy_, "lax-lane1");
    }
    void connect() {
        machine_->connected({.id = std::string(NodeBed::kRelay), .member = "us-cbp", .key = node.relay_key()},
                            now());
        run();
    }

    [[nodiscard]] claims::Anchor anchor() {
        const auto archived = node.engine().archive().block(1);
        const chain::LightBlock block = *chain::decode_light_block((*archived)->light_block);
        return {.chain_id = std::string(LedgerFixture::kChain),
                .height = 1,
                .header_hash = chain::header_hash(block.header()),
                .time = block.header().time,
                .next_validators_hash = block.header().next_validators_hash,
                .trusting_period_seconds = trusting_period};
    }

    /// What the relay publishes for the blocks made since the last call.
    void publish() {
        for (const node::NewBlock& block : std::exchange(node.made, {})) {
            const auto deltas = node.relay().deltas_at(block.height - 1);
            ASSERT_TRUE(deltas);
            for (const wire::Delta& delta : *deltas) {
                bus.push_back({topics.delta(NodeBed::kRelay, delta.name_space), wire::encode(delta)});
            }
            bus.push_back({topics.head(NodeBed::kRelay), wire::encode(**node.relay().head(block.height))});
        }
    }
    /// Delivers everything, answers requests, until nothing moves.
    void run() {
        for (int round = 0; round < 1'000; ++round) {
            for (Action& action : machine_->take())
                perform(action);
            if (bus.empty()) return;
            Message message = std::move(bus.front());
            bus.pop_front();
            if (bend && !bend(message)) continue;
            machine_->message(message.topic, message.payload, now());
        }
        FAIL() << "the exchange does not end";
    }
    void tick(std::int64_t ms) {
        node.advance_ms(ms);
        machine_->tick(now());
        run();
    }
    void follow() {
        publish();
        run();
        tick(300);
        tick(300);
    }
    [[nodiscard]] Now now() const {
        return {.wall = node.now().wall, .monotonic_ms = node.now().monotonic_ms};
    }
    /// As far as the newest header proves: one state behind a chain that rests.
    [[nodiscard]] testing::AssertionResult is_level() {
        if (broken) return testing::AssertionFailure() << broken->code << ": " << broken->detail;
        if (!copy_->is_loaded()) return testing::AssertionFailure() << "not loaded, " << machine_->progress();
        if (copy_->state_height() + 1 != node.engine().height()) {
            return testing::AssertionFailure()
                   << "state " << copy_->state_height() << ", chain " << node.engine().height();
        }
        if (copy_->records().roots() != node.engine().records().roots()) {
            return testing::AssertionFailure() << "other roots";
        }
        return testing::AssertionSuccess();
    }
    [[nodiscard]] Copy& copy() { return *copy_; }
    [[nodiscard]] Machine& machine() { return *machine_; }

    std::vector<std::string> namespaces{"carnet/us", "identity", "reference"};
    std::uint32_t trusting_period = 86'400;
    NodeBed node;
    wire::Topics topics{LedgerFixture::kChain};
    std::deque<Message> bus;
    std::function<bool(Message&)> bend; ///< false: the message is lost
    std::vector<std::string> left;      ///< why relays were left
    std::vector<std::string> problems;
    std::vector<std::uint64_t> advanced;
    std::optional<Error> broken;
    std::optional<std::string> frozen;

  private:
    void perform(Action& action) {
        if (auto* publish = std::get_if<Publish>(&action)) {
            for (Bytes& reply : node.relay().answer(publish->payload, node.now())) {
                bus.push_back({topics.reply("lax-lane1"), std::move(reply)});
            }
        } else if (auto* leave = std::get_if<LeaveRelay>(&action)) {
            left.push_back(leave->reason);
            bus.clear();
        } else if (auto* problem = std::get_if<Problem>(&action)) {
            problems.emplace_back(problem->error.code);
        } else if (auto* advance = std::get_if<Advanced>(&action)) {
            advanced.push_back(advance->state_height);
        } else if (auto* failure = std::get_if<Broken>(&action)) {
            broken = failure->error;
        } else if (auto* freeze = std::get_if<Frozen>(&action)) {
            frozen = freeze->reason;
        }
    }

    support::TemporaryFolder folder_;
    std::optional<Copy> copy_;
    std::optional<Machine> machine_;
};

/// Changes a decoded message of one kind on its way.
template <class Message, class Decode, class Change>
auto bend_message(Decode decode, Change change) {
    return [=](Bed::Message& message) {
        auto decoded = decode(message.payload);
        if (decoded) {
            Message value = *decoded;
            if (change(value)) message.payload = wire::encode(value);
        }
        return true;
    };
}

TEST(Sync, LoadsASnapshotThenFollows) {
    Bed bed;
    bed.node.issue("US26/1");
    bed.connect();
    EXPECT_TRUE(bed.is_level());
    EXPECT_TRUE(bed.left.empty()) << bed.left.front();
    bed.node.made.clear();
    const auto issued = bed.node.issue("US26/2");
    bed.follow();
    EXPECT_TRUE(bed.is_level());
    const auto record = bed.copy().view().get("carnet/us", issued.key.key);
    EXPECT_TRUE(record && *record);
    EXPECT_TRUE(bed.copy().records().audit());
}

TEST(Sync, GoesOnAfterAStartWithoutLoadingAgain) {
    Bed bed;
    bed.node.issue("US26/1");
    bed.connect();
    bed.node.issue("US26/2");
    bed.open();
    int chunks = 0;
    bed.bend = [&](Bed::Message& message) {
        const auto reply = wire::decode_reply(message.payload);
        if (reply && std::holds_alternative<wire::Chunk>(reply->body)) ++chunks;
        return true;
    };
    bed.connect();
    bed.tick(300);
    EXPECT_TRUE(bed.is_level());
    EXPECT_EQ(chunks, 0); // the gap was asked for as deltas
}

TEST(Sync, SurvivesABusThatLosesDoublesAndReorders) {
    for (unsigned seed = 1; seed <= 12; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Bed bed;
        bed.connect();
        bed.node.made.clear();
        std::mt19937 random(seed);
        for (int n = 0; n < 6; ++n) {
            bed.node.issue("US26/" + std::to_string(n));
            bed.publish();
            for (std::size_t i = bed.bus.size(); i > 1; --i)
                std::swap(bed.bus[i - 1], bed.bus[random() % i]);
            for (std::size_t i = 0, n_bus = bed.bus.size(); i < n_bus; ++i) {
                if (random() % 3 == 0) bed.bus.push_back(bed.bus[i]);
            }
            bed.bend = [&](Bed::Message& message) {
                return message.topic == bed.topics.reply("lax-lane1") || random() % 4 != 0;
            };
            bed.run();
        }
        bed.bend = nullptr;
        bed.node.make_blocks();
        bed.follow();
        for (int i = 0; i < 40 && !bed.is_level(); ++i)
            bed.tick(1'000);
        EXPECT_TRUE(bed.is_level());
        EXPECT_TRUE(bed.left.empty()) << bed.left.front();
    }
}

TEST(Sync, ARecordChangedInTransitIsNotKept) {
    Bed bed;
    bed.connect();
    bed.node.made.clear();
    const auto issued = bed.node.issue("US26/1");
    bool has_lied = false;
    bed.bend = bend_message<wire::Delta>(wire::decode_delta, [&](wire::Delta& delta) {
        if (delta.name_space != "carnet/us" || delta.changes.empty()) return false;
        delta.changes[0].value->back() ^= 1;
        return has_lied = true;
    });
    bed.publish();
    bed.run();
    EXPECT_TRUE(has_lied);
    ASSERT_EQ(bed.left.size(), 1U);
    EXPECT_EQ(bed.problems.back(), "state.root");
    EXPECT_FALSE(*bed.copy().view().get("carnet/us", issued.key.key));
    // An honest relay brings it.
    bed.bend = nullptr;
    bed.connect();
    bed.tick(300);
    EXPECT_TRUE(bed.is_level());
}

TEST(Sync, AChangedRecordInASnapshotIsNotKept) {
    Bed bed;
    bed.node.issue("US26/1");
    bool has_lied = false;
    bed.bend = bend_message<wire::Reply>(wire::decode_reply, [&](wire::Reply& reply) {
        auto* chunk = std::get_if<wire::Chunk>(&reply.body);
        if (chunk == nullptr || chunk->records.empty()) return false;
        chunk->records[0].value->back() ^= 1;
        return has_lied = true;
    });
    bed.connect();
    EXPECT_TRUE(has_lied);
    ASSERT_FALSE(bed.left.empty());
    EXPECT_EQ(bed.problems.front(), "chunk.hash");
    EXPECT_FALSE(bed.copy().is_loaded());
    bed.bend = nullptr;
    bed.connect();
    EXPECT_TRUE(bed.is_level());
}

TEST(Sync, ARootThatDoesNotMatchTheHeaderIsRefused) {
    Bed bed;
    bed.connect();
    bed.node.made.clear();
    bed.node.issue("US26/1");
    bed.bend = bend_message<wire::HeadMessage>(wire::decode_head, [](wire::HeadMessage& head) {
        head.roots[0].root[0] ^= 1;
        return true;
    });
    bed.publish();
    bed.run();
    ASSERT_FALSE(bed.problems.empty());
    EXPECT_EQ(bed.problems.front(), "sync.roots");
    EXPECT_EQ(bed.left.size(), 1U);
}

TEST(Sync, AHeaderThatDoesNotVerifyIsRefusedForItsReason) {
    struct Case {
        std::string_view what;
        std::function<void(chain::LightBlock&)> change;
    };
    const std::vector<Case> cases{
        {"signature",
         [](chain::LightBlock& block) { block.signed_header.commit.signatures[0].signature[5] ^= 1; }},
        {"absent",
         [](chain::LightBlock& block) { block.signed_header.commit.signatures[0] = chain::CommitSig{}; }},
        {"time", [](chain::LightBlock& block) { block.signed_header.header.time.seconds += 1; }},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.what);
        Bed bed;
        bed.connect();
        bed.node.made.clear();
        bed.node.issue("US26/1");
        const std::uint64_t before = bed.copy().state_height();
        bed.bend = bend_message<wire::HeadMessage>(wire::decode_head, [&](wire::HeadMessage& head) {
            chain::LightBlock block = *chain::decode_light_block(head.light_block);
            one.change(block);
            head.light_block = chain::encode(block);
            return true;
        });
        bed.publish();
        bed.run();
        ASSERT_FALSE(bed.problems.empty());
        // The relay's own signature covers height, hash and time of the header it had; the rest is the
        // validators'.
        const std::string expected =
            one.what == std::string_view("time") ? "sync.relay-signature" : "sync.header";
        EXPECT_EQ(bed.problems.front(), expected);
        EXPECT_EQ(bed.copy().state_height(), before);
    }
}

TEST(Sync, AHeadOfAnotherSignerIsRefused) {
    Bed bed;
    bed.connect();
    bed.node.made.clear();
    bed.machine().disconnected();
    bed.machine().connected({.id = std::string(NodeBed::kRelay),
                             .member = "us-cbp",
                             .key = test::test_key("another relay", crypto::Algorithm::EdDsa).public_key()},
                            bed.now());
    bed.run();
    ASSERT_FALSE(bed.problems.empty());
    EXPECT_EQ(bed.problems.front(), "sync.relay-signature");
}

TEST(Sync, AHeaderFromTheFutureIsRefused) {
    Bed bed;
    bed.connect();
    bed.node.made.clear();
    const Now before = bed.now();
    bed.node.advance_ms(60'000); // the chain's clock alone: beyond the drift of 10 s
    bed.node.make_blocks();
    bed.node.make_blocks();
    bed.publish();
    for (const Bed::Message& message : std::exchange(bed.bus, {})) {
        bed.machine().message(message.topic, message.payload, before);
    }
    bed.run();
    ASSERT_FALSE(bed.problems.empty());
    EXPECT_EQ(bed.problems.front(), "sync.header");
    ASSERT_FALSE(bed.left.empty());
    EXPECT_NE(bed.left.front().find("future"), std::string::npos) << bed.left.front();
    EXPECT_LT(bed.copy().trusted()->time, add_nanos(before.wall, 10'000'000'000));
}

TEST(Sync, NothingIsBelievedPastTheTrustingPeriod) {
    Bed bed;
    bed.connect();
    ASSERT_TRUE(bed.is_level());
    bed.node.made.clear();
    bed.node.advance_ms(std::int64_t{bed.trusting_period} * 1'000 + 60'000);
    bed.node.make_blocks();
    bed.publish();
    bed.run();
    ASSERT_FALSE(bed.problems.empty());
    EXPECT_EQ(bed.problems.front(), "sync.expired");
    EXPECT_TRUE(bed.copy().is_past_trusting_period(bed.now().wall));
    EXPECT_TRUE(bed.left.empty()); // it is no relay's fault
}

TEST(Sync, AMissedDeltaIsAskedFor) {
    Bed bed;
    bed.connect();
    bed.node.made.clear();
    bed.node.issue("US26/1");
    int lost = 0;
    bed.bend = [&](Bed::Message& message) {
        if (message.topic != bed.topics.delta(NodeBed::kRelay, "carnet/us")) return true;
        ++lost;
        return false;
    };
    bed.follow();
    EXPECT_GE(lost, 1);
    EXPECT_TRUE(bed.is_level());
}

TEST(Sync, ASilentRelayIsLeft) {
    Bed bed;
    bed.bend = [](Bed::Message&) { return false; };
    bed.connect();
    bed.tick(11'000);
    ASSERT_EQ(bed.left.size(), 1U);
    EXPECT_EQ(bed.problems.front(), "sync.silent");
}

TEST(Sync, RubbishOnItsTopicsHarmsNothing) {
    Bed bed;
    bed.connect();
    bed.machine().message(bed.topics.head(NodeBed::kRelay), as_bytes("rubbish"), bed.now());
    bed.run();
    EXPECT_EQ(bed.left.size(), 1U);
    bed.connect();
    EXPECT_TRUE(bed.is_level());
    bed.machine().message(bed.topics.head(NodeBed::kRelay), Bytes(300'000), bed.now());
    bed.run();
    EXPECT_EQ(bed.problems.back(), "wire.too-large");
}

TEST(Sync, TwoVerifiedHeadersOfOneHeightFreezeTheCopy) {
    Bed bed;
    bed.connect();
    bed.node.made.clear();
    ASSERT_TRUE(bed.is_level());
    // The validator signs a second header for the newest height: what a fork looks like.
    const auto archived = bed.node.engine().archive().block(bed.node.engine().height());
    chain::LightBlock forged = *chain::decode_light_block((*archived)->light_block);
    forged.signed_header.header.app_hash = to_bytes(Hash{1});
    const Hash hash = chain::header_hash(forged.header());
    chain::Commit& commit = forged.signed_header.commit;
    commit.block_id.hash = hash;
    const crypto::PrivateKey validator = test::test_key("validator", crypto::Algorithm::EdDsa);
    const chain::Vote vote{.height = commit.height,
                           .round = commit.round,
                           .block_id = commit.block_id,
                           .time = commit.signatures[0].time};
    commit.signatures[0].signature =
        to_bytes(validator.sign(chain::vote_sign_bytes(vote, LedgerFixture::kChain)));
    const Status compared = bed.copy().compare_known(forged, chain::encode(forged), bed.now().wall);
    ASSERT_TRUE(compared) << compared.error().detail;
    ASSERT_TRUE(bed.copy().frozen());
    EXPECT_NE(bed.copy().frozen()->find("two headers"), std::string::npos);
    bed.open(); // the freeze outlives a start
    EXPECT_TRUE(bed.copy().frozen());
}

TEST(Copy, RefusesToGoOnFromAnotherAnchor) {
    support::TemporaryFolder folder;
    NodeBed node;
    claims::Anchor anchor{
        .chain_id = std::string(LedgerFixture::kChain), .height = 1, .trusting_period_seconds = 60};
    const CopyOptions options{.chain_id = std::string(LedgerFixture::kChain), .namespaces = {"identity"}};
    const std::string path = (folder.path() / "copy.db").string();
    ASSERT_TRUE(Copy::open(path, options, anchor));
    anchor.header_hash[0] = 1;
    const auto other = Copy::open(path, options, anchor);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, "copy.anchor");
}

} // namespace
} // namespace tidewaiter::sync
