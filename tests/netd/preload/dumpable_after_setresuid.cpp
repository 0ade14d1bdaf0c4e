// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernel does to a process that changes its user where fs.suid_dumpable is 1 (prctl(2)), for one process instead of the machine.
#include <dlfcn.h>
#include <sys/prctl.h>
#include <unistd.h>

extern "C" int setresuid(uid_t real, uid_t effective, uid_t saved) noexcept
{
    using Call = int (*)(uid_t, uid_t, uid_t);
    const auto next = reinterpret_cast<Call>(::dlsym(RTLD_NEXT, "setresuid"));
    const int result = next == nullptr ? -1 : next(real, effective, saved);
    if (result == 0) ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    return result;
}
