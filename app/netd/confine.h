// SPDX-License-Identifier: GPL-3.0-or-later
// The caller is any user of this machine and is not trusted: what it left in the process is thrown away, and the capabilities are
// given up as soon as the work that needs them is done.
#pragma once

namespace dorascope::netd {

/// Environment, descriptors (all but `keep` and standard ones), signals, limits. Ends the process if it cannot.
void forget_the_caller(int keep);

/// Every capability in every set, the groups and user of root, and the way back to any of it (no_new_privs). False when something is left.
bool drop_every_privilege();

} // namespace dorascope::netd
