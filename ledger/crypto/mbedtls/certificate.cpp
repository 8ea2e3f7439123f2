// 2.28 has plain members, 3.6 renames them unless asked not to.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include "ledger/crypto/certificate.hpp"

#include "ledger/crypto/hash.hpp"

#include <mbedtls/asn1.h>
#include <mbedtls/error.h>
#include <mbedtls/pem.h>
#include <mbedtls/x509_crt.h>

#include <algorithm>

namespace tidewaiter::crypto {

namespace {

constexpr std::size_t kMaxInputBytes = 262'144;
constexpr std::size_t kMaxKeys = 1'024;
constexpr std::string_view kPemBegin = "-----BEGIN ";
constexpr std::string_view kPemDashes = "-----";

struct ParsedChain {
    mbedtls_x509_crt first;
    ParsedChain() { mbedtls_x509_crt_init(&first); }
    ParsedChain(const ParsedChain&) = delete;
    ParsedChain& operator=(const ParsedChain&) = delete;
    ~ParsedChain() { mbedtls_x509_crt_free(&first); }
};

struct PemBlock {
    mbedtls_pem_context context;
    PemBlock() { mbedtls_pem_init(&context); }
    PemBlock(const PemBlock&) = delete;
    PemBlock& operator=(const PemBlock&) = delete;
    ~PemBlock() { mbedtls_pem_free(&context); }
};

std::string text_of(int error) {
    std::array<char, 128> text{};
    mbedtls_strerror(error, text.data(), text.size());
    return text.data();
}

std::string name_of(const mbedtls_x509_name& name) {
    std::array<char, 1024> text{};
    const int size = mbedtls_x509_dn_gets(text.data(), text.size(), &name);
    return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : "(name too long to show)";
}

Result<UnixTime> time_of(const mbedtls_x509_time& time) {
    const Result<Date> date = make_date(time.year, time.mon, time.day);
    if (!date || time.hour > 23 || time.min > 59 || time.sec > 59)
        return fail("certificate.date", "the certificate's validity names a moment that does not exist");
    return UnixTime{date->days} * 86'400 + time.hour * 3'600 + time.min * 60 + time.sec;
}

Result<Certificate> read_certificate(ByteView der) {
    ParsedChain parsed;
    if (const int error = mbedtls_x509_crt_parse_der(&parsed.first, der.data(), der.size()); error != 0)
        return fail("certificate.parse", "not an X.509 certificate that can be read: " + text_of(error));
    if (parsed.first.raw.len != der.size())
        return fail("certificate.parse",
                    std::to_string(der.size() - parsed.first.raw.len) + " bytes follow the certificate");
    Result<ForeignKey> key = ForeignKey::from_spki({parsed.first.pk_raw.p, parsed.first.pk_raw.len});
    if (!key) return within("certificate's key", std::move(key).error());
    TW_TRY(const UnixTime not_before, time_of(parsed.first.valid_from));
    TW_TRY(const UnixTime not_after, time_of(parsed.first.valid_to));
    Certificate certificate{.subject = name_of(parsed.first.subject),
                            .issuer = name_of(parsed.first.issuer),
                            .not_before = not_before,
                            .not_after = not_after,
                            .der = to_bytes(der),
                            .sha256 = sha256(der),
                            .key_id = {},
                            .key = std::move(*key)};
    std::copy_n(certificate.sha256.begin(), certificate.key_id.size(), certificate.key_id.begin());
    return certificate;
}

TrustedKey trusted(Certificate certificate) {
    return {.name = certificate.subject,
            .key = certificate.key,
            .kids = {to_bytes(certificate.key_id)},
            .certificate = std::move(certificate)};
}

Result<TrustedKey> read_bare_key(ByteView der) {
    TW_TRY(ForeignKey key, ForeignKey::from_spki(der));
    TrustedKey result{
        .name = "public key (" + key.description() + ")", .key = key, .kids = {}, .certificate = {}};
    if (const std::optional<PublicKey> ours = key.ours()) result.kids.push_back(to_bytes(ours->id()));
    return result;
}

/// The label of the PEM block that begins at `text`: "CERTIFICATE".
Result<std::string> label_of(std::string_view text) {
    text.remove_prefix(kPemBegin.size());
    const std::size_t end = text.find(kPemDashes);
    if (end == std::string_view::npos || end > 40)
        return fail("certificate.pem", "a line begins with '-----BEGIN ' and has no closing dashes");
    return std::string(text.substr(0, end));
}

struct Block {
    std::string label;
    Bytes der;
    std::size_t next = 0; ///< where the text after it begins
};

Result<Block> read_block(const std::string& text, std::size_t begin) {
    Block block;
    TW_TRY(block.label, label_of(std::string_view(text).substr(begin)));
    const std::string header = "-----BEGIN " + block.label + "-----";
    const std::string footer = "-----END " + block.label + "-----";
    PemBlock pem;
    std::size_t used = 0;
    const auto* data = reinterpret_cast<const unsigned char*>(text.c_str() + begin);
    if (const int error =
            mbedtls_pem_read_buffer(&pem.context, header.c_str(), footer.c_str(), data, nullptr, 0, &used);
        error != 0)
        return fail("certificate.pem", "PEM block '" + printable(block.label, 40) + "' at offset " +
                                           std::to_string(begin) + ": " + text_of(error));
    block.der.assign(pem.context.buf, pem.context.buf + pem.context.buflen);
    block.next = begin + used;
    return block;
}

Result<TrustedKey> read_trusted(const Block& block) {
    if (block.label == "CERTIFICATE") {
        TW_TRY(Certificate certificate, read_certificate(block.der));
        return trusted(std::move(certificate));
    }
    if (block.label == "PUBLIC KEY") return read_bare_key(block.der);
    return fail("certificate.pem", "PEM block '" + printable(block.label, 40) +
                                       "': a trust file holds CERTIFICATE and PUBLIC KEY blocks");
}

Status check_size(ByteView input) {
    if (input.empty())
        return fail("certificate.empty", "the file is empty; a certificate or public key is expected");
    if (input.size() > kMaxInputBytes)
        return fail("certificate.size", std::to_string(input.size()) + " bytes: up to 262,144 are read");
    return {};
}

} // namespace

Result<std::vector<TrustedKey>> parse_trust(ByteView input) {
    TW_CHECK(check_size(input));
    std::vector<TrustedKey> keys;
    const std::string text(as_text(input)); // mbedTLS wants a terminating zero
    std::size_t begin = text.find(kPemBegin);
    if (begin == std::string::npos) {
        Result<Certificate> certificate = read_certificate(input);
        if (certificate) {
            keys.push_back(trusted(std::move(*certificate)));
            return keys;
        }
        Result<TrustedKey> bare = read_bare_key(input);
        if (!bare && bare.error().code != "key.der") return std::unexpected(std::move(bare).error());
        if (!bare) return std::unexpected(std::move(certificate).error());
        keys.push_back(std::move(*bare));
        return keys;
    }
    while (begin != std::string::npos) {
        if (keys.size() == kMaxKeys)
            return fail("certificate.size", "more than 1,024 keys in one trust file");
        TW_TRY(const Block block, read_block(text, begin));
        TW_TRY(TrustedKey key, read_trusted(block));
        keys.push_back(std::move(key));
        begin = text.find(kPemBegin, block.next);
    }
    return keys;
}

Result<Certificate> parse_certificate(ByteView input) {
    TW_CHECK(check_size(input));
    const std::string text(as_text(input));
    const std::size_t begin = text.find(kPemBegin);
    if (begin == std::string::npos) return read_certificate(input);
    TW_TRY(const Block block, read_block(text, begin));
    if (block.label != "CERTIFICATE")
        return fail("certificate.pem",
                    "PEM block '" + printable(block.label, 40) + "': CERTIFICATE is expected");
    return read_certificate(block.der);
}

} // namespace tidewaiter::crypto
