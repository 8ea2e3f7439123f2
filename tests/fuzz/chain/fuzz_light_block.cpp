#include "ledger/base/assert.hpp"
#include "ledger/chain/protobuf.hpp"
#include "ledger/chain/validate.hpp"
#include "ledger/chain/verify.hpp"

/// Bytes of a light block: whatever decodes comes back from its own encoding, and can be judged.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidewaiter;
    const auto block = chain::decode_light_block(ByteView(data, size));
    if (!block) {
        TW_ASSERT(!block.error().detail.empty());
        return 0;
    }
    const auto again = chain::decode_light_block(chain::encode(*block), SIZE_MAX);
    TW_ASSERT(again && *again == *block);
    const chain::TrustedBlock itself = chain::trust(*block);
    const chain::Options options{.trusting_period_ns = INT64_MAX};
    chain::TrustedBlock below = itself;
    below.time = chain::kZeroTime;
    // One step down if there is one: once as the block before, once further away.
    for (const std::int64_t gap : {1, 2}) {
        if (block->header().height <= gap) continue;
        below.height = block->header().height - gap;
        below.next_validators_hash = block->header().validators_hash;
        ignore(chain::verify(below, *block, options, block->header().time), "only crashes matter");
    }
    const auto anchor = chain::verify_anchor(*block, itself.chain_id, itself.height, itself.header_hash);
    if (anchor.is_success()) TW_ASSERT(!chain::validate_light_block(*block, itself.chain_id));
    ignore(chain::verify_backwards(itself, *block), "only crashes matter");
    return 0;
}
