#include "ledger/base/assert.hpp"
#include "ledger/state/proof.hpp"

/// No proof may crash or hang the verifier; what is read is written back to the same meaning; and our exact
/// specifications never accept what the published ones refuse.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidewaiter;
    namespace ics23 = state::ics23;
    const auto proof = ics23::decode(ByteView(data, size));
    if (!proof) return 0;
    TW_ASSERT(ics23::decode(ics23::encode(*proof)) == *proof);
    const auto* existence = std::get_if<ics23::ExistenceProof>(&*proof);
    const auto* absence = std::get_if<ics23::NonExistenceProof>(&*proof);
    if (existence == nullptr)
        existence = absence->left ? &*absence->left : absence->right ? &*absence->right : nullptr;
    if (existence == nullptr) return 0;
    const auto root = ics23::calculate(*existence);
    if (!root) return 0;
    const auto holds = [&](const ics23::Spec& spec) {
        if (absence != nullptr) return ics23::verify_absence(spec, *root, *proof, absence->key).has_value();
        return ics23::verify_membership(spec, *root, *proof, existence->key, existence->value).has_value();
    };
    ignore(holds(ics23::iavl_spec()), "only that it ends");
    // The published Tendermint specification stops at 128 steps, ours at 256.
    const bool is_short = existence->path.size() <= 128 &&
                          (absence == nullptr || !absence->right || absence->right->path.size() <= 128);
    TW_ASSERT(!holds(ics23::namespace_spec()) || holds(ics23::smt_spec()));
    TW_ASSERT(!is_short || !holds(ics23::application_spec()) || holds(ics23::tendermint_spec()));
    return 0;
}
