#include "drivers/folder/directory.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>

namespace tidewaiter::folder {
namespace {

constexpr int kMaxTries = 10'000;

struct CloseStream {
    void operator()(DIR* stream) const { ::closedir(stream); }
};

Result<drivers::Descriptor> open_folder(int parent, const char* name) {
    drivers::Descriptor folder(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) return fail("folder.open", printable(name) + ": " + system_reason());
    return folder;
}

Result<drivers::Descriptor> make_folder(int parent, const char* name) {
    if (::mkdirat(parent, name, 0755) != 0 && errno != EEXIST)
        return fail("folder.open", std::string(name) + "/ cannot be made: " + system_reason());
    return open_folder(parent, name);
}

Identity identity_of(const struct stat& status) {
    return {status.st_ino, status.st_size, status.st_mtim, status.st_mode};
}

/// "a.png", "a-1.png", "a-2.png", …
std::string numbered(const std::string& name, int number) {
    if (number == 0) return name;
    const std::size_t dot = name.rfind('.');
    const std::size_t cut = dot == std::string::npos || dot == 0 ? name.size() : dot;
    return name.substr(0, cut) + "-" + std::to_string(number) + name.substr(cut);
}

/// Renames without overwriting; file systems that cannot do that at once are asked in two steps.
bool rename_fresh(int from_folder, const std::string& from, int to_folder, const std::string& to) {
    if (::renameat2(from_folder, from.c_str(), to_folder, to.c_str(), RENAME_NOREPLACE) == 0) return true;
    if (errno != EINVAL && errno != ENOSYS) return false;
    struct stat status {};
    if (::fstatat(to_folder, to.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return false;
    }
    return errno == ENOENT && ::renameat(from_folder, from.c_str(), to_folder, to.c_str()) == 0;
}

bool write_whole(int file, ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno != EINTR) return false;
        if (count > 0) bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

} // namespace

std::string system_reason() { return std::strerror(errno); }

Result<Directory> Directory::open(const std::string& path) {
    Directory directory;
    directory.self_ = drivers::Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.self_)
        return fail("folder.open", printable(path) + ": " + system_reason() + "; make it, or name another scan folder");
    TW_TRY(directory.done_, make_folder(directory.self_.get(), "done"));
    TW_TRY(directory.unreadable_, make_folder(directory.self_.get(), "unreadable"));
    return directory;
}

bool Directory::is_at(const std::string& path) const {
    struct stat held {};
    struct stat there {};
    return ::fstat(self_.get(), &held) == 0 && ::stat(path.c_str(), &there) == 0 && held.st_ino == there.st_ino &&
           held.st_dev == there.st_dev;
}

Result<std::vector<std::string>> Directory::list(std::size_t limit) const {
    // A descriptor of its own: reading moves the position that all duplicates share.
    drivers::Descriptor copy(::openat(self_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!copy) return fail("folder.read", system_reason());
    const std::unique_ptr<DIR, CloseStream> stream(::fdopendir(copy.get()));
    if (!stream) return fail("folder.read", system_reason());
    copy.release();
    std::vector<std::string> names;
    while (names.size() < limit) {
        errno = 0;
        const dirent* entry = ::readdir(stream.get());
        if (entry == nullptr && errno != 0) return fail("folder.read", system_reason());
        if (entry == nullptr) break;
        const std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(name);
    }
    return names;
}

std::optional<Identity> Directory::look(const std::string& name) const {
    struct stat status {};
    if (::fstatat(self_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
    return identity_of(status);
}

Result<Bytes> Directory::read(const std::string& name, std::size_t max_bytes) const {
    // Looked at again once open: between the two somebody may have put a FIFO or a link in its place.
    const drivers::Descriptor file(
        ::openat(self_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file && errno == ELOOP) return fail("folder.kind", printable(name) + ": a symbolic link");
    if (!file) return fail("folder.read", printable(name) + ": " + system_reason());
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return fail("folder.read", printable(name) + ": " + system_reason());
    if (!S_ISREG(status.st_mode)) return fail("folder.kind", printable(name) + ": no regular file");
    Bytes bytes;
    std::array<std::uint8_t, 65'536> block{};
    for (;;) {
        const ssize_t count = ::read(file.get(), block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail("folder.read", printable(name) + ": " + system_reason());
        if (count == 0) return bytes;
        append(bytes, ByteView(block).first(static_cast<std::size_t>(count)));
        if (bytes.size() > max_bytes)
            return fail("folder.too-large", printable(name) + ": more than " + std::to_string(max_bytes) + " bytes");
    }
}

Result<std::string> Directory::move(const std::string& name, Place place) const {
    const int to = place == Place::Done ? done_.get() : unreadable_.get();
    for (int number = 0; number < kMaxTries; ++number) {
        const std::string free_name = numbered(name, number);
        if (rename_fresh(self_.get(), name, to, free_name)) return free_name;
        if (errno != EEXIST) break;
    }
    return fail("folder.move", printable(name) + " to " + (place == Place::Done ? "done/: " : "unreadable/: ") +
                                   system_reason());
}

Status Directory::write_reason(const std::string& name, const std::string& reason) const {
    const std::string path = name + ".reason.txt";
    const drivers::Descriptor file(
        ::openat(unreadable_.get(), path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    const std::string line = printable(reason, 1'000) + "\n";
    if (!file || !write_whole(file.get(), as_bytes(line)))
        return fail("folder.write", printable(path) + ": " + system_reason());
    return {};
}

} // namespace tidewaiter::folder
