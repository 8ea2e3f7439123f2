#include "daemon/cli/command_line.hpp"

#include "daemon/cli/demonstration_command.hpp"
#include "daemon/cli/desk.hpp"
#include "daemon/cli/inspect.hpp"
#include "daemon/cli/issue.hpp"
#include "daemon/cli/light.hpp"
#include "daemon/cli/report.hpp"
#include "daemon/cli/tools.hpp"
#include "ledger/base/bytes.hpp"

#include <CLI/CLI.hpp>

namespace tidewaiter::cli {

namespace {

/// Option values live as long as the parser that fills them.
class CommandLine {
  public:
    CommandLine() {
        app_.require_subcommand(1);
        app_.set_help_all_flag("--help-all", "Help for every command");
        app_.set_version_flag("--version", "tidewaiter 0.1.0");
        app_.footer("Exit codes: 0 clear or done, 1 error, 2 refuse, 3 officer decides, 4 cannot tell, 5 no "
                    "daemon answers, "
                    "6 does not verify. See docs/cli.md.");
        add_desk();
        add_stamp();
        add_inspect();
        add_light();
        add_documents();
        add_tools();
        add_demonstration();
    }

    int execute(int argc, char** argv) {
        // The parser would only say that a command is missing.
        const auto is_asked = [&](const CLI::App* sub) { return sub->check_name(argv[1]); };
        if (argc > 1 && argv[1][0] != '-' && app_.get_subcommands(is_asked).empty())
            return report(
                {"cli.command", "no command '" + printable(argv[1], 40) + "'; see tidewaiter --help"});
        try {
            app_.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return app_.exit(error) == 0 ? int{kOk} : int{kError};
        }
        return result_;
    }

  private:
    CLI::App* command(CLI::App& parent, const char* name, const char* help, bool& is_json) {
        CLI::App* sub = parent.add_subcommand(name, help);
        sub->add_flag("--json", is_json, "Print JSON");
        return sub;
    }
    CLI::App* desk_command(const char* name, const char* help) {
        CLI::App* sub = command(app_, name, help, desk_.is_json);
        sub->add_option("--gateway", desk_.gateway, "The gateway's HTTP")->capture_default_str();
        return sub;
    }

    void add_desk() {
        desk_command("status", "Port, copy, connection, stamps that wait")->callback([this] {
            result_ = run_status(desk_);
        });
        desk_command("stamps", "The newest stamps of this gateway")->callback([this] {
            result_ = run_stamps(desk_);
        });
        CLI::App* scan = desk_command("scan", "Judge codes: pictures, scanned texts or typed numbers");
        scan->add_option("input", inputs_,
                         "PICTURE file, text of a code, or a number such as 'ATA GB LO/26/00981'")
            ->required();
        scan->add_option("--receipt", receipts_, "Text of a receipt shown with a code; repeatable");
        scan->callback([this] { result_ = run_scan(desk_, inputs_, receipts_); });
        CLI::App* show = desk_command("show", "A record with its history and balances");
        show->add_option("record", text_,
                         "'ATA US US26/104417', a locator, or 'origin/usmca <32 hex digits>'")
            ->required();
        show->callback([this] { result_ = run_show(desk_, text_); });
        CLI::App* explain = desk_command("explain", "Why a height is believed: the steps to the anchor");
        explain->add_option("height", height_, "Height of a block")->required()->check(CLI::PositiveNumber);
        explain->callback([this] { result_ = run_explain(desk_, height_); });
    }

    void add_stamp() {
        CLI::App* stamp = desk_command("stamp", "Stamp a document");
        stamp->add_option("input", stamp_.input, "PICTURE file, text of a code, or a typed number")
            ->required();
        const auto text = [&](const char* option, const char* field, const char* help) {
            return stamp->add_option_function<std::string>(
                option, [this, field](const std::string& value) { stamp_.fields.set(field, value); }, help);
        };
        const auto number = [&](const char* option, const char* field, const char* help, int max) {
            stamp
                ->add_option_function<int>(
                    option, [this, field](int value) { stamp_.fields.set(field, value); }, help)
                ->check(CLI::Range(0, max));
        };
        const auto flag = [&](const char* option, const char* field, const char* help) {
            stamp->add_flag_callback(option, [this, field] { stamp_.fields.set(field, true); }, help);
        };
        text("--officer", "officer", "The officer's pseudonym")->required();
        text("--operation", "operation",
             "EXPORT, IMPORT, REEXPORT, REIMPORT, VALIDATE, TRANSIT_OPEN, TRANSIT_CLOSE …")
            ->required();
        number("--sheet", "sheet", "Sheet number; the next one that fits when left out", 99);
        text("--lines", "lines", "Lines, such as 1-3,4x10; all that are open when left out");
        stamp
            ->add_option_function<std::vector<int>>(
                "--references",
                [this](const std::vector<int>& values) {
                    stamp_.fields.set("references", json::array_of(values));
                },
                "Sheets discharged")
            ->delimiter(',')
            ->check(CLI::Range(1, 99));
        text("--final-date", "final_date", "YYYY-MM-DD");
        text("--reason", "reason", "Why, where an officer decides");
        text("--second-person", "second_person", "Pseudonym, where two are needed");
        text("--destination", "destination", "Office of destination of a transit");
        text("--not-reexported", "not_reexported", "Lines");
        text("--not-produced", "not_produced", "Lines");
        text("--processed-abroad", "processed_abroad", "Lines");
        text("--not-reimported", "not_reimported", "Lines");
        number("--regularised", "regularised", "1 duty paid, 2 destroyed, 3 abandoned, 4 lost, 5 other", 5);
        stamp->add_option_function<std::vector<std::string>>(
            "--seal",
            [this](const std::vector<std::string>& values) {
                stamp_.fields.set("seals", json::array_of(values));
            },
            "Seal number; repeatable");
        text("--colour", "colour", "Colour of the sheet presented, when it is not the one needed");
        text("--registration", "registration", "Registration number");
        text("--branch", "branch", "Stamp meant where two compete, 64 hex digits");
        stamp->add_option("--answer", stamp_.answers, "RULE=yes or RULE=no; repeatable");
        flag("--booklet-shows-ink", "booklet_shows_ink", "The booklet has a stamp that the copy lacks");
        flag("--issuer-confirms", "issuer_confirms", "The issuer confirmed the guarantee");
        flag("--no-abuse", "stamp_missing_no_abuse", "A stamp is missing and no abuse is suspected");
        stamp->add_flag("--wait", stamp_.waits, "Until the ledger has it");
        stamp->callback([this] { result_ = run_stamp(desk_, stamp_); });
    }

    void add_inspect() {
        CLI::App* inspect = command(app_, "inspect", "Take codes apart: layers, headers, payload, signature",
                                    inspect_.is_json);
        inspect->add_option("input", inspect_.inputs, "PICTURE file or text of a code")->required();
        inspect->add_option("--trust", inspect_.trust, "Certificate or public key, PEM or DER; repeatable")
            ->check(CLI::ExistingFile);
        inspect->add_option("--chain", inspect_.chain, "Chain that codes of ours were signed for")
            ->capture_default_str();
        inspect->add_option("--decoder", inspect_.decoder,
                            "tidewaiter-decoder; beside this program when left out");
        inspect->callback([this] { result_ = run_inspect(inspect_); });
    }

    void add_light() {
        CLI::App* light = command(app_, "light", "Replay a recorded light-client session", is_json_);
        light->add_option("run", text_, "RUN.json")->required();
        light->add_option("--drift", drift_, "Seconds that a header may lie ahead")
            ->capture_default_str()
            ->check(CLI::Range(0, 86'400));
        light->callback([this] { result_ = run_light(text_, drift_, is_json_); });
    }

    void add_documents() {
        CLI::App* carnet = app_.add_subcommand("carnet", "For issuing associations");
        carnet->require_subcommand(1);
        CLI::App* origin = app_.add_subcommand("origin", "For certifiers of origin");
        origin->require_subcommand(1);
        const auto issue = [this](CLI::App& group, const char* help, const char* file,
                                  int (*run)(const IssueCommand&)) {
            CLI::App* sub = command(group, "issue", help, issue_.is_json);
            sub->add_option("file", issue_.file, file)->required();
            sub->add_option("--key", issue_.key, "Private key file of the signer")->required();
            sub->add_option("--node", issue_.node, "The ledger node's HTTP")->capture_default_str();
            sub->callback([this, run] { result_ = run(issue_); });
            return sub;
        };
        issue(*carnet, "Enter a carnet with its general list", "FILE.json, see docs/cli.md", run_carnet_issue)
            ->add_option("--holder-key", issue_.holder_key, "Public key file of the holder");
        CLI::App* certificate = issue(*origin, "Anchor a certificate, print its claim code",
                                      "FILE.json, see docs/cli.md", run_origin_issue);
        certificate->add_option("--picture", issue_.picture, "Draw the claim code into this PNG");
        certificate->add_option("--seed", issue_.seed_file,
                                "Where the seed is kept; beside the file when left out");
        const auto act = [this](CLI::App& group, const char* name, const char* help,
                                int (*run)(const ActCommand&)) {
            CLI::App* sub = command(group, name, help, act_.is_json);
            sub->add_option("record", act_.record, "'ATA US US26/104417' or 'origin/usmca <32 hex digits>'")
                ->required();
            sub->add_option("--key", act_.key, "Private key file of the signer")->required();
            sub->add_option("--node", act_.node, "The ledger node's HTTP")->capture_default_str();
            sub->callback([this, run] { result_ = run(act_); });
        };
        act(*carnet, "sign", "Sign a carnet as its holder", run_carnet_sign);
        act(*carnet, "withdraw", "Withdraw a carnet issued in error", run_carnet_withdraw);
        act(*carnet, "return", "Note that the holder gave it back", run_carnet_return);
        act(*origin, "revoke", "Revoke a certificate", run_origin_revoke);
    }

    void add_tools() {
        command(app_, "rules", "The rules that verdicts cite", is_json_)->callback([this] {
            result_ = run_rules(is_json_);
        });
        CLI::App* keygen = command(app_, "keygen", "Make a key file, print its public line", keygen_.is_json);
        keygen->add_option("file", keygen_.path, "FILE, made with mode 0600")->required();
        keygen->add_option("--algorithm", keygen_.algorithm, "ES256 or Ed25519")->capture_default_str();
        keygen->add_flag("--public", keygen_.only_public,
                         "Only print the public line of a key that is there");
        keygen->callback([this] { result_ = run_keygen(keygen_); });
    }

    void add_demonstration() {
        CLI::App* group =
            app_.add_subcommand("demonstration", "Set up the demonstration port; ./run uses it");
        group->require_subcommand(1);
        const auto add = [&](const char* name, const char* help, int (*run)(const DemonstrationOptions&)) {
            CLI::App* sub = command(*group, name, help, demonstration_.is_json);
            sub->add_option("--data", demonstration_.data, "The demonstration's folder")->required();
            sub->add_option("--from", demonstration_.from, "Where its data files are")->capture_default_str();
            sub->add_option("--node", demonstration_.node, "Its ledger node")->capture_default_str();
            sub->callback([this, run] { result_ = run(demonstration_); });
        };
        add("prepare", "Make keys and genesis", run_prepare);
        add("seed", "Register everybody, enter carnets and certificates, draw the pictures", run_seed);
    }

    CLI::App app_{"tidewaiter: what happens to documents at a port of entry", "tidewaiter"};
    int result_ = 0;
    DeskCommand desk_;
    std::vector<std::string> inputs_;
    std::vector<std::string> receipts_;
    std::string text_;
    std::uint64_t height_ = 0;
    StampCommand stamp_;
    InspectCommand inspect_;
    std::int64_t drift_ = 10;
    bool is_json_ = false;
    IssueCommand issue_;
    ActCommand act_;
    KeygenCommand keygen_;
    DemonstrationOptions demonstration_;
};

} // namespace

int run_command_line(int argc, char** argv) {
    return CommandLine().execute(argc, argv);
}

} // namespace tidewaiter::cli
