#include "ledger/application/genesis.hpp"

#include "ledger/documents/identity/identity.hpp"
#include "tests/support/ledger_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tidewaiter {
namespace {

application::Genesis sample() {
    application::Genesis genesis;
    genesis.chain_id = "tw-test-1";
    genesis.time = {1'780'000'000, 5};
    application::GenesisValidator validator;
    validator.public_key.fill(3);
    validator.power = 10;
    genesis.validators = {validator};
    const test::LedgerFixture ledger;
    for (const auto& [key, value] : ledger.state().records())
        genesis.records.push_back({key.first, key.second, value});
    genesis.predecessors = {{.chain_id = "tw-test-0", .last_height = 900, .app_hash = {}}};
    return genesis;
}

TEST(Genesis, RoundTrip) {
    const application::Genesis genesis = sample();
    const Bytes bytes = application::encode(genesis);
    const auto decoded = application::decode_genesis(bytes);
    ASSERT_TRUE(decoded.has_value()) << decoded.error().detail;
    EXPECT_EQ(*decoded, genesis);
    EXPECT_EQ(application::encode(*decoded), bytes);
    EXPECT_EQ(application::genesis_hash(*decoded), application::genesis_hash(genesis));
}

TEST(Genesis, RefusesWhatCannotBeginAChain) {
    application::Genesis genesis = sample();
    std::swap(genesis.records[0], genesis.records[1]);
    EXPECT_EQ(application::decode_genesis(application::encode(genesis)).error().code, "genesis.order");
    genesis = sample();
    genesis.records.push_back(genesis.records.back());
    EXPECT_EQ(application::decode_genesis(application::encode(genesis)).error().code, "genesis.order");
    genesis = sample();
    genesis.validators.push_back(genesis.validators.front());
    EXPECT_EQ(application::decode_genesis(application::encode(genesis)).error().code, "genesis.validators");
    genesis = sample();
    genesis.chain_id = "Upper";
    EXPECT_EQ(application::decode_genesis(application::encode(genesis)).error().code, "genesis.chain");
    Bytes newer = application::encode(sample());
    ASSERT_EQ(newer[2], 1);
    newer[2] = 2;
    EXPECT_EQ(application::decode_genesis(newer).error().code, "genesis.version");
    EXPECT_EQ(application::decode_genesis(Bytes{}).error().code, "cbor.truncated");
}

TEST(Genesis, InitialChangesHoldEveryRecordAndGovernance) {
    const application::Genesis genesis = sample();
    const state::Overlay::Changes changes = application::initial_changes(genesis);
    std::size_t count = 0;
    for (const auto& [name, records] : changes)
        count += records.size();
    EXPECT_EQ(count, genesis.records.size() + 2);
    EXPECT_EQ(to_hex(*changes.find("governance")->second.find("sequence")->second), "a3000101040200");
    EXPECT_TRUE(changes.find("governance")->second.contains("predecessor/tw-test-0"));
}

TEST(Genesis, DeclaresTheNamespacesThatTransactionsWillFill) {
    const std::vector<std::string> names = application::namespaces(sample());
    for (const char* name : {"governance", "identity", "reference", "seen", "carnet/us", "carnet/gb",
                             "origin/usmca", "device/us", "device/gb"})
        EXPECT_NE(std::ranges::find(names, name), names.end()) << name;
    EXPECT_TRUE(std::ranges::is_sorted(names));
}

} // namespace
} // namespace tidewaiter
