#include "ledger/documents/verdict.hpp"

#include "ledger/codec/cbor.hpp"

#include <algorithm>
#include <array>

namespace tidewaiter::documents {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// A field without value is left out, so no container is ever empty.
void write_text(cbor::Writer& w, int key, std::string_view value) {
    if (!value.empty()) w.key(key).text(value);
}

void write_pairs(cbor::Writer& w, int key, const Pairs& pairs) {
    if (pairs.empty()) return;
    w.key(key).array([&](cbor::Writer& list) {
        for (const auto& [name, value] : pairs)
            list.array([&](cbor::Writer& pair) { pair.text(name).text(value); });
    });
}

void write_texts(cbor::Writer& w, int key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    w.key(key).array([&](cbor::Writer& list) {
        for (const std::string& value : values)
            list.text(value);
    });
}

void write_finding(cbor::Writer& writer, const Finding& finding) {
    writer.map([&](cbor::Writer& w) {
        w.key(1).text(finding.rule);
        w.key(2).enumeration(finding.severity);
        write_pairs(w, 3, finding.facts);
        if (finding.answer) w.key(4).boolean(*finding.answer);
    });
}

void write_subject(cbor::Writer& writer, const Subject& subject) {
    writer.map([&](cbor::Writer& w) {
        write_text(w, 1, subject.name_space);
        write_text(w, 2, subject.key);
        w.key(3).text(subject.kind);
        write_text(w, 4, subject.title);
        write_pairs(w, 5, subject.compare);
        write_pairs(w, 6, subject.details);
    });
}

void write_next(cbor::Writer& writer, const NextOperation& next) {
    writer.map([&](cbor::Writer& w) {
        w.key(1).text(next.operation);
        if (next.sheet > 0) w.key(2).integer(next.sheet);
        write_text(w, 3, next.lines);
        if (next.references.empty()) return;
        w.key(4).array([&](cbor::Writer& list) {
            for (const int reference : next.references)
                list.integer(reference);
        });
    });
}

void write_basis(cbor::Writer& writer, const Basis& basis) {
    writer.map([&](cbor::Writer& w) {
        w.key(1).unsigned_integer(basis.state_height);
        w.key(2).array([&](cbor::Writer& time) {
            time.integer(basis.header_time.seconds).unsigned_integer(basis.header_time.nanos);
        });
        w.key(3).integer(basis.age_seconds);
        write_text(w, 4, basis.freshness);
        w.key(5).boolean(basis.is_cross_checked);
        w.key(6).boolean(basis.is_solo);
        write_texts(w, 7, basis.namespaces);
        write_texts(w, 8, basis.reference_packs);
        w.key(9).bytes(basis.code);
        w.key(10).unsigned_integer(basis.rulebook_version);
    });
}

constexpr std::array<char, 5> kLetters{'N', 'O', 'D', 'T', 'R'};

} // namespace

Outcome outcome_of(const std::vector<Finding>& findings) {
    Severity worst = Severity::Note;
    for (const Finding& finding : findings)
        worst = std::max(worst, finding.severity);
    switch (worst) {
    case Severity::Note: return Outcome::Clear;
    case Severity::Officer:
    case Severity::Decide: return Outcome::Decide;
    case Severity::CannotTell: return Outcome::CannotTell;
    case Severity::Refuse: return Outcome::Refuse;
    }
    return Outcome::CannotTell;
}

std::string_view word(Outcome outcome) {
    switch (outcome) {
    case Outcome::Clear: return "clear";
    case Outcome::Decide: return "decide";
    case Outcome::CannotTell: return "cannot_tell";
    case Outcome::Refuse: return "refuse";
    }
    return "cannot_tell";
}

char letter(Severity severity) {
    return kLetters[static_cast<std::size_t>(severity) - 1];
}

std::optional<Severity> severity_from(char letter) {
    for (std::size_t i = 0; i < kLetters.size(); ++i) {
        if (kLetters[i] == letter) return static_cast<Severity>(i + 1);
    }
    return std::nullopt;
}

Bytes encode(const Verdict& verdict) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& w) {
        w.key(1).enumeration(verdict.outcome);
        if (!verdict.findings.empty()) {
            w.key(2).array([&](cbor::Writer& list) {
                for (const Finding& finding : verdict.findings)
                    write_finding(list, finding);
            });
        }
        if (!verdict.questions.empty()) {
            w.key(3).array([&](cbor::Writer& list) {
                for (const Question& question : verdict.questions)
                    list.text(question.rule);
            });
        }
        write_subject(w.key(4), verdict.subject);
        if (!verdict.next.empty()) {
            w.key(5).array([&](cbor::Writer& list) {
                for (const NextOperation& next : verdict.next)
                    write_next(list, next);
            });
        }
        write_text(w, 6, verdict.possession);
        write_basis(w.key(7), verdict.basis);
    });
    return writer.take();
}

} // namespace tidewaiter::documents
