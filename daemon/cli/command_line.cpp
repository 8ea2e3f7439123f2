#include "daemon/cli/command_line.hpp"

#include "daemon/cli/demonstration_command.hpp"

#include <CLI/CLI.hpp>

namespace tidewaiter::cli {

namespace {

class CommandLine {
  public:
    CommandLine() {
        app_.require_subcommand(1);
        app_.set_help_all_flag("--help-all", "Help for every command");
        add_demonstration();
    }

    int run(int argc, char** argv) {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return app_.exit(error) == 0 ? 0 : 1;
        }
        return result_;
    }

  private:
    void add_demonstration() {
        CLI::App* group = app_.add_subcommand("demonstration", "Set up the demonstration port; ./run uses it");
        group->require_subcommand(1);
        const auto add = [&](const char* name, const char* help, int (*command)(const DemonstrationOptions&)) {
            CLI::App* sub = group->add_subcommand(name, help);
            sub->add_option("--data", demonstration_.data, "The demonstration's folder")->required();
            sub->add_option("--from", demonstration_.from, "Where its data files are")->capture_default_str();
            sub->add_option("--node", demonstration_.node, "Its ledger node")->capture_default_str();
            sub->add_flag("--json", demonstration_.is_json, "Print JSON");
            sub->callback([this, command] { result_ = command(demonstration_); });
        };
        add("prepare", "Make keys and genesis", run_prepare);
        add("seed", "Register everybody, enter carnets and certificates, draw the pictures", run_seed);
    }

    CLI::App app_{"tidewaiter: what happens to documents at a port of entry", "tidewaiter"};
    int result_ = 0;
    DemonstrationOptions demonstration_;
};

} // namespace

int run_command_line(int argc, char** argv) { return CommandLine().run(argc, argv); }

} // namespace tidewaiter::cli
