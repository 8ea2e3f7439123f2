#include "ledger/chain/protobuf.hpp"

#include "ledger/chain/wire.hpp"

#include "light_block.pb.h"

#include <limits>

namespace tidewaiter::chain {

namespace {

constexpr std::size_t kMaxMessageBytes = 64U * 1024 * 1024;

Bytes bytes_of(const std::string& text) {
    return to_bytes(as_bytes(text));
}

template <std::size_t N>
Result<std::array<std::uint8_t, N>> fixed(const std::string& text, std::string_view code,
                                          std::string_view path) {
    if (text.size() != N)
        return fail(code, std::string(path) + ": " + std::to_string(text.size()) + " bytes instead of " +
                              std::to_string(N));
    std::array<std::uint8_t, N> out{};
    std::ranges::copy(as_bytes(text), out.begin());
    return out;
}

Result<std::optional<Hash>> hash_or_none(const std::string& text, std::string_view path) {
    if (text.empty()) return std::optional<Hash>{};
    TW_TRY(const Hash hash, fixed<32>(text, "chain.hash", path));
    return std::optional<Hash>{hash};
}

template <class Message>
Status parse(Message& message, ByteView bytes, std::size_t max_bytes) {
    if (bytes.size() > std::min(max_bytes, kMaxMessageBytes))
        return fail("chain.size", std::to_string(bytes.size()) + " bytes, at most " +
                                      std::to_string(std::min(max_bytes, kMaxMessageBytes)) + " are read");
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return fail("chain.protobuf", "these " + std::to_string(bytes.size()) +
                                          " bytes are no such protobuf message (damaged or cut off)");
    return {};
}

Result<TimeNs> read_time(bool is_present, const pb::Timestamp& time, std::string_view path) {
    if (!is_present) return fail("chain.time", std::string(path) + ": missing");
    const TimeNs value{.seconds = time.seconds(), .nanos = static_cast<std::uint32_t>(time.nanos())};
    if (time.nanos() < 0 || value.nanos > kMaxTime.nanos || value < kZeroTime || value > kMaxTime)
        return fail("chain.time", std::string(path) + ": " + std::to_string(time.seconds()) + " s and " +
                                      std::to_string(time.nanos()) + " ns lie outside the years 1 to 9999");
    return value;
}

Result<BlockId> read_block_id(const pb::BlockID& id, std::string_view path) {
    BlockId out;
    TW_TRY(out.hash, hash_or_none(id.hash(), std::string(path) + ".hash"));
    out.parts.total = id.part_set_header().total();
    TW_TRY(out.parts.hash,
           hash_or_none(id.part_set_header().hash(), std::string(path) + ".part_set_header.hash"));
    return out;
}

Result<Header> read_header(const pb::Header& header) {
    Header out;
    out.version = {.block = header.version().block(), .app = header.version().app()};
    out.chain_id = header.chain_id();
    if (!is_utf8(out.chain_id)) return fail("chain.header.chain-id", "header.chain_id: not UTF-8");
    out.height = header.height();
    TW_TRY(out.time, read_time(header.has_time(), header.time(), "header.time"));
    TW_TRY(out.last_block_id, read_block_id(header.last_block_id(), "header.last_block_id"));
    TW_TRY(out.last_commit_hash, hash_or_none(header.last_commit_hash(), "header.last_commit_hash"));
    TW_TRY(out.data_hash, hash_or_none(header.data_hash(), "header.data_hash"));
    // These two carry the trust: an empty one must not meet another empty one.
    TW_TRY(out.validators_hash, fixed<32>(header.validators_hash(), "chain.hash", "header.validators_hash"));
    TW_TRY(out.next_validators_hash,
           fixed<32>(header.next_validators_hash(), "chain.hash", "header.next_validators_hash"));
    TW_TRY(out.consensus_hash, hash_or_none(header.consensus_hash(), "header.consensus_hash"));
    out.app_hash = bytes_of(header.app_hash());
    TW_TRY(out.last_results_hash, hash_or_none(header.last_results_hash(), "header.last_results_hash"));
    TW_TRY(out.evidence_hash, hash_or_none(header.evidence_hash(), "header.evidence_hash"));
    TW_TRY(out.proposer_address,
           fixed<20>(header.proposer_address(), "chain.address", "header.proposer_address"));
    return out;
}

Result<CommitSig> read_entry(const pb::CommitSig& entry, std::size_t index) {
    const auto path = [index](std::string_view field) {
        return "commit.signatures[" + std::to_string(index) + "]." + std::string(field);
    };
    CommitSig out;
    if (entry.block_id_flag() < 1 || entry.block_id_flag() > 3)
        return fail("chain.commit.flag", path("block_id_flag") + ": " +
                                             std::to_string(entry.block_id_flag()) + " instead of 1, 2 or 3");
    out.flag = static_cast<BlockIdFlag>(entry.block_id_flag());
    if (out.flag == BlockIdFlag::Absent) {
        if (!entry.validator_address().empty() || !entry.signature().empty())
            return fail("chain.commit.absent", path("validator_address") + ": an absent entry must be empty");
    } else {
        TW_TRY(out.address, fixed<20>(entry.validator_address(), "chain.address", path("validator_address")));
    }
    TW_TRY(out.time, read_time(entry.has_timestamp(), entry.timestamp(), path("timestamp")));
    if (entry.signature().size() > kMaxSignatureBytes)
        return fail("chain.commit.signature", path("signature") + ": " +
                                                  std::to_string(entry.signature().size()) +
                                                  " bytes, at most 64");
    out.signature = bytes_of(entry.signature());
    return out;
}

Result<Commit> read_commit(const pb::Commit& commit) {
    Commit out{.height = commit.height(), .round = commit.round(), .block_id = {}, .signatures = {}};
    TW_TRY(out.block_id, read_block_id(commit.block_id(), "commit.block_id"));
    const auto count = static_cast<std::size_t>(commit.signatures_size());
    if (count > limits::kMaxValidators)
        return fail("chain.commit.size", "commit.signatures: " + std::to_string(count) +
                                             " entries, at most " + std::to_string(limits::kMaxValidators));
    out.signatures.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        TW_TRY(CommitSig entry, read_entry(commit.signatures(static_cast<int>(i)), i));
        out.signatures.push_back(std::move(entry));
    }
    return out;
}

Result<Validator> read_validator(const pb::Validator& validator, std::size_t index) {
    const auto path = [index](std::string_view field) {
        return "validator_set.validators[" + std::to_string(index) + "]." + std::string(field);
    };
    if (validator.pub_key().sum_case() != pb::PublicKey::kEd25519)
        return fail("chain.key", path("pub_key") + ": not an Ed25519 key");
    TW_TRY(const ValidatorKey key, fixed<32>(validator.pub_key().ed25519(), "chain.key", path("pub_key")));
    const Validator out(key, validator.voting_power());
    // The address is derived; one that is given must agree, else one key could appear as several validators.
    if (!validator.address().empty() && !equal(as_bytes(validator.address()), out.address()))
        return fail("chain.address", path("address") + ": not the address of its key");
    return out;
}

Result<ValidatorSet> read_set(const pb::ValidatorSet& set) {
    std::vector<Validator> validators;
    const auto count = static_cast<std::size_t>(set.validators_size());
    if (count > limits::kMaxValidators)
        return fail("chain.set.size", "validator_set.validators: " + std::to_string(count) + ", at most " +
                                          std::to_string(limits::kMaxValidators));
    validators.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        TW_TRY(const Validator validator, read_validator(set.validators(static_cast<int>(i)), i));
        validators.push_back(validator);
    }
    auto made = ValidatorSet::make(std::move(validators));
    if (!made) return within("validator_set", std::move(made).error());
    return made;
}

void write_validator(Wire& wire, const Validator& validator) {
    wire.bytes(1, validator.address());
    wire.message(2, [&] { write_key(wire, validator.key()); });
    wire.integer(3, validator.power());
}

void write_set(Wire& wire, const ValidatorSet& set, const Address& proposer) {
    for (const Validator& validator : set.validators())
        wire.message(1, [&] { write_validator(wire, validator); });
    if (set.empty()) return;
    wire.message(2, [&] { write_validator(wire, set[set.find(proposer).value_or(0)]); });
}

} // namespace

Bytes encode(const Header& header) {
    Bytes out;
    Wire wire(out);
    write_header(wire, header);
    return out;
}

Bytes encode(const Commit& commit) {
    Bytes out;
    Wire wire(out);
    write_commit(wire, commit);
    return out;
}

Bytes encode(const LightBlock& block) {
    Bytes out;
    out.reserve(1'024 + 256 * block.validators.size());
    Wire wire(out);
    wire.message(1, [&] {
        wire.message(1, [&] { write_header(wire, block.header()); });
        wire.message(2, [&] { write_commit(wire, block.commit()); });
    });
    wire.message(2, [&] { write_set(wire, block.validators, block.header().proposer_address); });
    return out;
}

Bytes encode(const Block& block) {
    Bytes out;
    Wire wire(out);
    wire.message(1, [&] { write_header(wire, block.header); });
    wire.message(2, [&] {
        for (const Bytes& transaction : block.transactions)
            wire.bytes_always(1, transaction);
    });
    wire.message(3, [] {});
    wire.message(4, [&] { write_commit(wire, block.last_commit); });
    return out;
}

Result<Header> decode_header(ByteView bytes) {
    pb::Header message;
    TW_CHECK(parse(message, bytes, limits::kMaxLightBlockBytes));
    return read_header(message);
}

Result<Commit> decode_commit(ByteView bytes) {
    pb::Commit message;
    TW_CHECK(parse(message, bytes, kMaxMessageBytes));
    return read_commit(message);
}

Result<LightBlock> decode_light_block(ByteView bytes, std::size_t max_bytes) {
    pb::LightBlock message;
    TW_CHECK(parse(message, bytes, max_bytes));
    if (!message.signed_header().has_header()) return fail("chain.header", "signed_header.header: missing");
    if (!message.signed_header().has_commit()) return fail("chain.commit", "signed_header.commit: missing");
    LightBlock block;
    TW_TRY(block.signed_header.header, read_header(message.signed_header().header()));
    TW_TRY(block.signed_header.commit, read_commit(message.signed_header().commit()));
    TW_TRY(block.validators, read_set(message.validator_set()));
    return block;
}

Result<Block> decode_block(ByteView bytes, std::size_t max_bytes) {
    pb::Block message;
    TW_CHECK(parse(message, bytes, max_bytes));
    if (!message.has_header()) return fail("chain.header", "header: missing");
    if (message.evidence().evidence_size() > 0)
        return fail("chain.evidence", "evidence: blocks with evidence are not read here");
    Block block;
    TW_TRY(block.header, read_header(message.header()));
    TW_TRY(block.last_commit, read_commit(message.last_commit()));
    block.transactions.reserve(static_cast<std::size_t>(message.data().txs_size()));
    for (const std::string& transaction : message.data().txs())
        block.transactions.push_back(bytes_of(transaction));
    return block;
}

} // namespace tidewaiter::chain
