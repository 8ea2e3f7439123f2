#pragma once

#include "daemon/files/descriptor.hpp"
#include "ledger/base/bytes.hpp"
#include "ledger/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace tidewaiter::files {

using Path = std::filesystem::path;

/// Readable and writable by the owner alone.
inline constexpr unsigned kPrivate = 0600;
inline constexpr unsigned kPublic = 0644;

/// The whole file or an error; never more than `max_bytes`. Errors: files.missing, files.too-large,
/// files.read.
[[nodiscard]] Result<Bytes> read(const Path& path, std::size_t max_bytes);
[[nodiscard]] Result<std::string> read_text(const Path& path, std::size_t max_bytes);

/// Old content or new content, never a part, even after power loss: temporary file in the same folder, fsync,
/// rename, fsync of the folder. Errors: files.write, files.full.
[[nodiscard]] Status write_atomically(const Path& path, ByteView content, unsigned mode = kPrivate);
[[nodiscard]] Status write_atomically(const Path& path, std::string_view content, unsigned mode = kPrivate);
/// As above, but the file must not exist yet (files.exists). For keys, which nothing may overwrite.
[[nodiscard]] Status create_exclusively(const Path& path, ByteView content, unsigned mode = kPrivate);

/// Makes the folder and those above it as needed; the folder itself ends up with mode 0700. Error:
/// files.folder.
[[nodiscard]] Status make_private_folder(const Path& folder);

/// Error files.not-private when group or others may read or write the file. For keys.
[[nodiscard]] Status require_private(const Path& path);

/// Bytes an ordinary user may still write on the volume of `path`.
[[nodiscard]] Result<std::uint64_t> free_bytes(const Path& path);

/// One process per data folder. Held until destruction or the end of the process, however it ends.
class FolderLock {
  public:
    /// Error files.locked: "/var/lib/tidewaiter is used by process 1234; stop it first".
    [[nodiscard]] static Result<FolderLock> acquire(const Path& folder);

  private:
    explicit FolderLock(Descriptor file) : file_(std::move(file)) {}

    Descriptor file_;
};

} // namespace tidewaiter::files
