#include "drivers/folder/folder.hpp"

#include "drivers/folder/directory.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <mutex>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <thread>

namespace tidewaiter::folder {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF |
                                  IN_MOVE_SELF | IN_ONLYDIR;
/// Shares of other machines send no events, and events get lost: now and then the folder is simply listed.
constexpr milliseconds kListEvery{2'000};
constexpr std::size_t kMaxNames = 10'000;

bool is_work_in_progress(const std::string& name) {
    return name.starts_with('.') || name.ends_with(".part") || name.ends_with(".tmp") || name.ends_with(".crdownload");
}

/// A name that may become a reading once it stands still.
struct Waiting {
    Identity identity;
    Clock::time_point since;
    bool is_closed = false; ///< its writer is through with it
};

class Watcher final : public ScanFolder {
  public:
    Watcher(Options options, drivers::Sink sink, Directory directory, drivers::Descriptor watch,
            drivers::Descriptor wake)
        : options_(std::move(options)), sink_(std::move(sink)), directory_(std::move(directory)),
          watch_(std::move(watch)), wake_(std::move(wake)), thread_([this](const std::stop_token& stop) { run(stop); }) {
        pthread_setname_np(thread_.native_handle(), "scan-folder");
    }
    ~Watcher() override {
        thread_.request_stop();
        wake();
    }

    [[nodiscard]] const std::string& device() const override { return options_.device; }

    [[nodiscard]] Status accept(const std::string& name) override {
        const std::scoped_lock lock(mutex_);
        TW_TRY(const bool is_ours, take_back(name));
        if (!is_ours) return {};
        TW_CHECK(directory_.move(name, Directory::Place::Done));
        return {};
    }

    [[nodiscard]] Status refuse(const std::string& name, const std::string& reason) override {
        const std::scoped_lock lock(mutex_);
        TW_TRY(const bool is_ours, take_back(name));
        if (!is_ours) return {};
        return put_aside(name, reason);
    }

    [[nodiscard]] Status postpone(const std::string& name) override {
        const std::scoped_lock lock(mutex_);
        TW_TRY(const bool is_ours, take_back(name));
        ignore(is_ours, "a changed file is handed over again as well");
        return {};
    }

  private:
    void wake() const {
        const std::uint64_t one = 1;
        ignore(::write(wake_.get(), &one, sizeof one), "a full counter wakes as well");
    }

    void report(const Error& error) const {
        if (options_.on_problem) options_.on_problem(error);
    }

    /// Ends the wait for the caller's word. False when the file changed meanwhile: it is then read again. Under the
    /// lock, like the move that follows.
    Result<bool> take_back(const std::string& name) {
        const auto entry = handed_.find(name);
        if (entry == handed_.end()) return fail("folder.unknown", printable(name) + ": was not handed over");
        const Identity handed = entry->second;
        handed_.erase(entry);
        if (in_hand_ > 0) --in_hand_;
        wake(); // another may be handed over
        const std::optional<Identity> now = directory_.look(name);
        if (now && *now == handed) return true;
        changed_ = true;
        return false;
    }

    Status put_aside(const std::string& name, const std::string& reason) const {
        TW_TRY(const std::string moved, directory_.move(name, Directory::Place::Unreadable));
        return directory_.write_reason(moved, reason);
    }

    void run(const std::stop_token& stop) {
        list();
        while (!stop.stop_requested()) {
            std::array<pollfd, 2> waited{pollfd{watch_.get(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
            ::poll(waited.data(), waited.size(), wait_time());
            if (stop.stop_requested()) break;
            drain_wake(waited[1].revents != 0);
            if (waited[0].revents != 0) take_events();
            if (Clock::now() >= next_list_) list();
            hand_over_ripe(stop);
        }
    }

    void drain_wake(bool is_set) {
        std::uint64_t count = 0;
        if (is_set) ignore(::read(wake_.get(), &count, sizeof count), "only empties the counter");
        const std::scoped_lock lock(mutex_);
        if (std::exchange(changed_, false)) next_list_ = Clock::now();
    }

    /// Until the next listing, or until the first of the waiting has stood still long enough.
    [[nodiscard]] int wait_time() const {
        Clock::time_point until = next_list_;
        if (has_room()) {
            for (const auto& [name, waiting] : waiting_) until = std::min(until, ripe_at(waiting));
        }
        const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
        return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kListEvery.count()));
    }

    [[nodiscard]] bool has_room() const {
        const std::scoped_lock lock(mutex_);
        return in_hand_ < options_.max_in_hand;
    }

    /// What has no size waits even when it is closed: some programs make a file first and fill it later.
    [[nodiscard]] Clock::time_point ripe_at(const Waiting& waiting) const {
        const bool is_empty = waiting.identity.is_regular() && waiting.identity.size == 0;
        return waiting.is_closed && !is_empty ? waiting.since : waiting.since + options_.settle;
    }

    void take_events() {
        alignas(inotify_event) std::array<char, 16'384> buffer{};
        ssize_t size = 0;
        while ((size = ::read(watch_.get(), buffer.data(), buffer.size())) > 0) {
            const char* at = buffer.data();
            const char* const end = buffer.data() + size;
            while (at < end) {
                inotify_event event{};
                std::copy_n(at, sizeof event, reinterpret_cast<char*>(&event));
                const std::string name = event.len > 0 ? std::string(at + sizeof event) : std::string();
                take_event(event.mask, name);
                at += sizeof event + event.len;
            }
        }
    }

    void take_event(std::uint32_t mask, const std::string& name) {
        if ((mask & IN_Q_OVERFLOW) != 0) next_list_ = Clock::now();
        if ((mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) != 0) lost_ = true;
        if (!name.empty()) notice(name, (mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0);
    }

    void list() {
        next_list_ = Clock::now() + kListEvery;
        // A folder that is held open sends no event when it is deleted.
        if (!directory_.is_at(options_.path)) lost_ = true;
        if (lost_ && !reopen()) return;
        const Result<std::vector<std::string>> names = directory_.list(kMaxNames);
        if (!names) return report(names.error());
        for (const std::string& name : *names) notice(name, /*is_closed=*/false);
        std::erase_if(waiting_, [&](const auto& entry) { return !directory_.look(entry.first); });
    }

    /// The folder was moved away, deleted or unmounted: the one now at its path is watched.
    bool reopen() {
        Result<Directory> again = Directory::open(options_.path);
        if (again && ::inotify_add_watch(watch_.get(), options_.path.c_str(), kEvents) >= 0) {
            const std::scoped_lock lock(mutex_);
            directory_ = std::move(*again);
            handed_.clear();
            in_hand_ = 0;
            waiting_.clear();
            lost_ = false;
            was_reported_ = false;
            return true;
        }
        if (!std::exchange(was_reported_, true))
            report(Error{"folder.gone", printable(options_.path) + ": the scan folder is gone; it is looked for again"});
        return false;
    }

    void notice(const std::string& name, bool is_closed) {
        if (is_work_in_progress(name)) return;
        {
            const std::scoped_lock lock(mutex_);
            if (handed_.contains(name)) return;
        }
        const std::optional<Identity> identity = directory_.look(name);
        if (!identity || identity->is_folder()) {
            waiting_.erase(name);
            return;
        }
        const auto entry = waiting_.find(name);
        if (entry == waiting_.end()) {
            if (waiting_.size() < kMaxNames) waiting_[name] = Waiting{*identity, Clock::now(), is_closed};
            return;
        }
        Waiting& waiting = entry->second;
        if (!(waiting.identity == *identity)) waiting = Waiting{*identity, Clock::now(), false};
        waiting.is_closed = waiting.is_closed || is_closed;
    }

    void hand_over_ripe(const std::stop_token& stop) {
        std::vector<std::string> ripe;
        for (const auto& [name, waiting] : waiting_)
            if (ripe_at(waiting) <= Clock::now()) ripe.push_back(name);
        for (const std::string& name : ripe) {
            if (stop.stop_requested() || !has_room()) return;
            const std::optional<Identity> now = directory_.look(name);
            Waiting& waiting = waiting_[name];
            if (now && !(*now == waiting.identity)) {
                waiting = Waiting{*now, Clock::now(), false};
                continue;
            }
            waiting_.erase(name);
            if (now) hand_over(name, *now);
        }
    }

    void hand_over(const std::string& name, const Identity& identity) {
        Result<Bytes> bytes = read(name, identity);
        if (!bytes) {
            report(bytes.error());
            if (const Status moved = put_aside(name, bytes.error().detail); !moved) stay(name, identity, moved.error());
            return;
        }
        {
            const std::scoped_lock lock(mutex_);
            handed_[name] = identity;
            ++in_hand_;
        }
        drivers::Reading reading;
        reading.content = drivers::Content::Picture;
        reading.device = options_.device;
        reading.name = name;
        reading.received = options_.now ? options_.now() : 0;
        reading.bytes = std::move(*bytes);
        sink_(std::move(reading));
    }

    /// It cannot be moved: held as if handed over, or it would be refused anew at every listing.
    void stay(const std::string& name, const Identity& identity, const Error& why) {
        report(why);
        const std::scoped_lock lock(mutex_);
        handed_[name] = identity;
    }

    [[nodiscard]] Result<Bytes> read(const std::string& name, const Identity& identity) const {
        if (S_ISLNK(identity.mode)) return fail("folder.kind", printable(name) + ": a symbolic link is not followed");
        if (!identity.is_regular()) return fail("folder.kind", printable(name) + ": no regular file");
        if (identity.size == 0) return fail("folder.empty", printable(name) + ": the file has no bytes");
        if (identity.size > static_cast<off_t>(options_.max_bytes))
            return fail("folder.too-large", printable(name) + ": " + std::to_string(identity.size) + " bytes; at most " +
                                                std::to_string(options_.max_bytes) + " are read");
        return directory_.read(name, options_.max_bytes);
    }

    const Options options_;
    const drivers::Sink sink_;
    Directory directory_;
    drivers::Descriptor watch_;
    drivers::Descriptor wake_;

    /// Of the thread alone.
    std::map<std::string, Waiting> waiting_;
    Clock::time_point next_list_{};
    bool lost_ = false;
    bool was_reported_ = false;

    mutable std::mutex mutex_; ///< for the three below, and for directory_ where another thread moves files or this one exchanges it
    std::map<std::string, Identity> handed_;
    std::size_t in_hand_ = 0; ///< of handed_, those that wait for the caller's word
    bool changed_ = false;

    std::jthread thread_; ///< last: it uses all of the above
};

} // namespace

Result<std::unique_ptr<ScanFolder>> ScanFolder::open(Options options, drivers::Sink sink) {
    TW_TRY(Directory directory, Directory::open(options.path));
    drivers::Descriptor watch(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!watch || ::inotify_add_watch(watch.get(), options.path.c_str(), kEvents) < 0)
        return fail("folder.watch", printable(options.path) + ": " + system_reason());
    drivers::Descriptor wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!wake) return fail("folder.watch", "eventfd: " + system_reason());
    return std::make_unique<Watcher>(std::move(options), std::move(sink), std::move(directory), std::move(watch),
                                     std::move(wake));
}

} // namespace tidewaiter::folder
