#pragma once

#include "ledger/documents/carnet/judge.hpp"

#include <string>

/// A carnet built by hand, stamp by stamp, for tests of single rules. Dates are those of 2026.
namespace tidewaiter::test {

struct StampOptions {
    std::vector<int> references;
    std::string final_date;
    std::string destination; ///< UN/LOCODE
    std::string not_produced;
    std::string not_reimported;
    bool is_regularised = false;
    carnet::StampOutcome outcome = carnet::StampOutcome::Effective;
    bool is_stranger = false; ///< made without knowing the stamps before it
};

/// US carnet, professional equipment, for GB, EU and CH; items 1 (1 piece), 2 (4), 3 (6), 4 (2).
class CarnetWorld {
  public:
    CarnetWorld();

    carnet::Carnet carnet;
    carnet::ReferenceData reference;
    carnet::Proposal proposal;
    carnet::Port port;
    carnet::Facts facts;

    /// Adds a stamp as if made at `place` ("UN:" + place); returns its id.
    Hash stamp(carnet::Operation operation, int sheet, const std::string& place, const std::string& at,
               const std::string& lines, const StampOptions& options = {});
    Hash record(carnet::Operation operation, const std::string& place, const std::string& at,
                const std::string& lines, const std::vector<int>& references, carnet::Body body);
    /// VALIDATE and EXPORT of all at USJFK on 2 March.
    CarnetWorld& exported(const std::string& lines = "1-4");
    /// IMPORT at a place on a day, sheet n.
    CarnetWorld& imported(int sheet, const std::string& place, const std::string& at,
                          const std::string& lines = "1-4");
    /// What is asked for, where and when.
    CarnetWorld& propose(carnet::Operation operation, int sheet, const std::string& place,
                         const std::string& at, const std::string& lines, std::vector<int> references = {});
    CarnetWorld& final_date(const std::string& date);

    [[nodiscard]] carnet::Balances fold() const { return carnet::fold(carnet, reference); }
    [[nodiscard]] carnet::Judgement judge() const;
    /// Severity with which a rule fires now, nothing when it does not.
    [[nodiscard]] std::optional<documents::Severity> fires(const std::string& rule) const;

  private:
    Hash add(carnet::Core core, const StampOptions& options);
    std::uint64_t height_ = 10;
    std::uint32_t sequence_ = 0;
};

[[nodiscard]] LocalTime local_time(const std::string& text);
[[nodiscard]] Date day(const std::string& text);
[[nodiscard]] carnet::Lines lines(const std::string& text);

} // namespace tidewaiter::test
