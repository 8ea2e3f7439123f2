#pragma once

#include "daemon/wire/requests.hpp"
#include "ledger/codec/cbor.hpp"

/// Pieces that several messages share. Internal to this folder.
namespace tidewaiter::wire::fields {

inline constexpr std::uint64_t kMaxHeight = 9'007'199'254'740'991;
inline constexpr std::uint64_t kVersion = 1;
inline constexpr std::size_t kMaxNamespaceBytes = 40;
inline constexpr std::size_t kMaxBlobBytes = 135'168;
inline constexpr std::size_t kMaxBlobs = 256;
inline constexpr std::uint32_t kMaxParts = 65'535;

Status check_size(ByteView payload);
/// Key 0 of every message; rejects what a newer peer sends.
void version(cbor::Reader& reader);

std::uint64_t height(cbor::Reader& reader);
std::string name_space(cbor::Reader& reader);
std::vector<Change> changes(cbor::Reader& reader, std::size_t max);
std::vector<Bytes> blobs(cbor::Reader& reader, std::size_t max);
HeadMessage head(cbor::Reader& reader);
Delta delta(cbor::Reader& reader);

void write(cbor::Writer& writer, const std::vector<Change>& changes);
void write_blobs(cbor::Writer& writer, const std::vector<Bytes>& blobs);
void write(cbor::Writer& writer, const HeadMessage& message);
void write(cbor::Writer& writer, const Delta& message);

} // namespace tidewaiter::wire::fields
