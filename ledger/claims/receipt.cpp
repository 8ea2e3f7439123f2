#include "ledger/claims/receipt.hpp"

#include "ledger/claims/text.hpp"
#include "ledger/crypto/hash.hpp"

namespace tidewaiter::claims {

Bytes seal_receipt(ByteView core, std::string_view chain_id, const crypto::PrivateKey& key) {
    return seal(Type::Receipt, core, chain_id, key);
}

Result<std::string> receipt_text(ByteView core, std::string_view chain_id, const crypto::PrivateKey& key) {
    const Bytes cose = seal_receipt(core, chain_id, key);
    if (cose.size() > kMaxReceiptCodeBytes)
        return fail("receipt.too-large", "the receipt has " + std::to_string(cose.size()) +
                                             " bytes, a code carries 664; hand it over as a file");
    return to_text(cose);
}

Result<Receipt> parse_receipt(std::string_view text) {
    TW_TRY(const Bytes cose, from_text(text));
    Receipt receipt;
    TW_TRY(receipt.envelope, parse_envelope(cose));
    if (receipt.envelope.type != Type::Receipt)
        return fail("receipt.type", "this code is a " + std::string(type_name(receipt.envelope.type)) +
                                        ", not a receipt; scan the holder's receipt");
    receipt.core = receipt.envelope.payload;
    receipt.stamp = crypto::sha256(receipt.core);
    return receipt;
}

} // namespace tidewaiter::claims
