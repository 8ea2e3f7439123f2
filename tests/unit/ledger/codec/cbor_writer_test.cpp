#include "ledger/codec/cbor.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using cbor::Writer;

std::string written(const std::function<void(Writer&)>& write) {
    Writer writer;
    write(writer);
    return to_hex(writer.take());
}

TEST(CborWriter, IntegersAreShortest) {
    const std::vector<std::pair<std::uint64_t, std::string_view>> cases{
        {0, "00"}, {23, "17"}, {24, "1818"}, {255, "18ff"}, {256, "190100"}, {65'535, "19ffff"}, {65'536, "1a00010000"},
        {UINT32_MAX, "1affffffff"}, {std::uint64_t{UINT32_MAX} + 1, "1b0000000100000000"}, {UINT64_MAX, "1bffffffffffffffff"}};
    for (const auto& [value, hex] : cases)
        EXPECT_EQ(written([v = value](Writer& w) { w.unsigned_integer(v); }), hex);
    EXPECT_EQ(written([](Writer& w) { w.integer(-1); }), "20");
    EXPECT_EQ(written([](Writer& w) { w.integer(-25); }), "3818");
    EXPECT_EQ(written([](Writer& w) { w.integer(INT64_MIN); }), "3b7fffffffffffffff");
    EXPECT_EQ(written([](Writer& w) { w.integer(INT64_MAX); }), "1b7fffffffffffffff");
}

TEST(CborWriter, OtherItems) {
    enum class Half { First = 1, Second };
    EXPECT_EQ(written([](Writer& w) { w.bytes(Bytes{0xAB}); }), "41ab");
    EXPECT_EQ(written([](Writer& w) { w.text("ü"); }), "62c3bc");
    EXPECT_EQ(written([](Writer& w) { w.boolean(true); }), "f5");
    EXPECT_EQ(written([](Writer& w) { w.boolean(false); }), "f4");
    EXPECT_EQ(written([](Writer& w) { w.null(); }), "f6");
    EXPECT_EQ(written([](Writer& w) { w.enumeration(Half::Second); }), "02");
    EXPECT_EQ(written([](Writer& w) { w.empty_map(); }), "a0");
    EXPECT_EQ(written([](Writer& w) { w.tag(18).array([](Writer& a) { a.unsigned_integer(1); }); }), "d28101");
    EXPECT_EQ(written([](Writer& w) { w.bytes(Bytes(24)); }).substr(0, 4), "5818");
}

TEST(CborWriter, CountsAreTakenFromWhatIsWritten) {
    EXPECT_EQ(written([](Writer& w) {
                  w.map([](Writer& m) {
                      m.key(1).unsigned_integer(2);
                      m.key(24).array([](Writer& a) {
                          a.text("a");
                          a.tag(1).tag(2).unsigned_integer(3);
                          a.raw(Bytes{0x80});
                      });
                      m.key(-1).map([](Writer& inner) { inner.key("z").boolean(true); });
                      m.key("aa").null();
                  });
              }),
              "a401021818836161c1c2038020a1617af5626161f6");
    const std::string many = written([](Writer& w) {
        w.array([](Writer& a) {
            for (int i = 0; i < 300; ++i) a.integer(0);
        });
    });
    EXPECT_EQ(many.substr(0, 6), "99012c");
    EXPECT_EQ(many.size(), 6U + 600U);
}

TEST(CborWriter, ViewShowsWhatTakeGivesAway) {
    Writer writer;
    writer.unsigned_integer(1);
    EXPECT_EQ(writer.view(), Bytes{0x01});
    EXPECT_EQ(writer.take(), Bytes{0x01});
}

TEST(CborWriterDeathTest, BrokenOrderAndShapeAreBugs) {
    const auto map = [](const std::function<void(Writer&)>& fill) {
        Writer writer;
        writer.map(fill);
    };
    EXPECT_DEATH(map([](Writer& m) { m.key(2).integer(0).key(1).integer(0); }), "lexicographical_compare");
    EXPECT_DEATH(map([](Writer& m) { m.key(1).integer(0).key(1).integer(0); }), "lexicographical_compare");
    EXPECT_DEATH(map([](Writer& m) { m.key("aa").integer(0).key("z").integer(0); }), "lexicographical_compare");
    EXPECT_DEATH(map([](Writer& m) { m.key(1); }), "broken invariant");
    EXPECT_DEATH(map([](Writer& m) { m.integer(1); }), "broken invariant");
    EXPECT_DEATH(map([](Writer& m) { m.key(1).key(2); }), "broken invariant");
    EXPECT_DEATH(map([](Writer& m) { m.key(1).integer(0).integer(0); }), "broken invariant");
    EXPECT_DEATH(map([](Writer&) {}), "level_.items > 0");
    EXPECT_DEATH(Writer().array([](Writer&) {}), "level_.items > 0");
    EXPECT_DEATH(Writer().array([](Writer& a) { a.key(1); }), "is_map");
    EXPECT_DEATH(Writer().array([](Writer& a) { a.tag(1); }), "is_tagged_");
    EXPECT_DEATH(Writer().raw({}), "item.empty");
}

} // namespace
} // namespace tidewaiter
