#pragma once

#include "ledger/documents/carnet/record.hpp"

/// Pieces that several records share; for this folder's own sources.
namespace tidewaiter::carnet::fields {

[[nodiscard]] std::string text(cbor::Reader& reader, std::size_t min, std::size_t max);
[[nodiscard]] std::vector<Hash> hashes(cbor::Reader& reader, std::size_t max);
void write_hashes(cbor::Writer& writer, const std::vector<Hash>& values);
[[nodiscard]] std::vector<std::string> texts(cbor::Reader& reader, std::size_t max_count,
                                             std::size_t max_bytes);
void write_texts(cbor::Writer& writer, const std::vector<std::string>& values);
/// A small number in [min, max].
[[nodiscard]] int number(cbor::Reader& reader, int min, int max);
void write_number(cbor::Writer& writer, int value);
/// Lines text, checked strictly.
[[nodiscard]] std::string lines(cbor::Reader& reader);
[[nodiscard]] Sheet sheet(cbor::Reader& reader);
void write(cbor::Writer& writer, const Sheet& sheet);
[[nodiscard]] SheetSets sets(cbor::Reader& reader);
void write(cbor::Writer& writer, const SheetSets& sets);
[[nodiscard]] Cover cover(cbor::Reader& reader);
void write(cbor::Writer& writer, const Cover& cover);
[[nodiscard]] std::vector<Item> items(cbor::Reader& reader);
void write(cbor::Writer& writer, const std::vector<Item>& items);
[[nodiscard]] ListPage list_page(cbor::Reader& reader);
void write(cbor::Writer& writer, const ListPage& page);
[[nodiscard]] StampEntry stamp_entry(cbor::Reader& reader);
void write(cbor::Writer& writer, const StampEntry& entry);
/// The value, or the reader's error.
template <class T>
[[nodiscard]] Result<T> finish(cbor::Reader& reader, T value) {
    TW_CHECK(reader.finish());
    return value;
}

} // namespace tidewaiter::carnet::fields
