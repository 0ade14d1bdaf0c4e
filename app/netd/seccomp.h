// SPDX-License-Identifier: GPL-3.0-or-later
// The few system calls that streaming a capture takes (seccomp(2)): whoever finds a fault in libpcap has found a process that can read
// the frames it is given, write to its pipes, and end.
#pragma once

namespace dorascope::netd {

/// From now on every other call fails with EPERM. Needs no_new_privs. False where the kernel has no seccomp; on a processor whose calls
/// are not listed nothing happens, and it is true.
bool keep_to_streaming();

} // namespace dorascope::netd
