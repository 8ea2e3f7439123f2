#include "daemon/files/files.hpp"

#include "daemon/files/descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace tidewaiter::files {

namespace {

std::string reason(int error) {
    return std::strerror(error);
}

std::unexpected<Error> write_failure(const Path& path, std::string_view step, int error) {
    const bool full = error == ENOSPC || error == EDQUOT;
    return fail(full ? "files.full" : "files.write",
                path.string() + ": cannot " + std::string(step) + ": " + reason(error));
}

Path folder_of(const Path& path) {
    return path.has_parent_path() ? path.parent_path() : Path(".");
}

/// A rename or link is durable once its folder is.
Status sync_folder(const Path& folder) {
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.is_open()) return write_failure(folder, "open the folder", errno);
    if (::fsync(opened.get()) != 0) return write_failure(folder, "flush the folder", errno);
    return {};
}

Status write_whole(int descriptor, ByteView content, const Path& path) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            return write_failure(path, "write", errno);
        }
        content = content.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

/// A file of its own beside its destination; removed again unless it was moved into place.
class Draft {
  public:
    explicit Draft(const Path& destination)
        : destination_(destination),
          name_((folder_of(destination) / ("." + destination.filename().string() + ".XXXXXX")).string()) {}
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() {
        if (made_) ::unlink(name_.c_str());
    }

    Status fill(ByteView content, unsigned mode) {
        const Descriptor file(::mkostemp(name_.data(), O_CLOEXEC));
        if (!file.is_open()) return write_failure(destination_, "make a temporary file beside it", errno);
        made_ = true;
        TW_CHECK(write_whole(file.get(), content, destination_));
        if (::fchmod(file.get(), mode) != 0) return write_failure(destination_, "set its mode", errno);
        if (::fsync(file.get()) != 0) return write_failure(destination_, "flush", errno);
        return {};
    }

    Status replace_destination() {
        if (::rename(name_.c_str(), destination_.c_str()) != 0)
            return write_failure(destination_, "rename into place", errno);
        made_ = false;
        return sync_folder(folder_of(destination_));
    }

    Status become_destination() {
        if (::link(name_.c_str(), destination_.c_str()) != 0) {
            if (errno == EEXIST) {
                return fail("files.exists",
                            destination_.string() +
                                ": exists already and is not overwritten; move it away first");
            }
            return write_failure(destination_, "put into place", errno);
        }
        return sync_folder(folder_of(destination_));
    }

  private:
    const Path& destination_;
    std::string name_;
    bool made_ = false;
};

std::unexpected<Error> read_failure(const Path& path, int error) {
    if (error == ENOENT || error == ENOTDIR)
        return fail("files.missing", path.string() + ": there is no such file");
    return fail("files.read", path.string() + ": cannot read: " + reason(error));
}

std::unexpected<Error> too_large(const Path& path, std::size_t max_bytes) {
    return fail("files.too-large",
                path.string() + ": is larger than the " + std::to_string(max_bytes) + " bytes allowed");
}

} // namespace

Result<Bytes> read(const Path& path, std::size_t max_bytes) {
    // Non-blocking, or opening a pipe would wait for its writer.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open()) return read_failure(path, errno);
    struct ::stat facts{};
    if (::fstat(file.get(), &facts) != 0) return read_failure(path, errno);
    if (!S_ISREG(facts.st_mode)) return fail("files.read", path.string() + ": is not an ordinary file");
    const auto announced = static_cast<std::uint64_t>(std::max<off_t>(facts.st_size, 0));
    if (announced > max_bytes) return too_large(path, max_bytes);
    // One byte more than announced shows the end; files below /proc announce nothing.
    Bytes content(static_cast<std::size_t>(announced) + 1);
    std::size_t used = 0;
    for (;;) {
        if (used == content.size()) content.resize(used + 65'536);
        const ssize_t got = ::read(file.get(), content.data() + used, content.size() - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return read_failure(path, errno);
        if (got == 0) break;
        used += static_cast<std::size_t>(got);
        if (used > max_bytes) return too_large(path, max_bytes);
    }
    content.resize(used);
    return content;
}

Result<std::string> read_text(const Path& path, std::size_t max_bytes) {
    TW_TRY(const Bytes content, read(path, max_bytes));
    return std::string(as_text(content));
}

Status write_atomically(const Path& path, ByteView content, unsigned mode) {
    Draft draft(path);
    TW_CHECK(draft.fill(content, mode));
    return draft.replace_destination();
}

Status write_atomically(const Path& path, std::string_view content, unsigned mode) {
    return write_atomically(path, as_bytes(content), mode);
}

Status create_exclusively(const Path& path, ByteView content, unsigned mode) {
    Draft draft(path);
    TW_CHECK(draft.fill(content, mode));
    return draft.become_destination();
}

Status make_private_folder(const Path& folder) {
    std::error_code failure;
    const Path above = folder_of(folder);
    std::filesystem::create_directories(above, failure);
    if (failure)
        return fail("files.folder", above.string() + ": cannot make the folder: " + failure.message());
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return fail("files.folder", folder.string() + ": cannot make the folder: " + reason(errno));
    }
    struct ::stat facts{};
    if (::stat(folder.c_str(), &facts) != 0)
        return fail("files.folder", folder.string() + ": " + reason(errno));
    if (!S_ISDIR(facts.st_mode))
        return fail("files.folder", folder.string() + ": is there, but is not a folder");
    if ((facts.st_mode & 07777U) != 0700U && ::chmod(folder.c_str(), 0700) != 0) {
        return fail("files.folder", folder.string() + ": cannot close it to other users: " + reason(errno));
    }
    return {};
}

Status require_private(const Path& path) {
    struct ::stat facts{};
    if (::stat(path.c_str(), &facts) != 0) return read_failure(path, errno);
    if ((facts.st_mode & 077U) != 0) {
        return fail("files.not-private",
                    path.string() + ": other users may read or write it; run chmod 600 on it");
    }
    return {};
}

Result<std::uint64_t> free_bytes(const Path& path) {
    struct ::statvfs facts{};
    if (::statvfs(path.c_str(), &facts) != 0) return read_failure(path, errno);
    return std::uint64_t{facts.f_bavail} * std::uint64_t{facts.f_frsize};
}

} // namespace tidewaiter::files
