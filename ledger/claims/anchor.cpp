#include "ledger/claims/anchor.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/codec/cbor.hpp"

#include <algorithm>

namespace tidewaiter::claims {

namespace {

constexpr std::uint64_t kMaxTrustingPeriodSeconds = 2'592'000;
constexpr std::uint64_t kMaxHeight = 9'007'199'254'740'991;
constexpr std::uint64_t kMaxTimeSeconds = 253'402'300'799;
constexpr std::size_t kMaxCosigned = 16;
constexpr std::size_t kMaxPredecessors = 8;
constexpr std::size_t kMaxChainIdBytes = 50;

Bytes encode_core(const Anchor& anchor) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(1).text(anchor.chain_id);
        map.key(2).unsigned_integer(anchor.height);
        map.key(3).bytes(anchor.header_hash);
        map.key(4).array([&](cbor::Writer& time) {
            time.integer(anchor.time.seconds).unsigned_integer(anchor.time.nanos);
        });
        map.key(5).bytes(anchor.next_validators_hash);
        map.key(6).unsigned_integer(anchor.trusting_period_seconds);
        if (!anchor.predecessors.empty()) {
            map.key(7).array([&](cbor::Writer& list) {
                for (const std::string& chain : anchor.predecessors)
                    list.text(chain);
            });
        }
    });
    return writer.take();
}

Result<Anchor> decode_core(ByteView core) {
    Anchor anchor;
    cbor::Reader reader(core);
    reader.map({1, 2, 3, 4, 5, 6}, [&](std::int64_t key) {
        switch (key) {
        case 1: anchor.chain_id = reader.text(1, kMaxChainIdBytes); return true;
        case 2: anchor.height = reader.unsigned_integer(0, kMaxHeight); return true;
        case 3: anchor.header_hash = reader.hash(); return true;
        case 4:
            reader.enter_array(2);
            anchor.time.seconds = static_cast<std::int64_t>(reader.unsigned_integer(0, kMaxTimeSeconds));
            anchor.time.nanos = static_cast<std::uint32_t>(reader.unsigned_integer(0, 999'999'999));
            reader.leave();
            return true;
        case 5: anchor.next_validators_hash = reader.hash(); return true;
        case 6:
            anchor.trusting_period_seconds =
                static_cast<std::uint32_t>(reader.unsigned_integer(1, kMaxTrustingPeriodSeconds));
            return true;
        case 7:
            reader.array(1, kMaxPredecessors, [&](std::size_t) {
                anchor.predecessors.emplace_back(reader.text(1, kMaxChainIdBytes));
            });
            return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return anchor;
}

} // namespace

Result<SignedAnchor> parse_anchor(ByteView cose, std::string_view chain_id) {
    SignedAnchor result;
    TW_TRY(result.outer, parse_envelope(cose));
    if (result.outer.type != Type::Anchor)
        return fail("anchor.type", "this file is signed as another kind of object");
    // A cosignature is a COSE_Sign1 with detached payload: its nil is COSE's own.
    cbor::Reader reader(result.outer.payload,
                        cbor::Rules{.allow_null = true, .allow_empty = true, .allow_tags = true});
    std::vector<Bytes> cosigned;
    reader.map({1}, [&](std::int64_t key) {
        switch (key) {
        case 1: result.core = to_bytes(reader.bytes(1)); return true;
        case 3:
            reader.array(1, kMaxCosigned, [&](std::size_t) { cosigned.push_back(to_bytes(reader.raw())); });
            return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    for (const Bytes& item : cosigned) {
        TW_TRY(Envelope envelope, parse_envelope(item));
        if (!envelope.is_detached || envelope.type != Type::Anchor)
            return fail("anchor.type", "a cosignature is not a detached anchor signature");
        result.cosigned.push_back(std::move(envelope));
    }
    TW_TRY(result.anchor, decode_core(result.core));
    if (result.anchor.chain_id != chain_id)
        return fail("anchor.chain", "the anchor is for chain '" + printable(result.anchor.chain_id) +
                                        "', this gateway is configured for '" + printable(chain_id) + "'");
    return result;
}

std::size_t count_signers(const SignedAnchor& anchor, const std::vector<crypto::PublicKey>& administrators) {
    return static_cast<std::size_t>(std::ranges::count_if(administrators, [&](const crypto::PublicKey& key) {
        if (verify_envelope(anchor.outer, anchor.anchor.chain_id, key)) return true;
        return std::ranges::any_of(anchor.cosigned, [&](const Envelope& envelope) {
            return verify_detached(envelope, anchor.anchor.chain_id, anchor.core, key);
        });
    }));
}

Bytes sign_anchor(const Anchor& anchor, const std::vector<const crypto::PrivateKey*>& keys) {
    TW_ASSERT(!keys.empty());
    const Bytes core = encode_core(anchor);
    cbor::Writer payload;
    payload.map([&](cbor::Writer& map) {
        map.key(1).bytes(core);
        if (keys.size() > 1) {
            map.key(3).array([&](cbor::Writer& list) {
                for (std::size_t i = 1; i < keys.size(); ++i)
                    list.raw(seal_detached(Type::Anchor, core, anchor.chain_id, *keys[i]));
            });
        }
    });
    return seal(Type::Anchor, payload.view(), anchor.chain_id, *keys.front());
}

} // namespace tidewaiter::claims
