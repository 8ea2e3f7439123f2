#include "ledger/documents/origin/values.hpp"

#include "ledger/crypto/hash.hpp"

#include <algorithm>

namespace tidewaiter::origin {

namespace {

constexpr int kLevels = 8;
static_assert(std::size_t{1} << kLevels == kLineSlots);

template <class T>
void check_slot(std::vector<int>& failed, int slot, const std::optional<Opened<T>>& opened,
                const Issue& issue) {
    if (!opened) return;
    const auto number = static_cast<std::uint16_t>(kHeaderSlotBase + slot);
    const Hash digest = header_digest(slot_preimage(opened->salt, number, opened->value));
    if (digest != issue.digests.at(static_cast<std::size_t>(slot))) failed.push_back(slot);
}

} // namespace

Salt salt_of(const Seed& seed, std::uint16_t slot) {
    const std::array<std::uint8_t, 2> number{static_cast<std::uint8_t>(slot >> 8U),
                                             static_cast<std::uint8_t>(slot)};
    const Hash full = crypto::hmac_sha256(seed, number);
    Salt salt{};
    std::copy_n(full.begin(), salt.size(), salt.begin());
    return salt;
}

Bytes decoy_preimage(const Salt& salt, std::uint16_t slot) {
    cbor::Writer writer;
    writer.array([&](cbor::Writer& list) { list.bytes(salt).unsigned_integer(slot); });
    return writer.take();
}

Hash header_digest(ByteView preimage) {
    return crypto::sha256(preimage);
}

Hash line_leaf(ByteView preimage) {
    constexpr std::array<std::uint8_t, 1> kLeaf{0x00};
    return crypto::sha256({ByteView(kLeaf), preimage});
}

Hash inner_node(const Hash& left, const Hash& right) {
    constexpr std::array<std::uint8_t, 1> kInner{0x01};
    return crypto::sha256({ByteView(kInner), ByteView(left), ByteView(right)});
}

std::vector<int> failed_openings(const OpenedHeader& header, const Issue& issue) {
    std::vector<int> failed;
    check_slot(failed, 0, header.certifier, issue);
    check_slot(failed, 1, header.exporter, issue);
    check_slot(failed, 2, header.producer, issue);
    check_slot(failed, 3, header.importer, issue);
    check_slot(failed, 4, header.signer, issue);
    check_slot(failed, 5, header.invoice, issue);
    check_slot(failed, 6, header.language, issue);
    check_slot(failed, 7, header.rules_pack, issue);
    check_slot(failed, 8, header.schedule_two, issue);
    return failed;
}

bool lines_open(const OpenedLines& opened, const Hash& line_root) {
    if (opened.lines.empty()) return false;
    std::map<unsigned, Hash> level;
    for (const auto& [number, line] : opened.lines) {
        const auto slot = static_cast<std::uint16_t>(number - 1);
        level[slot] = line_leaf(slot_preimage(line.salt, slot, line.value));
    }
    ByteView proof = opened.proof;
    for (int i = 0; i < kLevels; ++i) {
        std::map<unsigned, Hash> above;
        for (const auto& [index, hash] : level) {
            if (above.contains(index / 2)) continue;
            Hash sibling{};
            if (const auto known = level.find(index ^ 1U); known != level.end()) {
                sibling = known->second;
            } else {
                if (proof.size() < sibling.size()) return false;
                std::copy_n(proof.begin(), sibling.size(), sibling.begin());
                proof = proof.subspan(sibling.size());
            }
            above[index / 2] = index % 2 == 0 ? inner_node(hash, sibling) : inner_node(sibling, hash);
        }
        level = std::move(above);
    }
    return proof.empty() && level.begin()->second == line_root;
}

} // namespace tidewaiter::origin
