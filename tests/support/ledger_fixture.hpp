#pragma once

#include "ledger/application/application.hpp"
#include "ledger/application/judge.hpp"
#include "ledger/application/stamping.hpp"
#include "ledger/documents/carnet/acts.hpp"
#include "ledger/documents/identity/identity.hpp"
#include "ledger/documents/reference/packs.hpp"

#include <map>

/// A ledger in memory with registered keys and reference lists: each call of apply() is a block.
namespace tidewaiter::test {

/// A key made from its name; everybody knows it.
[[nodiscard]] crypto::PrivateKey test_key(std::string_view name,
                                          crypto::Algorithm algorithm = crypto::Algorithm::Es256);

class LedgerFixture {
  public:
    static constexpr std::string_view kChain = "tw-test-1";
    static constexpr std::string_view kPredecessor = "tw-test-0";

    /// Registered: registrar-us, registrar-gb, supervisor-us, association-us ("uscib"), association-gb
    /// ("lcci"), certifier-mx, devices lax-lane1 (US-D:2720), lax-lane2 (US-D:2720), lhr-lane1 (GB:GB000060),
    /// officers and offices; reference lists for carnets and origin. The first block has height 1.
    LedgerFixture();

    [[nodiscard]] const crypto::PrivateKey& key(std::string_view name) const;
    [[nodiscard]] const state::MemoryView& state() const { return state_; }
    [[nodiscard]] state::MemoryView& mutable_state() { return state_; }
    [[nodiscard]] application::BlockContext next_block() const;
    [[nodiscard]] UnixTime now() const { return now_; }
    void advance(UnixTime seconds) { now_ += seconds; }

    /// One block with this transaction; a minute passes.
    application::TransactionResult apply(ByteView transaction);
    [[nodiscard]] Result<application::TransactionInfo> check(ByteView transaction) const;

    /// A transaction of an organisation, `at` now unless given.
    [[nodiscard]] Bytes organisation(std::uint32_t kind, ByteView body, std::string_view signer,
                                     std::optional<UnixTime> at = std::nullopt,
                                     std::string_view chain = kChain) const;

    /// A carnet of `items` items (each of `pieces` pieces) in the way an association issues it.
    struct Issued {
        documents::RecordKey key;
        carnet::CoverRecord record;
        carnet::ListPage page;
        Bytes issue; ///< transactions
        Bytes list;
    };
    [[nodiscard]] Issued make_carnet(std::string_view number, std::uint32_t items = 3,
                                     std::int64_t pieces = 4) const;
    /// make_carnet, and both transactions applied.
    Issued issue_carnet(std::string_view number, std::uint32_t items = 3, std::int64_t pieces = 4);

    /// A stamp by a device: sequence, office, attachments hash and signer are filled in.
    struct Stamp {
        carnet::Core core;
        Bytes core_bytes;
        Hash id{};
        Bytes transaction;
    };
    struct StampWish {
        carnet::Operation operation = carnet::Operation::Export;
        int sheet = 1;
        std::string lines = "1-3";
        std::vector<int> references;
        std::optional<Hash> previous;
        std::string office;                    ///< the device's first by default
        std::optional<UnixTime> at;            ///< now by default
        std::optional<std::uint32_t> sequence; ///< the next by default
        std::string chain{kChain};
    };
    [[nodiscard]] Stamp stamp(std::string_view device, const documents::RecordKey& carnet,
                              const StampWish& wish);

    [[nodiscard]] application::Port port(std::string_view device = "lax-lane1") const;
    [[nodiscard]] application::CopyFacts facts() const;
    [[nodiscard]] std::string locator(const documents::RecordKey& carnet,
                                      std::string_view sheet = "W11") const;

  private:
    void put_identity(state::Overlay& overlay);
    void put_reference(state::Overlay& overlay);
    void add_key(state::Overlay& overlay, std::string_view name, identity::Role role, std::string owner,
                 std::string territory, std::vector<std::string> offices,
                 std::vector<std::string> namespaces);

    std::map<std::string, crypto::PrivateKey, std::less<>> keys_;
    std::map<std::string, std::vector<std::string>, std::less<>> offices_;
    std::map<std::string, std::uint32_t, std::less<>> sequences_;
    state::MemoryView state_;
    std::uint64_t height_ = 0;
    UnixTime now_ = 0;
};

} // namespace tidewaiter::test
