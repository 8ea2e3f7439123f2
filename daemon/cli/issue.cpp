#include "daemon/cli/issue.hpp"

#include "daemon/cli/carnet_file.hpp"
#include "daemon/cli/keys.hpp"
#include "daemon/cli/node_client.hpp"
#include "daemon/cli/origin_file.hpp"
#include "daemon/cli/report.hpp"
#include "daemon/cli/signing.hpp"
#include "drivers/symbols/write.hpp"
#include "ledger/application/judge.hpp"
#include "ledger/claims/claim_code.hpp"
#include "ledger/documents/carnet/acts.hpp"

#include <chrono>

namespace tidewaiter::cli {

namespace {

constexpr std::size_t kMaxFileBytes = 4U * 1024 * 1024;
constexpr std::uint8_t kOriginRevoke = 36;
constexpr std::uint8_t kIssuersError = 1;

UnixTime now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

Result<json::Value> read_json_file(const std::string& path) {
    TW_TRY(const std::string text, files::read_text(path, kMaxFileBytes));
    Result<json::Value> value = json::parse(text);
    if (!value) return within(path, std::move(value).error());
    return value;
}

/// The signer at its node, and the chain that both mean.
struct Session {
    NodeClient node;
    crypto::PrivateKey key;
    std::string chain;

    [[nodiscard]] Status send(std::uint32_t kind, ByteView body) const {
        return send_sealed(organisation_transaction(kind, body, now(), chain, key));
    }
    [[nodiscard]] Status send_sealed(ByteView transaction) const {
        TW_TRY(const std::string id, node.submit(transaction));
        return node.wait_included({id});
    }
};
Result<Session> open_session(const std::string& node_url, const std::string& key_path) {
    TW_TRY(NodeClient node, NodeClient::at(node_url));
    TW_TRY(crypto::PrivateKey key, read_key(key_path));
    TW_TRY(const json::Value status, node.status());
    TW_TRY(std::string chain, status.at("chain").text());
    return Session{std::move(node), std::move(key), std::move(chain)};
}

Error no_carnet(const std::string& text) {
    return {"cli.record", "'" + printable(text) + "' names no carnet; write it as ATA US US26/104417"};
}

std::uint32_t number(carnet::ActKind kind) {
    return static_cast<std::uint32_t>(kind);
}

Result<CarnetFile> issue_carnet(const IssueCommand& command) {
    TW_TRY(const json::Value file, read_json_file(command.file));
    std::optional<crypto::PublicKey> holder;
    if (!command.holder_key.empty()) {
        TW_TRY(const std::string text, files::read_text(command.holder_key, kMaxFileBytes));
        TW_TRY(const std::vector<crypto::PublicKey> keys, parse_public_keys(text));
        holder = keys.front();
    }
    Result<CarnetFile> carnet = read_carnet_file(file, holder);
    if (!carnet) return within(command.file, std::move(carnet).error());
    TW_TRY(const Session session, open_session(command.node, command.key));
    TW_CHECK(session.node.put_blob(carnet->record.key.name_space, carnet->holder_blob));
    TW_CHECK(session.send(number(carnet::ActKind::Issue), carnet::encode(carnet->record)));
    for (const carnet::ListPage& page : carnet->pages)
        TW_CHECK(session.send(number(carnet::ActKind::ListPage), carnet::encode(page)));
    return carnet;
}

struct IssuedCertificate {
    documents::RecordKey record;
    std::string text; ///< of its claim code; empty when the file names no shipment
};
Result<IssuedCertificate> issue_certificate(const IssueCommand& command) {
    TW_TRY(const json::Value file, read_json_file(command.file));
    const Result<OriginFile> read = read_origin_file(file);
    if (!read) return within(command.file, read.error());
    TW_TRY(const Session session, open_session(command.node, command.key));
    TW_TRY(const origin::Issue issue, origin::make_issue(read->certificate, read->seed));
    IssuedCertificate issued;
    issued.record = {origin::name_space(issue.agreement), origin::head_key(issue.id)};
    if (read->shipment != origin::Shipment{}) {
        std::vector<std::uint16_t> lines;
        for (std::size_t i = 0; i < read->certificate.lines.size(); ++i)
            lines.push_back(static_cast<std::uint16_t>(i + 1));
        TW_TRY(claims::SealedClaim sealed, claims::make_claim(read->certificate, read->seed, lines,
                                                              read->shipment, session.chain, session.key));
        issued.text = std::move(sealed.text);
    }
    // Without the seed nothing of the certificate can ever be opened: it is kept before anything is sent.
    const std::string seed_path =
        command.seed_file.empty() ? command.file + "." + issued.record.key + ".seed" : command.seed_file;
    const std::string seed = to_hex(read->seed) + "\n";
    TW_CHECK(files::create_exclusively(seed_path, as_bytes(seed)));
    TW_CHECK(session.send_sealed(claims::seal(claims::Type::Transaction, origin::issue_payload(issue, now()),
                                              session.chain, session.key)));
    if (!command.picture.empty() && !issued.text.empty()) {
        TW_TRY(const Bytes picture, symbols::write_qr_png(issued.text));
        TW_CHECK(files::write_atomically(command.picture, ByteView(picture), files::kPublic));
    }
    return issued;
}

int run_carnet_act(const ActCommand& command, carnet::ActKind kind, std::uint8_t reason) {
    const auto key = application::carnet_named_by(command.record);
    if (!key) return report(no_carnet(command.record));
    const auto run = [&]() -> Status {
        TW_TRY(const Session session, open_session(command.node, command.key));
        carnet::CarnetAct act;
        act.key = *key;
        act.reason = reason;
        if (kind == carnet::ActKind::Return) act.on = date_of(now());
        return session.send(number(kind), carnet::encode(act));
    };
    if (const Status done = run(); !done) return report(done.error());
    if (command.is_json)
        say_json({{"namespace", key->name_space}, {"key", key->key}, {"act", carnet::name(kind)}});
    else
        say(std::string(carnet::name(kind)) + " of " + printable(key->key) + " is on the ledger.");
    return kOk;
}

} // namespace

int run_carnet_issue(const IssueCommand& command) {
    const Result<CarnetFile> carnet = issue_carnet(command);
    if (!carnet) return report(carnet.error());
    const documents::RecordKey& key = carnet->record.key;
    if (command.is_json)
        say_json({{"namespace", key.name_space},
                  {"key", key.key},
                  {"pages", static_cast<std::int64_t>(carnet->pages.size())}});
    else
        say("Carnet " + printable(key.key) + " is on the ledger in " + key.name_space + ", its list in " +
            std::to_string(carnet->pages.size()) + " pages.");
    return kOk;
}

int run_origin_issue(const IssueCommand& command) {
    const Result<IssuedCertificate> issued = issue_certificate(command);
    if (!issued) return report(issued.error());
    if (command.is_json) {
        json::Value value{{"namespace", issued->record.name_space}, {"key", issued->record.key}};
        if (!issued->text.empty()) value.set("claim", issued->text);
        say_json(value);
    } else {
        say("Certificate " + issued->record.key + " is on the ledger in " + issued->record.name_space + ".");
        if (!issued->text.empty()) say(issued->text);
    }
    return kOk;
}

int run_carnet_withdraw(const ActCommand& command) {
    return run_carnet_act(command, carnet::ActKind::Withdraw, kIssuersError);
}
int run_carnet_return(const ActCommand& command) {
    return run_carnet_act(command, carnet::ActKind::Return, 0);
}

int run_carnet_sign(const ActCommand& command) {
    const auto key = application::carnet_named_by(command.record);
    if (!key) return report(no_carnet(command.record));
    const auto run = [&]() -> Status {
        TW_TRY(const Session session, open_session(command.node, command.key));
        TW_TRY(const std::optional<Bytes> record, session.node.record(key->name_space, key->key));
        if (!record) return fail("cli.record", "carnet " + key->key + " is not on the ledger");
        TW_TRY(const carnet::Head head, carnet::decode_head(*record));
        const carnet::HolderSign sign{
            .key = *key, .revision = head.revision, .cover = carnet::cover_digest(head.cover)};
        return session.send(number(carnet::ActKind::HolderSign), carnet::encode(sign));
    };
    if (const Status done = run(); !done) return report(done.error());
    if (command.is_json)
        say_json({{"namespace", key->name_space}, {"key", key->key}, {"act", "HOLDER_SIGN"}});
    else
        say("The holder has signed " + printable(key->key) + ".");
    return kOk;
}

int run_origin_revoke(const ActCommand& command) {
    const std::size_t space = command.record.find(' ');
    const documents::RecordKey key{command.record.substr(0, space),
                                   space == std::string::npos ? "" : command.record.substr(space + 1)};
    if (!origin::agreement_of(key.name_space) || !from_hex_fixed<16>(key.key))
        return report(
            {"cli.record", "'" + printable(command.record) + "': expected origin/usmca and 32 hex digits"});
    const auto run = [&]() -> Status {
        TW_TRY(const Session session, open_session(command.node, command.key));
        origin::Event event;
        event.record = key;
        return session.send_sealed(claims::seal(claims::Type::Transaction,
                                                origin::event_payload(kOriginRevoke, event, now()),
                                                session.chain, session.key));
    };
    if (const Status done = run(); !done) return report(done.error());
    if (command.is_json)
        say_json({{"namespace", key.name_space}, {"key", key.key}, {"act", "ORIGIN_REVOKE"}});
    else
        say("Certificate " + key.key + " is revoked.");
    return kOk;
}

} // namespace tidewaiter::cli
