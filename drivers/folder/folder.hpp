#pragma once

#include "drivers/driver.hpp"
#include "ledger/base/limits.hpp"

#include <chrono>
#include <memory>

namespace tidewaiter::folder {

struct Options {
    std::string path;              ///< an existing folder; done/ and unreadable/ are made in it
    std::string device = "folder"; ///< Reading::device
    std::size_t max_bytes = limits::kMaxPictureBytes;
    /// So many readings may wait for the caller's word; the other files wait in the folder.
    std::size_t max_in_hand = 8;
    /// A file whose writer has not closed it is taken when its size and time stand still this long.
    std::chrono::milliseconds settle{1'000};
    std::function<UnixTime()> now; ///< wall clock for Reading::received; zero when absent
    /// Told of what the folder refuses by itself or cannot do; texts are printable. Runs on the folder's thread.
    std::function<void(const Error&)> on_problem;
};

/// Watches a folder: what lies there at the start, what is written into it or renamed into it, each once, on the
/// folder's own thread. Names that begin with '.' or end in ".part", ".tmp" or ".crdownload" are somebody's
/// work in progress and left alone. Folders are left alone too. Symbolic links, FIFOs, sockets and devices are neither followed nor
/// opened; they, empty files (after settling) and files above the limit are moved to unreadable/ with a reason.
///
/// A file stays until the caller's word: accept(name) moves it to done/, refuse(name, reason) to unreadable/
/// beside "<name>.reason.txt". Nothing is overwritten: a name that is taken gets "-1", "-2", … before its
/// extension; postpone(name) leaves it for the next listing. All may be called from any thread, the sink included. A file that changed since it was handed over
/// is not moved but handed over again. A folder that disappears is looked for again every two seconds.
/// Errors of the three: folder.unknown (a name not handed over), folder.move, folder.write.
class ScanFolder : public drivers::Driver {
  public:
    /// Errors: folder.open (with the path and the system's reason), folder.watch.
    [[nodiscard]] static Result<std::unique_ptr<ScanFolder>> open(Options options, drivers::Sink sink);
};

} // namespace tidewaiter::folder
