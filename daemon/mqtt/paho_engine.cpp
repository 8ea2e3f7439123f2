#include "daemon/mqtt/paho_engine.hpp"

#include "ledger/base/limits.hpp"

#include <mqtt/async_client.h>

#include <algorithm>
#include <filesystem>

namespace tidewaiter::mqtt {

namespace {

constexpr int kQos = 1;
constexpr std::size_t kWindow = 16;
/// mosquitto falls to a crawl when more is under way than it will receive; some room is left for what is not
/// ours.
constexpr std::size_t kWindowMargin = 4;
/// The library's own bounds, above ours so that they never act.
constexpr int kLibraryWindow = 64;
/// Messages that the loop has not taken yet; callbacks cannot slow the broker down, so beyond this the
/// connection goes.
constexpr std::size_t kMaxWaitingBytes = std::size_t{64} * 1024 * 1024;
constexpr std::chrono::milliseconds kGoodBye{1000};

std::string place_of(const Options& options) {
    return options.host + ":" + std::to_string(options.port);
}

int version_of(Version version) {
    return version == Version::V5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
}

std::string_view refusal_text(int code) {
    switch (code) {
    case 1: return "it does not speak this version of MQTT";
    case 2: return "it does not accept the client id";
    case 3: return "it is not available now";
    case 4: return "wrong user or password";
    case 5: return "not authorised";
    default: return "refused";
    }
}

/// Version 5 gives reasons; with 3.1.1 the library leaves that field of a token unset.
std::optional<int> bad_reason(const ::mqtt::token& token, Version version) {
    if (version != Version::V5) return std::nullopt;
    // A refused connection has it as the return code, every other operation in its own field.
    for (const int reason : {static_cast<int>(token.get_reason_code()), token.get_return_code()}) {
        if (reason >= 0x80 && reason <= 0xFF) return reason;
    }
    return std::nullopt;
}

Error connect_failure(const ::mqtt::token& token, const Options& options) {
    const std::string place = place_of(options);
    const int code = token.get_return_code();
    if (const auto reason = bad_reason(token, options.version)) {
        return {"mqtt.refused",
                place + " refused the connection: " + ::mqtt::exception::reason_code_str(*reason)};
    }
    if (code > 0 && code <= 5)
        return {"mqtt.refused", place + " refused the connection: " + std::string(refusal_text(code))};
    if (options.tls) {
        return {"mqtt.unreachable",
                "no safe connection to " + place +
                    ": it is not there, or its certificate is not trusted or is for another name"};
    }
    return {"mqtt.unreachable", "cannot reach " + place + "; is the broker running there?"};
}

Status operation_failure(const ::mqtt::token& token, Version version) {
    if (const auto reason = bad_reason(token, version)) {
        return fail("mqtt.denied", "the broker refused: " + ::mqtt::exception::reason_code_str(*reason));
    }
    return fail("mqtt.lost", "the connection ended before the broker answered");
}

/// A single filter that was refused counts as success with some versions of protocol and library.
Status subscription_status(const ::mqtt::token& token) {
    try {
        const auto response = token.get_subscribe_response();
        for (const auto code : response.get_reason_codes()) {
            if (static_cast<int>(code) >= 0x80)
                return fail("mqtt.denied", "the broker refused the subscription");
        }
    } catch (const std::exception&) {
        // No response attached: the success itself is all there is to know.
        return {};
    }
    return {};
}

std::uint64_t id_of(const ::mqtt::token& token) {
    return reinterpret_cast<std::uintptr_t>(token.get_user_context());
}
void* context_of(std::uint64_t id) {
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(id));
}

} // namespace

struct Engine::Connection final : ::mqtt::iaction_listener {
    Connection(std::uint64_t epoch_used, Options options_used, Report report_used,
               std::shared_ptr<std::atomic<std::size_t>> waiting_bytes_used, const std::string& uri)
        : epoch(epoch_used), options(std::move(options_used)), report(std::move(report_used)),
          waiting_bytes(std::move(waiting_bytes_used)),
          client(uri, options.client_id, ::mqtt::create_options(version_of(options.version), kLibraryWindow),
                 nullptr) {}

    ~Connection() override {
        try {
            // Callbacks run under the library's lock, which this takes: afterwards the last one has left its
            // token.
            ignore(client.is_connected(), "only the lock matters");
        } catch (const std::exception&) {
            return;
        }
    }

    void tell(Happening::Kind kind, std::uint64_t id, Status status) noexcept {
        report(Happening{.kind = kind, .epoch = epoch, .id = id, .status = std::move(status)});
    }

    void on_success(const ::mqtt::token& token) noexcept override {
        switch (token.get_type()) {
        case ::mqtt::token::Type::CONNECT: tell_connected(token); break;
        case ::mqtt::token::Type::SUBSCRIBE:
            tell(Happening::Kind::Subscribed, id_of(token), subscription_status(token));
            break;
        case ::mqtt::token::Type::PUBLISH: tell(Happening::Kind::Published, id_of(token), {}); break;
        case ::mqtt::token::Type::UNSUBSCRIBE:
        case ::mqtt::token::Type::DISCONNECT: break;
        }
    }

    void on_failure(const ::mqtt::token& token) noexcept override {
        switch (token.get_type()) {
        case ::mqtt::token::Type::CONNECT:
            tell(Happening::Kind::Lost, 0, std::unexpected(connect_failure(token, options)));
            break;
        case ::mqtt::token::Type::SUBSCRIBE:
            tell(Happening::Kind::Subscribed, id_of(token), operation_failure(token, options.version));
            break;
        case ::mqtt::token::Type::PUBLISH:
            tell(Happening::Kind::Published, id_of(token), operation_failure(token, options.version));
            break;
        case ::mqtt::token::Type::UNSUBSCRIBE:
        case ::mqtt::token::Type::DISCONNECT: break;
        }
    }

    void tell_connected(const ::mqtt::token& token) noexcept {
        Happening happening{.kind = Happening::Kind::Connected, .epoch = epoch, .window = kWindow};
        try {
            const auto response = token.get_connect_response();
            happening.session_present = response.is_session_present();
            const auto& properties = response.get_properties();
            if (options.version == Version::V5 && properties.contains(::mqtt::property::RECEIVE_MAXIMUM)) {
                const std::size_t most =
                    ::mqtt::get<std::uint16_t>(properties, ::mqtt::property::RECEIVE_MAXIMUM);
                happening.window =
                    std::clamp<std::size_t>(most > kWindowMargin ? most - kWindowMargin : 1, 1, kWindow);
            }
        } catch (const std::exception&) {
            // A response without details is one of a broker that keeps no session.
            happening.session_present = false;
        }
        report(std::move(happening));
    }

    void on_message(const ::mqtt::message& message) noexcept {
        const auto& payload = message.get_payload();
        Happening happening{.kind = Happening::Kind::Message, .epoch = epoch};
        happening.message.topic = message.get_topic();
        if (payload.size() > limits::kMaxMqttPayloadBytes) {
            happening.kind = Happening::Kind::Oversized;
        } else if (*waiting_bytes + payload.size() > kMaxWaitingBytes) {
            tell(Happening::Kind::Lost, 0,
                 fail("mqtt.lost", "messages came faster than they could be handled"));
            return;
        } else {
            *waiting_bytes += payload.size();
            happening.message.payload.assign(payload.begin(), payload.end());
            happening.message.retained = message.is_retained();
            happening.message.duplicate = message.is_duplicate();
        }
        report(std::move(happening));
    }

    void install_handlers() {
        client.set_message_callback([this](const ::mqtt::const_message_ptr& message) {
            if (message) on_message(*message);
        });
        client.set_connection_lost_handler([this](const std::string&) {
            tell(Happening::Kind::Lost, 0,
                 fail("mqtt.lost", "the connection to " + place_of(options) + " ended"));
        });
        client.set_disconnected_handler([this](const ::mqtt::properties&, ::mqtt::ReasonCode reason) {
            tell(Happening::Kind::Lost, 0,
                 fail("mqtt.lost", place_of(options) + " ended the connection: " +
                                       ::mqtt::exception::reason_code_str(static_cast<int>(reason))));
        });
    }

    const std::uint64_t epoch;
    const Options options;
    const Report report;
    const std::shared_ptr<std::atomic<std::size_t>> waiting_bytes;
    // Last: destroyed first, and no callback comes once it is gone.
    ::mqtt::async_client client;
};

namespace {

::mqtt::ssl_options ssl_options_of(const Tls& tls) {
    ::mqtt::ssl_options ssl;
    ssl.set_trust_store(tls.trust_file.string());
    if (!tls.certificate_file.empty()) ssl.set_key_store(tls.certificate_file.string());
    if (!tls.key_file.empty()) ssl.set_private_key(tls.key_file.string());
    ssl.set_enable_server_cert_auth(true);
    // Off by default in the library: without it a certificate for any name will do.
    ssl.set_verify(true);
    return ssl;
}

/// A named object of which the connect call takes a copy: moved ones lose their properties (edge of this
/// version).
void fill_connect_options(::mqtt::connect_options& to, const Options& options) {
    to.set_mqtt_version(version_of(options.version));
    if (options.version == Version::V5) {
        to.set_clean_start(options.clean);
        ::mqtt::properties properties;
        const auto expiry = options.clean ? std::chrono::seconds(0) : options.session_expiry;
        properties.add(
            {::mqtt::property::SESSION_EXPIRY_INTERVAL, static_cast<std::int32_t>(expiry.count())});
        to.set_properties(properties);
    } else {
        to.set_clean_session(options.clean);
    }
    to.set_keep_alive_interval(static_cast<int>(options.keep_alive.count()));
    to.set_connect_timeout(
        static_cast<int>(std::chrono::ceil<std::chrono::seconds>(options.connect_deadline).count()));
    to.set_automatic_reconnect(false);
    to.set_max_inflight(kLibraryWindow);
    if (!options.user.empty()) to.set_user_name(options.user);
    if (!options.password.empty()) to.set_password(options.password);
    if (options.tls) to.set_ssl(ssl_options_of(*options.tls));
    if (options.will) {
        to.set_will(::mqtt::will_options(options.will->topic, options.will->payload.data(),
                                         options.will->payload.size(), kQos, /*retained=*/false));
    }
}

Status check_readable(const std::filesystem::path& path, bool may_be_left_out) {
    if (path.empty() && may_be_left_out) return {};
    std::error_code failure;
    if (std::filesystem::is_regular_file(path, failure)) return {};
    return fail("mqtt.tls", "\"" + path.string() + "\" is no file that can be read");
}

Status check_tls_files(const Tls& tls) {
    TW_CHECK(check_readable(tls.trust_file, /*may_be_left_out=*/false));
    TW_CHECK(check_readable(tls.certificate_file, /*may_be_left_out=*/true));
    return check_readable(tls.key_file, /*may_be_left_out=*/true);
}

} // namespace

Engine::Engine(Report report)
    : report_(std::move(report)), waiting_bytes_(std::make_shared<std::atomic<std::size_t>>(0)) {
    anchor_ =
        std::make_unique<Connection>(0, Options{}, [](Happening) {}, waiting_bytes_, "tcp://127.0.0.1:1");
}

Engine::~Engine() = default;

Status Engine::start(std::uint64_t epoch, const Options& options) {
    if (options.tls) TW_CHECK(check_tls_files(*options.tls));
    TW_TRY(const std::string address, resolver_.resolve(options.host, options.connect_deadline));
    // With TLS the name must stay, or the certificate could not be checked against it.
    const std::string& host = options.tls ? options.host : address;
    const std::string uri = std::string(options.tls ? "ssl://" : "tcp://") +
                            (host.contains(':') ? "[" + host + "]" : host) + ":" +
                            std::to_string(options.port);
    try {
        current_ = std::make_unique<Connection>(epoch, options, report_, waiting_bytes_, uri);
        current_->install_handlers();
        ::mqtt::connect_options connect_options;
        fill_connect_options(connect_options, options);
        current_->client.connect(connect_options, nullptr, *current_);
    } catch (const std::exception& failure) {
        return fail("mqtt.unreachable", "cannot connect to " + place_of(options) + ": " + failure.what());
    }
    return {};
}

void Engine::connect(std::uint64_t epoch, const Options& options) {
    drop();
    Status status = start(epoch, options);
    if (!status)
        report_(Happening{.kind = Happening::Kind::Lost, .epoch = epoch, .status = std::move(status)});
}

void Engine::subscribe(std::uint64_t epoch, std::uint64_t id, const std::string& filter) {
    if (!current_ || current_->epoch != epoch) return;
    try {
        current_->client.subscribe(filter, kQos, context_of(id), *current_);
    } catch (const std::exception& failure) {
        current_->tell(Happening::Kind::Subscribed, id, fail("mqtt.lost", failure.what()));
    }
}

void Engine::publish(std::uint64_t epoch, std::uint64_t id, const std::string& topic, const Bytes& payload) {
    if (!current_ || current_->epoch != epoch) return;
    try {
        const auto message =
            ::mqtt::make_message(topic, payload.data(), payload.size(), kQos, /*retained=*/false);
        current_->client.publish(message, context_of(id), *current_);
    } catch (const std::exception& failure) {
        current_->tell(Happening::Kind::Published, id, fail("mqtt.lost", failure.what()));
    }
}

void Engine::disconnect(std::uint64_t epoch) {
    if (current_) {
        try {
            const auto token = current_->client.disconnect(static_cast<int>(kGoodBye.count()));
            ignore(token->wait_for(kGoodBye * 2), "it is dropped next, either way");
        } catch (const std::exception&) {
            // Not connected any more: nobody to say good-bye to.
            drop();
        }
    }
    drop();
    report_(Happening{.kind = Happening::Kind::Disconnected, .epoch = epoch});
}

void Engine::drop() {
    current_.reset();
}

} // namespace tidewaiter::mqtt
