#pragma once

#include "daemon/gateway/box.hpp"
#include "daemon/gateway/sync/copy.hpp"
#include "daemon/gateway/sync/now.hpp"
#include "ledger/application/judge.hpp"
#include "ledger/application/pending.hpp"
#include "ledger/crypto/random.hpp"

namespace tidewaiter::gateway {

/// A verdict as the desk gives it: stored before it is returned.
struct Judged {
    VerdictId id{};
    UnixTime at = 0;
    std::string source;
    std::string text;
    documents::Verdict verdict;
    /// People's data from blobs, for the screen alone: {"holder", "Harborlight …"}. Never journalled.
    std::vector<std::pair<std::string, std::string>> people;
};

struct StampOrder {
    std::string text; ///< scanned or typed
    application::Declaration declaration;
    std::string officer;
    std::string second_person;
    std::string reason;
    std::string source;
};

struct Stamped {
    OutboxRow row;
    std::string receipt; ///< text of the receipt code; empty when it is too large for one
    Judged judged;
};

/// A stamp that was not made, with the verdict that explains it.
struct NotStamped {
    Error error; ///< stamp.*, application.*, store.*, desk.*
    std::optional<Judged> judged;
};

struct DeskOptions {
    application::Port port;
    std::string device;
    bool is_solo = true;
};

/// What the desk needs to know of the moment; asked at each scan.
struct Surroundings {
    sync::Now now;
    std::int32_t utc_offset_minutes = 0;
    application::ClockQuality clock = application::ClockQuality::Unconfirmed;
    bool is_connected = false;
};

/// Where a scan becomes a verdict and a verdict a stamp. Loop thread only; reads the copy with this box's own
/// stamps that the chain does not have yet laid over it.
class Desk {
  public:
    /// Copy, box and random source outlive the desk.
    Desk(sync::Copy& copy, Box& box, DeskOptions options, crypto::PrivateKey key, crypto::Random& random);

    /// Judges a text and stores the verdict. Errors: store.* (then nothing may be shown).
    [[nodiscard]] Result<Judged> judge(const application::Scan& scan, const std::string& source,
                                       const Surroundings& around);
    /// A picture that could not be read, as a verdict like any other.
    [[nodiscard]] Result<Judged> unreadable(const std::string& source, const std::string& why,
                                            const Surroundings& around);
    [[nodiscard]] std::expected<Stamped, NotStamped> stamp(const StampOrder& order,
                                                           const Surroundings& around);

    /// The copy with what waits in the outbox.
    [[nodiscard]] Result<const state::View*> view(const Surroundings& around);
    /// The copy moved or the outbox changed: the overlay is made anew at the next look.
    void refresh() {
        overlay_.reset();
        lists_.reset();
    }

    [[nodiscard]] application::CopyFacts facts(const Surroundings& around) const;
    /// Why this box may not stamp, or nothing.
    [[nodiscard]] Result<std::optional<std::string>> why_not_stamping() const;
    /// Signs the journal's head into the check-point file.
    [[nodiscard]] Status write_checkpoint() const { return box_.write_checkpoint(key_); }
    /// Blobs that recent verdicts missed, by namespace; taken out.
    [[nodiscard]] std::vector<std::pair<std::string, Hash>> take_missing_blobs();
    [[nodiscard]] std::size_t pending() const { return pending_; }
    [[nodiscard]] const DeskOptions& options() const { return options_; }

  private:
    /// The largest number that the ledger has of this device, as far as one look can tell.
    [[nodiscard]] Result<std::uint32_t> newest_known_sequence() const;
    [[nodiscard]] Result<documents::Verdict> bare_verdict(const application::Scan& scan,
                                                          const Surroundings& around);
    void add_people(Judged& judged);
    [[nodiscard]] Result<Judged> keep(Judged judged);
    /// That the officer is registered, in office now, and of this port's territory. Error: desk.officer.
    [[nodiscard]] Status check_officer(std::string_view pseudonym, UnixTime now) const;
    [[nodiscard]] Result<application::StampDraft>
    draft(const StampOrder& order, const documents::Verdict& verdict, const Surroundings& around);
    [[nodiscard]] application::BlockContext next_block(const Surroundings& around) const;

    sync::Copy& copy_;
    Box& box_;
    DeskOptions options_;
    crypto::PrivateKey key_;
    crypto::Random& random_;
    std::optional<state::Overlay> overlay_;
    std::optional<std::pair<Date, carnet::ReferenceData>> lists_; ///< decoded for that day and this state
    std::size_t pending_ = 0;
    std::vector<std::pair<std::string, Hash>> missing_blobs_;
};

} // namespace tidewaiter::gateway
