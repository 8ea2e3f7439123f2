#pragma once

#include "ledger/application/judge.hpp"
#include "ledger/application/scan_text.hpp"
#include "ledger/claims/claim_code.hpp"
#include "ledger/documents/reference/packs.hpp"

/// The parts of judge(), one file each.
namespace tidewaiter::application {

/// Hours that bound the use of a copy, from a reference list.
struct AgeLimits {
    std::int64_t soft_seconds = 0;
    std::int64_t hard_seconds = 0;
};
[[nodiscard]] std::string freshness_word(const AgeLimits& limits, const Port& port, const CopyFacts& facts);

/// Whether this moment is known well enough to judge expiry.
[[nodiscard]] bool is_time_confirmed(const CopyFacts& facts, std::uint32_t tolerance_seconds);

/// What holds for every family: frozen head, not cross-checked, past the trusting period.
void add_common_findings(std::vector<documents::Finding>& findings, const Port& port, const CopyFacts& facts);
/// Age and clock, where the family's sheet has no rule of its own (GEN-02, GEN-03).
void add_age_findings(std::vector<documents::Finding>& findings, const AgeLimits& limits,
                      const CopyFacts& facts);

[[nodiscard]] documents::Finding general(std::string_view id, std::string_view name, std::string value);

struct CarnetQuestion {
    documents::RecordKey record;
    std::optional<carnet::Sheet> sheet;
    const claims::Envelope* presentation = nullptr; ///< where a holder's phone was scanned
    bool is_receipt = false;                        ///< where the text itself is a receipt
};
void judge_carnet(documents::Verdict& verdict, const CarnetQuestion& question, const Scan& scan,
                  const state::View& copy, const Port& port, const CopyFacts& facts);

void judge_claim(documents::Verdict& verdict, const claims::Envelope& envelope, const Scan& scan,
                 const state::View& copy, const Port& port, const CopyFacts& facts);

/// Signed for the current chain or one before it.
[[nodiscard]] bool is_signed_by(const claims::Envelope& envelope, const CopyFacts& facts,
                                const crypto::PublicKey& key);

} // namespace tidewaiter::application
