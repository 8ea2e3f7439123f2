#include "ledger/chain/types.hpp"

#include "ledger/crypto/hash.hpp"

#include <algorithm>
#include <numeric>

namespace tidewaiter::chain {

Address address_of(const ValidatorKey& key) {
    const Hash hash = crypto::sha256(key);
    Address address;
    std::copy_n(hash.begin(), address.size(), address.begin());
    return address;
}

Validator::Validator(const ValidatorKey& key, std::int64_t power)
    : key_(key), address_(address_of(key)), power_(power) {}

Result<ValidatorSet> ValidatorSet::make(std::vector<Validator> validators) {
    if (validators.empty()) return fail("chain.set.empty", "a validator set needs at least one validator");
    if (validators.size() > limits::kMaxValidators)
        return fail("chain.set.size", std::to_string(validators.size()) + " validators, at most " +
                                          std::to_string(limits::kMaxValidators) + " are allowed");
    ValidatorSet set;
    // Ranges are checked before anything is summed: a negative power must not make up for another.
    for (const Validator& validator : validators) {
        if (validator.power() < 0)
            return fail("chain.set.power", "validator " + to_hex(validator.address()) +
                                               " has the negative power " +
                                               std::to_string(validator.power()));
        if (validator.power() > limits::kMaxTotalVotingPower - set.total_power_)
            return fail("chain.set.total",
                        "the powers sum to more than " + std::to_string(limits::kMaxTotalVotingPower));
        set.total_power_ += validator.power();
    }
    std::ranges::sort(validators, [](const Validator& a, const Validator& b) {
        return a.power() != b.power() ? a.power() > b.power() : a.address() < b.address();
    });
    set.validators_ = std::move(validators);
    set.by_address_.resize(set.validators_.size());
    std::iota(set.by_address_.begin(), set.by_address_.end(), 0U);
    const auto address = [&](std::uint32_t index) -> const Address& {
        return set.validators_[index].address();
    };
    std::ranges::sort(set.by_address_, {}, address);
    const auto twin = std::ranges::adjacent_find(set.by_address_, {}, address);
    if (twin != set.by_address_.end())
        return fail("chain.set.duplicate",
                    "validator " + to_hex(address(*twin)) + " stands twice in the set");
    return set;
}

std::optional<std::size_t> ValidatorSet::find(const Address& address) const {
    const auto place = std::ranges::lower_bound(
        by_address_, address, {}, [this](std::uint32_t index) { return validators_[index].address(); });
    if (place == by_address_.end() || validators_[*place].address() != address) return std::nullopt;
    return *place;
}

} // namespace tidewaiter::chain
