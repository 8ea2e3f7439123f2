#include "ledger/store/records_impl.hpp"

namespace tidewaiter::store {
namespace {

std::string name_of(std::int64_t name_space, std::string_view key) {
    std::string name = std::to_string(name_space);
    name.reserve(name.size() + 1 + key.size());
    name += '/';
    name += key;
    return name;
}

} // namespace

const RecentReads::Value* RecentReads::find(std::int64_t name_space, std::string_view key) {
    std::string name = name_of(name_space, key);
    const auto young = young_.find(name);
    if (young != young_.end()) return &young->second;
    const auto old = old_.find(name);
    if (old == old_.end()) return nullptr;
    Value value = std::move(old->second);
    old_.erase(old);
    return keep(std::move(name), std::move(value));
}

void RecentReads::put(std::int64_t name_space, std::string_view key, const Value& value) {
    if (value && value->size() > kGenerationBytes / 4) return;
    keep(name_of(name_space, key), value);
}

const RecentReads::Value* RecentReads::keep(std::string name, Value value) {
    const std::size_t bytes = name.size() + (value ? value->size() : 0) + sizeof(Generation::value_type);
    if (young_bytes_ + bytes > kGenerationBytes) {
        old_ = std::move(young_);
        young_.clear();
        young_bytes_ = 0;
    }
    young_bytes_ += bytes;
    return &young_.insert_or_assign(std::move(name), std::move(value)).first->second;
}

void RecentReads::clear() {
    young_.clear();
    old_.clear();
    young_bytes_ = 0;
}

} // namespace tidewaiter::store
