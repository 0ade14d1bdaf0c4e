// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/netd/confine.h"

#include "engine/host/netd_protocol.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <grp.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dorascope::netd {
namespace {

constexpr uid_t kNobody = 65534;

struct Limit {
    __rlimit_resource resource;
    rlim_t value;
};
constexpr Limit kLimits[] = {
    {RLIMIT_CORE, 0}, // a core file would hold captured bytes
    {RLIMIT_FSIZE, 0}, // it writes to pipes and sockets only
    {RLIMIT_NPROC, 0}, // it starts nothing
    {RLIMIT_NOFILE, 64},
};

// A closed standard descriptor would be given to the next socket, and a library's message on stderr would go into it.
void occupy_standard_descriptors()
{
    for (int fd = 0; fd <= 2; ++fd)
        if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) != fd) ::_exit(2);
}

void close_between(unsigned first, unsigned last)
{
    if (first > last || ::close_range(first, last, 0) == 0) return;
    const long highest = ::sysconf(_SC_OPEN_MAX); // kernels before 5.9
    for (unsigned fd = first; fd <= last && fd < static_cast<unsigned>(highest); ++fd)
        ::close(static_cast<int>(fd));
}

void reset_signals()
{
    for (int number = 1; number < NSIG; ++number)
        ::signal(number, SIG_DFL); // fails for KILL, STOP and libc's own: nothing to reset there
    ::signal(SIGPIPE, SIG_IGN); // a reader that left is an error to handle, not a way to die
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool holds_no_capability()
{
    auto* const held = ::cap_get_proc();
    auto* const none = ::cap_init();
    const bool empty = held != nullptr && none != nullptr && ::cap_compare(held, none) == 0;
    ::cap_free(held);
    ::cap_free(none);
    return empty;
}

} // namespace

void forget_the_caller(int keep)
{
    ::clearenv();
    ::umask(077);
    if (::chdir("/") != 0) ::_exit(2);
    occupy_standard_descriptors();
    const auto kept = static_cast<unsigned>(keep);
    if (kept > 3) close_between(3, kept - 1);
    close_between(kept < 3 ? 3 : kept + 1, ~0U);
    reset_signals();
    for (const auto& [resource, value] : kLimits) {
        const rlimit limit{value, value};
        if (::setrlimit(resource, &limit) != 0) ::_exit(2);
    }
    // Same user, so the caller could ptrace us and take the unfiltered socket; a process that cannot be dumped cannot be traced.
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) ::_exit(2);
    ::alarm(host::kNetdSetupSeconds);
}

bool drop_every_privilege()
{
    if (::geteuid() == 0) { // started by root: files of root are a privilege too
        for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
            ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
        // In a user namespace that maps nobody these fail; there root is an ordinary user outside, and loses its capabilities below.
        [[maybe_unused]] const bool changed = ::setgroups(0, nullptr) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0
            && ::setresuid(kNobody, kNobody, kNobody) == 0;
    }
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    auto* const none = ::cap_init();
    const bool dropped = none != nullptr && ::cap_set_proc(none) == 0;
    ::cap_free(none);
    // The kernel gave it the default of fs.suid_dumpable when the user changed (prctl(2)): see above.
    const bool closed = ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
    return dropped && closed && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && holds_no_capability()
        && ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

} // namespace dorascope::netd
