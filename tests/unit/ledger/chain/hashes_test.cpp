#include "ledger/chain/hashes.hpp"

#include "ledger/chain/protobuf.hpp"
#include "ledger/chain/wire.hpp"
#include "ledger/crypto/hash.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::chain {
namespace {

constexpr std::string_view kEmptyRoot = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Hash named(std::string_view name) {
    return crypto::sha256(as_bytes(name));
}

/// The header whose hash CometBFT's own test gives.
Header known_header() {
    Header header;
    header.version = {.block = 1, .app = 2};
    header.chain_id = "chainId";
    header.height = 3;
    header.time = parse_time_ns("2019-10-13T16:14:44Z").value();
    header.last_block_id = {.hash = Hash{}, .parts = {.total = 6, .hash = Hash{}}};
    header.last_commit_hash = named("last_commit_hash");
    header.data_hash = named("data_hash");
    header.validators_hash = named("validators_hash");
    header.next_validators_hash = named("next_validators_hash");
    header.consensus_hash = named("consensus_hash");
    header.app_hash = to_bytes(named("app_hash"));
    header.last_results_hash = named("last_results_hash");
    header.evidence_hash = named("evidence_hash");
    std::copy_n(named("proposer_address").begin(), 20, header.proposer_address.begin());
    return header;
}

template <class Body>
std::string written(Body&& body) {
    Bytes out;
    Wire wire(out);
    body(wire);
    return to_hex(out);
}

TEST(HeaderHash, IsThePublishedOne) {
    EXPECT_EQ(to_hex(header_hash(known_header())),
              "f740121f553b5418c3efbd343c2dbfe9e007bb67b0d020a0741374bab65242a4");
}

TEST(HeaderHash, ChangesWithEveryField) {
    const Header good = known_header();
    const Hash hash = header_hash(good);
    const std::vector<std::pair<const char*, void (*)(Header&)>> changes{
        {"version.block", [](Header& h) { h.version.block = 11; }},
        {"version.app", [](Header& h) { h.version.app = 0; }},
        {"chain_id", [](Header& h) { h.chain_id = "chainid"; }},
        {"height", [](Header& h) { h.height = 4; }},
        {"time.seconds", [](Header& h) { h.time.seconds += 1; }},
        {"time.nanos", [](Header& h) { h.time.nanos += 1; }},
        {"last_block_id.hash", [](Header& h) { (*h.last_block_id.hash)[0] = 1; }},
        {"last_block_id.hash gone", [](Header& h) { h.last_block_id.hash.reset(); }},
        {"last_block_id.parts.total", [](Header& h) { h.last_block_id.parts.total = 5; }},
        {"last_block_id.parts.hash", [](Header& h) { (*h.last_block_id.parts.hash)[31] = 1; }},
        {"last_commit_hash", [](Header& h) { (*h.last_commit_hash)[0] ^= 1; }},
        {"last_commit_hash gone", [](Header& h) { h.last_commit_hash.reset(); }},
        {"data_hash", [](Header& h) { (*h.data_hash)[0] ^= 1; }},
        {"validators_hash", [](Header& h) { h.validators_hash[0] ^= 1; }},
        {"next_validators_hash", [](Header& h) { h.next_validators_hash[0] ^= 1; }},
        {"consensus_hash", [](Header& h) { (*h.consensus_hash)[0] ^= 1; }},
        {"app_hash", [](Header& h) { h.app_hash.push_back(0); }},
        {"last_results_hash", [](Header& h) { (*h.last_results_hash)[0] ^= 1; }},
        {"evidence_hash", [](Header& h) { (*h.evidence_hash)[0] ^= 1; }},
        {"proposer_address", [](Header& h) { h.proposer_address[19] ^= 1; }},
    };
    for (const auto& [name, change] : changes) {
        Header changed = good;
        change(changed);
        EXPECT_NE(header_hash(changed), hash) << name;
    }
}

TEST(Wire, WritesTheLeavesOfTheKnownHeader) {
    const Header header = known_header();
    EXPECT_EQ(written([&](Wire& w) { write_version(w, header.version); }), "08011002");
    EXPECT_EQ(written([&](Wire& w) { w.bytes(1, as_bytes(header.chain_id)); }), "0a07636861696e4964");
    EXPECT_EQ(written([&](Wire& w) { w.integer(1, header.height); }), "0803");
    EXPECT_EQ(written([&](Wire& w) { write_time(w, header.time); }), "08f49a8ded05");
    const std::string zeros(64, '0');
    EXPECT_EQ(written([&](Wire& w) { write_block_id(w, header.last_block_id); }),
              "0a20" + zeros + "122408061220" + zeros);
    EXPECT_EQ(written([&](Wire& w) { w.hash(1, header.last_commit_hash); }),
              "0a20e7aad01a1af897b05bcf78c7563b5d1adc2939d543dac949a5c8712156d19bf8");
    EXPECT_EQ(written([&](Wire& w) { w.bytes(1, header.proposer_address); }),
              "0a1427834082c131975497cdebfbdce6c8e5196a1354");
}

TEST(Wire, WritesWhatIsAlwaysWrittenAndLeavesOutZeros) {
    EXPECT_EQ(written([](Wire& w) { write_block_id(w, BlockId{}); }), "1200");
    EXPECT_EQ(written([](Wire& w) { write_time(w, kZeroTime); }), "088092b8c398feffffff01");
    EXPECT_EQ(written([](Wire& w) { write_time(w, TimeNs{}); }), "");
    EXPECT_EQ(written([](Wire& w) { write_entry(w, CommitSig{}); }), "08011a0b088092b8c398feffffff01");
    EXPECT_EQ(written([](Wire& w) { w.integer(10, -1); }), "50ffffffffffffffffff01");
    EXPECT_EQ(written([](Wire& w) { w.message(4, [&] { write_commit(w, Commit{}); }); }), "22041a021200");
}

TEST(Wire, WritesLengthsAboveOneByte) {
    for (const std::size_t size : {127U, 128U, 129U, 16'383U, 16'384U, 70'000U}) {
        Bytes expected;
        Wire outer(expected);
        const Bytes body(size, 0xAB);
        outer.bytes_always(3, body);
        Bytes out;
        Wire wire(out);
        wire.message(3, [&] { append(out, body); });
        EXPECT_EQ(to_hex(out), to_hex(expected)) << size;
    }
}

TEST(ValidatorsHash, IsThePublishedOneAndFollowsTheOrderOfPower) {
    constexpr std::array<std::string_view, 4> kKeys{
        "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c",
        "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394",
        "ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d1",
        "ca93ac1705187071d67b83c7ff0efe8108e8ec4530575d7726879333dbdabe7c"};
    std::vector<Validator> equal_powers;
    std::vector<Validator> third_is_first;
    for (std::size_t i = 0; i < kKeys.size(); ++i) {
        const auto key = from_hex_fixed<32>(kKeys[i]).value();
        equal_powers.emplace_back(key, 10);
        third_is_first.emplace_back(key, i == 2 ? 25 : 10);
    }
    std::ranges::reverse(equal_powers);
    const ValidatorSet set = ValidatorSet::make(equal_powers).value();
    EXPECT_EQ(to_hex(set[0].address()), "34750f98bd59fcfc946da45aaabe933be154a4b5");
    EXPECT_EQ(to_hex(set[1].address()), "6a3803d5f059902a1c6dafbc9ba4729212f7caac");
    EXPECT_EQ(to_hex(set[2].address()), "b62e867fa2f33afe62d5d6b1642e1621d5433078");
    EXPECT_EQ(to_hex(set[3].address()), "c5b940ed3f65c391965de8295fc5d25f474fa57b");
    EXPECT_EQ(to_hex(validators_hash(set)),
              "988cdea842ab3b9f582749dc389c3297c61d8a00fc3c6ee77075de178c83225e");
    const ValidatorSet other = ValidatorSet::make(third_is_first).value();
    EXPECT_EQ(to_hex(other[0].address()).substr(0, 4), "b62e");
    EXPECT_EQ(to_hex(other[1].address()).substr(0, 4), "3475");
    EXPECT_EQ(to_hex(validators_hash(other)),
              "9f1c0b705e62a4f9c3844d263dac73f5ae77a71c20c0aa0ab92273826282325d");
}

TEST(CommitHash, OfNoEntryAndOfOneAbsentEntry) {
    EXPECT_EQ(to_hex(commit_hash(Commit{})), kEmptyRoot);
    Commit commit;
    commit.signatures.resize(1);
    EXPECT_EQ(to_hex(commit_hash(commit)),
              "6fb51a82c8bfeb9e3583c87e8fbaa5b527cf46a815c9bfbb3eff934175058117");
    commit.height = 7;
    commit.round = 2;
    commit.block_id.parts.total = 9;
    EXPECT_EQ(to_hex(commit_hash(commit)), "6fb51a82c8bfeb9e3583c87e8fbaa5b527cf46a815c9bfbb3eff934175058117")
        << "height, round and block id are not in it";
}

TEST(DataHash, HashesTransactionsTwice) {
    EXPECT_EQ(to_hex(data_hash({})), kEmptyRoot);
    const std::vector<Bytes> transactions{to_bytes(as_bytes("hello")), to_bytes(as_bytes("world"))};
    EXPECT_EQ(to_hex(data_hash(transactions)),
              "659d126c8fc774e41af58c60190f1317440318bae9667fa941b91e105c784a31");
}

TEST(ResultsHash, TakesCodeDataAndGasAlone) {
    EXPECT_EQ(to_hex(results_hash({})), kEmptyRoot);
    const std::vector<ExecutionResult> zero(1);
    EXPECT_EQ(to_hex(results_hash(zero)), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    const std::vector<ExecutionResult> two{
        {}, {.code = 1, .data = to_bytes(as_bytes("ab")), .gas_wanted = 5, .gas_used = 3}};
    EXPECT_EQ(to_hex(results_hash(two)), "275b6f2db85f6c3cc319773e675470086ee89e2b98d537d69381cc9bd0993b3c");
}

TEST(EvidenceHash, OfNoEvidenceIsTheEmptyRoot) {
    EXPECT_EQ(to_hex(evidence_hash({})), kEmptyRoot);
}

TEST(ConsensusHash, IsThePublishedOne) {
    EXPECT_EQ(to_hex(consensus_hash({})), "048091bc7ddc283f77bfbf91d73c44da58c3df8a9cbc867405d8b7f3daada22f");
    EXPECT_EQ(to_hex(consensus_hash({.max_block_bytes = 1'048'576, .max_block_gas = -1})),
              "294d8fbd0b94b767a7eba9840f299a3586da7fe6b5dead3b7eecba193c400f93");
}

TEST(PartSet, CutsAtTheBorderOfAPart) {
    for (const auto& [size, count] : {std::pair<std::size_t, std::uint32_t>{1, 1},
                                      {kPartBytes, 1},
                                      {kPartBytes + 1, 2},
                                      {3 * kPartBytes, 3}}) {
        const Bytes block(size, 5);
        const PartSetHeader header = part_set_header(block);
        EXPECT_EQ(header.total, count) << size;
        ASSERT_TRUE(header.hash.has_value());
        std::size_t sum = 0;
        for (const ByteView piece : parts(block))
            sum += piece.size();
        EXPECT_EQ(sum, size);
    }
    EXPECT_NE(part_set_header(Bytes(10, 5)).hash, part_set_header(Bytes(11, 5)).hash);
}

} // namespace
} // namespace tidewaiter::chain
