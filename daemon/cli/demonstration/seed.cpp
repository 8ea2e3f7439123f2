#include "daemon/cli/demonstration/seed.hpp"

#include "daemon/cli/demonstration/parties.hpp"
#include "daemon/cli/demonstration/pictures.hpp"
#include "daemon/cli/demonstration/scenario.hpp"
#include "daemon/cli/keys.hpp"
#include "daemon/cli/node_client.hpp"
#include "daemon/cli/signing.hpp"
#include "ledger/chain/hashes.hpp"
#include "ledger/chain/protobuf.hpp"
#include "ledger/claims/anchor.hpp"
#include "ledger/crypto/hash.hpp"
#include "ledger/documents/carnet/acts.hpp"
#include "ledger/documents/identity/effects.hpp"
#include "ledger/documents/reference/reference.hpp"

namespace tidewaiter::cli {

namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::uint32_t kIdentityPut = 96;
constexpr std::uint32_t kReferencePut = 112;
constexpr std::uint8_t kOriginRevoke = 36;
constexpr std::uint32_t kTrustingPeriod = 21 * 86'400;

class Seed {
  public:
    Seed(const SeedOptions& options, Parties parties, NodeClient node)
        : options_(options), parties_(std::move(parties)), node_(std::move(node)) {}

    Status run() {
        TW_TRY(json::Value file, read_json(options_.from / "seed.json"));
        TW_CHECK(register_offices());
        TW_CHECK(register_keys());
        TW_CHECK(register_devices_and_officers());
        TW_CHECK(put_reference());
        TW_CHECK(plan(file));
        TW_CHECK(issue_carnets());
        TW_CHECK(stamp_carnets());
        TW_CHECK(issue_certificates());
        TW_CHECK(sign_anchor());
        return draw(file);
    }

  private:
    Result<const crypto::PrivateKey*> key(const std::string& name) {
        auto found = keys_.find(name);
        if (found == keys_.end()) {
            TW_TRY(crypto::PrivateKey key, read_key(key_path(options_.data, name)));
            found = keys_.emplace(name, std::move(key)).first;
        }
        return &found->second;
    }

    Status send(ByteView transaction) {
        TW_TRY(std::string id, node_.submit(transaction));
        waiting_.push_back(std::move(id));
        return {};
    }

    Status send_act(std::uint32_t kind, ByteView body, const std::string& signer) {
        TW_TRY(const crypto::PrivateKey* signing, key(signer));
        return send(organisation_transaction(kind, body, options_.now, parties_.chain, *signing));
    }

    /// What comes next rests on what was sent.
    Status settle(const std::string& what) {
        TW_CHECK(node_.wait_included(waiting_));
        options_.say(what + " (" + std::to_string(waiting_.size()) + " transactions)");
        waiting_.clear();
        return {};
    }

    Status put_identity(const std::string& record, identity::Value value, const std::string& territory) {
        const Party* registrar = parties_.registrar(territory);
        if (registrar == nullptr)
            return fail("demonstration.registrar", "parties.json names no registrar of " + territory);
        const identity::Put put{{std::string(identity::kNamespace), record}, std::move(value)};
        return send_act(kIdentityPut, identity::encode(put), registrar->name);
    }

    [[nodiscard]] UnixTime keys_from() const {
        return options_.now - parties_.keys_from_days_ago * kSecondsPerDay;
    }

    Status register_offices() {
        for (const Parties::Office& office : parties_.offices)
            TW_CHECK(
                put_identity(identity::office_record(office.office), office.value, office.value.territory));
        return settle("offices");
    }

    Status register_keys() {
        for (const std::vector<Party>* list : {&parties_.devices, &parties_.certifiers}) {
            for (const Party& party : *list) {
                TW_TRY(const crypto::PrivateKey* secret, key(party.name));
                const identity::Key record = key_record_of(party, secret->public_key(), keys_from());
                TW_CHECK(put_identity(identity::key_record(record.key.id()), record, party.territory));
            }
        }
        return settle("keys of devices and certifiers");
    }

    Status register_devices_and_officers() {
        for (const Party& party : parties_.devices) {
            TW_TRY(const crypto::PrivateKey* secret, key(party.name));
            const identity::Device device{.keys = {secret->public_key().id()},
                                          .territory = party.territory,
                                          .offices = party.offices,
                                          .newest_sequence = std::nullopt,
                                          .checkpoint_head = std::nullopt,
                                          .checkpoint_at = std::nullopt};
            TW_CHECK(put_identity(identity::device_record(party.owner), device, party.territory));
            const identity::Officer officer{
                .from = keys_from(), .to = std::nullopt, .offices = party.offices};
            TW_CHECK(put_identity(identity::officer_record(party.officer), officer, party.territory));
        }
        for (const Party& party : parties_.certifiers) {
            TW_TRY(const crypto::PrivateKey* secret, key(party.name));
            const identity::Organisation organisation{.name = party.title,
                                                      .roles = {party.role},
                                                      .territory = party.territory,
                                                      .keys = {secret->public_key().id()}};
            TW_CHECK(put_identity(identity::organisation_record(party.owner), organisation, party.territory));
        }
        return settle("devices, officers and certifiers");
    }

    Status put_reference() {
        TW_TRY(const json::Value file, read_json(options_.from / "reference.json"));
        TW_TRY(const std::int64_t days, file.at("from_days_ago").integer(1, 3'650));
        TW_TRY(const std::string owner, file.at("owner").text(32));
        TW_TRY(std::vector<PackPlan> packs, plan_packs(file));
        for (PackPlan& pack : packs) {
            const reference::Put put{.name = pack.name,
                                     .from = date_of(options_.now - days * kSecondsPerDay),
                                     .to = std::nullopt,
                                     .version = 1,
                                     .data = std::move(pack.data)};
            TW_CHECK(send_act(kReferencePut, reference::encode(put), owner));
        }
        return settle("reference lists");
    }

    Status plan(const json::Value& file) {
        TW_TRY(const std::vector<json::Field> carnets, file.at("carnets").items());
        for (const json::Field& row : carnets) {
            TW_TRY(const std::string name, row.at("file").text(40));
            TW_TRY(const json::Value carnet, read_json(options_.from / "carnets" / name));
            TW_TRY(const std::string holder, row.at("holder_key").text(32));
            TW_TRY(const crypto::PrivateKey* holder_key, key(holder));
            TW_TRY(CarnetPlan plan, plan_carnet(row, carnet, holder_key->public_key(), options_.now));
            carnets_.push_back(std::move(plan));
        }
        const json::Value* common = file.find("certificate");
        if (common == nullptr) return fail("demonstration.certificate", "seed.json has no \"certificate\"");
        TW_TRY(const std::vector<json::Field> certificates, file.at("certificates").items());
        for (const json::Field& row : certificates) {
            TW_TRY(CertificatePlan plan, plan_certificate(row, *common, options_.now));
            certificates_.push_back(std::move(plan));
        }
        return {};
    }

    Status issue_carnets() {
        using carnet::ActKind;
        const auto number = [](ActKind kind) { return static_cast<std::uint32_t>(kind); };
        for (const CarnetPlan& plan : carnets_) {
            TW_CHECK(node_.put_blob(plan.file.record.key.name_space, plan.file.holder_blob));
            TW_CHECK(send_act(number(ActKind::Issue), carnet::encode(plan.file.record), plan.issuer));
        }
        TW_CHECK(settle("carnets"));
        for (const CarnetPlan& plan : carnets_)
            for (const carnet::ListPage& page : plan.file.pages)
                TW_CHECK(send_act(number(ActKind::ListPage), carnet::encode(page), plan.issuer));
        TW_CHECK(settle("general lists"));
        for (const CarnetPlan& plan : carnets_) {
            const carnet::HolderSign sign{.key = plan.file.record.key,
                                          .revision = plan.file.record.revision,
                                          .cover = carnet::cover_digest(plan.file.record.cover)};
            TW_CHECK(send_act(number(ActKind::HolderSign), carnet::encode(sign), plan.holder_key));
        }
        return settle("holders' signatures");
    }

    Result<DeviceRecord> stamp(const CarnetPlan& carnet, const StampPlan& plan,
                               const std::optional<Hash>& previous, std::uint64_t height) {
        const Party* device = parties_.device(plan.device);
        if (device == nullptr)
            return fail("demonstration.device",
                        "parties.json names no device '" + printable(plan.device, 32) + "'");
        TW_TRY(const crypto::PrivateKey* secret, key(plan.device));
        carnet::Core core;
        core.key = carnet.file.record.key;
        core.sheet = carnet::sheet_for(plan.operation, plan.sheet);
        core.operation = plan.operation;
        core.office = device->offices.front();
        core.at = {plan.at, offset_minutes(device->timezone, plan.at)};
        core.sequence = ++sequences_[plan.device];
        core.lines = plan.lines;
        core.references = plan.references;
        core.date = plan.final_date;
        core.previous = previous;
        core.height_seen = height;
        core.revision = carnet.file.record.revision;
        carnet::Attachments attachments;
        attachments.officer = device->officer;
        attachments.decision = carnet::Decision::Released;
        attachments.journal_head =
            crypto::sha256(as_bytes(plan.device + " " + std::to_string(core.sequence)));
        return device_transaction(std::move(core), attachments, parties_.chain, *secret);
    }

    Status stamp_carnets() {
        TW_TRY(const json::Value status, node_.status());
        TW_TRY(const std::int64_t height, status.at("height").integer());
        for (const CarnetPlan& carnet : carnets_) {
            std::optional<Hash> previous;
            for (const StampPlan& plan : carnet.stamps) {
                Result<DeviceRecord> made = stamp(carnet, plan, previous, static_cast<std::uint64_t>(height));
                if (!made) return within(carnet.file.record.key.key, std::move(made).error());
                TW_CHECK(send(made->transaction));
                previous = made->id;
            }
        }
        return settle("stamps of other ports");
    }

    Status issue_certificates() {
        for (const CertificatePlan& plan : certificates_) {
            TW_TRY(const crypto::PrivateKey* secret, key(plan.certifier));
            TW_TRY(const origin::Issue issue, origin::make_issue(plan.file.certificate, plan.file.seed));
            const Bytes payload = origin::issue_payload(issue, options_.now);
            TW_CHECK(send(claims::seal(claims::Type::Transaction, payload, parties_.chain, *secret)));
        }
        TW_CHECK(settle("certificates of origin"));
        for (const CertificatePlan& plan : certificates_) {
            if (!plan.is_revoked) continue;
            TW_TRY(const crypto::PrivateKey* secret, key(plan.certifier));
            const origin::Certificate& certificate = plan.file.certificate;
            origin::Event event;
            event.record = {origin::name_space(certificate.agreement), origin::head_key(certificate.id)};
            event.version = certificate.version;
            const Bytes payload = origin::event_payload(kOriginRevoke, event, options_.now);
            TW_CHECK(send(claims::seal(claims::Type::Transaction, payload, parties_.chain, *secret)));
        }
        return settle("revocations");
    }

    Status sign_anchor() {
        TW_TRY(const Bytes bytes, node_.light_block(1));
        TW_TRY(const chain::LightBlock block, chain::decode_light_block(bytes));
        const chain::Header& header = block.header();
        const claims::Anchor anchor{.chain_id = parties_.chain,
                                    .height = static_cast<std::uint64_t>(header.height),
                                    .header_hash = chain::header_hash(header),
                                    .time = header.time,
                                    .next_validators_hash = header.next_validators_hash,
                                    .trusting_period_seconds = kTrustingPeriod,
                                    .predecessors = {}};
        std::vector<const crypto::PrivateKey*> signers;
        for (int i = 0; i < parties_.threshold; ++i) {
            TW_TRY(const crypto::PrivateKey* secret,
                   key(parties_.administrators.at(static_cast<std::size_t>(i))));
            signers.push_back(secret);
        }
        options_.say("anchor over block 1");
        const Bytes cose = claims::sign_anchor(anchor, signers);
        return files::write_atomically(options_.data / "anchor.cose", ByteView(cose), files::kPublic);
    }

    Status draw(const json::Value& file) {
        std::map<std::string, std::string, std::less<>> claims;
        for (const CertificatePlan& plan : certificates_) {
            TW_TRY(const crypto::PrivateKey* secret, key(plan.certifier));
            TW_TRY(const std::string text, claim_text(plan, parties_.chain, *secret));
            claims.emplace(plan.name, text);
        }
        options_.say("pictures");
        return draw_pictures(file.at("pictures"), claims, options_.data / "pictures");
    }

    const SeedOptions& options_;
    Parties parties_;
    NodeClient node_;
    std::map<std::string, crypto::PrivateKey, std::less<>> keys_;
    std::map<std::string, std::uint32_t, std::less<>> sequences_;
    std::vector<std::string> waiting_;
    std::vector<CarnetPlan> carnets_;
    std::vector<CertificatePlan> certificates_;
};

} // namespace

Status seed_demonstration(const SeedOptions& options) {
    TW_TRY(Parties parties, read_parties(options.from));
    TW_TRY(NodeClient node, NodeClient::at(options.node));
    TW_TRY(const json::Value status, node.status());
    TW_TRY(const std::string chain, status.at("chain").text());
    if (chain != parties.chain)
        return fail("demonstration.chain", "the node at " + printable(options.node) + " keeps chain " +
                                               printable(chain, 50) + ", the demonstration is " +
                                               parties.chain);
    return Seed(options, std::move(parties), std::move(node)).run();
}

} // namespace tidewaiter::cli
