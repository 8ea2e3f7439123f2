#include "ledger/state/ics23.hpp"

namespace tidewaiter::state::ics23 {

const Spec& iavl_spec() {
    static const Spec spec{
        .leaf = {.hash = HashOp::Sha256,
                 .prehash_value = HashOp::Sha256,
                 .length = LengthOp::VarProto,
                 .prefix = {0}},
        .inner = {.child_order = {0, 1},
                  .child_size = 33,
                  .min_prefix_length = 4,
                  .max_prefix_length = 12,
                  .empty_child = {},
                  .hash = HashOp::Sha256},
        .inner_prefix = {},
    };
    return spec;
}

const Spec& tendermint_spec() {
    static const Spec spec{
        .leaf = {.hash = HashOp::Sha256,
                 .prehash_value = HashOp::Sha256,
                 .length = LengthOp::VarProto,
                 .prefix = {0}},
        .inner = {.child_order = {0, 1},
                  .child_size = 32,
                  .min_prefix_length = 1,
                  .max_prefix_length = 1,
                  .empty_child = {},
                  .hash = HashOp::Sha256},
        .inner_prefix = {},
    };
    return spec;
}

const Spec& smt_spec() {
    static const Spec spec{
        .leaf = {.hash = HashOp::Sha256,
                 .prehash_key = HashOp::Sha256,
                 .prehash_value = HashOp::Sha256,
                 .length = LengthOp::NoPrefix,
                 .prefix = {0}},
        .inner = {.child_order = {0, 1},
                  .child_size = 32,
                  .min_prefix_length = 1,
                  .max_prefix_length = 1,
                  .empty_child = Bytes(32),
                  .hash = HashOp::Sha256},
        .max_depth = 256,
        .prehash_key_before_comparison = true,
        .inner_prefix = {},
    };
    return spec;
}

namespace {

Spec exact(Spec spec) {
    spec.exact_prefixes = true;
    spec.inner_prefix = {1};
    spec.max_depth = 256;
    return spec;
}

} // namespace

const Spec& namespace_spec() {
    static const Spec spec = exact(smt_spec());
    return spec;
}

const Spec& application_spec() {
    static const Spec spec = exact(tendermint_spec());
    return spec;
}

} // namespace tidewaiter::state::ics23
