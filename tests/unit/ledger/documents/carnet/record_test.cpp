#include "ledger/documents/carnet/acts.hpp"
#include "ledger/documents/carnet/record.hpp"

#include "ledger/codec/cbor.hpp"
#include "ledger/crypto/hash.hpp"
#include "tests/support/objects.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter::carnet {
namespace {

using test::load_sample;

/// Content of a device transaction's payload {1: bstr core, 2: bstr attachments, …}.
struct DeviceParts {
    Bytes core;
    Bytes attachments;
};
DeviceParts device_parts(const Bytes& payload) {
    DeviceParts parts;
    cbor::Rules rules;
    rules.allow_null = rules.allow_empty = rules.allow_tags = true; // as cosignatures have them
    cbor::Reader reader(payload, rules);
    reader.map({1, 2}, [&](std::int64_t key) {
        if (key == 1)
            parts.core = to_bytes(reader.bytes());
        else if (key == 2)
            parts.attachments = to_bytes(reader.bytes());
        else
            reader.skip();
        return true;
    });
    const Status read = reader.finish();
    EXPECT_TRUE(read) << read.error().code << ' ' << read.error().detail;
    return parts;
}

/// Body of an organisation's payload {1: kind, 2: body, 3: at}.
Bytes organisation_body(const Bytes& payload) {
    Bytes body;
    cbor::Reader reader(payload);
    reader.map({1, 2, 3}, [&](std::int64_t key) {
        if (key == 2)
            body = to_bytes(reader.raw());
        else
            reader.skip();
        return true;
    });
    EXPECT_TRUE(reader.finish());
    return body;
}

template <class T>
std::string_view code_of(const Result<T>& result) {
    return result ? std::string_view("none") : result.error().code;
}

class DeviceRecords : public testing::TestWithParam<std::string> {};

TEST_P(DeviceRecords, CoreAndAttachmentsKeepTheirBytes) {
    const test::Sample sample = load_sample(GetParam());
    const DeviceParts parts = device_parts(sample.payload);
    const auto core = decode_core(parts.core);
    ASSERT_TRUE(core) << core.error().detail;
    EXPECT_EQ(encode(*core), parts.core);
    EXPECT_EQ(to_hex(crypto::sha256(parts.core)), sample.core_sha256_hex);
    const auto attachments = decode_attachments(parts.attachments);
    ASSERT_TRUE(attachments) << attachments.error().detail;
    EXPECT_EQ(encode(*attachments), parts.attachments);
    EXPECT_EQ(core->attachments, crypto::sha256(parts.attachments));
}

INSTANTIATE_TEST_SUITE_P(Samples, DeviceRecords,
                         testing::Values("stamp-import", "stamp-reexport", "record-accept-replacement",
                                         "record-accept-substitute", "record-adopt", "record-cancel-cosigned",
                                         "record-claim-used", "record-correct", "record-extend",
                                         "record-paper", "record-permit-used", "record-regularise",
                                         "record-release", "record-seize", "record-transfer-holder",
                                         "checkpoint"),
                         [](const auto& test) {
                             std::string name = test.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST(CarnetRecords, ReceiptsCarryTheCore) {
    for (const char* const name : {"receipt-reexport", "receipt-transit"}) {
        const test::Sample sample = load_sample(name);
        const auto core = decode_core(sample.payload);
        ASSERT_TRUE(core) << name << ": " << core.error().detail;
        EXPECT_EQ(encode(*core), sample.payload);
    }
    const auto transit = decode_core(load_sample("receipt-transit").payload);
    EXPECT_EQ(transit->operation, Operation::TransitOpen);
    EXPECT_EQ(transit->destination, "US-D:2704");
    EXPECT_EQ(transit->sheet, (Sheet{Colour::Blue, 2, Half::Opening}));
}

TEST(CarnetRecords, StateKeepsItsBytes) {
    const test::Sample head = load_sample("state-carnet-head");
    const auto decoded = decode_head(head.cbor);
    ASSERT_TRUE(decoded) << decoded.error().detail;
    EXPECT_EQ(encode(*decoded), head.cbor);
    EXPECT_EQ(decoded->status, CarnetStatus::Active);
    ASSERT_EQ(decoded->obligations.size(), 2U);
    EXPECT_EQ(decoded->obligations[1].lines, "4x2");
    EXPECT_TRUE(decoded->holder_key);

    const test::Sample list = load_sample("state-list-page");
    const auto page = decode_list_value(list.cbor);
    ASSERT_TRUE(page) << page.error().detail;
    EXPECT_EQ(encode(*page), list.cbor);
    EXPECT_EQ(page_digest(page->page), decoded->cover.page_digests[0]);
    EXPECT_EQ(list_digest(page->page.items), decoded->cover.list_digest);
    EXPECT_EQ(cover_digest(decoded->cover), decoded->holder_signed);

    const test::Sample stamps = load_sample("state-stamps-page");
    const auto entries = decode_stamps_page(stamps.cbor);
    ASSERT_TRUE(entries) << entries.error().detail;
    EXPECT_EQ(encode_stamps_page(*entries), stamps.cbor);
    ASSERT_EQ(entries->size(), 2U);
    EXPECT_EQ((*entries)[1].outcome, StampOutcome::Late);
    EXPECT_EQ((*entries)[1].why, 1);
}

TEST(CarnetRecords, OrganisationsBodiesKeepTheirBytes) {
    const auto check = [](const char* name, auto decode) {
        const Bytes body = organisation_body(load_sample(name).payload);
        const auto value = decode(body);
        ASSERT_TRUE(value) << name << ": " << value.error().detail;
        EXPECT_EQ(encode(*value), body) << name;
    };
    check("carnet-issue", decode_cover_record);
    check("carnet-amend", decode_cover_record);
    check("carnet-list-page", decode_list_page);
    check("carnet-holder-bind", decode_holder_bind);
    check("carnet-holder-sign", decode_holder_sign);
    check("carnet-add-sheets", decode_add_sheets);
    check("branch-resolve", decode_branch_act);
    check("late-admit", decode_branch_act);
    for (const char* const name :
         {"carnet-return", "carnet-withdraw", "carnet-supersede", "carnet-report-lost", "carnet-found",
          "carnet-discharge", "carnet-hand-over"})
        check(name, decode_carnet_act);
}

TEST(CarnetRecords, NewerVersionsAreNamed) {
    Bytes head = load_sample("state-carnet-head").cbor;
    ASSERT_EQ(head[1], 0);
    head[2] = 2;
    EXPECT_EQ(code_of(decode_head(head)), "carnet.version");
}

class BrokenCore : public testing::Test {
  protected:
    BrokenCore() : core_(*decode_core(device_parts(load_sample("stamp-import").payload).core)) {}
    [[nodiscard]] std::string_view error() const { return code_of(decode_core(encode(core_))); }
    Core core_;
};

TEST_F(BrokenCore, StampsSheetAndHalfOfTheirOperation) {
    EXPECT_EQ(error(), "none");
    core_.sheet->half = Half::Closing;
    EXPECT_EQ(error(), "carnet.core");
    core_.sheet->half = Half::Opening;
    core_.sheet->colour = Colour::Yellow;
    EXPECT_EQ(error(), "carnet.core");
    core_.sheet.reset();
    EXPECT_EQ(error(), "carnet.core");
}

TEST_F(BrokenCore, ValidationHasNoSheet) {
    core_.operation = Operation::Validate;
    EXPECT_EQ(error(), "carnet.core");
    core_.sheet.reset();
    EXPECT_EQ(error(), "none");
}

TEST_F(BrokenCore, NamesItsCarnet) {
    core_.key.reset();
    EXPECT_EQ(error(), "carnet.core");
}

TEST_F(BrokenCore, CarriesNoBody) {
    core_.body = ReleaseBody{};
    EXPECT_EQ(error(), "carnet.core");
}

TEST_F(BrokenCore, RecordsCarryTheirBody) {
    core_.operation = Operation::Release;
    EXPECT_EQ(error(), "carnet.core");
    core_.body = ReleaseBody{};
    EXPECT_EQ(error(), "none");
    core_.body = SeizeBody{"SZ", 1}; // key 2 is unknown to RELEASE, key 1 of another type
    EXPECT_EQ(error(), "cbor.type");
}

TEST_F(BrokenCore, LinesAreChecked) {
    core_.lines = "2,1";
    EXPECT_EQ(error(), "lines.order");
}

TEST(CarnetKeys, AreNormalised) {
    const RecordKey key = carnet_key("US", "ATA", " us 26/104417");
    EXPECT_EQ(key.name_space, "carnet/us");
    EXPECT_EQ(key.key, "ATA:US26/104417");
    const auto parts = split_key(key);
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->territory, "US");
    EXPECT_EQ(parts->scheme, "ATA");
    EXPECT_EQ(parts->number, "US26/104417");
    EXPECT_EQ(code_of(split_key({"carnet/us", "104417"})), "carnet.key");
    EXPECT_EQ(code_of(split_key({"carnet/us", "TIR:1"})), "carnet.key");
    EXPECT_EQ(code_of(split_key({"carnet/usa", "ATA:1"})), "carnet.key");
    EXPECT_EQ(code_of(split_key({"origin/usmca", "ATA:1"})), "carnet.key");
}

} // namespace
} // namespace tidewaiter::carnet
