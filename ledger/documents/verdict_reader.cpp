#include "ledger/documents/verdict.hpp"

#include "ledger/codec/cbor.hpp"

namespace tidewaiter::documents {
namespace {

constexpr std::size_t kMany = 10'000;

std::vector<std::pair<std::string, std::string>> read_pairs(cbor::Reader& reader) {
    std::vector<std::pair<std::string, std::string>> pairs;
    reader.array(1, kMany, [&](std::size_t) {
        reader.enter_array(2);
        std::string name(reader.text());
        std::string value(reader.text());
        reader.leave();
        pairs.emplace_back(std::move(name), std::move(value));
    });
    return pairs;
}

std::vector<std::string> read_texts(cbor::Reader& reader) {
    std::vector<std::string> texts;
    reader.array(1, kMany, [&](std::size_t) { texts.emplace_back(reader.text()); });
    return texts;
}

Finding read_finding(cbor::Reader& reader) {
    Finding finding;
    reader.map({1, 2}, [&](std::int64_t key) {
        switch (key) {
        case 1: finding.rule = reader.text(); return true;
        case 2: finding.severity = reader.enumeration(Severity::Note, Severity::Refuse); return true;
        case 3: finding.facts = read_pairs(reader); return true;
        case 4: finding.answer = reader.boolean(); return true;
        default: return false;
        }
    });
    return finding;
}

Subject read_subject(cbor::Reader& reader) {
    Subject subject;
    reader.map({3}, [&](std::int64_t key) {
        switch (key) {
        case 1: subject.name_space = reader.text(); return true;
        case 2: subject.key = reader.text(); return true;
        case 3: subject.kind = reader.text(); return true;
        case 4: subject.title = reader.text(); return true;
        case 5: subject.compare = read_pairs(reader); return true;
        case 6: subject.details = read_pairs(reader); return true;
        default: return false;
        }
    });
    return subject;
}

NextOperation read_next(cbor::Reader& reader) {
    NextOperation next;
    reader.map({1}, [&](std::int64_t key) {
        switch (key) {
        case 1: next.operation = reader.text(); return true;
        case 2: next.sheet = static_cast<int>(reader.integer(0, 99)); return true;
        case 3: next.lines = reader.text(); return true;
        case 4:
            reader.array(1, kMany, [&](std::size_t) {
                next.references.push_back(static_cast<int>(reader.integer(0, 99)));
            });
            return true;
        default: return false;
        }
    });
    return next;
}

Basis read_basis(cbor::Reader& reader) {
    Basis basis;
    reader.map({1, 2, 3, 5, 6, 9, 10}, [&](std::int64_t key) {
        switch (key) {
        case 1: basis.state_height = reader.unsigned_integer(); return true;
        case 2:
            reader.enter_array(2);
            basis.header_time.seconds = reader.integer();
            basis.header_time.nanos = static_cast<std::uint32_t>(reader.unsigned_integer(0, 999'999'999));
            reader.leave();
            return true;
        case 3: basis.age_seconds = reader.integer(); return true;
        case 4: basis.freshness = reader.text(); return true;
        case 5: basis.is_cross_checked = reader.boolean(); return true;
        case 6: basis.is_solo = reader.boolean(); return true;
        case 7: basis.namespaces = read_texts(reader); return true;
        case 8: basis.reference_packs = read_texts(reader); return true;
        case 9: basis.code = reader.hash(); return true;
        case 10:
            basis.rulebook_version = static_cast<std::uint32_t>(reader.unsigned_integer(0, UINT32_MAX));
            return true;
        default: return false;
        }
    });
    return basis;
}

} // namespace

Result<Verdict> decode_verdict(ByteView bytes) {
    Verdict verdict;
    cbor::Reader reader(bytes);
    reader.map({1, 4, 7}, [&](std::int64_t key) {
        switch (key) {
        case 1: verdict.outcome = reader.enumeration(Outcome::Clear, Outcome::Refuse); return true;
        case 2:
            reader.array(1, kMany, [&](std::size_t) { verdict.findings.push_back(read_finding(reader)); });
            return true;
        case 3:
            reader.array(1, kMany,
                         [&](std::size_t) { verdict.questions.push_back({std::string(reader.text())}); });
            return true;
        case 4: verdict.subject = read_subject(reader); return true;
        case 5:
            reader.array(1, kMany, [&](std::size_t) { verdict.next.push_back(read_next(reader)); });
            return true;
        case 6: verdict.possession = reader.text(); return true;
        case 7: verdict.basis = read_basis(reader); return true;
        default: return false;
        }
    });
    TW_CHECK(reader.finish());
    return verdict;
}

} // namespace tidewaiter::documents
