#include "daemon/cli/light_fields.hpp"

#include <charconv>
#include <limits>

namespace tidewaiter::cli {

namespace {

constexpr std::int64_t kMin64 = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax64 = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view kEd25519 = "tendermint/PubKeyEd25519";

std::unexpected<Error> refuse(const json::Field& field, std::string_view code, std::string detail) {
    return within(field.path(), Error{.code = code, .detail = std::move(detail)});
}

template <std::size_t N>
Result<std::array<std::uint8_t, N>> fixed(const json::Field& field, const Bytes& bytes,
                                          std::string_view code) {
    if (bytes.size() != N)
        return refuse(field, code, std::to_string(bytes.size()) + " bytes instead of " + std::to_string(N));
    std::array<std::uint8_t, N> out{};
    std::ranges::copy(bytes, out.begin());
    return out;
}

Result<std::string> text_or_empty(const json::Field& field) {
    TW_TRY(auto text, field.optional_text());
    return text.value_or("");
}

Result<chain::CommitSig> read_entry(const json::Field& field) {
    chain::CommitSig entry;
    const json::Field flag = field.at("block_id_flag");
    TW_TRY(const std::int64_t number, read_integer(flag, kMin64, kMax64));
    if (number < 1 || number > 3)
        return refuse(flag, "chain.commit.flag", std::to_string(number) + " instead of 1, 2 or 3");
    entry.flag = static_cast<chain::BlockIdFlag>(number);
    const json::Field address = field.at("validator_address");
    TW_TRY(entry.signature, read_base64(field.at("signature")));
    if (entry.flag == chain::BlockIdFlag::Absent) {
        TW_TRY(const std::string text, text_or_empty(address));
        if (!text.empty())
            return refuse(address, "chain.commit.absent", "an absent entry must not name a validator");
    } else {
        TW_TRY(entry.address, read_address(address));
    }
    TW_TRY(entry.time, read_time(field.at("timestamp")));
    return entry;
}

Result<chain::Validator> read_validator(const json::Field& field) {
    const json::Field key = field.at("pub_key");
    TW_TRY(const std::string type, key.at("type").text());
    if (type != kEd25519)
        return refuse(key.at("type"), "chain.key",
                      "'" + printable(type, 60) + "' instead of '" + std::string(kEd25519) + "'");
    TW_TRY(const Bytes bytes, read_base64(key.at("value")));
    TW_TRY(const chain::ValidatorKey raw, fixed<32>(key.at("value"), bytes, "chain.key"));
    TW_TRY(const std::int64_t power, read_integer(field.at("voting_power"), kMin64, kMax64));
    const chain::Validator validator(raw, power);
    const json::Field address = field.at("address");
    TW_TRY(const Bytes given, read_hex(address));
    if (!given.empty() && !equal(given, validator.address()))
        return refuse(address, "chain.address", "not the address of its key");
    return validator;
}

} // namespace

Result<std::int64_t> read_integer(const json::Field& field, std::int64_t min, std::int64_t max) {
    if (field.is_absent()) return std::int64_t{0};
    TW_TRY(const json::Value* value, field.value());
    if (!value->is_text()) return field.integer(min, max);
    const std::string_view text = value->text_or("");
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range || (error == std::errc() && (number < min || number > max)))
        return refuse(field, "json.range",
                      "'" + printable(text, 40) + "' lies outside " + std::to_string(min) + " to " +
                          std::to_string(max));
    if (error != std::errc() || end != text.data() + text.size())
        return refuse(field, "json.type", "'" + printable(text, 40) + "' is not a whole number");
    return number;
}

Result<Bytes> read_hex(const json::Field& field) {
    TW_TRY(const std::string text, text_or_empty(field));
    auto bytes = from_hex(text);
    if (!bytes) return within(field.path(), std::move(bytes).error());
    return bytes;
}

Result<Bytes> read_base64(const json::Field& field) {
    TW_TRY(const std::string text, text_or_empty(field));
    auto bytes = from_base64(text);
    if (!bytes) return within(field.path(), std::move(bytes).error());
    return bytes;
}

Result<Hash> read_hash(const json::Field& field) {
    TW_TRY(const Bytes bytes, read_hex(field));
    return fixed<32>(field, bytes, "chain.hash");
}

Result<std::optional<Hash>> read_hash_or_none(const json::Field& field) {
    TW_TRY(const Bytes bytes, read_hex(field));
    if (bytes.empty()) return std::optional<Hash>{};
    TW_TRY(const Hash hash, fixed<32>(field, bytes, "chain.hash"));
    return std::optional<Hash>{hash};
}

Result<chain::Address> read_address(const json::Field& field) {
    TW_TRY(const Bytes bytes, read_hex(field));
    return fixed<20>(field, bytes, "chain.address");
}

Result<TimeNs> read_time(const json::Field& field) {
    if (field.is_absent()) return chain::kZeroTime;
    TW_TRY(const std::string text, field.text());
    auto time = parse_time_ns(text);
    if (!time) return within(field.path(), std::move(time).error());
    return time;
}

Result<chain::BlockId> read_block_id(const json::Field& field) {
    chain::BlockId id;
    TW_TRY(id.hash, read_hash_or_none(field.at("hash")));
    const json::Field parts = field.at("parts");
    TW_TRY(const std::int64_t total,
           read_integer(parts.at("total"), 0, std::numeric_limits<std::uint32_t>::max()));
    id.parts.total = static_cast<std::uint32_t>(total);
    TW_TRY(id.parts.hash, read_hash_or_none(parts.at("hash")));
    return id;
}

Result<chain::Header> read_header(const json::Field& field) {
    if (field.is_absent()) return refuse(field, "chain.header", "missing");
    chain::Header header;
    TW_TRY(const std::int64_t block, read_integer(field.at("version").at("block"), 0, kMax64));
    TW_TRY(const std::int64_t app, read_integer(field.at("version").at("app"), 0, kMax64));
    header.version = {.block = static_cast<std::uint64_t>(block), .app = static_cast<std::uint64_t>(app)};
    TW_TRY(header.chain_id, text_or_empty(field.at("chain_id")));
    TW_TRY(header.height, read_integer(field.at("height"), kMin64, kMax64));
    TW_TRY(header.time, read_time(field.at("time")));
    TW_TRY(header.last_block_id, read_block_id(field.at("last_block_id")));
    TW_TRY(header.last_commit_hash, read_hash_or_none(field.at("last_commit_hash")));
    TW_TRY(header.data_hash, read_hash_or_none(field.at("data_hash")));
    TW_TRY(header.validators_hash, read_hash(field.at("validators_hash")));
    TW_TRY(header.next_validators_hash, read_hash(field.at("next_validators_hash")));
    TW_TRY(header.consensus_hash, read_hash_or_none(field.at("consensus_hash")));
    TW_TRY(header.app_hash, read_hex(field.at("app_hash")));
    TW_TRY(header.last_results_hash, read_hash_or_none(field.at("last_results_hash")));
    TW_TRY(header.evidence_hash, read_hash_or_none(field.at("evidence_hash")));
    TW_TRY(header.proposer_address, read_address(field.at("proposer_address")));
    return header;
}

Result<chain::Commit> read_commit(const json::Field& field) {
    if (field.is_absent()) return refuse(field, "chain.commit", "missing");
    chain::Commit commit;
    TW_TRY(commit.height, read_integer(field.at("height"), kMin64, kMax64));
    constexpr std::int64_t kMinRound = std::numeric_limits<std::int32_t>::min();
    constexpr std::int64_t kMaxRound = std::numeric_limits<std::int32_t>::max();
    TW_TRY(const std::int64_t round, read_integer(field.at("round"), kMinRound, kMaxRound));
    commit.round = static_cast<std::int32_t>(round);
    TW_TRY(commit.block_id, read_block_id(field.at("block_id")));
    const json::Field entries = field.at("signatures");
    if (entries.is_absent()) return commit;
    TW_TRY(const std::vector<json::Field> list, entries.items());
    if (list.size() > limits::kMaxValidators)
        return refuse(entries, "chain.commit.size",
                      std::to_string(list.size()) + " entries, at most " +
                          std::to_string(limits::kMaxValidators));
    for (const json::Field& item : list) {
        TW_TRY(chain::CommitSig entry, read_entry(item));
        commit.signatures.push_back(std::move(entry));
    }
    return commit;
}

Result<chain::ValidatorSet> read_validator_set(const json::Field& field) {
    const json::Field members = field.at("validators");
    if (members.is_absent()) return chain::ValidatorSet{};
    TW_TRY(const std::vector<json::Field> list, members.items());
    if (list.size() > limits::kMaxValidators)
        return refuse(members, "chain.set.size",
                      std::to_string(list.size()) + " validators, at most " +
                          std::to_string(limits::kMaxValidators));
    // Empty sets occur in recorded runs; the step that meets one refuses it at its turn.
    if (list.empty()) return chain::ValidatorSet{};
    std::vector<chain::Validator> validators;
    for (const json::Field& item : list) {
        TW_TRY(const chain::Validator validator, read_validator(item));
        validators.push_back(validator);
    }
    auto set = chain::ValidatorSet::make(std::move(validators));
    if (!set) return within(members.path(), std::move(set).error());
    return set;
}

} // namespace tidewaiter::cli
