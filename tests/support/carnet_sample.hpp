#pragma once

#include "ledger/documents/carnet/effects.hpp"
#include "ledger/documents/carnet/judge.hpp"

#include <string>
#include <vector>

/// The carnets of config/demonstration/carnets, played step by step.
namespace tidewaiter::test {

struct CarnetStep {
    int number = 0;
    std::string operation; ///< "IMPORT" … "RETURN"
    int sheet = 0;
    std::string place;
    LocalTime at;
    UnixTime anchored = 0;
    std::string device; ///< the place where none is named
    std::string items;
    std::string not_reexported;
    std::string not_produced;
    std::string not_reimported;
    std::string processed_abroad;
    std::string how;
    std::string document;
    std::optional<Date> final_date;
    std::vector<int> references;
    int branch = 0; ///< step of the stamp meant; 0: none
    std::string destination;
    bool is_offline = false;
    std::optional<UnixTime> copy_as_of;
    std::vector<std::pair<std::string, bool>> answers;
    // Expected.
    std::string verdict;
    std::vector<std::string> rules;
    std::vector<std::string> rules_at_merge;
    std::string outcome; ///< "stamped", "recorded", "rejected"
};

/// One open admission as the sample states it.
struct OpenAdmission {
    std::string territory;
    int sheet = 0;
    std::string lines;
    int branch = 0;
    auto operator<=>(const OpenAdmission&) const = default;
};

struct CarnetEnd {
    std::string state;
    std::string home; ///< lines
    std::vector<OpenAdmission> admitted;
    std::vector<std::pair<std::string, int>> transit;
    std::string regularised;                                   ///< lines
    std::vector<std::pair<std::string, std::string>> calendar; ///< rule, date
    bool operator==(const CarnetEnd&) const = default;
};

struct CarnetSample {
    std::string id;
    std::string title;
    carnet::CoverRecord record;
    carnet::ListPage list;
    std::string validated_place;
    LocalTime validated_at;
    carnet::ReferenceData reference;
    std::vector<CarnetStep> steps;
    Date as_of;
    CarnetEnd end;
};

/// From config/demonstration/carnets/<id>.json. A malformed file ends the program with a message.
[[nodiscard]] CarnetSample load_carnet_sample(const std::string& id);

struct StepResult {
    std::string verdict;
    std::vector<std::string> rules;
    std::vector<std::string> rules_at_merge;
};

/// Plays a sample over records in memory, by the pure functions of the carnet module.
class CarnetRun {
  public:
    explicit CarnetRun(const CarnetSample& sample);
    /// Judges a step by what its port could know, and stamps or records it where the sample says so.
    StepResult play(const CarnetStep& step);
    [[nodiscard]] CarnetEnd end() const;
    [[nodiscard]] carnet::Carnet current() const;
    [[nodiscard]] const state::Overlay& state() const { return state_; }
    /// Every entry that was added, in order.
    [[nodiscard]] const std::vector<carnet::StampEntry>& entries() const { return entries_; }

  private:
    [[nodiscard]] carnet::Carnet copy_of(const CarnetStep& step) const;
    [[nodiscard]] carnet::Proposal proposal_of(const CarnetStep& step) const;
    void add(const CarnetStep& step, const carnet::Carnet& copy);
    void validate();

    const CarnetSample& sample_;
    state::MemoryView base_;
    state::Overlay state_{base_};
    std::uint64_t height_ = 1;
    std::map<std::string, std::uint32_t> sequences_;
    std::map<int, Hash> stamps_;                                ///< by step
    std::map<Hash, std::pair<UnixTime, std::string>> anchored_; ///< stamp -> block time, device
    std::vector<carnet::StampEntry> entries_;
};

} // namespace tidewaiter::test
