#include "ledger/application/organisation.hpp"

#include "ledger/application/context.hpp"
#include "ledger/application/seen.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/documents/carnet/effects.hpp"
#include "ledger/documents/identity/effects.hpp"
#include "ledger/documents/identity/rights.hpp"
#include "ledger/documents/origin/certificate.hpp"
#include "ledger/documents/reference/reference.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace tidewaiter::application {

namespace {

using identity::Target;

/// A body that was decoded: what it is about, which facts its right depends on, what it does.
struct Plan {
    Target target;
    /// Beyond the table of rights: facts that only the body and the signer's key tell together.
    std::function<Status(const identity::Key&)> also = [](const identity::Key&) { return Status{}; };
    std::function<Status(state::Overlay&)> effect;
};
struct Request {
    const state::View& view;
    const OrganisationPart& part;
    const BlockContext& block;
    crypto::KeyId signer;
};

Result<std::optional<carnet::Head>> find_carnet(const state::View& view, const documents::RecordKey& key) {
    TW_CHECK(carnet::split_key(key));
    TW_TRY(const std::optional<Bytes> bytes, view.get(key.name_space, key.key));
    if (!bytes) return std::optional<carnet::Head>{};
    TW_TRY(carnet::Head head, carnet::decode_head(*bytes));
    return std::optional(std::move(head));
}

Result<Target> carnet_target(const state::View& view, const documents::RecordKey& key, bool must_exist) {
    Target target;
    target.record = key;
    TW_TRY(const std::optional<carnet::Head> head, find_carnet(view, key));
    if (!head) {
        if (must_exist)
            return fail("application.unknown-record",
                        "carnet " + printable(key.key) +
                            " is not on the ledger; its issuer must issue it first");
        return target;
    }
    target.issuer = head->issuer;
    if (head->holder_key) target.holder = head->holder_key->id();
    target.issuing_association = head->cover.issuing_association;
    target.guaranteeing_association = head->cover.guaranteeing_association;
    return target;
}

/// Effects that look at reference lists look at those in force on the block's day.
Result<carnet::ReferenceData> reference_of(const state::View& view, const BlockContext& block) {
    return carnet::reference_data(view, date_of(block.time.seconds));
}

Result<Plan> plan_issue(const Request& request) {
    TW_TRY(carnet::CoverRecord record, carnet::decode_cover_record(request.part.body));
    Plan plan;
    TW_TRY(plan.target, carnet_target(request.view, record.key, /*must_exist=*/false));
    const std::string association = record.cover.issuing_association;
    plan.also = [association](const identity::Key& key) -> Status {
        if (key.owner == association) return {};
        return fail("application.not-entitled", "the cover names '" + printable(association) +
                                                    "' as issuing association, the signer is '" + key.owner +
                                                    "'");
    };
    plan.effect = [record = std::move(record), request](state::Overlay& state) -> Status {
        TW_TRY(const carnet::ReferenceData reference, reference_of(state, request.block));
        return carnet::issue(state, record, request.signer, inclusion_of(request.block), reference);
    };
    return plan;
}

Result<Plan> plan_list_page(const Request& request) {
    TW_TRY(carnet::ListPage page, carnet::decode_list_page(request.part.body));
    Plan plan;
    TW_TRY(plan.target, carnet_target(request.view, page.key, /*must_exist=*/true));
    plan.effect = [page = std::move(page), request](state::Overlay& state) -> Status {
        TW_TRY(const carnet::ReferenceData reference, reference_of(state, request.block));
        return carnet::add_list_page(state, page, inclusion_of(request.block), reference);
    };
    return plan;
}

Result<Plan> plan_carnet_act(const Request& request) {
    TW_TRY(carnet::CarnetAct act, carnet::decode_carnet_act(request.part.body));
    Plan plan;
    TW_TRY(plan.target, carnet_target(request.view, act.key, /*must_exist=*/true));
    plan.effect = [act = std::move(act), request](state::Overlay& state) -> Status {
        TW_TRY(const carnet::ReferenceData reference, reference_of(state, request.block));
        return carnet::act(state, static_cast<carnet::ActKind>(request.part.kind), act, request.part.at,
                           request.signer, inclusion_of(request.block), reference);
    };
    return plan;
}

Result<Plan> plan_add_sheets(const Request& request) {
    TW_TRY(carnet::AddSheets act, carnet::decode_add_sheets(request.part.body));
    Plan plan;
    TW_TRY(plan.target, carnet_target(request.view, act.key, /*must_exist=*/true));
    plan.effect = [act = std::move(act), request](state::Overlay& state) {
        return carnet::add_sheets(state, act, inclusion_of(request.block));
    };
    return plan;
}

Result<Plan> plan_holder_bind(const Request& request) {
    TW_TRY(carnet::HolderBind act, carnet::decode_holder_bind(request.part.body));
    Plan plan;
    TW_TRY(plan.target, carnet_target(request.view, act.key, /*must_exist=*/true));
    plan.effect = [act = std::move(act), request](state::Overlay& state) {
        return carnet::bind_holder(state, act, inclusion_of(request.block));
    };
    return plan;
}

Result<Plan> plan_holder_sign(const Request& request) {
    TW_TRY(carnet::HolderSign act, carnet::decode_holder_sign(request.part.body));
    Plan plan;
    TW_TRY(plan.target, carnet_target(request.view, act.key, /*must_exist=*/true));
    plan.effect = [act = std::move(act), request](state::Overlay& state) {
        return carnet::sign_holder(state, act, inclusion_of(request.block));
    };
    return plan;
}

Result<Plan> plan_origin_issue(const Request& request) {
    cbor::Reader reader(request.part.body);
    origin::Issue issue = origin::read_issue(reader);
    TW_CHECK(reader.finish());
    Plan plan;
    plan.target.record = {origin::name_space(issue.agreement), origin::head_key(issue.id)};
    plan.effect = [issue = std::move(issue), request](state::Overlay& state) {
        return origin::apply_issue(state, issue, request.signer, inclusion_of(request.block));
    };
    return plan;
}

Result<Plan> plan_origin_event(const Request& request) {
    cbor::Reader reader(request.part.body);
    origin::EventRecord record{.kind = static_cast<std::uint8_t>(request.part.kind),
                               .event = origin::read_event(reader),
                               .at = request.part.at,
                               .signer = request.signer,
                               .inclusion = inclusion_of(request.block)};
    TW_CHECK(reader.finish());
    const documents::RecordKey& key = record.event.record;
    if (!origin::agreement_of(key.name_space))
        return fail("application.record",
                    "a certificate lies in origin/nafta, origin/usmca or origin/cafta, not in " +
                        printable(key.name_space));
    TW_TRY(const std::optional<origin::Head> head, origin::find_head(request.view, key));
    if (!head)
        return fail("application.unknown-record",
                    "certificate " + printable(key.key) + " is not on the ledger");
    Plan plan;
    plan.target.record = key;
    plan.target.issuer = head->certifier;
    TW_TRY(const std::optional<identity::Key> certifier, identity::find_key(request.view, head->certifier));
    if (certifier) plan.target.territory = certifier->territory;
    plan.effect = [record = std::move(record)](state::Overlay& state) {
        return origin::apply_event(state, record);
    };
    return plan;
}

Result<Plan> plan_identity_put(const Request& request) {
    TW_TRY(identity::Put put, identity::decode_put(request.part.body));
    Plan plan;
    plan.target.record = put.record;
    plan.target.territory = identity::territory_of(put);
    plan.effect = [put = std::move(put)](state::Overlay& state) { return identity::apply_put(state, put); };
    return plan;
}

Result<Plan> plan_for_key(const Request& request, const crypto::KeyId& kid) {
    TW_TRY(const std::optional<identity::Key> key, identity::find_key(request.view, kid));
    if (!key) return fail("application.unknown-record", "key " + to_hex(kid) + " is not registered");
    Plan plan;
    plan.target.record = {std::string(identity::kNamespace), identity::key_record(kid)};
    plan.target.territory = key->territory;
    return plan;
}

Result<Plan> plan_rotate(const Request& request) {
    TW_TRY(const identity::Rotate rotate, identity::decode_rotate(request.part.body));
    TW_TRY(Plan plan, plan_for_key(request, rotate.old_kid));
    plan.effect = [rotate](state::Overlay& state) { return identity::apply_rotate(state, rotate); };
    return plan;
}

Result<Plan> plan_revoke(const Request& request) {
    TW_TRY(const identity::Revoke revoke, identity::decode_revoke(request.part.body));
    TW_TRY(Plan plan, plan_for_key(request, revoke.kid));
    plan.effect = [revoke, request](state::Overlay& state) {
        return identity::apply_revoke(state, revoke, inclusion_of(request.block));
    };
    return plan;
}

Result<Plan> plan_reference(const Request& request) {
    TW_TRY(reference::Put put, reference::decode_put(request.part.body));
    Plan plan;
    plan.target.record = {std::string(reference::kNamespace), reference::record_key(put.name, put.from)};
    TW_TRY(plan.target.name_owner, reference::owner_of(request.view, put.name));
    plan.effect = [put = std::move(put), request](state::Overlay& state) {
        return reference::put(state, put, request.signer, inclusion_of(request.block));
    };
    return plan;
}

struct Planner {
    std::uint32_t kind;
    Result<Plan> (*plan)(const Request&);
};
/// Grows with the kinds that this version applies; the table of rights says which those are.
constexpr std::array kPlanners{
    Planner{1, plan_issue},         Planner{2, plan_list_page},     Planner{4, plan_carnet_act},
    Planner{6, plan_holder_bind},   Planner{7, plan_holder_sign},   Planner{9, plan_carnet_act},
    Planner{10, plan_carnet_act},   Planner{11, plan_carnet_act},   Planner{12, plan_add_sheets},
    Planner{13, plan_carnet_act},   Planner{32, plan_origin_issue}, Planner{36, plan_origin_event},
    Planner{37, plan_origin_event}, Planner{38, plan_origin_event}, Planner{96, plan_identity_put},
    Planner{97, plan_rotate},       Planner{98, plan_revoke},       Planner{112, plan_reference},
};

Result<const identity::Right*> known_right(std::uint32_t kind) {
    const identity::Right* right = identity::right_for(/*is_device=*/false, kind);
    if (right == nullptr)
        return fail("application.kind",
                    "no transaction has kind " + std::to_string(kind) + "; see the list of kinds");
    if (!right->is_known)
        return fail("application.kind", "this version does not know " + std::string(right->name) + " (kind " +
                                            std::to_string(kind) +
                                            "); upgrade the members before it is used");
    return right;
}

/// The key that must have signed: a registered one, or the holder's that stands in the record.
struct SigningKey {
    std::optional<identity::Key> registered;
    std::optional<crypto::PublicKey> key;
};
Result<SigningKey> signing_key(const state::View& view, const identity::Right& right, const Plan& plan,
                               const crypto::KeyId& kid) {
    SigningKey signing;
    if (right.relation == identity::Relation::HolderKey) {
        TW_TRY(const std::optional<carnet::Head> head, find_carnet(view, plan.target.record));
        if (head && head->holder_key && head->holder_key->id() == kid) signing.key = head->holder_key;
        if (!signing.key)
            return fail("application.not-entitled",
                        "key " + to_hex(kid) +
                            " is not the holder's key bound in this carnet; its issuer binds one");
        return signing;
    }
    TW_TRY(signing.registered, identity::find_key(view, kid));
    if (!signing.registered)
        return fail("application.unknown-signer",
                    "key " + to_hex(kid) +
                        " is not registered on this chain; its registrar must register it");
    signing.key = signing.registered->key;
    return signing;
}

Status check_key(const identity::Key& key, const BlockContext& block) {
    if (identity::is_revoked(key))
        return fail("application.revoked", "the signer's key is revoked since " + format_utc(*key.since) +
                                               "; sign with its successor");
    if (!identity::is_within_dates(key, block.time.seconds))
        return fail("application.key-dates", "the signer's key is not valid at " +
                                                 format_utc(block.time.seconds) +
                                                 "; ask the registrar for new dates");
    return {};
}

Status check_window(UnixTime at, const BlockContext& block) {
    const UnixTime now = block.time.seconds;
    if (at + kOrganisationWindowSeconds < now)
        return fail("application.time", "signed at " + format_utc(at) + ", more than 24 hours before " +
                                            format_utc(now) + "; sign it again");
    if (at > now + ahead_margin(block))
        return fail("application.time", "signed at " + format_utc(at) + ", which lies ahead of " +
                                            format_utc(now) + "; correct the signer's clock");
    return {};
}

} // namespace

Status apply_organisation(state::Overlay& state, const Transaction& transaction, const BlockContext& block,
                          TransactionInfo& info) {
    const OrganisationPart& part = *transaction.organisation();
    info.kind = part.kind;
    TW_TRY(const identity::Right* right, known_right(part.kind));
    const auto* planner = std::ranges::find(kPlanners, part.kind, &Planner::kind);
    TW_ASSERT(planner != kPlanners.end());
    const crypto::KeyId kid = transaction.envelope.key_id;
    // A stranger learns nothing but that it is one.
    if (right->relation != identity::Relation::HolderKey) {
        TW_TRY(const std::optional<identity::Key> known, identity::find_key(state, kid));
        if (!known)
            return fail("application.unknown-signer",
                        "key " + to_hex(kid) +
                            " is not registered on this chain; its registrar must register it");
    }
    TW_TRY(const Plan plan, planner->plan({state, part, block, kid}));
    info.record = plan.target.record;
    TW_TRY(const SigningKey signing, signing_key(state, *right, plan, kid));
    TW_TRY(info.signed_for, verify_signature(transaction.envelope, block, *signing.key));
    info.id = claims::envelope_id(transaction.envelope, info.signed_for);
    if (signing.registered) TW_CHECK(check_key(*signing.registered, block));
    TW_CHECK(identity::check_right(*right, kid, signing.registered ? &*signing.registered : nullptr,
                                   plan.target, state));
    if (signing.registered) TW_CHECK(plan.also(*signing.registered));
    TW_CHECK(check_window(part.at, block));
    TW_TRY(const bool seen, was_seen(state, info.id, part.at));
    if (seen)
        return fail("application.duplicate", "this transaction was applied before; nothing is left to do");
    state::Overlay scratch(state);
    TW_CHECK(plan.effect(scratch));
    TW_CHECK(remember(scratch, info.id, part.at));
    state.absorb(scratch);
    return {};
}

} // namespace tidewaiter::application
