#include "ledger/state/view.hpp"

namespace tidewaiter::state {

Result<std::optional<Bytes>> Overlay::get(std::string_view name_space, std::string_view key) const {
    const auto records = changes_.find(name_space);
    if (records != changes_.end()) {
        const auto found = records->second.find(key);
        if (found != records->second.end()) return found->second;
    }
    return base_.get(name_space, key);
}

void Overlay::put(std::string_view name_space, std::string_view key, Bytes value) {
    changes_[std::string(name_space)].insert_or_assign(std::string(key), std::move(value));
}

void Overlay::erase(std::string_view name_space, std::string_view key) {
    changes_[std::string(name_space)].insert_or_assign(std::string(key), std::nullopt);
}

void Overlay::absorb(const Overlay& other) {
    for (const auto& [name_space, records] : other.changes_) {
        auto& mine = changes_[name_space];
        for (const auto& [key, value] : records)
            mine.insert_or_assign(key, value);
    }
}

Result<std::optional<Bytes>> MemoryView::get(std::string_view name_space, std::string_view key) const {
    const auto found = records_.find({std::string(name_space), std::string(key)});
    if (found == records_.end()) return std::nullopt;
    return found->second;
}

void MemoryView::put(std::string_view name_space, std::string_view key, Bytes value) {
    records_.insert_or_assign({std::string(name_space), std::string(key)}, std::move(value));
}

void MemoryView::apply(const Overlay::Changes& changes) {
    for (const auto& [name_space, records] : changes) {
        for (const auto& [key, value] : records) {
            if (value) {
                put(name_space, key, *value);
            } else {
                records_.erase({name_space, key});
            }
        }
    }
}

} // namespace tidewaiter::state
