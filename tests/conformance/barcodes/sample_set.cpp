#include "tests/conformance/barcodes/sample_set.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace tidewaiter::test {

std::optional<std::vector<Sample>> load_samples() {
    const std::filesystem::path root = std::filesystem::path(TW_SOURCE_DIR) / "../shared/vectors/barcodes";
    std::ifstream index(root / "index.json");
    if (!index) return std::nullopt;
    std::vector<Sample> samples;
    for (const auto& entry : nlohmann::json::parse(index)) {
        Sample sample;
        sample.file = entry.at("file").get<std::string>();
        sample.format = entry.at("format").get<std::string>();
        if (entry.contains("text")) sample.text = entry.at("text").get<std::string>();
        if (entry.contains("bytes_hex")) sample.bytes = from_hex(entry.at("bytes_hex").get<std::string>()).value();
        std::ifstream picture(root / sample.file, std::ios::binary);
        sample.picture.assign(std::istreambuf_iterator<char>(picture), {});
        samples.push_back(std::move(sample));
    }
    return samples;
}

Outcome judge(const Sample& sample, const std::vector<symbols::Symbol>& found) {
    if (found.empty()) return Outcome::Missed;
    const bool is_read = std::any_of(found.begin(), found.end(), [&](const symbols::Symbol& symbol) {
        if (sample.text) return symbol.text == *sample.text;
        return !sample.bytes || symbol.bytes == *sample.bytes;
    });
    return is_read ? Outcome::Read : Outcome::Wrong;
}

} // namespace tidewaiter::test
