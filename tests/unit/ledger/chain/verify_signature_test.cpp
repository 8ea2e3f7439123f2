#include "ledger/chain/hashes.hpp"
#include "ledger/chain/sign_bytes.hpp"
#include "ledger/chain/verify.hpp"
#include "tests/support/chain_maker.hpp"

#include <sodium.h>

#include <gtest/gtest.h>

/// Signatures that CometBFT's rule (ZIP-215) accepts and libsodium's does not: they must count, or one
/// validator could stop every gateway with a block its peers accept.
namespace tidewaiter::chain {
namespace {

using Scalar = std::array<std::uint8_t, 32>;
using Point = std::array<std::uint8_t, 32>;

/// A point of order 8.
Point torsion_point() {
    return from_hex_fixed<32>("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a").value();
}

Scalar reduced(ByteView wide) {
    Scalar out{};
    crypto_core_ed25519_scalar_reduce(out.data(), wide.data());
    return out;
}

Scalar hash_to_scalar(std::initializer_list<ByteView> parts) {
    std::array<std::uint8_t, 64> digest{};
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    for (const ByteView part : parts)
        crypto_hash_sha512_update(&state, part.data(), part.size());
    crypto_hash_sha512_final(&state, digest.data());
    return reduced(digest);
}

Point times_base(const Scalar& scalar) {
    Point out{};
    EXPECT_EQ(crypto_scalarmult_ed25519_base_noclamp(out.data(), scalar.data()), 0);
    return out;
}

Point plus_torsion(const Point& point) {
    Point out{};
    const Point torsion = torsion_point();
    EXPECT_EQ(crypto_core_ed25519_add(out.data(), point.data(), torsion.data()), 0);
    return out;
}

/// A validator who holds the scalar itself and so can sign as he likes.
class FreeSigner {
  public:
    FreeSigner(std::string_view name, bool has_torsion_key) {
        secret_ = hash_to_scalar({as_bytes(name)});
        key_ = times_base(secret_);
        if (has_torsion_key) key_ = plus_torsion(key_);
    }
    [[nodiscard]] const ValidatorKey& key() const { return key_; }
    [[nodiscard]] Bytes sign(ByteView message, bool with_torsion_in_r, std::uint8_t salt = 0) const {
        const Scalar nonce = hash_to_scalar({secret_, message, ByteView(&salt, 1)});
        Point r = times_base(nonce);
        if (with_torsion_in_r) r = plus_torsion(r);
        const Scalar challenge = hash_to_scalar({r, key_, message});
        Scalar s{};
        crypto_core_ed25519_scalar_mul(s.data(), challenge.data(), secret_.data());
        crypto_core_ed25519_scalar_add(s.data(), s.data(), nonce.data());
        Bytes signature(r.begin(), r.end());
        append(signature, s);
        return signature;
    }

  private:
    Scalar secret_{};
    ValidatorKey key_{};
};

bool libsodium_accepts(const ValidatorKey& key, ByteView message, const Bytes& signature) {
    return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0;
}

/// Signers 0 and 1 (10 each) and one validator with `key`, all three needed for two thirds.
struct SignatureScene {
    test::ChainMaker maker{test::equal_shares(2)};
    ValidatorSet set;
    LightBlock block;
    TrustedBlock trusted;
    std::size_t index = 0;
    Bytes message;

    explicit SignatureScene(const ValidatorKey& key) {
        std::vector<Validator> validators{{maker.public_key(0), 10}, {maker.public_key(1), 10}, {key, 10}};
        set = ValidatorSet::make(validators).value();
        index = *set.find(address_of(key));
        maker.grow(2);
        Header header = maker.at(2).header();
        header.height = 2;
        header.validators_hash = validators_hash(set);
        header.next_validators_hash = header.validators_hash;
        const Hash hash = header_hash(header);
        const BlockId id{.hash = hash, .parts = {.total = 1, .hash = hash}};
        const Commit of_two = maker.sign(header, id, test::equal_shares(2), {});
        block = {.signed_header = {.header = header,
                                   .commit = {.height = 2, .round = 0, .block_id = id, .signatures = {}}},
                 .validators = set};
        block.signed_header.commit.signatures.resize(3);
        for (const CommitSig& entry : of_two.signatures)
            block.signed_header.commit.signatures[*set.find(entry.address)] = entry;
        CommitSig& own = block.signed_header.commit.signatures[index];
        own = {.flag = BlockIdFlag::Commit,
               .address = address_of(key),
               .time = {1'700'000'002, 77},
               .signature = {}};
        CommitSignBytes sign_bytes(block.commit(), maker.chain_id());
        message = to_bytes(sign_bytes.of(index));
        trusted = trust(maker.at(1));
        trusted.next_validators_hash = header.validators_hash;
        trusted.overlap = set;
    }
    Judgement judge_adjacent(const Bytes& signature) {
        block.signed_header.commit.signatures[index].signature = signature;
        return verify(trusted, block, test::ChainMaker::options(), maker.now());
    }
    Judgement judge_skipping(const Bytes& signature) {
        TrustedBlock earlier = trusted;
        earlier.height = 0;
        block.signed_header.commit.signatures[index].signature = signature;
        Options options = test::ChainMaker::options();
        options.trust_level = {.numerator = 2, .denominator = 3};
        return verify(earlier, block, options, maker.now());
    }
};

TEST(VerifySignature, APlainSignatureOfAFreeSignerCounts) {
    const FreeSigner signer("plain", /*has_torsion_key=*/false);
    SignatureScene scene(signer.key());
    const Bytes signature = signer.sign(scene.message, /*with_torsion_in_r=*/false);
    EXPECT_TRUE(libsodium_accepts(signer.key(), scene.message, signature))
        << "the signer of this test is sound";
    EXPECT_TRUE(scene.judge_adjacent(signature).is_success());
    EXPECT_TRUE(scene.judge_skipping(signature).is_success());
    EXPECT_EQ(scene.judge_adjacent(Bytes(64, 0)).reason(), Reason::Signature) << "the vote is needed";
}

TEST(VerifySignature, TorsionInRCounts) {
    const FreeSigner signer("torsion in R", /*has_torsion_key=*/false);
    SignatureScene scene(signer.key());
    const Bytes signature = signer.sign(scene.message, /*with_torsion_in_r=*/true);
    EXPECT_FALSE(libsodium_accepts(signer.key(), scene.message, signature)) << "else this test shows nothing";
    EXPECT_TRUE(scene.judge_adjacent(signature).is_success());
    EXPECT_TRUE(scene.judge_skipping(signature).is_success());
    Bytes wrong = signature;
    wrong[35] ^= 1;
    EXPECT_EQ(scene.judge_adjacent(wrong).reason(), Reason::Signature);
}

TEST(VerifySignature, TorsionInTheKeyCounts) {
    const FreeSigner signer("torsion in the key", /*has_torsion_key=*/true);
    SignatureScene scene(signer.key());
    // Where the challenge is a multiple of eight the torsion vanishes by itself; another nonce is taken then.
    Bytes signature;
    std::uint8_t salt = 0;
    do {
        signature = signer.sign(scene.message, /*with_torsion_in_r=*/false, salt++);
    } while (libsodium_accepts(signer.key(), scene.message, signature) && salt < 100);
    EXPECT_FALSE(libsodium_accepts(signer.key(), scene.message, signature)) << "else this test shows nothing";
    EXPECT_TRUE(scene.judge_adjacent(signature).is_success());
    EXPECT_TRUE(scene.judge_skipping(signature).is_success());
}

TEST(VerifySignature, NonCanonicalKeyAndRCount) {
    // y = p + 1 is a second spelling of the neutral point: with that key S = r, R = r B signs everything.
    ValidatorKey key{};
    key.fill(0xFF);
    key[0] = 0xEE;
    key[31] = 0x7F;
    SignatureScene scene(key);
    const Scalar nonce = hash_to_scalar({as_bytes("nonce")});
    const Point r = times_base(nonce);
    Bytes signature(r.begin(), r.end());
    append(signature, nonce);
    EXPECT_FALSE(libsodium_accepts(key, scene.message, signature));
    EXPECT_TRUE(scene.judge_adjacent(signature).is_success());
    // R as a second spelling of the neutral point, S = 0.
    Bytes neutral(key.begin(), key.end());
    neutral.resize(64);
    EXPECT_FALSE(libsodium_accepts(key, scene.message, neutral));
    EXPECT_TRUE(scene.judge_adjacent(neutral).is_success());
}

TEST(VerifySignature, SAboveTheGroupOrderNeverCounts) {
    const FreeSigner signer("large S", /*has_torsion_key=*/false);
    SignatureScene scene(signer.key());
    Bytes signature = signer.sign(scene.message, /*with_torsion_in_r=*/false);
    constexpr std::string_view kOrder = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    const Bytes order = from_hex(kOrder).value();
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        carry += static_cast<unsigned>(signature[32 + i]) + order[i];
        signature[32 + i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    EXPECT_EQ(scene.judge_adjacent(signature).reason(), Reason::Signature);
}

} // namespace
} // namespace tidewaiter::chain
