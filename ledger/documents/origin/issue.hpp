#pragma once

#include "ledger/documents/origin/disclosure.hpp"

/// From a certificate in full to what goes on the ledger and what its holder carries.
namespace tidewaiter::origin {

/// Everything a certifier states. Kept by the certifier and the holder, with the seed.
struct Certificate {
    CertificateId id{};
    std::uint16_t version = 1;
    Agreement agreement = Agreement::Usmca;
    Kind kind = Kind::Dataset;
    CertifierRole role = CertifierRole::Exporter;
    Date signed_on;
    Scope scope;
    std::optional<std::uint8_t> statement;
    std::optional<Party> certifier, exporter, producer, importer;
    std::optional<Signer> signer;
    std::optional<std::string> invoice;
    std::optional<LanguageStatement> language;
    std::optional<Hash> rules_pack;
    std::optional<bool> schedule_two;
    std::vector<Line> lines; ///< 1 … 100, numbered from 1
};

/// The body of ISSUE. Errors: origin.lines (none, or more than 100), origin.scope (ends before it begins).
[[nodiscard]] Result<Issue> make_issue(const Certificate& certificate, const Seed& seed);

/// The transaction's payload {1: 32, 2: issue, 3: at}: claims::seal(Type::Transaction, …) makes it one.
[[nodiscard]] Bytes issue_payload(const Issue& issue, UnixTime at);
/// The payload of REVOKE 36, SUSPEND 37, LIFT 38.
[[nodiscard]] Bytes event_payload(std::uint8_t kind, const Event& event, UnixTime at);

/// Openings of the slots and lines asked for. Slots that the certificate leaves blank are left out.
[[nodiscard]] OpenedHeader open_header(const Certificate& certificate, const Seed& seed,
                                       std::span<const int> slots);
/// Error: origin.lines (a number that the certificate does not have).
[[nodiscard]] Result<OpenedLines> open_lines(const Certificate& certificate, const Seed& seed,
                                             std::span<const std::uint16_t> numbers);

} // namespace tidewaiter::origin
