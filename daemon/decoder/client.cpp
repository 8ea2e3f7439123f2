#include "daemon/decoder/client.hpp"

#include "daemon/decoder/child.hpp"

#include <algorithm>

namespace tidewaiter::decoder {
namespace {

/// A child is exchanged after so many pictures: its limit on processor time is for its whole life, and what
/// a library leaks goes with it.
constexpr std::size_t kPicturesPerChild = 200;

/// The picture's own fault: the child said so in good order and lives on.
bool is_answer(const Error& error) {
    return error.code.starts_with("picture.") || error.code.starts_with("symbols.");
}

} // namespace

DecoderProcess::DecoderProcess(Options options) : options_(std::move(options)) {}
DecoderProcess::~DecoderProcess() = default;

const DecoderProcess::Counters& DecoderProcess::counters() const { return counters_; }
int DecoderProcess::child() const { return child_ ? child_->process() : 0; }

Status DecoderProcess::start() {
    if (child_ && child_->is_ready() && (child_->pictures() >= kPicturesPerChild || !child_->is_usable())) child_.reset();
    if (!child_) {
        TW_TRY(child_, Child::spawn(options_.program));
        ++counters_.starts;
    }
    Status ready = child_->await_ready(std::chrono::steady_clock::now() + options_.start_deadline);
    if (!ready) child_.reset();
    return ready;
}

Result<std::vector<symbols::Symbol>> DecoderProcess::decode(ByteView picture, std::chrono::milliseconds deadline) {
    if (picture.empty()) return fail("picture.empty", "the picture has no bytes");
    if (picture.size() > limits::kMaxPictureBytes)
        return fail("picture.too-large", std::to_string(picture.size()) + " bytes; a picture may have " +
                                             std::to_string(limits::kMaxPictureBytes));
    TW_CHECK(start());
    ++counters_.pictures;
    const auto allowed = std::clamp(deadline, std::chrono::milliseconds(0), std::chrono::milliseconds(600'000));
    Result<Symbols> found = child_->read(picture, std::chrono::steady_clock::now() + allowed);
    if (found || is_answer(found.error())) return found;

    ++(found.error().code == "decoder.timeout" ? counters_.timeouts : counters_.deaths);
    child_.reset();
    // The next child starts while the caller deals with this picture; should it fail, the next call says so.
    if (auto next = Child::spawn(options_.program)) {
        child_ = std::move(*next);
        ++counters_.starts;
    }
    return found;
}

bool is_unreadable(const Error& error) {
    return is_answer(error) || (error.code.starts_with("decoder.") && error.code != "decoder.start");
}

} // namespace tidewaiter::decoder
