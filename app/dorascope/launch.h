// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace dorascope::app {

/// The whole program: arguments, display, session, window. Returns the exit status: 2 for what the person can put right.
int launch(int argc, char** argv);

} // namespace dorascope::app
