// SPDX-License-Identifier: GPL-3.0-or-later
// CPU time that processes have used, all their threads together.
#pragma once

#include "app/cli/failure.h"
#include "app/cli/storm_report.h"

#include <string_view>
#include <sys/types.h>

namespace dorascope::cli {

/// From the text of /proc/PID/stat, in ticks of 1/`ticks_per_second`; nothing when it is not such a text.
std::optional<CpuTime> cpu_of_stat(std::string_view stat, long ticks_per_second);
tl::expected<CpuTime, Failure> cpu_of_process(pid_t pid);
CpuTime own_cpu();

} // namespace dorascope::cli
