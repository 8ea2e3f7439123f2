#pragma once

#include "daemon/gateway/sync/copy.hpp"
#include "daemon/wire/requests.hpp"

#include <set>

namespace tidewaiter::sync {

/// Loads snapshots of all held namespaces at one state: manifests that fold to verified roots, then only
/// those buckets that differ from what is held. Asks nothing by itself: the machine sends its requests.
class Loader {
  public:
    explicit Loader(Copy& copy) : copy_(&copy) {}

    [[nodiscard]] bool is_active() const { return target_.has_value(); }
    [[nodiscard]] const std::optional<Target>& target() const { return target_; }
    /// Starts, or starts again at a newer state; buckets that agree are kept.
    [[nodiscard]] Status aim(Target target);
    void stop();

    using Ask = std::variant<wire::ManifestRequest, wire::ChunkRequest>;
    /// What to ask next; nothing when all that is missing is already under way.
    [[nodiscard]] Result<std::optional<Ask>> next();
    /// A request failed or its time ran out: it may be asked again.
    void give_back(const Ask& ask);

    /// Errors (the relay's fault): load.root (not the verified root), manifest.*, nodes.*, chunk.*,
    /// load.unasked.
    [[nodiscard]] Status manifest(const wire::Manifest& manifest);
    [[nodiscard]] Status chunk(const wire::ChunkRequest& asked, const wire::Chunk& chunk);

    /// Ends the load when everything is there; true when it did.
    [[nodiscard]] Result<bool> finish();
    /// 0 … 1.
    [[nodiscard]] double progress() const;

  private:
    enum class Stage { NeedsManifest, ManifestAsked, Buckets };
    struct Part {
        Stage stage = Stage::NeedsManifest;
        std::set<std::uint32_t> under_way;
        // A bucket larger than a message comes in parts.
        std::uint32_t parts_seen = 0;
        std::vector<state::Record> partial;
        std::vector<Bytes> blobs; ///< kept once the buckets that name them are verified
        std::size_t bytes = 0;
    };
    [[nodiscard]] Hash root_of(const std::string& name_space) const;

    Copy* copy_;
    std::optional<Target> target_;
    std::map<std::string, Part> parts_;
};

} // namespace tidewaiter::sync
