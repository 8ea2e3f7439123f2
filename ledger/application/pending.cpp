#include "ledger/application/pending.hpp"

namespace tidewaiter::application {

std::vector<TransactionResult> overlay_pending(state::Overlay& overlay, std::span<const Bytes> transactions,
                                               const BlockContext& next) {
    std::vector<TransactionResult> results;
    results.reserve(transactions.size());
    for (const Bytes& transaction : transactions)
        results.push_back(apply(overlay, transaction, next));
    return results;
}

} // namespace tidewaiter::application
