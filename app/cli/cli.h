// SPDX-License-Identifier: GPL-3.0-or-later
// dorascope-cli from its first word to its exit status: 0 done, 2 not done, with one sentence on standard error that says why.
#pragma once

namespace dorascope::cli {

int run_program(int argc, char** argv) noexcept;

} // namespace dorascope::cli
