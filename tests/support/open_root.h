// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace dorascope::test {

/// A closed root directory (0700: a chroot that lies in a folder of root's own) keeps every other user from every file. Where it is closed,
/// this process gets a mount namespace whose root is open and holds the same folders; elsewhere nothing happens. Needs root, one thread.
void open_root();

} // namespace dorascope::test
