#include "ledger/base/assert.hpp"
#include "tests/support/cbor_model.hpp"

/// No input may crash or hang a reader, and what the strict one accepts has one encoding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidewaiter;
    const ByteView input(data, size);
    const bool is_strict = cbor::check(input).has_value();
    const bool is_ours = cbor::check(input, test::kTreeRules).has_value();
    const bool is_well_formed = cbor::diagnostic(input, cbor::kRelaxed).has_value();
    TW_ASSERT(!is_strict || is_ours);
    TW_ASSERT(!is_ours || is_well_formed);
    if (const auto tree = test::read_tree(input)) {
        TW_ASSERT(is_ours);
        TW_ASSERT(equal(test::write_tree(*tree), input));
    }
    cbor::Reader relaxed(input, cbor::kRelaxed);
    ignore(test::read_tree(relaxed), "only that it ends");
    TW_ASSERT(is_well_formed || !relaxed.finish());
    return 0;
}
