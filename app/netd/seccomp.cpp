// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/netd/seccomp.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace dorascope::netd {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0;
#endif

/// What stream_capture(), libpcap's reading of its ring, and malloc() call.
constexpr std::array kAllowed{
    SYS_read,        SYS_write,           SYS_recvfrom, SYS_getsockopt, SYS_ioctl, SYS_fcntl,         SYS_close,
#ifdef SYS_poll
    SYS_poll,
#endif
    SYS_ppoll,       SYS_restart_syscall, // poll() that was stopped and goes on
    SYS_brk,         SYS_munmap,          SYS_mremap,   SYS_madvise,    SYS_futex, SYS_clock_gettime, SYS_rt_sigreturn,
    SYS_exit,        SYS_exit_group,
#ifdef __SANITIZE_ADDRESS__
    SYS_sigaltstack,
#endif
};

constexpr sock_filter load(std::size_t offset) { return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)}; }
constexpr sock_filter equal(std::uint32_t value, std::size_t yes, std::size_t no)
{
    return {BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint8_t>(yes), static_cast<std::uint8_t>(no), value};
}
constexpr sock_filter any_bit(std::uint32_t bits, std::size_t yes, std::size_t no)
{
    return {BPF_JMP | BPF_JSET | BPF_K, static_cast<std::uint8_t>(yes), static_cast<std::uint8_t>(no), bits};
}
constexpr sock_filter result(std::uint32_t action) { return {BPF_RET | BPF_K, 0, 0, action}; }

/// Memory may be had, and never be executed: the third argument of mmap(), its low half.
constexpr std::size_t kProtection = offsetof(seccomp_data, args) + 2 * sizeof(std::uint64_t);

constexpr auto streaming_filter()
{
    std::array<sock_filter, kAllowed.size() + 8> program{};
    std::size_t at = 0;
    program[at++] = load(offsetof(seccomp_data, arch));
    program[at++] = equal(kArchitecture, 0, kAllowed.size() + 4); // the numbers mean something else elsewhere: refuse
    program[at++] = load(offsetof(seccomp_data, nr));
    program[at++] = equal(SYS_mmap, kAllowed.size(), 0);
    for (std::size_t i = 0; i < kAllowed.size(); ++i)
        program[at++] = equal(static_cast<std::uint32_t>(kAllowed[i]), kAllowed.size() - i + 2, i + 1 == kAllowed.size() ? 2 : 0);
    program[at++] = load(kProtection); // of mmap()
    program[at++] = any_bit(PROT_EXEC, 0, 1);
    program[at++] = result(SECCOMP_RET_ERRNO | EPERM);
    program[at++] = result(SECCOMP_RET_ALLOW);
    return program;
}

} // namespace

bool keep_to_streaming()
{
    if (kArchitecture == 0) return true;
    auto program = streaming_filter();
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

} // namespace dorascope::netd
