#include "ledger/state/proof.hpp"
#include "tests/support/state_model.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::state {
namespace {

using ics23::ExistenceProof;
using ics23::NonExistenceProof;

/// A small ledger with the proofs a store would make.
class Ledger {
  public:
    explicit Ledger(std::map<std::string, std::map<std::string, Bytes>> records, unsigned bits = 4)
        : records_(std::move(records)) {
        for (const auto& [name, own] : records_) {
            auto& leaves = leaves_[name];
            for (const auto& [key, value] : own)
                leaves[path_of(key)] = support::model_leaf(path_of(key), value);
            for (const auto& [key, value] : own)
                keys_[name][path_of(key)] = key;
            trees_.emplace(name, *Tree::build(bits, support::MapLeaves(leaves)));
            roots_[name] = trees_.at(name).root().hash;
        }
    }
    [[nodiscard]] Hash hash() const { return app_hash(roots_); }

    [[nodiscard]] RecordProof prove(const std::string& name, const std::string& key) const {
        RecordProof proof{.record = {}, .application = encode(prove_namespace(roots_, name))};
        if (!records_.contains(name) || records_.at(name).empty()) return proof;
        if (records_.at(name).contains(key)) {
            proof.record = encode(exist(name, key));
            return proof;
        }
        NonExistenceProof absence{.key = to_bytes(as_bytes(key)), .left = {}, .right = {}};
        const auto& keys = keys_.at(name);
        const auto right = keys.lower_bound(path_of(key));
        if (right != keys.begin()) absence.left = exist(name, std::prev(right)->second);
        if (right != keys.end()) absence.right = exist(name, right->second);
        proof.record = encode(absence);
        return proof;
    }
    [[nodiscard]] std::string_view verdict(const std::string& name, const std::string& key,
                                           const std::optional<Bytes>& value,
                                           const RecordProof& proof) const {
        const Status status = verify_record(hash(), name, key, value, proof);
        return status ? "" : status.error().code;
    }

    [[nodiscard]] ExistenceProof exist(const std::string& name, const std::string& key) const {
        const Tree& tree = trees_.at(name);
        std::vector<Leaf> leaves;
        ignore(support::MapLeaves(leaves_.at(name))
                   .leaves(range_of(tree.bits(), bucket_of(path_of(key), tree.bits())),
                           [&](const Leaf& leaf) { leaves.push_back(leaf); }),
               "cannot fail");
        return prove_record(tree, leaves, key, records_.at(name).at(key));
    }
    const auto& records() const { return records_; }

  private:
    static Bytes encode(ics23::CommitmentProof proof) { return ics23::encode(proof); }
    std::map<std::string, std::map<std::string, Bytes>> records_;
    std::map<std::string, support::LeafMap> leaves_;
    std::map<std::string, std::map<Hash, std::string>> keys_;
    std::map<std::string, Tree> trees_;
    Roots roots_;
};

Ledger sample_ledger(std::uint64_t seed, std::size_t namespaces, std::size_t records) {
    std::mt19937_64 random(seed);
    std::map<std::string, std::map<std::string, Bytes>> content;
    for (std::size_t n = 0; n < namespaces; ++n) {
        auto& own = content["carnet/n" + std::to_string(n)];
        for (std::size_t i = 0; i < records * n; ++i) {
            own["ATA:" + std::to_string(random() % 100'000)] =
                support::random_bytes(random, 1 + random() % 50);
        }
    }
    return Ledger(std::move(content));
}

TEST(Proof, EveryRecordAndEveryAbsenceIsProven) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (const std::size_t namespaces : {1U, 2U, 3U, 5U, 8U}) {
        for (const std::size_t records : {1U, 2U, 30U}) {
            const Ledger ledger = sample_ledger(seed, namespaces, records);
            for (const auto& [name, own] : ledger.records()) {
                for (const auto& [key, value] : own) {
                    const RecordProof proof = ledger.prove(name, key);
                    ASSERT_EQ(ledger.verdict(name, key, value, proof), "");
                    ASSERT_EQ(ledger.verdict(name, key, std::nullopt, proof), "ics23.kind");
                    Bytes altered = value;
                    altered[0] ^= 1;
                    ASSERT_EQ(ledger.verdict(name, key, altered, proof), "ics23.value");
                }
                for (int i = 0; i < 40; ++i) {
                    const std::string key = "absent " + std::to_string(i);
                    ASSERT_EQ(ledger.verdict(name, key, std::nullopt, ledger.prove(name, key)), "");
                }
            }
        }
    }
}

TEST(Proof, AnUndeclaredAndAnEmptyNamespaceHaveNoRecords) {
    const Ledger ledger = sample_ledger(5, 4, 3);
    for (const std::string name : {"aaa", "carnet/n0", "carnet/n11", "zzz"}) {
        const RecordProof proof = ledger.prove(name, "k");
        EXPECT_TRUE(proof.record.empty());
        EXPECT_EQ(ledger.verdict(name, "k", std::nullopt, proof), "") << name;
        EXPECT_EQ(ledger.verdict(name, "k", Bytes{1}, proof), "ics23.kind") << name;
    }
}

TEST(Proof, DoesNotSpeakForAnotherKeyNamespaceOrState) {
    const Ledger ledger = sample_ledger(6, 3, 20);
    const auto& own = ledger.records().at("carnet/n2");
    const auto& [key, value] = *own.begin();
    const RecordProof proof = ledger.prove("carnet/n2", key);
    EXPECT_EQ(ledger.verdict("carnet/n2", "other", value, proof), "ics23.key");
    EXPECT_EQ(ledger.verdict("carnet/n1", key, value, proof), "ics23.key");
    const Ledger later = sample_ledger(7, 3, 20);
    EXPECT_EQ(later.verdict("carnet/n2", key, value, proof), "ics23.root");
    RecordProof halved = proof;
    halved.record.clear();
    EXPECT_EQ(ledger.verdict("carnet/n2", key, std::nullopt, halved), "proof.missing");
}

TEST(Proof, AnAbsenceProofDoesNotHideARecord) {
    const Ledger ledger = sample_ledger(9, 2, 40);
    const auto& own = ledger.records().at("carnet/n1");
    // Absence proofs made for other keys, offered for keys that are there.
    for (int i = 0; i < 60; ++i) {
        const RecordProof proof = ledger.prove("carnet/n1", "absent " + std::to_string(i));
        for (const auto& [key, value] : own)
            ASSERT_EQ(ledger.verdict("carnet/n1", key, std::nullopt, proof), "ics23.order");
    }
}

// Neighbours further apart than they claim: the records between them would vanish.
TEST(Proof, NeighboursMustBeNeighbours) {
    const Ledger ledger = sample_ledger(10, 2, 30);
    std::map<Hash, std::string> by_path;
    for (const auto& [key, value] : ledger.records().at("carnet/n1"))
        by_path[path_of(key)] = key;
    const std::vector<std::pair<Hash, std::string>> keys(by_path.begin(), by_path.end());
    for (std::size_t i = 0; i + 2 < keys.size(); ++i) {
        const std::string& hidden = keys[i + 1].second;
        RecordProof proof = ledger.prove("carnet/n1", hidden);
        NonExistenceProof forged{.key = to_bytes(as_bytes(hidden)),
                                 .left = ledger.exist("carnet/n1", keys[i].second),
                                 .right = ledger.exist("carnet/n1", keys[i + 2].second)};
        proof.record = ics23::encode(forged);
        ASSERT_EQ(ledger.verdict("carnet/n1", hidden, std::nullopt, proof), "ics23.neighbour");
        forged.left.reset();
        proof.record = ics23::encode(forged);
        ASSERT_EQ(ledger.verdict("carnet/n1", hidden, std::nullopt, proof), "ics23.neighbour");
    }
}

TEST(Proof, EveryAlteredPartIsRefusedForItsOwnReason) {
    const Ledger ledger = sample_ledger(11, 4, 25);
    const auto& [key, value] = *ledger.records().at("carnet/n3").begin();
    const ExistenceProof good = ledger.exist("carnet/n3", key);
    ASSERT_GE(good.path.size(), 3U);
    const Hash root =
        ledger.records().empty() ? Hash{} : support::model_root(ledger.records().at("carnet/n3"));
    const auto refused = [&](auto&& alter) {
        ExistenceProof bad = good;
        alter(bad);
        const Status status = verify_membership(ics23::namespace_spec(), root, bad, as_bytes(key), value);
        return std::string(status ? "" : status.error().code);
    };
    EXPECT_EQ(refused([](auto&) {}), "");
    EXPECT_EQ(refused([](auto& p) { p.leaf.reset(); }), "ics23.leaf");
    EXPECT_EQ(refused([](auto& p) { p.leaf->prehash_key = ics23::HashOp::None; }), "ics23.leaf");
    EXPECT_EQ(refused([](auto& p) { p.leaf->length = ics23::LengthOp::VarProto; }), "ics23.leaf");
    EXPECT_EQ(refused([](auto& p) { p.leaf->prefix = {0, 0}; }), "ics23.prefix");
    EXPECT_EQ(refused([](auto& p) { p.leaf->prefix.clear(); }), "ics23.prefix");
    EXPECT_EQ(refused([](auto& p) { p.key.push_back('x'); }), "ics23.key");
    EXPECT_EQ(refused([](auto& p) { p.path[1].hash = ics23::HashOp::Sha512; }), "ics23.inner");
    EXPECT_EQ(refused([](auto& p) { p.path[1].prefix[0] = 0; }), "ics23.prefix");
    EXPECT_EQ(refused([](auto& p) { p.path[1].prefix[0] = 2; }), "ics23.prefix");
    EXPECT_EQ(refused([](auto& p) { p.path[1].prefix.insert(p.path[1].prefix.begin(), 1); }), "ics23.prefix");
    EXPECT_EQ(refused([](auto& p) { p.path[1].suffix.push_back(0); }), "ics23.suffix");
    EXPECT_EQ(refused([](auto& p) {
                  p.path[1].prefix = {1};
                  p.path[1].suffix.clear();
              }),
              "ics23.prefix");
    EXPECT_EQ(refused([](auto& p) {
                  p.path[1].prefix.resize(33, 1);
                  p.path[1].suffix.assign(32, 1);
              }),
              "ics23.prefix");
    EXPECT_EQ(refused([](auto& p) { p.path.pop_back(); }), "ics23.root");
    EXPECT_EQ(refused([](auto& p) { p.path.push_back(p.path.back()); }), "ics23.root");
    EXPECT_EQ(refused([](auto& p) { p.path.resize(257, p.path.back()); }), "ics23.depth");
    EXPECT_EQ(refused([](auto& p) {
                  (p.path[0].suffix.empty() ? p.path[0].prefix : p.path[0].suffix).back() ^= 1;
              }),
              "ics23.root");
}

TEST(Proof, ADepthOf256IsAllowed) {
    Path first{};
    Path second{};
    second[31] = 1;
    const std::vector<Leaf> leaves = {{first, path_of("1")}, {second, path_of("2")}};
    EXPECT_EQ(siblings(Tree(0), leaves, second).size(), 256U);
}

// The published specification lets a leaf's prefix go on after 00: part of one key then passes for the
// prefix, and the rest for another key. Ours does not.
TEST(Proof, APrefixThatOnlyBeginsRightIsRefused) {
    const std::string rest(48, 'y'); // its length, 48, is the character '0'
    const std::string whole = "x0" + rest;
    const Bytes value(32, 7);
    const Bytes root = *ics23::apply_leaf(ics23::tendermint_spec().leaf, as_bytes(whole), value);
    ExistenceProof forged{
        .key = to_bytes(as_bytes(rest)), .value = value, .leaf = ics23::tendermint_spec().leaf, .path = {}};
    forged.leaf->prefix = {0, 50, 'x'};
    EXPECT_TRUE(verify_membership(ics23::tendermint_spec(), root, forged, as_bytes(rest), value));
    EXPECT_EQ(verify_membership(ics23::application_spec(), root, forged, as_bytes(rest), value).error().code,
              "ics23.prefix");
}

TEST(Proof, EncodingIsReadBackAndDamageIsRefused) {
    const Ledger ledger = sample_ledger(12, 3, 10);
    const Bytes bytes = ledger.prove("carnet/n2", "absent").record;
    const auto proof = ics23::decode(bytes);
    ASSERT_TRUE(proof);
    EXPECT_EQ(ics23::encode(*proof), bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto cut = ics23::decode(ByteView(bytes).first(size));
        ASSERT_FALSE(cut) << size;
        ASSERT_EQ(cut.error().code, size == 0 ? "ics23.empty" : "ics23.encoding") << size;
    }
    // Batch (3), an unknown field (9), an operation that does not exist, a field twice.
    EXPECT_EQ(ics23::decode(Bytes{0x1a, 0}).error().code, "ics23.batch");
    EXPECT_EQ(ics23::decode(Bytes{0x4a, 0}).error().code, "ics23.encoding");
    EXPECT_EQ(ics23::decode(Bytes{0x0a, 4, 0x1a, 2, 0x08, 77}).error().code, "ics23.enum");
    EXPECT_EQ(ics23::decode(Bytes{0x0a, 6, 0x0a, 1, 'k', 0x0a, 1, 'k'}).error().code, "ics23.encoding");
    EXPECT_EQ(ics23::decode(Bytes(ics23::kMaxProofBytes + 1)).error().code, "ics23.size");
    Bytes steps = {0x0a, 0x82, 0x10};
    for (int i = 0; i <= 1'024; ++i)
        append(steps, Bytes{0x22, 0});
    EXPECT_EQ(ics23::decode(steps).error().code, "ics23.size");
}

} // namespace
} // namespace tidewaiter::state
