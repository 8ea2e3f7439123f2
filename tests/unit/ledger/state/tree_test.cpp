#include "ledger/state/apphash.hpp"
#include "ledger/state/tree.hpp"
#include "tests/support/state_model.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tidewaiter::state {
namespace {

using support::LeafMap;
using support::MapLeaves;

Path random_path(std::mt19937_64& random) {
    Path path;
    for (auto& byte : path)
        byte = static_cast<std::uint8_t>(random());
    return path;
}

std::vector<Leaf> listed(const LeafMap& leaves) {
    std::vector<Leaf> list;
    for (const auto& [path, hash] : leaves)
        list.push_back({path, hash});
    return list;
}

TEST(Tree, EmptyTreeIsZero) {
    EXPECT_EQ(Tree(0).root(), Node{});
    EXPECT_EQ(Tree(9).root(), Node{});
    EXPECT_EQ(Node{}.hash, Hash{});
}

TEST(Tree, ASingleLeafIsTheRoot) {
    const Path path = path_of("ATA:LO/26/00981");
    const Leaf leaf{path, leaf_hash(path, crypto::sha256(as_bytes("value")))};
    EXPECT_EQ(subtree({&leaf, 1}, 0), (Node{NodeKind::Leaf, leaf.hash}));
    Tree tree(6);
    tree.set_bucket(bucket_of(path, 6), {NodeKind::Leaf, leaf.hash});
    tree.fold();
    EXPECT_EQ(tree.root(), (Node{NodeKind::Leaf, leaf.hash}));
}

// Two leaves that part at the last bit hang below 255 one-sided inner nodes.
TEST(Tree, LeavesMayPartAtTheLastBit) {
    Path first{};
    Path second{};
    second[31] = 1;
    const LeafMap leaves = {{first, leaf_hash(first, Hash{})}, {second, leaf_hash(second, Hash{})}};
    EXPECT_EQ(subtree(listed(leaves), 0).hash, support::model_root(leaves));
    EXPECT_EQ(subtree(listed(leaves), 0).kind, NodeKind::Inner);
}

TEST(Tree, RangesAndBucketsAgree) {
    std::mt19937_64 random(1);
    for (const unsigned bits : {0U, 1U, 7U, 8U, 12U, 20U, 32U}) {
        for (int i = 0; i < 50; ++i) {
            const Path path = random_path(random);
            const PathRange range = range_of(bits, bucket_of(path, bits));
            EXPECT_LE(range.first, path);
            EXPECT_LE(path, range.last);
            EXPECT_EQ(bucket_of(range.first, bits), bucket_of(path, bits));
            EXPECT_EQ(bucket_of(range.last, bits), bucket_of(path, bits));
        }
    }
}

TEST(Tree, IncrementalRootIsTheRootFromScratch) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (const unsigned bits : {0U, 1U, 3U, 8U, 12U}) {
        LeafMap leaves;
        Tree tree(bits);
        for (int round = 0; round < 40; ++round) {
            std::set<std::uint32_t> touched;
            for (std::uint64_t change = random() % 12; change > 0; --change) {
                Path path = random_path(random);
                // Close neighbours, and leaves that are there already.
                if (!leaves.empty() && random() % 2 == 0)
                    path = std::next(leaves.begin(), static_cast<long>(random() % leaves.size()))->first;
                if (random() % 3 == 0) path[31] ^= 1;
                if (random() % 3 == 0)
                    leaves.erase(path);
                else
                    leaves[path] = leaf_hash(path, random_path(random));
                touched.insert(bucket_of(path, bits));
            }
            const std::vector<std::uint32_t> list(touched.begin(), touched.end());
            ASSERT_TRUE(tree.update(list, MapLeaves(leaves)));
            ASSERT_EQ(tree.root().hash, support::model_root(leaves)) << "bits " << bits << " round " << round;
            ASSERT_EQ(tree.root(), Tree::build(bits, MapLeaves(leaves))->root());
        }
    }
}

TEST(Tree, RollbackRestoresEveryNode) {
    std::mt19937_64 random(7);
    LeafMap leaves;
    for (int i = 0; i < 300; ++i)
        leaves[random_path(random)] = random_path(random);
    Tree tree = *Tree::build(6, MapLeaves(leaves));
    const auto before = tree.level(6);
    const Node root = tree.root();
    tree.begin();
    tree.replace(0, 64, {});
    tree.fold();
    EXPECT_EQ(tree.root(), Node{});
    tree.set_bucket(5, {NodeKind::Leaf, random_path(random)});
    tree.rollback();
    EXPECT_EQ(tree.level(6), before);
    EXPECT_EQ(tree.root(), root);
    tree.begin();
    tree.replace(0, 64, {});
    tree.fold();
    tree.commit();
    EXPECT_EQ(tree.root(), Node{});
}

TEST(Tree, EveryLevelFoldsToTheRoot) {
    std::mt19937_64 random(8);
    LeafMap leaves;
    for (int i = 0; i < 500; ++i)
        leaves[random_path(random)] = random_path(random);
    const Tree tree = *Tree::build(10, MapLeaves(leaves));
    for (unsigned depth = 0; depth <= 10; ++depth)
        EXPECT_EQ(fold(tree.level(depth)), tree.root());
}

TEST(Nodes, RoundTripAndRefuseDamage) {
    const std::vector<Node> nodes = {{}, {NodeKind::Leaf, path_of("a")}, {NodeKind::Inner, path_of("b")}};
    Bytes bytes = encode_nodes(nodes);
    EXPECT_EQ(*decode_nodes(bytes), nodes);
    EXPECT_EQ(decode_nodes(ByteView(bytes).first(98)).error().code, "nodes.length");
    bytes[1] = 1;
    EXPECT_EQ(decode_nodes(bytes).error().code, "nodes.empty");
    bytes[0] = 3;
    EXPECT_EQ(decode_nodes(bytes).error().code, "nodes.kind");
}

class ManifestTest : public ::testing::Test {
  protected:
    void SetUp() override {
        for (int i = 0; i < 200; ++i)
            records["key/" + std::to_string(i)] = support::random_bytes(random, 40);
        for (const auto& [key, value] : records)
            leaves[path_of(key)] = support::model_leaf(path_of(key), value);
        const Tree tree = *Tree::build(5, MapLeaves(leaves));
        manifest = {.name_space = "carnet/us",
                    .height = 9,
                    .root = tree.root().hash,
                    .bits = 3,
                    .buckets = tree.level(3)};
        for (const auto& [key, value] : records) {
            if (bucket_of(path_of(key), 3) == 2) bucket.push_back({key, value});
        }
        std::sort(bucket.begin(), bucket.end(),
                  [](const Record& a, const Record& b) { return path_of(a.key) < path_of(b.key); });
    }
    [[nodiscard]] std::string_view bucket_error() const {
        const auto its_leaves = leaves_of(bucket);
        if (!its_leaves) return its_leaves.error().code;
        const Status status = check_bucket(manifest, 2, *its_leaves);
        return status ? "" : status.error().code;
    }
    std::mt19937_64 random{3};
    std::map<std::string, Bytes> records;
    LeafMap leaves;
    Manifest manifest;
    std::vector<Record> bucket;
};

TEST_F(ManifestTest, FoldsToItsRoot) {
    EXPECT_TRUE(check(manifest));
    EXPECT_EQ(manifest.root, support::model_root(records));
}

TEST_F(ManifestTest, RefusesAnotherRootCountOrDepth) {
    Manifest altered = manifest;
    altered.buckets[4].hash[0] ^= 1;
    EXPECT_EQ(check(altered).error().code, "manifest.root");
    altered = manifest;
    altered.buckets.pop_back();
    EXPECT_EQ(check(altered).error().code, "manifest.count");
    altered.bits = 13;
    EXPECT_EQ(check(altered).error().code, "manifest.bits");
}

TEST_F(ManifestTest, AcceptsExactlyTheRecordsOfABucket) {
    ASSERT_GE(bucket.size(), 10U);
    EXPECT_EQ(bucket_error(), "");
}

TEST_F(ManifestTest, RefusesAFlippedAMissingAndAnAddedRecord) {
    bucket[3].value[0] ^= 1;
    EXPECT_EQ(bucket_error(), "chunk.hash");
    bucket[3].value[0] ^= 1;
    const Record taken = bucket.back();
    bucket.pop_back();
    EXPECT_EQ(bucket_error(), "chunk.hash");
    bucket.push_back(taken);
    EXPECT_EQ(bucket_error(), "");
}

TEST_F(ManifestTest, RefusesDisorderRepetitionAndEmptyRecords) {
    std::swap(bucket[0], bucket[1]);
    EXPECT_EQ(bucket_error(), "chunk.order");
    std::swap(bucket[0], bucket[1]);
    bucket.insert(bucket.begin(), bucket.front());
    EXPECT_EQ(bucket_error(), "chunk.order");
    bucket.erase(bucket.begin());
    bucket[0].value.clear();
    EXPECT_EQ(bucket_error(), "chunk.empty");
}

// A subtree with one leaf and an empty sibling has the same hash: the kind alone tells which bucket holds it,
// and the records must lie there.
TEST(Manifest, ALeafClaimedByAnotherBucketCannotBeFilled) {
    const Record record{"only", {1, 2, 3}};
    const std::vector<Leaf> leaves = *leaves_of(std::vector{record});
    const std::uint32_t home = bucket_of(leaves[0].path, 1);
    Manifest lying{
        .name_space = "x", .height = 1, .root = leaves[0].hash, .bits = 1, .buckets = std::vector<Node>(2)};
    lying.buckets[1 - home] = {NodeKind::Leaf, leaves[0].hash};
    ASSERT_TRUE(check(lying));
    EXPECT_EQ(check_bucket(lying, 1 - home, {}).error().code, "chunk.hash");
    EXPECT_EQ(check_bucket(lying, home, leaves).error().code, "chunk.hash");
}

TEST(AppHash, FollowsTheTendermintShape) {
    EXPECT_EQ(to_hex(app_hash({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    // One leaf: 00, then name and hashed root, each behind its length.
    Bytes leaf = {0, 8};
    append(leaf, as_bytes("identity"));
    leaf.push_back(32);
    append(leaf, crypto::sha256(kEmptyRoot));
    EXPECT_EQ(app_hash({{"identity", kEmptyRoot}}), crypto::sha256(leaf));
    // Three leaves: two on the left.
    const Roots roots = {{"a", path_of("1")}, {"b", path_of("2")}, {"c", path_of("3")}};
    const auto single = [&](const std::string& name) { return app_hash({{name, roots.at(name)}}); };
    EXPECT_EQ(app_hash(roots), inner_hash(inner_hash(single("a"), single("b")), single("c")));
}

TEST(AppHash, NamespaceNames) {
    for (const std::string_view good : {"governance", "carnet/us", "permit/noaa-370", "0"})
        EXPECT_TRUE(is_namespace(good)) << good;
    for (const std::string_view bad : {"", "/us", "-a", "Carnet", "a_b", "a b"})
        EXPECT_FALSE(is_namespace(bad)) << bad;
    EXPECT_TRUE(is_namespace(std::string(40, 'a')));
    EXPECT_FALSE(is_namespace(std::string(41, 'a')));
}

} // namespace
} // namespace tidewaiter::state
