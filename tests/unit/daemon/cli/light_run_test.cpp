#include "daemon/cli/light_run.hpp"

#include "ledger/chain/hashes.hpp"
#include "tests/support/chain_maker.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace tidewaiter::cli {
namespace {

using chain::Reason;
using json::Value;

Value hash_json(const std::optional<Hash>& hash) {
    return hash ? Value(to_hex(*hash)) : Value();
}

Value block_id_json(const chain::BlockId& id) {
    if (id.is_zero()) return {};
    Value parts;
    parts.set("total", id.parts.total).set("hash", hash_json(id.parts.hash));
    Value out;
    out.set("hash", hash_json(id.hash)).set("parts", parts);
    return out;
}

Value header_json(const chain::Header& header) {
    Value version;
    version.set("block", std::to_string(header.version.block)).set("app", std::to_string(header.version.app));
    Value out;
    out.set("version", version)
        .set("chain_id", header.chain_id)
        .set("height", std::to_string(header.height))
        .set("time", format_time_ns(header.time))
        .set("last_block_id", block_id_json(header.last_block_id))
        .set("last_commit_hash", hash_json(header.last_commit_hash))
        .set("data_hash", hash_json(header.data_hash))
        .set("validators_hash", to_hex(header.validators_hash))
        .set("next_validators_hash", to_hex(header.next_validators_hash))
        .set("consensus_hash", hash_json(header.consensus_hash))
        .set("app_hash", to_hex(header.app_hash))
        .set("last_results_hash", hash_json(header.last_results_hash))
        .set("evidence_hash", hash_json(header.evidence_hash))
        .set("proposer_address", to_hex(header.proposer_address));
    return out;
}

Value commit_json(const chain::Commit& commit) {
    Value entries = json::array();
    for (const chain::CommitSig& entry : commit.signatures) {
        const bool is_absent = entry.flag == chain::BlockIdFlag::Absent;
        Value item;
        item.set("block_id_flag", static_cast<int>(entry.flag))
            .set("validator_address", is_absent ? std::string() : to_hex(entry.address))
            .set("timestamp", format_time_ns(entry.time))
            .set("signature", is_absent ? Value() : Value(to_base64(entry.signature)));
        entries.push(item);
    }
    Value out;
    out.set("height", std::to_string(commit.height))
        .set("round", commit.round)
        .set("block_id", block_id_json(commit.block_id))
        .set("signatures", entries);
    return out;
}

Value set_json(const chain::ValidatorSet& set) {
    Value list = json::array();
    for (const chain::Validator& validator : set.validators()) {
        Value key;
        key.set("type", "tendermint/PubKeyEd25519").set("value", to_base64(validator.key()));
        Value item;
        item.set("address", to_hex(validator.address()))
            .set("pub_key", key)
            .set("voting_power", std::to_string(validator.power()))
            .set("proposer_priority", nullptr);
        list.push(item);
    }
    Value out;
    out.set("validators", list);
    return out;
}

Value signed_header_json(const chain::LightBlock& block) {
    Value out;
    out.set("header", header_json(block.header())).set("commit", commit_json(block.commit()));
    return out;
}

struct Scene {
    test::ChainMaker maker;
    Value file;

    Scene() {
        maker.grow(2);
        maker.add({.votes = {.absent = {3}, .round = 1}});
        maker.grow(2);
        const std::string now = format_time_ns(maker.now());
        Value initial;
        initial.set("signed_header", signed_header_json(maker.at(1)))
            .set("next_validator_set", set_json(maker.at(2).validators))
            .set("trusting_period", "1400000000000")
            .set("now", now);
        Value inputs = json::array();
        for (const std::int64_t height : {3, 4}) {
            Value block;
            block.set("signed_header", signed_header_json(maker.at(height)))
                .set("validator_set", set_json(maker.at(height).validators))
                .set("next_validator_set", set_json(maker.at(height + 1).validators))
                .set("provider", "BADFADAD0BEFEEDC0C0ADEADBEEFC0FFEEFACADE");
            Value input;
            input.set("block", block).set("now", now).set("verdict", "SUCCESS");
            inputs.push(input);
        }
        file.set("description", "two steps").set("initial", initial).set("input", inputs);
    }
};

/// The value at a path like {"input", 0, "block"}, to be changed.
using Path = std::vector<std::variant<std::string, std::size_t>>;

Value replaced(const Value& value, const Path& path, std::size_t depth, const std::optional<Value>& with) {
    if (depth == path.size()) return with.value_or(Value());
    if (const auto* index = std::get_if<std::size_t>(&path[depth])) {
        json::Items items = value.items();
        items[*index] = replaced(items[*index], path, depth + 1, with);
        return Value(std::move(items));
    }
    json::Members members = value.members();
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (members[i].name != std::get<std::string>(path[depth])) continue;
        if (depth + 1 == path.size() && !with) {
            members.erase(members.begin() + static_cast<std::ptrdiff_t>(i));
            break;
        }
        members[i].value = replaced(members[i].value, path, depth + 1, with);
    }
    return Value(std::move(members));
}

void collect(const Value& value, Path path, std::vector<Path>& out) {
    if (!path.empty()) out.push_back(path);
    for (const json::Member& member : value.members()) {
        Path below = path;
        below.emplace_back(member.name);
        collect(member.value, below, out);
    }
    for (std::size_t i = 0; i < value.items().size(); ++i) {
        Path below = path;
        below.emplace_back(i);
        collect(value.items()[i], below, out);
    }
}

std::string name_of_path(const Path& path) {
    std::string out;
    for (const auto& part : path) {
        if (const auto* index = std::get_if<std::size_t>(&part))
            out += "[" + std::to_string(*index) + "]";
        else
            out += (out.empty() ? "" : ".") + std::get<std::string>(part);
    }
    return out;
}

chain::Judgement judged_first(const Value& file) {
    const auto run = read_light_run(file);
    EXPECT_TRUE(run.has_value()) << (run ? "" : run.error().detail);
    return chain::replay(run->run).at(0);
}

/// The first step after one field of the file was replaced.
chain::Judgement after(const Path& path, const std::optional<Value>& with) {
    const Scene scene;
    return judged_first(replaced(scene.file, path, 0, with));
}

const Path kHeader{"input", std::size_t{0}, "block", "signed_header", "header"};
const Path kCommit{"input", std::size_t{0}, "block", "signed_header", "commit"};
const Path kSet{"input", std::size_t{0}, "block", "validator_set"};

Path below(Path path, std::initializer_list<std::variant<std::string, std::size_t>> parts) {
    path.insert(path.end(), parts);
    return path;
}

TEST(LightRun, ReplaysAGoodRun) {
    const Scene scene;
    const auto run = read_light_run(scene.file);
    ASSERT_TRUE(run.has_value()) << run.error().detail;
    EXPECT_EQ(run->run.inputs[0].value().block, scene.maker.at(3));
    const auto judgements = chain::replay(run->run);
    EXPECT_TRUE(is_as_expected(*run, judgements));
    const Value report = light_report(*run, judgements);
    EXPECT_EQ(report.find("trusted")->integer_or(0), 4);
    EXPECT_TRUE(report.find("as_expected")->boolean_or(false));
    EXPECT_EQ(report.find("steps")->size(), 2U);
    EXPECT_EQ(report.find("steps")->items()[0].find("verdict")->text_or(""), "SUCCESS");
}

TEST(LightRun, ReportsWhatWasNotExpected) {
    Scene scene;
    const Value file = replaced(scene.file, {"input", std::size_t{0}, "verdict"}, 0, Value("INVALID"));
    const auto run = read_light_run(file);
    ASSERT_TRUE(run.has_value());
    const auto judgements = chain::replay(run->run);
    EXPECT_FALSE(is_as_expected(*run, judgements));
    EXPECT_FALSE(light_report(*run, judgements).find("as_expected")->boolean_or(true));
}

TEST(LightRun, ReadsNumbersWrittenAsNumbersAndHexInCapitals) {
    EXPECT_TRUE(after(below(kHeader, {"height"}), Value(3)).is_success());
    std::string hash = to_hex(Scene().maker.at(3).header().validators_hash);
    for (char& letter : hash)
        letter = static_cast<char>(std::toupper(letter));
    EXPECT_TRUE(after(below(kHeader, {"validators_hash"}), Value(hash)).is_success());
}

TEST(LightRun, AbsentMeansZeroWhereThatIsAValue) {
    EXPECT_EQ(after(below(kHeader, {"height"}), std::nullopt).reason(), Reason::HeaderHeight);
    EXPECT_EQ(after(below(kHeader, {"version"}), Value()).reason(), Reason::BlockProtocol);
    EXPECT_EQ(after(below(kHeader, {"chain_id"}), Value()).reason(), Reason::ChainId);
    EXPECT_EQ(after(below(kHeader, {"time"}), Value()).reason(), Reason::CommitForOtherHeader);
    EXPECT_EQ(after(below(kHeader, {"last_block_id"}), Value()).reason(), Reason::CommitForOtherHeader);
    EXPECT_EQ(after(below(kCommit, {"round"}), std::nullopt).reason(), Reason::Signature);
    EXPECT_EQ(after(below(kCommit, {"block_id"}), Value()).reason(), Reason::CommitBlockId);
    EXPECT_EQ(after(below(kCommit, {"signatures"}), Value()).reason(), Reason::CommitEmpty);
    EXPECT_EQ(after(below(kCommit, {"signatures", std::size_t{0}, "signature"}), Value()).reason(),
              Reason::EntrySignature);
    EXPECT_EQ(after(kSet, Value()).reason(), Reason::SetEmpty);
    EXPECT_EQ(after(below(kSet, {"validators"}), json::array()).reason(), Reason::SetEmpty);
    EXPECT_TRUE(after(below(kSet, {"validators", std::size_t{0}, "address"}), std::nullopt).is_success());
    EXPECT_TRUE(after({"input", std::size_t{0}, "block", "next_validator_set"}, Value()).is_success())
        << "the block's own set overlaps then";
}

TEST(LightRun, WhatIsNoBlockIsInvalidAndNamesTheField) {
    const auto expect_malformed = [](const Path& path, const std::optional<Value>& with,
                                     std::string_view word) {
        const chain::Judgement judgement = after(path, with);
        EXPECT_EQ(judgement.verdict, chain::Verdict::Invalid) << name_of_path(path);
        EXPECT_EQ(judgement.reason(), Reason::Malformed) << name_of_path(path);
        EXPECT_TRUE(judgement.refusal.detail.starts_with(name_of_path(path))) << judgement.refusal.detail;
        EXPECT_NE(judgement.refusal.detail.find(word), std::string::npos) << judgement.refusal.detail;
    };
    const Path entry = below(kCommit, {"signatures", std::size_t{0}});
    const Path validator = below(kSet, {"validators", std::size_t{1}});
    expect_malformed(kHeader, Value(), "missing");
    expect_malformed(kCommit, std::nullopt, "missing");
    expect_malformed({"input", std::size_t{0}, "now"}, std::nullopt, "missing");
    expect_malformed({"input", std::size_t{0}, "now"}, Value("yesterday"), "yesterday");
    expect_malformed(below(kHeader, {"height"}), Value("3x"), "whole number");
    expect_malformed(below(kHeader, {"height"}), Value(""), "whole number");
    expect_malformed(below(kHeader, {"height"}), Value("9223372036854775808"), "outside");
    expect_malformed(below(kHeader, {"height"}), Value(3.5), "whole number");
    expect_malformed(below(kHeader, {"version", "block"}), Value("-11"), "outside");
    expect_malformed(below(kHeader, {"validators_hash"}), Value(), "0 bytes instead of 32");
    expect_malformed(below(kHeader, {"next_validators_hash"}), std::nullopt, "0 bytes instead of 32");
    expect_malformed(below(kHeader, {"data_hash"}), Value("AB"), "1 bytes instead of 32");
    expect_malformed(below(kHeader, {"app_hash"}), Value("ABC"), "even number");
    expect_malformed(below(kHeader, {"proposer_address"}), Value("0G"), "");
    expect_malformed(below(kHeader, {"proposer_address"}), Value(), "0 bytes instead of 20");
    expect_malformed(below(kCommit, {"round"}), Value(2'147'483'648LL), "");
    expect_malformed(below(kCommit, {"block_id", "parts", "total"}), Value(-1), "");
    expect_malformed(below(kCommit, {"signatures"}), Value("none"), "");
    expect_malformed(below(entry, {"block_id_flag"}), Value(4), "instead of 1, 2 or 3");
    expect_malformed(below(entry, {"block_id_flag"}), Value(258), "instead of 1, 2 or 3");
    expect_malformed(below(entry, {"validator_address"}), Value("AB"), "1 bytes instead of 20");
    expect_malformed(below(entry, {"signature"}), Value("*"), "");
    expect_malformed(below(entry, {"timestamp"}), Value("2020-13-01T00:00:00Z"), "");
    expect_malformed(below(kCommit, {"signatures", std::size_t{3}, "validator_address"}), Value("AB"),
                     "absent");
    expect_malformed(below(validator, {"address"}), Value(std::string(40, 'A')),
                     "not the address of its key");
    expect_malformed(below(validator, {"pub_key", "type"}), Value("tendermint/PubKeySecp256k1"),
                     "PubKeySecp256k1");
    expect_malformed(below(validator, {"pub_key", "value"}), Value("AAAA"), "3 bytes instead of 32");
    const chain::Judgement negative = after(below(validator, {"voting_power"}), Value("-40"));
    EXPECT_EQ(negative.reason(), Reason::Malformed);
    EXPECT_NE(negative.refusal.detail.find("negative power"), std::string::npos) << negative.refusal.detail;
}

TEST(LightRun, AFileWithoutAStartIsAnErrorThatNamesTheField) {
    const auto error_after = [](const Path& path, const std::optional<Value>& with) {
        const Scene scene;
        const auto run = read_light_run(replaced(scene.file, path, 0, with));
        return run ? std::string("none") : std::string(run.error().code) + " " + run.error().detail;
    };
    EXPECT_EQ(read_light_run(Value("text")).error().code, "json.type");
    EXPECT_TRUE(error_after({"initial"}, std::nullopt).starts_with("json.range initial.trusting_period"));
    EXPECT_TRUE(
        error_after({"initial", "trusting_period"}, Value("0")).starts_with("json.range initial.trust"));
    EXPECT_TRUE(
        error_after({"initial", "trusting_period"}, Value("-1")).starts_with("json.range initial.trust"));
    EXPECT_TRUE(error_after({"initial", "signed_header", "header"}, Value())
                    .starts_with("chain.header initial.signed_header.header"));
    EXPECT_TRUE(error_after({"initial", "next_validator_set"}, Value())
                    .starts_with("chain.trusted.set initial.next_validator_set"));
    EXPECT_TRUE(error_after({"initial", "next_validator_set"},
                            set_json(test::ChainMaker().set_of(test::equal_shares(3))))
                    .starts_with("chain.trusted.set initial.next_validator_set"));
    EXPECT_TRUE(error_after({"input"}, std::nullopt).starts_with("json.missing input"));
    EXPECT_TRUE(error_after({"input", std::size_t{1}, "verdict"}, Value(7))
                    .starts_with("json.type input[1].verdict"));
    EXPECT_EQ(error_after({"input"}, json::array()), "none");
    const Scene scene;
    EXPECT_EQ(read_light_run(scene.file, {.trust_level = {.numerator = 1, .denominator = 4}}).error().code,
              "chain.options");
}

TEST(LightRun, ANextSetThatIsNotTheHeadersIsInvalid) {
    const Value other = set_json(test::ChainMaker().set_of(test::equal_shares(3)));
    EXPECT_EQ(after({"input", std::size_t{0}, "block", "next_validator_set"}, other).reason(),
              Reason::NextValidatorsHash);
}

TEST(LightRun, AnyFieldMayBeMissingNullOrOfAnotherKind) {
    const Scene scene;
    std::vector<Path> paths;
    collect(scene.file, {}, paths);
    ASSERT_GT(paths.size(), 200U);
    std::size_t refused = 0;
    for (const Path& path : paths) {
        for (const std::optional<Value>& with :
             {std::optional<Value>{}, std::optional<Value>{Value()}, std::optional<Value>{Value(true)},
              std::optional<Value>{Value("\xF0\x9F\x98\x80")}, std::optional<Value>{Value(-1.5)},
              std::optional<Value>{json::array({Value(1)})}, std::optional<Value>{json::object()}}) {
            const auto run = read_light_run(replaced(scene.file, path, 0, with));
            if (!run) {
                EXPECT_FALSE(run.error().detail.empty()) << name_of_path(path);
                ++refused;
                continue;
            }
            const auto judgements = chain::replay(run->run);
            for (const chain::Judgement& judgement : judgements)
                refused += judgement.is_success() ? 0U : 1U;
            EXPECT_FALSE(light_report(*run, judgements).dump().empty());
        }
    }
    EXPECT_GT(refused, paths.size());
}

} // namespace
} // namespace tidewaiter::cli
