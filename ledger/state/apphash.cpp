#include "ledger/state/apphash.hpp"

#include "ledger/crypto/hash.hpp"
#include "ledger/state/rfc6962.hpp"

#include <algorithm>

namespace tidewaiter::state {

Hash namespace_leaf(std::string_view name, const Hash& root) {
    const Hash value = crypto::sha256(root);
    // A name is at most 40 bytes: its length as a varint is one byte.
    const std::array<std::uint8_t, 2> head = {0x00, static_cast<std::uint8_t>(name.size())};
    const std::array<std::uint8_t, 1> length = {32};
    return crypto::sha256({ByteView(head), as_bytes(name), ByteView(length), ByteView(value)});
}

std::vector<Hash> namespace_leaves(const Roots& roots) {
    std::vector<Hash> leaves;
    leaves.reserve(roots.size());
    for (const auto& [name, root] : roots)
        leaves.push_back(namespace_leaf(name, root));
    return leaves;
}

std::size_t split_point(std::size_t count) {
    std::size_t left = 1;
    while (left * 2 < count)
        left *= 2;
    return left;
}

Hash merkle_root(std::span<const Hash> leaves) {
    if (leaves.empty()) return crypto::sha256(ByteView{});
    if (leaves.size() == 1) return leaves[0];
    const std::size_t left = split_point(leaves.size());
    const Hash first = merkle_root(leaves.first(left));
    const Hash second = merkle_root(leaves.subspan(left));
    const std::array<std::uint8_t, 1> tag = {0x01};
    return crypto::sha256({ByteView(tag), ByteView(first), ByteView(second)});
}

Hash app_hash(const Roots& roots) {
    return merkle_root(namespace_leaves(roots));
}

bool is_namespace(std::string_view text) {
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !text.empty() && text.size() <= 40 && is_plain(text[0]) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return is_plain(c) || c == '/' || c == '-'; });
}

} // namespace tidewaiter::state
