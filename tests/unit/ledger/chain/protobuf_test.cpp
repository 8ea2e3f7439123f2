#include "ledger/chain/protobuf.hpp"

#include "ledger/chain/verify.hpp"
#include "ledger/chain/wire.hpp"
#include "light_block.pb.h"
#include "tests/support/chain_maker.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::chain {
namespace {

LightBlock sample() {
    test::ChainMaker maker;
    maker.grow(2);
    return maker.add({.app_hash = Bytes(32, 3), .votes = {.absent = {3}, .nil = {2}, .round = 1}});
}

/// The sample as a message, to be changed at will.
pb::LightBlock sample_message() {
    const Bytes bytes = encode(sample());
    pb::LightBlock message;
    EXPECT_TRUE(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
    return message;
}

template <class Change>
std::string_view code_after(Change&& change) {
    pb::LightBlock message = sample_message();
    change(message);
    const std::string bytes = message.SerializeAsString();
    const auto block = decode_light_block(as_bytes(bytes));
    return block ? std::string_view("none") : block.error().code;
}

TEST(LightBlockProtobuf, ComesBackEqualAndToTheSameBytes) {
    for (const std::size_t count : {1U, 4U, 100U}) {
        test::ChainMaker maker(test::equal_shares(count));
        maker.grow(2);
        const LightBlock& block = maker.at(2);
        const Bytes bytes = encode(block);
        const auto decoded = decode_light_block(bytes);
        ASSERT_TRUE(decoded.has_value()) << decoded.error().detail;
        EXPECT_EQ(*decoded, block);
        EXPECT_EQ(encode(*decoded), bytes);
    }
    const LightBlock block = sample();
    EXPECT_EQ(decode_light_block(encode(block)).value(), block);
}

TEST(LightBlockProtobuf, IsWrittenAsLibprotobufWritesIt) {
    // Fields this client does not read (the proposer) stay as unknown ones, which libprotobuf keeps in place.
    const Bytes bytes = encode(sample());
    EXPECT_EQ(to_hex(as_bytes(sample_message().SerializeAsString())), to_hex(bytes));
    pb::Header header;
    const Bytes header_bytes = encode(sample().header());
    ASSERT_TRUE(header.ParseFromArray(header_bytes.data(), static_cast<int>(header_bytes.size())));
    EXPECT_EQ(to_hex(as_bytes(header.SerializeAsString())), to_hex(header_bytes));
}

TEST(LightBlockProtobuf, CarriesTimesOutsideTheCommonRange) {
    LightBlock block = sample();
    for (const TimeNs time : {kZeroTime, kMaxTime, TimeNs{}, TimeNs{-1, 999'999'999}}) {
        block.signed_header.header.time = time;
        EXPECT_EQ(decode_light_block(encode(block)).value(), block) << time.seconds;
    }
}

TEST(LightBlockProtobuf, CarriesHeaderAndCommitAlone) {
    const LightBlock block = sample();
    EXPECT_EQ(decode_header(encode(block.header())).value(), block.header());
    EXPECT_EQ(decode_commit(encode(block.commit())).value(), block.commit());
    EXPECT_EQ(decode_commit(encode(Commit{})).value(), Commit{});
    EXPECT_EQ(decode_header(Bytes{0xFF}).error().code, "chain.protobuf");
    EXPECT_EQ(decode_commit(Bytes{0xFF}).error().code, "chain.protobuf");
}

TEST(LightBlockProtobuf, SortsASetAndDerivesAddresses) {
    pb::LightBlock message = sample_message();
    message.mutable_validator_set()->mutable_validators()->SwapElements(0, 3);
    message.mutable_validator_set()->mutable_validators(1)->clear_address();
    const std::string bytes = message.SerializeAsString();
    EXPECT_EQ(decode_light_block(as_bytes(bytes)).value(), sample());
}

TEST(LightBlockProtobuf, IgnoresPrioritiesTotalsAndUnknownFields) {
    pb::LightBlock message = sample_message();
    // A priority of 5, a total of 99, a field nobody knows.
    EXPECT_TRUE(message.mutable_validator_set()->mutable_validators(2)->MergeFromString("\x20\x05"));
    EXPECT_TRUE(message.mutable_validator_set()->MergeFromString("\x18\x63"));
    EXPECT_TRUE(message.MergeFromString("\x78\x01"));
    const std::string bytes = message.SerializeAsString();
    EXPECT_EQ(decode_light_block(as_bytes(bytes)).value(), sample());
}

TEST(LightBlockProtobuf, RefusesWhatItsTypesCannotHold) {
    EXPECT_EQ(code_after([](pb::LightBlock&) {}), "none");
    const auto header = [](pb::LightBlock& m) { return m.mutable_signed_header()->mutable_header(); };
    const auto commit = [](pb::LightBlock& m) { return m.mutable_signed_header()->mutable_commit(); };
    const auto validator = [](pb::LightBlock& m) { return m.mutable_validator_set()->mutable_validators(2); };
    EXPECT_EQ(code_after([&](auto& m) { m.clear_signed_header(); }), "chain.header");
    EXPECT_EQ(code_after([&](auto& m) { m.mutable_signed_header()->clear_commit(); }), "chain.commit");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->set_chain_id("\xC3\x28"); }), "chain.header.chain-id");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->clear_time(); }), "chain.time");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->mutable_time()->set_nanos(-1); }), "chain.time");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->mutable_time()->set_nanos(1'000'000'000); }),
              "chain.time");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->mutable_time()->set_seconds(INT64_MIN); }), "chain.time");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->mutable_time()->set_seconds(253'402'300'800); }),
              "chain.time");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->mutable_last_block_id()->set_hash("x"); }), "chain.hash");
    EXPECT_EQ(code_after([&](auto& m) {
                  header(m)->mutable_last_block_id()->mutable_part_set_header()->set_hash(
                      std::string(33, 'x'));
              }),
              "chain.hash");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->set_last_commit_hash("x"); }), "chain.hash");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->set_data_hash("x"); }), "chain.hash");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->set_validators_hash(""); }), "chain.hash");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->set_next_validators_hash(""); }), "chain.hash");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->set_consensus_hash("x"); }), "chain.hash");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->set_last_results_hash("x"); }), "chain.hash");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->set_evidence_hash("x"); }), "chain.hash");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->set_proposer_address(""); }), "chain.address");
    EXPECT_EQ(code_after([&](auto& m) { header(m)->set_app_hash("any length"); }), "none");
    EXPECT_EQ(code_after([&](auto& m) { commit(m)->mutable_block_id()->set_hash("x"); }), "chain.hash");
    EXPECT_EQ(code_after([&](auto& m) { commit(m)->mutable_signatures(0)->set_block_id_flag(0); }),
              "chain.commit.flag");
    EXPECT_EQ(code_after([&](auto& m) { commit(m)->mutable_signatures(0)->set_block_id_flag(4); }),
              "chain.commit.flag");
    EXPECT_EQ(code_after([&](auto& m) { commit(m)->mutable_signatures(0)->set_block_id_flag(-254); }),
              "chain.commit.flag")
        << "258 less than 4: must not be cut to a byte";
    EXPECT_EQ(code_after([&](auto& m) { commit(m)->mutable_signatures(0)->set_validator_address("x"); }),
              "chain.address");
    EXPECT_EQ(code_after([&](auto& m) { commit(m)->mutable_signatures(0)->clear_timestamp(); }),
              "chain.time");
    EXPECT_EQ(
        code_after([&](auto& m) { commit(m)->mutable_signatures(0)->set_signature(std::string(65, 'x')); }),
        "chain.commit.signature");
    EXPECT_EQ(code_after([&](auto& m) {
                  commit(m)->mutable_signatures(3)->set_validator_address(std::string(20, '\0'));
              }),
              "chain.commit.absent");
    EXPECT_EQ(code_after([&](auto& m) { commit(m)->mutable_signatures(3)->set_signature("x"); }),
              "chain.commit.absent");
    EXPECT_EQ(code_after([&](auto& m) {
                  for (int i = 0; i < 10'000; ++i)
                      commit(m)->add_signatures()->set_block_id_flag(1);
              }),
              "chain.commit.size");
    EXPECT_EQ(code_after([&](auto& m) { m.clear_validator_set(); }), "chain.set.empty");
    EXPECT_EQ(code_after([&](auto& m) { validator(m)->clear_pub_key(); }), "chain.key");
    EXPECT_EQ(
        code_after([&](auto& m) { validator(m)->mutable_pub_key()->set_secp256k1(std::string(33, 'x')); }),
        "chain.key");
    EXPECT_EQ(
        code_after([&](auto& m) { validator(m)->mutable_pub_key()->set_ed25519(std::string(31, 'x')); }),
        "chain.key");
    EXPECT_EQ(code_after([&](auto& m) { (*validator(m)->mutable_address())[0] ^= 1; }), "chain.address");
    EXPECT_EQ(code_after([&](auto& m) { validator(m)->set_voting_power(-1); }), "chain.set.power");
    EXPECT_EQ(code_after([&](auto& m) { validator(m)->set_voting_power(INT64_MAX); }), "chain.set.total");
    EXPECT_EQ(code_after([&](auto& m) { *validator(m) = m.validator_set().validators(1); }),
              "chain.set.duplicate");
    EXPECT_EQ(code_after([&](auto& m) {
                  for (int i = 0; i < 10'000; ++i)
                      m.mutable_validator_set()->add_validators();
              }),
              "chain.set.size");
}

TEST(LightBlockProtobuf, NamesThePlace) {
    pb::LightBlock message = sample_message();
    message.mutable_signed_header()->mutable_commit()->mutable_signatures(1)->set_validator_address("short");
    const std::string bytes = message.SerializeAsString();
    EXPECT_EQ(decode_light_block(as_bytes(bytes)).error().detail,
              "commit.signatures[1].validator_address: 5 bytes instead of 20");
}

TEST(LightBlockProtobuf, CapsTheSizeBeforeItReads) {
    const Bytes bytes = encode(sample());
    EXPECT_TRUE(decode_light_block(bytes, bytes.size()).has_value());
    EXPECT_EQ(decode_light_block(bytes, bytes.size() - 1).error().code, "chain.size");
    EXPECT_EQ(decode_light_block(Bytes(limits::kMaxLightBlockBytes + 1)).error().code, "chain.size");
    EXPECT_EQ(decode_light_block(Bytes(limits::kMaxLightBlockBytes)).error().code, "chain.protobuf");
    EXPECT_EQ(decode_light_block({}).error().code, "chain.header");
}

TEST(LightBlockProtobuf, RefusesEveryTruncation) {
    const LightBlock block = sample();
    const Bytes bytes = encode(block);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto cut = decode_light_block(ByteView(bytes).first(size));
        // A cut between two messages can still be a message.
        EXPECT_TRUE(!cut || *cut != block) << size;
    }
    std::size_t accepted = 0;
    const Judgement good = verify_anchor(block, "harbour-1", 3, *block.commit().block_id.hash);
    EXPECT_EQ(good.reason(), Reason::NotEnoughSigned) << "two of four signed";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        Bytes flipped = bytes;
        flipped[i] ^= 0x10;
        accepted +=
            decode_light_block(flipped).has_value() ? 1U : 0U; // must not crash; most are other blocks
    }
    EXPECT_LT(accepted, bytes.size());
}

TEST(BlockProtobuf, RefusesEvidenceAndMissingHeaders) {
    test::ChainMaker maker;
    maker.add();
    pb::Block message;
    const Bytes& bytes = maker.made(1).block;
    ASSERT_TRUE(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
    message.mutable_evidence()->add_evidence("e");
    std::string changed = message.SerializeAsString();
    EXPECT_EQ(decode_block(as_bytes(changed), 10'000).error().code, "chain.evidence");
    message.clear_evidence();
    message.clear_header();
    changed = message.SerializeAsString();
    EXPECT_EQ(decode_block(as_bytes(changed), 10'000).error().code, "chain.header");
}

} // namespace
} // namespace tidewaiter::chain
