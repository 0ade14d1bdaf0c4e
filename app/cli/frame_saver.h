// SPDX-License-Identifier: GPL-3.0-or-later
// --write: keeps the frames that pass in a capture file. Without a file it does nothing.
#pragma once

#include "app/cli/failure.h"
#include "capture/source/capture_source.h"

#include <filesystem>
#include <optional>

namespace dorascope::cli {

class FrameSaver {
public:
    /// `file` empty: nothing is kept.
    explicit FrameSaver(std::filesystem::path file) : file_{std::move(file)} { }
    /// So that a file that cannot be made is known before anything else is done.
    Result open(decode::LinkType link);
    Result write(const decode::Frame& frame);
    Result close();

private:
    std::filesystem::path file_;
    std::optional<source::CaptureWriter> writer_;
};

} // namespace dorascope::cli
