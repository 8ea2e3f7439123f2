#include "daemon/gateway/sync/machine.hpp"

#include "ledger/chain/hashes.hpp"
#include "ledger/chain/protobuf.hpp"
#include "ledger/codec/cbor.hpp"
#include "ledger/crypto/hash.hpp"

#include <algorithm>

namespace tidewaiter::sync {

namespace {

constexpr std::size_t kMaxOpenRequests = 4;
constexpr std::size_t kMaxWaitingRequests = 64;
constexpr std::int64_t kRequestDeadlineMs = 10'000;
/// Deltas come before their head; a short wait lets a reordering broker finish.
constexpr std::int64_t kGapPatienceMs = 250;
constexpr std::int64_t kGapRepeatMs = 3'000;
constexpr int kGapAttempts = 2;
/// Two heartbeats and a half-minute: an idle but living chain has spoken by then.
constexpr std::int64_t kSilenceMs = 90'000;
constexpr std::int64_t kAskNewestEveryMs = 5'000;
constexpr std::int64_t kBlobRepeatMs = 60'000;
constexpr std::size_t kMaxBlobsRemembered = 4'096;
constexpr std::size_t kMaxBisectionDepth = 64;

/// Errors of the store are ours; all others are the relay's.
bool is_ours(const Error& error) {
    return error.code.starts_with("store.") || error.code.starts_with("view.") ||
           error.code.starts_with("copy.");
}

state::Roots to_roots(const wire::Roots& list) {
    state::Roots roots;
    for (const wire::NamespaceRoot& root : list)
        roots.emplace(root.name, root.root);
    return roots;
}

/// The roots must be those that the header's application hash commits to.
Status check_roots(const chain::Header& header, const state::Roots& roots) {
    if (equal(header.app_hash, state::app_hash(roots))) return {};
    return fail("sync.roots", "the namespace roots of head " + std::to_string(header.height) +
                                  " do not give the application hash that its header commits to");
}

} // namespace

Machine::Machine(Copy& copy, std::string device)
    : copy_(&copy), device_(std::move(device)), topics_(copy.options().chain_id), loader_(copy) {}

std::vector<Action> Machine::take() {
    return std::exchange(actions_, {});
}

void Machine::connected(const Relay& relay, Now now) {
    relay_ = relay;
    open_.clear();
    gaps_.clear();
    bisection_.reset();
    last_head_ms_ = now.monotonic_ms;
    actions_.emplace_back(Subscribe{topics_.reply(device_)});
    actions_.emplace_back(Subscribe{topics_.receipt(device_)});
    for (const std::string& name : copy_->options().namespaces) {
        actions_.emplace_back(Subscribe{topics_.delta(relay.id, name)});
    }
    actions_.emplace_back(Subscribe{topics_.head(relay.id)});
    if (copy_->trusted()) {
        ask_newest(now);
    } else {
        ask(wire::LightBlockRequest{.height = copy_->anchor().height}, now);
    }
}

void Machine::disconnected() {
    relay_.reset();
    for (auto& [id, open] : open_) {
        if (const auto* manifest = std::get_if<wire::ManifestRequest>(&open.body))
            loader_.give_back(*manifest);
        if (const auto* chunk = std::get_if<wire::ChunkRequest>(&open.body)) loader_.give_back(*chunk);
    }
    open_.clear();
    waiting_.clear();
    // What one relay left half-sent must not stand in the way of the next.
    deltas_.clear();
    bisection_.reset();
}

void Machine::leave(const Error& why) {
    actions_.emplace_back(Problem{why});
    actions_.emplace_back(LeaveRelay{why.detail});
    target_.reset();
    disconnected();
}

void Machine::ask(Asked body, Now now) {
    if (!relay_) return;
    if (open_.size() >= kMaxOpenRequests) {
        // More would be refused. A light block goes before what only fills gaps.
        const bool is_urgent = std::holds_alternative<wire::LightBlockRequest>(body);
        if (is_urgent) {
            waiting_.push_front(std::move(body));
        } else if (waiting_.size() < kMaxWaitingRequests) {
            waiting_.push_back(std::move(body));
        }
        return;
    }
    const std::uint32_t id = next_request_++;
    wire::Request request{.id = id, .body = {}};
    std::visit([&](const auto& value) { request.body = value; }, body);
    actions_.emplace_back(Publish{topics_.request(relay_->id, device_), wire::encode(request)});
    open_.insert_or_assign(
        id, Open{.body = std::move(body), .deadline_ms = now.monotonic_ms + kRequestDeadlineMs});
}

void Machine::ask_waiting(Now now) {
    while (!waiting_.empty() && open_.size() < kMaxOpenRequests) {
        Asked body = std::move(waiting_.front());
        waiting_.pop_front();
        ask(std::move(body), now);
    }
}

void Machine::message(std::string_view topic, ByteView payload, Now now) {
    if (!relay_ || copy_->frozen()) return;
    if (topic == topics_.reply(device_)) return reply(payload, now);
    if (topic == topics_.receipt(device_)) {
        if (auto hint = wire::decode_receipt_hint(payload)) {
            actions_.emplace_back(Hint{*std::move(hint)});
        } else {
            actions_.emplace_back(Problem{std::move(hint).error()});
        }
        return;
    }
    if (topic == topics_.head(relay_->id)) {
        const auto message = wire::decode_head(payload);
        return message ? head(*message, now) : leave(message.error());
    }
    auto delta = wire::decode_delta(payload);
    if (!delta) return leave(delta.error());
    if (topic != topics_.delta(relay_->id, delta->name_space)) {
        return leave({"sync.topic", "a delta of " + delta->name_space + " on the topic " + printable(topic)});
    }
    if (delta->state > copy_->state_height()) deltas_.add(*std::move(delta));
    advance(now);
}

void Machine::reply(ByteView payload, Now now) {
    auto message = wire::decode_reply(payload);
    if (!message) return leave(message.error());
    const auto open = open_.find(message->id);
    if (open == open_.end()) return; // of an earlier connection, or twice
    const Asked asked = open->second.body;
    open->second.deadline_ms = now.monotonic_ms + kRequestDeadlineMs;

    Status done;
    bool is_last = true;
    if (const auto* refusal = std::get_if<wire::Refusal>(&message->body)) {
        open_.erase(open);
        return refused(asked, *refusal, now);
    }
    if (const auto* light = std::get_if<wire::HeadMessage>(&message->body)) {
        if (!std::holds_alternative<wire::LightBlockRequest>(asked)) return;
        open_.erase(open);
        return head(*light, now);
    }
    if (auto* delta = std::get_if<wire::Delta>(&message->body)) {
        const auto* range = std::get_if<wire::DeltasRequest>(&asked);
        if (range == nullptr || delta->name_space != range->name_space) return;
        if (delta->state < range->from || delta->state > range->to) return;
        is_last = delta->state == range->to && delta->part == delta->parts;
        deltas_.add(std::move(*delta));
    } else if (const auto* manifest = std::get_if<wire::Manifest>(&message->body)) {
        done = loader_.manifest(*manifest);
    } else if (const auto* chunk = std::get_if<wire::Chunk>(&message->body)) {
        const auto* range = std::get_if<wire::ChunkRequest>(&asked);
        if (range == nullptr) return;
        is_last = chunk->part == chunk->parts;
        done = loader_.chunk(*range, *chunk);
    } else if (const auto* blobs = std::get_if<wire::BlobsReply>(&message->body)) {
        const auto* wanted = std::get_if<wire::BlobsRequest>(&asked);
        if (wanted == nullptr) return;
        is_last = !blobs->has_more;
        for (const Bytes& blob : blobs->blobs) {
            if (std::ranges::find(wanted->hashes, crypto::sha256(blob)) == wanted->hashes.end()) continue;
            const auto kept = copy_->blobs().put(wanted->name_space, blob);
            if (!kept) done = std::unexpected(kept.error());
        }
    }
    if (is_last) open_.erase(message->id);
    if (!done) return is_ours(done.error()) ? broken(done.error()) : leave(done.error());
    load(now);
    advance(now);
    ask_waiting(now);
}

void Machine::refused(const Asked& asked, wire::Refusal refusal, Now now) {
    if (const auto* manifest = std::get_if<wire::ManifestRequest>(&asked)) loader_.give_back(*manifest);
    if (const auto* chunk = std::get_if<wire::ChunkRequest>(&asked)) loader_.give_back(*chunk);
    if (const auto* deltas = std::get_if<wire::DeltasRequest>(&asked);
        deltas != nullptr && refusal != wire::Refusal::Busy) {
        gaps_[deltas->name_space].is_refused = true; // load instead
        return;
    }
    if (!copy_->trusted() && refusal != wire::Refusal::Busy) {
        return leave({"sync.anchor", "relay " + relay_->id + " does not have the anchor's block"});
    }
    switch (refusal) {
    case wire::Refusal::NotKept:
        // The chain has moved on from the state that was being loaded: the newest head names another.
        if (loader_.is_active()) loader_.stop();
        ask_newest(now);
        break;
    case wire::Refusal::Busy:
    case wire::Refusal::TooMany: break; // asked again by tick
    case wire::Refusal::Unknown:
    case wire::Refusal::NotYours:
        if (std::holds_alternative<wire::BlobsRequest>(asked)) break;
        leave({"sync.refused", "relay " + relay_->id + " refuses what this port needs (" +
                                   std::to_string(static_cast<int>(refusal)) +
                                   "); check the namespaces and the access rules"});
        break;
    }
}

void Machine::head(const wire::HeadMessage& message, Now now) {
    const auto block = chain::decode_light_block(message.light_block);
    if (!block) return leave(block.error());
    if (block->header().height < 1) return leave({"sync.height", "a head of a height below 1"});
    if (const Status signature = check_relay_signature(message, *block); !signature)
        return leave(signature.error());
    if (!copy_->trusted()) return start_from_anchor(message, now);
    if (bisection_ && !bisection_->stack.empty() &&
        block->header().height < bisection_->stack.front().first.header().height) {
        bisection_->stack.emplace_back(*block, message.light_block);
        return bisect(now);
    }
    last_head_ms_ = now.monotonic_ms;
    if (block->header().height <= copy_->trusted()->height) {
        if (const Status known = copy_->compare_known(*block, message.light_block, now.wall); !known) {
            return broken(known.error());
        }
        if (copy_->frozen()) {
            actions_.emplace_back(Frozen{*copy_->frozen()});
            return;
        }
        // After a start the newest header may be one that is verified already.
        if (!target_ && chain::header_hash(block->header()) == copy_->trusted()->header_hash) {
            set_target(message, *block, now);
        }
        return;
    }
    trust_head(message, *block, now);
}

Status Machine::check_relay_signature(const wire::HeadMessage& message,
                                      const chain::LightBlock& block) const {
    TW_TRY(const claims::Envelope envelope, claims::parse_envelope(message.relay_signature));
    if (envelope.type != claims::Type::Head ||
        !claims::verify_envelope(envelope, copy_->options().chain_id, relay_->key)) {
        return fail("sync.relay-signature", "a head that relay " + relay_->id + " did not sign with its key");
    }
    cbor::Reader reader(envelope.payload);
    bool is_same = true;
    const chain::Header& header = block.header();
    reader.map({1, 2, 3, 4}, [&](std::int64_t key) {
        switch (key) {
        case 1: is_same &= reader.text() == header.chain_id; return true;
        case 2:
            is_same &= reader.unsigned_integer() == static_cast<std::uint64_t>(header.height);
            return true;
        case 3: is_same &= reader.hash() == chain::header_hash(header); return true;
        case 4:
            reader.enter_array(2);
            is_same &= reader.integer() == header.time.seconds;
            is_same &= reader.unsigned_integer() == header.time.nanos;
            reader.leave();
            return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    if (!is_same) {
        return fail("sync.relay-signature", "relay " + relay_->id + " signed another head than it sent");
    }
    return {};
}

void Machine::start_from_anchor(const wire::HeadMessage& message, Now now) {
    const auto block = chain::decode_light_block(message.light_block);
    if (!block || static_cast<std::uint64_t>(block->header().height) != copy_->anchor().height) return;
    const chain::Judgement judgement = copy_->start(*block, message.light_block);
    if (!judgement.is_success()) {
        return leave({"sync.anchor", "relay " + relay_->id + " has another block at the anchor's height: " +
                                         judgement.refusal.detail});
    }
    ask_newest(now);
}

void Machine::trust_head(const wire::HeadMessage& message, const chain::LightBlock& block, Now now) {
    if (const Status roots = check_roots(block.header(), to_roots(message.roots)); !roots)
        return leave(roots.error());
    const auto judged = copy_->advance_trust(block, message.light_block, now.wall);
    if (!judged) return broken(judged.error());
    switch (judged->verdict) {
    case chain::Verdict::Success: return set_target(message, block, now);
    case chain::Verdict::NotEnoughTrust:
        bisection_ = Bisection{.head = message, .stack = {{block, message.light_block}}};
        ask(wire::LightBlockRequest{.height = static_cast<std::uint64_t>(chain::pivot_height(
                                        copy_->trusted()->height, block.header().height))},
            now);
        return;
    case chain::Verdict::Invalid:
        if (judged->reason() == chain::Reason::Expired) {
            actions_.emplace_back(
                Problem{{"sync.expired", "the newest verified header is past the trusting period; "
                                         "a new anchor is needed"}});
            return;
        }
        leave({"sync.header", "head " + std::to_string(block.header().height) + " of relay " + relay_->id +
                                  " does not verify: " + std::string(chain::text_of(judged->reason())) +
                                  " (" + judged->refusal.detail + ")"});
    }
}

void Machine::bisect(Now now) {
    while (bisection_ && !bisection_->stack.empty()) {
        const auto& [block, encoded] = bisection_->stack.back();
        if (bisection_->stack.size() == 1) {
            const wire::HeadMessage head = bisection_->head;
            const chain::LightBlock newest = block;
            bisection_.reset();
            return trust_head(head, newest, now);
        }
        const auto judged = copy_->advance_trust(block, encoded, now.wall);
        if (!judged) return broken(judged.error());
        if (judged->is_success()) {
            bisection_->stack.pop_back();
            continue;
        }
        if (judged->verdict == chain::Verdict::Invalid || bisection_->stack.size() > kMaxBisectionDepth) {
            return leave(
                {"sync.header", "block " + std::to_string(block.header().height) + " of relay " + relay_->id +
                                    " does not verify: " + std::string(chain::text_of(judged->reason()))});
        }
        return ask(wire::LightBlockRequest{.height = static_cast<std::uint64_t>(chain::pivot_height(
                                               copy_->trusted()->height, block.header().height))},
                   now);
    }
}

void Machine::set_target(const wire::HeadMessage& message, const chain::LightBlock& block, Now now) {
    state::Roots roots = to_roots(message.roots);
    if (const Status checked = check_roots(block.header(), roots); !checked) return leave(checked.error());
    // State 0 is the genesis, and a copy at height 0 is one without a state: wait for the next header.
    if (block.header().height < 2) return;
    target_ = Target{.height = static_cast<std::uint64_t>(block.header().height - 1),
                     .header_time = block.header().time,
                     .roots = std::move(roots)};
    gaps_.clear();
    advance(now);
    load(now);
}

void Machine::advance(Now now) {
    if (!target_ || loader_.is_active() || copy_->frozen()) return;
    const store::Records& records = copy_->records();
    if (!copy_->is_loaded()) return aim_loader(now);
    if (records.height() >= target_->height) return;
    state::Overlay::Changes changes;
    std::vector<std::pair<std::string, Bytes>> blobs;
    bool is_complete = true;
    for (const std::string& name : copy_->options().namespaces) {
        const auto held = records.roots().find(name);
        const auto wanted = target_->roots.find(name);
        const Hash from = held == records.roots().end() ? state::kEmptyRoot : held->second;
        const Hash to = wanted == target_->roots.end() ? state::kEmptyRoot : wanted->second;
        const DeltaBuffer::Way way = deltas_.way(name, from, records.height(), to, target_->height);
        if (way.is_complete) {
            collect(way, changes, blobs);
        } else {
            is_complete = false;
            ask_for_gap(name, now);
            // Asking may have ended in a load, or in leaving this relay.
            if (!target_ || loader_.is_active()) return;
        }
    }
    if (is_complete) apply_way(changes, blobs);
}

void Machine::apply_way(const state::Overlay::Changes& changes,
                        const std::vector<std::pair<std::string, Bytes>>& blobs) {
    if (const Status applied = copy_->apply(changes, blobs, *target_); !applied) {
        return is_ours(applied.error()) ? broken(applied.error()) : leave(applied.error());
    }
    deltas_.drop_through(target_->height);
    gaps_.clear();
    // Gaps that were asked for are closed, whatever else their answers bring.
    std::erase_if(open_, [&](const auto& entry) {
        const auto* deltas = std::get_if<wire::DeltasRequest>(&entry.second.body);
        return deltas != nullptr && deltas->to <= target_->height;
    });
    actions_.emplace_back(Advanced{target_->height});
}

void Machine::ask_for_gap(const std::string& name_space, Now now) {
    Gap& gap = gaps_[name_space];
    if (gap.since_ms == 0) gap.since_ms = now.monotonic_ms;
    const std::int64_t patience = gap.asked == 0 ? kGapPatienceMs : kGapRepeatMs;
    if (!gap.is_refused && now.monotonic_ms - gap.since_ms < patience) return;
    if (gap.is_refused || gap.asked >= kGapAttempts) return aim_loader(now);
    ++gap.asked;
    gap.since_ms = now.monotonic_ms;
    ask(wire::DeltasRequest{.name_space = name_space,
                            .from = copy_->state_height() + 1,
                            .to = target_->height},
        now);
}

void Machine::aim_loader(Now now) {
    if (const Status aimed = loader_.aim(*target_); !aimed) return broken(aimed.error());
    gaps_.clear();
    load(now);
}

void Machine::load(Now now) {
    if (!loader_.is_active() || !relay_) return;
    while (open_.size() < kMaxOpenRequests) {
        const auto next = loader_.next();
        if (!next) return broken(next.error());
        if (!*next) break;
        std::visit([&](const auto& body) { ask(body, now); }, **next);
    }
    const std::uint64_t height = loader_.target()->height;
    const Result<bool> finished = loader_.finish();
    if (!finished) return is_ours(finished.error()) ? broken(finished.error()) : leave(finished.error());
    if (!*finished) return;
    deltas_.drop_through(height);
    actions_.emplace_back(Advanced{height});
    advance(now);
}

void Machine::expire(Now now) {
    for (auto open = open_.begin(); open != open_.end();) {
        if (now.monotonic_ms < open->second.deadline_ms) {
            ++open;
            continue;
        }
        const Asked asked = open->second.body;
        open = open_.erase(open);
        if (std::holds_alternative<wire::DeltasRequest>(asked) ||
            std::holds_alternative<wire::BlobsRequest>(asked)) {
            continue; // gaps and readers ask again by themselves
        }
        return leave({"sync.silent", "relay " + relay_->id + " has not answered within 10 s"});
    }
}

void Machine::tick(Now now) {
    if (!relay_ || copy_->frozen()) return;
    expire(now);
    if (!relay_) return;
    load(now);
    advance(now);
    ask_waiting(now);
    if (!relay_) return;
    if (!copy_->trusted() && open_.empty() && now.monotonic_ms - asked_newest_ms_ > kAskNewestEveryMs) {
        asked_newest_ms_ = now.monotonic_ms;
        ask(wire::LightBlockRequest{.height = copy_->anchor().height}, now);
    }
    if (now.monotonic_ms - last_head_ms_ > kSilenceMs &&
        now.monotonic_ms - asked_newest_ms_ > kAskNewestEveryMs) {
        asked_newest_ms_ = now.monotonic_ms;
        ask_newest(now);
    }
    if (!target_ && copy_->trusted() && open_.empty() &&
        now.monotonic_ms - asked_newest_ms_ > kAskNewestEveryMs) {
        asked_newest_ms_ = now.monotonic_ms;
        ask_newest(now);
    }
}

void Machine::want_blobs(const std::string& name_space, const std::vector<Hash>& hashes, Now now) {
    wire::BlobsRequest request{.name_space = name_space, .hashes = {}};
    for (const Hash& hash : hashes) {
        const auto asked = blobs_asked_.find(hash);
        if (asked != blobs_asked_.end() && now.monotonic_ms - asked->second < kBlobRepeatMs) continue;
        if (blobs_asked_.size() >= kMaxBlobsRemembered) blobs_asked_.clear();
        blobs_asked_[hash] = now.monotonic_ms;
        request.hashes.push_back(hash);
    }
    if (!request.hashes.empty() && request.hashes.size() <= 64) ask(std::move(request), now);
}

} // namespace tidewaiter::sync
