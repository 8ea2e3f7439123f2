#include "ledger/state/ics23.hpp"

#include <algorithm>
#include <functional>

namespace tidewaiter::state::ics23 {

namespace {

// The few messages of ICS-23 in protobuf, read strictly: known fields only, each at most once unless
// repeated. Every value is a varint or length-delimited.
class ProtoReader {
  public:
    explicit ProtoReader(ByteView input) : input_(input) {}

    struct Field {
        std::uint32_t number = 0;
        bool is_varint = false;
        std::uint64_t value = 0;
        ByteView bytes;
    };

    Result<std::optional<Field>> next() {
        if (position_ == input_.size()) return std::nullopt;
        TW_TRY(const std::uint64_t tag, varint());
        Field field{.number = static_cast<std::uint32_t>(tag >> 3),
                    .is_varint = (tag & 7) == 0,
                    .value = 0,
                    .bytes = {}};
        if (tag > UINT32_MAX || field.number == 0 || ((tag & 7) != 0 && (tag & 7) != 2)) {
            return fail("ics23.encoding",
                        "proof: tag " + std::to_string(tag) + " at byte " + std::to_string(position_));
        }
        TW_TRY(field.value, varint());
        if (field.is_varint) return field;
        if (field.value > input_.size() - position_) {
            return fail("ics23.encoding",
                        "proof: a field is longer than what is left at byte " + std::to_string(position_));
        }
        field.bytes = input_.subspan(position_, static_cast<std::size_t>(field.value));
        position_ += field.bytes.size();
        return field;
    }

  private:
    Result<std::uint64_t> varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && position_ < input_.size(); shift += 7) {
            const std::uint8_t byte = input_[position_++];
            if (shift == 63 && byte > 1) break;
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) return value;
        }
        return fail("ics23.encoding",
                    "proof: number cut off or too great at byte " + std::to_string(position_));
    }

    ByteView input_;
    std::size_t position_ = 0;
};

using FieldHandler = std::function<Status(const ProtoReader::Field&)>;

Status read_message(ByteView bytes, std::uint32_t varint_fields, std::uint32_t repeated_fields,
                    const FieldHandler& handle) {
    ProtoReader reader(bytes);
    std::uint32_t seen = 0;
    while (true) {
        TW_TRY(const auto field, reader.next());
        if (!field) return {};
        const std::uint32_t bit = field->number < 32 ? 1U << field->number : 0;
        if (field->is_varint != ((varint_fields & bit) != 0)) {
            return fail("ics23.encoding",
                        "proof: field " + std::to_string(field->number) + " has the wrong wire type");
        }
        if ((seen & bit) != 0 && (repeated_fields & bit) == 0) {
            return fail("ics23.encoding", "proof: field " + std::to_string(field->number) + " occurs twice");
        }
        seen |= bit;
        TW_CHECK(handle(*field));
    }
}

constexpr std::uint32_t fields(std::initializer_list<unsigned> numbers) {
    std::uint32_t mask = 0;
    for (const unsigned number : numbers)
        mask |= 1U << number;
    return mask;
}

std::unexpected<Error> unknown_field(std::string_view message, std::uint32_t number) {
    return fail("ics23.encoding", std::string(message) + " has no field " + std::to_string(number));
}

template <class Enum>
Status read_enum(Enum& to, std::uint64_t value, Enum last) {
    if (value > static_cast<std::uint64_t>(last)) {
        return fail("ics23.enum", "proof: operation number " + std::to_string(value) + " does not exist");
    }
    to = static_cast<Enum>(value);
    return {};
}

Result<LeafOp> read_leaf(ByteView bytes) {
    LeafOp op;
    TW_CHECK(read_message(bytes, fields({1, 2, 3, 4}), 0, [&](const ProtoReader::Field& field) -> Status {
        switch (field.number) {
        case 1: return read_enum(op.hash, field.value, HashOp::Blake3);
        case 2: return read_enum(op.prehash_key, field.value, HashOp::Blake3);
        case 3: return read_enum(op.prehash_value, field.value, HashOp::Blake3);
        case 4: return read_enum(op.length, field.value, LengthOp::Require64Bytes);
        case 5: op.prefix = to_bytes(field.bytes); return {};
        default: return unknown_field("LeafOp", field.number);
        }
    }));
    return op;
}

Result<InnerOp> read_inner(ByteView bytes) {
    InnerOp op;
    TW_CHECK(read_message(bytes, fields({1}), 0, [&](const ProtoReader::Field& field) -> Status {
        switch (field.number) {
        case 1: return read_enum(op.hash, field.value, HashOp::Blake3);
        case 2: op.prefix = to_bytes(field.bytes); return {};
        case 3: op.suffix = to_bytes(field.bytes); return {};
        default: return unknown_field("InnerOp", field.number);
        }
    }));
    return op;
}

Result<ExistenceProof> read_existence(ByteView bytes) {
    ExistenceProof proof;
    TW_CHECK(read_message(bytes, 0, fields({4}), [&](const ProtoReader::Field& field) -> Status {
        switch (field.number) {
        case 1: proof.key = to_bytes(field.bytes); return {};
        case 2: proof.value = to_bytes(field.bytes); return {};
        case 3: {
            TW_TRY(proof.leaf, read_leaf(field.bytes));
            return {};
        }
        case 4: {
            if (proof.path.size() == kMaxProofSteps) {
                return fail("ics23.size", "proof: more than " + std::to_string(kMaxProofSteps) + " steps");
            }
            TW_TRY(InnerOp op, read_inner(field.bytes));
            proof.path.push_back(std::move(op));
            return {};
        }
        default: return unknown_field("ExistenceProof", field.number);
        }
    }));
    return proof;
}

Result<NonExistenceProof> read_absence(ByteView bytes) {
    NonExistenceProof proof;
    TW_CHECK(read_message(bytes, 0, 0, [&](const ProtoReader::Field& field) -> Status {
        switch (field.number) {
        case 1: proof.key = to_bytes(field.bytes); return {};
        case 2: {
            TW_TRY(proof.left, read_existence(field.bytes));
            return {};
        }
        case 3: {
            TW_TRY(proof.right, read_existence(field.bytes));
            return {};
        }
        default: return unknown_field("NonExistenceProof", field.number);
        }
    }));
    return proof;
}

class ProtoWriter {
  public:
    void varint_field(unsigned number, std::uint64_t value) {
        if (value == 0) return;
        varint(number << 3);
        varint(value);
    }
    void bytes_field(unsigned number, ByteView value) {
        if (!value.empty()) message_field(number, value);
    }
    void message_field(unsigned number, ByteView value) {
        varint(number << 3 | 2);
        varint(value.size());
        append(out_, value);
    }
    Bytes take() { return std::move(out_); }

  private:
    void varint(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7)
            out_.push_back(static_cast<std::uint8_t>(value | 0x80));
        out_.push_back(static_cast<std::uint8_t>(value));
    }
    Bytes out_;
};

Bytes write_leaf(const LeafOp& op) {
    ProtoWriter writer;
    writer.varint_field(1, static_cast<std::uint64_t>(op.hash));
    writer.varint_field(2, static_cast<std::uint64_t>(op.prehash_key));
    writer.varint_field(3, static_cast<std::uint64_t>(op.prehash_value));
    writer.varint_field(4, static_cast<std::uint64_t>(op.length));
    writer.bytes_field(5, op.prefix);
    return writer.take();
}

Bytes write_inner(const InnerOp& op) {
    ProtoWriter writer;
    writer.varint_field(1, static_cast<std::uint64_t>(op.hash));
    writer.bytes_field(2, op.prefix);
    writer.bytes_field(3, op.suffix);
    return writer.take();
}

Bytes write_existence(const ExistenceProof& proof) {
    ProtoWriter writer;
    writer.bytes_field(1, proof.key);
    writer.bytes_field(2, proof.value);
    if (proof.leaf) writer.message_field(3, write_leaf(*proof.leaf));
    for (const InnerOp& op : proof.path)
        writer.message_field(4, write_inner(op));
    return writer.take();
}

Bytes write_absence(const NonExistenceProof& proof) {
    ProtoWriter writer;
    writer.bytes_field(1, proof.key);
    if (proof.left) writer.message_field(2, write_existence(*proof.left));
    if (proof.right) writer.message_field(3, write_existence(*proof.right));
    return writer.take();
}

} // namespace

Result<CommitmentProof> decode(ByteView bytes) {
    if (bytes.size() > kMaxProofBytes) {
        return fail("ics23.size", "proof of " + std::to_string(bytes.size()) + " bytes, at most " +
                                      std::to_string(kMaxProofBytes) + " are read");
    }
    std::optional<CommitmentProof> proof;
    TW_CHECK(read_message(bytes, 0, 0, [&](const ProtoReader::Field& field) -> Status {
        if (proof) return fail("ics23.encoding", "proof: more than one kind in one message");
        switch (field.number) {
        case 1: {
            TW_TRY(proof, read_existence(field.bytes));
            return {};
        }
        case 2: {
            TW_TRY(proof, read_absence(field.bytes));
            return {};
        }
        case 3:
        case 4: return fail("ics23.batch", "batch proofs are not read: ask for one proof per key");
        default: return unknown_field("CommitmentProof", field.number);
        }
    }));
    if (!proof) return fail("ics23.empty", "the proof is empty");
    return *std::move(proof);
}

Bytes encode(const CommitmentProof& proof) {
    ProtoWriter writer;
    if (const auto* existence = std::get_if<ExistenceProof>(&proof)) {
        writer.message_field(1, write_existence(*existence));
    } else {
        writer.message_field(2, write_absence(std::get<NonExistenceProof>(proof)));
    }
    return writer.take();
}

} // namespace tidewaiter::state::ics23
