#include "tests/support/ledger_fixture.hpp"
#include "tests/support/objects.hpp"

#include "ledger/application/transaction.hpp"
#include "ledger/claims/envelope.hpp"
#include "ledger/documents/carnet/record.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using test::LedgerFixture;

carnet::Head head_of(const LedgerFixture& ledger, const documents::RecordKey& key) {
    const auto bytes = ledger.state().get(key.name_space, key.key);
    EXPECT_TRUE(bytes && *bytes);
    const auto head = carnet::decode_head(**bytes);
    EXPECT_TRUE(head.has_value());
    return *head;
}

TEST(Organisation, IssueListSignReturn) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/104417");
    EXPECT_EQ(carnet.key.name_space, "carnet/us");
    EXPECT_EQ(head_of(ledger, carnet.key).status, carnet::CarnetStatus::Issued);
    EXPECT_EQ(head_of(ledger, carnet.key).issuer, ledger.key("association-us").public_key().id());
    EXPECT_FALSE(head_of(ledger, carnet.key).has(carnet::Flag::IncompleteList));
    const Bytes sign = carnet::encode(carnet::HolderSign{
        .key = carnet.key, .revision = 1, .cover = carnet::cover_digest(carnet.record.cover)});
    ASSERT_EQ(ledger.apply(ledger.organisation(7, sign, "holder")).code, 0U);
    EXPECT_EQ(head_of(ledger, carnet.key).status, carnet::CarnetStatus::Signed);
    const Bytes act = carnet::encode(carnet::CarnetAct{.key = carnet.key});
    ASSERT_EQ(ledger.apply(ledger.organisation(9, act, "association-us")).code, 0U);
    EXPECT_EQ(head_of(ledger, carnet.key).status, carnet::CarnetStatus::Discharged);
    EXPECT_EQ(head_of(ledger, carnet.key).events, 1U);
}

TEST(Organisation, InclusionIsTheBlocks) {
    LedgerFixture ledger;
    const auto made = ledger.make_carnet("US26/1");
    const UnixTime now = ledger.now();
    ASSERT_EQ(ledger.apply(made.issue).code, 0U);
    const documents::Inclusion expected{1, {now, 0}};
    EXPECT_EQ(head_of(ledger, made.key).first, expected);
}

TEST(Organisation, ListPageNeedsItsCarnetAndItsDigest) {
    LedgerFixture ledger;
    auto made = ledger.make_carnet("US26/1");
    EXPECT_EQ(ledger.apply(made.list).error, "application.unknown-record");
    ASSERT_EQ(ledger.apply(made.issue).code, 0U);
    made.page.items.front().value += 1;
    EXPECT_EQ(ledger.apply(ledger.organisation(2, carnet::encode(made.page), "association-us")).error,
              "carnet.page");
    EXPECT_EQ(ledger.apply(made.list).code, 0U);
}

TEST(Organisation, BindsAnotherHolderKey) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const carnet::HolderBind bind{
        .key = carnet.key, .revision = 1, .holder_key = ledger.key("stranger").public_key()};
    ASSERT_EQ(ledger.apply(ledger.organisation(6, carnet::encode(bind), "association-us")).code, 0U);
    EXPECT_EQ(head_of(ledger, carnet.key).holder_key, ledger.key("stranger").public_key());
    const Bytes sign = carnet::encode(carnet::HolderSign{
        .key = carnet.key, .revision = 1, .cover = carnet::cover_digest(carnet.record.cover)});
    EXPECT_EQ(ledger.apply(ledger.organisation(7, sign, "holder")).error, "application.not-entitled");
    EXPECT_EQ(ledger.apply(ledger.organisation(7, sign, "stranger")).code, 0U);
}

TEST(Organisation, ResultNamesTouchedNamespaces) {
    LedgerFixture ledger;
    const auto made = ledger.make_carnet("US26/1");
    const auto result = ledger.apply(made.issue);
    EXPECT_EQ(result.namespaces, (std::vector<std::string>{"carnet/us", "seen"}));
    EXPECT_FALSE(result.core_hash.has_value());
    EXPECT_FALSE(result.outcome.has_value());
}

TEST(Organisation, BlockWithoutTransactionsChangesNothing) {
    LedgerFixture ledger;
    ledger.issue_carnet("US26/1");
    state::Overlay overlay(ledger.state());
    ASSERT_TRUE(application::begin_block(overlay, ledger.next_block()).has_value());
    EXPECT_TRUE(overlay.changes().empty());
}

TEST(ResultCodes, AreStableAndDistinct) {
    EXPECT_EQ(application::result_code(""), 0U);
    EXPECT_EQ(application::result_code("application.too-large"), 1U);
    EXPECT_EQ(application::result_code("application.unknown-signer"), 4U);
    EXPECT_EQ(application::result_code("application.not-entitled"), 10U);
    EXPECT_EQ(application::result_code("application.duplicate"), 14U);
    EXPECT_EQ(application::result_code("cbor.truncated"), 100U);
    EXPECT_EQ(application::result_code("something.else"), 255U);
}

/// Every sample transaction is parsed, or refused for a reason of its own.
TEST(Samples, TransactionsParseToTheirIds) {
    std::size_t parsed = 0;
    for (const std::string& name : test::sample_names()) {
        const test::Sample sample = test::load_sample(name);
        if (sample.must_fail ||
            (sample.type != "tidewaiter-tx-v1+cbor" && sample.type != "tidewaiter-checkpoint-v1+cbor"))
            continue;
        const auto transaction = application::parse_transaction(sample.cose);
        ASSERT_TRUE(transaction.has_value()) << name << ": " << transaction.error().detail;
        EXPECT_EQ(to_hex(claims::envelope_id(transaction->envelope, sample.chain_id)),
                  sample.transaction_id_hex)
            << name;
        if (!sample.core.empty()) {
            ASSERT_NE(transaction->device(), nullptr) << name;
            EXPECT_EQ(to_hex(transaction->device()->core_hash), sample.core_sha256_hex) << name;
        }
        ++parsed;
    }
    EXPECT_GE(parsed, 40U);
}

TEST(Samples, LowSIsDemandedByName) {
    LedgerFixture ledger;
    const auto carnet = ledger.issue_carnet("US26/1");
    const Bytes body = carnet::encode(carnet::CarnetAct{.key = carnet.key});
    Bytes high;
    // supervisor-us signs ES256; negate s: n - s.
    const Bytes low = ledger.organisation(37, body, "supervisor-us");
    const auto order = from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    ASSERT_TRUE(order.has_value());
    high = low;
    int borrow = 0;
    for (int i = 31; i >= 0; --i) {
        const auto at = high.size() - 32 + static_cast<std::size_t>(i);
        int digit = (*order)[static_cast<std::size_t>(i)] - high[at] - borrow;
        borrow = digit < 0 ? 1 : 0;
        if (digit < 0) digit += 256;
        high[at] = static_cast<std::uint8_t>(digit);
    }
    const auto transaction = application::parse_transaction(high);
    ASSERT_TRUE(transaction.has_value());
    const auto verified = application::verify_signature(transaction->envelope, ledger.next_block(),
                                                        ledger.key("supervisor-us").public_key());
    ASSERT_FALSE(verified.has_value());
    EXPECT_EQ(verified.error().code, "application.low-s");
}

} // namespace
} // namespace tidewaiter
