#include "daemon/files/files.hpp"
#include "daemon/gateway/gateway.hpp"
#include "daemon/log/log.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace {

using namespace tidewaiter;

/// One life of the gateway: until a signal, or a failure.
Status serve(const gateway::Options& options) {
    loop::Loop loop;
    loop.on_signals({SIGINT, SIGTERM}, [&loop](int) { loop.stop(); });
    TW_TRY(const std::unique_ptr<gateway::Gateway> gateway, gateway::Gateway::open(loop, options));
    gateway->start();
    log::info("gateway.started", {{"device", options.device}, {"http", gateway->http_port()}});
    loop.run();
    log::info("gateway.stopped");
    if (gateway->failure()) return std::unexpected(*gateway->failure());
    return {};
}

Status run(const std::filesystem::path& config) {
    TW_TRY(gateway::Options options, gateway::read_options(config));
    if (options.decoder.empty()) {
        options.decoder =
            std::filesystem::read_symlink("/proc/self/exe").parent_path() / "tidewaiter-decoder";
    }
    // Before any thread runs: the port's local time is part of each stamp.
    setenv("TZ", options.timezone.c_str(), /*overwrite=*/1);
    tzset();
    TW_CHECK(files::make_private_folder(options.data));
    TW_TRY(const files::FolderLock lock, files::FolderLock::acquire(options.data));
    for (bool is_first = true;; is_first = false) {
        const Status ended = serve(options);
        const bool is_copy_damaged = !ended && ended.error().code == gateway::kCopyDamaged;
        // A second time in one life of this process is the disk's fault, not one file's.
        if (!is_copy_damaged || !is_first) return ended;
        log::error("copy.set-aside", {{"why", ended.error()}, {"now", "it is loaded again"}});
        TW_CHECK(gateway::set_copy_aside(options.data));
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3 || std::string_view(argv[1]) != "--config") {
        std::fputs("usage: tidewaiterd --config FILE\n", stderr);
        return 1;
    }
    if (const Status done = run(argv[2]); !done) {
        std::fprintf(stderr, "tidewaiterd: %s: %s\n", std::string(done.error().code).c_str(),
                     done.error().detail.c_str());
        return 1;
    }
    return 0;
}
