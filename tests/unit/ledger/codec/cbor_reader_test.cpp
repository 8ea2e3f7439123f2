#include "ledger/codec/cbor.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using cbor::Kind;
using cbor::Reader;

std::string finish_code(Reader& reader) {
    const auto status = reader.finish();
    return status ? "ok" : std::string(status.error().code);
}

/// What `read` makes of one item.
std::string read_code(std::string_view hex, const std::function<void(Reader&)>& read, cbor::Rules rules = {}) {
    const Bytes bytes = from_hex(hex).value();
    Reader reader(bytes, rules);
    read(reader);
    return finish_code(reader);
}

TEST(CborReader, IntegersAreBounded) {
    const Bytes bytes = from_hex("8405201b7fffffffffffffff3b7fffffffffffffff").value();
    Reader reader(bytes);
    reader.enter_array(4);
    EXPECT_EQ(reader.unsigned_integer(), 5U);
    EXPECT_EQ(reader.integer(), -1);
    EXPECT_EQ(reader.integer(), INT64_MAX);
    EXPECT_EQ(reader.integer(), INT64_MIN);
    reader.leave();
    EXPECT_EQ(finish_code(reader), "ok");

    EXPECT_EQ(read_code("05", [](Reader& r) { r.unsigned_integer(6); }), "cbor.range");
    EXPECT_EQ(read_code("05", [](Reader& r) { r.unsigned_integer(0, 4); }), "cbor.range");
    EXPECT_EQ(read_code("20", [](Reader& r) { r.unsigned_integer(); }), "cbor.type");
    EXPECT_EQ(read_code("20", [](Reader& r) { r.integer(0, 9); }), "cbor.range");
    EXPECT_EQ(read_code("1b8000000000000000", [](Reader& r) { r.integer(); }), "cbor.range");
    EXPECT_EQ(read_code("3b8000000000000000", [](Reader& r) { r.integer(); }), "cbor.range");
    EXPECT_EQ(read_code("6101", [](Reader& r) { r.integer(); }), "cbor.type");
}

TEST(CborReader, StringsAreViewsOfBoundedSize) {
    const Bytes bytes = from_hex("42abcd").value();
    Reader reader(bytes);
    EXPECT_EQ(reader.bytes(2, 2).data(), bytes.data() + 1);
    EXPECT_EQ(finish_code(reader), "ok");
    EXPECT_EQ(read_code("42abcd", [](Reader& r) { r.bytes(3); }), "cbor.range");
    EXPECT_EQ(read_code("42abcd", [](Reader& r) { r.bytes(0, 1); }), "cbor.range");
    EXPECT_EQ(read_code("626162", [](Reader& r) { EXPECT_EQ(r.text(1, 2), "ab"); }), "ok");
    EXPECT_EQ(read_code("626162", [](Reader& r) { r.text(0, 1); }), "cbor.range");
    EXPECT_EQ(read_code("60", [](Reader& r) { r.text(1); }), "cbor.range");
    EXPECT_EQ(read_code("61ff", [](Reader& r) { r.text(); }), "cbor.utf8");
    EXPECT_EQ(read_code("6161", [](Reader& r) { r.bytes(); }), "cbor.type");
    EXPECT_EQ(read_code("43abcd", [](Reader& r) { r.bytes(); }), "cbor.truncated");
    EXPECT_EQ(read_code("42abcd", [](Reader& r) { EXPECT_EQ(r.fixed_bytes<2>()[1], 0xCD); }), "ok");
    EXPECT_EQ(read_code("42abcd", [](Reader& r) { r.hash(); }), "cbor.range");
    EXPECT_EQ(read_code("5f41ab41cdff", [](Reader& r) { r.bytes(); }, cbor::kRelaxed), "cbor.indefinite");
}

TEST(CborReader, SimpleValuesEnumerationsAndTags) {
    enum class Colour { Yellow = 1, White, Blue };
    EXPECT_EQ(read_code("f5", [](Reader& r) { EXPECT_TRUE(r.boolean()); }), "ok");
    EXPECT_EQ(read_code("f4", [](Reader& r) { EXPECT_FALSE(r.boolean()); }), "ok");
    EXPECT_EQ(read_code("01", [](Reader& r) { r.boolean(); }), "cbor.type");
    EXPECT_EQ(read_code("f6", [](Reader& r) { r.null(); }), "ok");
    EXPECT_EQ(read_code("f4", [](Reader& r) { r.null(); }), "cbor.type");
    EXPECT_EQ(read_code("03", [](Reader& r) { EXPECT_EQ(r.enumeration(Colour::Yellow, Colour::Blue), Colour::Blue); }), "ok");
    EXPECT_EQ(read_code("04", [](Reader& r) { r.enumeration(Colour::Yellow, Colour::Blue); }), "cbor.range");
    EXPECT_EQ(read_code("00", [](Reader& r) { r.enumeration(Colour::Yellow, Colour::Blue); }), "cbor.range");
    const auto tagged = [](Reader& r) {
        r.expect_tag(18);
        r.unsigned_integer();
    };
    EXPECT_EQ(read_code("d201", tagged), "ok");
    EXPECT_EQ(read_code("d101", tagged), "cbor.tag");
    EXPECT_EQ(read_code("01", tagged), "cbor.type");
    EXPECT_EQ(read_code("d2", tagged), "cbor.truncated");
}

TEST(CborReader, PeekTellsTheKindOfWhatFollows) {
    const std::vector<std::pair<std::string_view, Kind>> cases{
        {"00", Kind::Unsigned}, {"20", Kind::Negative}, {"40", Kind::Bytes},   {"60", Kind::Text},
        {"80", Kind::Array},    {"a0", Kind::Map},      {"c0", Kind::Tag},     {"f4", Kind::Bool},
        {"f5", Kind::Bool},     {"f6", Kind::Null},     {"f7", Kind::Undefined}, {"f93c00", Kind::Float},
        {"fa00", Kind::Float},  {"fb00", Kind::Float},  {"f83b", Kind::Simple}, {"e0", Kind::Simple},
        {"", Kind::Undefined}};
    for (const auto& [hex, kind] : cases) {
        const Bytes bytes = from_hex(hex).value();
        EXPECT_EQ(Reader(bytes).peek(), kind) << hex;
    }
    const Bytes bytes = from_hex("8101").value();
    Reader reader(bytes);
    reader.enter_array(1);
    EXPECT_EQ(reader.unsigned_integer(), 1U);
    EXPECT_EQ(reader.peek(), Kind::Undefined) << "the array ended";
}

TEST(CborReader, TheFirstErrorSticks) {
    const Bytes bytes = from_hex("8361610203").value();
    Reader reader(bytes);
    int calls = 0;
    reader.array(3, 3, [&](std::size_t) {
        ++calls;
        reader.unsigned_integer();
        EXPECT_EQ(reader.unsigned_integer(), 0U);
        EXPECT_EQ(reader.text(), "");
        EXPECT_TRUE(reader.bytes().empty());
        EXPECT_FALSE(reader.boolean());
        EXPECT_TRUE(reader.raw().empty());
        EXPECT_EQ(reader.peek(), Kind::Undefined);
    });
    EXPECT_EQ(calls, 1) << "loops end";
    EXPECT_TRUE(reader.at_end());
    EXPECT_FALSE(reader.ok());
    reader.reject("later", "not the first");
    const auto status = reader.finish();
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, "cbor.type");
    EXPECT_EQ(status.error().detail, "at byte 1: expected an unsigned integer, found a text");
}

TEST(CborReader, ACallersOwnErrorHasTheOffset) {
    const Bytes bytes = from_hex("820102").value();
    Reader reader(bytes);
    reader.enter_array(2);
    reader.unsigned_integer();
    reader.reject("carnet.sheet", "no such sheet");
    EXPECT_EQ(reader.finish().error().code, "carnet.sheet");
    EXPECT_EQ(reader.finish().error().detail, "at byte 2: no such sheet");
}

TEST(CborReader, ClosedMapsKnowTheirKeys) {
    std::uint64_t first = 0;
    std::string_view second;
    const auto read = [&](Reader& r) {
        r.map({1}, [&](std::int64_t key) {
            switch (key) {
            case 1: first = r.unsigned_integer(); return true;
            case -1: second = r.text(); return true;
            default: return false;
            }
        });
    };
    EXPECT_EQ(read_code("a2010720626869", read), "ok");
    EXPECT_EQ(first, 7U);
    EXPECT_EQ(read_code("a10107", read), "ok") << "key -1 may be left out";
    EXPECT_EQ(read_code("a1206161", read), "cbor.missing-key");
    EXPECT_EQ(read_code("a201070208", read), "cbor.unknown-key");
    EXPECT_EQ(read_code("a26161010101", read), "cbor.key-type");
    EXPECT_EQ(read_code("a201070107", read), "cbor.duplicate-key");
    EXPECT_EQ(read_code("a22061610107", read), "cbor.key-order");
    EXPECT_EQ(read_code("a0", read), "cbor.empty");
    EXPECT_EQ(read_code("a0", read, {.allow_empty = true}), "cbor.missing-key");
    EXPECT_EQ(read_code("80", read), "cbor.type");
    EXPECT_EQ(read_code("a1010701", read), "cbor.trailing");
    EXPECT_EQ(read_code("a2010720", read), "cbor.count");
    EXPECT_EQ(read_code("a1013b8000000000000000", read), "cbor.type");
    EXPECT_EQ(read_code("a13b800000000000000001", read), "cbor.range");
}

TEST(CborReader, TheErrorsOfMapsSayWhichKeyAndWhere) {
    const Bytes bytes = from_hex("81a20107182a00").value();
    Reader reader(bytes);
    reader.array(1, 1, [&](std::size_t) {
        reader.map({1}, [&](std::int64_t key) {
            if (key != 1) return false;
            reader.unsigned_integer();
            return true;
        });
    });
    EXPECT_EQ(reader.finish().error().detail, "at byte 4: key 42 has no meaning here");

    const Bytes other = from_hex("a10107").value();
    Reader missing(other);
    missing.map({1, 9}, [&](std::int64_t) {
        missing.skip();
        return true;
    });
    EXPECT_EQ(missing.finish().error().detail, "at byte 0: this map must have key 9");
}

TEST(CborReader, EntriesReadKeysOfEitherKind) {
    std::vector<std::string> keys;
    const auto read = [&](Reader& r) {
        r.entries(1, 2, [&] {
            if (r.peek() == Kind::Text)
                keys.emplace_back(r.text());
            else
                keys.push_back(std::to_string(r.integer()));
            r.skip();
        });
    };
    EXPECT_EQ(read_code("a20100616100", read), "ok");
    EXPECT_EQ(keys, (std::vector<std::string>{"1", "a"}));
    EXPECT_EQ(read_code("a3010002000300", read), "cbor.range");
    EXPECT_EQ(read_code("a26161000100", read), "cbor.key-order");
    EXPECT_EQ(read_code("a1410000", read), "cbor.key-type");
    EXPECT_EQ(read_code("a10100", [](Reader& r) { r.entries(1, 1, [&] { r.integer(); }); }), "cbor.type")
        << "an entry that leaves its value unread";
}

TEST(CborReader, UnorderedMapsAreReadByRelaxedRulesButKeysStayUnique) {
    std::vector<std::int64_t> keys;
    const auto read = [&](Reader& r) {
        keys.clear();
        r.map({1, 2}, [&](std::int64_t key) {
            keys.push_back(key);
            if (r.peek() == Kind::Map)
                r.map({}, [&](std::int64_t) {
                    r.skip();
                    return true;
                });
            else
                r.skip();
            return true;
        });
    };
    EXPECT_EQ(read_code("a2020001a203000100", read, cbor::kRelaxed), "ok");
    EXPECT_EQ(keys, (std::vector<std::int64_t>{2, 1}));
    EXPECT_EQ(read_code("bf02000100ff", read, cbor::kRelaxed), "ok");
    EXPECT_EQ(read_code("a3020001000200", read, cbor::kRelaxed), "cbor.duplicate-key");
    EXPECT_EQ(read_code("a2020001a3030001000300", read, cbor::kRelaxed), "cbor.duplicate-key");
    EXPECT_EQ(read_code("bf02000100", read, cbor::kRelaxed), "cbor.truncated");
}

TEST(CborReader, ArraysAreOfBoundedLength) {
    const auto read = [](Reader& r) { r.array(2, 3, [&](std::size_t) { r.unsigned_integer(); }); };
    EXPECT_EQ(read_code("820102", read), "ok");
    EXPECT_EQ(read_code("83010203", read), "ok");
    EXPECT_EQ(read_code("8101", read), "cbor.range");
    EXPECT_EQ(read_code("8401020304", read), "cbor.range");
    EXPECT_EQ(read_code("80", read), "cbor.empty");
    EXPECT_EQ(read_code("9f0102ff", read, cbor::kRelaxed), "ok");
    EXPECT_EQ(read_code("9f01ff", read, cbor::kRelaxed), "cbor.range");
    EXPECT_EQ(read_code("9f01020304ff", read, cbor::kRelaxed), "cbor.range");
    EXPECT_EQ(read_code("9f0102", read, cbor::kRelaxed), "cbor.truncated");
    EXPECT_EQ(read_code("8101", [](Reader& r) { r.array(1, 1, [](std::size_t) {}); }), "cbor.type");
    EXPECT_EQ(read_code("820102",
                        [](Reader& r) {
                            r.array(1, 2, [&](std::size_t) {
                                r.skip();
                                r.skip();
                            });
                        }),
              "cbor.count")
        << "an element reads no further than itself";
}

TEST(CborReader, FixedArraysAreReadOneByOne) {
    const auto read_two = [](Reader& r) {
        r.enter_array(2);
        r.unsigned_integer();
        r.text();
        r.leave();
    };
    EXPECT_EQ(read_code("82016161", read_two), "ok");
    EXPECT_EQ(read_code("9f016161ff", read_two, cbor::kRelaxed), "ok");
    EXPECT_EQ(read_code("9f01616102ff", read_two, cbor::kRelaxed), "cbor.count");
    EXPECT_EQ(read_code("9f016161", read_two, cbor::kRelaxed), "cbor.truncated");
    EXPECT_EQ(read_code("8101", read_two), "cbor.range");
    EXPECT_EQ(read_code("8301616102", read_two), "cbor.range");
    EXPECT_EQ(read_code("820102",
                        [](Reader& r) {
                            r.enter_array(2);
                            r.skip();
                            r.leave();
                        }),
              "cbor.count");
    EXPECT_EQ(read_code("8101",
                        [](Reader& r) {
                            r.enter_array(1);
                            r.skip();
                            r.skip();
                        }),
              "cbor.count");
    EXPECT_EQ(read_code("8101",
                        [](Reader& r) {
                            r.enter_array(1);
                            r.skip();
                        }),
              "cbor.type")
        << "an array that is not left";
}

TEST(CborReader, RawGivesTheEncodingAndChecksIt) {
    const Bytes bytes = from_hex("8282010241ff").value();
    Reader reader(bytes);
    reader.enter_array(2);
    EXPECT_EQ(to_hex(reader.raw()), "820102");
    EXPECT_EQ(to_hex(reader.raw()), "41ff");
    reader.leave();
    EXPECT_EQ(finish_code(reader), "ok");
    EXPECT_EQ(read_code("a202000100", [](Reader& r) { r.skip(); }), "cbor.key-order");
    EXPECT_EQ(read_code("f6", [](Reader& r) { r.skip(); }), "cbor.null");
}

TEST(CborReader, DepthCountsWhatIsOpenAndWhatIsSkipped) {
    const auto nest = [](Reader& r, int levels) {
        for (int i = 0; i < levels; ++i) r.enter_array(1);
        r.skip();
        for (int i = 0; i < levels; ++i) r.leave();
    };
    std::string sixteen;
    for (int i = 0; i < 16; ++i) sixteen += "81";
    EXPECT_EQ(read_code(sixteen + "01", [&](Reader& r) { nest(r, 16); }), "ok");
    EXPECT_EQ(read_code(sixteen + "01", [&](Reader& r) { nest(r, 8); }), "ok");
    EXPECT_EQ(read_code(sixteen + "8101", [&](Reader& r) { nest(r, 17); }), "cbor.depth");
    EXPECT_EQ(read_code(sixteen + "8101", [&](Reader& r) { nest(r, 8); }), "cbor.depth");
}

TEST(CborReader, HostileHeadsFailBeforeAnythingIsSized) {
    int calls = 0;
    const auto read = [&](Reader& r) {
        r.array(0, SIZE_MAX, [&](std::size_t) {
            ++calls;
            r.skip();
        });
    };
    EXPECT_EQ(read_code("9affffffff", read), "cbor.count");
    EXPECT_EQ(read_code("9bffffffffffffffff", read), "cbor.count");
    EXPECT_EQ(read_code("bbffffffffffffffff", [](Reader& r) { r.map({}, [](std::int64_t) { return true; }); }), "cbor.count");
    EXPECT_EQ(calls, 0);
}

TEST(CborReader, ReadsASequenceItemByItem) {
    const Bytes bytes = from_hex("01810203").value();
    Reader reader(bytes);
    std::size_t items = 0;
    while (!reader.at_end()) {
        reader.skip();
        ++items;
    }
    EXPECT_EQ(items, 3U);
    EXPECT_EQ(reader.offset(), bytes.size());
    EXPECT_EQ(finish_code(reader), "ok");
}

} // namespace
} // namespace tidewaiter
