#include "daemon/files/files.hpp"
#include "daemon/keys/private_key.hpp"
#include "daemon/log/log.hpp"
#include "daemon/loop/http_server.hpp"
#include "daemon/node/api.hpp"
#include "daemon/node/options.hpp"
#include "daemon/node/relay_driver.hpp"
#include "ledger/crypto/random.hpp"

#include <csignal>
#include <cstdio>

namespace {

using namespace tidewaiter;

node::Moment clock_now() {
    using namespace std::chrono;
    const auto wall = system_clock::now().time_since_epoch();
    const auto whole = duration_cast<seconds>(wall);
    return {
        .wall = {whole.count(), static_cast<std::uint32_t>(duration_cast<nanoseconds>(wall - whole).count())},
        .monotonic_ms = duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count()};
}

/// Makes blocks when they are due, and tells the relay.
class Producer {
  public:
    Producer(loop::Loop& loop, node::SoloEngine& engine) : loop_(loop), engine_(engine) {}

    void start(node::RelayDriver* relay) {
        relay_ = relay;
        timer_ = loop_.every(std::chrono::milliseconds(20), [this] { make_if_due(); });
    }
    void make_if_due() {
        if (!engine_.is_due(clock_now())) return;
        const auto block = engine_.make_block(clock_now());
        if (!block) {
            log::error("node.block", {{"why", block.error()}});
            has_failed_ = true;
            return loop_.stop();
        }
        if (relay_ != nullptr) relay_->publish(*block);
    }
    [[nodiscard]] bool has_failed() const { return has_failed_; }

  private:
    loop::Loop& loop_;
    node::SoloEngine& engine_;
    node::RelayDriver* relay_ = nullptr;
    loop::Timer timer_;
    bool has_failed_ = false;
};

Status run(const std::filesystem::path& config) {
    TW_TRY(const node::Options options, node::read_options(config));
    TW_CHECK(files::make_private_folder(options.data));
    TW_TRY(const files::FolderLock lock, files::FolderLock::acquire(options.data));
    TW_TRY(const Bytes genesis_file, files::read(options.genesis, 64U * 1024 * 1024));
    auto genesis = application::decode_genesis(genesis_file);
    if (!genesis) return within(options.genesis.string(), genesis.error());
    TW_TRY(crypto::PrivateKey validator_key, keys::read_key(options.solo_key));
    TW_TRY(const std::unique_ptr<node::SoloEngine> engine,
           node::SoloEngine::open(
               options.data.string(), *genesis, std::move(validator_key),
               {.heartbeat_ms = options.heartbeat.count(), .block_delay_ms = options.block_delay.count()},
               clock_now()));
    TW_TRY(crypto::PrivateKey relay_key, keys::read_key(options.relay_key));
    node::Relay relay(*engine, std::move(relay_key));

    loop::Loop loop;
    loop.on_signals({SIGINT, SIGTERM}, [&loop](int) { loop.stop(); });
    std::uint64_t seed = 0;
    crypto::system_random().fill({reinterpret_cast<std::uint8_t*>(&seed), sizeof seed});
    Producer producer(loop, *engine);
    const auto submitted = [&producer] { producer.make_if_due(); };
    node::RelayDriver driver(
        loop, *engine, relay,
        {.id = options.relay, .host = options.broker.host, .port = options.broker.port, .seed = seed},
        clock_now, submitted);
    loop::Router router;
    node::add_routes(router, *engine, clock_now, submitted);
    TW_TRY(const std::unique_ptr<loop::HttpServer> server,
           loop::HttpServer::listen(loop, router, {.host = options.http.host, .port = options.http.port}));
    producer.start(&driver);
    driver.start();
    log::info("node.started",
              {{"chain", engine->chain_id()}, {"height", engine->height()}, {"http", server->port()}});
    loop.run();
    log::info("node.stopped", {{"height", engine->height()}});
    if (producer.has_failed()) return fail("node.block", "no block could be made; the log says why");
    return {};
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3 || std::string_view(argv[1]) != "--config") {
        std::fputs("usage: tidewaiter-node --config FILE\n", stderr);
        return 1;
    }
    if (const Status done = run(argv[2]); !done) {
        std::fprintf(stderr, "tidewaiter-node: %s: %s\n", std::string(done.error().code).c_str(),
                     done.error().detail.c_str());
        return 1;
    }
    return 0;
}
