#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/time.hpp"

#include <optional>
#include <vector>

/// Messages over MQTT (docs/formats.cddl section 9). Decoders are strict; errors: cbor.*, wire.too-large
/// (above 256 KiB), wire.newer-version. Encoders give deterministic CBOR.
namespace tidewaiter::wire {

struct NamespaceRoot {
    std::string name;
    Hash root{};
    bool operator==(const NamespaceRoot&) const = default;
};
/// Ascending by name: what a header's application hash commits to.
using Roots = std::vector<NamespaceRoot>;

/// A relay's newest light block, the namespace roots of the state before it, and the relay's own signature.
struct HeadMessage {
    Bytes light_block; ///< CometBFT protobuf, at most 192 KiB
    Roots roots;
    Bytes relay_signature; ///< COSE bytes, type Head
    bool operator==(const HeadMessage&) const = default;
};

/// One record's new value, or its deletion.
struct Change {
    std::string key;
    std::optional<Bytes> value; ///< as stored: hashed as it is
    bool operator==(const Change&) const = default;
};

/// Part `part` of `parts` of what block `state` changed in one namespace. The roots are those of the whole.
struct Delta {
    std::string name_space;
    std::uint64_t state = 0;
    Hash root_before{};
    Hash root_after{};
    std::uint32_t part = 1;
    std::uint32_t parts = 1;
    std::vector<Change> changes; ///< ascending by key
    std::vector<Bytes> blobs;
    bool operator==(const Delta&) const = default;
};

/// What became of a transaction as one member sees it: a hint, never a reason to forget.
enum class ReceiptState : std::uint8_t { Received = 1, Waiting, Included, Refused, Malformed, Unknown };

struct ReceiptHint {
    struct Entry {
        Hash id{}; ///< core hash or transaction id
        ReceiptState state = ReceiptState::Unknown;
        std::optional<std::uint64_t> height;
        bool operator==(const Entry&) const = default;
    };
    std::vector<Entry> entries; ///< 1 … 64
    bool operator==(const ReceiptHint&) const = default;
};

/// Transactions of a device, or evidence of misbehaviour; one of the two.
struct Submit {
    std::uint32_t id = 0;
    std::vector<Bytes> transactions; ///< up to 64
    Bytes evidence;
    bool operator==(const Submit&) const = default;
};

/// A device's birth, health or last will.
struct DeviceState {
    enum class Kind : std::uint8_t { Birth = 1, Health, LastWill };
    enum class Freshness : std::uint8_t { Fresh = 1, Within, Beyond, Clock };
    Kind kind = Kind::Birth;
    UnixTime time = 0;
    std::optional<std::string> software;
    std::optional<std::uint64_t> state;
    std::optional<std::uint64_t> open_outbox_rows;
    std::optional<Freshness> freshness;
    std::optional<bool> is_frozen;
    std::optional<std::uint32_t> sequence;
    bool operator==(const DeviceState&) const = default;
};

[[nodiscard]] Bytes encode(const HeadMessage& message);
[[nodiscard]] Bytes encode(const Delta& message);
[[nodiscard]] Bytes encode(const ReceiptHint& message);
[[nodiscard]] Bytes encode(const Submit& message);
[[nodiscard]] Bytes encode(const DeviceState& message);

[[nodiscard]] Result<HeadMessage> decode_head(ByteView payload);
[[nodiscard]] Result<Delta> decode_delta(ByteView payload);
[[nodiscard]] Result<ReceiptHint> decode_receipt_hint(ByteView payload);
[[nodiscard]] Result<Submit> decode_submit(ByteView payload);
[[nodiscard]] Result<DeviceState> decode_device_state(ByteView payload);

} // namespace tidewaiter::wire
