#include "ledger/store/database.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tidewaiter::store {

namespace {

std::unexpected<Error> system_failure(int code, const std::string& path) {
    const std::string detail = path + ": " + std::strerror(code);
    if (code == ENOSPC || code == EDQUOT) return fail("store.full", detail + "; free space on the volume");
    return fail("store.io", detail + "; check the folder and the disk");
}

} // namespace

Status keep_reserve(const std::string& path, std::uint64_t bytes) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0) return system_failure(errno, path);
    // posix_fallocate takes the blocks for good, where a longer size alone would leave a hole.
    const int code = ::posix_fallocate(file, 0, static_cast<off_t>(bytes));
    ::close(file);
    if (code == 0) return {};
    ignore(release_reserve(path), "the first error is the one to report");
    return system_failure(code, path);
}

Status release_reserve(const std::string& path) {
    if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
    return system_failure(errno, path);
}

} // namespace tidewaiter::store
