#pragma once

#include "drivers/descriptor.hpp"
#include "ledger/base/bytes.hpp"

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

/// The files of a scan folder, by descriptor, so that nothing outside it is ever touched. Private to this folder.
namespace tidewaiter::folder {

/// What must stay the same for a file to count as unchanged.
struct Identity {
    ino_t inode = 0;
    off_t size = 0;
    timespec modified{};
    mode_t mode = 0;
    [[nodiscard]] bool is_regular() const { return S_ISREG(mode); }
    [[nodiscard]] bool is_folder() const { return S_ISDIR(mode); }
    bool operator==(const Identity& other) const {
        return inode == other.inode && size == other.size && modified.tv_sec == other.modified.tv_sec &&
               modified.tv_nsec == other.modified.tv_nsec && mode == other.mode;
    }
};

/// "the system's reason" for errno.
[[nodiscard]] std::string system_reason();

class Directory {
  public:
    /// Error: folder.open.
    [[nodiscard]] static Result<Directory> open(const std::string& path);

    /// True while it is what lies at that path.
    [[nodiscard]] bool is_at(const std::string& path) const;
    /// Names of what lies in it, at most `limit`, without "." and "..". Error: folder.read.
    [[nodiscard]] Result<std::vector<std::string>> list(std::size_t limit) const;
    /// Nothing when there is no such name. Links are not followed.
    [[nodiscard]] std::optional<Identity> look(const std::string& name) const;
    /// A regular file's bytes. Errors: folder.read, folder.kind (no regular file), folder.too-large.
    [[nodiscard]] Result<Bytes> read(const std::string& name, std::size_t max_bytes) const;

    enum class Place { Done, Unreadable };
    /// Moves it under a name that is free there, which is returned. Error: folder.move.
    [[nodiscard]] Result<std::string> move(const std::string& name, Place place) const;
    /// Writes "<name>.reason.txt" in unreadable/, unless there is one. Error: folder.write.
    [[nodiscard]] Status write_reason(const std::string& name, const std::string& reason) const;

  private:
    drivers::Descriptor self_;
    drivers::Descriptor done_;
    drivers::Descriptor unreadable_;
};

} // namespace tidewaiter::folder
