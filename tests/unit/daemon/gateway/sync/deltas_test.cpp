#include "daemon/gateway/sync/deltas.hpp"
#include "ledger/crypto/hash.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::sync {
namespace {

Hash root_of(int n) {
    Hash root{};
    root[0] = static_cast<std::uint8_t>(n);
    return root;
}

wire::Delta delta_of(std::uint64_t state, int before, int after, std::uint32_t part = 1,
                     std::uint32_t parts = 1) {
    return {.name_space = "carnet/us",
            .state = state,
            .root_before = root_of(before),
            .root_after = root_of(after),
            .part = part,
            .parts = parts,
            .changes = {{.key = "k" + std::to_string(part), .value = Bytes{1}}}};
}

TEST(DeltaBuffer, FindsTheWayThroughStatesInAnyOrderOfArrival) {
    DeltaBuffer buffer;
    buffer.add(delta_of(9, 2, 3));
    buffer.add(delta_of(5, 0, 1));
    buffer.add(delta_of(7, 1, 2));
    const DeltaBuffer::Way way = buffer.way("carnet/us", root_of(0), 4, root_of(3), 9);
    EXPECT_TRUE(way.is_complete);
    EXPECT_EQ(way.parts.size(), 3U);
    EXPECT_FALSE(buffer.way("carnet/us", root_of(0), 4, root_of(3), 8).is_complete); // not beyond the target
    EXPECT_FALSE(buffer.way("carnet/gb", root_of(0), 4, root_of(3), 9).is_complete);
}

TEST(DeltaBuffer, AGapIsNotAWay) {
    DeltaBuffer buffer;
    buffer.add(delta_of(5, 0, 1));
    buffer.add(delta_of(9, 2, 3));
    EXPECT_FALSE(buffer.way("carnet/us", root_of(0), 4, root_of(3), 9).is_complete);
}

TEST(DeltaBuffer, WaitsForEveryPartAndCountsNoneTwice) {
    DeltaBuffer buffer;
    buffer.add(delta_of(5, 0, 1, 2, 2));
    buffer.add(delta_of(5, 0, 1, 2, 2));
    EXPECT_FALSE(buffer.way("carnet/us", root_of(0), 4, root_of(1), 5).is_complete);
    buffer.add(delta_of(5, 0, 1, 1, 2));
    const DeltaBuffer::Way way = buffer.way("carnet/us", root_of(0), 4, root_of(1), 5);
    EXPECT_TRUE(way.is_complete);
    EXPECT_EQ(way.parts.size(), 2U);
}

TEST(DeltaBuffer, IsBounded) {
    DeltaBuffer buffer;
    wire::Delta large = delta_of(1, 0, 1);
    large.changes[0].value = Bytes(1'000'000);
    for (std::uint64_t state = 1; state <= 200; ++state) {
        large.state = state;
        buffer.add(large);
    }
    EXPECT_LE(buffer.bytes(), DeltaBuffer::kMaxBytes);
    EXPECT_GT(buffer.bytes(), DeltaBuffer::kMaxBytes / 2);
    buffer.drop_through(1'000);
    EXPECT_EQ(buffer.bytes(), 0U);
}

TEST(DeltaBuffer, TakesOnlyBlobsThatARecordNames) {
    DeltaBuffer buffer;
    const Bytes named = {1, 2, 3};
    const Bytes stray = {4, 5, 6};
    wire::Delta delta = delta_of(5, 0, 1);
    delta.changes[0].value = to_bytes(crypto::sha256(named));
    delta.blobs = {stray, named};
    buffer.add(delta);
    state::Overlay::Changes changes;
    std::vector<std::pair<std::string, Bytes>> blobs;
    collect(buffer.way("carnet/us", root_of(0), 4, root_of(1), 5), changes, blobs);
    ASSERT_EQ(blobs.size(), 1U);
    EXPECT_EQ(blobs[0].second, named);
}

} // namespace
} // namespace tidewaiter::sync
