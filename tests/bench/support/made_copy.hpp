#pragma once

#include "tests/bench/support/made_ledger.hpp"

#include <filesystem>

/// A gateway's data folder over a MadeLedger, and what tidewaiterd needs beside it.
namespace tidewaiter::bench {

/// Below a folder: where make_copy puts things and the other programs find them.
struct CopyFolder {
    std::filesystem::path path;
    [[nodiscard]] std::string copy() const { return (path / "gateway" / "copy.db").string(); }
    [[nodiscard]] std::string config() const {
        return (path / "tidewaiterd.toml").string();
    } ///< with @http_port@
    [[nodiscard]] std::string locators() const { return (path / "locators.txt").string(); } ///< one a line
    [[nodiscard]] std::string claims() const { return (path / "claims.txt").string(); }
};

/// Makes all of it. The header's time is `now`.
[[nodiscard]] Status make_copy(const CopyFolder& folder, const MadeLedger& ledger, TimeNs now);

[[nodiscard]] std::vector<std::string> read_lines(const std::string& path);

/// Facts and port under which the ledger's documents are judged.
[[nodiscard]] application::CopyFacts judging_facts(std::uint64_t state_height);
[[nodiscard]] application::Port judging_port(std::vector<std::string> namespaces);

} // namespace tidewaiter::bench
