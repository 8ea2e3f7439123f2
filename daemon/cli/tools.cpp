#include "daemon/cli/tools.hpp"

#include "daemon/cli/keys.hpp"
#include "daemon/cli/report.hpp"
#include "ledger/documents/carnet/rulebook.hpp"
#include "ledger/documents/origin/rules.hpp"
#include "ledger/documents/rulebook.hpp"

#include <algorithm>

namespace tidewaiter::cli {

int run_rules(bool is_json) {
    std::vector<const documents::RuleInfo*> rules;
    for (const documents::RuleInfo& rule : carnet::rules())
        rules.push_back(&rule);
    for (const documents::RuleInfo& rule : documents::general_rules())
        rules.push_back(&rule);
    for (const documents::RuleInfo& rule : origin::rulebook())
        rules.push_back(&rule);
    std::ranges::sort(rules, {}, [](const documents::RuleInfo* rule) { return rule->id; });
    for (const documents::RuleInfo* rule : rules) {
        const std::string severity(1, documents::letter(rule->severity));
        if (is_json)
            say_json({{"rule", rule->id},
                      {"severity", severity},
                      {"citation", rule->citation},
                      {"text", rule->condition}});
        else
            say(std::string(rule->id) + " " + severity + "  " + std::string(rule->condition) + "  <" +
                std::string(rule->citation) + ">");
    }
    return kOk;
}

int run_keygen(const KeygenCommand& command) {
    const auto make = [&]() -> Result<crypto::PublicKey> {
        if (command.only_public) {
            TW_TRY(const crypto::PrivateKey key, read_key(command.path));
            return key.public_key();
        }
        TW_TRY(const crypto::Algorithm algorithm, algorithm_from(command.algorithm));
        const crypto::PrivateKey key = crypto::PrivateKey::generate(algorithm);
        TW_CHECK(create_key(command.path, key));
        return key.public_key();
    };
    const Result<crypto::PublicKey> key = make();
    if (!key) return report(key.error());
    if (command.is_json)
        say_json({{"algorithm", crypto::algorithm_name(key->algorithm())},
                  {"public", to_hex(key->raw())},
                  {"kid", to_hex(key->id())},
                  {"line", public_key_line(*key)}});
    else
        say(public_key_line(*key));
    return kOk;
}

} // namespace tidewaiter::cli
