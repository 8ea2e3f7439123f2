#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/crypto/keys.hpp"

#include <string>
#include <vector>

/// The example of each object, as tests/data/objects/<name>.json holds it. A missing or malformed file ends
/// the test program with a message.
namespace tidewaiter::test {

/// A key that signed a sample. These private keys are made for tests and known to everybody.
struct SampleKey {
    std::string name;
    crypto::PublicKey public_key;
    crypto::PrivateKey private_key;
    std::string kid_hex;
};

struct Sample {
    std::string name;
    std::string rule;            ///< CDDL rule of the whole, empty for the locator
    std::string type;            ///< "tidewaiter-tx-v1+cbor", empty where nothing is signed
    std::string chain_id;        ///< empty where nothing is signed
    std::vector<SampleKey> keys; ///< the first made the outer signature
    Bytes cose;                  ///< signed objects
    Bytes payload;
    Bytes signature_structure;
    std::string transaction_id_hex;
    Bytes core; ///< device records: what is hashed
    std::string core_sha256_hex;
    Bytes cbor; ///< unsigned objects: state values, messages, blobs
    std::string sha256_hex;
    std::string text; ///< the code as text, where there is one
    std::string diagnostic;
    bool must_fail = false;
};

/// Without ".json": load_sample("stamp-import").
[[nodiscard]] Sample load_sample(const std::string& name);
/// Names of all samples, sorted.
[[nodiscard]] std::vector<std::string> sample_names();
/// A test file's bytes, path below the source folder.
[[nodiscard]] Bytes read_test_file(const std::string& path);

} // namespace tidewaiter::test
