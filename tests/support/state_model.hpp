#pragma once

#include "ledger/crypto/hash.hpp"
#include "ledger/state/tree.hpp"

#include <map>
#include <random>

/// The tree of a namespace straight from its definition, for comparison: slow, and written without the code
/// it checks.
namespace tidewaiter::support {

/// path -> leaf hash
using LeafMap = std::map<Hash, Hash>;

inline Hash model_hash(std::uint8_t tag, const Hash& a, const Hash& b) {
    Bytes input = {tag};
    append(input, a);
    append(input, b);
    return crypto::sha256(input);
}

inline Hash model_leaf(const Hash& path, const Bytes& value) {
    return model_hash(0, path, crypto::sha256(value));
}

inline Hash model_root(const LeafMap& leaves, std::size_t depth = 0) {
    if (leaves.empty()) return {};
    if (leaves.size() == 1) return leaves.begin()->second;
    LeafMap sides[2];
    for (const auto& [path, leaf] : leaves)
        sides[path[depth / 8] >> (7 - depth % 8) & 1][path] = leaf;
    return model_hash(1, model_root(sides[0], depth + 1), model_root(sides[1], depth + 1));
}

inline Hash model_root(const std::map<std::string, Bytes>& records) {
    LeafMap leaves;
    for (const auto& [key, value] : records) {
        const Hash path = crypto::sha256(as_bytes(key));
        leaves[path] = model_leaf(path, value);
    }
    return model_root(leaves);
}

class MapLeaves final : public state::LeafSource {
  public:
    explicit MapLeaves(const LeafMap& leaves) : leaves_(leaves) {}
    Status leaves(const state::PathRange& range,
                  const std::function<void(const state::Leaf&)>& leaf) const override {
        for (auto i = leaves_.lower_bound(range.first); i != leaves_.end() && i->first <= range.last; ++i) {
            leaf({i->first, i->second});
        }
        return {};
    }

  private:
    const LeafMap& leaves_;
};

inline Bytes random_bytes(std::mt19937_64& random, std::size_t size) {
    Bytes bytes(size);
    for (auto& byte : bytes)
        byte = static_cast<std::uint8_t>(random());
    return bytes;
}

} // namespace tidewaiter::support
