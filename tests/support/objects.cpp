#include "tests/support/objects.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tidewaiter::test {

namespace {

const std::filesystem::path kRoot = TW_SOURCE_DIR;

[[noreturn]] void stop(const std::string& message) {
    std::fprintf(stderr, "test data: %s\n", message.c_str());
    std::abort();
}

std::string text_of(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? std::string() : found->get<std::string>();
}

Bytes hex_of(const nlohmann::json& object, const char* key) {
    Result<Bytes> bytes = from_hex(text_of(object, key));
    if (!bytes) stop(std::string(key) + ": " + bytes.error().detail);
    return std::move(*bytes);
}

SampleKey key_of(const nlohmann::json& object) {
    const crypto::Algorithm algorithm =
        text_of(object, "alg") == "ES256" ? crypto::Algorithm::Es256 : crypto::Algorithm::EdDsa;
    Result<crypto::PublicKey> public_key = crypto::PublicKey::from_cose(hex_of(object, "cose_key_hex"));
    if (!public_key) stop("cose_key_hex: " + public_key.error().detail);
    Result<crypto::PrivateKey> private_key =
        crypto::PrivateKey::from_bytes(algorithm, hex_of(object, "PRIVATE_test_key_hex"));
    if (!private_key) stop("PRIVATE_test_key_hex: " + private_key.error().detail);
    return {.name = text_of(object, "name"),
            .public_key = *public_key,
            .private_key = std::move(*private_key),
            .kid_hex = text_of(object, "kid")};
}

} // namespace

Bytes read_test_file(const std::string& path) {
    std::ifstream file(kRoot / path, std::ios::binary);
    if (!file) stop("cannot open " + path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Sample load_sample(const std::string& name) {
    const Bytes bytes = read_test_file("tests/data/objects/" + name + ".json");
    const nlohmann::json object =
        nlohmann::json::parse(bytes.begin(), bytes.end(), nullptr, /*allow_exceptions=*/false);
    if (object.is_discarded()) stop(name + ".json is not JSON");
    Sample sample;
    sample.name = name;
    sample.rule = text_of(object, "cddl_rule");
    sample.type = text_of(object, "typ");
    sample.chain_id = text_of(object, "chain_id");
    for (const nlohmann::json& key : object.at("keys"))
        sample.keys.push_back(key_of(key));
    sample.cose = hex_of(object, "cose_hex");
    sample.payload = hex_of(object, "payload_hex");
    sample.signature_structure = hex_of(object, "sig_structure_hex");
    sample.transaction_id_hex = text_of(object, "transaction_id");
    sample.core = hex_of(object, "core_hex");
    sample.core_sha256_hex = text_of(object, "core_sha256");
    sample.cbor = hex_of(object, "cbor_hex");
    sample.sha256_hex = text_of(object, "sha256");
    sample.text = text_of(object, "text");
    sample.diagnostic = text_of(object, "diagnostic");
    sample.must_fail = object.value("must_fail", false);
    return sample;
}

std::vector<std::string> sample_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(kRoot / "tests/data/objects")) {
        if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
    }
    std::ranges::sort(names);
    if (names.empty()) stop("tests/data/objects is empty");
    return names;
}

} // namespace tidewaiter::test
