#pragma once

#include "ledger/documents/carnet/record.hpp"
#include "ledger/state/tree.hpp"
#include "ledger/store/records.hpp"
#include "tests/support/ledger_fixture.hpp"

#include <functional>

/// A ledger too large to be made by transactions: some carnets, stamps and certificates that were applied in
/// blocks, and any number of further carnets after their pattern, each of its own contents.
namespace tidewaiter::bench {

class MadeLedger {
  public:
    /// `carnets` issued ones (two records each, at most a million), beside `handled` with four stamps on
    /// fifty items and as many certificates of origin.
    MadeLedger(std::uint32_t carnets, std::uint32_t handled);

    [[nodiscard]] const test::LedgerFixture& fixture() const { return fixture_; }
    [[nodiscard]] std::uint32_t carnets() const { return carnets_; }
    [[nodiscard]] std::vector<std::string> namespaces() const;
    [[nodiscard]] std::string issued_locator(std::uint32_t carnet) const;
    [[nodiscard]] const std::vector<std::string>& handled_locators() const { return locators_; }
    [[nodiscard]] const std::vector<std::string>& claims() const { return claims_; }
    /// The two records of an issued carnet; `variant` 0 is what the ledger holds.
    [[nodiscard]] std::vector<state::Record> records_of(std::uint32_t carnet,
                                                        std::uint32_t variant = 0) const;

    /// Every record of a namespace, ascending by path.
    void each_record(std::string_view name_space, const std::function<void(state::Record)>& take) const;

    /// Loads everything into `records` as a snapshot comes: manifest, chunks, each checked. Returns the
    /// roots.
    [[nodiscard]] Result<state::Roots> load_into(store::Records& records, std::uint64_t height) const;

  private:
    struct Place {
        state::Path path{};
        std::uint32_t number = 0; ///< of a made record, or (from 2 × carnets) of one that was applied
    };
    void handle_carnet(std::uint32_t number);
    void certify(std::uint32_t number);
    [[nodiscard]] std::vector<Place> places(std::string_view name_space) const;
    [[nodiscard]] state::Record record(const Place& place) const;
    [[nodiscard]] Result<Hash> load_namespace(store::Records& records, const std::string& name,
                                              std::uint64_t height) const;

    test::LedgerFixture fixture_;
    std::uint32_t carnets_;
    carnet::Head head_;
    carnet::ListValue list_;
    std::vector<std::string> locators_;
    std::vector<std::string> claims_;
    std::vector<std::pair<std::string, state::Record>> applied_;
};

} // namespace tidewaiter::bench
