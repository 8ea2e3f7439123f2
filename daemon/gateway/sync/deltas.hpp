#pragma once

#include "daemon/wire/messages.hpp"
#include "ledger/state/view.hpp"

#include <map>

namespace tidewaiter::sync {

/// Deltas that wait for a verified head to say whether they are true. Bounded; what does not fit is dropped
/// and asked for again when it is due.
class DeltaBuffer {
  public:
    static constexpr std::size_t kMaxBytes = 64U * 1024 * 1024;

    /// Keeps one part. The same part again changes nothing.
    void add(wire::Delta part);

    /// Deltas that lead from root `from` (at state `after`) to root `to`, not beyond state `until`.
    struct Way {
        std::vector<const wire::Delta*> parts;
        bool is_complete = false;
    };
    [[nodiscard]] Way way(const std::string& name_space, Hash from, std::uint64_t after, const Hash& to,
                          std::uint64_t until) const;

    void drop_through(std::uint64_t state);
    void clear();
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

  private:
    struct Whole {
        std::map<std::uint32_t, wire::Delta> parts;
        [[nodiscard]] bool is_complete() const {
            return !parts.empty() && parts.size() == parts.begin()->second.parts;
        }
    };
    static std::size_t size_of(const wire::Delta& part);
    void forget(Whole& whole);

    std::map<std::string, std::map<std::uint64_t, Whole>> waiting_;
    std::size_t bytes_ = 0;
};

/// All changes of a way, later ones over earlier ones, and the blobs that changed records refer to; blobs
/// that no record of theirs names are left out.
void collect(const DeltaBuffer::Way& way, state::Overlay::Changes& changes,
             std::vector<std::pair<std::string, Bytes>>& blobs);

/// Whether one of the values holds the blob's SHA-256.
[[nodiscard]] bool is_referred_to(ByteView blob, const std::vector<wire::Change>& records);

} // namespace tidewaiter::sync
