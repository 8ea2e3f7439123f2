#include "daemon/mqtt/backoff.hpp"
#include "daemon/mqtt/client.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::mqtt {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, DoublesWithJitterUpToItsLast) {
    Backoff backoff(1);
    std::chrono::milliseconds expected = 500ms;
    for (int attempt = 0; attempt < 20; ++attempt) {
        const auto wait = backoff.next();
        EXPECT_GE(wait, expected * 4 / 5) << attempt;
        EXPECT_LE(wait, expected * 6 / 5) << attempt;
        expected = std::min<std::chrono::milliseconds>(expected * 2, 30s);
    }
    backoff.reset();
    EXPECT_LE(backoff.next(), 600ms);
}

TEST(Backoff, DevicesDoNotComeBackTogether) {
    Backoff one(1);
    Backoff same(1);
    Backoff other(2);
    bool differs = false;
    for (int attempt = 0; attempt < 5; ++attempt) {
        const auto wait = one.next();
        EXPECT_EQ(wait, same.next());
        differs = differs || wait != other.next();
    }
    EXPECT_TRUE(differs);
}

TEST(Topic, PortableSubset) {
    EXPECT_TRUE(check_topic("tw/demo-1/head"));
    EXPECT_TRUE(check_topic("a/b/c/d/e/f/g/h"));
    EXPECT_TRUE(check_topic(std::string(200, 'a')));
    const std::string too_long(201, 'a');
    for (const std::string_view bad :
         {"", "/a", "a/", "a//b", "A", "a.b", "a b", "a/+", "#", "a/b/c/d/e/f/g/h/i", "$sys/x", "a\nb"}) {
        const Status status = check_topic(bad);
        ASSERT_FALSE(status) << bad;
        EXPECT_EQ(status.error().code, "mqtt.topic") << bad;
    }
    EXPECT_FALSE(check_topic(too_long));
    EXPECT_TRUE(check_filter("tw/+/head"));
    EXPECT_TRUE(check_filter("tw/#"));
    EXPECT_FALSE(check_filter("tw/#/x"));
    EXPECT_FALSE(check_filter("tw/a+"));
}

} // namespace
} // namespace tidewaiter::mqtt
