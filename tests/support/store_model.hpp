#pragma once

#include "ledger/store/records.hpp"
#include "tests/support/state_model.hpp"

/// Contents for stores, and what their roots must be.
namespace tidewaiter::support {

using Content = std::map<std::string, std::map<std::string, Bytes>>;

inline state::Roots model_roots(const Content& content) {
    state::Roots roots;
    for (const auto& [name, records] : content)
        roots[name] = model_root(records);
    return roots;
}

/// Some puts and erasures in up to `namespaces` namespaces, applied to `content` too.
inline state::Overlay::Changes random_changes(std::mt19937_64& random, Content& content,
                                              std::size_t namespaces, std::size_t count) {
    state::Overlay::Changes changes;
    const Content before = content;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string name = "carnet/n" + std::to_string(random() % namespaces);
        auto& own = content[name];
        const std::string key = "ATA:" + std::to_string(random() % 400);
        if (random() % 4 == 0) {
            changes[name][key] = std::nullopt;
            own.erase(key);
        } else {
            Bytes value = random_bytes(random, 1 + random() % (random() % 20 == 0 ? 9'000 : 90));
            own[key] = value;
            changes[name][key] = std::move(value);
        }
    }
    // A namespace comes into being with its first record, and stays.
    std::erase_if(content,
                  [&](const auto& item) { return !before.contains(item.first) && item.second.empty(); });
    return changes;
}

} // namespace tidewaiter::support
