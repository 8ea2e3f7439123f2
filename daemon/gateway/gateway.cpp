#include "daemon/gateway/gateway.hpp"

#include "daemon/console/api.hpp"
#include "daemon/console/verdict_json.hpp"
#include "daemon/files/files.hpp"
#include "daemon/gateway/clock.hpp"
#include "daemon/gateway/show.hpp"
#include "daemon/keys/private_key.hpp"
#include "daemon/log/log.hpp"

#include <algorithm>

namespace tidewaiter::gateway {

namespace {

using console::Answer;
using console::to_json;
using std::chrono::milliseconds;

constexpr milliseconds kTick{1'000};
constexpr milliseconds kCheckpoint{600'000};
constexpr milliseconds kFarewell{100};
constexpr milliseconds kDecodeDeadline{4'000};
constexpr std::size_t kPicturesWaiting = 16;
constexpr std::size_t kListed = 50;
constexpr std::int64_t kVerdictsKeptSeconds = 90 * 86'400;
constexpr std::size_t kMaxAnchorBytes = 65'536;
constexpr std::string_view kVersion = "0.1.0";

Answer problem(int status, const Error& error) {
    return {.status = status, .body = {{"error", {{"code", error.code}, {"detail", error.detail}}}}};
}

int status_of(const Error& error) {
    if (error.code == "store.full") return 507;
    return error.code.starts_with("store.") ? 500 : 400;
}

Result<claims::Anchor> read_anchor(const Options& options) {
    TW_TRY(const Bytes file, files::read(options.anchor, kMaxAnchorBytes));
    auto anchor = claims::parse_anchor(file, options.chain);
    if (!anchor) return within(options.anchor.string(), anchor.error());
    TW_TRY(const std::vector<crypto::PublicKey> administrators, read_public_keys(options.administrators));
    const std::size_t signers = claims::count_signers(*anchor, administrators);
    if (signers < options.threshold) {
        return fail("gateway.anchor", options.anchor.string() + " is signed by " + std::to_string(signers) +
                                          " of the administrators in " + options.administrators.string() +
                                          "; " + std::to_string(options.threshold) + " are needed");
    }
    return anchor->anchor;
}

Result<std::vector<sync::Relay>> read_relays(const Options& options) {
    std::vector<sync::Relay> relays;
    for (const Options::Relay& relay : options.relays) {
        TW_TRY(const std::vector<crypto::PublicKey> keys, read_public_keys(relay.key));
        relays.push_back({.id = relay.id,
                          .member = relay.member,
                          .key = keys.front(),
                          .host = relay.broker.host,
                          .port = relay.broker.port});
    }
    return relays;
}

/// What an unreadable picture's verdict says of the cause; nothing when something was read.
std::optional<std::string> why_unreadable(const json::Value& verdict) {
    const json::Value* subject = verdict.find("subject");
    const json::Value* kind = subject == nullptr ? nullptr : subject->find("kind");
    if (kind != nullptr && kind->text_or("") != "unreadable") return std::nullopt;
    const auto details = verdict.at("subject").at("details").items();
    if (details) {
        for (const json::Field& detail : *details) {
            const auto pair = detail.texts();
            if (pair && pair->size() == 2 && pair->front() == "why") return pair->back();
        }
    }
    return "no code could be read in it";
}

} // namespace

Status set_copy_aside(const std::filesystem::path& data) {
    std::error_code error;
    for (const char* rest : {"copy.db-wal", "copy.db-shm"})
        std::filesystem::remove(data / rest, error);
    std::filesystem::rename(data / "copy.db", data / "copy.db.damaged", error);
    if (error)
        return fail("files.write",
                    (data / "copy.db").string() + ": cannot be moved aside: " + error.message());
    return {};
}

struct Gateway::Parts {
    sync::Copy copy;
    Box box;
    crypto::PrivateKey key;
};

Result<std::unique_ptr<Gateway>> Gateway::open(loop::Loop& loop, const Options& options) {
    TW_TRY(const claims::Anchor anchor, read_anchor(options));
    TW_TRY(std::vector<sync::Relay> relays, read_relays(options));
    TW_TRY(crypto::PrivateKey key, keys::read_key(options.key));
    const std::string data = options.data.string();
    auto opened = sync::Copy::open(data + "/copy.db",
                                   {.chain_id = options.chain,
                                    .namespaces = options.namespaces,
                                    .max_clock_drift_ns = options.clock_drift.count() * 1'000'000},
                                   anchor);
    if (!opened && opened.error().code == "store.corrupt") return fail(kCopyDamaged, opened.error().detail);
    TW_TRY(sync::Copy copy, std::move(opened));
    TW_TRY(Box box, Box::open(data, options.box_limit, key.public_key()));
    std::unique_ptr<Gateway> gateway(
        new Gateway(loop, options, {.copy = std::move(copy), .box = std::move(box), .key = std::move(key)}));
    Gateway& self = *gateway;
    std::uint64_t seed = 0;
    crypto::system_random().fill({reinterpret_cast<std::uint8_t*>(&seed), sizeof seed});
    self.driver_ = std::make_unique<sync::Driver>(
        loop, self.copy_,
        sync::DriverOptions{.device = options.device,
                            .relays = std::move(relays),
                            .user = options.broker_user,
                            .password = options.broker_password,
                            .seed = seed},
        sync::Clock{system_now},
        sync::DriverEvents{
            .advanced = [&self](std::uint64_t) { self.advanced(); },
            .connection =
                [&self](bool is_connected) {
                    if (is_connected) {
                        self.dispatch_->connected(system_now());
                    } else {
                        self.dispatch_->disconnected();
                    }
                    self.send_status();
                },
            .receipts = [&self](const wire::ReceiptHint& hint) { self.dispatch_->receipts(hint); },
            .frozen = [&self](const std::string&) { self.send_status(); },
            .broken = [&self](const Error& error) { self.broken(error); }});
    self.dispatch_ = std::make_unique<Dispatch>(
        self.box_, self.copy_, *self.driver_,
        Dispatch::Events{
            .changed = [&self](const OutboxRow& row) { self.events_.send("stamp", to_json(row).dump()); },
            .broken = [&self](const Error& error) { self.broken(error); }});
    console::add_routes(self.router_, self, self.events_);
    TW_TRY(self.server_, loop::HttpServer::listen(loop, self.router_,
                                                  {.host = options.http.host, .port = options.http.port}));
    if (!options.scan_folder.empty()) {
        const loop::Poster poster = loop.poster();
        TW_TRY(self.folder_,
               folder::ScanFolder::open(
                   {.path = options.scan_folder.string(),
                    .now = [] { return system_now().wall.seconds; },
                    .on_problem = [](const Error& error) { log::warning("folder", {{"why", error}}); }},
                   [poster, alive = self.alive_.guard([&self](drivers::Reading reading) {
                       self.picture_from_folder(std::move(reading));
                   })](drivers::Reading reading) mutable {
                       poster.post(
                           [alive, reading = std::move(reading)]() mutable { alive(std::move(reading)); });
                   }));
    }
    return gateway;
}

Gateway::Gateway(loop::Loop& loop, const Options& options, Parts parts)
    : loop_(loop), options_(options), copy_(std::move(parts.copy)), box_(std::move(parts.box)),
      desk_(copy_, box_, {.port = port_of(options), .device = options.device, .is_solo = options.is_solo},
            std::move(parts.key), crypto::system_random()),
      decoder_({.program = options.decoder.string()}),
      worker_(std::make_unique<loop::Worker>("decode", kPicturesWaiting)) {}

Gateway::~Gateway() {
    // What can still call us ends first: the folder's thread, then the worker, then MQTT, then HTTP.
    folder_.reset();
    worker_.reset();
    dispatch_.reset();
    driver_.reset();
    events_.close_all();
    server_.reset();
    if (const Status written = desk_.write_checkpoint(); !written) {
        log::warning("box.checkpoint", {{"why", written.error()}});
    }
}

void Gateway::start() {
    if (const Status started = box_.append_start(system_now().wall.seconds, options_.device); !started) {
        return broken(started.error());
    }
    if (box_.distrust()) log::error("box.distrusted", {{"why", *box_.distrust()}});
    ignore(worker_->submit([this] {
        if (const Status started = decoder_.start(); !started)
            log::error("decoder", {{"why", started.error()}});
    }),
           "the first picture starts it too");
    tick_ = loop_.every(kTick, alive_.guard([this] { tick(); }));
    checkpoint_ = loop_.every(kCheckpoint, alive_.guard([this] {
        if (const Status written = desk_.write_checkpoint(); !written) {
            log::warning("box.checkpoint", {{"why", written.error()}});
        }
        const UnixTime kept_since = system_now().wall.seconds - kVerdictsKeptSeconds;
        if (const Status pruned = box_.forget_verdicts(kept_since); !pruned) broken(pruned.error());
    }));
    driver_->start();
}

void Gateway::broken(const Error& error) {
    log::error("gateway.broken", {{"why", error}});
    if (error.code == "store.full" || error.code == "store.busy") return; // scans say so meanwhile
    heed(error);
    if (failure_) return;
    failure_ = error;
    loop_.stop();
}

void Gateway::heed(const Error& error) {
    if (error.code != "store.corrupt" || !error.detail.contains("/copy.db") || failure_) return;
    log::error("copy.damaged", {{"why", error}});
    failure_ = Error{kCopyDamaged, error.detail};
    // The answer that says so leaves first.
    stop_ = loop_.after(kFarewell, [this] { loop_.stop(); });
}

void Gateway::heed(const Judged& judged) {
    // A record that cannot be believed makes a verdict that cannot tell; the file must go all the same.
    for (const auto& [name, value] : judged.verdict.subject.details) {
        if (name == "error" && value == "store.corrupt") {
            heed(Error{"store.corrupt",
                       (options_.data / "copy.db").string() + ": a record was altered on disk"});
        }
    }
}

Answer Gateway::refused(int status, const Error& error) {
    heed(error);
    return problem(status, error);
}

Surroundings Gateway::surroundings() const {
    const sync::Now now = system_now();
    application::ClockQuality clock = system_clock_quality();
    if (clock == application::ClockQuality::Unconfirmed && has_header_of_this_boot_) {
        clock = application::ClockQuality::HeaderOnly;
    }
    return {.now = now,
            .utc_offset_minutes = utc_offset_minutes(now.wall.seconds),
            .clock = clock,
            .is_connected = driver_->is_connected()};
}

void Gateway::tick() {
    dispatch_->send(system_now());
    if (driver_->is_connected()) {
        std::map<std::string, std::vector<Hash>> missing;
        for (const auto& [name_space, hash] : desk_.take_missing_blobs())
            missing[name_space].push_back(hash);
        for (const auto& [name_space, hashes] : missing)
            driver_->want_blobs(name_space, hashes);
    }
    send_status();
}

void Gateway::advanced() {
    has_header_of_this_boot_ = true;
    dispatch_->advanced(system_now());
    desk_.refresh();
    send_status();
}

void Gateway::send_status() {
    events_.send("status", status().dump());
}

json::Value Gateway::status() {
    const Surroundings around = surroundings();
    const auto view = desk_.view(around);
    const application::CopyFacts facts = desk_.facts(around);
    json::Value copy{{"height", facts.state_height},
                     {"age_seconds", facts.age_seconds},
                     {"loaded", facts.is_loaded},
                     {"progress", driver_->progress()}};
    if (facts.is_loaded) {
        copy.set("header_time", format_time_ns(facts.header_time));
        copy.set("freshness", application::freshness(copy_.view(), desk_.options().port, facts));
    }
    json::Value value{
        {"device", options_.device},
        {"version", kVersion},
        {"chain", options_.chain},
        {"port", {{"office", options_.office}, {"place", options_.place}, {"territory", options_.territory}}},
        {"copy", std::move(copy)},
        {"connected", driver_->is_connected()},
        {"relay", driver_->relay_id()},
        {"pending_stamps", static_cast<std::int64_t>(desk_.pending())},
        {"solo", facts.is_solo},
        {"cross_checked", facts.is_cross_checked},
        {"journal_rows", box_.journal().rows}};
    if (!view) {
        heed(view.error());
        value.set("problem", view.error().detail);
    }
    if (copy_.frozen()) value.set("frozen", *copy_.frozen());
    if (const auto why = desk_.why_not_stamping(); why && *why) value.set("not_stamping", **why);
    if (facts.is_past_trusting_period) value.set("past_trusting_period", true);
    return value;
}

Answer Gateway::health() {
    const bool is_well = copy_.is_loaded() && !copy_.frozen() && !box_.distrust();
    return {.status = is_well ? 200 : 503, .body = {{"healthy", is_well}, {"status", status()}}};
}

Answer Gateway::judged(const Result<Judged>& judged) {
    if (!judged) return refused(status_of(judged.error()), judged.error());
    heed(*judged);
    json::Value body = to_json(*judged);
    events_.send("verdict", body.dump());
    return {.status = 200, .body = std::move(body)};
}

Answer Gateway::scan_text(application::Scan scan, const std::string& source) {
    if (scan.text.size() > limits::kMaxScanChars) {
        return problem(413, {"scan.too-long", "a code has at most " + std::to_string(limits::kMaxScanChars) +
                                                  " characters, this text has " +
                                                  std::to_string(scan.text.size())});
    }
    return judged(desk_.judge(scan, source, surroundings()));
}

Answer Gateway::judge_symbols(const std::vector<symbols::Symbol>& symbols, const std::string& source) {
    // Of several symbols the first of ours is judged; all are listed.
    const auto ours = std::ranges::find_if(symbols, [](const symbols::Symbol& s) {
        return s.text.starts_with("TW1") || s.text.starts_with("TWZ1");
    });
    const symbols::Symbol& chosen = ours == symbols.end() ? symbols.front() : *ours;
    const std::string text = chosen.is_text ? std::string(as_text(chosen.bytes)) : chosen.text;
    Answer answer = scan_text({.text = text}, source);
    if (answer.status == 200) {
        answer.body.set("symbols", json::array_of(symbols, [](const symbols::Symbol& symbol) -> json::Value {
                            return {{"format", symbols::format_name(symbol.format)},
                                    {"text", printable(symbol.text)}};
                        }));
    }
    return answer;
}

void Gateway::scan_picture(Bytes picture, std::string source, console::Answered done) {
    const loop::Poster poster = loop_.poster();
    auto finish = alive_.guard([this, source, done](const Result<std::vector<symbols::Symbol>>& found) {
        if (!found && !decoder::is_unreadable(found.error())) return done(problem(503, found.error()));
        if (!found) return done(judged(desk_.unreadable(source, found.error().detail, surroundings())));
        if (found->empty()) {
            return done(judged(desk_.unreadable(
                source, "no code was found in the picture; hold it closer, flat and in even light",
                surroundings())));
        }
        done(judge_symbols(*found, source));
    });
    const bool is_taken = worker_->submit([this, poster, finish, picture = std::move(picture)]() mutable {
        auto found = decoder_.decode(picture, kDecodeDeadline);
        poster.post([finish, found = std::move(found)]() mutable { finish(found); });
    });
    if (!is_taken) {
        done(problem(503, {"scan.busy", std::to_string(kPicturesWaiting) +
                                            " pictures wait already; try again in a moment"}));
    }
}

void Gateway::picture_from_folder(drivers::Reading reading) {
    const std::string name = reading.name;
    scan_picture(std::move(reading.bytes), "folder", alive_.guard([this, name](const Answer& answer) {
        if (!folder_) return;
        if (answer.status != 200) {
            // Too busy, or no space to keep a verdict: the picture is not at fault and is looked at again.
            log::warning("folder.later", {{"file", name}, {"status", answer.status}});
            const Status left = folder_->postpone(name);
            if (!left) log::warning("folder", {{"why", left.error()}});
            return;
        }
        const std::optional<std::string> why = why_unreadable(answer.body);
        const Status moved = why ? folder_->refuse(name, *why) : folder_->accept(name);
        if (!moved) log::warning("folder", {{"why", moved.error()}});
    }));
}

Answer Gateway::stamp(StampOrder order) {
    const auto stamped = desk_.stamp(order, surroundings());
    if (!stamped) {
        const Error& error = stamped.error().error;
        const bool is_conflict = stamped.error().judged.has_value() && !error.code.starts_with("store.");
        Answer answer =
            problem(is_conflict || error.code == "desk.distrusted" ? 409 : status_of(error), error);
        if (stamped.error().judged) heed(*stamped.error().judged);
        if (stamped.error().judged) answer.body.set("verdict", to_json(*stamped.error().judged));
        return answer;
    }
    json::Value body = to_json(stamped->row);
    if (!stamped->receipt.empty()) body.set("receipt", stamped->receipt);
    body.set("verdict", to_json(stamped->judged));
    events_.send("verdict", to_json(stamped->judged).dump());
    events_.send("stamp", to_json(stamped->row).dump());
    dispatch_->send(system_now());
    return {.status = 201, .body = std::move(body)};
}

Result<std::string> Gateway::text_of(const VerdictId& verdict) {
    TW_TRY(const std::optional<KeptVerdict> kept, box_.verdict(verdict));
    if (!kept || kept->text.empty()) {
        return fail("order.verdict",
                    "no verdict " + to_hex(verdict) + " with its text is kept here; scan again");
    }
    return kept->text;
}

Answer Gateway::stamps() {
    const auto rows = box_.rows(kListed);
    if (!rows) return problem(500, rows.error());
    return {.body = {{"stamps", json::array_of(*rows, [](const OutboxRow& row) { return to_json(row); })}}};
}

Answer Gateway::stamp_state(const Hash& stamp) {
    const auto row = box_.row(stamp);
    if (!row) return problem(500, row.error());
    if (!*row) return problem(404, {"stamp.unknown", "this gateway made no stamp " + to_hex(stamp)});
    return {.body = to_json(**row)};
}

Answer Gateway::verdicts() {
    const auto kept = box_.verdicts(kListed);
    if (!kept) return problem(500, kept.error());
    return {.body = {{"verdicts", json::array_of(*kept, [](const KeptVerdict& verdict) -> json::Value {
                          json::Value value{{"verdict", to_hex(verdict.id)},
                                            {"at", format_utc(verdict.at)},
                                            {"source", verdict.source}};
                          const auto decoded = documents::decode_verdict(verdict.verdict);
                          if (!decoded) return value;
                          const json::Value shown = to_json(*decoded);
                          for (const json::Member& member : shown.members())
                              value.set(member.name, member.value);
                          return value;
                      })}}};
}

Answer Gateway::show(const std::string& text) {
    const Surroundings around = surroundings();
    const auto view = desk_.view(around);
    if (!view) return refused(500, view.error());
    const Date today = local_date({around.now.wall.seconds, around.utc_offset_minutes});
    Result<json::Value> shown =
        fail("show.name", "name a carnet (\"ATA US US26/104417\" or a locator) or a certificate "
                          "(\"origin/usmca <32 hex digits>\")");
    if (const auto carnet = application::carnet_named_by(text)) {
        shown = show_carnet(**view, *carnet, today);
    } else if (const std::size_t space = text.find(' ');
               text.starts_with("origin/") && space != std::string::npos) {
        shown = show_certificate(**view, {text.substr(0, space), text.substr(space + 1)});
    }
    if (!shown)
        return problem(shown.error().code == "show.absent" ? 404 : status_of(shown.error()), shown.error());
    return {.body = *std::move(shown)};
}

Answer Gateway::explain(std::uint64_t height) {
    const store::LightBlocks blocks = copy_.light_blocks();
    const auto known = blocks.get(height);
    if (!known) return problem(500, known.error());
    if (!*known) {
        const auto above = blocks.at_or_above(height);
        std::string detail = "height " + std::to_string(height) + " was not verified by itself";
        if (above && *above) detail += "; the next verified one is " + std::to_string((*above)->height);
        return problem(404, {"explain.height", detail});
    }
    const auto chain = blocks.chain_of(height);
    if (!chain) return problem(500, chain.error());
    json::Value steps = json::array();
    for (const store::VerifiedBlock& block : *chain) {
        std::string_view by = "anchor";
        if (block.by == store::VerifiedBy::Adjacent) by = "adjacent";
        if (block.by == store::VerifiedBy::Skipping) by = "skipping";
        if (block.by == store::VerifiedBy::Backwards) by = "backwards";
        steps.push({{"height", block.height},
                    {"header", to_hex(block.header_hash)},
                    {"time", format_time_ns(block.time)},
                    {"step", by},
                    {"from", block.trusted_height},
                    {"cross_checked", block.is_cross_checked}});
    }
    return {.body = {{"height", height},
                     {"steps", std::move(steps)},
                     {"anchor", to_hex(copy_.anchor().header_hash)}}};
}

} // namespace tidewaiter::gateway
