#pragma once

#include "ledger/chain/types.hpp"

/// Canonical protobuf: ascending fields, shortest varints, zero values left out. Internal to the module.
namespace tidewaiter::chain {

/// Appends to a buffer of the caller's.
class Wire {
  public:
    explicit Wire(Bytes& out) : out_(out) {}

    void varint(std::uint64_t value) {
        while (value >= 0x80) {
            out_.push_back(static_cast<std::uint8_t>(value | 0x80));
            value >>= 7;
        }
        out_.push_back(static_cast<std::uint8_t>(value));
    }
    void unsigned_integer(std::uint32_t field, std::uint64_t value) {
        if (value == 0) return;
        varint(std::uint64_t{field} << 3);
        varint(value);
    }
    /// Negative: ten bytes of two's complement.
    void integer(std::uint32_t field, std::int64_t value) {
        unsigned_integer(field, static_cast<std::uint64_t>(value));
    }
    void fixed64(std::uint32_t field, std::int64_t value);
    void bytes(std::uint32_t field, ByteView value) {
        if (!value.empty()) bytes_always(field, value);
    }
    void bytes_always(std::uint32_t field, ByteView value) {
        varint((std::uint64_t{field} << 3) | 2);
        varint(value.size());
        append(out_, value);
    }
    void hash(std::uint32_t field, const std::optional<Hash>& value) {
        if (value) bytes_always(field, *value);
    }
    /// Written even when its body is empty.
    template <class Body>
    void message(std::uint32_t field, Body&& body) {
        varint((std::uint64_t{field} << 3) | 2);
        const std::size_t start = out_.size();
        out_.push_back(0);
        body();
        set_length(start);
    }

  private:
    void set_length(std::size_t start);

    Bytes& out_;
};

// Bodies of messages, without tag and length.
void write_time(Wire& wire, TimeNs time);
void write_block_id(Wire& wire, const BlockId& id);
void write_entry(Wire& wire, const CommitSig& entry);
void write_commit(Wire& wire, const Commit& commit);
void write_header(Wire& wire, const Header& header);
void write_version(Wire& wire, const Version& version);
void write_key(Wire& wire, const ValidatorKey& key);

} // namespace tidewaiter::chain
