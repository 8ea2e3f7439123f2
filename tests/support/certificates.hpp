#pragma once

#include <filesystem>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string>

namespace tidewaiter::support {

/// A certificate authority that lives for one test, and what it signed, as PEM files.
class CertificateAuthority {
  public:
    explicit CertificateAuthority(std::filesystem::path folder, const std::string& name = "authority")
        : folder_(std::move(folder)), name_(name), key_(make_key()) {
        certificate_ = make_certificate(key_.get(), name, "critical,CA:TRUE", {});
        sign(certificate_.get());
        write_certificate(certificate_.get(), certificate_file());
    }

    [[nodiscard]] std::filesystem::path certificate_file() const { return folder_ / (name_ + ".pem"); }

    struct Files {
        std::filesystem::path certificate;
        std::filesystem::path key;
    };
    /// `alternative_names` as OpenSSL has them: "DNS:localhost,IP:127.0.0.1"; empty for a client.
    [[nodiscard]] Files issue(const std::string& name, const std::string& alternative_names = {}) {
        const Key key = make_key();
        const Certificate certificate =
            make_certificate(key.get(), name, "critical,CA:FALSE", alternative_names);
        sign(certificate.get());
        Files files{folder_ / (name + ".pem"), folder_ / (name + ".key")};
        write_certificate(certificate.get(), files.certificate);
        const File out(std::fopen(files.key.c_str(), "w"), &std::fclose);
        require(out != nullptr &&
                PEM_write_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
        return files;
    }

  private:
    using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
    using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
    using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

    static void require(bool condition) {
        if (!condition) throw std::runtime_error("cannot make a certificate");
    }
    static Key make_key() {
        Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
        require(key != nullptr);
        return key;
    }

    Certificate make_certificate(EVP_PKEY* key, const std::string& name, const std::string& constraints,
                                 const std::string& alternative_names) {
        Certificate certificate(X509_new(), &X509_free);
        require(certificate != nullptr);
        X509* made = certificate.get();
        X509_set_version(made, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial_);
        X509_gmtime_adj(X509_getm_notBefore(made), -3600);
        X509_gmtime_adj(X509_getm_notAfter(made), 3600);
        X509_set_pubkey(made, key);
        set_name(X509_get_subject_name(made), name);
        set_name(X509_get_issuer_name(made), name_);
        add_extension(made, NID_basic_constraints, constraints);
        if (!alternative_names.empty()) add_extension(made, NID_subject_alt_name, alternative_names);
        return certificate;
    }
    static void set_name(X509_NAME* to, const std::string& name) {
        require(X509_NAME_add_entry_by_txt(to, "CN", MBSTRING_UTF8,
                                           reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                           0) == 1);
    }
    static void add_extension(X509* to, int kind, const std::string& value) {
        const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
            X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()), &X509_EXTENSION_free);
        require(extension != nullptr && X509_add_ext(to, extension.get(), -1) == 1);
    }
    void sign(X509* certificate) const { require(X509_sign(certificate, key_.get(), EVP_sha256()) > 0); }
    static void write_certificate(X509* certificate, const std::filesystem::path& path) {
        const File out(std::fopen(path.c_str(), "w"), &std::fclose);
        require(out != nullptr && PEM_write_X509(out.get(), certificate) == 1);
    }

    std::filesystem::path folder_;
    std::string name_;
    long serial_ = 0;
    Key key_;
    Certificate certificate_{nullptr, &X509_free};
};

} // namespace tidewaiter::support
