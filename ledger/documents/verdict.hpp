#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/time.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What a judgement says, the same for every family of documents.
namespace tidewaiter::documents {

/// Of one finding. Rank: Refuse > CannotTell > Decide, Officer > Note.
enum class Severity : std::uint8_t { Note = 1, Officer = 2, Decide = 3, CannotTell = 4, Refuse = 5 };
enum class Outcome : std::uint8_t { Clear = 1, Decide = 2, CannotTell = 3, Refuse = 4 };

/// One rule that fired.
struct Finding {
    std::string rule; ///< "CAR-41"
    Severity severity = Severity::Note;
    /// Figures behind the finding, by name, in the order in which its text uses them: {"open", "4x2"}.
    std::vector<std::pair<std::string, std::string>> facts;
    std::optional<bool> answer; ///< the officer's, where the rule asks for one
    bool operator==(const Finding&) const = default;
};

/// A rule that waits for the officer's eyes. Shown as unanswered, never fired.
struct Question {
    std::string rule;
    bool operator==(const Question&) const = default;
};

/// What the document is, and two facts to compare with the goods or the person.
struct Subject {
    std::string name_space;
    std::string key;
    std::string kind;  ///< "carnet", "origin", "foreign", "unreadable"
    std::string title; ///< "ATA carnet US26/104417"
    std::vector<std::pair<std::string, std::string>> compare;
    std::vector<std::pair<std::string, std::string>> details;
    bool operator==(const Subject&) const = default;
};

/// An operation that is lawful now at this port.
struct NextOperation {
    std::string operation; ///< "IMPORT"
    int sheet = 0;         ///< sheet number to use, 0 when none
    std::string lines;     ///< open lines, compact text; empty when the officer chooses
    std::vector<int> references;
    bool operator==(const NextOperation&) const = default;
};

/// Upon what the verdict rests.
struct Basis {
    std::uint64_t state_height = 0; ///< s: the state after block s
    TimeNs header_time;             ///< of the header that proves it (s + 1)
    std::int64_t age_seconds = 0;
    std::string freshness; ///< "fresh", "within", "beyond", "clock"
    bool is_cross_checked = false;
    bool is_solo = false;
    std::vector<std::string> namespaces;
    std::vector<std::string> reference_packs;
    Hash code{}; ///< SHA-256 of the scanned text
    std::uint32_t rulebook_version = 1;
    bool operator==(const Basis&) const = default;
};

struct Verdict {
    Outcome outcome = Outcome::CannotTell;
    std::vector<Finding> findings; ///< ordered by rule id
    std::vector<Question> questions;
    Subject subject;
    std::vector<NextOperation> next;
    std::string possession; ///< "bound and fresh", "bearer only", … or empty
    Basis basis;
    bool operator==(const Verdict&) const = default;
};

/// The worst severity decides; none or notes alone are Clear.
[[nodiscard]] Outcome outcome_of(const std::vector<Finding>& findings);
/// "clear", "decide", "cannot_tell", "refuse" (protocol words).
[[nodiscard]] std::string_view word(Outcome outcome);
/// 'N', 'O', 'D', 'T', 'R'.
[[nodiscard]] char letter(Severity severity);
[[nodiscard]] std::optional<Severity> severity_from(char letter);
/// Deterministic CBOR of a verdict: the same inputs give the same bytes.
[[nodiscard]] Bytes encode(const Verdict& verdict);
/// What encode wrote. Errors: cbor.*.
[[nodiscard]] Result<Verdict> decode_verdict(ByteView bytes);

/// One row of a rulebook. Rows are never edited, only ended at a version and followed by a new one.
struct RuleInfo {
    std::string_view id;
    Severity severity;          ///< the severity at first; a rule may weaken it and says so in its text
    std::string_view citation;  ///< article, section or "project"
    std::string_view message;   ///< key of the text shown to officers
    std::string_view condition; ///< when it fires, one sentence in our words
};

} // namespace tidewaiter::documents
