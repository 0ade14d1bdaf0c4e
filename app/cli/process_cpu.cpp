// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/process_cpu.h"

#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <sys/resource.h>
#include <unistd.h>

namespace dorascope::cli {
namespace {

Duration of(const timeval& time) { return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec}; }

} // namespace

std::optional<CpuTime> cpu_of_stat(std::string_view stat, long ticks_per_second)
{
    // proc(5): the second field is the program's name in parentheses, which may hold blanks and more of them; utime is the 14th.
    const auto name_end = stat.rfind(')');
    if (name_end == std::string_view::npos || ticks_per_second <= 0) return std::nullopt;
    std::istringstream fields{std::string{stat.substr(name_end + 1)}};
    std::string skipped;
    for (int field = 3; field < 14; ++field)
        fields >> skipped;
    std::int64_t user = 0, system = 0;
    if (!(fields >> user >> system)) return std::nullopt;
    const Duration tick = Duration{std::chrono::seconds{1}} / ticks_per_second;
    return CpuTime{user * tick, system * tick};
}

tl::expected<CpuTime, Failure> cpu_of_process(pid_t pid)
{
    std::ifstream file{fmt::format("/proc/{}/stat", pid)};
    const std::string stat{std::istreambuf_iterator<char>{file}, {}};
    const auto cpu = cpu_of_stat(stat, ::sysconf(_SC_CLK_TCK));
    if (!cpu)
        return tl::unexpected{Failure{fmt::format("there is no process {}", pid), "give the server's number to --server-pid"}};
    return *cpu;
}

CpuTime own_cpu()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return {of(usage.ru_utime), of(usage.ru_stime)};
}

} // namespace dorascope::cli
