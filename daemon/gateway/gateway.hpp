#pragma once

#include "daemon/console/service.hpp"
#include "daemon/decoder/client.hpp"
#include "daemon/gateway/dispatch.hpp"
#include "daemon/gateway/options.hpp"
#include "daemon/loop/http_server.hpp"
#include "daemon/loop/worker.hpp"
#include "drivers/folder/folder.hpp"

namespace tidewaiter::gateway {

/// Set as a gateway's failure when copy.db was altered or damaged: set it aside and open the gateway anew.
inline constexpr std::string_view kCopyDamaged = "copy.damaged";
/// Moves `data`/copy.db out of the way as copy.db.damaged, so that the copy is loaded again. Errors:
/// files.write.
[[nodiscard]] Status set_copy_aside(const std::filesystem::path& data);

/// The whole box: copy, box, desk, sync, decoder, scan folder, console. Built and used on the loop's thread.
class Gateway final : public console::Service {
  public:
    /// The loop outlives the gateway. Errors: files.*, store.*, copy.*, claims and keys that do not fit,
    /// http.listen, folder.*; kCopyDamaged.
    [[nodiscard]] static Result<std::unique_ptr<Gateway>> open(loop::Loop& loop, const Options& options);
    ~Gateway() override;

    void start();
    [[nodiscard]] std::uint16_t http_port() const { return server_->port(); }
    /// Set when storage failed and the loop was stopped.
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

    [[nodiscard]] json::Value status() override;
    [[nodiscard]] console::Answer health() override;
    [[nodiscard]] console::Answer scan_text(application::Scan scan, const std::string& source) override;
    void scan_picture(Bytes picture, std::string source, console::Answered done) override;
    [[nodiscard]] console::Answer stamp(StampOrder order) override;
    [[nodiscard]] Result<std::string> text_of(const VerdictId& verdict) override;
    [[nodiscard]] console::Answer stamps() override;
    [[nodiscard]] console::Answer stamp_state(const Hash& stamp) override;
    [[nodiscard]] console::Answer verdicts() override;
    [[nodiscard]] console::Answer show(const std::string& text) override;
    [[nodiscard]] console::Answer explain(std::uint64_t height) override;

  private:
    struct Parts;
    Gateway(loop::Loop& loop, const Options& options, Parts parts);

    [[nodiscard]] Surroundings surroundings() const;
    [[nodiscard]] console::Answer judged(const Result<Judged>& judged);
    [[nodiscard]] console::Answer judge_symbols(const std::vector<symbols::Symbol>& symbols,
                                                const std::string& source);
    void picture_from_folder(drivers::Reading reading);
    void broken(const Error& error);
    /// Stops with kCopyDamaged when that is what the error means.
    void heed(const Error& error);
    void heed(const Judged& judged);
    [[nodiscard]] console::Answer refused(int status, const Error& error);
    void tick();
    void advanced();
    void send_status();

    loop::Loop& loop_;
    Options options_;
    sync::Copy copy_;
    Box box_;
    Desk desk_;
    std::unique_ptr<sync::Driver> driver_;
    std::unique_ptr<Dispatch> dispatch_;
    decoder::DecoderProcess decoder_; ///< used on the worker's thread alone
    loop::EventHub events_;
    loop::Router router_;
    std::unique_ptr<loop::HttpServer> server_;
    std::unique_ptr<loop::Worker> worker_;
    std::unique_ptr<folder::ScanFolder> folder_;
    std::optional<Error> failure_;
    bool has_header_of_this_boot_ = false;
    loop::Timer tick_;
    loop::Timer checkpoint_;
    loop::Timer stop_;
    loop::Alive alive_;
};

} // namespace tidewaiter::gateway
