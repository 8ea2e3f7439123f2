#pragma once

#include "daemon/node/relay.hpp"
#include "tests/support/ledger_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::test {

/// A solo chain in a temporary folder whose genesis is the ledger fixture's state, with a relay, and a clock
/// that the test turns.
class NodeBed {
  public:
    static constexpr std::string_view kRelay = "relay-1";

    NodeBed() { open(); }

    [[nodiscard]] LedgerFixture& ledger() { return ledger_; }
    [[nodiscard]] node::SoloEngine& engine() { return *engine_; }
    [[nodiscard]] node::Relay& relay() { return *relay_; }
    [[nodiscard]] crypto::PublicKey relay_key() const {
        return test_key("relay", crypto::Algorithm::EdDsa).public_key();
    }
    [[nodiscard]] node::Moment now() const { return now_; }
    void advance_ms(std::int64_t ms) {
        now_.monotonic_ms += ms;
        now_.wall = add_nanos(now_.wall, ms * 1'000'000);
    }
    std::function<void(std::string_view)> before_write;

    [[nodiscard]] application::Genesis genesis() const {
        application::Genesis genesis{.chain_id = std::string(LedgerFixture::kChain),
                                     .time = {ledger_.now() - 10, 0}};
        application::GenesisValidator validator{.power = 10};
        const crypto::PrivateKey key = test_key("validator", crypto::Algorithm::EdDsa);
        std::ranges::copy(key.public_key().raw(), validator.public_key.begin());
        genesis.validators.push_back(validator);
        for (const auto& [key_of, value] : ledger_.state().records()) {
            genesis.records.push_back({.name_space = key_of.first, .key = key_of.second, .value = value});
        }
        return genesis;
    }

    /// Opens the node again, as after a start.
    void open() {
        relay_.reset();
        engine_.reset();
        auto engine = node::SoloEngine::open(folder_.path().string(), genesis(),
                                             test_key("validator", crypto::Algorithm::EdDsa),
                                             {.before_write =
                                                  [this](std::string_view what) {
                                                      if (before_write) before_write(what);
                                                  }},
                                             now_);
        ASSERT_TRUE(engine) << engine.error().code << ": " << engine.error().detail;
        engine_ = *std::move(engine);
        relay_ = std::make_unique<node::Relay>(*engine_, test_key("relay", crypto::Algorithm::EdDsa));
    }

    /// Makes every block that is due, at least one; returns the new height.
    std::uint64_t make_blocks() {
        advance_ms(1'000);
        do {
            const auto block = engine_->make_block(now_);
            EXPECT_TRUE(block) << (block ? "" : block.error().detail);
            if (!block) break;
            made.push_back(*block);
            advance_ms(10);
        } while (engine_->is_due(now_));
        return engine_->height();
    }
    void submit(ByteView transaction) {
        const auto admitted = engine_->submit(transaction, now_);
        EXPECT_TRUE(admitted) << (admitted ? "" : admitted.error().detail);
    }
    /// Issues a carnet and puts it into blocks.
    LedgerFixture::Issued issue(std::string_view number) {
        LedgerFixture::Issued issued = ledger_.make_carnet(number);
        submit(issued.issue);
        submit(issued.list);
        make_blocks();
        return issued;
    }

    std::vector<node::NewBlock> made;

  private:
    support::TemporaryFolder folder_;
    LedgerFixture ledger_;
    node::Moment now_{.wall = {ledger_.now(), 0}, .monotonic_ms = 1'000'000};
    std::unique_ptr<node::SoloEngine> engine_;
    std::unique_ptr<node::Relay> relay_;
};

} // namespace tidewaiter::test
