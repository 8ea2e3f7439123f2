#include "daemon/gateway/sync/copy.hpp"

#include "ledger/chain/hashes.hpp"
#include "ledger/chain/protobuf.hpp"
#include "ledger/codec/cbor.hpp"

#include <algorithm>

namespace tidewaiter::sync {

namespace {

constexpr std::string_view kAnchorSetting = "anchor";
constexpr std::string_view kFrozenSetting = "frozen";
constexpr std::string_view kEvidenceSetting = "frozen/evidence";
constexpr std::string_view kHeaderTimeSetting = "header-time";
/// A recorded step starts at most this long before its header, so that the chain of steps back to the anchor
/// grows by one a day and everything between can be pruned.
constexpr std::int64_t kPillarSeconds = 86'400;
constexpr std::uint32_t kPruneEvery = 1'000;

Bytes encode_time(TimeNs time) {
    cbor::Writer writer;
    writer.array([&](cbor::Writer& pair) { pair.integer(time.seconds).unsigned_integer(time.nanos); });
    return writer.take();
}

Result<TimeNs> decode_time(ByteView bytes) {
    cbor::Reader reader(bytes);
    TimeNs time;
    reader.enter_array(2);
    time.seconds = reader.integer();
    time.nanos = static_cast<std::uint32_t>(reader.unsigned_integer(0, 999'999'999));
    reader.leave();
    TW_CHECK(reader.finish());
    return time;
}

std::uint64_t natural(std::int64_t height) {
    return static_cast<std::uint64_t>(height);
}

} // namespace

Copy::Copy(store::Records records, CopyOptions options, claims::Anchor anchor)
    : records_(std::make_unique<store::Records>(std::move(records))), options_(std::move(options)),
      anchor_(std::move(anchor)) {}

Result<Copy> Copy::open(const std::string& path, CopyOptions options, const claims::Anchor& anchor) {
    TW_TRY(store::Records records, store::Records::open(path, {}));
    TW_CHECK(records.hold(options.namespaces));
    store::Settings settings(records.database());
    TW_TRY(const std::optional<Bytes> known, settings.get(kAnchorSetting));
    if (!known) {
        TW_CHECK(settings.put(kAnchorSetting, anchor.header_hash));
    } else if (!equal(*known, anchor.header_hash)) {
        return fail("copy.anchor",
                    path + " was started from the anchor with header " + to_hex(*known) +
                        ", the configuration names " + to_hex(anchor.header_hash) +
                        "; to start anew from that one, stop the gateway and remove this file");
    }
    Copy copy(std::move(records), std::move(options), anchor);
    TW_CHECK(copy.restore());
    return copy;
}

Status Copy::restore() {
    store::Settings settings(records_->database());
    TW_TRY(frozen_, settings.get_text(kFrozenSetting));
    TW_TRY(const std::optional<Bytes> time, settings.get(kHeaderTimeSetting));
    if (time) {
        TW_TRY(header_time_, decode_time(*time));
    }
    TW_TRY(const std::optional<store::VerifiedBlock> newest, light_blocks().newest());
    if (!newest) return {};
    TW_TRY(const chain::LightBlock block, chain::decode_light_block(newest->light_block));
    trusted_ = chain::trust(block);
    pillar_ = trusted_;
    if (newest->trusted_height == newest->height) return {};
    TW_TRY(const std::optional<store::VerifiedBlock> base, light_blocks().get(newest->trusted_height));
    if (base && !base->light_block.empty()) { // pruned steps keep no block
        TW_TRY(const chain::LightBlock base_block, chain::decode_light_block(base->light_block));
        pillar_ = chain::trust(base_block);
    }
    return {};
}

chain::Options Copy::chain_options() const {
    return {.trust_level = {},
            .trusting_period_ns = std::int64_t{anchor_.trusting_period_seconds} * chain::kNanosPerSecond,
            .max_clock_drift_ns = options_.max_clock_drift_ns};
}

TimeNs Copy::floor(TimeNs now) const {
    return trusted_ ? std::max(now, trusted_->time) : now;
}

bool Copy::is_past_trusting_period(TimeNs now) const {
    return trusted_ && chain::is_expired(trusted_->time, chain_options().trusting_period_ns, floor(now));
}

chain::Judgement Copy::start(const chain::LightBlock& block, ByteView encoded) {
    chain::Judgement judgement = chain::verify_anchor(
        block, options_.chain_id, static_cast<std::int64_t>(anchor_.height), anchor_.header_hash);
    if (!judgement.is_success()) return judgement;
    const store::VerifiedBlock verified{.height = anchor_.height,
                                        .header_hash = anchor_.header_hash,
                                        .time = block.header().time,
                                        .by = store::VerifiedBy::Anchor,
                                        .trusted_height = anchor_.height,
                                        .light_block = to_bytes(encoded),
                                        .is_cross_checked = false};
    if (const Status stored = light_blocks().put(verified); !stored) {
        return {chain::Verdict::Invalid, {chain::Reason::Malformed, stored.error().detail}};
    }
    trusted_ = chain::trust(block);
    pillar_ = trusted_;
    return judgement;
}

Result<chain::Judgement> Copy::advance_trust(const chain::LightBlock& block, ByteView encoded, TimeNs now) {
    const chain::Options options = chain_options();
    chain::Judgement judgement = chain::verify(*trusted_, block, options, floor(now));
    if (!judgement.is_success()) return judgement;

    // The recorded step starts at the pillar where that verifies too; the strict one above decided.
    if (block.header().time.seconds - pillar_->time.seconds >= kPillarSeconds) pillar_ = trusted_;
    const bool from_pillar = pillar_->height != trusted_->height &&
                             chain::verify(*pillar_, block, options, floor(now)).is_success();
    const chain::TrustedBlock& base = from_pillar ? *pillar_ : *trusted_;
    const std::int64_t height = block.header().height;
    const Hash hash = chain::header_hash(block.header());
    TW_CHECK(light_blocks().put(
        {.height = natural(height),
         .header_hash = hash,
         .time = block.header().time,
         .by = height == base.height + 1 ? store::VerifiedBy::Adjacent : store::VerifiedBy::Skipping,
         .trusted_height = natural(base.height),
         .light_block = to_bytes(encoded),
         .is_cross_checked = false}));
    if (!from_pillar) pillar_ = trusted_;
    trusted_ = chain::trust(block);
    TW_CHECK(prune(block.header().time));
    return judgement;
}

Status Copy::compare_known(const chain::LightBlock& block, ByteView encoded, TimeNs now) {
    const Hash hash = chain::header_hash(block.header());
    const std::uint64_t height = natural(block.header().height);
    TW_TRY(const std::optional<store::VerifiedBlock> known, light_blocks().get(height));
    if (!known || known->header_hash == hash || height == 0) return {};
    TW_TRY(const std::optional<store::VerifiedBlock> below, light_blocks().at_or_below(height - 1));
    if (!below || below->light_block.empty()) return {}; // too old to be judged against
    TW_TRY(const chain::LightBlock base, chain::decode_light_block(below->light_block));
    const chain::Judgement judgement = chain::verify(chain::trust(base), block, chain_options(), floor(now));
    if (!judgement.is_success()) return {};
    return freeze("two headers of height " + std::to_string(height) +
                      " verify: " + to_hex(known->header_hash) + " and " + to_hex(hash),
                  encoded);
}

Status Copy::freeze(std::string why, ByteView evidence) {
    store::Settings settings(records_->database());
    TW_TRY(store::Transaction transaction, records_->database().begin());
    TW_CHECK(settings.put_text(kFrozenSetting, why));
    TW_CHECK(settings.put(kEvidenceSetting, evidence));
    TW_CHECK(transaction.commit());
    frozen_ = std::move(why);
    return {};
}

Status Copy::apply(const state::Overlay::Changes& changes,
                   const std::vector<std::pair<std::string, Bytes>>& blobs, const Target& target) {
    TW_TRY(store::Update update, records_->begin());
    TW_CHECK(update.apply(changes));
    store::Blobs table(records_->database());
    for (const auto& [name_space, bytes] : blobs)
        TW_CHECK(table.put(name_space, bytes));
    TW_CHECK(remember_header_time(target));
    TW_CHECK(update.commit({.height = target.height, .roots = target.roots}));
    header_time_ = target.header_time;
    return {};
}

Status Copy::finish_load(const Target& target) {
    TW_CHECK(records_->finish_load({.height = target.height, .roots = target.roots}));
    TW_CHECK(remember_header_time(target));
    header_time_ = target.header_time;
    return {};
}

Status Copy::remember_header_time(const Target& target) {
    return store::Settings(records_->database()).put(kHeaderTimeSetting, encode_time(target.header_time));
}

Status Copy::prune(TimeNs newest) {
    if (++since_pruning_ < kPruneEvery) return {};
    since_pruning_ = 0;
    return light_blocks().prune({newest.seconds - kPillarSeconds, 0});
}

} // namespace tidewaiter::sync
