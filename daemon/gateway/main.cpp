#include "daemon/files/files.hpp"
#include "daemon/gateway/gateway.hpp"
#include "daemon/log/log.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace {

using namespace tidewaiter;

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
