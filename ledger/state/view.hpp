#pragma once

#include "ledger/base/bytes.hpp"

#include <map>
#include <optional>
#include <string>

namespace tidewaiter::state {

/// A set of records, read by namespace and key. All rules read state through this alone, so that the set of
/// keys a judgement read is known and every absence can be proven.
class View {
  public:
    virtual ~View() = default;
    /// The value, or nothing when the record is absent. Errors: store.*, view.namespace (not held here).
    [[nodiscard]] virtual Result<std::optional<Bytes>> get(std::string_view name_space,
                                                           std::string_view key) const = 0;
};

/// Changes over a view that outlives it. Nothing reaches the base; the owner takes changes().
class Overlay final : public View {
  public:
    /// Per namespace: key -> new value, or nothing when deleted.
    using Changes =
        std::map<std::string, std::map<std::string, std::optional<Bytes>, std::less<>>, std::less<>>;

    explicit Overlay(const View& base) : base_(base) {}

    [[nodiscard]] Result<std::optional<Bytes>> get(std::string_view name_space,
                                                   std::string_view key) const override;
    void put(std::string_view name_space, std::string_view key, Bytes value);
    void erase(std::string_view name_space, std::string_view key);
    [[nodiscard]] const Changes& changes() const { return changes_; }
    void clear() { changes_.clear(); }
    /// Takes over another overlay's changes, which win.
    void absorb(const Overlay& other);

  private:
    const View& base_;
    Changes changes_;
};

/// Records in memory: tests, simulations, evidence files. Records every key that was read.
class MemoryView final : public View {
  public:
    [[nodiscard]] Result<std::optional<Bytes>> get(std::string_view name_space,
                                                   std::string_view key) const override;
    void put(std::string_view name_space, std::string_view key, Bytes value);
    void apply(const Overlay::Changes& changes);
    [[nodiscard]] const std::map<std::pair<std::string, std::string>, Bytes>& records() const {
        return records_;
    }

  private:
    std::map<std::pair<std::string, std::string>, Bytes> records_;
};

} // namespace tidewaiter::state
