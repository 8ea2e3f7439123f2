#include "daemon/decoder/sandbox.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TW_UNDER_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TW_UNDER_SANITIZER 1
#endif
#endif

namespace tidewaiter::decoder {
namespace {

#ifdef TW_UNDER_SANITIZER
constexpr bool kUnderSanitizer = true;
#else
constexpr bool kUnderSanitizer = false;
#endif

/// For the largest picture allowed, four bytes a pixel while it is unpacked, and the readers' copies.
constexpr rlim_t kMemoryBytes = rlim_t{1} << 30U;
/// Over the life of one process; a single picture's time is the parent's to watch.
constexpr rlim_t kProcessorSeconds = 900;

struct Limit {
    __rlimit_resource resource;
    rlim_t value;
    const char* name;
};

Status set_limit(const Limit& limit) {
    const rlimit both{limit.value, limit.value};
    if (::setrlimit(limit.resource, &both) != 0)
        return fail("sandbox.limit", std::string(limit.name) + ": " + std::strerror(errno));
    return {};
}

struct ReleaseFilter {
    void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, ReleaseFilter>;

/// Memory, time and the end; reading and writing and memory's protection have rules of their own below.
constexpr std::array kAllowed{
    SCMP_SYS(brk),     SCMP_SYS(munmap),        SCMP_SYS(mremap),     SCMP_SYS(madvise),    SCMP_SYS(futex),
    SCMP_SYS(exit),    SCMP_SYS(exit_group),    SCMP_SYS(close),      SCMP_SYS(rt_sigreturn),
    SCMP_SYS(getrandom), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),  SCMP_SYS(sysinfo),
};

/// Libraries look for files (character set tables, a cache) and do without.
constexpr std::array kRefused{
    SCMP_SYS(open), SCMP_SYS(openat),     SCMP_SYS(access),   SCMP_SYS(faccessat), SCMP_SYS(stat),
    SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(readlink), SCMP_SYS(fstat),
};

int allow_descriptor(const Filter& filter, int call, unsigned descriptor) {
    const scmp_arg_cmp condition{.arg = 0, .op = SCMP_CMP_EQ, .datum_a = descriptor, .datum_b = 0};
    return seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call, 1, &condition);
}

/// Allows the call while its third argument asks for no executable memory.
int allow_without_execution(const Filter& filter, int call) {
    const scmp_arg_cmp condition{.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0};
    return seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call, 1, &condition);
}

int add_rules(const Filter& filter) {
    int error = 0;
    for (const int call : kAllowed)
        if (error == 0) error = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);
    for (const int call : kRefused)
        if (error == 0) error = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EACCES), call, 0);
    if (error == 0) error = allow_descriptor(filter, SCMP_SYS(read), STDIN_FILENO);
    if (error == 0) error = allow_descriptor(filter, SCMP_SYS(write), STDOUT_FILENO);
    if (error == 0) error = allow_descriptor(filter, SCMP_SYS(write), STDERR_FILENO);
    if (error == 0) error = allow_without_execution(filter, SCMP_SYS(mmap));
    if (error == 0) error = allow_without_execution(filter, SCMP_SYS(mprotect));
    return error;
}

Status load_filter() {
    const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
    if (!filter) return fail("sandbox.filter", "seccomp_init gives nothing");
    int error = add_rules(filter);
    if (error == 0) error = seccomp_load(filter.get());
    if (error != 0) return fail("sandbox.filter", std::string("seccomp: ") + std::strerror(-error));
    return {};
}

} // namespace

void die_with_parent() { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }

Status shut_in() {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail("sandbox.limit", std::string("no_new_privs: ") + std::strerror(errno));
    ::prctl(PR_SET_DUMPABLE, 0);
    constexpr std::array<Limit, 5> limits{{
        {RLIMIT_CORE, 0, "core"},
        {RLIMIT_NOFILE, STDERR_FILENO + 1, "open files"},
        {RLIMIT_FSIZE, 0, "file size"},
        {RLIMIT_NPROC, 0, "processes"},
        {RLIMIT_CPU, kProcessorSeconds, "processor time"},
    }};
    for (const Limit& limit : limits) TW_CHECK(set_limit(limit));
    if (kUnderSanitizer) return {};
    TW_CHECK(set_limit({RLIMIT_AS, kMemoryBytes, "memory"}));
    return load_filter();
}

} // namespace tidewaiter::decoder
