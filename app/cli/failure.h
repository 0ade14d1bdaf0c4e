// SPDX-License-Identifier: GPL-3.0-or-later
// What ends a command early: one sentence for a person, with the cause and the remedy, and an exit status.
#pragma once

#include "capture/source/capture_source.h"
#include "engine/host/host_error.h"

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace dorascope::cli {

struct Failure {
    static constexpr int kNotDone = 2; ///< what was asked for could not be done
    static constexpr int kFoundWrong = 1; ///< it was done, and what was looked at is not right

    std::string problem; ///< "Interface eth9 does not exist."
    std::string remedy; ///< "Choose one of: eth0, wlan0."
    int status = kNotDone; ///< the program's exit status
    /// Both in one sentence and on one line: "interface eth9 does not exist; choose one of: eth0, wlan0."
    std::string sentence() const;
};
using Result = tl::expected<void, Failure>;

inline Failure failure(const host::HostError& error) { return {error.problem, error.remedy}; }
inline Failure failure(const source::SourceError& error) { return {error.problem, error.remedy}; }
/// From errno: "cannot write the output: No space left on device."
Failure system_failure(std::string_view what, int error, std::string_view remedy);

} // namespace dorascope::cli
