#include "ledger/documents/origin/issue.hpp"

#include "ledger/documents/origin/values.hpp"

#include <algorithm>
#include <set>

namespace tidewaiter::origin {

namespace {

using Level = std::vector<Hash>;

constexpr std::size_t kMaxLines = 100;

template <class T>
Hash slot_digest(const Seed& seed, int slot, const std::optional<T>& value) {
    const auto number = static_cast<std::uint16_t>(kHeaderSlotBase + slot);
    const Salt salt = salt_of(seed, number);
    return header_digest(value ? slot_preimage(salt, number, *value) : decoy_preimage(salt, number));
}

std::array<Hash, kHeaderSlots> header_digests(const Certificate& c, const Seed& seed) {
    std::array<Hash, kHeaderSlots> digests{
        slot_digest(seed, 0, c.certifier),   slot_digest(seed, 1, c.exporter),
        slot_digest(seed, 2, c.producer),    slot_digest(seed, 3, c.importer),
        slot_digest(seed, 4, c.signer),      slot_digest(seed, 5, c.invoice),
        slot_digest(seed, 6, c.language),    slot_digest(seed, 7, c.rules_pack),
        slot_digest(seed, 8, c.schedule_two)};
    for (int slot = 9; slot < static_cast<int>(kHeaderSlots); ++slot)
        digests.at(static_cast<std::size_t>(slot)) = slot_digest<bool>(seed, slot, std::nullopt);
    return digests;
}

/// All nine levels, leaves first.
std::vector<Level> line_tree(const Certificate& certificate, const Seed& seed) {
    Level leaves;
    for (std::size_t i = 0; i < kLineSlots; ++i) {
        const auto slot = static_cast<std::uint16_t>(i);
        const Salt salt = salt_of(seed, slot);
        leaves.push_back(line_leaf(i < certificate.lines.size()
                                       ? slot_preimage(salt, slot, certificate.lines[i])
                                       : decoy_preimage(salt, slot)));
    }
    std::vector<Level> levels{std::move(leaves)};
    while (levels.back().size() > 1) {
        const Level& below = levels.back();
        Level above;
        for (std::size_t i = 0; i < below.size(); i += 2)
            above.push_back(inner_node(below[i], below[i + 1]));
        levels.push_back(std::move(above));
    }
    return levels;
}

Bytes shared_proof(const std::vector<Level>& levels, std::set<std::size_t> known) {
    Bytes proof;
    for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
        std::set<std::size_t> above;
        for (const std::size_t index : known) {
            if (!known.contains(index ^ 1U)) append(proof, levels[i][index ^ 1U]);
            above.insert(index / 2);
        }
        known = std::move(above);
    }
    return proof;
}

template <class T>
void open_slot(std::optional<Opened<T>>& into, int slot, std::span<const int> wanted,
               const std::optional<T>& value, const Seed& seed) {
    if (!value || std::ranges::find(wanted, slot) == wanted.end()) return;
    into = Opened<T>{salt_of(seed, static_cast<std::uint16_t>(kHeaderSlotBase + slot)), *value};
}

Bytes payload(std::uint8_t kind, UnixTime at, const auto& write_body) {
    cbor::Writer writer;
    writer.map([&](cbor::Writer& map) {
        map.key(1).unsigned_integer(kind);
        write_body(map.key(2));
        map.key(3).integer(at);
    });
    return writer.take();
}

} // namespace

Result<Issue> make_issue(const Certificate& certificate, const Seed& seed) {
    if (certificate.lines.empty() || certificate.lines.size() > kMaxLines)
        return fail("origin.lines",
                    "a certificate has 1 to 100 lines, not " + std::to_string(certificate.lines.size()));
    if (certificate.scope.is_blanket && certificate.scope.to < certificate.scope.from)
        return fail("origin.scope", "the blanket period ends before it begins; correct its dates");
    return Issue{.id = certificate.id,
                 .version = certificate.version,
                 .agreement = certificate.agreement,
                 .kind = certificate.kind,
                 .role = certificate.role,
                 .signed_on = certificate.signed_on,
                 .scope = certificate.scope,
                 .digests = header_digests(certificate, seed),
                 .line_root = line_tree(certificate, seed).back().front(),
                 .statement = certificate.statement,
                 .supersedes = std::nullopt,
                 .amend_reason = std::nullopt};
}

Bytes issue_payload(const Issue& issue, UnixTime at) {
    constexpr std::uint8_t kIssue = 32;
    return payload(kIssue, at, [&](cbor::Writer& body) { write(body, issue); });
}

Bytes event_payload(std::uint8_t kind, const Event& event, UnixTime at) {
    return payload(kind, at, [&](cbor::Writer& body) { write(body, event); });
}

OpenedHeader open_header(const Certificate& certificate, const Seed& seed, std::span<const int> slots) {
    OpenedHeader header;
    open_slot(header.certifier, 0, slots, certificate.certifier, seed);
    open_slot(header.exporter, 1, slots, certificate.exporter, seed);
    open_slot(header.producer, 2, slots, certificate.producer, seed);
    open_slot(header.importer, 3, slots, certificate.importer, seed);
    open_slot(header.signer, 4, slots, certificate.signer, seed);
    open_slot(header.invoice, 5, slots, certificate.invoice, seed);
    open_slot(header.language, 6, slots, certificate.language, seed);
    open_slot(header.rules_pack, 7, slots, certificate.rules_pack, seed);
    open_slot(header.schedule_two, 8, slots, certificate.schedule_two, seed);
    return header;
}

Result<OpenedLines> open_lines(const Certificate& certificate, const Seed& seed,
                               std::span<const std::uint16_t> numbers) {
    if (numbers.empty()) return fail("origin.lines", "name at least one line to open");
    OpenedLines opened;
    std::set<std::size_t> known;
    for (const std::uint16_t number : numbers) {
        if (number < 1 || number > certificate.lines.size())
            return fail("origin.lines", "the certificate has no line " + std::to_string(number));
        const auto slot = static_cast<std::uint16_t>(number - 1);
        opened.lines[number] = {salt_of(seed, slot), certificate.lines[slot]};
        known.insert(slot);
    }
    opened.proof = shared_proof(line_tree(certificate, seed), std::move(known));
    return opened;
}

} // namespace tidewaiter::origin
