#include "daemon/files/files.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>

namespace tidewaiter::files {

namespace {

constexpr std::string_view kName = "lock";

/// What the holder wrote: its process number. May be empty for a moment while it starts.
std::string holder(int descriptor) {
    std::array<char, 32> text{};
    const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
    std::string digits;
    for (ssize_t at = 0;
         at < got && text[static_cast<std::size_t>(at)] >= '0' && text[static_cast<std::size_t>(at)] <= '9';
         ++at) {
        digits += text[static_cast<std::size_t>(at)];
    }
    return digits.empty() ? "another process" : "process " + digits;
}

} // namespace

Result<FolderLock> FolderLock::acquire(const Path& folder) {
    const Path path = folder / kName;
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.is_open()) {
        return fail("files.write", path.string() + ": cannot open the lock: " + std::strerror(errno));
    }
    // flock, not fcntl: it also holds between two opens of one process, and closing another descriptor does
    // not drop it.
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return fail("files.write", path.string() + ": cannot lock: " + std::strerror(errno));
        return fail("files.locked",
                    folder.string() + " is used by " + holder(file.get()) + "; stop it first");
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), pid.data(), pid.size(), 0) < 0) {
        return fail(errno == ENOSPC ? "files.full" : "files.write",
                    path.string() + ": cannot write the lock: " + std::strerror(errno));
    }
    return FolderLock(std::move(file));
}

} // namespace tidewaiter::files
