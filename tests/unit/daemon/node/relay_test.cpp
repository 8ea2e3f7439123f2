#include "ledger/claims/envelope.hpp"
#include "ledger/documents/identity/blob.hpp"
#include "tests/support/node_bed.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::node {
namespace {

using test::LedgerFixture;
using test::NodeBed;

template <class Body>
std::vector<wire::Reply> ask(NodeBed& bed, Body body) {
    std::vector<wire::Reply> replies;
    for (const Bytes& payload :
         bed.relay().answer(wire::encode(wire::Request{.id = 9, .body = body}), bed.now())) {
        EXPECT_LE(payload.size(), limits::kMaxMqttPayloadBytes);
        const auto reply = wire::decode_reply(payload);
        EXPECT_TRUE(reply) << (reply ? "" : reply.error().detail);
        if (reply) replies.push_back(*reply);
    }
    return replies;
}

template <class Body>
std::optional<wire::Refusal> refusal(NodeBed& bed, Body body) {
    const auto replies = ask(bed, body);
    if (replies.size() != 1 || !std::holds_alternative<wire::Refusal>(replies[0].body)) return std::nullopt;
    return std::get<wire::Refusal>(replies[0].body);
}

TEST(Relay, SignsItsHeads) {
    NodeBed bed;
    bed.make_blocks();
    const auto replies = ask(bed, wire::LightBlockRequest{.height = 0});
    ASSERT_EQ(replies.size(), 1U);
    const auto& head = std::get<wire::HeadMessage>(replies[0].body);
    const auto envelope = claims::parse_envelope(head.relay_signature);
    ASSERT_TRUE(envelope);
    EXPECT_TRUE(claims::verify_envelope(*envelope, LedgerFixture::kChain, bed.relay_key()));
    EXPECT_EQ(refusal(bed, wire::LightBlockRequest{.height = 1'000}), wire::Refusal::NotKept);
}

TEST(Relay, ServesDeltasWithTheBlobsTheyName) {
    NodeBed bed;
    bed.make_blocks();
    LedgerFixture::Issued issued = bed.ledger().make_carnet("US26/1");
    documents::Blob holder{.name = "Harborlight"};
    const auto hash = bed.engine().blobs().put("carnet/us", documents::encode(holder));
    ASSERT_TRUE(hash);
    issued.record.cover.holder_blob = *hash;
    bed.submit(bed.ledger().organisation(1, carnet::encode(issued.record), "association-us"));
    bed.make_blocks();
    const auto replies =
        ask(bed, wire::DeltasRequest{.name_space = "carnet/us", .from = 1, .to = bed.engine().height()});
    ASSERT_EQ(replies.size(), 1U);
    const auto& delta = std::get<wire::Delta>(replies[0].body);
    EXPECT_EQ(delta.changes.size(), 1U);
    ASSERT_EQ(delta.blobs.size(), 1U);
    EXPECT_EQ(delta.blobs[0], documents::encode(holder));
    // Nobody else's blobs: the same hash under another namespace is not there.
    EXPECT_EQ(refusal(bed, wire::BlobsRequest{.name_space = "carnet/gb", .hashes = {*hash}}),
              wire::Refusal::Unknown);
    const auto blobs = ask(bed, wire::BlobsRequest{.name_space = "carnet/us", .hashes = {*hash}});
    ASSERT_EQ(blobs.size(), 1U);
    EXPECT_EQ(std::get<wire::BlobsReply>(blobs[0].body).blobs.size(), 1U);
    EXPECT_EQ(refusal(bed, wire::DeltasRequest{.name_space = "carnet/us", .from = 90, .to = 91}),
              wire::Refusal::NotKept);
}

TEST(Relay, KeepsAStateWhileItIsLoadedFrom) {
    NodeBed bed;
    bed.make_blocks();
    bed.issue("US26/1");
    const std::uint64_t state = bed.engine().records().height();
    ASSERT_EQ(ask(bed, wire::ManifestRequest{.name_space = "carnet/us", .state = state}).size(), 1U);
    bed.issue("US26/2");
    // The chain moved on, the pinned state is still served.
    const auto replies = ask(bed, wire::ManifestRequest{.name_space = "carnet/us", .state = state});
    ASSERT_EQ(replies.size(), 1U);
    const auto* manifest = std::get_if<wire::Manifest>(&replies[0].body);
    ASSERT_NE(manifest, nullptr);
    const auto chunk = ask(bed, wire::ChunkRequest{.name_space = "carnet/us",
                                                   .state = state,
                                                   .first_bucket = 0,
                                                   .last_bucket = (1U << manifest->bits) - 1});
    ASSERT_FALSE(chunk.empty());
    EXPECT_TRUE(std::holds_alternative<wire::Chunk>(chunk[0].body));
    // After a while without a question it is given up.
    bed.advance_ms(200'000);
    bed.relay().tick(bed.now());
    EXPECT_EQ(refusal(bed, wire::ManifestRequest{.name_space = "carnet/us", .state = state}),
              wire::Refusal::NotKept);
    EXPECT_EQ(refusal(bed, wire::ManifestRequest{.name_space = "carnet/nowhere"}), wire::Refusal::Unknown);
}

TEST(Relay, TellsWhatBecameOfATransaction) {
    NodeBed bed;
    bed.make_blocks();
    const LedgerFixture::Issued issued = bed.issue("US26/1");
    const LedgerFixture::Stamp stamp =
        bed.ledger().stamp("lax-lane1", issued.key, {.operation = carnet::Operation::Export, .sheet = 1});
    const Bytes submit =
        wire::encode(wire::Submit{.id = 1, .transactions = {stamp.transaction}, .evidence = {}});
    const auto first = bed.relay().submit(submit, bed.now());
    ASSERT_TRUE(first);
    ASSERT_EQ(first->entries.size(), 1U);
    EXPECT_EQ(first->entries[0].id, stamp.id);
    EXPECT_EQ(first->entries[0].state, wire::ReceiptState::Waiting);
    bed.make_blocks();
    const auto again = bed.relay().submit(submit, bed.now());
    ASSERT_TRUE(again);
    ASSERT_EQ(again->entries.size(), 1U);
    EXPECT_EQ(again->entries[0].id, stamp.id);
    EXPECT_EQ(again->entries[0].state, wire::ReceiptState::Included);
    const auto outcome = ask(bed, wire::OutcomeRequest{.id = stamp.id});
    ASSERT_EQ(outcome.size(), 1U);
    EXPECT_EQ(std::get<wire::OutcomeReply>(outcome[0].body).state, wire::ReceiptState::Included);
}

TEST(Relay, NamesARefusedStampByItsCore) {
    NodeBed bed;
    bed.make_blocks();
    const LedgerFixture::Issued issued = bed.issue("US26/1");
    // Signed for a chain that this ledger does not know: no predecessor of it.
    const LedgerFixture::Stamp stamp = bed.ledger().stamp("lax-lane1", issued.key, {.chain = "elsewhere-1"});
    const auto hint = bed.relay().submit(
        wire::encode(wire::Submit{.id = 1, .transactions = {stamp.transaction}, .evidence = {}}), bed.now());
    ASSERT_TRUE(hint);
    ASSERT_EQ(hint->entries.size(), 1U);
    EXPECT_EQ(hint->entries[0].id, stamp.id);
    EXPECT_EQ(hint->entries[0].state, wire::ReceiptState::Refused);
}

TEST(Relay, AnswersRubbishWithSilence) {
    NodeBed bed;
    EXPECT_TRUE(bed.relay().answer(as_bytes("rubbish"), bed.now()).empty());
    EXPECT_FALSE(bed.relay().submit(as_bytes("rubbish"), bed.now()));
}

TEST(Relay, FindsDigestsInRecords) {
    Bytes value = *from_hex("8158205820");
    EXPECT_TRUE(digests_in(value).empty());
    value = *from_hex("815820" + std::string(64, 'a'));
    ASSERT_EQ(digests_in(value).size(), 1U);
    EXPECT_EQ(to_hex(digests_in(value)[0]), std::string(64, 'a'));
}

} // namespace
} // namespace tidewaiter::node
