#pragma once

#include "ledger/documents/identity/fields.hpp"
#include "ledger/state/view.hpp"

/// Dated records with the numbers and lists that rules use (namespace `reference`).
namespace tidewaiter::reference {

inline constexpr std::string_view kNamespace = "reference";
inline constexpr std::size_t kMaxDataBytes = 98'304; ///< 96 KiB
inline constexpr std::size_t kMaxVersions = 1'000;   ///< of one name, in its index

/// A version of a named list, as its owner put it (transaction kind 112).
struct Put {
    std::string name; ///< "carnet/territories"
    Date from;
    std::optional<Date> to; ///< inclusive
    std::uint32_t version = 1;
    Bytes data; ///< deterministic CBOR; its schema is named by `name`
    bool operator==(const Put&) const = default;
};
[[nodiscard]] Result<Put> decode_put(ByteView bytes);
[[nodiscard]] Bytes encode(const Put& put);

struct Value {
    Put put;
    crypto::KeyId owner{};
    documents::Inclusion inclusion;
    bool operator==(const Value&) const = default;
};
/// Errors: cbor.*, field.*, reference.version.
[[nodiscard]] Result<Value> decode(ByteView bytes);
[[nodiscard]] Bytes encode(const Value& value);

/// "<name>/2026-01-01"
[[nodiscard]] std::string record_key(std::string_view name, Date from);
/// "index/<name>/1970-01-01": a reference record that the ledger keeps itself; its content lists the first
/// days of the versions, so that get() alone finds the one in force (docs/decisions/0003).
[[nodiscard]] std::string index_key(std::string_view name);
/// Who put the first version of a name; nothing for a name that is free.
[[nodiscard]] Result<std::optional<crypto::KeyId>> owner_of(const state::View& view, std::string_view name);

/// The version in force on `date`: the one with the latest `from` not after it, if its `to` has not passed.
/// Nothing when there is none. Reads the index and one record.
[[nodiscard]] Result<std::optional<Value>> in_force(const state::View& view, std::string_view name,
                                                    Date date);

/// Writes a version and its index entry; the first writer of a name becomes its owner (the application checks
/// that later ones are the owner or its successor). What equals the record that is there changes nothing.
/// Errors: reference.name, reference.dates, reference.retroactive (begins before the day of `inclusion` where
/// another version was in force), reference.full, store.*.
[[nodiscard]] Status put(state::Overlay& overlay, const Put& value, const crypto::KeyId& owner,
                         const documents::Inclusion& inclusion);

} // namespace tidewaiter::reference
