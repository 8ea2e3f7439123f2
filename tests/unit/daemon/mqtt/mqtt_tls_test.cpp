#include "daemon/mqtt/client.hpp"

#include "tests/support/certificates.hpp"
#include "tests/support/mosquitto.hpp"
#include "tests/support/mqtt_party.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::mqtt {
namespace {

using support::CertificateAuthority;
using support::Mosquitto;
using support::options_for;
using support::Party;

class MqttTls : public testing::Test {
  protected:
    support::TemporaryFolder folder;
    CertificateAuthority authority{folder.path()};
    CertificateAuthority stranger{folder.path(), "stranger"};
    CertificateAuthority::Files server = authority.issue("server", "DNS:localhost");
    loop::Loop loop;

    [[nodiscard]] std::string listener(const std::string& more = {}) const {
        return "cafile " + authority.certificate_file().string() + "\ncertfile " +
               server.certificate.string() + "\nkeyfile " + server.key.string() + "\n" + more;
    }
    [[nodiscard]] Options safe(const Mosquitto& broker, const std::string& host = "localhost") const {
        Options options = options_for(broker.port(), "gateway");
        options.host = host;
        options.tls = Tls{.trust_file = authority.certificate_file(), .certificate_file = {}, .key_file = {}};
        return options;
    }
    void expect_refused(const Options& options, std::string_view code) {
        Party party(loop);
        EXPECT_FALSE(party.connect(options));
        ASSERT_EQ(party.losses.size(), 1U);
        EXPECT_EQ(party.losses.at(0).code, code) << party.losses.at(0).detail;
    }
};

TEST_F(MqttTls, ATrustedBrokerOfTheRightNameIsUsed) {
    const Mosquitto broker(listener());
    Party party(loop);
    ASSERT_TRUE(party.connect(safe(broker))) << broker.log_text();
    ASSERT_TRUE(party.subscribe("tw/x"));
    ASSERT_TRUE(party.publish("tw/x", Bytes{1}));
    EXPECT_TRUE(support::wait_for(loop, [&] { return party.messages.size() == 1; }));
}

TEST_F(MqttTls, AnotherNameIsRefused) {
    const Mosquitto broker(listener());
    // The certificate is good, but it is for localhost.
    expect_refused(safe(broker, "127.0.0.1"), "mqtt.unreachable");
}

TEST_F(MqttTls, AnUntrustedBrokerIsRefused) {
    const Mosquitto broker(listener());
    Options options = safe(broker);
    options.tls->trust_file = stranger.certificate_file();
    expect_refused(options, "mqtt.unreachable");
    options.tls->trust_file = folder / "none.pem";
    expect_refused(options, "mqtt.tls");
}

TEST_F(MqttTls, OurOwnCertificateIsShown) {
    const Mosquitto broker(listener("require_certificate true\nuse_identity_as_username true"));
    Options options = safe(broker);
    const CertificateAuthority::Files own = authority.issue("gateway");
    options.tls->certificate_file = own.certificate;
    options.tls->key_file = own.key;
    {
        Party party(loop);
        ASSERT_TRUE(party.connect(options)) << broker.log_text();
    }
    options.tls->certificate_file.clear();
    options.tls->key_file.clear();
    expect_refused(options, "mqtt.unreachable");
}

} // namespace
} // namespace tidewaiter::mqtt
