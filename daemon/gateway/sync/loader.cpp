#include "daemon/gateway/sync/loader.hpp"

#include "daemon/gateway/sync/deltas.hpp"

#include <algorithm>

namespace tidewaiter::sync {

namespace {

/// Buckets asked for at once; the relay sends as many of them as fit into a message.
constexpr std::uint32_t kMaxBucketsAsked = 64;
constexpr std::size_t kMissingLooked = 256;
/// Of all parts together: whole buckets with their blobs.
constexpr std::size_t kMaxChunkBytes = 64U * 1024 * 1024;

} // namespace

Hash Loader::root_of(const std::string& name_space) const {
    const auto root = target_->roots.find(name_space);
    return root == target_->roots.end() ? state::kEmptyRoot : root->second;
}

Status Loader::aim(Target target) {
    target_ = std::move(target);
    parts_.clear();
    for (const std::string& name : copy_->options().namespaces) {
        Part& part = parts_[name];
        if (root_of(name) != state::kEmptyRoot) continue;
        // An empty namespace needs no relay: its manifest is known.
        TW_CHECK(copy_->records().begin_load({.name_space = name,
                                              .height = target_->height,
                                              .root = {},
                                              .bits = 0,
                                              .buckets = {state::Node{}}}));
        part.stage = Stage::Buckets;
        TW_TRY(const std::vector<std::uint32_t> missing, copy_->records().missing(name, 1));
        if (!missing.empty()) TW_CHECK(copy_->records().load(name, {.first = 0, .last = 0, .records = {}}));
    }
    return {};
}

void Loader::stop() {
    target_.reset();
    parts_.clear();
}

Result<std::optional<Loader::Ask>> Loader::next() {
    if (!target_) return std::nullopt;
    for (auto& [name, part] : parts_) {
        if (part.stage == Stage::NeedsManifest) {
            part.stage = Stage::ManifestAsked;
            return Ask{wire::ManifestRequest{.name_space = name, .state = target_->height}};
        }
        if (part.stage == Stage::ManifestAsked) continue;
        TW_TRY(const std::vector<std::uint32_t> missing, copy_->records().missing(name, kMissingLooked));
        const auto first =
            std::ranges::find_if(missing, [&](std::uint32_t b) { return !part.under_way.contains(b); });
        if (first == missing.end()) continue;
        std::uint32_t last = *first;
        for (auto bucket = first; bucket != missing.end() && *bucket == last + (bucket == first ? 0U : 1U) &&
                                  !part.under_way.contains(*bucket) && *bucket - *first < kMaxBucketsAsked;
             ++bucket) {
            last = *bucket;
        }
        for (std::uint32_t bucket = *first; bucket <= last; ++bucket)
            part.under_way.insert(bucket);
        return Ask{wire::ChunkRequest{
            .name_space = name, .state = target_->height, .first_bucket = *first, .last_bucket = last}};
    }
    return std::nullopt;
}

void Loader::give_back(const Ask& ask) {
    if (!target_) return;
    if (const auto* manifest = std::get_if<wire::ManifestRequest>(&ask)) {
        const auto part = parts_.find(manifest->name_space);
        if (part != parts_.end() && part->second.stage == Stage::ManifestAsked) {
            part->second.stage = Stage::NeedsManifest;
        }
        return;
    }
    const auto& chunk = std::get<wire::ChunkRequest>(ask);
    const auto part = parts_.find(chunk.name_space);
    if (part == parts_.end()) return;
    for (std::uint64_t bucket = chunk.first_bucket; bucket <= chunk.last_bucket; ++bucket) {
        part->second.under_way.erase(static_cast<std::uint32_t>(bucket));
    }
    part->second.parts_seen = 0;
    part->second.partial.clear();
    part->second.blobs.clear();
    part->second.bytes = 0;
}

Status Loader::manifest(const wire::Manifest& manifest) {
    const auto part = parts_.find(manifest.name_space);
    if (!target_ || part == parts_.end() || manifest.state != target_->height) {
        return fail("load.unasked", "a manifest of " + manifest.name_space + " at state " +
                                        std::to_string(manifest.state) + " that was not asked for");
    }
    if (manifest.root != root_of(manifest.name_space)) {
        return fail("load.root", "the manifest of " + manifest.name_space + " has root " +
                                     to_hex(manifest.root) + ", the verified one is " +
                                     to_hex(root_of(manifest.name_space)));
    }
    TW_TRY(std::vector<state::Node> buckets, state::decode_nodes(manifest.buckets));
    TW_CHECK(copy_->records().begin_load({.name_space = manifest.name_space,
                                          .height = manifest.state,
                                          .root = manifest.root,
                                          .bits = manifest.bits,
                                          .buckets = std::move(buckets)}));
    part->second = Part{.stage = Stage::Buckets, .under_way = {}, .parts_seen = 0, .partial = {}};
    return {};
}

Status Loader::chunk(const wire::ChunkRequest& asked, const wire::Chunk& chunk) {
    const auto found = parts_.find(chunk.name_space);
    if (!target_ || found == parts_.end() || chunk.name_space != asked.name_space ||
        chunk.state != asked.state || chunk.first_bucket != asked.first_bucket ||
        chunk.last_bucket > asked.last_bucket) {
        return fail("load.unasked", "a chunk of " + chunk.name_space + " that was not asked for");
    }
    Part& part = found->second;
    if (chunk.part != part.parts_seen + 1) {
        return fail("load.part", "part " + std::to_string(chunk.part) + " of a chunk follows part " +
                                     std::to_string(part.parts_seen));
    }
    for (const wire::Change& record : chunk.records) {
        if (!record.value)
            return fail("load.value", "a record without value in a chunk: " + printable(record.key));
        part.bytes += record.key.size() + record.value->size();
        part.partial.push_back({.key = record.key, .value = *record.value});
    }
    for (const Bytes& blob : chunk.blobs) {
        if (!is_referred_to(blob, chunk.records)) continue;
        part.bytes += blob.size();
        part.blobs.push_back(blob);
    }
    if (part.bytes > kMaxChunkBytes) {
        return fail("load.too-large", "a chunk of more than " + std::to_string(kMaxChunkBytes) + " bytes");
    }
    part.parts_seen = chunk.part;
    if (chunk.part < chunk.parts) return {};

    store::Chunk whole{.first = static_cast<std::uint32_t>(chunk.first_bucket),
                       .last = static_cast<std::uint32_t>(chunk.last_bucket),
                       .records = std::move(part.partial)};
    const std::vector<Bytes> blobs = std::move(part.blobs);
    give_back(asked);
    TW_CHECK(copy_->records().load(chunk.name_space, whole));
    store::Blobs table = copy_->blobs();
    for (const Bytes& blob : blobs)
        TW_CHECK(table.put(chunk.name_space, blob));
    return {};
}

Result<bool> Loader::finish() {
    if (!target_) return false;
    for (const auto& [name, part] : parts_) {
        if (part.stage != Stage::Buckets) return false;
        TW_TRY(const std::vector<std::uint32_t> missing, copy_->records().missing(name, 1));
        if (!missing.empty()) return false;
    }
    TW_CHECK(copy_->finish_load(*target_));
    stop();
    return true;
}

double Loader::progress() const {
    if (!target_) return copy_->is_loaded() ? 1.0 : 0.0;
    double buckets = 0;
    double missing = 0;
    for (const store::LoadProgress& load : copy_->records().loads()) {
        buckets += load.buckets;
        missing += load.missing;
    }
    return buckets > 0 ? (buckets - missing) / buckets : 0.0;
}

} // namespace tidewaiter::sync
