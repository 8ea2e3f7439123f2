#include "ledger/chain/reason.hpp"

namespace tidewaiter::chain {

namespace {

struct Words {
    std::string_view name;
    std::string_view text;
};

Words words(Reason reason) {
    switch (reason) {
    case Reason::None: return {"none", "nothing is wrong"};
    case Reason::Options: return {"options", "the options of the light client are out of range"};
    case Reason::Expired: return {"expired", "the trusted header is older than the trusting period"};
    case Reason::Malformed: return {"malformed", "the input is no block"};
    case Reason::BlockProtocol: return {"block-protocol", "the header has another block version than 11"};
    case Reason::ChainIdLength: return {"chain-id-length", "the chain id is longer than 50 bytes"};
    case Reason::HeaderHeight: return {"header-height", "the header's height is not positive"};
    case Reason::HeaderTime: return {"header-time", "the header's time is outside the years 1 to 9999"};
    case Reason::CommitHeight: return {"commit-height", "the commit's height is not positive"};
    case Reason::CommitRound: return {"commit-round", "the commit's round is negative"};
    case Reason::CommitBlockId: return {"commit-block-id", "the commit does not name a whole block"};
    case Reason::CommitEmpty: return {"commit-empty", "the commit has no entries"};
    case Reason::CommitSize: return {"commit-size", "the commit has too many entries"};
    case Reason::EntryFlag: return {"entry-flag", "a commit entry is neither absent nor a vote"};
    case Reason::EntryAbsent:
        return {"entry-absent", "an absent commit entry carries an address, time or signature"};
    case Reason::EntryTime: return {"entry-time", "a vote's time is outside the years 1 to 9999"};
    case Reason::EntrySignature: return {"entry-signature", "a vote's signature has no possible length"};
    case Reason::ChainId: return {"chain-id", "the header belongs to another chain"};
    case Reason::CommitForOtherHeight: return {"commit-for-other-height", "the commit is for another height"};
    case Reason::CommitForOtherHeader: return {"commit-for-other-header", "the commit is for another header"};
    case Reason::HeightNotAbove: return {"height-not-above", "the height is not above the trusted one"};
    case Reason::TimeNotAfter: return {"time-not-after", "the time is not after the trusted header's"};
    case Reason::FromTheFuture: return {"from-the-future", "the header's time lies in the future"};
    case Reason::SetEmpty: return {"set-empty", "there are no validators"};
    case Reason::ValidatorsHash: return {"validators-hash", "the validators are not the header's"};
    case Reason::NextValidatorsHash:
        return {"next-validators-hash", "the validators are not those that were announced"};
    case Reason::NotEnoughOverlap: return {"not-enough-overlap", "too few of the trusted validators signed"};
    case Reason::EntryCount: return {"entry-count", "the commit has not one entry per validator"};
    case Reason::EntryAddress:
        return {"entry-address", "a commit entry names another validator than its place does"};
    case Reason::Signature: return {"signature", "a signature is wrong"};
    case Reason::DoubleVote: return {"double-vote", "a validator votes twice in one commit"};
    case Reason::NotEnoughSigned:
        return {"not-enough-signed", "not more than two thirds of the validators signed"};
    case Reason::HeaderHash: return {"header-hash", "this is not the header that was named"};
    case Reason::HeightNotBelow:
        return {"height-not-below", "the height is not the one below the trusted header's"};
    case Reason::TimeNotBefore: return {"time-not-before", "the time is not before the trusted header's"};
    case Reason::LastBlockId:
        return {"last-block-id", "the trusted header names another block as the one before it"};
    }
    return {"unknown", "unknown"};
}

} // namespace

std::string_view name_of(Reason reason) {
    return words(reason).name;
}
std::string_view text_of(Reason reason) {
    return words(reason).text;
}

} // namespace tidewaiter::chain
