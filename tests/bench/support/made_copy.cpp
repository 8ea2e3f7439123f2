#include "tests/bench/support/made_copy.hpp"

#include "daemon/gateway/sync/copy.hpp"
#include "ledger/chain/hashes.hpp"
#include "ledger/chain/protobuf.hpp"
#include "ledger/claims/anchor.hpp"
#include "ledger/crypto/key_file.hpp"
#include "tests/support/chain_maker.hpp"

#include <fstream>
#include <random>

namespace tidewaiter::bench {
namespace {

constexpr std::uint64_t kStateHeight = 1;
constexpr std::uint32_t kTrustingPeriod = 21 * 86'400;
constexpr UnixTime kJudgedAt = 1'780'400'000; ///< within the periods of the fixture's documents
constexpr std::size_t kIssuedLocators = 8'000;

Status write_file(const std::filesystem::path& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (file) return {};
    return fail("bench.file", path.string() + " cannot be written");
}

std::string public_key_line(const crypto::PublicKey& key) {
    const Bytes raw = to_bytes(key.raw());
    return "tidewaiter-public-key-1 " + std::string(crypto::algorithm_name(key.algorithm())) + ' ' +
           to_hex(raw) + '\n';
}

/// A first block of four validators, and the anchor that names it.
struct Start {
    chain::LightBlock block;
    claims::Anchor anchor;
};

Start make_start(TimeNs now) {
    const std::string chain_id(test::LedgerFixture::kChain);
    const auto validators = test::equal_shares(4);
    test::ChainMaker maker(validators, chain_id);
    maker.grow(1);
    chain::Header header = maker.at(1).header();
    header.time = now;
    Start start{.block = maker.seal(header, validators), .anchor = {}};
    start.anchor = {.chain_id = chain_id,
                    .height = 1,
                    .header_hash = chain::header_hash(header),
                    .time = now,
                    .next_validators_hash = header.next_validators_hash,
                    .trusting_period_seconds = kTrustingPeriod,
                    .predecessors = {}};
    return start;
}

Status make_database(const CopyFolder& folder, const MadeLedger& ledger, const Start& start) {
    TW_TRY(sync::Copy copy,
           sync::Copy::open(folder.copy(),
                            {.chain_id = start.anchor.chain_id, .namespaces = ledger.namespaces()},
                            start.anchor));
    if (!copy.start(start.block, chain::encode(start.block)).is_success())
        return fail("bench.anchor", "the made light block does not verify");
    TW_TRY(const state::Roots roots, ledger.load_into(copy.records(), kStateHeight));
    TW_CHECK(copy.finish_load({.height = kStateHeight, .header_time = start.anchor.time, .roots = roots}));
    return copy.records().database().checkpoint();
}

Status write_keys(const CopyFolder& folder, const Start& start) {
    const crypto::PrivateKey administrator = test::test_key("administrator");
    TW_CHECK(write_file(folder.path / "administrators.pub", public_key_line(administrator.public_key())));
    TW_CHECK(write_file(folder.path / "relay.pub", public_key_line(test::test_key("relay").public_key())));
    const auto key_file = crypto::format_key_file(test::test_key("lax-lane1"));
    const auto key_path = folder.path / "device.key";
    TW_CHECK(write_file(key_path, key_file.view()));
    std::filesystem::permissions(key_path,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    const Bytes anchor = claims::sign_anchor(start.anchor, {&administrator});
    return write_file(folder.path / "anchor.cose", as_text(anchor));
}

Status write_config(const CopyFolder& folder, const MadeLedger& ledger) {
    std::string namespaces;
    for (const std::string& name : ledger.namespaces())
        namespaces += (namespaces.empty() ? "\"" : ", \"") + name + '"';
    const std::string at = folder.path.string();
    // Nobody listens at port 1: the gateway is off line, as at a port whose network is down.
    return write_file(folder.config(),
                      "[gateway]\ndevice = \"lax-lane1\"\nkey = \"" + at + "/device.key\"\ndata = \"" + at +
                          "/gateway\"\nhttp = \"127.0.0.1:@http_port@\"\n\n[port]\nterritory = \"US\"\nplace "
                          "= \"USLAX\"\n" +
                          "office = \"US-D:2720\"\n\n[chain]\nid = \"" +
                          std::string(test::LedgerFixture::kChain) + "\"\nanchor = \"" + at +
                          "/anchor.cose\"\nadministrators = \"" + at +
                          "/administrators.pub\"\nthreshold = 1\nnamespaces = [" + namespaces +
                          "]\n\n[[relay]]\nid = \"relay-1\"\nmember = \"us-cbp\"\nkey = \"" + at +
                          "/relay.pub\"\nbroker = \"127.0.0.1:1\"\n");
}

/// Locators of random carnets, one in five of a stamped one; every claim once.
Status write_scans(const CopyFolder& folder, const MadeLedger& ledger) {
    std::mt19937 random(27);
    const std::size_t handled = ledger.handled_locators().size();
    std::string locators;
    for (std::size_t i = 0; i < kIssuedLocators; ++i) {
        locators += ledger.issued_locator(static_cast<std::uint32_t>(random() % ledger.carnets())) + '\n';
        if (i % 4 == 0) locators += ledger.handled_locators()[random() % handled] + '\n';
    }
    TW_CHECK(write_file(folder.locators(), locators));
    std::string claims;
    for (const std::string& claim : ledger.claims())
        claims += claim + '\n';
    return write_file(folder.claims(), claims);
}

} // namespace

Status make_copy(const CopyFolder& folder, const MadeLedger& ledger, TimeNs now) {
    const auto data = folder.path / "gateway";
    std::filesystem::create_directories(data);
    std::filesystem::permissions(data, std::filesystem::perms::owner_all);
    const Start start = make_start(now);
    TW_CHECK(write_keys(folder, start));
    TW_CHECK(write_config(folder, ledger));
    TW_CHECK(write_scans(folder, ledger));
    return make_database(folder, ledger, start);
}

std::vector<std::string> read_lines(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    return lines;
}

application::CopyFacts judging_facts(std::uint64_t state_height) {
    application::CopyFacts facts;
    facts.chain_id = test::LedgerFixture::kChain;
    facts.now = kJudgedAt;
    facts.state_height = state_height;
    facts.header_time = {kJudgedAt - 40, 0};
    facts.age_seconds = 40;
    facts.is_cross_checked = true;
    return facts;
}

application::Port judging_port(std::vector<std::string> namespaces) {
    return {.territory = "US",
            .place = "USLAX",
            .office = "US-D:2720",
            .namespaces = std::move(namespaces),
            .policy = {}};
}

} // namespace tidewaiter::bench
